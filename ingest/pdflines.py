"""Glyphs of one sheet into lines in the order they are read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

from msgspec import Struct

from ingest.pdfglyphs import Glyph, is_wide, once

#: Parts of a sheet that are compared with each other to find their order; beyond, they
#: stay as they were drawn.
_MOST_BLOCKS: Final = 600
#: Rows at the top and at the bottom of columns that may stand apart from them.
_MOST_APART: Final = 3


class Line(Struct, frozen=True, gc=False):
    """Characters side by side on one line; `block` and `column` say with which others they belong
    together.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    ends_with_space: bool = False
    block: int = 0
    column: int = 0


class Laid(Struct, frozen=True):
    """The lines of a sheet; `is_doubtful` when it looks like columns that could not be told
    apart.
    """

    lines: list[Line]
    is_doubtful: bool = False


def lay(glyphs: Sequence[Glyph]) -> Laid:
    """Return the lines of a sheet in reading order; the glyphs come in the order they were
    drawn.
    """
    drawn = _lines(_pieces(once(glyphs)))
    columns, is_doubtful = _columns(drawn, 2)
    lines: list[Line] = []
    blocks = 0
    for number, column in columns:
        for block in _ordered(column):
            blocks += 1
            lines += [_placed(line, blocks, number) for line in block]
    return Laid(lines, is_doubtful)


def _pieces(glyphs: Iterable[Glyph]) -> list[Line]:
    """Put glyphs together that were drawn one after another without a gap that tells."""
    pieces: list[Line] = []
    held: list[Glyph] = []
    for glyph in glyphs:
        if held and not _follows(held[-1], glyph):
            pieces += _piece(held)
            held = []
        held.append(glyph)
    return pieces + (_piece(held) if held else [])


def _follows(before: Glyph, glyph: Glyph) -> bool:
    size = before.size if before.size > glyph.size else glyph.size
    if (
        abs(before.base - glyph.base) > 0.5 * size
        or glyph.left < before.left - 0.3 * size
    ):
        return False
    gap = glyph.left - before.right
    if gap < 0.6 * size:
        return gap > -1.5 * size
    return gap < 1.5 * size and not (is_wide(before.char) or is_wide(glyph.char))


def _piece(glyphs: Sequence[Glyph]) -> list[Line]:
    inked = [glyph for glyph in glyphs if not glyph.char.isspace()]
    if not inked:
        return []
    text = []
    for number, glyph in enumerate(glyphs):
        if number and _is_word_gap(glyphs[number - 1], glyph):
            text.append(" ")
        text.append(glyph.char)
    tallest = max(inked, key=lambda glyph: glyph.size)
    whole = "".join(text)
    return [
        Line(
            text=whole.strip(),
            left=inked[0].left,
            right=max(glyph.right for glyph in inked),
            base=tallest.base,
            size=tallest.size,
            ends_with_space=whole[-1].isspace(),
        )
    ]


def _is_word_gap(before: Glyph, glyph: Glyph) -> bool:
    """Tell whether a blank that was not written stands between two glyphs: only words of letters
    have such.
    """
    if not glyph.is_after_space:
        size = before.size if before.size > glyph.size else glyph.size
        if glyph.left - before.right <= 0.25 * size:
            return False
    is_blank = before.char.isspace() or glyph.char.isspace()
    return not (is_blank or is_wide(before.char) or is_wide(glyph.char))


def _lines(pieces: Sequence[Line]) -> list[Line]:
    """Put pieces of one line together; cells of a table, further apart, stay lines of their own."""
    lines: list[list[Line]] = []
    for piece in pieces:
        if (
            lines
            and is_beside(lines[-1][-1], piece)
            and piece.left - lines[-1][-1].right < 2 * piece.size
        ):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return [_joined(line) for line in lines]


def is_beside(before: Line, after: Line) -> bool:
    """Tell whether `after` stands on the same line as `before`, to its right."""
    size = max(before.size, after.size)
    return (
        abs(before.base - after.base) <= 0.5 * size
        and after.left > before.right - 0.3 * size
    )


def _joined(pieces: Sequence[Line]) -> Line:
    if len(pieces) == 1:
        return pieces[0]
    text = [pieces[0].text]
    for number in range(1, len(pieces)):
        before, piece = pieces[number - 1], pieces[number]
        text += [
            ""
            if _is_touching(before, piece) or _is_letter_spaced(pieces, number)
            else " ",
            piece.text,
        ]
    tallest = max(pieces, key=lambda piece: (piece.size, len(piece.text)))
    return Line(
        text="".join(text),
        left=pieces[0].left,
        right=max(piece.right for piece in pieces),
        base=tallest.base,
        size=tallest.size,
        ends_with_space=pieces[-1].ends_with_space,
    )


