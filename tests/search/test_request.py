"""A request says what it wants; what makes no sense is refused, by the name of its field."""

from __future__ import annotations

from typing import Any

import pytest

from kb.errors import InvalidQuery
from kb.records import Filters
from search.request import MODES, SORTS, ExpansionChoice, SearchRequest


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mode": "best"}, "参数 mode 应为 hybrid、keyword、vector 之一，现为「best」"),
        ({"sort": "worst"}, "参数 sort 应为 relevance、newest、oldest、amount 之一"),
        ({"offset": -1}, "参数 offset 应为不小于 0 的整数，现为「-1」"),
        ({"limit": 0}, "参数 limit 应为不小于 1 的整数，现为「0」"),
        ({"limit": "10"}, "参数 limit 应为不小于 1 的整数，现为「10」"),
        ({"filters": Filters(include={"colour": ("红",)})}, "参数 filters 应为 kind、"),
        ({"filters": Filters(exclude={"colour": ("红",)})}, "现为「colour」"),
        ({"filters": Filters(roles=("cover",))}, "参数 roles 应为 "),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_its_name(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidQuery) as error:
        SearchRequest("客户", **given)

    assert message in str(error.value)


def test_a_long_value_is_repeated_no_further_than_tells_it() -> None:
    with pytest.raises(InvalidQuery) as error:
        SearchRequest(mode="x" * 1000)

    assert len(str(error.value)) < 100


def test_every_way_to_ask_is_a_request_and_no_text_is_refused() -> None:
    for mode in MODES:
        for sort in SORTS:
            assert SearchRequest("\x00\ud800", mode=mode, sort=sort).mode == mode


def test_a_request_knows_its_page() -> None:
    request = SearchRequest("客户", offset=20, limit=5)

    assert (request.page, request.end) == (slice(20, 25), 25)
    assert request.is_by_relevance and not SearchRequest(sort="oldest").is_by_relevance


def test_a_word_may_be_refused_or_all() -> None:
    choice = ExpansionChoice(as_typed=frozenset({"跳槽"}))

    assert choice.allows("客户名单") and not choice.allows("跳槽")
    assert not ExpansionChoice(on=False).allows("客户名单")
