"""Input aids on the pages and in the interface, and what they never tell."""

from __future__ import annotations

import logging
import urllib.parse

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.web.test_visibility import SECRETS


def test_typing_is_answered_with_titles_numbers_and_words_that_lead_somewhere(
    client: TestClient, ids: dict[str, int]
) -> None:
    answer = client.get("/api/suggest", params={"q": "2021测01民终99"})
    (number,) = answer.json()["suggestions"]
    article = client.get("/api/suggest", params={"q": "反法2025第10条"}).json()[
        "suggestions"
    ][0]

    assert answer.headers["cache-control"] == "no-store"
    assert (number["text"], number["kind"]) == ("（2021）测01民终9907号", "number")
    assert number["url"] == f"/documents/{ids['test-customer-list']}"
    assert (
        client.get(number["url"]).status_code
        == client.get(article["url"]).status_code
        == 200
    )


@pytest.mark.parametrize("limit", ["0", "21", "x"])
def test_a_limit_that_makes_no_sense_is_refused_in_json(
    client: TestClient, limit: str
) -> None:
    refused = client.get("/api/suggest", params={"q": "客户", "limit": limit})

    assert (
        refused.status_code == 400
        and refused.json()["error"]["code"] == "invalid_query"
    )


def test_a_limit_holds(client: TestClient) -> None:
    assert (
        len(
            client.get("/api/suggest", params={"q": "测试", "limit": "3"}).json()[
                "suggestions"
            ]
        )
        == 3
    )


@pytest.mark.parametrize(
    "typed",
    [
        "紫罗兰",
        "曼陀罗",
        "内部备忘",
        "受限",
        "neibubeiwang",
        "内部专用",
        "客户名单",
        "测试",
    ],
)
def test_no_suggestion_tells_of_hidden_documents(
    client: TestClient, typed: str
) -> None:
    told = str(
        client.get("/api/suggest", params={"q": typed, "limit": "20"}).json()[
            "suggestions"
        ]
    )

    assert [word for word in SECRETS if word in told] == []


def test_those_who_may_see_a_document_are_offered_it(
    client: TestClient, insider: TestClient
) -> None:
    asked = {"q": "内部备忘"}

    assert "内部备忘客户名单绝密机关" in str(
        insider.get("/api/suggest", params=asked).json()
    )
    assert client.get("/api/suggest", params=asked).json()["suggestions"] == []


def test_a_slip_is_answered_with_a_link_to_what_was_meant(client: TestClient) -> None:
    page = client.get("/?q=客户名但&mode=keyword").text
    found = client.get("/api/search?q=客户名但&mode=keyword").json()

    assert "您要找的是不是" in page and f"q={urllib.parse.quote('客户名单')}" in page
    assert found["suggestions"][0] == {
        "text": "客户名单",
        "reason": "读音相同",
        "code": "same_sound",
    }


def test_what_was_found_is_answered_without_suggestions(client: TestClient) -> None:
    assert "您要找的是不是" not in client.get("/?q=客户名单").text
    assert "suggestions" not in client.get("/api/search?q=客户名单").json()


def test_nothing_typed_is_logged(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client.get("/api/suggest", params={"q": "不应留下的词"})
    client.get("/?q=客户名但&mode=keyword")
    own = [
        r.getMessage()
        for r in caplog.records
        if not r.name.startswith(("httpx", "httpcore"))
    ]

    assert not any("不应留下" in line or "客户名但" in line for line in own)


def completed(
    client: TestClient, text: str, **parameters: object
) -> list[dict[str, str]]:
    answer = client.get("/api/suggest", params={"q": text, **parameters})
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"q", "suggestions"} and answer.json()["q"] == text
    return list(answer.json()["suggestions"])


def test_an_article_leads_to_its_place_in_the_version_of_the_law(
    client: TestClient,
) -> None:
    found = completed(client, "反不正当竞争法2025第十条")[0]

    assert (
        found["text"] == "反不正当竞争法（2025）第十条"
        and found["label"] == "侵犯商业秘密行为与定义"
    )
    assert (
        found["url"]
        == f"/laws/{urllib.parse.quote('反不正当竞争法')}?version=2025#{urllib.parse.quote('第十条')}"
    )
    assert client.get(found["url"]).status_code == 200


def test_a_word_has_no_address_and_says_what_it_is(client: TestClient) -> None:
    words = {one["text"]: one for one in completed(client, "khmd", limit=20)}

    assert words["客户名单"] == {"text": "客户名单", "kind": "word", "label": "词"}
    assert "测试文本甲公司客户名单案" in words


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_any_text_is_answered(client: TestClient, text: str) -> None:
    assert client.get("/api/suggest", params={"q": text}).status_code == 200
    assert client.get("/api/search", params={"q": text}).status_code == 200


def test_the_page_links_to_what_may_have_been_meant_and_keeps_the_filters(
    client: TestClient,
) -> None:
    page = client.get("/?q=客户名但&f.kind=civil&mode=keyword").text
    wanted = f"/?q={urllib.parse.quote('客户名单')}&amp;mode=keyword&amp;f.kind=civil"

    assert (
        f'您要找的是不是：</span><span class="keep"><a href="{wanted}">客户名单</a>'
        in page
    )
    assert client.get(wanted.replace("&amp;", "&")).text.count("data-hit>") == 1
    assert "您要找的是不是" not in client.get("/?q=客户名单").text


def test_a_wrong_number_is_answered_with_the_right_one(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "（2021）测01民终9901号"}).json()[
        "suggestions"
    ]

    assert found == [
        {
            "text": "（2021）测01民终9907号",
            "reason": "编号差一字",
            "code": "number_misspelt",
        }
    ]


def test_an_empty_answer_counts_what_each_way_out_leads_to(client: TestClient) -> None:
    page = client.get("/?q=配方&mode=keyword&f.kind=criminal&f.year=2023").text
    without_year = client.get("/?q=配方&mode=keyword&f.kind=criminal").text

    assert '去掉 年份=2023</a> <span class="count">有 1 件</span>' in page
    assert without_year.count("data-hit>") == 1
    assert "去掉 轨道=刑事案例" not in page  # nothing is there either