def _is_touching(before: Line, after: Line) -> bool:
    if before.ends_with_space:
        return False
    gap = after.left - before.right
    wide = is_wide(before.text[-1]) or is_wide(after.text[0])
    return gap < (0.6 if wide else 0.25) * max(before.size, after.size)


def _is_letter_spaced(pieces: Sequence[Line], number: int) -> bool:
    """Tell 民　事　判　决　书: the gap before a piece is like the one beside it, and single
    characters stand around.
    """
    if (
        len(pieces[number - 1].text) > 1
        or len(pieces[number].text) > 1
        or not is_wide(pieces[number].text)
    ):
        return False
    gap = pieces[number].left - pieces[number - 1].right
    for other in (number - 1, number + 1):
        if (
            0 < other < len(pieces)
            and len(pieces[other].text) == len(pieces[other - 1].text) == 1
        ):
            beside = pieces[other].left - pieces[other - 1].right
            if abs(beside - gap) < 0.25 * max(gap, beside):
                return True
    return False


def _columns(
    lines: list[Line], depth: int
) -> tuple[list[tuple[int, list[Line]]], bool]:
    """Return the lines by column, each with the number of its column (0 for what goes across)."""
    gutter = _gutter(lines) if depth else None
    if gutter is None:
        return [(0, lines)], False
    sides = [_side(line, gutter) for line in lines]
    left, right = (
        [line for line, side in zip(lines, sides, strict=True) if side == which]
        for which in (-1, 1)
    )
    if not _stand_beside(left, right) or sides.count(0) > 0.25 * len(lines):
        return [(0, lines)], False
    turns = sum(a != b for a, b in zip(sides, sides[1:], strict=False))
    if _is_running(left) and _is_running(right):
        return _bands(lines, gutter, depth), False
    is_text = all(
        median(len(line.text) for line in side) >= 8 for side in (left, right)
    )
    return [(0, lines)], is_text and turns > 0.5 * len(lines)


def _gutter(lines: Sequence[Line]) -> float | None:
    """Return the middle of the widest upright strip that hardly a line enters."""
    if len(lines) < 8:
        return None
    low, high = min(line.left for line in lines), max(line.right for line in lines)
    if not 0 < high - low < 20_000:
        return None
    starts, ends = (
        sorted(line.left for line in lines),
        sorted(line.right for line in lines),
    )
    least = max(0.8 * median(line.size for line in lines), 4.0)
    best, found, since = least, None, None
    step = max((high - low) / 400, 0.5)
    place = low + 0.2 * (high - low)
    while place < high - 0.2 * (high - low):
        entered = bisect_right(starts, place) - bisect_right(ends, place)
        if entered > 0.15 * len(lines):
            since = None
        elif since is None:
            since = place
        if since is not None and place - since >= best:
            best, found = place - since, (place + since) / 2
        place += step
    return found


def _side(line: Line, gutter: float) -> int:
    return 0 if line.left < gutter < line.right else -1 if line.right <= gutter else 1


def _stand_beside(left: Sequence[Line], right: Sequence[Line]) -> bool:
    if len(left) < 4 or len(right) < 4:
        return False
    top = min(max(line.base for line in side) for side in (left, right))
    bottom = max(min(line.base for line in side) for side in (left, right))
    least = min(
        max(line.base for line in side) - min(line.base for line in side)
        for side in (left, right)
    )
    return top - bottom >= 0.5 * least > 0


def _is_running(lines: Sequence[Line]) -> bool:
    """Tell running text, whose lines fill the column, from cells of a table."""
    rows = len({round(line.base) for line in lines})
    width = max(line.right for line in lines) - min(line.left for line in lines)
    return (
        rows > 0.8 * len(lines)
        and median(line.right - line.left for line in lines) > 0.75 * width
        and median(len(line.text) for line in lines) >= 8
    )


