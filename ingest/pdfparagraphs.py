"""Lines of paper into paragraphs: which line goes on with the one before, over the end of a page
too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from ingest.pdfbounds import Margins, all_margins, uses_indents
from ingest.pdfglyphs import is_wide
from ingest.pdflines import Line, is_beside

_ENDS: Final = "。！？；：:;!?…"
#: After these a blank stands, unless a number goes on.
_PARTING: Final = ",.;:!?)”’"
_CLOSES: Final = "”’」』"
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
    margins = all_margins(pages, papers)
    is_indented = uses_indents(pages, margins)
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


def _set(
    lines: Sequence[Line],
    place: int,
    page: int,
    margins: Margins,
) -> _Set:
    """Return a line with its margins: in a cell those of the cell."""
    line = lines[place]
    near = lines[max(place - _NEAR, 0) : place + _NEAR]
    block = [other for other in near if other.block == line.block]
    beside = _beside(block, line, near)
    left, right = margins.left, margins.right
    block_left = min([other.left for other in block])
    if beside and block_left - margins.left > 3 * line.size:
        left = block_left
    is_cell = any(other.left > line.right for other in beside)
    if is_cell:
        right = max([other.right for other in block])
    return _Set(line, page, left, right, margins.pitch, is_cell)


def _beside(
    block: Sequence[Line],
    line: Line,
    near: Sequence[Line],
) -> list[Line]:
    """Return the lines of other blocks of a column that stand beside the block of a line."""
    bases = [other.base for other in block]
    low = min(bases) - 0.5 * line.size
    high = max(bases) + 0.5 * line.size
    found = []
    for other in near:
        is_other = other.block != line.block and other.column == line.column
        if is_other and low < other.base < high:
            found.append(other)
    return found


def _between(
    before: _Set,
    after: _Set,
    is_indented: bool,
) -> str:
    """Return what stands between two lines: nothing or a blank in a paragraph, a tab in a table, or
    a line feed.
    """
    if before.page == after.page and is_beside(before.line, after.line):
        return "\t"
    if after.page - before.page > 1 or before.is_cell != after.is_cell:
        return "\n"
    goes_on = _goes_on(before, after, is_indented)
    return _glue(before.line, after.line) if goes_on else "\n"


def _goes_on(
    before: _Set,
    after: _Set,
    is_indented: bool,
) -> bool:
    """Tell whether a line goes on with the paragraph of the one before it, on one page or
    over its end, both in cells or neither.
    """
    one, other = before.line, after.line
    if not 0.87 < one.size / other.size < 1.15:
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


def _may_follow(
    before: Line,
    after: Line,
    is_indented: bool,
) -> bool:
    """Tell by the words, where the places say that `after` goes on."""
    if _ITEM.match(after.text):
        return False
    if is_indented or not _ends_sentence(before):
        return True
    return not _OPENS.match(after.text)


def _ends_sentence(line: Line) -> bool:
    """Tell a line that ends with a sentence, or with one that is quoted."""
    return line.text.rstrip(_CLOSES).endswith(tuple(_ENDS))


def _is_full(
    before: Line,
    after: Line,
    right: float,
) -> bool:
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
    wide, narrow = 0, 0.0
    for char in text:
        if is_wide(char):
            wide += 1
        else:
            narrow += _width(char)
    return wide, narrow


def _width(char: str) -> float:
    return 0.72 if char.isupper() else 0.55


def _is_hanging(before: Line, after: Line) -> bool:
    """Tell a line that goes on with an item of a list, further right or in the same block."""
    if before.text[-1] in _ENDS or _HANGS.match(after.text):
        return False
    if before.left < after.left and _HANGS.match(before.text):
        return True
    is_below = abs(before.left - after.left) < 0.2 * after.size
    return is_below and before.block == after.block


def _is_long_title(before: _Set, after: _Set) -> bool:
    """Tell a title in the middle of the page that takes more than a line."""
    if before.line.text[-1] in _ENDS:
        return False
    return _is_centred(before) and _is_centred(after)


def _is_centred(here: _Set) -> bool:
    left, right = here.line.left - here.left, here.right - here.line.right
    return abs(left - right) < here.line.size


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
    if last.isalnum():
        return " "
    return " " if last in _PARTING and not first.isdigit() else ""
