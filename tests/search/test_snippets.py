import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.analysis import normalise, tokenize
from kb.records import StoredPassage
from search.snippets import astride, body, marks, merged, places_in, telling_words

SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 10)).map(
        lambda s: (s[0], s[0] + s[1])
    ),
    max_size=12,
)
WORDS = st.lists(st.text(alphabet="客户名单密ab1 §", max_size=4), max_size=6)


@given(st.text(alphabet="客户名单密密ＡaBb1 §，\n", max_size=60), WORDS)
def test_marks_are_ordered_spans_of_the_text_each_covered_by_needles(
    text: str, needles: list[str]
) -> None:
    spans = marks(text, needles)
    folded = normalise(text)

    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(spans[n][1] < spans[n + 1][0] for n in range(len(spans) - 1))
    for start, end in spans:
        assert any(needle and needle[:1] in folded[start:end] for needle in needles)
    for needle in needles:
        if needle and not needle.isascii():
            place = folded.find(needle)
            while place >= 0:
                assert any(
                    start <= place and place + len(needle) <= end
                    for start, end in spans
                )
                place = folded.find(needle, place + 1)


@given(SPANS)
def test_merging_keeps_every_place_and_adds_none(spans: list[tuple[int, int]]) -> None:
    def places(some: object) -> set[int]:
        return {n for start, end in some for n in range(start, end)}  # type: ignore[attr-defined]

    out = merged(spans)

    assert places(out) == places(spans)
    assert list(out) == sorted(out)
    assert all(out[n][1] < out[n + 1][0] for n in range(len(out) - 1))


@pytest.mark.parametrize(
    ("text", "needles", "marked"),
    [
        ("甲的客户名单", ["客户名单", "客户"], ["客户名单"]),
        ("客戶名單與客户", ["客户名单", "客户"], ["客戶名單", "客户"]),
        ("ＣＴＯ与cto", ["cto"], ["ＣＴＯ", "cto"]),
        (
            "Misappropriated secrets",
            ["misappropri", "secret"],
            ["Misappropriated", "secrets"],
        ),
        ("maintain the AI claim", ["ai"], ["AI"]),
        ("18 U.S.C. § 1836", ["u.s.c"], ["U.S.C"]),
        ("密密密", ["密密"], ["密密密"]),
        ("甲", ["", "乙"], []),
    ],
)
def test_words_are_marked_as_they_are_written(
    text: str, needles: list[str], marked: list[str]
) -> None:
    assert [text[start:end] for start, end in marks(text, needles)] == marked


@pytest.mark.parametrize(
    ("text", "phrase", "marked"),
    [
        ("案件受理费、鉴\n定费由被告负担", "鉴定费", ["鉴\n定费"]),
        ("民 事 判 决 书", "民事判决书", ["民 事 判 决 书"]),
        ("离心\u3000压缩\u3000机与离心压缩机", "离心压缩机", ["离心压缩机"]),
        ("客户\n\n名单册", "客户名单册", []),
        ("客户，名单册", "客户名单册", []),
        ("甲 客\n户", "客户", []),
        ("trade  secret and trade secret", "trade secret", ["trade secret"]),
    ],
)
def test_a_phrase_is_marked_over_a_blank_or_a_line_end(
    text: str, phrase: str, marked: list[str]
) -> None:
    assert [text[start:end] for start, end in marks(text, [phrase])] == marked


def passage(text: str, heading: str) -> StoredPassage:
    return StoredPassage(
        id=1,
        document_id=1,
        role="facts",
        heading=heading,
        start=0,
        end=len(text),
        paragraph=1,
        page=None,
        text=text,
    )


@pytest.mark.parametrize(
    ("text", "heading", "shown"),
    [
        ("案情\n甲离职。\n\n", "案情", "甲离职。"),
        ("\n\n案情\r\n甲离职。", "案情", "甲离职。"),
        ("案情复杂。", "案情", "案情复杂。"),
        ("甲离职。", "", "甲离职。"),
        ("案情", "案情", "案情"),
    ],
)
def test_a_passage_is_shown_without_its_heading_line(
    text: str, heading: str, shown: str
) -> None:
    assert body(passage(text, heading)) == shown


def told(texts: list[str], needles: list[str]) -> tuple[str, ...]:
    return telling_words(
        [word for text in texts for word in places_in(text, needles)], needles, limit=6
    )


def test_words_found_leave_out_parts_of_longer_ones_and_what_is_not_there() -> None:
    assert told(["甲的客户名单", "与图纸"], ["客户", "图纸", "客户名单", "配方"]) == (
        "图纸",
        "客户名单",
    )
    assert told(["一二三四五六七八"], list("一二三四五六七八")) == tuple("一二三四五六")
    assert told(["甲乙", "丙丁"], ["乙丙"]) == ()


@pytest.mark.parametrize(
    ("text", "across"),
    [
        ("离职员工带走客户名单", {"职员", "户名"}),
        ("职员离职,带走客户名单", {"户名"}),  # said here
        ("开户名与客户名单", set()),  # said once is said
        ("反不正当竞争法", set()),
        ("", set()),
    ],
)
def test_a_word_astride_two_others_is_not_said(text: str, across: set[str]) -> None:
    assert astride(tokenize(text)) == across
