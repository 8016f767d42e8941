"""How much was it? The sums of an answer, and answers in their order."""

import html
import re

import pytest
from starlette.testclient import TestClient

from tests.web.test_pages import main_of, text_of
from web.views.amounts import amounts_views, yuan


def test_an_answer_tells_the_known_sums_of_all_that_match(client: TestClient) -> None:
    words = text_of(main_of(client.get("/?q=客户名单&limit=1").text))

    assert re.search(r"已知数额\s*罚款 1 件，10 万元\s*判赔 1 件，50 万元", words)
    assert "已知数额" not in text_of(
        main_of(client.get("/?q=客户名单&f.kind=statute").text)
    )


def test_answers_and_lists_sort_by_sum_where_sums_are_known(client: TestClient) -> None:
    for address in ("/?q=客户名单", "/browse/civil", "/?q=轨道:民事", "/browse"):
        page = client.get(address).text
        href = html.unescape(re.findall(r'<a href="([^"]+)"[^>]*>金额</a>', page)[0])
        by_sum = client.get(href).text
        assert re.search(r'aria-current="true">金额<', by_sum), address
        assert (
            re.findall(r"data-hit-link>([^<]+)<", by_sum)[0]
            == "测试文本甲公司客户名单案"
        )
    assert ">金额</a>" not in client.get("/browse/statute").text
    # as it is
    assert re.search(
        r'aria-current="true">金额<', client.get("/browse/statute?sort=amount").text
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.5, "0 元"),
        (9_999, "9,999 元"),
        (10_000, "1 万元"),
        (125_000, "12.5 万元"),
        (123_456_789, "1.235 亿元"),
        (26_000_000, "2,600 万元"),
        (99_999_999, "10,000 万元"),
        (5e12, "5 万亿元"),
    ],
)
def test_yuan_in_words(value: float, words: str) -> None:
    assert yuan(value) == words


def test_the_middle_sum_is_told_of_three_and_more() -> None:
    told = {
        view.type: view.words
        for view in amounts_views(
            {"罚款": [1e4, 2e5], "判赔": [1e4, 3e4, 5e8], "刑事罚金": [7e4, 7e4]}
        )
    }

    assert told == {
        "罚款": "1 万元至 20 万元",
        "判赔": "1 万元至 5 亿元，中位 3 万元",
        "刑事罚金": "7 万元",
    }
