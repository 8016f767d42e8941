"""What the paper says and not the text: page numbers, running heads, stamps of scanners."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
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


class _Edge(Struct, frozen=True):
    """A line near the top or the bottom of a page; `is_apart` when the next inwards is not the next
    line.
    """

    page: int
    place: int
    line: Line
    bare: str
    share: float
    is_apart: bool
    is_alone: bool


class Found(Struct, frozen=True):
    """The lines that are text, a list a page, and the running heads that are not."""

    pages: list[list[Line]]
    heads: list[str]


def without_margins(papers: Sequence[Paper]) -> Found:
    """Take page numbers, running heads and scanners' stamps out of the lines of all pages."""
    pitches = [pitch for pitch in (_pitch(paper.lines) for paper in papers) if pitch]
    usual = median(pitches) if pitches else 0.0
    edges = [
        edge
        for number, paper in enumerate(papers)
        for edge in _edges(number, paper, usual)
    ]
    numbers = {(edge.page, edge.place) for edge in _numbers(edges)}
    heads = [
        edge for edge in _heads(edges, papers) if (edge.page, edge.place) not in numbers
    ]
    if len(heads) + len(numbers) == sum(len(paper.lines) for paper in papers):
        heads = []  # where nothing else is left, they are the text
    gone = numbers | {(edge.page, edge.place) for edge in heads}
    pages = [
        [
            line
            for place, line in enumerate(paper.lines)
            if (number, place) not in gone and not is_scanner_stamp(line.text)
        ]
        for number, paper in enumerate(papers)
    ]
    return Found(
        pages,
        list(
            dict.fromkeys(
                edge.line.text for edge in heads if not _BARE.fullmatch(edge.bare)
            )
        ),
    )


def is_scanner_stamp(text: str) -> bool:
    """Tell a line that an app for scanning puts onto every page."""
    return _SCANNER.fullmatch(_BLANKS.sub("", text)) is not None


def is_page_number(text: str) -> bool:
    """Tell a line that is a page number whatever stands around it."""
    return _NUMBERED.fullmatch(_BLANKS.sub("", text)) is not None


def _edges(number: int, paper: Paper, usual: float) -> list[_Edge]:
    """Return the outermost lines of a page; `usual` is the distance of lines where the page shows
    none.
    """
    order = sorted(range(len(paper.lines)), key=lambda place: -paper.lines[place].base)
    pitch = min((step for step in (_pitch(paper.lines), usual) if step), default=0.0)
    half = (len(order) + 1) // 2
    found = []
    for ranks, count in ((order, half), (order[::-1], len(order) - half)):
        found += [
            _edge(number, paper, ranks, rank, pitch)
            for rank in range(min(count, 2 * _MOST_ROWS))
        ]
    return found


def _edge(
    number: int, paper: Paper, ranks: Sequence[int], rank: int, pitch: float
) -> _Edge:
    line = paper.lines[ranks[rank]]
    around = [
        paper.lines[place]
        for place in ranks[max(rank - 8, 0) : rank + 8]
        if place != ranks[rank]
    ]
    inwards = [
        abs(paper.lines[place].base - line.base) for place in ranks[rank + 1 :][:8]
    ]
    half = 0.5 * line.size
    height = max(paper.top - paper.bottom, 1.0)
    return _Edge(
        page=number,
        place=ranks[rank],
        line=line,
        bare=_BLANKS.sub("", line.text),
        share=min(paper.top - line.base, line.base - paper.bottom) / height,
        is_apart=min((gap for gap in inwards if gap > half), default=1e9)
        > 1.3 * (pitch or 1.6 * line.size),
        is_alone=all(abs(other.base - line.base) > half for other in around),
    )


def _pitch(lines: Sequence[Line]) -> float:
    """Return the usual distance between two lines, 0 where too few tell."""
    bases = sorted(line.base for line in lines)
    steps = [
        high - low
        for low, high in zip(bases, bases[1:], strict=False)
        if high - low > 2
    ]
    return median(steps) if len(steps) > 3 else 0.0


