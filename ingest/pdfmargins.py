"""What the paper says and not the text: page numbers, running heads, stamps of scanners."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import Final

from msgspec import Struct

from ingest.pdflines import Line

_DIGITS: Final = "[0-9０-９]"
_COUNT: Final = f"(?:{_DIGITS}{{1,5}}|[一二三四五六七八九十百零〇]{{1,6}})"
_DASH: Final = "[-–—―－─~～·•*_]"
#: Nothing but a page number, and nothing else can be meant.
_NUMBERED: Final = re.compile(
    f"{_DASH}+{_DIGITS}{{1,5}}{_DASH}+"
    f"|{_DASH}*第{_COUNT}页[,，/／]?(?:[(（]?共{_COUNT}页[)）]?)?{_DASH}*"
    f"|{_DASH}*第{_COUNT}页/{_COUNT}{_DASH}*"
    f"|共{_COUNT}页[,，/／]?第{_COUNT}页"
    f"|[Pp](?:age|AGE|\\.){_DIGITS}{{1,5}}(?:(?:of|OF|/){_DIGITS}{{1,5}})?"
)
#: A page number where it stands apart, or counts on from page to page.
_BARE: Final = re.compile(
    f"{_DIGITS}{{1,4}}(?:[/／]{_DIGITS}{{1,4}})?|[ivxl]{{1,7}}|[〔\\[(（]{_DIGITS}{{1,4}}[〕\\])）]"
)
_SCANNER: Final = re.compile(
    r"(?:由|来自|使用|CS)*(?:扫描全能王|夸克扫描王|全能扫描王|布丁扫描|福昕扫描王|WPS扫描|CamScanner|AdobeScan)"
    r"(?:扫描|创建|生成|制作|APP|App)*(?:3亿人都在用的扫描App)?"
    r"|3亿人都在用的扫描App|(?:Scanned|Created)(?:with|by|using)(?:CamScanner|AdobeScan|TapScanner|GeniusScan)",
    re.IGNORECASE,
)
#: What a browser prints onto the edge of the paper: the address and the time.
_BROWSER: Final = re.compile(
    r"(?:https?|file)://\S+|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},?(?:上午|下午)?\d{1,2}:\d{2}(?::\d{2})?(?:[AP]M)?",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"\d{1,5}")
_BLANKS: Final = re.compile(r"\s+")
#: How much of the paper, at the top and at the bottom, may hold a running head or a page number.
_HEAD_SHARE: Final = 0.12
_NUMBER_SHARE: Final = 0.16
_EDGE_SHARE: Final = 0.06
#: A larger number that stands alone may be a year or an amount.
_MOST_ALONE: Final = 1000
#: Lines at each end of a page that may be such.
_MOST_ROWS: Final = 3
#: Of the pages with a line at some height, those that have a running head there.
_MOSTLY: Final = 0.6


class Paper(Struct, frozen=True):
    """The lines of one page and the edges of its paper."""

    lines: list[Line]
    top: float
    bottom: float


#: The number of a page and the place of a line on it.
_Address = tuple[int, int]


class _Edge(Struct, frozen=True):
    """A line near the top or the bottom of a page.

    `share` is how much of the paper lies beyond it; `is_apart` when the next inwards is not
    the next line, `is_alone` when nothing stands beside it.
    """

    address: _Address
    line: Line
    bare: str
    share: float
    is_apart: bool
    is_alone: bool

    @property
    def page(self) -> int:
        """Return the number of the page, from 0."""
        return self.address[0]


class Found(Struct, frozen=True):
    """The lines that are text, a list a page, and the running heads that are not."""

    pages: list[list[Line]]
    heads: list[str]


def without_margins(papers: Sequence[Paper]) -> Found:
    """Take page numbers, running heads and scanners' stamps out of the lines of all pages."""
    edges = _all_edges(papers)
    numbers = {edge.address for edge in _numbers(edges)}
    heads = [edge for edge in _heads(edges, papers) if edge.address not in numbers]
    count = sum(len(paper.lines) for paper in papers)
    if len(heads) + len(numbers) == count:
        heads = []  # where nothing else is left, they are the text
    gone = numbers.union(edge.address for edge in heads)
    pages = []
    for page, paper in enumerate(papers):
        pages.append(_text_lines(page, paper, gone))
    words = [edge.line.text for edge in heads if not _BARE.fullmatch(edge.bare)]
    return Found(pages, list(dict.fromkeys(words)))


