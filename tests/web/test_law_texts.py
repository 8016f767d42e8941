"""Whole texts of laws beside digests, and papers that are presumed to cite an article."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from ingest.pipeline import ingest_file
from kb.embedding import load_embedder
from kb.settings import Settings
from kb.store import Store
from kb.vocabulary import Visibility
from tests.web.test_pages import main_of, text_of
from web import create_app

HEAD = "2019年4月23日 第十三届全国人民代表大会常务委员会第十次会议修正"
ARTICLES = "\n".join(
    f"第{number}条 测试{number}。" for number in "一二三四五六七八九十"
)
DIGEST = """---
slug: digest-{version}
kind: statute
title: 反不正当竞争法（{version}）
tier: 法律
law: 反不正当竞争法
version: '{version}'
effective_from: {since}
{until}
provisions: [{{article: 第九条, provision: 甲}}]
sources: [{{name: 某公报, grade: A}}]
---
## 第九条 甲
摘要文字。
"""
FILES = {
    "2019.md": DIGEST.format(
        version="2019", since="2019-04-23", until="effective_to: 2025-10-14"
    ),
    "2025.md": DIGEST.format(version="2025", since="2025-10-15", until=""),
    "text.txt": f"中华人民共和国反不正当竞争法\n{HEAD}\n{ARTICLES}",
    "other.txt": "测试市保密条例\n1999年1月2日测试市第二届人民代表大会常务委员会第三次会议通过\n"
    + ARTICLES
    + "\n第十一条 本条例自1999年3月4日起施行。",
    "page.md": "---\nslug: page\nkind: unclassified\ntitle: 测试乙页\n---\n反不正当竞争法（2019）第三条。\n",
    "case.md": "---\nslug: case\nkind: civil\ntitle: 测试甲案\ndecided_on: 2021-02-03\n---\n## 裁判理由\n"
    "依照《反不正当竞争法》第九条、第八条处理。\n",
}


@pytest.fixture(scope="module")
def library() -> Iterator[tuple[TestClient, dict[str, int]]]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        ids, embedder = {}, load_embedder("zh-legal-static")
        with Store(home, Visibility.RESTRICTED) as store:
            for name, content in FILES.items():
                path = Path(folder) / name
                path.write_text(content, "utf-8")
                (receipt,) = ingest_file(path, store, embedder)
                assert receipt.error is None
                ids[name] = receipt.document_id or 0
        with TestClient(create_app(Settings(home=home))) as client:
            yield client, ids


def page_of(library: tuple[TestClient, dict[str, int]], address: str) -> str:
    answer = library[0].get(address)
    assert answer.status_code == 200, answer.text[:500]
    return unquote(main_of(answer.text))


def test_the_digest_stands_for_its_version_and_leads_to_the_whole_text(
    library: tuple[TestClient, dict[str, int]],
) -> None:
    page = page_of(library, "/laws/反不正当竞争法?version=2019")
    text = library[1]["text.txt"]

    assert "条文摘要，不是官方文本" in page
    assert (
        f'库内另有这一版本的全文（未经核对）：<a href="/documents/{text}">中华人民共和国反不正当竞争法</a>'
        in page
    )
    assert f'<a href="/documents/{text}#s10">第九条全文</a>' in page
    assert page.count('aria-current="page"') == 1


def test_each_version_stands_once_on_the_strip(
    library: tuple[TestClient, dict[str, int]],
) -> None:
    page = page_of(library, "/laws/反不正当竞争法")

    assert [
        page.count(f'href="/laws/反不正当竞争法?version={version}"')
        for version in ("2019", "2025")
    ] == [1, 1]


def test_a_law_of_which_only_the_text_is_here_says_that_nobody_checked_it_and_never_that_it_is_in_force(
    library: tuple[TestClient, dict[str, int]],
) -> None:
    page = page_of(library, "/laws/测试市保密条例")

    assert "没有人核对过" in page
    assert "条文摘要，不是官方文本" not in page
    assert "现行" not in text_of(
        page.split('<div class="law-text', 1)[0].split("</ol>")[0].split("<ol", 1)[1]
    )
    assert 'id="第九条"' in page


def test_an_article_without_a_version_leads_where_the_day_of_the_paper_says_and_says_so(
    library: tuple[TestClient, dict[str, int]],
) -> None:
    page = page_of(library, f"/documents/{library[1]['case.md']}")
    text = library[1]["text.txt"]
    told = 'class="presumed" title="反不正当竞争法（2019），版本按裁判日期推定"'

    assert (
        f'<a href="/laws/反不正当竞争法?version=2019#第九条" {told}>《反不正当竞争法》第九条</a>'
        in page
    )
    # the digest has no such article
    assert f'<a href="/documents/{text}#s9" {told}>第八条</a>' in page
    assert (
        "<dt>法条版本</dt><dd><span>反不正当竞争法（2019），版本按裁判日期推定</span></dd>"
        in page
    )


def test_a_law_page_tells_presumed_citations_apart(
    library: tuple[TestClient, dict[str, int]],
) -> None:
    law = page_of(library, "/laws/反不正当竞争法?version=2019")
    cases = "/laws/反不正当竞争法/cases?version=2019&amp;article=第九条#presumed"

    assert f'<a href="{cases}">版本按裁判日期推定 1</a>' in law
    assert "反不正当竞争法（版本未注明） 1" in law
    assert "按裁判日期推定" not in page_of(library, "/laws/反不正当竞争法?version=2025")

    citing = page_of(library, "/laws/反不正当竞争法/cases?version=2019&article=第九条")
    assert "库内没有文书写明引用这一版的这一条。" in citing
    assert "没有写明版本，推定为这一版" in citing
    assert f'<a href="/documents/{library[1]["case.md"]}">测试甲案</a>' in citing


def test_a_search_for_an_article_finds_digest_text_and_presumed_citations_each_with_its_reason(
    library: tuple[TestClient, dict[str, int]],
) -> None:
    answer = (
        library[0]
        .get("/api/search", params={"q": "反不正当竞争法（2019）第九条"})
        .json()
    )
    found = {hit["document_id"]: hit["reasons"][0] for hit in answer["hits"]}
    names = {document_id: name for name, document_id in library[1].items()}

    assert [names[document_id] for document_id in found][:2] == ["2019.md", "text.txt"]
    assert found[library[1]["text.txt"]] == "同一法条：反不正当竞争法（2019）第九条"
    assert (
        found[library[1]["case.md"]]
        == "同一法条：反不正当竞争法（2019）第九条（版本按裁判日期推定）"
    )


def test_who_cites_an_article_is_listed_whatever_its_kind(
    library: tuple[TestClient, dict[str, int]],
) -> None:
    page = page_of(library, "/laws/反不正当竞争法/cases?version=2019&article=第三条")

    assert "未归类 1" in text_of(page) and "测试乙页" in page
