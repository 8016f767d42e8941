"""A Word document into its text."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from typing import Final

from ingest.answers import Parsed
from ingest.flowing import flowing, stripped
from ingest.numbering import Numbering
from ingest.wordaccount import Account, warnings_of
from ingest.wordparts import Package, W, characters
from ingest.wordstyles import Styles
from ingest.wordwalk import Walk
from kb.errors import UnreadableFile

_MAX_UNPACKED_BYTES: Final = 200 * 1024 * 1024
_DAMAGE: Final = (
    *(
        KeyError,
        ValueError,
        StopIteration,
        SyntaxError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ),
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OverflowError),
)
#: A header that says nothing but which page this is: no reader misses it.
_PAGE_NUMBER: Final = re.compile(
    r"(?:[\W\d_]|第|共|页|頁|码|page|of|[ivxlc]|[〇零一二三四五六七八九十百])*", re.I
)
_NOTES: Final = {"footnote": "脚注", "endnote": "尾注"}


def parse_docx(data: bytes) -> Parsed:
    """Read a document as Word shows it with all changes accepted; raises UnreadableFile."""
    _refuse_bombs(data)
    try:
        package = Package(data)
        lines, account = read(package)
        title = package.title()
    except _DAMAGE as error:
        raise UnreadableFile(
            "Word 文档已损坏,或并非 .docx。请用 WPS 或 Word 重新保存"
        ) from error
    if not any(map(str.strip, lines)):
        raise UnreadableFile("Word 文档没有文字(可能只有图片)")
    return flowing(lines, title, warnings_of(account))


def read(package: Package) -> tuple[list[str], Account]:
    """Return the lines of a document and where its characters went.

    Headers and footers stand on every page and would break the text wherever a page
    ends, so they are left out; whoever adds the file is told, because a number or a
    mark of secrecy may stand there alone.
    """
    styles = Styles(next(package.trees("styles"), None))
    numbering = Numbering(next(package.trees("numbering"), None), styles)
    account = Account()
    walk = Walk(package, styles, numbering, account)
    root = package.tree(package.main)
    body = root.find(W + "body")
    if root.tag != W + "document" or body is None:
        raise ValueError("no document")
    account.total += characters(root)
    lines = walk.lines(body)
    for kind, heading in _NOTES.items():
        lines += _notes(package, walk, kind, heading)
    _count_margins(package, styles, account)
    return lines, account


def _notes(
    package: Package,
    walk: Walk,
    kind: str,
    heading: str,
) -> list[str]:
    """Return the notes of a kind below their heading, in the order of their marks."""
    lines: list[str] = []
    notes = walk.notes[kind]
    for root in package.trees(f"{kind}s"):
        walk.account.total += characters(root)
        left = {}
        for node in root.findall(W + kind):
            left[node.get(W + "id", "")] = node
        for name, number in notes.order:
            node = left.pop(name, None)
            if node is not None:
                words = "\n".join(stripped(walk.lines(node))).strip()
                note = f"{notes.written(number)} {words}".strip()
                lines += note.split("\n")
        for node in left.values():
            walk.leave(node, "unused")
    return [heading, *lines] if lines else []


def _count_margins(
    package: Package,
    styles: Styles,
    account: Account,
) -> None:
    """Count what stands beside the text: headers, footers and comments."""
    seen: set[str] = set()
    for root in (*package.trees("header"), *package.trees("footer")):
        beside = Account(total=characters(root))
        walk = Walk(package, styles, Numbering(None, styles), beside)
        text = "".join(walk.lines(root))
        is_known = text in seen or _PAGE_NUMBER.fullmatch(text) is not None
        seen.add(text)
        account.add_beside(beside, "repeated" if is_known else "header")
    for root in package.trees("comments"):
        count = characters(root)
        account.add_beside(Account(total=count, read=count), "comment")


def _refuse_bombs(data: bytes) -> None:
    """Raise UnreadableFile for a file that is locked, or that unpacks to far more than it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnreadableFile("Word 文档已加密。请解除密码后重试")
            unpacked = sum(entry.file_size for entry in entries)
    except _DAMAGE as error:  # of a kind of packing nobody knows, too
        raise UnreadableFile("文件不完整,不是有效的 Word 文档") from error
    if unpacked > _MAX_UNPACKED_BYTES or unpacked > 200 * max(len(data), 50_000):
        raise UnreadableFile(
            f"文件解压后达 {unpacked // 1024 // 1024} MB,远超正常文档(疑为压缩炸弹),已拒绝"
        )
