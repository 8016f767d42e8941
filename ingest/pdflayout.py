"""The lines of one sheet in the order they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from ingest.pdfcolumns import columns_of
from ingest.pdfglyphs import Glyph, once
from ingest.pdflines import Line, join_beside, lines_of

#: Parts of a sheet that are compared with each other to find their order; beyond, they
#: stay as they were drawn.
_MOST_BLOCKS: Final = 600


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
    found = columns_of(lines_of(once(glyphs)))
    lines: list[Line] = []
    block = 0
    for column in found.columns:
        for own in _order(column.lines):
            block += 1
            for line in own:
                lines.append(replace(line, block=block, column=column.number))
    return Laid(lines, found.is_doubtful)


class _Block(Struct, gc=False):
    """Lines below each other, drawn one after another."""

    lines: list[Line]
    left: float
    right: float
    top: float
    bottom: float

    @classmethod
    def begun_by(cls, line: Line) -> _Block:
        """Return a block of one line."""
        top = line.base + 0.7 * line.size
        return cls([line], line.left, line.right, top, line.base)

    def goes_on_with(self, line: Line) -> bool:
        """Tell whether a line stands below the last one of the block, and not beside it."""
        last = self.lines[-1]
        is_below = line.base < last.base - 0.5 * min(line.size, last.size)
        return is_below and line.left <= self.right and line.right >= self.left

    def append(self, line: Line) -> None:
        """Add a line below the others."""
        self.lines.append(line)
        self.left = min(self.left, line.left)
        self.right = max(self.right, line.right)
        self.bottom = line.base

    def merge(self, other: _Block) -> None:
        """Take in the lines of another block."""
        self.lines += other.lines
        self.left = min(self.left, other.left)
        self.right = max(self.right, other.right)
        self.top = max(self.top, other.top)
        self.bottom = min(self.bottom, other.bottom)


def _order(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the blocks of a column in reading order.

    What was drawn first is read first, which is right for cells and columns, except where blocks
    lie wholly above each other or are drawn into each other.
    """
    blocks = _blocks(lines)
    if len(blocks) <= _MOST_BLOCKS:
        blocks = _place(_untangle(blocks))
    for block in blocks:
        yield block.lines


def _blocks(lines: Sequence[Line]) -> list[_Block]:
    blocks: list[_Block] = []
    for line in lines:
        if blocks and blocks[-1].goes_on_with(line):
            blocks[-1].append(line)
        else:
            blocks.append(_Block.begun_by(line))
    return blocks


def _place(blocks: Iterable[_Block]) -> list[_Block]:
    """Return the blocks as they were drawn, but each before the first that it is wholly above."""
    placed: list[_Block] = []
    for block in blocks:
        placed.insert(_first_below(block, placed), block)
    return placed


def _first_below(block: _Block, placed: Sequence[_Block]) -> int:
    for place, other in enumerate(placed):
        if block.bottom > other.top - 0.2 * other.lines[0].size:
            return place
    return len(placed)


def _untangle(blocks: Iterable[_Block]) -> list[_Block]:
    """Merge blocks that were drawn into each other, and set the lines of such by their places."""
    found: list[_Block] = []
    for block in blocks:
        tangled = [other for other in found if _are_tangled(other, block)]
        if not tangled:
            found.append(block)
            continue
        first, *others = tangled
        for other in others:
            first.merge(other)
        first.merge(block)
        first.lines = _by_place(first.lines)
        found = [other for other in found if other not in others]
    return found


def _are_tangled(one: _Block, other: _Block) -> bool:
    size = min(one.lines[0].size, other.lines[0].size)
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.top, other.top) - max(one.bottom, other.bottom)
    return across > 0.3 * size and down > 0.3 * size


def _by_place(lines: Sequence[Line]) -> list[Line]:
    """Return lines from the top down, and in each row from the left."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: -line.base):
        if rows and _is_in_row(line, rows[-1]):
            rows[-1].append(line)
        else:
            rows.append([line])
    found = []
    for row in rows:
        found += join_beside(sorted(row, key=lambda line: line.left))
    return found


def _is_in_row(line: Line, row: Sequence[Line]) -> bool:
    size = max(row[0].size, line.size)
    return abs(row[0].base - line.base) <= 0.45 * size
