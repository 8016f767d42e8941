"""Exact keys first, articles with their counterparts, and documents like a document."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.pipeline import Receipt
from kb import casenumber
from kb.identifiers import find
from kb.law.articles import ArticleKey
from kb.law.concordance import ConcordanceRow
from kb.records import Filters, Metadata
from kb.store import Store
from kb.vocabulary import KINDS, Visibility
from search.opening import make_searcher
from search.request import SearchRequest
from search.results import Hit
from tests.conftest import TinyEmbedder
from tests.search.conftest import Library
from tests.search.told import because, warnings

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
        (
            "测试甲公司诉测试乙公司侵害技术秘密纠纷案",
            "命中词：测试甲公司诉测试乙公司侵害技术秘密纠纷案",
        ),
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "keyword", "vector"])
def test_the_document_that_bears_a_key_comes_first_and_says_why(
    add: Callable[..., list[Receipt]],
    store: Store,
    embedder: TinyEmbedder,
    query: str,
    reason: str,
    mode: str,
) -> None:
    for name, text in (("b.md", MENTION), ("a.md", JUDGMENT)):
        assert [receipt.error for receipt in add(name, text)] == [None]

    first = (
        make_searcher(store.home, embedder)
        .search(store, SearchRequest(query, mode=mode))
        .hits[0]
    )

    assert (first.document.slug, because(first)[0]) == ("t-first", reason)
    assert first.passages


def test_every_number_and_slug_of_the_corpus_brings_its_document_to_the_top(
    library: Library,
) -> None:
    for document, head in library.store.heads(library.texts).items():
        keys = [head.slug, *head.metadata.case_numbers]
        for key in (k for k in keys if k == head.slug or casenumber.parse(k)):
            named = library.searcher.search(library.store, SearchRequest(key, limit=5))
            bearing = {
                hit.document.id
                for hit in named.hits
                if because(hit) and because(hit)[0].startswith("案号一致")
            }
            assert document in bearing, key
            assert named.hits[0].document.id in bearing


def test_a_named_document_that_filters_leave_out_stays_out(library: Library) -> None:
    head = next(iter(library.store.heads(library.texts).values()))
    other = next(kind for kind in KINDS if kind != head.kind)

    result = library.searcher.search(
        library.store,
        SearchRequest(head.slug, Filters(include={"kind": (other,)}), limit=1000),
    )
    assert head.id not in {hit.document.id for hit in result.hits}


def reasons(hit: Hit) -> str:
    return " ".join(because(hit))


def counterparts_of(
    library: Library, law: str, version: str, article: str
) -> list[ConcordanceRow]:
    key = ArticleKey(law, version, article)
    return library.store.counterparts([key])[key]


def test_an_article_answers_with_the_law_then_who_cites_it_then_its_counterparts(
    library: Library,
) -> None:
    law, version, article = "反不正当竞争法", "2019", "第九条"
    result = library.searcher.search(
        library.store, SearchRequest(f"{law}（{version}）{article}", limit=1000)
    )
    key = ArticleKey(law, version, article)
    citing = set(library.store.citing_articles([key])[key])
    counterparts = {
        row.document_id: row for row in counterparts_of(library, law, version, article)
    }
    assert counterparts and citing

    marked = [hit for hit in result.hits if "同一法条" in reasons(hit)]
    assert result.hits[: len(marked)] == tuple(marked)
    assert (marked[0].document.metadata.law, marked[0].document.metadata.version) == (
        law,
        version,
    )
    own = [
        hit
        for hit in marked
        if f"同一法条：{law}（{version}）{article}" in because(hit)
    ]
    assert marked[: len(own)] == own
    assert citing <= {hit.document.id for hit in own}
    for document, row in counterparts.items():
        hit = next(h for h in marked if h.document.id == document)
        assert "同一法条" in reasons(hit)
        assert (
            hit in own
            or f"{version}{article}＝{row.version}{row.article}" in reasons(hit)
        )


def test_the_2019_ninth_article_is_the_2025_tenth_and_not_the_2025_ninth(
    library: Library,
) -> None:
    found = {
        query: library.searcher.search(library.store, SearchRequest(query, limit=1))
        .hits[0]
        .document.metadata.version
        for query in (
            "反不正当竞争法（2019）第九条",
            "反不正当竞争法（2025）第十条",
            "2019第九条",
        )
    }
    assert found == {
        "反不正当竞争法（2019）第九条": "2019",
        "反不正当竞争法（2025）第十条": "2025",
        "2019第九条": "2019",
    }
    articles = {
        row.article
        for row in counterparts_of(library, "反不正当竞争法", "2019", "第九条")
        if row.version == "2025"
    }
    assert "第十条" in articles and "第九条" not in articles


def test_a_bare_article_is_warned_of_and_claims_no_law(library: Library) -> None:
    result = library.searcher.search(library.store, SearchRequest("第九条"))

    assert any("是哪部法律、哪一版本" in warning for warning in warnings(result))
    assert result.query.identifiers == ()
    assert not any("同一法条" in reasons(hit) for hit in result.hits)


def test_reasons_are_words_and_never_a_percentage(library: Library) -> None:
    kinds = ("命中词：", "语义相近", "同一法条：", "同一行为类型：", "案号一致：")
    for query in (
        "离职员工带走客户名单",
        "反不正当竞争法（2019）第九条",
        "黑客侵入 源代码",
    ):
        for hit in library.searcher.search(
            library.store, SearchRequest(query, limit=50)
        ).hits:
            assert because(hit)
            assert all(
                reason.startswith(kinds) and "%" not in reason
                for reason in because(hit)
            )


def test_a_document_is_not_like_itself_and_its_likes_share_something_said(
    library: Library,
) -> None:
    for document in sorted(library.texts)[::25]:
        hits = library.searcher.similar(library.store, document, limit=8)
        found = [hit.document.id for hit in hits]

        assert len(found) == len(set(found)) == 8 and document not in found
        assert [hit.rank for hit in hits] == list(range(1, 9))
        assert all(because(hit) for hit in hits)
        again = library.searcher.similar(library.store, document, limit=3)
        assert [hit.document.id for hit in again] == found[:3]


def test_likes_of_a_document_are_kept_within_filters(library: Library) -> None:
    document = sorted(library.texts)[0]
    hits = library.searcher.similar(
        library.store, document, Filters(include={"kind": ("criminal",)}), limit=50
    )

    assert hits and {hit.document.kind for hit in hits} == {"criminal"}
    assert library.searcher.similar(library.store, 10**9) == ()


def test_documents_like_one_are_found_anew_once_the_store_has_changed(
    opened: Callable[..., Library],
) -> None:
    library = opened(Visibility.PUBLIC)
    document = min(library.texts)
    before = library.searcher.similar(library.store, document, limit=8)

    assert library.searcher.similar(library.store, document, limit=8) is before

    library.store.set_visibility(before[0].document.id, Visibility.RESTRICTED)
    after = library.searcher.similar(library.store, document, limit=8)

    assert [hit.document.id for hit in after[:7]] == [
        hit.document.id for hit in before[1:]
    ]


def test_a_name_is_always_a_key_even_beside_a_number() -> None:
    assert [key.type for key in find("BGH 2019-03-07")] == ["name", "slug"]


def _bare(number: str) -> str:
    return re.sub(r"[（(\[〔]((?:19|20)\d\d)[）)\]〕]", r"\1", number)


def _bracketed(number: str, first: str, last: str) -> str:
    return re.sub(r"[（(\[〔]((?:19|20)\d\d)[）)\]〕]", rf"{first}\1{last}", number)


#: How people type a number -> what they make of the way it is written.
TYPED: dict[str, Callable[[str], str]] = {
    "as written": lambda number: number,
    "half-width brackets": lambda number: _bracketed(number, "(", ")"),
    "〔〕": lambda number: _bracketed(number, "〔", "〕"),
    "[]": lambda number: _bracketed(number, "[", "]"),
    "【】": lambda number: _bracketed(number, "【", "】"),
    "full-width digits": lambda number: number.translate(
        {code: code + 0xFEE0 for code in range(0x30, 0x3A)}
    ),
    "blanks inside brackets": lambda number: _bracketed(number, "( ", " )"),
    "blanks around digits": lambda number: re.sub(r"(\d+)", r" \1 ", number),
    "blanks everywhere": lambda number: " ".join(
        re.findall(r"\d+|[A-Za-z]+|.", number)
    ),
    "年 for brackets": lambda number: _bracketed(number, "", "年"),
    "年 in brackets": lambda number: _bracketed(number, "（", "年）"),
    "without 号": lambda number: number.replace("号", ""),
    "without brackets": _bare,
    "without brackets and 号": lambda number: _bare(number).replace("号", ""),
    "without 字第": lambda number: number.replace("字第", ""),
    "without 第": lambda number: number.replace("字第", "字"),
    "without brackets and 字第": lambda number: _bare(number).replace("字第", ""),
    "without brackets, 字第 and 号": lambda number: (
        _bare(number).replace("字第", "").replace("号", "")
    ),
    "知 without its brackets": lambda number: number.replace("（知）", "知"),
    "asked for": lambda number: f"帮我找{number}",
    "asked about": lambda number: f"请问{number}怎么判的",
    "asked for, without brackets": lambda number: f"查一下{_bare(number)}",
    "asked about, without brackets": lambda number: f"请问{_bare(number)}怎么判的",
    "asked for, without brackets and 号": lambda number: (
        f"帮我找{_bare(number).replace('号', '')}"
    ),
    "words behind": lambda number: f"{number}判决书",
}


@pytest.mark.parametrize("way", TYPED)
def test_every_number_of_the_corpus_brings_its_document_first_however_it_is_typed(
    library: Library, way: str
) -> None:
    missed = []
    for head in library.store.heads(library.store.document_ids().tolist()).values():
        for number in (*head.metadata.case_numbers, *head.metadata.doc_numbers):
            first = _first(library, TYPED[way](number))
            if first is None or number not in (*first.case_numbers, *first.doc_numbers):
                missed.append((TYPED[way](number), head.slug))

    assert missed == []


def _first(library: Library, query: str) -> Metadata | None:
    hits = library.searcher.search(library.store, SearchRequest(query, limit=1)).hits
    return hits[0].document.metadata if hits else None


def _called(metadata: Metadata) -> set[str]:
    names = {metadata.title, metadata.slug or "", metadata.name_en or ""}
    return (
        names
        | {*metadata.aliases, *metadata.citations}
        | {_without_remark(c) for c in metadata.citations}
    )


def _without_remark(citation: str) -> str:
    return re.sub(r"\s*[（(][^（）()]*[）)]$", "", citation)


#: How people ask for a document by what it is called.
ASKED: dict[str, Callable[[str], str]] = {
    "alone": lambda name: name,
    "asked for": lambda name: f"帮我找{name}",
    "asked for, apart": lambda name: f"帮我找 {name}",
    "asked about": lambda name: f"请问{name}怎么判的",
}


@pytest.mark.parametrize("way", ASKED)
@pytest.mark.parametrize("kind", ["title", "slug", "citation"])
def test_every_name_of_the_corpus_brings_a_document_called_so_first(
    library: Library, kind: str, way: str
) -> None:
    missed = []
    for head in library.store.heads(library.store.document_ids().tolist()).values():
        metadata = head.metadata
        names = {
            "title": (metadata.title,),
            "slug": (metadata.slug,),
            "citation": metadata.citations,
        }[kind]
        if kind == "title" and way != "alone" and metadata.title.startswith("要件："):
            continue  # 「帮我找 要件：抗辩」 asks for 帮我找 within the documents on 抗辩
        asked = {
            *names,
            *(
                c
                for c in map(_without_remark, metadata.citations)
                if kind == "citation" and _telling(c)
            ),
        }
        for name in asked:
            first = _first(library, ASKED[way](name or ""))
            if first is None or name not in _called(first):
                missed.append((name, metadata.slug))

    assert missed == []


def _telling(citation: str) -> bool:
    """A court's name alone identifies no case."""
    return len(re.findall(r"\d", citation)) >= 4


