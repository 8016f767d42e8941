import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.analysis import characters, terms
from kb.indexterms import IndexTerms, index_terms
from tests.kb.test_analysis import ANY


@given(st.lists(st.tuples(ANY, ANY), max_size=5))
def test_an_index_and_a_query_are_cut_alike(passages: list[tuple[str, str]]) -> None:
    made = index_terms(passages)

    assert [one.words.split() for one in made] == [
        terms(f"{title}\n{text}") for title, text in passages
    ]
    assert [one.title.split() for one in made] == [
        _characters(title) for title, _ in passages
    ]
    assert [one.text.split() for one in made] == [
        _characters(text) for _, text in passages
    ]


def _characters(text: str) -> list[str]:
    return [token.term for token in characters(text)]


@pytest.mark.parametrize(
    "passages",
    [
        [("", "")],
        [("", ""), ("", "")],
        [("甲", ""), ("", "乙"), ("", "")],
        [("\n", "\n\n客户\n"), ("", "名单\n")],
        [("Trade SECRET", "商業祕密 ＡＢ12\n대법원"), ("misappropriated", "𠀀\ud800x")],
    ],
)
def test_empty_parts_line_ends_and_half_characters_shift_nothing(
    passages: list[tuple[str, str]],
) -> None:
    assert index_terms(passages) == [
        one for passage in passages for one in index_terms([passage])
    ]


def test_what_an_index_holds_of_a_passage() -> None:
    assert index_terms([("甲公司案", "保密措施，V2.0")]) == [
        IndexTerms(
            "甲 公司 案   保密 措施 保密措施   v2.0 v2 0",
            "甲 公 司 案 ",
            "保 密 措 施   v2   0 ",
        )
    ]
