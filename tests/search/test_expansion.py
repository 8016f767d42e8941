from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.messages import expansions
from kb.thesaurus import Group, Pair, Thesaurus
from search.expansion import MAX_CHARS, expand, expansions_of, text_to_embed
from search.highlighting import needles_of
from search.query import parse
from search.request import (
    AS_TYPED,
    EXPANDED,
    FACET_FIELDS,
    ExpansionChoice,
    SearchRequest,
)
from search.searcher import Searcher
from tests.search.conftest import Library
from tests.search.told import because, expanded

WORDS = Thesaurus(
    [
        Group(("客户名单", "客户信息"), ("客户名单", "客户信息")),
        Group(("跳槽",), ("离职",)),
    ],
    [
        Pair("客户名单", "customer list", "通用法律英语"),
        Pair("商业秘密", "trade secret", "18 U.S.C. § 1839(3)"),
    ],
)


def expanded_of(text: str, choice: ExpansionChoice = EXPANDED) -> tuple[str, ...]:
    return tuple(
        map(expansions.words, expansions_of(expand(parse(text), choice, WORDS)))
    )


def test_plain_words_are_widened_and_shown() -> None:
    assert expanded_of("跳槽带走客户名单") == (
        "跳槽→离职",
        "客户名单→客户信息、customer list",
    )


@pytest.mark.parametrize(
    "text",
    [
        '"客户名单"',
        "“客户名单”",
        '软件 -"客户名单"',
        "软件 -客户名单",
        "标题:客户名单",
        "客户名单 OR 算法",
    ],
)
def test_phrases_excluded_words_titles_and_alternatives_stay_as_typed(
    text: str,
) -> None:
    assert expanded_of(text) == ()


def test_words_inside_exact_keys_stay_as_typed() -> None:
    words = Thesaurus([Group(("竞争",), ("对手",)), Group(("刑法",), ("刑事",))])

    assert expand(parse("刑法第二百一十九条"), words=words).expansions == ()
    assert expand(parse("反不正当竞争法（2019）第九条"), words=words).expansions == ()
    assert [e.typed for e in expand(parse("刑法 竞争"), words=words).expansions] == [
        "刑法",
        "竞争",
    ]


def test_a_long_text_is_not_expand() -> None:
    text = "客户名单" + "某" * (MAX_CHARS - 4)

    assert expanded_of(text) == ("客户名单→客户信息、customer list",)
    assert expanded_of(text + "某") == ()


def test_a_word_or_all_words_can_be_refused() -> None:
    assert expanded_of(
        "跳槽带走客户名单", ExpansionChoice(as_typed=frozenset({"客户名单"}))
    ) == ("跳槽→离职",)
    assert expanded_of("跳槽带走客户名单", AS_TYPED) == ()


def embedded(text: str, *unheard: str) -> str:
    return text_to_embed(
        expand(parse(text), words=WORDS), lambda term: term not in unheard
    )


def test_an_english_question_is_embedded_in_chinese_and_a_chinese_one_as_typed() -> (
    None
):
    assert embedded("our customer lists") == "客户名单"
    assert embedded("跳槽带走客户名单") == "跳槽带走客户名单"
    assert embedded("跳槽 trade secret") == "跳槽 trade secret 商业秘密"
    assert embedded("nothing known") == "nothing known"


def test_a_latin_word_among_chinese_that_no_document_holds_gives_no_direction() -> None:
    assert embedded("zhangsan 跳槽 NDA", "zhangsan").split() == ["跳槽", "nda"]
    assert embedded("nothing known", "nothing", "known") == "nothing known"


def test_a_latin_word_is_looked_for_once_and_none_is_where_there_are_very_many() -> (
    None
):
    asked: list[str] = []

    def stands(term: str) -> bool:
        asked.append(term)
        return False

    assert text_to_embed(parse("nda 跳槽 " * 500), stands).split() == ["跳槽"] * 500
    assert asked == ["nda"]
    many = "跳槽 " + " ".join(f"w{number}" for number in range(100))
    assert text_to_embed(parse(many), stands).split() == many.split()
    assert asked == ["nda"]


def test_an_unheard_latin_word_does_not_lead_away_from_what_the_chinese_says(
    library: Library,
) -> None:
    assert (
        slugs(library, "laoganma 化名 豆豉")[0]
        == slugs(library, "化名 豆豉")[0]
        == "gz-guiyang-laoganma-jia-2017"
    )


def test_equivalents_are_marked_too() -> None:
    assert {"客户名单", "客户信息", "customer list"} <= set(
        needles_of(expand(parse("客户名单"), words=WORDS)).words
    )


@given(st.text(max_size=400))
def test_widening_never_fails_and_never_changes_what_was_typed(text: str) -> None:
    query = parse(text)
    wide = expand(query)

    assert (wide.terms, wide.phrases, wide.excluded, wide.identifiers) == (
        query.terms,
        query.phrases,
        query.excluded,
        query.identifiers,
    )


