"""Exact keys first, articles with their counterparts, and documents like a document."""

import re
from collections.abc import Callable

import pytest

from ingest.pipeline import Receipt
from kb import casenumber
from kb.identifiers import find
from kb.records import Filters, Metadata
from kb.store import Store
from kb.vocabulary import KINDS
from search.results import Hit
from search.searcher import Searcher
from tests.conftest import TinyEmbedder
from tests.search.conftest import Library

JUDGMENT = """---
title: 测试甲公司诉测试乙公司侵害技术秘密纠纷案
slug: t-first
kind: civil
case_numbers: ['（2099）测知民终1号']
doc_numbers: [测市监处〔2099〕5号, 国家测试总局令第126号]
guiding_case: 219
citations: ['[2099] EWCA Civ 38', 'C-54/99']
parties: [测试甲公司]
---
## 案情
测试甲公司的配方被带走。
"""
MENTION = """---
title: 另一案
slug: t-second
kind: civil
---
## 案情
本案与（2099）测知民终1号相同,测市监处〔2099〕5号亦然,令第126号,C-54/99,指导性案例219号。
"""


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("（2099）测知民终1号", "案号一致：（2099）测知民终1号"),
        ("(2099) 测知民终 1 号", "案号一致：（2099）测知民终1号"),
        ("【2099】测知民终１号", "案号一致：（2099）测知民终1号"),
        ("请问（2099）测知民终1号怎么判", "案号一致：（2099）测知民终1号"),
        ("测市监处(2099)5号", "案号一致：测市监处(2099)5号"),
        ("依据测市监处〔2099〕第5号", "案号一致：依据测市监处〔2099〕第5号"),
        ("令126号", "案号一致：令126号"),
        ("指导性案例219号", "案号一致：指导性案例219号"),
        ("[2099] ewca civ 38", "案号一致：[2099] ewca civ 38"),
        ("C-54/99", "案号一致：C-54/99"),
        ("t-first", "案号一致：t-first"),
        ("测试甲公司", "命中词：测试甲公司"),
        ("测试甲公司诉测试乙公司侵害技术秘密纠纷案", "命中词：测试甲公司诉测试乙公司侵害技术秘密纠纷案"),
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "keyword", "vector"])
def test_the_document_that_bears_a_key_comes_first_and_says_why(
    add: Callable[..., list[Receipt]], store: Store, embedder: TinyEmbedder, query: str, reason: str, mode: str
) -> None:
    for name, text in (("b.md", MENTION), ("a.md", JUDGMENT)):
        assert [receipt.error for receipt in add(name, text)] == [None]

    first = Searcher(store.home, embedder).search(store, query, mode=mode).hits[0]

    assert (first.document.slug, first.reasons[0]) == ("t-first", reason)
    assert first.passages


def test_every_number_and_slug_of_the_corpus_brings_its_document_to_the_top(library: Library) -> None:
    for document, head in library.store.heads(library.texts).items():
        keys = [head.slug, *head.metadata.case_numbers]
        for key in (k for k in keys if k == head.slug or casenumber.parse(k)):
            named = library.searcher.search(library.store, key, limit=5)
            bearing = {hit.document.id for hit in named.hits if hit.reasons and hit.reasons[0].startswith("案号一致")}
            assert document in bearing, key
            assert named.hits[0].document.id in bearing


def test_a_named_document_that_filters_leave_out_stays_out(library: Library) -> None:
    head = next(iter(library.store.heads(library.texts).values()))
    other = next(kind for kind in KINDS if kind != head.kind)

    result = library.searcher.search(library.store, head.slug, Filters(include={"kind": (other,)}), limit=1000)
    assert head.id not in {hit.document.id for hit in result.hits}


def reasons(hit: Hit) -> str:
    return " ".join(hit.reasons)


def test_an_article_answers_with_the_law_then_who_cites_it_then_its_counterparts(library: Library) -> None:
    law, version, article = "反不正当竞争法", "2019", "第九条"
    result = library.searcher.search(library.store, f"{law}（{version}）{article}", limit=1000)
    citing = set(library.store.citing(law=law, version=version, article=article))
    counterparts = {row.document_id: row for row in library.store.counterparts(law, version, article)}
    assert counterparts and citing

    marked = [hit for hit in result.hits if "同一法条" in reasons(hit)]
    assert result.hits[: len(marked)] == tuple(marked)
    assert (marked[0].document.metadata.law, marked[0].document.metadata.version) == (law, version)
    own = [hit for hit in marked if f"同一法条：{law}（{version}）{article}" in hit.reasons]
    assert marked[: len(own)] == own
    assert citing <= {hit.document.id for hit in own}
    for document, row in counterparts.items():
        hit = next(h for h in marked if h.document.id == document)
        assert "同一法条" in reasons(hit)
        assert hit in own or f"{version}{article}＝{row.version}{row.article}" in reasons(hit)