@pytest.mark.parametrize(
    "way",
    [
        "指导性案例{}号",
        "指导案例{}",
        "指导性案例第 {} 号",
        "第{}号指导性案例",
        "最高院{}号指导案例",
        "请问指导案例{}怎么判的",
    ],
)
def test_every_guiding_case_of_the_corpus_comes_first_however_it_is_called(
    library: Library, way: str
) -> None:
    numbers = {
        h.metadata.guiding_case
        for h in library.store.heads(library.store.document_ids().tolist()).values()
    }
    numbers.discard(None)

    assert numbers
    for number in numbers:
        first = _first(library, way.format(number))
        assert first is not None and first.guiding_case == number, way.format(number)


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("337-TA-1145", "medytox-v-daewoong-337-1145"),
        ("337-TA-849", "si-group-v-sino-legend-337-849"),
        ("指令2016/943", "guide-eu"),
        ("Directive (EU) 2016/943", "guide-eu"),
        ("18 U.S.C. § 1836", "guide-us"),
        ("15 U 6/20", "de-olg-duesseldorf-15u6-20"),
        ("47 F4th 156", "ppg-v-tiemao"),
        ("市监总局126号令", "law-samr-126-2026"),
        ("刑法219条", "law-criminal-trade-secrets"),
        ("民法典123条", "law-civil-code"),
    ],
)
def test_what_the_library_holds_under_another_spelling_comes_first(
    library: Library, query: str, slug: str
) -> None:
    first = _first(library, query)

    assert first is not None and first.slug == slug


