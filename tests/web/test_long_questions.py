"""An account pasted into the box: its page stays small, its filters work with and without scripts,
none is too long.
"""

from __future__ import annotations

import html
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from selenium.webdriver.common.by import By
from starlette.testclient import TestClient

from tests.cli.running import ROOT, environment
from tests.web.conftest import Browser
from tests.web.test_browser import wait
from web.views.facets import _LONG_CHARS

ACCOUNT = "测试文本。某公司销售经理离职后带走客户名单,与老客户交易;公司采取了保密措施,签有保密协议。"
LONG = ACCOUNT * 8


def buttons(page: str) -> list[tuple[str, str]]:
    return [
        (n, html.unescape(v))
        for n, v in re.findall(
            r'<button form="held" [^>]*name="([^"]+)" value="([^"]+)"', page
        )
    ]


def hits(page: str) -> list[str]:
    return re.findall(r"data-hit-link>([^<]+)<", page)


def test_the_page_of_a_long_account_holds_it_few_times(client: TestClient) -> None:
    short, long = (
        client.get(f"/?q={quote(ACCOUNT[:_LONG_CHARS])}").text,
        client.get(f"/?q={quote(LONG)}").text,
    )

    assert short.count("<button form=") == 0 and len(buttons(long)) > 50
    assert long.count(quote(LONG)) < 60 + 4 * len(hits(long))


def test_an_account_understood_as_one_is_not_printed_again(client: TestClient) -> None:
    [part] = re.findall(
        r'<p class="understood">.*?</p>', client.get(f"/?q={quote(LONG)}").text, re.S
    )

    assert f"{LONG[:40]}…（共 {len(LONG)} 字）" in part and LONG not in part


def test_a_very_long_account_travels_once_a_hit(client: TestClient) -> None:
    page = client.get(f"/?q={quote(ACCOUNT * 12)}").text

    assert '<span class="where">' in page and '<a class="where"' not in page
    assert len(re.findall(r'href="/documents/[^"]*q=', page)) == len(hits(page))


def test_a_value_sends_what_its_link_would_lead_to(client: TestClient) -> None:
    address = (
        f"/?q={quote(LONG)}&f.kind=civil&x.year=2018&sort=newest&limit=100&offset=1"
    )
    page = client.get(address).text
    [form] = re.findall(
        r'<form id="held" action="([^"]+)" method="get">(.*?)</form>', page
    )
    fields = [
        (n, html.unescape(v))
        for n, v in re.findall(r'name="([^"]+)" value="([^"]*)"', form[1])
    ]

    assert [pair for pair in fields if pair[0] != "q"] == [
        *(
            ("f.kind", "civil"),
            ("x.year", "2018"),
            ("sort", "newest"),
            ("limit", "100"),
        ),
    ]
    for pair in [("f.region", "上海"), ("x.region", "上海")]:
        assert pair in buttons(page)
        chosen = client.get(f"{form[0]}?{urlencode([*fields, pair])}").text
        linked = client.get(
            address.replace("&offset=1", "") + "&" + urlencode([pair])
        ).text
        assert hits(chosen) == hits(linked)
    assert (
        'href="/?q='
        in re.findall(r'<li class="facet-value is-included">.*?</li>', page, re.S)[0]
    )  # taken off by a link


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_reader_narrows_an_account_down(
    browser: Browser, plain_browser: Browser, site: str, script: bool
) -> None:
    reader = browser if script else plain_browser
    reader.get(f"{site}/?q={quote(LONG)}")
    value = reader.find_element(
        By.CSS_SELECTOR, "button.facet-in[name='f.tier'][value='指导性案例']"
    )
    count = value.find_element(By.CLASS_NAME, "count").text
    value.click()
    wait(
        reader,
        lambda b: (
            "f.tier=" in b.current_url and b.find_elements(By.CLASS_NAME, "chips")
        ),
    )

    assert reader.find_element(By.CSS_SELECTOR, ".total strong").text == count
    assert reader.find_element(By.ID, "q").get_attribute("value") == LONG
    assert "指导性案例" in reader.find_element(By.CLASS_NAME, "chips").text


@pytest.fixture
def served(home: Path) -> Iterator[str]:
    """The site as `kb serve` serves it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "kb", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(home), stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def test_as_long_an_account_as_the_box_takes_is_answered(served: str) -> None:
    account = (ACCOUNT * 2000)[:50_000]
    with urllib.request.urlopen(f"{served}/?q={quote(account)}") as answer:
        page = answer.read().decode()

    assert answer.status == 200 and "测试文本甲公司客户名单案" in page
