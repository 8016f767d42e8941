"""The second reader of a PDF, slow and patient: for pages pdfium reads nothing or gibberish
from.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

from ingest.pdfmargins import is_page_number, is_scanner_stamp
from kb.errors import UnreadableFile, UserError

_T = TypeVar("_T")
_ENDS: Final = "。！？；：:;!?”』」）)】》"
_OPENS: Final = re.compile(
    r"^(?:[ \t　]{2,}|　|第[一二三四五六七八九十百千零〇]+[条章节编]|[一二三四五六七八九十]+、"
    r"|[（(][一二三四五六七八九十\d]+[）)]"
    r"|\d+[.、．]|【|审判长|审判员|书记员|原告|被告|上诉人|当事人|本院认为|本局认为)"
)


class SecondReader:
    """The pages of a PDF as pypdf reads them, each when it is asked for."""

    def __init__(self, data: bytes) -> None:
        """Remember the bytes; nothing is read yet."""
        self._data = data
        self._reader: Any = None

    def count(self) -> int:
        """Return how many pages there are, 0 where the file is damaged; raises UnreadableFile when
        it is locked.
        """
        return _attempt(lambda: len(self._open().pages), 0)

    def page(self, number: int) -> str:
        """Return the text of a page counted from 0, paragraphs mended by the length of lines; empty
        if unreadable.
        """
        return mend_lines(
            _attempt(lambda: self._open().pages[number].extract_text() or "", "")
        )

    def _open(self) -> Any:
        if self._reader is None:
            from pypdf import PdfReader

            reader = PdfReader(io.BytesIO(self._data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableFile("PDF 已加密,需要密码。请解除密码后重试")
            self._reader = reader
        return self._reader


def _attempt(work: Callable[[], _T], otherwise: _T) -> _T:
    """Return what pypdf finds; on damaged files it fails with errors of any type."""
    try:
        return work()
    except (UserError, MemoryError):
        raise
    except Exception as error:
        if type(error).__name__ == "DependencyError":
            raise UnreadableFile(
                "PDF 已加密,加密方式本程序打不开。请解除加密后重试"
            ) from error
        return otherwise


def mend_lines(text: str) -> str:
    """Return a page whose lines, of which only the characters are known, are put together to
    paragraphs.
    """
    lines = [
        line.rstrip()
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]
    lines = [
        line
        for line in lines
        if not is_page_number(line) and not is_scanner_stamp(line)
    ]
    width = (
        sorted(map(len, lines))[max(len(lines) - 1 - len(lines) // 8, 0)]
        if lines
        else 0
    )
    parts: list[str] = []
    for number, line in enumerate(lines):
        if number and _joins(lines[number - 1], line, width):
            parts += [_glue(lines[number - 1], line.lstrip()), line.lstrip()]
        else:
            parts += ["\n" if number else "", line]
    return "".join(parts).strip("\n")


def _joins(before: str, line: str, width: int) -> bool:
    if (
        not before.strip()
        or not line.strip()
        or before[-1] in _ENDS
        or _OPENS.match(line)
    ):
        return False
    return len(before) >= 0.8 * width


def _glue(before: str, line: str) -> str:
    return (
        " "
        if before[-1].isascii() and line[0].isascii() and before[-1].isalnum()
        else ""
    )
