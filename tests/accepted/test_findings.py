"""What the walk over random documents found on pages, each as small as it gets."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from kb.__main__ import main
from tests.accepted.conftest import Library
from tests.accepted.walk import faults


def test_a_tier_no_list_knows_is_shown_without_an_effect(library: Library) -> None:
    client = library({"kind": "civil", "tier": "典型案例"})
    pages = (
        "/",
        "/browse",
        "/?q=客户名单",
        "/?q=客户名单&group=tier",
        "/documents/1",
        "/export.csv",
        "/?f.tier=典型案例",
    )

    assert [client.get(page).status_code for page in pages] == [200] * len(pages)
    assert (
        '<span class="badge badge-plain">典型案例</span>' in client.get("/browse").text
    )
    assert (
        next(csv.DictReader(io.StringIO(client.get("/export.csv").text[1:])))["效力"]
        == ""
    )


def test_documents_of_a_tier_no_list_knows_stand_in_a_group_before_those_without_one(
    library: Library,
) -> None:
    client = library(
        {"kind": "civil", "tier": "典型案例"},
        {"kind": "civil"},
        {"kind": "civil", "tier": "其他案例"},
    )

    page = client.get("/browse?group=tier").text

    assert re.findall(r'<h2 class="tier">(\S+) <', page) == [
        "其他案例",
        "典型案例",
        "未标注",
    ]


def test_guidance_about_an_element_no_list_knows_stands_in_the_list_of_guidance(
    library: Library,
) -> None:
    client = library({"kind": "guidance", "elements": ["秘密性", "自拟要件"]})

    assert "测试文本0" in client.get("/elements").text


@pytest.mark.parametrize(
    "law",
    [
        "甲/乙法",
        "..",
        ".",
        "100%法",
        "甲%2F乙法",
        "甲法/cases",
        "甲?法#1",
        "甲~2F法",
        "<b>法",
    ],
)
def test_a_law_opens_whatever_its_name(library: Library, law: str) -> None:
    client = library(
        {
            "kind": "statute",
            "law": law,
            "version": "2099",
            "provisions": [{"article": "第九条", "provision": "甲"}],
        }
    )

    (address,) = re.findall(r'<h3><a href="([^"]+)"', client.get("/laws").text)
    cases = client.get(f"{unescape(address)}/cases?article=第九条")

    assert client.get(unescape(address)).status_code == cases.status_code == 200
    assert f"引用 {law}（2099）第九条 的文书" in unescape(cases.text)


def test_a_document_that_names_a_law_but_no_version_has_no_link_to_the_law(
    library: Library,
) -> None:
    page = library({"kind": "statute", "law": "测试法"}).get("/documents/1").text

    assert 'href="/laws/' not in page


def test_a_jurisdiction_without_foreign_cases_or_guides_leads_to_a_list(
    library: Library,
) -> None:
    client = library({"kind": "civil", "jurisdiction": "DE"})

    assert '<a href="/?f.jurisdiction=DE">德国</a>' in client.get("/documents/1").text
    assert "测试文本0" in client.get("/?f.jurisdiction=DE").text


@pytest.mark.parametrize("field", ["authorities", "regions", "statutes", "tier"])
def test_a_long_value_filters_by_its_beginning(
    library: Library, field: str, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    long, name = (
        "长" * 299,
        {"authorities": "authority", "regions": "region", "statutes": "statute"}.get(
            field, field
        ),
    )
    several = [f"{long}甲乙", f"{long}甲丙"] if field != "tier" else f"{long}甲乙"
    client = library({"kind": "civil", field: several}, {"kind": "civil"})

    ((value, count), *_) = client.get("/api/search").json()["facets"][name][::-1]
    filtered = client.get(f"/api/search?f.{name}={quote(value)}").json()
    main(
        [
            "--home",
            str(home),
            "--json",
            "search",
            "--filter",
            f"{name}={long}甲乙",
            "--",
            "-无此词",
        ]
    )

    assert (value, count) == (f"{long}甲", 1)
    assert [hit["slug"] for hit in filtered["hits"]] == ["doc-0"]
    assert json.loads(capsys.readouterr().out)["total"] == 1


def test_a_value_that_says_it_is_none_is_counted_as_none(library: Library) -> None:
    client = library(
        {"kind": "civil", "authorities": ["未标注"]},
        {"kind": "civil", "authorities": ["甲局"]},
    )

    counts = dict(client.get("/api/search").json()["facets"]["authority"])

    assert counts == {"甲局": 1, "未标注": 1}
    assert client.get("/api/search?f.authority=未标注").json()["total"] == 1


def test_every_article_of_a_law_is_one_place_of_its_page(library: Library) -> None:
    client = library(
        "---\nslug: a\ntitle: 测试文本\nkind: statute\nlaw: 测试法\nversion: '2098'\n"
        "provisions: [{article: 第九条, provision: 甲 乙}]\n---\n## 第九条 甲\n测试文本\n## main\n测试文本\n## 第九条 乙\n测试文本\n",
        "---\nslug: b\ntitle: 测试文本\nkind: statute\nlaw: 测试法\nversion: '2099'\n"
        "provisions: [{article: 第十条, provision: 甲 乙}]\n---\n## 第十条 甲\n测试文本\n",
    )

    compared = "/laws/测试法?version=2098&left=2098&right=2099"

    assert faults(client, compared)[0] == []
    assert (
        'href="/laws/%E6%B5%8B%E8%AF%95%E6%B3%95?left=2098&amp;right=2099#c-%E7%94%B2_%E4%B9%99"'
        in client.get(compared).text
    )
    assert '<h3 id="c-甲_乙">' in client.get(compared).text


@pytest.mark.parametrize("cell", ["\n=1+1", "＝1+1", "＋1", "－1", "＠sum"])
def test_no_spreadsheet_takes_a_cell_for_a_formula(
    library: Library, cell: str, home: Path
) -> None:
    library({"title": cell, "kind": "civil"})

    rows = list(csv.reader(io.StringIO(library().get("/export.csv").text[1:])))

    assert rows[1][1] == f"'{cell.strip()}"
