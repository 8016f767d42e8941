"""A file into raw documents: which format it is, where it is parsed, what is made of the answer."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from ingest.answers import Parsed
from ingest.faults import as_ours
from ingest.garbled import is_utf16
from ingest.incoming import Incoming, Made
from ingest.lines import read_lines
from ingest.metadata import is_from_elsewhere, warnings_of_unknown
from ingest.raw import BadLine, RawDocument
from ingest.sandbox import LIMITS, Parsing
from ingest.text import mark_of
from kb.errors import KbError, UnreadableFile, UnsupportedFile, UserError
from kb.records import Citation, Page

#: What other rooms use.
__all__ = ["EXTENSIONS", "Opened", "one_ahead", "open_file", "open_original"]


class Kept(Struct, frozen=True):
    """What is kept of a file, and what it is: the file as it came in or, of a table, the lines made
    of its rows.
    """

    media_type: str
    content: Incoming | Made


class Opened(Struct, kw_only=True):
    """A file that is open and, unless it is read line by line, being parsed; or why it is not.

    Must be closed.
    """

    path: Path
    media_type: str = ""
    incoming: Incoming | None = None
    parsing: Parsing | None = None
    error: UserError | None = None
    #: Known once the first document is there.
    kept: Kept | None = None

    def documents(self) -> Iterator[RawDocument | BadLine]:
        """Yield the documents of the file, once; raises UnreadableFile or InvalidDocument."""
        if self.error is not None:
            raise self.error
        assert self.incoming is not None
        try:
            self.kept = Kept(self.media_type, self.incoming)
            if self.parsing is None:
                yield from read_lines(self.incoming.file)
            elif self.media_type in _TABLES:
                found = self.parsing.collect()
                self.kept = Kept(_LINES, Made(found.text.encode()))
                yield from _with_warnings(
                    read_lines(self.kept.content.file), tuple(found.warnings)
                )
            else:
                told = _name_warnings(self.path.name, self.media_type)
                yield _document(self.parsing.collect(), self.incoming.sha256, told)
        except OSError as error:
            raise UnreadableFile(
                f"文件读到一半时出错({error.strerror})。请检查磁盘"
            ) from error
        except KbError:
            raise
        except Exception as error:  # one file no one thought of stops no other
            raise as_ours(error) from error

    def close(self) -> None:
        """Close the file and wait no longer for its parser."""
        for held in (self.incoming, self.parsing):
            if held is not None:
                held.close()


def open_file(path: Path, max_bytes: int) -> Opened:
    """Open a file and have it parsed; what keeps it from being so stands in the answer."""
    return _open(path, max_bytes, media_type_of)


def open_original(
    path: Path,
    media_type: str,
    size_bytes: int,
) -> Opened:
    """Open a file that was taken in before, and have it parsed as what it was taken for: it has no
    name.
    """
    return _open(path, size_bytes, lambda name, incoming: media_type)


def _open(
    path: Path,
    max_bytes: int,
    type_of: Callable[[str, Incoming], str],
) -> Opened:
    """Open a file and have it parsed; an Opened with the reason where that is not possible."""
    incoming = None
    try:
        incoming = Incoming(path, max_bytes)
        media_type = type_of(path.name, incoming)
        kind = _PARSED_AS.get(media_type)
        parsing = None
        if kind is not None:
            parsing = Parsing(kind, incoming.file.fileno(), LIMITS)
    except UserError as error:
        if incoming is not None:
            incoming.close()
        return Opened(path=path, error=error)
    return Opened(path=path, media_type=media_type, incoming=incoming, parsing=parsing)


def one_ahead(opening: Iterable[Opened]) -> Iterator[Opened]:
    """Yield one file after another as they are opened; while the caller works on one, the next is
    being parsed.
    """
    waiting: list[Opened] = []
    try:
        for opened in opening:
            waiting.append(opened)
            if len(waiting) > 1:
                yield waiting.pop(0)
        while waiting:
            yield waiting.pop(0)
    finally:
        for opened in waiting:
            opened.close()


def _with_warnings(
    items: Iterable[RawDocument | BadLine], warnings: tuple[str, ...]
) -> Iterator[RawDocument | BadLine]:
    """Yield what was read, the first document with what is to be told of the whole file."""
    for item in items:
        if isinstance(item, RawDocument) and warnings:
            yield replace(item, warnings=warnings)
            warnings = ()
        else:
            yield item


def _document(
    found: Parsed,
    sha256: str,
    warnings: Sequence[str],
) -> RawDocument:
    """Return what a parser found as the one document of a file."""
    pages = None
    if found.pages is not None:
        pages = tuple(map(Page, count(1), found.pages))
    links = []
    for start, end, target in found.links:
        links.append(Citation(start=start, end=end, target=target))
    is_foreign = is_from_elsewhere(found.values)
    unknown = warnings_of_unknown(found.values) if is_foreign else ()
    return RawDocument(
        sha256=sha256,
        pages=pages,
        text=found.text,
        values=found.values,
        keep_unknown=is_foreign,
        headings=None if found.headings is None else tuple(found.headings),
        links=tuple(links),
        warnings=(*warnings, *unknown, *found.warnings),
    )


def media_type_of(name: str, incoming: Incoming) -> str:
    """Return the media type of a file from its name, checked against its first bytes.

    A web page is one whatever of its kind it is called, and under the names of old
    office files too, as court systems export it: those programs open it without a word.
    Raises UnsupportedFile for formats not read here, UnreadableFile when name and
    content do not agree.
    """
    suffix = _suffix(name)
    web = _web_type(incoming.head)
    if web and (suffix in _OFFICE or _TYPES.get(suffix) in _WEB_NAMES):
        return web
    expected = _expected(suffix)
    if incoming.is_blank:
        raise UnreadableFile("文件是空的")
    actual = _actual(incoming.head, expected, web)
    if _FAMILY.get(expected) != actual:
        raise _other_contents(suffix, expected, actual)
    if expected == _LINES:
        _require_utf8(incoming.head)
    return expected


def _expected(suffix: str) -> str:
    """Return the media type a name promises; raises UnsupportedFile, with advice where there is
    some.
    """
    if suffix in _ADVICE:
        raise UnsupportedFile(_ADVICE[suffix])
    if suffix not in _TYPES:
        raise UnsupportedFile(
            f"不支持的文件类型「{suffix or '无扩展名'}」。可收 {'、'.join(_TYPES)}"
        )
    return _TYPES[suffix]


def _other_contents(
    suffix: str,
    expected: str,
    actual: str | None,
) -> UnreadableFile:
    if actual == _OLD_OFFICE and _FAMILY.get(expected) == _PACKED:
        return UnreadableFile(_LOCKED_OR_OLD.format(suffix))
    found = actual or "文本或其他格式"
    return UnreadableFile(
        f"扩展名是 {suffix},内容却是{found}。请按实际格式改扩展名,或重新导出"
    )


def _require_utf8(head: bytes) -> None:
    encoding = _wide_encoding(head)
    if encoding:
        raise UnreadableFile(
            f"文件是 {encoding} 编码,JSONL 应为 UTF-8。请用编辑器另存为 UTF-8 后重试"
        )


def _actual(
    head: bytes,
    expected: str,
    web: str,
) -> str | None:
    """Return what a file that should be `expected` begins like; None for text and what has no sign
    of its own.
    """
    # a text may be about how pages are written
    if web == _ARCHIVE or (web and expected in _FAMILY):
        return _WEB_NAMES[web]
    if expected == _TYPES[".pdf"] and b"%PDF-" in head[:_BEFORE_PDF]:
        return _FAMILY[expected]
    for magic, label in _MAGIC:
        if head.startswith(magic):
            return label
    return None


def _wide_encoding(head: bytes) -> str:
    """Return the encoding of two or four bytes a character in which a file begins; "" for any
    other.
    """
    mark = mark_of(head)
    if mark is None and b"\0" in head and is_utf16(head):
        return "UTF-16"
    return "" if mark is None or mark == "UTF-8" else mark


def _suffix(name: str) -> str:
    """Return the end of a name from its last dot, in small letters; "" without one."""
    _, dot, suffix = name.rpartition(".")
    return f"{dot}{suffix.lower()}" if dot else ""


def _web_type(head: bytes) -> str:
    """Return the media type of what begins like a web page or an archive of one; "" for anything
    else.
    """
    if mark_of(head) == "UTF-16":
        head = head.decode("utf-16", "ignore").encode()
    if _BEGINS_ARCHIVE.match(head):
        return _ARCHIVE
    return "text/html" if _BEGINS_PAGE.match(head) else ""


def _name_warnings(name: str, media_type: str) -> tuple[str, ...]:
    suffix = _suffix(name)
    if suffix not in _OFFICE:
        return ()
    what = _WEB_NAMES[media_type]
    return (f"扩展名是 {suffix},内容是{what},已按网页读出",)


_ARCHIVE: Final = "multipart/related"
_WEB_NAMES: Final = {"text/html": "网页", _ARCHIVE: "网页归档(MHT)"}
_START: Final = rb"\A(?:" + codecs.BOM_UTF8 + rb")?\s*"
#: Lines of a header, as of a letter, of which one says that a page follows.
_BEGINS_ARCHIVE: Final = re.compile(
    _START + rb"(?:[!-9;-~]{1,80}:[^\n]*\n(?:[ \t][^\n]*\n)*)*?"
    rb"content-type:\s*(?:multipart/related|text/html|application/xhtml\+xml)",
    re.IGNORECASE,
)
_BEGINS_PAGE: Final = re.compile(
    _START
    + rb"(?:<\?xml\b[^>]*>\s*|<!--(?s:.*?)-->\s*)*<(?:!doctype\s+html|html|head|meta|"
    rb"title|body|style|table|div|p)\b",
    re.IGNORECASE,
)
_LINES: Final = "application/jsonl"
_CSV: Final = "text/csv"
_SHEETS: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OLD_SHEETS: Final = "application/vnd.ms-excel"
_OPEN_SHEETS: Final = "application/vnd.oasis.opendocument.spreadsheet"
#: Formats of which every row is a document; what is kept of them are lines.
_TABLES: Final = (_CSV, _SHEETS, _OLD_SHEETS, _OPEN_SHEETS)
_TYPES: Final = {
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".jsonl": _LINES,
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".htm": "text/html",
    ".mht": _ARCHIVE,
    ".mhtml": _ARCHIVE,
    ".csv": _CSV,
    ".xlsx": _SHEETS,
    ".xls": _OLD_SHEETS,
    ".ods": _OPEN_SHEETS,
}
#: Where the head of a PDF must begin; what stands before it, lines of a mail or of a
#: web server, is passed over.
_BEFORE_PDF: Final = 1024
#: Names of old office files; what is called so is often a page.
_OFFICE: Final = (".doc", ".wps")
_ADVICE: Final = {
    ".doc": "旧版 Word 文档(.doc)暂不能读取。请在 WPS 或 Word 中另存为 .docx",
    ".wps": "WPS 文档(.wps)暂不能读取。请另存为 .docx",
    ".ofd": "版式文件(.ofd)暂不能读取。请在 OFD 阅读器或 WPS 中另存为 PDF(要有文字层)或 .docx",
    ".rtf": "RTF 文档(.rtf)暂不能读取。请在 WPS 或 Word 中另存为 .docx",
    ".zip": "压缩包不能直接收入。请解压后添加其中的文件",
    ".rar": "压缩包不能直接收入。请解压后添加其中的文件",
    ".7z": "压缩包不能直接收入。请解压后添加其中的文件",
    ".jpg": "图片不能直接收入。请先做文字识别(OCR)再添加",
    ".jpeg": "图片不能直接收入。请先做文字识别(OCR)再添加",
    ".png": "图片不能直接收入。请先做文字识别(OCR)再添加",
    ".tif": "图片不能直接收入。请先做文字识别(OCR)再添加",
}
_PACKED: Final = "Word、Excel 文档或压缩包"
_OLD_OFFICE: Final = "旧版 Office 文档"
#: A file with a password is packed into one of the old kind.
_LOCKED_OR_OLD: Final = (
    "文档已加密,或是改了扩展名的旧版文档。请在 WPS 或 Office "
    "中打开,解除密码,另存为 {} 后重试"
)
_MAGIC: Final = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", _PACKED),
    (b"\xd0\xcf\x11\xe0", _OLD_OFFICE),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩文件"),
)
_FAMILY: Final = {
    "application/pdf": "PDF",
    _TYPES[".docx"]: _PACKED,
    _SHEETS: _PACKED,
    _OPEN_SHEETS: _PACKED,
    _OLD_SHEETS: _OLD_OFFICE,
    _ARCHIVE: _WEB_NAMES[_ARCHIVE],
}
#: Media type -> format of `ingest.parsers`; the one that is not here is read line by line.
_PARSED_AS: Final = {
    "text/markdown": "md",
    "text/plain": "txt",
    "application/pdf": "pdf",
    _TYPES[".docx"]: "docx",
    "text/html": "html",
    _ARCHIVE: "mht",
    _CSV: "csv",
    _SHEETS: "sheets",
    _OLD_SHEETS: "sheets",
    _OPEN_SHEETS: "sheets",
}

#: Extensions that `kb add FOLDER` looks for: documents that cannot be read are among
#: them, so that each is named with what to do about it.
EXTENSIONS: Final = (*_TYPES, *_OFFICE, ".ofd", ".rtf")