def _numbers(edges: Iterable[_Edge]) -> list[_Edge]:
    """Return the page numbers: those that can be nothing else, and bare ones that stand apart or
    count on.
    """
    found = []
    bare: dict[tuple[str, int, int], list[_Edge]] = defaultdict(list)
    for edge in edges:
        if edge.share > _NUMBER_SHARE:
            continue
        if _NUMBERED.fullmatch(edge.bare):
            found.append(edge)
        elif _BARE.fullmatch(edge.bare) and (edge.is_alone or edge.share < _EDGE_SHARE):
            number = _NUMBER.search(edge.bare)
            if edge.is_apart and (number is None or int(number[0]) < _MOST_ALONE):
                found.append(edge)
            elif number:
                words = edge.bare.replace(number[0], "#", 1)
                bare[
                    words, int(number[0]) - edge.page, round(edge.line.base / 4)
                ].append(edge)
    return found + [edge for alike in bare.values() if len(alike) > 1 for edge in alike]


def _heads(edges: Sequence[_Edge], papers: Sequence[Paper]) -> list[_Edge]:
    """Return the lines that stand on several pages in the same words at the same height, apart from
    the text.
    """
    alike: dict[tuple[str, int], dict[int, _Edge]] = defaultdict(dict)
    bodies = _body_sizes(papers)
    for edge in edges:
        is_apart = edge.is_apart or edge.line.size < 0.92 * bodies[edge.page]
        if (
            edge.share > _HEAD_SHARE
            or not is_apart
            or edge.line.size > 1.12 * bodies[edge.page]
        ):
            continue
        height = round(edge.line.base / 3)
        for words in _wordings(edge):
            for near in (height - 1, height, height + 1):
                alike[words, near][edge.page] = edge
    found = {
        (e.page, e.place): e
        for same in alike.values()
        if _is_repeated(sorted(same))
        for e in same.values()
    }
    printed = [
        e
        for e in edges
        if e.share < _EDGE_SHARE and e.is_apart and _BROWSER.fullmatch(e.bare)
    ]
    return _outside_the_text(list(found.values()), papers) + [
        e for e in printed if (e.page, e.place) not in found
    ]


def _body_sizes(papers: Sequence[Paper]) -> list[float]:
    """Return the size of the text on each page: that of most characters of the file, where the page
    has it.
    """
    weights: Counter[float] = Counter()
    for paper in papers:
        for line in paper.lines:
            weights[round(line.size * 2) / 2] += len(line.text)
    usual = weights.most_common(1)[0][0] if weights else 0.0
    return [
        usual
        if any(abs(line.size - usual) < 0.6 for line in paper.lines)
        else median([line.size for line in paper.lines] or [0.0])
        for paper in papers
    ]


def _outside_the_text(heads: Sequence[_Edge], papers: Sequence[Paper]) -> list[_Edge]:
    """Return the lines at heights where other pages have such too, or nothing: elsewhere text just
    begins alike.
    """
    others = Counter(
        height
        for paper in papers
        for height in {round(line.base / 3) for line in paper.lines}
    )
    mine = Counter(
        height
        for height, _ in {(round(head.line.base / 3), head.page) for head in heads}
    )

    def around(counts: Counter[int], head: _Edge) -> int:
        height = round(head.line.base / 3)
        return counts[height - 1] + counts[height] + counts[height + 1]

    return [
        head for head in heads if around(mine, head) >= _MOSTLY * around(others, head)
    ]


def _is_repeated(pages: Sequence[int]) -> bool:
    return len(pages) > 2 or (len(pages) == 2 and pages[1] - pages[0] <= 2)


def _wordings(edge: _Edge) -> list[str]:
    """Return the words of a line, and with each number in turn taken as that of the page."""
    numbers = list(_NUMBER.finditer(edge.bare))[:4]
    return [edge.bare] + [
        f"{edge.bare[: n.start()]}\0{int(n[0]) - edge.page}\0{edge.bare[n.end() :]}"
        for n in numbers
    ]
