from __future__ import annotations

import pytest
from starlette.testclient import TestClient


def test_search_answers_in_the_shape_of_the_contract(
    client: TestClient, ids: dict[str, int]
) -> None:
    answer = client.get("/api/search", params={"q": "客户名单", "limit": 2})
    found = answer.json()

    assert answer.status_code == 200
    assert set(found) >= {"query", "mode", "total", "took_ms", "hits", "facets"}
    assert set(found["query"]) >= {"text", "terms", "identifiers", "expanded"}
    assert found["query"]["text"] == "客户名单" and found["mode"] == "hybrid"
    assert 1 <= len(found["hits"]) <= 2
    hit = next(h for h in found["hits"] if h["slug"] == "test-customer-list")
    assert set(hit) >= {
        *(
            "rank",
            "score",
            "document_id",
            "slug",
            "title",
            "kind",
            "case_number",
            "authority",
            "region",
        ),
        *("decided_on", "url", "reasons", "passages"),
    }
    assert hit["url"] == f"/documents/{ids['test-customer-list']}"
    passage = hit["passages"][0]
    assert set(passage) >= {"passage_id", "role", "text", "marks", "paragraph", "page"}
    assert all(
        isinstance(value, str) and isinstance(count, int)
        for value, count in found["facets"]["kind"]
    )


def test_search_takes_the_same_filters_as_the_page(client: TestClient) -> None:
    found = client.get("/api/search?f.kind=civil&x.year=2018").json()

    assert found["total"] == 1
    assert [hit["slug"] for hit in found["hits"]] == ["test-customer-list"]


def test_a_document_comes_whole(client: TestClient, ids: dict[str, int]) -> None:
    by_id = client.get(f"/api/documents/{ids['test-customer-list']}").json()

    assert client.get("/api/documents/test-customer-list").json() == by_id
    assert by_id["metadata"]["amounts"] == [
        {"type": "判赔", "value": 500000.0, "currency": "CNY", "text": "50万元"}
    ]
    assert by_id["metadata"]["sources"] == [
        {"name": "某机关公报", "grade": "A", "url": "https://gazette.example/1"},
        {"name": None, "grade": "C", "url": None},
    ]
    assert "不明转载站" not in str(by_id)
    text = by_id["text"]
    assert "".join(text[s["start"] : s["end"]] for s in by_id["sections"]) == text
    assert "".join(text[p["start"] : p["end"]] for p in by_id["passages"]) == text


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/api/search?offset=abc", 400, "invalid_query"),
        ("/api/search?limit=999999", 400, "invalid_query"),
        ("/api/search?mode=magic", 400, "invalid_query"),
        ("/api/search?f.nothing=1", 400, "invalid_query"),
        ("/api/documents/99999999999999999999", 404, "not_found"),
        ("/api/documents/abc", 404, "not_found"),
        ("/api/nothing", 404, "http_404"),
    ],
)
def test_errors_are_json_with_a_code_and_words(
    client: TestClient, address: str, status: int, code: str
) -> None:
    answer = client.get(address)

    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["message"]


def test_a_method_that_is_not_offered_is_refused_in_json(client: TestClient) -> None:
    answer = client.post("/api/search")

    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == "http_405"


def test_the_interface_describes_itself_offline(client: TestClient) -> None:
    schema = client.get("/api/openapi.json").json()
    page = client.get("/api/docs").text

    assert set(schema["paths"]) == {
        "/api/search",
        "/api/suggest",
        "/api/documents/{document_id}",
    }
    for path, methods in schema["paths"].items():
        assert path in page
        for parameter in methods["get"]["parameters"]:
            assert f"<code>{parameter['name']}</code>" in page
    assert "http" not in "".join(
        part for part in page.split('"') if part.startswith("//")
    )
