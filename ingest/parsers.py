"""The child process of ingest.sandbox: bytes on stdin, JSON on stdout, 3 = a message for the person."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import resource
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, Final

_MAX_UNPACKED_BYTES: Final = 200 * 1024 * 1024
_MAX_PAGES: Final = 5000
_DAMAGED: Final = re.compile(r"[\ufffd\ue000-\uf8ff]|\(cid:\d+\)")


class Unreadable(Exception):
    """The message is Chinese and meant for the person."""


def parse_pdf(data: bytes) -> tuple[list[str], str | None]:
    """Read pages with pypdf; a page that looks damaged is read again with pdfium."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("PDF 已加密,需要密码。请解除密码后重试")
        if len(reader.pages) > _MAX_PAGES:
            raise Unreadable(f"PDF 超过 {_MAX_PAGES} 页。请拆分后重试")
        pages = [page.extract_text() or "" for page in reader.pages]
    except PyPdfError as error:
        pages = _pdfium_or_fail(data, error)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OSError) as error:
        pages = _pdfium_or_fail(data, error)
    if any(_looks_damaged(text) for text in pages) or not any(text.strip() for text in pages):
        pages = _better(pages, _pdfium_pages(data))
    if not any(text.strip() for text in pages):
        raise Unreadable("PDF 没有文字层(扫描件或图片)。请先做文字识别(OCR)再添加")
    return pages, None


def _pdfium_or_fail(data: bytes, error: Exception) -> list[str]:
    pages = _pdfium_pages(data)
    if not pages:
        raise Unreadable("PDF 已损坏或不完整,无法读取。请重新下载或导出") from error
    return pages


def _pdfium_pages(data: bytes) -> list[str]:
    import pypdfium2

    with contextlib.suppress(pypdfium2.PdfiumError):
        document = pypdfium2.PdfDocument(data)
        return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document]
    return []


def _looks_damaged(text: str) -> bool:
    return len(_DAMAGED.findall(text)) * 20 > len(text)


def _better(first: list[str], second: list[str]) -> list[str]:
    if len(first) != len(second):
        return second if not any(t.strip() for t in first) and second else first
    return [
        b if b.strip() and (not a.strip() or (_looks_damaged(a) and not _looks_damaged(b))) else a
        for a, b in zip(first, second, strict=True)
    ]


def parse_docx(data: bytes) -> tuple[list[str], str | None]:
    """Read paragraphs and tables in the order of the document."""
    import docx
    from docx.opc.exceptions import OpcError

    _refuse_bombs(data)
    try:
        document = docx.Document(io.BytesIO(data))
        lines = list(_docx_lines(document))
    except (OpcError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError, OSError) as error:
        raise Unreadable("Word 文档已损坏,或并非 .docx。请用 WPS 或 Word 重新保存") from error
    if not any(line.strip() for line in lines):
        raise Unreadable("Word 文档没有文字(可能只有图片)")
    return ["\n".join(lines)], (document.core_properties.title or "").strip() or None


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise Unreadable("Word 文档已加密。请解除密码后重试")
            unpacked = sum(entry.file_size for entry in entries)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable("文件不完整,不是有效的 Word 文档") from error
    if unpacked > _MAX_UNPACKED_BYTES or unpacked > 200 * max(len(data), 50_000):
        raise Unreadable(f"文件解压后达 {unpacked // 1024 // 1024} MB,远超正常文档(疑为压缩炸弹),已拒绝")


def _docx_lines(document: Any) -> Iterator[str]:
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                seen: list[Any] = []
                for cell in row.cells:  # a merged cell is listed once per column it spans
                    if cell._tc not in seen:
                        seen.append(cell._tc)
                cells = [cell.text.strip() for cell in row.cells if cell._tc in seen and not seen.remove(cell._tc)]  # type: ignore[func-returns-value]
                yield "\t".join(cells)
        else:
            yield from block.text.split("\n")


def parse_html(data: bytes) -> tuple[list[str], str | None]:
    """Read the visible text, a line per block."""
    from selectolax.lexbor import LexborHTMLParser

    from ingest.text import decode

    charset = re.search(rb"""<meta[^>]{0,200}charset=["']?([A-Za-z0-9_-]{3,20})""", data[:4096])
    try:
        source = data.decode(charset[1].decode("ascii").lower().replace("gb2312", "gb18030")) if charset else None
    except (LookupError, UnicodeDecodeError):
        source = None
    tree = LexborHTMLParser(source if source is not None else decode(data))
    title = tree.css_first("title")
    tree.strip_tags(["script", "style", "noscript", "template", "head", "nav", "svg", "iframe"])
    text = tree.body.text(separator="\n", strip=False) if tree.body else ""
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in _blocks(tree) or text.split("\n")]
    lines = [line for line in lines if line]
    if not lines:
        raise Unreadable("网页没有正文文字")
    return ["\n".join(lines)], (title.text(strip=True) or None) if title else None


_BLOCKS: Final = frozenset(
    "p div h1 h2 h3 h4 h5 h6 li tr table ul ol section article header footer main blockquote pre br dd dt".split()
)


def _blocks(tree: Any) -> list[str]:
    lines = [""]
    if tree.body is None:
        return []
    for node in tree.body.traverse(include_text=True):
        if node.tag in _BLOCKS:
            lines.append("")
        elif node.tag == "-text":
            lines[-1] += re.sub(r"\s+", " ", node.text_content or "")
    return lines


_PARSERS: Final[dict[str, Callable[[bytes], tuple[list[str], str | None]]]] = {
    "pdf": parse_pdf,
    "docx": parse_docx,
    "html": parse_html,
}


def main() -> int:
    """Parse stdin under the memory limit of argv; return the exit status."""
    limit = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    data = sys.stdin.buffer.read()
    try:
        pages, title = _PARSERS[sys.argv[1]](data)
        answer = json.dumps({"pages": pages, "title": title}).encode()
    except Unreadable as error:
        sys.stdout.buffer.write(str(error).encode())
        return 3
    sys.stdout.buffer.write(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
