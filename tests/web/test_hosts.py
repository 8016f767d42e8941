"""The name a request calls the server by is checked before anything repeats it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from kb.errors import UserError
from kb.settings import Settings, load_settings
from web import create_app
from web.hosts import check_host, known_hosts

SETTINGS = Settings(hosts=("kb.bureau.example", "Intranet"), host="10.2.3.4")


def asked(
    *hosts: str, server: str = "192.0.2.7", settings: Settings = SETTINGS
) -> bool:
    """Tell whether a request with these Host lines is let in."""
    scope = {
        "headers": [(b"accept", b"*/*"), *((b"host", host.encode()) for host in hosts)],
        "server": (server, 8000),
    }
    return check_host(scope, known_hosts(settings)) is None


@pytest.mark.parametrize(
    "host",
    [
        *(
            "localhost",
            "LocalHost:8000",
            "127.0.0.1:8000",
            "[::1]",
            "[::1]:8000",
            "[0:0:0:0:0:0:0:1]",
        ),
        *(
            "kb.bureau.example",
            "KB.Bureau.Example.:80",
            "intranet",
            "10.2.3.4",
            "192.0.2.7:8000",
        ),
    ],
)
def test_the_servers_own_names_and_addresses_are_let_in(host: str) -> None:
    assert asked(host)


@pytest.mark.parametrize(
    "host",
    [
        *(
            "evil.example",
            "kb.bureau.example.evil.example",
            "evil-kb.bureau.example",
            "192.0.2.8",
            "0.0.0.0",
            "[::]",
        ),
        *(
            "127.0.0.2",
            "localhost.evil.example",
            "[::1",
            "::1",
            "localhost:port",
            "localhost:80:80",
            "",
            " localhost",
        ),
        *(
            "a@localhost",
            "localhost/x",
            "localhost, evil.example",
            "localhost\tx",
            "主机",
            "localhost#",
            "*",
        ),
    ],
)
def test_any_other_name_is_not(host: str) -> None:
    assert not asked(host)


def test_a_host_that_is_missing_or_given_twice_is_refused() -> None:
    assert not asked()
    assert not asked("localhost", "localhost")
    assert not asked("localhost", "evil.example")


@given(st.text(max_size=20))
def test_no_text_breaks_the_check_or_gets_in(text: str) -> None:
    host = f"x{text}.evil.example"

    assert not asked(host)


def test_a_connection_over_both_families_is_known_by_its_plain_address() -> None:
    assert asked("192.0.2.7:8000", server="::ffff:192.0.2.7")
    assert asked("[fe80::1]", server="fe80::1")


def test_listening_everywhere_gives_no_name() -> None:
    everywhere = Settings(host="0.0.0.0")

    assert not asked("0.0.0.0", settings=everywhere) and not asked(
        "kb.bureau.example", settings=everywhere
    )
    assert asked("192.0.2.7", settings=everywhere)


@pytest.mark.parametrize(
    "address", ["/", "/export.csv", "/api/search", "/static/app.css", "/documents/1"]
)
def test_a_foreign_host_is_refused_in_words_with_advice_and_stands_nowhere(
    client: TestClient, caplog: pytest.LogCaptureFixture, address: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.get(address, headers={"Host": "evil.example:8000"})

    assert answer.status_code == 400 and "KB_HOSTS" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "evil" not in answer.text + str(answer.headers) + caplog.text


def test_links_and_tables_rest_on_the_checked_host_alone(
    home: Path, ids: dict[str, int]
) -> None:
    forwarded = {
        "Host": "kb.bureau.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
    }
    with TestClient(
        create_app(
            Settings(
                home=home, hosts=("kb.bureau.example",), contact="kb@bureau.example"
            )
        )
    ) as named:
        table = named.get("/export.csv?q=客户名单", headers=forwarded).text
        page = named.get(
            f"/documents/{ids['test-customer-list']}", headers=forwarded
        ).text

    assert f"http://kb.bureau.example/documents/{ids['test-customer-list']}" in table
    assert "evil" not in table + page and "gopher" not in table + page


def test_the_names_are_read_from_the_settings_ports_left_out() -> None:
    assert load_settings(
        {"KB_HOSTS": "kb.bureau.example:8000, 10.0.0.5,[fd00::1]:80,"}
    ).hosts == (*("kb.bureau.example", "10.0.0.5", "[fd00::1]"),)
    for wrong in ("http://kb.bureau.example", "*", "知识库", "a b", "kb/x"):
        with pytest.raises(UserError, match="KB_HOSTS"):
            load_settings({"KB_HOSTS": wrong})
