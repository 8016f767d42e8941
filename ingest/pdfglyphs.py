"""Glyphs of one sheet: a character each and where it stands, without what is printed over its like."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median
from typing import Final

from msgspec import Struct

_WIDE: Final = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f"
    "\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff…—]"
)


class Glyph(Struct, frozen=True, gc=False):
    """One character and where it stands: reading goes to the right, lines go down.

    `is_part` when one sign stands for this letter and the same one before it, as for the two of "ff".
    """

    char: str
    left: float
    right: float
    base: float
    size: float
    is_after_space: bool = False
    is_part: bool = False


def is_wide(char: str) -> bool:
    """Tell a character that stands without blanks beside others (Chinese, Japanese, its punctuation)."""
    return _WIDE.match(char) is not None


def once(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Return the glyphs without those printed over one of their like, which is how bold is faked."""
    inked = [glyph for glyph in glyphs if not glyph.char.isspace()]
    if not inked or median(glyph.right - glyph.left for glyph in inked) < 0.05 * median(g.size for g in inked):
        return list(glyphs)  # a font without widths: all its glyphs stand in one place
    seen: dict[tuple[str, int, int], tuple[float, float]] = {}
    kept = []
    is_first = True
    for glyph in glyphs:
        reach = _reach(glyph)
        if not glyph.is_part:  # a part is printed where its sign is
            is_first = glyph.char.isspace() or not _is_printed(glyph, reach, seen)
        if is_first:
            kept.append(glyph)
            seen[glyph.char, int(glyph.left // reach), int(glyph.base // reach)] = glyph.left, glyph.base
    return kept


def _reach(glyph: Glyph) -> float:
    """Return how far from a glyph its like may stand and be printed over it: the two of "ll" are further apart."""
    width = glyph.right - glyph.left
    reach = min(0.12 * glyph.size, 0.75 * width) if width > 0.05 * glyph.size else 0.12 * glyph.size
    return max(reach, 0.01)


def _is_printed(glyph: Glyph, reach: float, seen: dict[tuple[str, int, int], tuple[float, float]]) -> bool:
    column, row = int(glyph.left // reach), int(glyph.base // reach)
    for near in (column, column - 1, column + 1):
        for level in (row, row - 1, row + 1):
            there = seen.get((glyph.char, near, level))
            if there and abs(there[0] - glyph.left) < reach and abs(there[1] - glyph.base) < reach:
                return True
    return False
