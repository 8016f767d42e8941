"""The glyphs of a page as they stand in the file."""

from __future__ import annotations

import ctypes
import math
from operator import mul
from typing import Any, Final

import pypdfium2.raw as api
from msgspec import Struct

from ingest.pdfcalls import Answers, GlyphCalls, made_up
from ingest.pdfglyphs import is_wide

#: Glyphs of one page; a page densely printed has 5,000.
_MOST_GLYPHS: Final = 400_000
_FARTHEST: Final = 1e6
#: All that pdfium puts between glyphs that stand apart.
_MADE_UP: Final = " \r\n"
_SOFT_HYPHENS: Final = ("\x02", "\ufffe")
#: The turn of a glyph that is written at a slant.
ASKEW: Final = 4


class RawGlyph(Struct, gc=False):
    """A glyph as it stands in the file; `turn` counts quarter turns, None for a blank."""

    char: str
    index: int
    left: float
    bottom: float
    right: float
    top: float
    x: float
    y: float
    size: float
    turn: int | None
    is_after_space: bool = False
    is_part: bool = False


def raw_glyphs(text: Any, calls: GlyphCalls) -> tuple[list[RawGlyph], int]:
    """Return the glyphs of a page, and how many of them have no character of their own."""
    drawn: list[RawGlyph] = []
    unmapped = 0
    for answers in calls.answers(
        text, min(api.FPDFText_CountChars(text), _MOST_GLYPHS)
    ):
        batch = _batch(answers)
        drawn += batch
        if any(answers.unmapped):
            unmapped += sum(
                flag == 1 and not raw.char.isspace()
                for flag, raw in zip(answers.unmapped, batch, strict=True)
            )
    return _drop_made_up(text, drawn), unmapped


def _batch(answers: Answers) -> list[RawGlyph]:
    """Return the glyphs of which these are the answers, blanks pdfium made up among them."""
    chars = list(map(_char, answers.codes))
    scales = map(math.hypot, answers.c, answers.d)
    return list(
        map(
            RawGlyph,
            chars,
            range(answers.first, answers.first + len(chars)),
            _sane(answers.left),
            _sane(answers.bottom),
            _sane(answers.right),
            _sane(answers.top),
            _sane(answers.x),
            _sane(answers.y),
            map(mul, answers.font_sizes, scales),
            map(_turn, chars, answers.a, answers.c),
        )
    )


def _char(code: int) -> str:
    """Return the character of a code; a half of one is joined to the other half later."""
    char = chr(code) if 0 < code < 0x110000 else "\ufffd"
    return "-" if char in _SOFT_HYPHENS else char


def _sane(places: list[float]) -> list[float]:
    """Return places on a paper of finite size: what stands elsewhere is not seen, but read."""
    if math.hypot(*places) < _FARTHEST:
        return places
    return [place if -_FARTHEST < place < _FARTHEST else 0.0 for place in places]


def _turn(
    char: str,
    a: float,
    c: float,
) -> int | None:
    """Return the quarter turn of a glyph, 0 for one that stands upright, which nearly all do.

    FPDFText_GetCharAngle computes the same angle, from the same matrix, for another call a glyph.
    """
    if char.isspace():
        return None
    if c == 0 and a > 0:
        return 0
    quarters = math.atan2(c, a) % (2 * math.pi) / (math.pi / 2)
    nearest = round(quarters)
    return nearest % 4 if abs(quarters - nearest) < 0.12 else ASKEW


def _drop_made_up(text: Any, drawn: list[RawGlyph]) -> list[RawGlyph]:
    """Return the glyphs that are in the file; those before which pdfium saw a gap know of it."""
    blanks = [raw.index for raw in drawn if raw.char in _MADE_UP]
    gone = made_up(text, blanks)
    found: list[RawGlyph] = []
    last: RawGlyph | None = None
    is_after_space = False
    for raw in drawn:
        if raw.index in gone:
            is_after_space = True
            continue
        if is_after_space:
            raw.is_after_space = True
            is_after_space = False
        if last is not None and last.char == raw.char:
            raw.is_part = _is_part(text, last, raw)
        found.append(raw)
        last = raw
    return found


def _is_part(
    text: Any,
    before: RawGlyph,
    raw: RawGlyph,
) -> bool:
    """Tell whether the second of two like letters is there because one sign stands for both.

    What is printed twice in one place to look bold is drawn by two orders, each with an
    object of its own.
    """
    if (before.x, before.y) != (raw.x, raw.y) or is_wide(raw.char):
        return False
    one = api.FPDFText_GetTextObject(text, before.index)
    other = api.FPDFText_GetTextObject(text, raw.index)
    return bool(one) and bool(other) and _address(one) == _address(other)


def _address(pointer: Any) -> int:
    return ctypes.addressof(pointer.contents)
