"""What a request brings along is counted before anything of it is read."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.web.plain import get
from web.address import MAX_TEXT_CHARS
from web.limits import (
    MAX_ADDRESS_BYTES,
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    MAX_HEADERS,
    MAX_PARAMETERS,
)


def filters(count: int) -> str:
    return "&".join(f"f.kind=a{n}" for n in range(count))


def test_more_parameters_than_any_form_sends_are_refused(client: TestClient) -> None:
    refused = client.get(f"/?{filters(MAX_PARAMETERS + 1)}")

    assert refused.status_code == 400 and f"超过 {MAX_PARAMETERS} 个" in refused.text
    assert "超过上限" in client.get(f"/?{filters(MAX_PARAMETERS)}").text


@pytest.mark.parametrize(
    "route",
    [
        "/",
        "/browse",
        "/api/search",
        "/api/suggest",
        "/export.csv",
        "/laws/x",
        "/about",
        "/static/app.css",
    ],
)
def test_every_route_counts_them(client: TestClient, route: str) -> None:
    assert client.get(f"{route}?{'&' * MAX_PARAMETERS}").status_code == 400


def test_an_address_longer_than_the_longest_text_is_refused(client: TestClient) -> None:
    refused = get(client.app, "/?q=" + "a" * MAX_ADDRESS_BYTES)

    assert refused.status == 414 and "网址超过" in refused.text
    assert refused.headers["connection"] == "close"
    assert get(client.app, "/" + "a" * MAX_ADDRESS_BYTES).status == 414


@pytest.mark.parametrize("character", ["测", "𠮷", '"'])
def test_as_long_a_text_as_the_box_takes_is_within_the_limits(
    client: TestClient, character: str
) -> None:
    assert (
        get(client.app, f"/api/suggest?q={quote(character * MAX_TEXT_CHARS)}").status
        == 200
    )


def test_too_many_or_too_long_headers_are_refused(client: TestClient) -> None:
    many = client.get("/", headers={f"X-{n}": "1" for n in range(MAX_HEADERS + 1)})
    long = client.get("/api/search", headers={"Cookie": "a" * MAX_HEADER_BYTES})

    assert many.status_code == 431 and "请求头超过" in many.text
    assert (
        long.status_code == 431 and long.json()["error"]["code"] == "headers_too_large"
    )


def test_the_address_of_a_long_question_may_come_along_as_the_page_come_from(
    client: TestClient,
) -> None:
    assert (
        client.get(
            "/about", headers={"Referer": "http://testserver/?q=" + "a" * 450_000}
        ).status_code
        == 200
    )


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_body_is_refused_by_the_length_it_announces(
    client: TestClient, method: str
) -> None:
    refused = client.request(
        method, "/", headers={"Content-Length": str(MAX_BODY_BYTES + 1)}
    )
    chunked = client.request(method, "/", headers={"Transfer-Encoding": "chunked"})
    nonsense = client.request(method, "/", headers={"Content-Length": "-1"})

    assert [refused.status_code, chunked.status_code, nonsense.status_code] == [
        413,
        413,
        413,
    ]
    assert refused.headers["connection"] == "close" and "不收上传的内容" in refused.text


def test_a_little_body_is_let_be(client: TestClient) -> None:
    assert (
        client.request("GET", "/about", content=b"a" * MAX_BODY_BYTES).status_code
        == 200
    )