@pytest.mark.parametrize(
    "query",
    [
        "（2020）最高法知民终9999号",
        "2020最高法知民终9999",
        "2014鲁民三终236号",
        "兰城工商处字2014年第684号",
    ],
)
def test_a_number_no_document_bears_brings_no_other_case_as_named(
    library: Library, query: str
) -> None:
    result = library.searcher.search(library.store, SearchRequest(query))

    assert any(warning.startswith("库中没有") for warning in warnings(result))
    assert not any(
        reason.startswith("案号一致") for hit in result.hits for reason in because(hit)
    )


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (
            "反法第九条",
            "请写明版本，如「反不正当竞争法（2017）第九条」、「反不正当竞争法（2019）第九条」",
        ),
        (
            "刑法第二百一十九条",
            "请写明版本，如「刑法（刑法修正案十一）第二百一十九条」",
        ),
        ("行政处罚法第九条", "条号随修订而变，库中有的版本：2021"),
        ("民法典第一百二十三条", "条号随修订而变"),
    ],
)
def test_an_article_without_version_is_told_the_versions_held_and_no_other(
    library: Library, query: str, told: str
) -> None:
    (warning,) = (
        w
        for w in warnings(library.searcher.search(library.store, SearchRequest(query)))
        if "没有写明版本" in w
    )

    assert told in warning
    held = {h.metadata.version for h in library.store.laws()}
    assert set(re.findall(r"「[^」（]+（([^）]+)）", warning)) <= held


