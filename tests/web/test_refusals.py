"""What is not served: in words, with the headers every page has, and nothing of it in the log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from kb.settings import Settings
from kb.vocabulary import Visibility
from web import create_app
from web.middleware import SECURITY_HEADERS

SECRET = "测试文本暗语紫罗兰"


class Panic(BaseException):
    """As libraries written in Rust raise it: no Exception."""


@pytest.fixture
def broken(home: Path) -> Iterator[TestClient]:
    """The application with three pages that fail, each with a value in its message."""
    app: FastAPI = create_app(Settings(home=home))

    def fails(kind: type[BaseException]) -> None:
        raise kind(SECRET)

    def first_one_then_another() -> None:
        try:
            fails(KeyError)
        except KeyError:
            fails(ValueError)

    app.add_api_route("/fails", lambda: fails(ValueError))
    app.add_api_route("/api/fails", lambda: fails(ValueError))
    app.add_api_route("/panics", lambda: fails(Panic))
    app.add_api_route("/fails/twice", first_one_then_another)
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


def has_security_headers(headers: dict[str, str]) -> bool:
    return all(headers.get(name) == value for name, value in SECURITY_HEADERS.items())


@pytest.mark.parametrize("address", ["/fails", "/panics", "/fails/twice"])
def test_a_bug_is_answered_with_a_page_in_words_and_the_security_headers(
    broken: TestClient, address: str
) -> None:
    answer = broken.get(address)

    assert answer.status_code == 500
    assert "这是程序的错误" in answer.text and '<html lang="zh-Hans">' in answer.text
    assert (
        has_security_headers(answer.headers)
        and answer.headers["cache-control"] == "private, no-cache"
    )


def test_a_bug_behind_the_interface_is_answered_in_json(broken: TestClient) -> None:
    answer = broken.get("/api/fails")

    assert answer.status_code == 500 and answer.json()["error"]["code"] == "internal"
    assert has_security_headers(answer.headers)


@pytest.mark.parametrize("address", ["/fails", "/api/fails", "/panics", "/fails/twice"])
def test_the_log_holds_type_and_places_of_a_bug_and_no_value(
    broken: TestClient, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        broken.get(address)
    [line] = [r for r in caplog.records if r.levelno >= logging.ERROR]

    assert (
        "Error at web/test_refusals.py:" in line.getMessage()
        or "Panic at web/" in line.getMessage()
    )
    assert " fails" in line.getMessage() and line.exc_info is None
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        *(
            ("GET", "/nothing", 404),
            ("GET", "/documents/987654", 404),
            ("GET", "/?mode=magic", 400),
        ),
        *(
            ("POST", "/", 405),
            ("GET", "/static/nothing.css", 404),
            ("DELETE", "/static/app.css", 405),
        ),
        *(
            ("OPTIONS", "/", 204),
            ("HEAD", "/about", 200),
            ("GET", "/api/search?limit=0", 400),
        ),
    ],
)
def test_every_answer_has_the_security_headers(
    client: TestClient, method: str, address: str, status: int
) -> None:
    answer = client.request(method, address)

    assert answer.status_code == status
    assert has_security_headers(answer.headers)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/api/search",
        "/documents/1",
        "/export.csv",
        "/static/app.css",
        "/laws/x/cases",
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "MKCOL"])
def test_a_method_that_is_not_offered_is_told_which_are(
    client: TestClient, method: str, address: str
) -> None:
    answer = client.request(method, address)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_the_methods_of_an_address_can_be_asked_for(client: TestClient) -> None:
    answer = client.options("/api/search")

    assert (answer.status_code, answer.headers["allow"], answer.content) == (
        204,
        "GET, HEAD, OPTIONS",
        b"",
    )
    assert client.options("/nothing").status_code == 404


PAGES = (
    "/",
    "/?q=客户名单",
    "/documents/1",
    "/export.csv?q=客户",
    "/api/search",
    "/api/documents/1",
    "/nothing",
    "/about",
)


@pytest.mark.parametrize("address", PAGES)
def test_nothing_is_kept_of_what_a_reader_cleared_for_more_is_shown(
    client: TestClient, insider: TestClient, address: str
) -> None:
    assert insider.get(address).headers["cache-control"] == "no-store"
    assert client.get(address).headers["cache-control"] == "private, no-cache"


def test_an_internal_clearance_keeps_nothing_either_and_static_files_are_kept_as_ever(
    home: Path,
) -> None:
    with TestClient(
        create_app(Settings(home=home, clearance=Visibility.INTERNAL))
    ) as internal:
        assert internal.get("/documents/1").headers["cache-control"] == "no-store"
        assert (
            internal.get("/static/app.css").headers["cache-control"]
            == "private, no-cache"
        )
        assert (
            internal.get("/static/app.css?v=1").headers["cache-control"]
            == "public, max-age=31536000, immutable"
        )


@pytest.mark.parametrize(
    ("address", "name"),
    [
        *(
            ("/?mode=", "mode"),
            ("/browse?sort=", "sort"),
            ("/export.csv?limit=", "limit"),
            ("/api/search?role=", "role"),
        ),
        *(
            ("/documents/1?at=", "at"),
            ("/documents/1?offset=", "offset"),
            ("/api/suggest?limit=", "limit"),
        ),
        *(
            ("/jurisdictions/compare?c=", "c"),
            ("/laws/反不正当竞争法?version=", "version"),
        ),
        *(
            ("/laws/反不正当竞争法?left=&right=2025", "left"),
            ("/laws/反不正当竞争法?left=2019&right=", "right"),
        ),
        *(
            ("/laws/反不正当竞争法/cases?article=", "article"),
            ("/laws/反不正当竞争法/cases?version=", "version"),
        ),
    ],
)
def test_an_empty_parameter_is_named(
    client: TestClient, address: str, name: str
) -> None:
    answer = client.get(address)

    assert answer.status_code == 400 and f"参数 {name} " in answer.text


def test_no_form_of_ours_sends_an_empty_parameter_but_the_box(
    client: TestClient,
) -> None:
    for address in (
        "/",
        "/?q=客户名单",
        "/browse?f.kind=civil",
        "/jurisdictions/compare",
        "/jurisdictions/DE",
        "/laws/反不正当竞争法",
    ):
        page = client.get(address).text
        fields = re.findall(
            r'<(?:input|option|button)[^>]* name="([^"]+)"[^>]* value="">', page
        )

        assert set(fields) <= {"q"}, address
