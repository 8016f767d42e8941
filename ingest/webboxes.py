"""Lines of a web page while it is laid out: text that flows, rows of cells, numbers of lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ingest.flowing import stripped
from ingest.numerals import numeral
from kb.numerals import chinese_numeral

#: Wide characters are written without blanks between them: a line of the source that
#: ends there is no blank.
_WIDE: Final = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
_WRAPPED: Final = re.compile(f"(?<=[{_WIDE}])[ \\t]*[\\r\\n][ \\t\\r\\n]*(?=[{_WIDE}])")
_BLANKS: Final = re.compile(r"[ \t\r\n\f\xa0]+")
#: Where a word may be cut at the end of a line; nobody sees them.
_UNSEEN: Final = dict.fromkeys(map(ord, "\xad\u200b\u2060\ufeff"))
#: A cell of several lines that is longer is a text laid out in a table, not a value beside others.
_LONGEST_CELL: Final = 200


@dataclass(slots=True)
class Box:
    """Lines that follow one another, of the page or of a cell, and the line being written."""

    lines: list[str] = field(default_factory=list)
    mark: str = ""
    holds_lines: bool = False
    _parts: list[str] = field(default_factory=list)
    _is_kept: bool = False

    def write(self, text: str) -> int:
        """Add text in which any run of blanks is one, none at the start of a line; return its
        length.
        """
        text = _BLANKS.sub(" ", _WRAPPED.sub("", text.translate(_UNSEEN)))
        if not self._parts or self._parts[-1].endswith(" "):
            text = text.removeprefix(" ")
        if text:
            self._parts.append(text)
        return len(text)

    def write_as_it_stands(self, text: str) -> int:
        """Add text whose blanks and line ends are kept; return its length."""
        shown = text.translate(_UNSEEN).replace("\r", "").replace("\xa0", " ")
        first, *others = shown.split("\n")
        self._keep(first)
        for line in others:
            self.break_line()
            self._keep(line)
        self.holds_lines = self.holds_lines or bool(others)
        return len(text)

    def break_line(self) -> None:
        """Go to the next line, leaving this one blank where it belongs to text whose lines are
        kept.
        """
        if self._is_kept and not "".join(self._parts).strip():
            self.lines.append("")
        self.end_line()

    def end_line(self) -> None:
        """End the line, if there is any."""
        line = "".join(self._parts)
        line = line.rstrip() if self._is_kept else line.strip()
        if line:
            self.add([line])
        self._parts.clear()
        self._is_kept = False

    def add(self, lines: list[str]) -> None:
        """Add whole lines; the number of a list stands before the first of them."""
        if self.mark and lines:
            first, *others = lines
            lines = [self.mark + first.lstrip(), *others]
            self.mark = ""
        self.lines.extend(lines)

    def _keep(self, line: str) -> None:
        self._is_kept = self._is_kept or not self._parts
        if line:
            self._parts.append(line)

    @property
    def stands_alone(self) -> bool:
        """Tell whether this is a cell whose lines cannot share a line with other cells."""
        return (
            self.holds_lines
            or len(self.lines) > 1
            and sum(map(len, self.lines)) > _LONGEST_CELL
        )


def lines_of_row(cells: list[Box]) -> list[str]:
    """Return a row on a line, a tab between cells; what is laid out in lines in a cell stays on
    lines of its own.
    """
    filled = [cell for cell in cells if any(cell.lines)]
    if len(filled) == 1:
        return stripped(filled[0].lines)
    lines: list[str] = []
    row: list[str] = []
    for cell in cells:
        if cell.stands_alone:
            lines.append(_join_cells(row))
            lines += stripped(cell.lines)
            row = []
        else:
            words = filter(None, map(str.strip, cell.lines))
            row.append(" ".join(words))
    lines.append(_join_cells(row))
    return stripped(lines)


def _join_cells(cells: list[str]) -> str:
    return "\t".join(cells).strip()


@dataclass(slots=True)
class Counter:
    """Numbers of a list: the next one, which way they go, and how they are written."""

    next: int = 1
    step: int = 1
    format: str = "none"

    def count(self, value: int | None, format: str | None) -> str:
        """Return the number of an item, as it is shown before it, and count on from there."""
        number = self.next if value is None else value
        self.next = number + self.step
        return _numeral(number, format or self.format)


def _numeral(number: int, format: str) -> str:
    """Return the number of an item as a browser shows it before the item."""
    if format == "none":
        return ""
    if format in _CHINESE_FORMATS:
        is_written = 0 < number < 10_000
        return f"{chinese_numeral(number) if is_written else number}、"
    if format == "decimal-leading-zero":
        return f"{number:02}. "
    letters = str(number)
    if format in _LETTERED and 0 < number < 4000:
        letters = _LETTERED[format](number)
    if format.startswith("upper"):
        letters = letters.upper()
    return f"{letters}. "


def _alphabetic(number: int) -> str:
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("a") + place) + letters
    return letters


_CHINESE_FORMATS: Final = frozenset(
    ("cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal")
)
_LETTERED: Final[dict[str, Callable[[int], str]]] = {
    **dict.fromkeys(
        ("lower-alpha", "lower-latin", "upper-alpha", "upper-latin"), _alphabetic
    ),
    **dict.fromkeys(
        ("lower-roman", "upper-roman"), lambda number: numeral(number, "lowerRoman")
    ),
}
#: What `list-style` may name, and the values of `type`.
FORMATS: Final = frozenset(
    ("none", "decimal", "decimal-leading-zero", *_CHINESE_FORMATS, *_LETTERED)
)
FORMAT_OF_TYPE: Final = {
    "1": "decimal",
    "a": "lower-alpha",
    "A": "upper-alpha",
    "i": "lower-roman",
    "I": "upper-roman",
}
