"""Bytes of one file into its text: one parser a format, the table at the end.

They run in a process of their own (`ingest.nursery`), whatever the format: a text can be hostile too.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from ingest.answers import Parsed
from ingest.charsets import decode_page
from ingest.frontmatter import read_markdown
from ingest.text import check_text, check_values, decode, require_fitting
from kb.errors import UnreadableFile

_MAX_UNPACKED_BYTES: Final = 200 * 1024 * 1024
_MAX_PAGES: Final = 5000
_DAMAGED: Final = re.compile(r"[\ufffd\ue000-\uf8ff]|\(cid:\d+\)")


def parse(kind: str, data: bytes) -> Parsed:
    """Parse the bytes of a file of a known kind; raises UnreadableFile or InvalidDocument."""
    found = _PARSERS[kind](data)
    require_fitting(len(found.text) + sum(map(len, found.pages or ())))
    return found


@cache
def load(kind: str) -> None:
    """Import what parsing files of a kind needs, so that processes forked later have it."""
    for name in _LIBRARIES.get(kind, ()):
        importlib.import_module(name)


def parse_text(data: bytes) -> Parsed:
    """Read a plain text."""
    return Parsed(text=_decoded(data))


def parse_markdown(data: bytes) -> Parsed:
    """Read a corpus file: front matter, headings and links taken out of the text."""
    found = read_markdown(_decoded(data))
    links = [(link.start or 0, link.end or 0, link.target or "") for link in found.links]
    return Parsed(text=found.text, values=found.values, headings=list(found.headings), links=links)


def _decoded(data: bytes) -> str:
    require_fitting(len(data) // 4)  # no encoding has characters of more bytes
    return decode(data)


def parse_pdf(data: bytes) -> Parsed:
    """Read pages with pypdf; a page that looks damaged is read again with pdfium."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile("PDF 已加密,需要密码。请解除密码后重试")
        if len(reader.pages) > _MAX_PAGES:
            raise UnreadableFile(f"PDF 超过 {_MAX_PAGES} 页。请拆分后重试")
        pages = [page.extract_text() or "" for page in reader.pages]
    except PyPdfError as error:
        pages = _pdfium_or_fail(data, error)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, OSError) as error:
        pages = _pdfium_or_fail(data, error)
    if any(_looks_damaged(text) for text in pages) or not any(text.strip() for text in pages):
        pages = _better(pages, _pdfium_pages(data))
    if not any(text.strip() for text in pages):
        raise UnreadableFile("PDF 没有文字层(扫描件或图片)。请先做文字识别(OCR)再添加")
    blank = [str(number) for number, text in enumerate(pages, 1) if not text.strip()]
    warnings = [f"第 {'、'.join(blank[:20])} 页没有文字(可能是扫描页)"] if blank else []
    return Parsed(pages=[_whole(page) for page in pages], warnings=warnings)


def _whole(text: str) -> str:
    """Return a text whose halves of characters, which a font may give back, are joined or marked as unreadable."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _pdfium_or_fail(data: bytes, error: Exception) -> list[str]:
    pages = _pdfium_pages(data)
    if not pages:
        raise UnreadableFile("PDF 已损坏或不完整,无法读取。请重新下载或导出") from error
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


def parse_docx(data: bytes) -> Parsed:
    """Read paragraphs and tables in the order of the document."""
    import docx
    from docx.opc.exceptions import OpcError

    _refuse_bombs(data)
    try:
        document = docx.Document(io.BytesIO(data))
        lines = list(_docx_lines(document))
    except (OpcError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError, OSError) as error:
        raise UnreadableFile("Word 文档已损坏,或并非 .docx。请用 WPS 或 Word 重新保存") from error
    if not any(line.strip() for line in lines):
        raise UnreadableFile("Word 文档没有文字(可能只有图片)")
    return _flowing(lines, document.core_properties.title)


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnreadableFile("Word 文档已加密。请解除密码后重试")
            unpacked = sum(entry.file_size for entry in entries)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableFile("文件不完整,不是有效的 Word 文档") from error
    if unpacked > _MAX_UNPACKED_BYTES or unpacked > 200 * max(len(data), 50_000):
        raise UnreadableFile(f"文件解压后达 {unpacked // 1024 // 1024} MB,远超正常文档(疑为压缩炸弹),已拒绝")


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


def parse_html(data: bytes) -> Parsed:
    """Read the visible text, a line per block."""
    from selectolax.lexbor import LexborHTMLParser

    source, warnings = decode_page(data)
    tree = LexborHTMLParser(source)
    title = tree.css_first("title")
    tree.strip_tags(["script", "style", "noscript", "template", "head", "nav", "svg", "iframe"])
    text = tree.body.text(separator="\n", strip=False) if tree.body else ""
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in _blocks(tree) or text.split("\n")]
    lines = [line for line in lines if line]
    if not lines:
        raise UnreadableFile("网页没有正文文字")
    return _flowing(lines, title.text(strip=True) if title else None, warnings)


def _flowing(lines: list[str], title: str | None, warnings: list[str] | None = None) -> Parsed:
    named = (title or "").strip()
    text = check_text("\n".join(lines))
    return Parsed(text=text, values=check_values({"title": named} if named else {}), warnings=warnings or [])


_BLOCKS: Final = frozenset(
    "p div h1 h2 h3 h4 h5 h6 li tr table ul ol section article header footer main blockquote pre br dd dt".split()
)


def _blocks(tree: Any) -> list[str]:
    if tree.body is None:
        return []
    blocks: list[list[str]] = [[]]
    for node in tree.body.traverse(include_text=True):
        if node.tag in _BLOCKS:
            blocks.append([])
        elif node.tag == "-text":
            blocks[-1].append(re.sub(r"\s+", " ", node.text_content or ""))
    return ["".join(block) for block in blocks]


_PARSERS: Final[dict[str, Callable[[bytes], Parsed]]] = {
    "txt": parse_text,
    "md": parse_markdown,
    "pdf": parse_pdf,
    "docx": parse_docx,
    "html": parse_html,
}
_LIBRARIES: Final = {"pdf": ("pypdf", "pypdfium2"), "docx": ("docx",), "html": ("selectolax.lexbor",)}
