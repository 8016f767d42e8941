"""Input aids on the pages and in the interface, and what they never tell."""

from __future__ import annotations

import logging
import urllib.parse

import pytest
from starlette.testclient import TestClient

from tests.web.test_visibility import SECRETS


def test_typing_is_answered_with_titles_numbers_and_words_that_lead_somewhere(
    client: TestClient, ids: dict[str, int]
) -> None:
    answer = client.get("/api/suggest", params={"q": "2021测01民终99"})
    (number,) = answer.json()["suggestions"]
    article = client.get("/api/suggest", params={"q": "反法2025第10条"}).json()["suggestions"][0]

    assert answer.headers["cache-control"] == "no-store"
    assert (number["text"], number["kind"]) == ("（2021）测01民终9907号", "number")
    assert number["url"] == f"/documents/{ids['test-customer-list']}"
    assert client.get(number["url"]).status_code == client.get(article["url"]).status_code == 200


@pytest.mark.parametrize("limit", ["0", "21", "x"])
def test_a_limit_that_makes_no_sense_is_refused_in_json(client: TestClient, limit: str) -> None:
    refused = client.get("/api/suggest", params={"q": "客户", "limit": limit})

    assert refused.status_code == 400 and refused.json()["error"]["code"] == "invalid_query"


def test_a_limit_holds(client: TestClient) -> None:
    assert len(client.get("/api/suggest", params={"q": "测试", "limit": "3"}).json()["suggestions"]) == 3


@pytest.mark.parametrize(
    "typed", ["紫罗兰", "曼陀罗", "内部备忘", "受限", "neibubeiwang", "内部专用", "客户名单", "测试"]
)
def test_no_suggestion_tells_of_hidden_documents(client: TestClient, typed: str) -> None:
    told = str(client.get("/api/suggest", params={"q": typed, "limit": "20"}).json()["suggestions"])

    assert [word for word in SECRETS if word in told] == []


def test_those_who_may_see_a_document_are_offered_it(client: TestClient, insider: TestClient) -> None:
    asked = {"q": "内部备忘"}

    assert "内部备忘客户名单绝密机关" in str(insider.get("/api/suggest", params=asked).json())
    assert client.get("/api/suggest", params=asked).json()["suggestions"] == []


def test_a_slip_is_answered_with_a_link_to_what_was_meant(client: TestClient) -> None:
    page = client.get("/?q=客户名但&mode=keyword").text
    found = client.get("/api/search?q=客户名但&mode=keyword").json()

    assert "您要找的是不是" in page and f"q={urllib.parse.quote('客户名单')}" in page
    assert found["suggestions"][0] == {"text": "客户名单", "reason": "读音相同"}


def test_what_was_found_is_answered_without_suggestions(client: TestClient) -> None:
    assert "您要找的是不是" not in client.get("/?q=客户名单").text
    assert "suggestions" not in client.get("/api/search?q=客户名单").json()


def test_nothing_typed_is_logged(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.get("/api/suggest", params={"q": "不应留下的词"})
    client.get("/?q=客户名但&mode=keyword")
    own = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))]

    assert not any("不应留下" in line or "客户名但" in line for line in own)
