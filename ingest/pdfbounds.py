"""Between which margins do the lines of a column stand, and how far below each other?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from msgspec import Struct

from ingest.pdflines import Line

#: Of wide signs those that some programs let hang beyond the end of a line.
_STOPS: Final = "，。、；：！？"

#: A column of one page: the number of the page and that of the column.
Place = tuple[int, int]


class Margins(Struct, frozen=True):
    """Where the lines of one column of one page begin and end; `pitch` is the usual distance
    between two.
    """

    left: float
    right: float
    pitch: float


class _Usual(Struct, frozen=True):
    place: float
    count: int


def all_margins(
    pages: Sequence[Sequence[Line]], papers: Sequence[tuple[float, float]]
) -> dict[Place, Margins]:
    """Return the margins of every column of every page, from its own lines or, where these are few,
    from others.
    """
    own, everywhere = _by_column(pages)
    usual_lefts = {column: _outer_left(lines) for column, lines in everywhere.items()}
    lefts = {}
    rights = {}
    for place, lines in own.items():
        lefts[place] = _left_margin(lines, usual_lefts[place[1]])
        rights[place] = _usual([_edge(line) for line in lines])
    widths = _usual_widths(own, lefts, rights)
    found = {}
    for place, lines in own.items():
        page, column = place
        left, right = lefts[place], rights[place]
        if right.count < 4:
            edge = _right_of_few(left, right, lines, widths.get(column), papers[page])
        else:
            edge = right.place
        found[place] = Margins(left, edge, _pitch(lines))
    return found


def uses_indents(
    pages: Sequence[Sequence[Line]], margins: dict[Place, Margins]
) -> bool:
    """Tell whether paragraphs begin further right than lines do."""
    indented, flush = 0, 0
    for number, line in _lines_with_page(pages):
        step = (line.left - margins[number, line.column].left) / line.size
        indented += 1.4 < step < 3.2
        flush += abs(step) < 0.5
    return indented >= 2 and indented > 0.04 * flush


def _lines_with_page(pages: Sequence[Sequence[Line]]) -> Iterator[tuple[int, Line]]:
    """Yield every line with the number of its page."""
    for number, lines in enumerate(pages):
        for line in lines:
            yield number, line


def _by_column(
    pages: Sequence[Sequence[Line]],
) -> tuple[dict[Place, list[Line]], dict[int, list[Line]]]:
    """Return the lines by page and column, and those of all pages by column."""
    own: dict[Place, list[Line]] = defaultdict(list)
    everywhere: dict[int, list[Line]] = defaultdict(list)
    for number, line in _lines_with_page(pages):
        own[number, line.column].append(line)
        everywhere[line.column].append(line)
    return own, everywhere


def _usual_widths(
    own: dict[Place, list[Line]],
    lefts: dict[Place, float],
    rights: dict[Place, _Usual],
) -> dict[int, float]:
    """Return how wide each column usually is, of pages with lines enough to tell."""
    widths: dict[int, list[float]] = defaultdict(list)
    for place, lines in own.items():
        if len(lines) >= 8:
            widths[place[1]].append(rights[place].place - lefts[place])
    return {column: median(many) for column, many in widths.items()}


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


def _outer_left(lines: Iterable[Line]) -> float:
    """Return the outermost place where several lines begin."""
    return -_usual([-line.left for line in lines]).place


def _edge(line: Line) -> float:
    """Return where a line ends, without a stop, which may be printed into the margin."""
    return line.right - (line.size if line.text[-1] in _STOPS else 0.0)


def _left_margin(lines: Sequence[Line], usual: float) -> float:
    """Return where lines begin; on a page of beginnings only, the one line that goes on tells."""
    left = _outer_left(lines)
    if usual >= left:
        return left
    goes_on = any(abs(line.left - usual) < 6 for line in lines)
    return usual if goes_on else left


def _right_of_few(
    left: float,
    right: _Usual,
    lines: Sequence[Line],
    width: float | None,
    paper: tuple[float, float],
) -> float:
    """Return the right margin that too few lines show: the usual width or that of the paper."""
    if width is not None:
        farthest = max(line.right for line in lines)
        if farthest <= left + width + 2 * lines[0].size:
            return max(left + width, right.place)
    if right.count < 3 and not lines[0].column:
        return max(paper[1] - (left - paper[0]), right.place)
    return right.place


def _pitch(lines: Sequence[Line]) -> float:
    steps = []
    for line, following in pairwise(lines):
        step = line.base - following.base
        if 0 < step < 4 * line.size:
            steps.append(step)
    return median(steps) if steps else 1.6 * lines[0].size