def _text_lines(
    page: int,
    paper: Paper,
    gone: set[_Address],
) -> list[Line]:
    kept = []
    for place, line in enumerate(paper.lines):
        if (page, place) not in gone and not is_scanner_stamp(line.text):
            kept.append(line)
    return kept


def is_scanner_stamp(text: str) -> bool:
    """Tell a line that an app for scanning puts onto every page."""
    return _SCANNER.fullmatch(_BLANKS.sub("", text)) is not None


def is_page_number(text: str) -> bool:
    """Tell a line that is a page number whatever stands around it."""
    return _NUMBERED.fullmatch(_BLANKS.sub("", text)) is not None


def _all_edges(papers: Sequence[Paper]) -> list[_Edge]:
    pitches = [_pitch(paper.lines) for paper in papers]
    known = [pitch for pitch in pitches if pitch]
    usual = median(known) if known else 0.0
    edges: list[_Edge] = []
    for page, (paper, pitch) in enumerate(zip(papers, pitches, strict=True)):
        # the smaller of the two; 0 where neither is known
        pitch = min(pitch or usual, usual)
        edges += _edges(page, paper, pitch)
    return edges


def _edges(
    page: int,
    paper: Paper,
    pitch: float,
) -> list[_Edge]:
    """Return the outermost lines of a page, those at the top before those at the bottom."""
    lines = paper.lines
    downwards = sorted(range(len(lines)), key=lambda place: -lines[place].base)
    upwards = downwards[::-1]
    upper = (len(lines) + 1) // 2
    lower = len(lines) - upper
    found = []
    for rank in range(min(upper, 2 * _MOST_ROWS)):
        found.append(_edge(page, paper, downwards, rank, pitch))
    for rank in range(min(lower, 2 * _MOST_ROWS)):
        found.append(_edge(page, paper, upwards, rank, pitch))
    return found


def _edge(
    page: int,
    paper: Paper,
    inwards: Sequence[int],
    rank: int,
    pitch: float,
) -> _Edge:
    """Return the line at a rank of an order of the lines from an edge of the paper inwards."""
    place = inwards[rank]
    line = paper.lines[place]
    half = 0.5 * line.size
    before = _distances(line, paper, inwards[max(rank - 8, 0) : rank])
    after = _distances(line, paper, inwards[rank + 1 : rank + 9])
    next_line = min((gap for gap in after if gap > half), default=1e9)
    around = before + after[:7]
    height = max(paper.top - paper.bottom, 1.0)
    margin = min(paper.top - line.base, line.base - paper.bottom)
    return _Edge(
        address=(page, place),
        line=line,
        bare=_BLANKS.sub("", line.text),
        share=margin / height,
        is_apart=next_line > 1.3 * (pitch or 1.6 * line.size),
        is_alone=min(around, default=1e9) > half,
    )


def _distances(
    line: Line,
    paper: Paper,
    places: Sequence[int],
) -> list[float]:
    """Return how far above or below a line others of its page stand."""
    return [abs(paper.lines[place].base - line.base) for place in places]


def _pitch(lines: Sequence[Line]) -> float:
    """Return the usual distance between two lines, 0 where too few tell."""
    bases = sorted(line.base for line in lines)
    steps = [high - low for low, high in pairwise(bases) if high - low > 2]
    return median(steps) if len(steps) > 3 else 0.0


def _numbers(edges: Iterable[_Edge]) -> list[_Edge]:
    """Return the page numbers: those that can be nothing else, and bare ones that stand apart or
    count on.
    """
    found = []
    counting: dict[tuple[str, int, int], list[_Edge]] = defaultdict(list)
    for edge in edges:
        if edge.share > _NUMBER_SHARE:
            continue
        if _NUMBERED.fullmatch(edge.bare) or _is_bare_number(edge):
            found.append(edge)
        elif _may_be_number(edge):
            number = _NUMBER.search(edge.bare)
            if number:
                words = edge.bare.replace(number[0], "#", 1)
                first = int(number[0]) - edge.page
                counting[words, first, round(edge.line.base / 4)].append(edge)
    for alike in counting.values():
        if len(alike) > 1:
            found += alike
    return found


