"""The second reader of a PDF, slow and patient: for pages pdfium reads nothing or gibberish
from.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from itertools import pairwise
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
    lines = _lines_of_text(text)
    if not lines:
        return ""
    lengths = sorted(map(len, lines))
    # a line in eight may be longer than the paper is wide
    width = lengths[max(len(lines) - 1 - len(lines) // 8, 0)]
    parts = [lines[0]]
    for before, line in pairwise(lines):
        if _joins(before, line, width):
            words = line.lstrip()
            parts += [_glue(before, words), words]
        else:
            parts += ["\n", line]
    return "".join(parts).strip("\n")


def _lines_of_text(text: str) -> list[str]:
    """Return the lines of a page without page numbers and stamps of scanners."""
    lines = []
    for written in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = written.rstrip()
        if not is_page_number(line) and not is_scanner_stamp(line):
            lines.append(line)
    return lines


def _joins(
    before: str,
    line: str,
    width: int,
) -> bool:
    """Tell whether a line goes on with the one before, which is full and ends no sentence."""
    if not before.strip() or not line.strip():
        return False
    if before[-1] in _ENDS or _OPENS.match(line):
        return False
    return len(before) >= 0.8 * width


def _glue(before: str, line: str) -> str:
    last, first = before[-1], line[0]
    are_words = last.isascii() and first.isascii() and last.isalnum()
    return " " if are_words else ""