def test_the_2019_ninth_article_is_the_2025_tenth_and_not_the_2025_ninth(library: Library) -> None:
    found = {
        query: library.searcher.search(library.store, query, limit=1).hits[0].document.metadata.version
        for query in ("反不正当竞争法（2019）第九条", "反不正当竞争法（2025）第十条", "2019第九条")
    }
    assert found == {
        "反不正当竞争法（2019）第九条": "2019",
        "反不正当竞争法（2025）第十条": "2025",
        "2019第九条": "2019",
    }
    articles = {
        row.article for row in library.store.counterparts("反不正当竞争法", "2019", "第九条") if row.version == "2025"
    }
    assert "第十条" in articles and "第九条" not in articles


def test_a_bare_article_is_warned_of_and_claims_no_law(library: Library) -> None:
    result = library.searcher.search(library.store, "第九条")

    assert any("是哪部法律、哪一版本" in warning for warning in result.query.warnings)
    assert result.query.identifiers == ()
    assert not any("同一法条" in reasons(hit) for hit in result.hits)


def test_reasons_are_words_and_never_a_percentage(library: Library) -> None:
    kinds = ("命中词：", "语义相近", "同一法条：", "同一行为类型：", "案号一致：")
    for query in ("离职员工带走客户名单", "反不正当竞争法（2019）第九条", "黑客侵入 源代码"):
        for hit in library.searcher.search(library.store, query, limit=50).hits:
            assert hit.reasons
            assert all(reason.startswith(kinds) and "%" not in reason for reason in hit.reasons)


def test_a_document_is_not_like_itself_and_its_likes_share_something_said(library: Library) -> None:
    for document in sorted(library.texts)[::25]:
        hits = library.searcher.similar(library.store, document, limit=8)
        found = [hit.document.id for hit in hits]

        assert len(found) == len(set(found)) == 8 and document not in found
        assert [hit.rank for hit in hits] == list(range(1, 9))
        assert all(hit.reasons for hit in hits)
        again = library.searcher.similar(library.store, document, limit=3)
        assert [hit.document.id for hit in again] == found[:3]


def test_likes_of_a_document_are_kept_within_filters(library: Library) -> None:
    document = sorted(library.texts)[0]
    hits = library.searcher.similar(library.store, document, Filters(include={"kind": ("criminal",)}), limit=50)

    assert hits and {hit.document.kind for hit in hits} == {"criminal"}
    assert library.searcher.similar(library.store, 10**9) == ()


def test_a_name_is_always_a_key_even_beside_a_number() -> None:
    assert [key.type for key in find("BGH 2019-03-07")] == ["name", "slug"]


#: How people type a number -> what they make of the way it is written.
TYPED = {
    "as written": lambda number: number,
    "half-width brackets": lambda number: number.replace("（", "(").replace("）", ")"),
    "without 号": lambda number: number.replace("号", ""),
    "blanks around digits": lambda number: re.sub(r"(\d+)", r" \1 ", number),
    "without brackets": lambda number: re.sub("[（）]", "", number, count=2),
    "without 字第": lambda number: number.replace("字第", ""),
    "in a sentence": lambda number: f"请问{number}怎么判的",
    "in a sentence, without brackets": lambda number: "查一下" + re.sub("[（）]", "", number, count=2),
}


@pytest.mark.parametrize("way", TYPED)
def test_every_number_of_the_corpus_brings_its_document_first_however_it_is_typed(library: Library, way: str) -> None:
    missed = []
    for head in library.store.heads(library.store.document_ids().tolist()).values():
        for number in (*head.metadata.case_numbers, *head.metadata.doc_numbers):
            hits = library.searcher.search(library.store, TYPED[way](number), limit=1).hits
            first = hits[0].document.metadata if hits else Metadata(title="无")
            if number not in (*first.case_numbers, *first.doc_numbers):
                missed.append((TYPED[way](number), head.slug))

    assert missed == []
