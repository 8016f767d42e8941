"""Whatever a client sends, work grows no faster than its length: counted in calls and bytes, not in
seconds.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from types import FrameType
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from kb import casenumber, identifiers
from kb.analysis import tokenize
from search.expansion import text_to_embed
from search.query import Query, parse
from tests.web.plain import get
from web.limits import MAX_ADDRESS_BYTES, MAX_PARAMETERS
from web.parsing import _MAX_CHOSEN_CHARS, _MAX_VALUES
from web.views.runs import Highlights, Lead, cut_runs

#: What a text may be made of: marks of the syntax, what numbers and citations begin with, words, blanks.
PIECES = (
    *(
        '"',
        "“",
        "”",
        "“甲",
        '"甲" ',
        "(",
        ")",
        "（",
        "（2019",
        ":",
        "：",
        "kind:a ",
        "标题:甲 ",
        "-",
        "-甲 ",
        "－",
    ),
    *(
        "OR ",
        "甲 OR ",
        "| ",
        "NOT ",
        "AND NOT 甲 ",
        "1",
        "2019",
        "2019年",
        "0 ",
        " ",
        "\u3000",
        "\n",
        "甲\n",
    ),
    *(
        "第",
        "第一条",
        "第1条",
        "第九条、",
        "第一款、",
        "第九条第一款、",
        "反不正当竞争法第九条、",
        "法释〔2019",
        "法释〔2019〕1号",
    ),
    *(
        "（2020）最高法知民终",
        "（2020）最高法知民终1号",
        "（2020）最高法知民终1、",
        "2013民三终字第",
        "最高法民终1",
        "指导案例1号",
    ),
    *(
        "a",
        "a-",
        "a-b ",
        "a.b ",
        "甲 qq ",
        "é",
        "한",
        "§1",
        "1 U.S. 1 ",
        "No. a.",
        "[2019] EWCA Civ ",
        "2019가1",
        "337-TA-",
    ),
    *(
        "甲",
        "客户名单",
        "公司",
        "帮我找",
        "怎么判的",
        "。",
        "，“",
        "\x00",
        "𠮷",
        "㎏",
        "ﬁ-\n",
        "a\u00ad",
    ),
)
#: Below the first size a text is read as syntax, above as an account.
SIZES = ((100, 200, 400), (2_000, 4_000, 8_000))


def counted(work: Callable[[], object]) -> int:
    """Return how many calls, of Python and of C, some work makes, in whichever thread."""
    calls = 0

    def tick(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += 1

    threading.setprofile(tick)
    sys.setprofile(tick)
    try:
        work()
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return calls


def steps(app: ASGIApp, target: str) -> int:
    """Return the calls and bytes of one answer, caches warm."""
    size = len(get(app, target).text.encode())
    return size + counted(lambda: get(app, target))


def grows_faster_than_its_length(costs: list[int]) -> bool:
    """Tell whether doubling what is sent, twice, more than triples what the second half of it
    costs.
    """
    first, second = (after - before for before, after in pairwise(costs))
    return second > 3 * max(first, costs[0] // 10)


def text(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


@pytest.mark.parametrize("sizes", SIZES, ids=["syntax", "account"])
@pytest.mark.parametrize("piece", PIECES)
def test_a_text_costs_no_more_than_its_length(
    client: TestClient, piece: str, sizes: tuple[int, ...]
) -> None:
    costs = [
        steps(client.app, f"/api/search?q={quote(text(piece, size))}") for size in sizes
    ]

    assert not grows_faster_than_its_length(costs), costs


@pytest.mark.parametrize(
    "route",
    [
        "/",
        "/browse",
        "/export.csv",
        "/documents/1",
        "/api/suggest",
        "/laws/甲",
        "/about",
    ],
)
def test_so_it_is_on_every_page(client: TestClient, route: str) -> None:
    for name in ("q", "plain", "version", "article", "c", "at", "zz"):
        costs = [
            steps(client.app, f"{route}?{name}={quote(text('甲 a', size))}")
            for size in (2_000, 4_000, 8_000)
        ]

        assert not grows_faster_than_its_length(costs), (name, costs)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/documents/",
        "/laws/",
        "/browse/",
        "/static/",
        "/api/documents/",
        "/jurisdictions/",
    ],
)
def test_a_long_path_costs_no_more_than_its_length(
    client: TestClient, path: str
) -> None:
    for piece in ("a", "a/", "%00", "%E7", "1"):
        costs = [
            steps(client.app, path + text(piece, size))
            for size in (3_000, 6_000, 12_000)
        ]

        assert not grows_faster_than_its_length(costs), (piece, costs)


@pytest.mark.parametrize(
    "name",
    [
        "f.kind",
        "x.year",
        "role",
        "plain",
        "q",
        "mode",
        "limit",
        "c",
        "at",
        "version",
        "zz",
    ],
)
def test_parameters_cost_no_more_than_their_number_and_too_many_less_than_an_empty_page(
    client: TestClient, name: str
) -> None:
    many = [
        "&".join(f"{name}={value % 40 + 1}" for value in range(count))
        for count in (100, 200, 400)
    ]
    costs = [
        steps(client.app, f"/jurisdictions/compare?{one}&{one}"[:MAX_ADDRESS_BYTES])
        for one in many
    ]
    refused = "&".join(f"{name}=a{value}" for value in range(20_000))

    assert not grows_faster_than_its_length(costs), costs
    for route in (
        "/",
        "/browse",
        "/export.csv",
        "/documents/1",
        "/laws/甲",
        "/jurisdictions/compare",
    ):
        assert steps(client.app, f"{route}?{refused}") < steps(client.app, "/")


@pytest.mark.parametrize("name", ["f.region", "x.region", "plain"])
def test_as_many_choices_as_may_be_made_cost_a_few_pages_and_one_more_is_refused(
    client: TestClient, name: str
) -> None:
    each = _MAX_CHOSEN_CHARS // _MAX_VALUES
    values = [
        f"{name}=" + quote(text(f"{number:02}区", each))
        for number in range(_MAX_VALUES)
    ]
    most = f"/?q=客户&{'&'.join(values)}"

    assert get(client.app, quote(most, safe="/?=&%.")).status == 200
    assert steps(client.app, quote(most, safe="/?=&%.")) < 20 * steps(
        client.app, "/?q=" + quote("客户")
    )
    for more in (f"&{name}=a", ""):
        refused = get(
            client.app, quote(most + more + ("" if more else "a"), safe="/?=&%.")
        )
        assert (refused.status, "超过" in refused.text) == (
            (400, True) if more else (200, False)
        )


def test_no_address_has_more_parameters_than_are_counted() -> None:
    assert _MAX_VALUES < MAX_PARAMETERS


@pytest.mark.parametrize("piece", [p for p in PIECES if p.strip()])
@pytest.mark.parametrize(
    "reading",
    [
        identifiers.find,
        casenumber.find_typed,
        identifiers.bare_articles,
        parse,
        tokenize,
    ],
)
def test_what_reads_a_text_costs_no_more_than_its_length(
    reading: Callable[[str], object], piece: str
) -> None:
    costs = []
    for size in (
        4_000,
        8_000,
        16_000,
    ):  # long texts are read in portions: several of them each
        reading(text(piece, size))
        costs.append(counted(lambda size=size: reading(text(piece, size))))  # type: ignore[misc]

    assert not grows_faster_than_its_length(costs), costs


def test_a_document_full_of_marks_and_links_costs_no_more_than_its_length() -> None:
    def laid_out(paragraphs: int) -> int:
        words = "甲乙 " * 20
        marks = [(place, place + 1) for place in range(0, paragraphs * len(words), 3)]
        links = [
            Lead(place + 1, place + 2, "/laws/甲", "")
            for place in range(0, paragraphs * len(words), 6)
        ]
        whole = words * paragraphs
        compared = 0

        class Place(int):
            def __lt__(self, other: object) -> bool:
                nonlocal compared
                compared += 1
                return int.__lt__(self, other)  # type: ignore[operator]

            def __gt__(self, other: object) -> bool:
                nonlocal compared
                compared += 1
                return int.__gt__(self, other)  # type: ignore[operator]

        counting = [(Place(a), Place(b)) for a, b in marks]
        for number in range(paragraphs):
            runs = list(
                cut_runs(
                    whole,
                    (number * len(words), (number + 1) * len(words)),
                    Highlights(counting, links),
                    1,
                )
            )
            assert sum(run.marked for run in runs) == 20
        return compared

    costs = [laid_out(count) for count in (50, 100, 200)]

    assert not grows_faster_than_its_length(costs), costs


def test_words_no_document_holds_are_left_out_in_one_pass() -> None:
    query = parse("甲 qq 乙 rr qq丙")

    assert text_to_embed(query, lambda term: False).split() == ["甲", "乙", "丙"]
    assert text_to_embed(Query("", plain="甲 ab"), lambda term: True) == "甲 ab"
