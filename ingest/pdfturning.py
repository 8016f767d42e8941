"""Pages that lie on a side or upside down, turned so that they read to the right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from msgspec import Struct

from ingest.pdfglyphs import Glyph
from ingest.pdfraw import ASKEW, RawGlyph

#: Left, bottom, right, top.
Box = tuple[float, float, float, float]


class Turn(Struct, frozen=True):
    """How a page is turned, in quarters, clockwise.

    `main` is the turn of most of its glyphs. `whole` is that by which the page is read: of upright
    columns the glyphs stand upright, but lines go down.
    """

    main: int
    whole: int


def turn_of(found: Sequence[RawGlyph]) -> Turn:
    """Return how a page is turned, by its glyphs."""
    turns = Counter([raw.turn for raw in found])
    del turns[None], turns[ASKEW]
    main = turns.most_common(1)[0][0] if turns else 0
    if main == 0 and _runs_down([raw for raw in found if raw.turn == 0]):
        return Turn(0, 1)
    return Turn(main or 0, main or 0)


def turned_glyphs(found: Sequence[RawGlyph], turn: Turn) -> list[Glyph]:
    """Return the glyphs that stand as most of a page do, turned with the page."""
    shown = [raw for raw in found if raw.turn == turn.main or raw.turn is None]
    if turn.whole == 0:
        return list(map(_upright, shown))
    return [_glyph(raw, turn.whole) for raw in shown]


def turned_box(box: Box, quarters: int) -> Box:
    """Return a rectangle turned with its page."""
    one = _turn(box[0], box[1], quarters)
    other = _turn(box[2], box[3], quarters)
    left, right = sorted((one[0], other[0]))
    bottom, top = sorted((one[1], other[1]))
    return left, bottom, right, top


def askew_texts(found: Sequence[RawGlyph], turn: Turn) -> list[str]:
    """Return the texts that run in another direction, one a stretch."""
    texts: list[str] = []
    before = -9
    for raw in found:
        if raw.turn == turn.main or raw.turn is None:
            continue
        if raw.index > before + 3 or not texts:  # a line feed may be made up between
            texts.append("")
        texts[-1] += raw.char
        before = raw.index
    return texts


def _runs_down(inked: Sequence[RawGlyph]) -> bool:
    """Tell a page of upright columns, whose glyphs stand below each other."""
    if len(inked) <= 20:
        return False
    down = 0
    for glyph, following in pairwise(inked):
        size = glyph.size or 1
        is_below = 0.5 * size < glyph.y - following.y < 1.8 * size
        if is_below and abs(glyph.left - following.left) < 0.3 * size:
            down += 1
    return down > 0.7 * len(inked)


def _turn(
    x: float,
    y: float,
    quarters: int,
) -> tuple[float, float]:
    return ((x, y), (-y, x), (-x, -y), (y, -x))[quarters]


def _upright(raw: RawGlyph) -> Glyph:
    """Return a glyph of a page that is read as it lies, which nearly all are."""
    left, right = raw.left, raw.right
    if left > right:
        left, right = right, left
    size = _size(raw, abs(raw.bottom - raw.top))
    return Glyph(raw.char, left, right, raw.y, size, raw.is_after_space, raw.is_part)


def _glyph(raw: RawGlyph, quarters: int) -> Glyph:
    box = (raw.left, raw.bottom, raw.right, raw.top)
    left, bottom, right, top = turned_box(box, quarters)
    size = _size(raw, top - bottom)
    base = _turn(raw.x, raw.y, quarters)[1]
    if quarters == 1 and raw.turn == 0:
        base = bottom
    return Glyph(raw.char, left, right, base, size, raw.is_after_space, raw.is_part)


def _size(raw: RawGlyph, height: float) -> float:
    """Return the size of a glyph's font, or the height of its box where the font tells nonsense."""
    size = raw.size if 0.3 * height < raw.size < 3 * height else height
    return size or 1.0