def _may_be_number(edge: _Edge) -> bool:
    """Tell a number, or the like of one, that stands where page numbers do."""
    is_at_edge = edge.is_alone or edge.share < _EDGE_SHARE
    return is_at_edge and _BARE.fullmatch(edge.bare) is not None


def _is_bare_number(edge: _Edge) -> bool:
    """Tell a page number that stands apart from the text."""
    if not edge.is_apart or not _may_be_number(edge):
        return False
    number = _NUMBER.search(edge.bare)
    return number is None or int(number[0]) < _MOST_ALONE


def _heads(edges: Sequence[_Edge], papers: Sequence[Paper]) -> list[_Edge]:
    """Return the lines that stand on several pages in the same words at the same height, apart from
    the text, and what a browser printed.
    """
    repeated = _find_repeated(edges, _body_sizes(papers))
    heads = _outside_the_text(list(repeated.values()), papers)
    for edge in edges:
        if edge.address not in repeated and _is_browser_print(edge):
            heads.append(edge)
    return heads


def _find_repeated(
    edges: Iterable[_Edge], bodies: Sequence[float]
) -> dict[_Address, _Edge]:
    """Return the lines that stand on several pages in the same words at the same height."""
    alike: dict[tuple[str, int], dict[int, _Edge]] = defaultdict(dict)
    for edge in edges:
        if not _may_be_head(edge, bodies[edge.page]):
            continue
        height = _height(edge.line)
        for words in _wordings(edge):
            for near in (height - 1, height, height + 1):
                alike[words, near][edge.page] = edge
    found: dict[_Address, _Edge] = {}
    for pages in alike.values():
        if _is_repeated(sorted(pages)):
            found.update((edge.address, edge) for edge in pages.values())
    return found


def _may_be_head(edge: _Edge, body: float) -> bool:
    """Tell a line that stands apart from the text, or is smaller, and is no title."""
    is_apart = edge.is_apart or edge.line.size < 0.92 * body
    is_title = edge.line.size > 1.12 * body
    return is_apart and not is_title and edge.share <= _HEAD_SHARE


def _is_browser_print(edge: _Edge) -> bool:
    if edge.share >= _EDGE_SHARE or not edge.is_apart:
        return False
    return _BROWSER.fullmatch(edge.bare) is not None


def _body_sizes(papers: Sequence[Paper]) -> list[float]:
    """Return the size of the text on each page: that of most characters of the file, where the page
    has it.
    """
    weights: Counter[float] = Counter()
    for paper in papers:
        for line in paper.lines:
            weights[round(line.size * 2) / 2] += len(line.text)
    usual = weights.most_common(1)[0][0] if weights else 0.0
    return [_body_size(paper, usual) for paper in papers]


def _body_size(paper: Paper, usual: float) -> float:
    sizes = [line.size for line in paper.lines]
    if any(abs(size - usual) < 0.6 for size in sizes):
        return usual
    return median(sizes or [0.0])


def _outside_the_text(heads: Sequence[_Edge], papers: Sequence[Paper]) -> list[_Edge]:
    """Return the lines at heights where other pages have such too, or nothing: elsewhere text just
    begins alike.
    """
    pages_with_line: Counter[int] = Counter()
    for paper in papers:
        pages_with_line.update(set(map(_height, paper.lines)))
    places = {(_height(head.line), head.page) for head in heads}
    pages_with_head = Counter(height for height, _ in places)
    found = []
    for head in heads:
        height = _height(head.line)
        most = _MOSTLY * _count_around(pages_with_line, height)
        if _count_around(pages_with_head, height) >= most:
            found.append(head)
    return found


def _height(line: Line) -> int:
    """Return how high a line stands, so roughly that a printer hits it on every page."""
    return round(line.base / 3)


def _count_around(counts: Counter[int], height: int) -> int:
    return counts[height - 1] + counts[height] + counts[height + 1]


def _is_repeated(pages: Sequence[int]) -> bool:
    return len(pages) > 2 or (len(pages) == 2 and pages[1] - pages[0] <= 2)


def _wordings(edge: _Edge) -> list[str]:
    """Return the words of a line, and with each number in turn taken as that of the page."""
    wordings = [edge.bare]
    for number in list(_NUMBER.finditer(edge.bare))[:4]:
        before, after = edge.bare[: number.start()], edge.bare[number.end() :]
        first = int(number[0]) - edge.page
        wordings.append(f"{before}\0{first}\0{after}")
    return wordings