def _bands(
    lines: Sequence[Line], gutter: float, depth: int
) -> list[tuple[int, list[Line]]]:
    """Read column by column, above a line that goes across before below it."""
    found: list[tuple[int, list[Line]]] = []
    sides: dict[int, list[Line]] = {-1: [], 1: []}

    def flush() -> None:
        for side, held in sides.items():
            inner = _columns(held, depth - 1)[0] if held else []
            found.extend(
                (3 * number + (1 if side < 0 else 2), column)
                for number, column in inner
            )
            sides[side] = []

    low, high = _core(lines)
    for line in sorted(lines, key=lambda line: -line.base):
        side = _side(line, gutter)
        if side and low <= line.base <= high:
            sides[side].append(line)
            continue
        flush()
        if found and found[-1][0] == 0:
            found[-1][1].append(line)
        else:
            found.append((0, [line]))
    flush()
    return found


def _core(lines: Sequence[Line]) -> tuple[float, float]:
    """Return the lowest and the highest line of the columns.

    What stands apart at the top or the bottom, or is smaller there, is of none.
    """
    sizes: dict[int, float] = {}
    for line in lines:
        sizes[round(line.base)] = max(line.size, sizes.get(round(line.base), 0.0))
    bases = sorted(sizes)
    steps = [high - low for low, high in zip(bases, bases[1:], strict=False)]
    pitch, size = (
        median([step for step in steps if step > 2] or [0]),
        median(sizes.values()),
    )

    def apart(rows: Sequence[int]) -> int:
        rows = rows[: _MOST_APART + 1]
        found = 0
        for place in range(len(rows) - 1):
            if (
                abs(rows[place] - rows[place + 1]) > 1.4 * pitch
                or sizes[rows[place]] < 0.85 * size
            ):
                found = place + 1
        return found

    kept = bases[apart(bases) : len(bases) - apart(bases[::-1])] or bases
    return kept[0] - 1, kept[-1] + 1


class _Block(Struct, gc=False):
    """Lines below each other, drawn one after another."""

    lines: list[Line]
    left: float
    right: float
    top: float
    bottom: float


def _ordered(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the blocks of a sheet in reading order.

    What was drawn first is read first, which is right for cells and columns, except where blocks
    lie wholly above each other or are drawn into each other.
    """
    blocks = _blocks(lines)
    if len(blocks) > _MOST_BLOCKS:
        return [block.lines for block in blocks]
    placed: list[_Block] = []
    for block in _untangled(blocks):
        above = (
            n
            for n, other in enumerate(placed)
            if block.bottom > other.top - 0.2 * other.lines[0].size
        )
        here = next(above, len(placed))
        placed.insert(here, block)
    return [block.lines for block in placed]


def _blocks(lines: Sequence[Line]) -> list[_Block]:
    blocks: list[_Block] = []
    for line in lines:
        last = blocks[-1] if blocks else None
        below = last is not None and line.base < last.lines[-1].base - 0.5 * min(
            line.size, last.lines[-1].size
        )
        if (
            last is None
            or not below
            or line.left > last.right
            or line.right < last.left
        ):
            blocks.append(
                _Block(
                    [line],
                    line.left,
                    line.right,
                    line.base + 0.7 * line.size,
                    line.base,
                )
            )
            continue
        last.lines.append(line)
        last.left, last.right = min(last.left, line.left), max(last.right, line.right)
        last.bottom = line.base
    return blocks


def _untangled(blocks: list[_Block]) -> list[_Block]:
    """Merge blocks that were drawn into each other, and set the lines of such by their places."""
    found: list[_Block] = []
    for block in blocks:
        mine = [other for other in found if _are_tangled(other, block)]
        if not mine:
            found.append(block)
            continue
        first = mine[0]
        for other in [*mine[1:], block]:
            first.lines += other.lines
            first.left, first.right = (
                min(first.left, other.left),
                max(first.right, other.right),
            )
            first.top, first.bottom = (
                max(first.top, other.top),
                min(first.bottom, other.bottom),
            )
        found = [other for other in found if other not in mine[1:]]
        first.lines = _by_place(first.lines)
    return found


def _are_tangled(one: _Block, other: _Block) -> bool:
    size = min(one.lines[0].size, other.lines[0].size)
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.top, other.top) - max(one.bottom, other.bottom)
    return across > 0.3 * size and down > 0.3 * size


def _by_place(lines: Sequence[Line]) -> list[Line]:
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.base):
        if rows and abs(rows[-1][0].base - line.base) <= 0.45 * max(
            rows[-1][0].size, line.size
        ):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [
        line for row in rows for line in _lines(sorted(row, key=lambda line: line.left))
    ]


def _placed(line: Line, block: int, column: int) -> Line:
    return Line(
        line.text,
        line.left,
        line.right,
        line.base,
        line.size,
        line.ends_with_space,
        block,
        column,
    )