def slugs(
    library: Library,
    text: str,
    mode: str = "hybrid",
    widening: ExpansionChoice = EXPANDED,
    limit: int = 5,
) -> list[str]:
    result = library.searcher.search(
        library.store, SearchRequest(text, mode=mode, expansion=widening, limit=limit)
    )
    return [hit.document.slug or "" for hit in result.hits]


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        (
            "former employee took customer list",
            {"zj-chemtrade-customers-2013", "gs-logistics-he"},
        ),
        ("whistleblower immunity United States", {"guide-us"}),
        ("burden of proof", {"element-burden-of-proof"}),
        ("hacking into a mailbox", {"hb-wuhan-lv-mailbox-2021"}),
    ],
)
def test_an_english_question_finds_chinese_texts(
    library: Library, question: str, answers: set[str]
) -> None:
    assert answers & set(slugs(library, question))
    assert not answers & set(slugs(library, question, widening=AS_TYPED))


def test_an_everyday_word_brings_forward_what_is_written_otherwise(
    library: Library,
) -> None:
    question = "码农跳槽前拷走源码 只是留着没用会不会罚"

    assert slugs(library, question)[0] == "fj-xiamen-xu-sourcecode"
    assert slugs(library, question, widening=AS_TYPED)[0] != "fj-xiamen-xu-sourcecode"


def test_reasons_name_equivalents_as_such_and_passages_mark_them(
    library: Library,
) -> None:
    result = library.searcher.search(
        library.store, SearchRequest("源码", mode="keyword")
    )

    assert expanded(result) == ("源码→源代码、源程序",)
    assert any(
        "源代码（扩展）" in reason for hit in result.hits for reason in because(hit)
    )
    marked = {
        p.text[start:end]
        for hit in result.hits
        for p in hit.passages
        for start, end in p.marks
    }
    assert any("源代码" in words for words in marked)


def test_equivalents_that_stand_nowhere_are_not_claimed(library: Library) -> None:
    shown = expanded(
        library.searcher.search(library.store, SearchRequest("带走客户名单"))
    )

    assert any(words.startswith("带走→拿走") for words in shown)
    assert not any("带离" in words for words in shown)
    for words in shown:
        for word in words.partition("→")[2].split("、"):
            assert word.isascii() or library.holding(word), word


@pytest.mark.parametrize(
    "text", ["客户名单", "离职员工带走客户名单", "跳槽", "员工泄密"]
)
def test_typed_words_are_never_outvoted(library: Library, text: str) -> None:
    """The best passage by typed words alone stays first, unless another holds typed words as well."""
    plain = library.searcher.search(
        library.store, SearchRequest(text, mode="keyword", expansion=AS_TYPED, limit=1)
    ).hits[0]
    wide = library.searcher.search(
        library.store, SearchRequest(text, mode="keyword", limit=20)
    )

    assert plain.document.id in [hit.document.id for hit in wide.hits]
    best = wide.hits[0]
    typed = [
        word
        for reason in because(best)
        if reason.startswith("命中词")
        for word in reason[4:].split("、")
    ]
    assert any("（扩展）" not in word for word in typed)


@pytest.mark.parametrize(
    "text", ["离职员工带走客户名单", "跳槽后用源码", "公司泄密怎么赔钱", "保密措施"]
)
def test_counts_do_not_explode(library: Library, text: str) -> None:
    narrow = library.searcher.search(
        library.store, SearchRequest(text, mode="keyword", expansion=AS_TYPED)
    )
    wide = library.searcher.search(library.store, SearchRequest(text, mode="keyword"))

    assert wide.total <= max(2 * narrow.total, narrow.total + 60)


def test_facets_keep_their_promise_for_widened_queries(library: Library) -> None:
    from kb.records import Filters

    result = library.searcher.search(
        library.store, SearchRequest("源码拷走", mode="keyword")
    )
    for field in FACET_FIELDS:
        for value, count in result.facets[field][:2]:
            kept = library.searcher.search(
                library.store,
                SearchRequest(
                    "源码拷走", Filters(include={field: (value,)}), mode="keyword"
                ),
            )
            assert kept.total == count, (field, value)


def test_an_article_brings_its_counterparts_named_and_refusable(
    library: Library,
) -> None:
    article = "反不正当竞争法（2019）第九条"
    searcher: Searcher = library.searcher
    wide = searcher.search(library.store, SearchRequest(article, limit=100))
    plain = searcher.search(
        library.store,
        SearchRequest(
            article, limit=100, expansion=ExpansionChoice(as_typed=frozenset({article}))
        ),
    )

    assert expanded(wide)[0].startswith(f"{article}→2025第十条")
    assert any(
        "2019第九条＝2025第十条" in reason
        for hit in wide.hits
        for reason in because(hit)
    )
    assert expanded(plain) == ()
    assert not any("＝" in reason for hit in plain.hits for reason in because(hit))
