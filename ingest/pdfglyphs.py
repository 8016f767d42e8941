"""Glyphs of one sheet: a character each and where it stands, without what is printed over its
like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from statistics import median
from typing import Final

from msgspec import Struct

_WIDE: Final = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f"
    "\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff…—]"
)


class Glyph(Struct, frozen=True, gc=False):
    """One character and where it stands: reading goes to the right, lines go down.

    `is_part` when one sign stands for this letter and the same one before it, as for
    the two of "ff".
    """

    char: str
    left: float
    right: float
    base: float
    size: float
    is_after_space: bool = False
    is_part: bool = False


@cache
def is_wide(char: str) -> bool:
    """Tell a character that stands without blanks beside others (Chinese, Japanese, its
    punctuation).
    """
    return _WIDE.match(char) is not None


def once(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Return the glyphs without those printed over one of their like, which is how bold is
    faked.
    """
    if not _have_widths(glyphs):
        return list(glyphs)
    printed = _Printed()
    kept = []
    is_first = True
    for glyph in glyphs:
        if not glyph.is_part:
            is_first = glyph.char.isspace() or printed.add_if_free(glyph)
        elif is_first:  # a part is printed where its sign is
            printed.add(glyph)
        if is_first:
            kept.append(glyph)
    return kept


def _have_widths(glyphs: Sequence[Glyph]) -> bool:
    """Tell glyphs from those of a font without widths, which all stand in one place."""
    inked = [glyph for glyph in glyphs if not glyph.char.isspace()]
    if not inked:
        return False
    width = median([glyph.right - glyph.left for glyph in inked])
    size = median([glyph.size for glyph in inked])
    return width >= 0.05 * size


_Columns = dict[int, tuple[float, float]]


class _Printed:
    """What stands on a sheet so far: for each character a grid as fine as a glyph's reach."""

    def __init__(self) -> None:
        self._grids: dict[str, dict[int, _Columns]] = {}

    def add(self, glyph: Glyph) -> None:
        """Remember where a glyph stands."""
        reach = _reach(glyph)
        rows = self._grids.setdefault(glyph.char, {})
        columns = rows.setdefault(int(glyph.base // reach), {})
        columns[int(glyph.left // reach)] = glyph.left, glyph.base

    def add_if_free(self, glyph: Glyph) -> bool:
        """Tell whether none of its like stands where a glyph does, which is remembered then.

        Most glyphs have no like in their rows.
        """
        rows = self._grids.setdefault(glyph.char, {})
        reach = _reach(glyph)
        row = int(glyph.base // reach)
        for level in (row, row - 1, row + 1):
            if level in rows and _is_near(glyph, reach, rows[level]):
                return False
        columns = rows.setdefault(row, {})
        columns[int(glyph.left // reach)] = glyph.left, glyph.base
        return True


def _is_near(
    glyph: Glyph,
    reach: float,
    columns: _Columns,
) -> bool:
    column = int(glyph.left // reach)
    for near in (column, column - 1, column + 1):
        place = columns.get(near)
        if (
            place is not None
            and abs(place[0] - glyph.left) < reach
            and abs(place[1] - glyph.base) < reach
        ):
            return True
    return False


def _reach(glyph: Glyph) -> float:
    """Return how far from a glyph its like may stand and be printed over it.

    The two of "ll" are further apart.
    """
    width = glyph.right - glyph.left
    reach = 0.12 * glyph.size
    if width > 0.05 * glyph.size and 0.75 * width < reach:
        reach = 0.75 * width
    return reach if reach > 0.01 else 0.01