def test_a_pasted_passage_is_not_asked_for_versions(library: Library) -> None:
    passage = "依照刑法第二百一十九条的规定,被告人侵犯商业秘密。\n" * 3

    assert not any(
        "没有写明版本" in w
        for w in warnings(
            library.searcher.search(library.store, SearchRequest(passage))
        )
    )


@pytest.mark.parametrize(
    ("query", "slug", "article"),
    [
        ("刑法第二百一十九条", "law-criminal-trade-secrets", "第二百一十九条"),
        ("刑法第二百一十九条之一", "law-criminal-trade-secrets", "第二百一十九条之一"),
        ("反不正当竞争法（2025）第十条", "law-aucl-2025", "第十条"),
        ("反不正当竞争法（2019）第九条第一款", "law-aucl-2019", "第九条"),
    ],
)
def test_a_law_named_for_an_article_shows_that_article_first(
    library: Library, query: str, slug: str, article: str
) -> None:
    (hit,) = [
        hit
        for hit in library.searcher.search(library.store, SearchRequest(query)).hits
        if hit.document.slug == slug
    ]

    assert hit.passages[0].heading.split(" ")[0] == article
    assert len({passage.passage_id for passage in hit.passages}) == len(hit.passages)


def test_an_article_of_a_hidden_law_is_not_looked_up(copied: Path) -> None:
    with (
        Store(copied, Visibility.RESTRICTED) as store,
        Store(copied, Visibility.PUBLIC) as public,
    ):
        law = store.document("law-criminal-trade-secrets")
        assert law is not None
        assert public.article_passages({law.head.id: "第二百一十九条"})
        store.set_visibility(law.head.id, Visibility.INTERNAL)
        assert public.article_passages({law.head.id: "第二百一十九条"}) == {}
