"""Two wordings of one provision, word by word."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from kb.analysis import tokenize
from kb.law.comparison import (
    ComparedProvision,
    TwoVersions,
    Wording,
    article_texts,
    compare_versions,
)
from kb.law.concordance import Concordance, ConcordanceRow
from kb.law.wording import Run, cut_words, same_share, word_diff
from kb.records import Document, DocumentHead, Metadata, StoredSection
from kb.vocabulary import Visibility

TEXTS = st.text("甲乙丙，。 abc", max_size=40)


def spans_of(text: str) -> Iterator[tuple[int, int]]:
    return ((token.start, token.end) for token in tokenize(text))


@given(TEXTS)
def test_words_join_to_their_text(text: str) -> None:
    assert "".join(cut_words(text, spans_of(text))) == text


def test_of_overlapping_spans_the_longest_first_one_counts() -> None:
    assert list(cut_words("商业秘密法", [(0, 2), (0, 4), (2, 4)])) == ["商业秘密", "法"]


@given(TEXTS, TEXTS)
def test_both_sides_of_a_difference_join_to_their_texts(left: str, right: str) -> None:
    old, new = word_diff(
        list(cut_words(left, spans_of(left))), list(cut_words(right, spans_of(right)))
    )

    assert "".join(run.text for run in old) == left
    assert "".join(run.text for run in new) == right


def test_what_only_one_side_says_is_a_change() -> None:
    old, new = word_diff(["罚款", "十万", "元"], ["罚款", "百万", "元", "以下"])

    assert old == (Run("罚款"), Run("十万", "del"), Run("元"))
    assert new == (Run("罚款"), Run("百万", "ins"), Run("元"), Run("以下", "ins"))
    assert (same_share(old), same_share(new)) == (3 / 5, 3 / 7)


def test_two_versions_are_compared_by_provision_and_what_both_have_comes_first() -> (
    None
):
    rows = (
        ConcordanceRow("甲", "2001", "第一条", None, 1),
        ConcordanceRow("乙", "2001", "第二条", None, 1),
        ConcordanceRow("乙", "2021", "第三条", None, 2),
        ConcordanceRow("丙", "2001", "第四条", None, 1),
        ConcordanceRow("丙", "2021", "第四条", None, 2),
    )
    texts = {
        "2001": {"第一条": "停止", "第二条": "罚款十万元", "第四条": "子丑寅卯"},
        "2021": {"第三条": "罚款百万元", "第四条": "辰巳午未"},
    }

    found = compare_versions(
        Concordance("试验法", ("2001", "2021"), rows),
        ["甲", "乙", "丙", "丁"],
        TwoVersions("2001", "2021", texts),
        lambda text: ((place, place + 1) for place in range(len(text))),
    )

    assert found == [
        ComparedProvision(
            "乙",
            Wording("2001", ("第二条",), (Run("罚款"), Run("十", "del"), Run("万元"))),
            Wording("2021", ("第三条",), (Run("罚款"), Run("百", "ins"), Run("万元"))),
            True,
        ),
        ComparedProvision(
            "丙",
            Wording("2001", ("第四条",), (Run("子丑寅卯"),)),
            Wording("2021", ("第四条",), (Run("辰巳午未"),)),
            False,
        ),
        ComparedProvision(
            "甲", Wording("2001", ("第一条",), (Run("停止"),)), None, True
        ),
    ]


def test_parts_of_one_article_are_one_text() -> None:
    text = "总说\n第一条 甲\n停止。\n第一条 乙\n罚款。\n"
    places = [
        ("body", "", 0, 3),
        ("article", "第一条 甲", 3, 13),
        ("article", "第一条 乙", 13, len(text)),
    ]
    head = DocumentHead(
        id=1,
        slug="a",
        title="试验法",
        kind="statute",
        collection="",
        visibility=Visibility.PUBLIC,
        completeness="full",
        case_number=None,
        authority=None,
        region=None,
        decided_on=None,
        metadata=Metadata(title="试验法"),
    )
    document = Document(
        head=head,
        text=text,
        sections=[
            StoredSection(id=1, role=r, heading=h, start=a, end=b)
            for r, h, a, b in places
        ],
        passages=[],
        citations=[],
        media_type="text/plain",
        added_at="2026-01-01",
    )

    assert article_texts(document) == {"第一条": "停止。\n罚款。"}
