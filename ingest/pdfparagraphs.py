"""Lines of paper into paragraphs: which line goes on with the one before, over the end of a page
too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import Final

from msgspec import Struct

from ingest.pdfglyphs import is_wide
from ingest.pdflines import Line, is_beside

_ENDS: Final = "。！？；：:;!?…"
_CLOSES: Final = "”’」』"
#: Of wide signs those that some programs let hang beyond the end of a line.
_STOPS: Final = "，。、；：！？"
#: What begins a paragraph where it begins a line, if the line before has ended a sentence.
_OPENS: Final = re.compile(
    r"^(?:第[一二三四五六七八九十百千零〇]+[条章节编款]|[一二三四五六七八九十]+、"
    r"|[（(][一二三四五六七八九十\d]+[）)]|\d+[.、．)）]|[①-⑳]|【|"
    r"审判长|审判员|书记员|原告|被告|上诉人|当事人|本院认为|本局认为)"
)
#: Begins an item of a list wherever it begins a line.
_ITEM: Final = re.compile(r"^[•●■◆▪◦○➢✓]")
#: Begins a line that hangs: the lines after it stand further right and go on with it.
_HANGS: Final = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]|[①-⑳•●■◆▪◦○➢✓\-–—*])"
)
_UNBROKEN: Final = re.compile(
    r"[“‘「『（(【《〈〔［]{0,3}(?:[^\s\u2e80-\ua4cf\uf900-\ufaff\uff00-\uffef“”‘’]{1,60}|.)"
    r"[。，、；：！？”’」』）)】》〉〕］,.;:!?]{0,3}"
)
#: Letters and digits of a line are at most so much wider than usual; beyond, the line
#: was stretched.
_MOST_STRETCH: Final = 1.2
#: Lines that are looked at around one to find what stands beside it.
_NEAR: Final = 12


class _Margins(Struct, frozen=True):
    """Where the lines of one column of one page begin and end; `pitch` is the usual distance
    between two.
    """

    left: float
    right: float
    pitch: float


class _Set(Struct, frozen=True):
    """One line where it stands: its margins, and whether it is in a cell with another to its
    right.
    """

    line: Line
    page: int
    left: float
    right: float
    pitch: float
    is_cell: bool


def paragraphs(
    pages: Sequence[Sequence[Line]], papers: Sequence[tuple[float, float]]
) -> list[str]:
    """Return the text of every page, a line a paragraph; `papers` has the left and the
    right edge of each.

    A page ends with a line feed unless its last paragraph goes on with the next one.
    """
    margins = _all_margins(pages, papers)
    is_indented = _uses_indents(pages, margins)
    parts: list[list[str]] = [[] for _ in pages]
    before: _Set | None = None
    for number, lines in enumerate(pages):
        for place, line in enumerate(lines):
            here = _set(lines, place, number, margins[number, line.column])
            if before is not None:
                parts[before.page].append(_between(before, here, is_indented))
            parts[number].append(line.text)
            before = here
    return ["".join(part) for part in parts]


def _set(lines: Sequence[Line], place: int, page: int, margins: _Margins) -> _Set:
    """Return a line with its margins: in a cell those of the cell."""
    line = lines[place]
    near = lines[max(place - _NEAR, 0) : place + _NEAR]
    block = [other for other in near if other.block == line.block]
    left, right = (
        min(other.left for other in block),
        max(other.right for other in block),
    )
    top, bottom = (pick(other.base for other in block) for pick in (max, min))
    beside = [
        other
        for other in near
        if other.block != line.block
        and other.column == line.column
        and bottom - 0.5 * line.size < other.base < top + 0.5 * line.size
    ]
    is_cell = any(other.left > line.right for other in beside)
    return _Set(
        line=line,
        page=page,
        left=left if beside and left - margins.left > 3 * line.size else margins.left,
        right=right if is_cell else margins.right,
        pitch=margins.pitch,
        is_cell=is_cell,
    )


def _between(before: _Set, after: _Set, is_indented: bool) -> str:
    """Return what stands between two lines: nothing or a blank in a paragraph, a tab in a table, or
    a line feed.
    """
    if before.page == after.page and is_beside(before.line, after.line):
        return "\t"
    goes_on = after.page - before.page <= 1 and _goes_on(before, after, is_indented)
    return _glue(before.line, after.line) if goes_on else "\n"


def _goes_on(before: _Set, after: _Set, is_indented: bool) -> bool:
    one, other = before.line, after.line
    if before.is_cell != after.is_cell or not 0.87 < one.size / other.size < 1.15:
        return False
    is_full = _is_full(one, other, before.right)
    indent = other.left - after.left
    if one.left - before.left > 4 * one.size or indent > 4 * other.size:
        return is_full and _is_long_title(before, after)
    if not is_full and not _is_nearly_full(before, other):
        return False
    if indent > 1.2 * other.size:
        return _is_hanging(one, other) or _is_long_title(before, after)
    return not _is_apart(before, after) and _may_follow(one, other, is_indented)


def _is_apart(before: _Set, after: _Set) -> bool:
    """Tell whether there is more room between two lines of a column than between others."""
    if before.page != after.page or before.line.column != after.line.column:
        return False
    pitch = (before.line.base - after.line.base) / before.pitch
    return pitch > 1.7 or (pitch > 1.25 and before.line.text[-1] in _ENDS)


def _may_follow(before: Line, after: Line, is_indented: bool) -> bool:
    """Tell by the words, where the places say that `after` goes on."""
    if _ITEM.match(after.text):
        return False
    if is_indented or not _ends_sentence(before):
        return True
    return not _OPENS.match(after.text)


def _ends_sentence(line: Line) -> bool:
    """Tell a line that ends with a sentence, or with one that is quoted."""
    return line.text.rstrip(_CLOSES).endswith(tuple(_ENDS))


def _is_full(before: Line, after: Line, right: float) -> bool:
    """Tell whether the first word of `after` would not have fitted onto the line of `before`."""
    return right - before.right < _first_width(after) + 0.3 * before.size


def _is_nearly_full(before: _Set, after: Line) -> bool:
    """Tell a line broken after so many characters, narrow for its digits, from the end of a
    paragraph.
    """
    line = before.line
    is_open = line.text[-1] not in _ENDS and not _OPENS.match(after.text)
    return (
        is_open
        and len(line.text) >= 25
        and line.right - before.left > 0.93 * (before.right - before.left)
    )


def _first_width(line: Line) -> float:
    """Return the width of what must not be broken at the beginning of a line: （2099） moves as
    one.
    """
    first = _UNBROKEN.match(line.text)
    if first is None:
        return line.size
    wide, narrow = _widths(first[0])
    return line.size * (wide + narrow * _stretch(line))


def _stretch(line: Line) -> float:
    """Return how much wider than usual the letters and digits of a line are, blanks beside them
    included.
    """
    wide, narrow = _widths(line.text)
    room = (line.right - line.left) / line.size - wide
    return min(max(room / narrow, 1.0), _MOST_STRETCH) if narrow else 1.0


def _widths(text: str) -> tuple[float, float]:
    """Return the usual width of the wide and of the narrow characters of a text, in sizes of its
    font.
    """
    wide = sum(map(is_wide, text))
    return wide, sum(_width(char) for char in text if not is_wide(char))


def _width(char: str) -> float:
    return 0.72 if char.isupper() else 0.55


def _is_hanging(before: Line, after: Line) -> bool:
    is_item = _HANGS.match(before.text) is not None and before.left < after.left
    is_within = (
        abs(before.left - after.left) < 0.2 * after.size and before.block == after.block
    )
    return (
        before.text[-1] not in _ENDS
        and not _HANGS.match(after.text)
        and (is_item or is_within)
    )


def _is_long_title(before: _Set, after: _Set) -> bool:
    """Tell a title in the middle of the page that takes more than a line."""
    return before.line.text[-1] not in _ENDS and all(
        abs((here.line.left - here.left) - (here.right - here.line.right))
        < here.line.size
        for here in (before, after)
    )


def _glue(before: Line, after: Line) -> str:
    """Return a blank between words of letters, nothing between Chinese characters or within a
    number.
    """
    last, first = before.text[-1], after.text[0]
    if is_wide(last) or is_wide(first):
        return ""
    if before.ends_with_space:
        return " "
    if last.isdigit() and first.isdigit() and any(map(is_wide, before.text)):
        return ""
    return (
        " " if last.isalnum() or (last in ",.;:!?)”’" and not first.isdigit()) else ""
    )


def _all_margins(
    pages: Sequence[Sequence[Line]], papers: Sequence[tuple[float, float]]
) -> dict[tuple[int, int], _Margins]:
    """Return the margins of every column of every page, from its own lines or, where these are few,
    from others.
    """
    own: dict[tuple[int, int], list[Line]] = defaultdict(list)
    everywhere: dict[int, list[Line]] = defaultdict(list)
    for number, lines in enumerate(pages):
        for line in lines:
            own[number, line.column].append(line)
            everywhere[line.column].append(line)
    lefts = {
        column: -_usual([-line.left for line in lines]).place
        for column, lines in everywhere.items()
    }
    widths: dict[int, list[float]] = defaultdict(list)
    found = {}
    for (number, column), lines in own.items():
        left, right = (
            _left_margin(lines, lefts[column]),
            _usual([_edge(line) for line in lines]),
        )
        found[number, column] = left, right
        if len(lines) >= 8:
            widths[column].append(right.place - left)
    usual = {column: median(many) for column, many in widths.items()}
    return {
        key: _Margins(
            left,
            _right_margin(left, right, own[key], usual.get(key[1]), papers[key[0]]),
            _pitch(own[key]),
        )
        for key, (left, right) in found.items()
    }


class _Usual(Struct, frozen=True):
    place: float
    count: int


def _usual(edges: list[float]) -> _Usual:
    """Return the outermost place where several lines end: one line that reaches further says
    nothing.
    """
    order = sorted(edges, reverse=True)
    least = max(2.0, 0.12 * len(order))
    end = 0
    for start, edge in enumerate(order):
        while end < len(order) and edge - order[end] < 12:
            end += 1
        if end - start >= least:
            return _Usual(edge, end - start)
    return _Usual(order[0], 1)


def _edge(line: Line) -> float:
    """Return where a line ends, without a stop, which may be printed into the margin."""
    return line.right - (line.size if line.text[-1] in _STOPS else 0.0)


def _left_margin(lines: Sequence[Line], usual: float) -> float:
    """Return where lines begin; on a page of beginnings only, the one line that goes on tells."""
    left = -_usual([-line.left for line in lines]).place
    return (
        usual
        if usual < left and any(abs(line.left - usual) < 6 for line in lines)
        else left
    )


def _right_margin(
    left: float,
    right: _Usual,
    lines: Sequence[Line],
    width: float | None,
    paper: tuple[float, float],
) -> float:
    """Return the right margin; where too few lines show it, the usual width or that of the paper
    does.
    """
    if right.count >= 4:
        return right.place
    if (
        width is not None
        and max(line.right for line in lines) <= left + width + 2 * lines[0].size
    ):
        return max(left + width, right.place)
    if right.count < 3 and not lines[0].column:
        return max(paper[1] - (left - paper[0]), right.place)
    return right.place


def _pitch(lines: Sequence[Line]) -> float:
    steps = [
        a.base - b.base
        for a, b in zip(lines, lines[1:], strict=False)
        if 0 < a.base - b.base < 4 * a.size
    ]
    return median(steps) if steps else 1.6 * lines[0].size


def _uses_indents(
    pages: Sequence[Sequence[Line]], margins: dict[tuple[int, int], _Margins]
) -> bool:
    """Tell whether paragraphs begin further right than lines do."""
    indented, flush = 0, 0
    for number, lines in enumerate(pages):
        for line in lines:
            step = (line.left - margins[number, line.column].left) / line.size
            indented += 1.4 < step < 3.2
            flush += abs(step) < 0.5
    return indented >= 2 and indented > 0.04 * flush
