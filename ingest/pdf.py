"""A PDF into its pages."""

from __future__ import annotations

import contextlib
import io
import re
from typing import Final

from ingest.answers import Parsed
from kb.errors import UnreadableFile

_MAX_PAGES: Final = 5000
_DAMAGED: Final = re.compile(r"[\ufffd\ue000-\uf8ff]|\(cid:\d+\)")


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
