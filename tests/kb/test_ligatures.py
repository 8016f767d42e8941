"""Letters that print joins or breaks are found and marked, and the text stays as it was written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pipeline import Receipt
from kb.analysis import characters, normalise, terms, tokenize
from kb.indexterms import index_terms
from kb.ligatures import unbroken, unfold
from kb.store import Store
from search.highlighting import find_marks
from search.opening import make_searcher
from search.request import SearchRequest
from search.snippets import marks
from tests.conftest import TinyEmbedder
from tests.search.told import because

ODD = "aﬁﬀﬃ密Ａ商\u00ad\u200b\ufeff-\n ①⑩㎡℃㎏ß℡.b2"

#: What is written, what is typed, what is to be marked.
WRITTEN = [
    ("The conﬁdential data", "confidential", "conﬁdential"),
    ("oﬃcially protected", "official", "oﬃcially"),
    ("a trade secret ﬁle", "file", "ﬁle"),
    ("cash ﬂow of the firm", "flow", "ﬂow"),
    ("ｃｏｎｆｉｄｅｎｔｉａｌ data", "confidential", "ｃｏｎｆｉｄｅｎｔｉａｌ"),
    ("con\u00adfi\u00addential data", "confidential", "con\u00adfi\u00addential"),
    ("con\u200bfidential data", "confidential", "con\u200bfidential"),
    ("confi\u00ad\ndential data", "confidential", "confi\u00ad\ndential"),
    ("confi-\ndential data", "confidential", "confi-\ndential"),
    ("the conﬁ-\n  dential data", "confidential", "conﬁ-\n  dential"),
    ("厂房面积300㎡以上", "300㎡", "300㎡"),
    ("厂房面积300㎡以上", "300m2", "300㎡"),
    ("加热到⑩级", "10", "⑩"),
    ("商\u200b业\ufeff秘密被带走", "商业秘密", "商\u200b业\ufeff秘密"),
]


@pytest.mark.parametrize(("written", "typed", "marked"), WRITTEN)
def test_what_is_typed_plainly_finds_what_print_joined_or_broke(
    add: Callable[..., list[Receipt]],
    store: Store,
    embedder: TinyEmbedder,
    written: str,
    typed: str,
    marked: str,
) -> None:
    text = f"甲{written}乙。\n"
    (receipt,) = add("a.txt", text.replace("\r", ""))
    add("b.txt", "别的文书，说的是别的事。")
    (hit,) = [
        hit
        for hit in make_searcher(store.home, embedder)
        .search(store, SearchRequest(typed, mode="keyword"))
        .hits
    ]
    (passage,) = hit.passages

    assert hit.document.id == receipt.document_id
    assert [passage.text[start:end] for start, end in passage.marks] == [marked]
    assert because(hit)[0].startswith("命中词：")
    document = store.document(hit.document.id)
    assert document is not None
    assert document.text == text
    assert [
        document.text[start:end] for start, end in find_marks(document.text, typed)
    ] == [marked]


@pytest.mark.parametrize(
    "typed", ['"confidential information"', '"conﬁdential information"']
)
def test_a_phrase_finds_ligatures_too(
    add: Callable[..., list[Receipt]], store: Store, embedder: TinyEmbedder, typed: str
) -> None:
    add("a.txt", "The conﬁdential infor\u00admation was kept.")
    (hit,) = (
        make_searcher(store.home, embedder)
        .search(store, SearchRequest(typed, mode="keyword"))
        .hits
    )

    assert [
        hit.passages[0].text[start:end] for start, end in hit.passages[0].marks
    ] == ["conﬁdential infor\u00admation"]


def test_a_query_pasted_with_ligatures_finds_plain_words(
    add: Callable[..., list[Receipt]], store: Store, embedder: TinyEmbedder
) -> None:
    add("a.txt", "The official file.")
    (hit,) = (
        make_searcher(store.home, embedder)
        .search(store, SearchRequest("oﬃcial ﬁle", mode="keyword"))
        .hits
    )

    assert [
        hit.passages[0].text[start:end] for start, end in hit.passages[0].marks
    ] == ["official", "file"]


def test_two_words_of_a_compound_broken_at_its_hyphen_are_found_as_well() -> None:
    assert {"trade", "secret", "tradesecret"} <= set(terms("a trade-\nsecret claim"))
    assert marks("a trade-\nsecret claim", ["secret"]) == ((9, 15),)


@pytest.mark.parametrize(
    "text", ["第三-\n第四", "A-\nB", "2020-\n2021", "ab- cd", "see p. 3-\nnext"]
)
def test_a_hyphen_that_breaks_no_word_joins_nothing(text: str) -> None:
    assert unbroken(normalise(text)) is None


@given(st.text(alphabet=ODD, max_size=40))
def test_every_token_of_an_odd_text_has_its_place_and_many_are_made_as_one(
    text: str,
) -> None:
    tokens = tokenize(text)

    for token in (*tokens, *characters(text)):
        assert 0 <= token.start < token.end <= len(text)
    assert sorted(
        term for term in index_terms([("", text)])[0].words.split()
    ) == sorted(t.term for t in tokens)
    assert index_terms([("", text)])[0].text.split() == [
        token.term for token in characters(text)
    ]


@given(st.text(alphabet=ODD, max_size=40))
def test_what_reads_otherwise_leads_back_to_what_was_written(text: str) -> None:
    folded = normalise(text)
    for reading in (unfold(folded), unbroken(folded)):
        if reading is not None and reading.places is not None:
            assert len(reading.places) == len(reading.text)
            assert reading.places == sorted(reading.places)
            assert all(0 <= place < len(text) for place in reading.places)
    for start, end in marks(text, ["fi", "密", "ab", "10"]):
        assert 0 <= start < end <= len(text)
