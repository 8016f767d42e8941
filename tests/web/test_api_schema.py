"""Every route of the JSON interface says in `/api/openapi.json` what it answers, and answers so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from web import api, pages, pages_law

DOCUMENT = "/api/documents/{document_id}"
#: Real requests: route, address, status.
ANSWERS = [
    ("/api/search", "/api/search?q=客户名单", 200),
    ("/api/search", "/api/search?q=", 200),
    ("/api/search", "/api/search?q=的", 200),
    ("/api/search", "/api/search?q=客户名但", 200),
    ("/api/search", "/api/search?q=反不正当竞争法第九条", 200),
    ("/api/search", "/api/search?q=反不正当竞争法（2019）第九条", 200),
    ("/api/search", "/api/search?q=（2098）测知民初7号 地区:火星", 200),
    ("/api/search", "/api/search?q=客户名单&mode=vector&sort=oldest", 200),
    (
        "/api/search",
        "/api/search?q=客户名单&mode=keyword&f.kind=civil&x.year=2018",
        200,
    ),
    ("/api/search", "/api/search?f.kind=civil&offset=1&limit=1", 200),
    ("/api/search", "/api/search?mode=magic", 400),
    ("/api/search", "/api/search?limit=999999", 400),
    ("/api/suggest", "/api/suggest?q=客户", 200),
    ("/api/suggest", "/api/suggest?q=反不正当竞争法第", 200),
    ("/api/suggest", "/api/suggest?q=测试文本", 200),
    ("/api/suggest", "/api/suggest?q=", 200),
    ("/api/suggest", "/api/suggest?q=客户&limit=0", 400),
    (DOCUMENT, "/api/documents/test-customer-list", 200),
    (DOCUMENT, "/api/documents/test-fine", 200),
    (DOCUMENT, "/api/documents/nothing", 404),
]


@pytest.fixture(scope="module")
def schema(client: TestClient) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/api/openapi.json").json()
    return described


def routes() -> set[str]:
    """Return every route of any router that answers below /api with something described."""
    found = set()
    for router in (api.router, pages.router, pages_law.router):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            if route.path.startswith("/api/") and route.include_in_schema:
                found.add(route.path)
    return found


def responses(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                yield path, status, response["content"]["application/json"]["schema"]


def validator(schema: dict[str, Any], path: str, status: int) -> Draft202012Validator:
    known = schema["paths"][path]["get"]["responses"]
    response = known.get(str(status), known["default"])
    found = response["content"]["application/json"]["schema"]
    return Draft202012Validator(found | {"components": schema["components"]})


def test_every_route_is_described_and_asked(schema: dict[str, Any]) -> None:
    described = set(schema["paths"])

    assert described == routes() != set()
    assert {path for path, _, status in ANSWERS if status == 200} == described
    assert {path for path, _, status in ANSWERS if status >= 400} == described


def test_every_answer_is_a_record_by_name_and_none_is_left_open(
    schema: dict[str, Any],
) -> None:
    for path, status, answer in responses(schema):
        assert set(answer) == {"$ref"}, (path, status)
        is_error = status == "default" or int(status) >= 400
        assert answer["$ref"].endswith("/ErrorAnswer") == is_error, (path, status)
    for name, component in schema["components"]["schemas"].items():
        Draft202012Validator.check_schema(component)
        assert not any(map(is_open, parts(component, ()))), name


def parts(value: Any, at: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield every schema inside a component, the free keys of editors left out."""
    if isinstance(value, dict):
        yield value
        for key, part in value.items():
            if key != "extra":
                yield from parts(part, (*at, key))
    elif isinstance(value, list):
        for part in value:
            yield from parts(part, at)


def is_open(schema: dict[str, Any]) -> bool:
    if schema.get("type") != "object" or not isinstance(schema.get("type"), str):
        return False
    return (
        not schema.get("properties")
        and schema.get("additionalProperties", True) is True
    )


@pytest.mark.parametrize(("path", "address", "status"), ANSWERS)
def test_a_real_answer_is_what_the_schema_says(
    client: TestClient, schema: dict[str, Any], path: str, address: str, status: int
) -> None:
    answer = client.get(address)
    errors = list(validator(schema, path, status).iter_errors(answer.json()))

    assert answer.status_code == status
    assert [error.message for error in errors] == []


def test_a_refusal_before_any_route_has_the_shape_of_an_error(
    client: TestClient, schema: dict[str, Any]
) -> None:
    refused = client.post("/api/search")
    errors = list(validator(schema, "/api/search", 405).iter_errors(refused.json()))

    assert refused.status_code == 405 and errors == []


def test_the_schema_notices_a_key_too_much_and_one_too_few(
    client: TestClient, schema: dict[str, Any]
) -> None:
    answer = client.get("/api/search?q=客户名单").json()
    valid = validator(schema, "/api/search", 200)

    assert not valid.is_valid(answer | {"more": 1})
    assert not valid.is_valid({k: v for k, v in answer.items() if k != "total"})
    answer["hits"][0]["because"][0]["code"] = "no such code"
    assert not valid.is_valid(answer)
