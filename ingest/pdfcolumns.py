"""Which lines of a sheet stand in columns beside each other?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from msgspec import Struct

from ingest.pdflines import Line

#: Rows at the top and at the bottom of columns that may stand apart from them.
_MOST_APART: Final = 3
#: Columns may be divided into columns once more.
_DEPTH: Final = 2
_LEFT: Final = -1
_ACROSS: Final = 0
_RIGHT: Final = 1


class Column(Struct, frozen=True):
    """Lines to be read one after another; their number is 0 where they go across the columns."""

    number: int
    lines: list[Line]


class Columns(Struct, frozen=True):
    """The columns of a sheet in reading order; `is_doubtful` when it looks like columns that could
    not be told apart.
    """

    columns: list[Column]
    is_doubtful: bool = False


def columns_of(lines: list[Line], depth: int = _DEPTH) -> Columns:
    """Return the lines by column; all in one where no gutter parts them."""
    whole = Columns([Column(0, lines)])
    gutter = _gutter(lines) if depth else None
    if gutter is None:
        return whole
    sides = [_side(line, gutter) for line in lines]
    left = _on_side(lines, sides, _LEFT)
    right = _on_side(lines, sides, _RIGHT)
    is_crossed = sides.count(_ACROSS) > 0.25 * len(lines)
    if is_crossed or not _stand_beside(left, right):
        return whole
    if _is_running(left) and _is_running(right):
        return Columns(_bands(lines, gutter, depth))
    is_text = _usual_length(left) >= 8 and _usual_length(right) >= 8
    is_mixed = _count_turns(sides) > 0.5 * len(lines)
    return Columns(whole.columns, is_doubtful=is_text and is_mixed)


def _gutter(lines: Sequence[Line]) -> float | None:
    """Return the middle of the widest upright strip that hardly a line enters."""
    if len(lines) < 8:
        return None
    starts = sorted(_lefts(lines))
    ends = sorted(_rights(lines))
    width = ends[-1] - starts[0]
    if not 0 < width < 20_000:
        return None
    widest = max(0.8 * _usual_size(lines), 4.0)
    most_entered = 0.15 * len(lines)
    step = max(width / 400, 0.5)
    found, since = None, None
    place = starts[0] + 0.2 * width
    last = ends[-1] - 0.2 * width
    while place < last:
        if bisect_right(starts, place) - bisect_right(ends, place) > most_entered:
            since = None
        elif since is None:
            since = place
        if since is not None and place - since >= widest:
            widest = place - since
            found = (place + since) / 2
        place += step
    return found


def _lefts(lines: Iterable[Line]) -> list[float]:
    return [line.left for line in lines]


def _rights(lines: Iterable[Line]) -> list[float]:
    return [line.right for line in lines]


def _bases(lines: Iterable[Line]) -> list[float]:
    return [line.base for line in lines]


def _usual_size(lines: Iterable[Line]) -> float:
    return median([line.size for line in lines])


def _usual_length(lines: Iterable[Line]) -> float:
    return median([len(line.text) for line in lines])


def _side(line: Line, gutter: float) -> int:
    if line.left < gutter < line.right:
        return _ACROSS
    return _LEFT if line.right <= gutter else _RIGHT


def _on_side(
    lines: Sequence[Line],
    sides: Sequence[int],
    side: int,
) -> list[Line]:
    return [line for line, its in zip(lines, sides, strict=True) if its == side]


def _count_turns(sides: Sequence[int]) -> int:
    """Return how often the next line drawn is on another side."""
    turns = 0
    for before, after in pairwise(sides):
        turns += before != after
    return turns


def _stand_beside(left: Sequence[Line], right: Sequence[Line]) -> bool:
    """Tell whether two sides share half of the height of the lower one."""
    if len(left) < 4 or len(right) < 4:
        return False
    lefts, rights = _bases(left), _bases(right)
    top = min(max(lefts), max(rights))
    bottom = max(min(lefts), min(rights))
    least = min(max(lefts) - min(lefts), max(rights) - min(rights))
    return top - bottom >= 0.5 * least > 0


def _is_running(lines: Sequence[Line]) -> bool:
    """Tell running text, whose lines fill the column, from cells of a table."""
    rows = len(set(map(round, _bases(lines))))
    width = max(_rights(lines)) - min(_lefts(lines))
    usual_width = median([line.right - line.left for line in lines])
    return (
        rows > 0.8 * len(lines)
        and usual_width > 0.75 * width
        and _usual_length(lines) >= 8
    )


def _bands(
    lines: Sequence[Line],
    gutter: float,
    depth: int,
) -> list[Column]:
    """Read column by column, above a line that goes across before below it."""
    found: list[Column] = []
    left: list[Line] = []
    right: list[Line] = []
    low, high = _core(lines)
    for line in _from_the_top(lines):
        side = _side(line, gutter)
        if side == _ACROSS or not low <= line.base <= high:
            found += _band(left, right, depth)
            left, right = [], []
            if not found or found[-1].number != 0:
                found.append(Column(0, []))
            found[-1].lines.append(line)
        elif side == _LEFT:
            left.append(line)
        else:
            right.append(line)
    return found + _band(left, right, depth)


def _from_the_top(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: -line.base)


def _band(
    left: list[Line],
    right: list[Line],
    depth: int,
) -> list[Column]:
    """Return the columns of the lines between two that go across."""
    found = []
    for own, lines in ((1, left), (2, right)):
        if lines:
            for inner in columns_of(lines, depth - 1).columns:
                found.append(Column(3 * inner.number + own, inner.lines))
    return found


def _core(lines: Sequence[Line]) -> tuple[float, float]:
    """Return the lowest and the highest place of a line of the columns.

    What stands apart at the top or the bottom, or is smaller there, is of none.
    """
    sizes: dict[int, float] = {}
    for line in lines:
        row = round(line.base)
        sizes[row] = max(line.size, sizes.get(row, 0.0))
    rows = sorted(sizes)
    most_step = 1.4 * _pitch(rows)
    least_size = 0.85 * median(sizes.values())
    below = _count_apart(rows, sizes, most_step, least_size)
    above = _count_apart(rows[::-1], sizes, most_step, least_size)
    kept = rows[below : len(rows) - above] or rows
    return kept[0] - 1, kept[-1] + 1


def _pitch(rows: Sequence[int]) -> float:
    steps = [high - low for low, high in pairwise(rows) if high - low > 2]
    return median(steps or [0])


def _count_apart(
    rows: Sequence[int],
    sizes: dict[int, float],
    most_step: float,
    least_size: float,
) -> int:
    """Return how many of the first rows stand apart from those after them."""
    found = 0
    nearest = rows[: _MOST_APART + 1]
    for count, (row, following) in enumerate(pairwise(nearest), 1):
        if abs(row - following) > most_step or sizes[row] < least_size:
            found = count
    return found
