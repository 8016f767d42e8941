"""What came after an article and before it, and what a document cites that another article provides
today.
"""

from datetime import date

import pytest

from kb.law.articles import ArticleKey
from kb.law.concordance import Concordance, ConcordanceRow
from kb.law.outdated import CitedArticle, cite_articles, is_replaced, outdated
from kb.law.presumption import presume_versions
from kb.law.versions import periods
from kb.records import Citation, Metadata
from kb.vocabulary import BY_DATE, BY_TEXT, VERSION_UNSTATED

LAW = "试验法"
ROWS = [
    ("甲事项", "1991", "第一条"),
    ("甲事项", "2001", "第三条"),
    ("甲事项", "2021", "第五条"),
    ("乙事项", "2001", "第三条"),
    ("乙事项", "2021", "第六条"),
    ("丙事项", "1991", "第二条"),
    ("丙事项", "2021", "第七条"),
    ("甲事项", VERSION_UNSTATED, "第三条"),
]
CONCORDANCE = Concordance(
    LAW, ("1991", "2001", "2021"), tuple(ConcordanceRow(*row, None, 1) for row in ROWS)
)
CURRENT = {LAW: "2021"}


def keys(version: str, *articles: str) -> tuple[ArticleKey, ...]:
    return tuple(ArticleKey(LAW, version, article) for article in articles)


@pytest.mark.parametrize(
    ("version", "article", "before", "after"),
    [
        ("1991", "第一条", (), keys("2001", "第三条")),
        # one article became two
        ("2001", "第三条", keys("1991", "第一条"), keys("2021", "第五条", "第六条")),
        ("2021", "第五条", keys("2001", "第三条"), ()),
        (
            "2021",
            "第七条",
            keys("1991", "第二条"),
            (),
        ),  # the version between has it not
        ("1991", "第二条", (), keys("2021", "第七条")),
        ("1991", "第九条", (), ()),
        ("1901", "第一条", (), ()),
        (
            VERSION_UNSTATED,
            "第三条",
            (),
            (),
        ),  # nobody knows between which versions it stands
    ],
)
def test_an_article_has_its_predecessors_and_successors_in_the_nearest_versions(
    version: str,
    article: str,
    before: tuple[ArticleKey, ...],
    after: tuple[ArticleKey, ...],
) -> None:
    assert CONCORDANCE.predecessors(version, article) == before
    assert CONCORDANCE.successors(version, article) == after


def test_what_an_article_provides_is_told_with_its_paragraphs() -> None:
    rows = (
        ConcordanceRow("丁事项", "2021", "第五条第二款", None, 1),
        *CONCORDANCE.rows,
    )

    assert Concordance(LAW, CONCORDANCE.versions, rows).provided("2021") == {
        "第五条": ["丁事项", "甲事项"],
        "第六条": ["乙事项"],
        "第七条": ["丙事项"],
    }


def test_an_article_that_is_not_told_of_stands_beside_the_first_that_provides_the_same() -> (
    None
):
    rows = (
        ConcordanceRow("甲事项", "2021", "第八条", None, 1),
        ConcordanceRow("丁事项", "2021", "第九条", None, 1),
        *CONCORDANCE.rows,
    )
    concordance = Concordance(LAW, CONCORDANCE.versions, rows)

    assert concordance.without_own("2021", ["第五条", "第六条", "第五条"]) == {
        "第五条": ("第八条",)
    }
    assert concordance.without_own("2021", ["第五条", "第八条"]) == {}
    assert concordance.without_own("1901", ["第五条"]) == {}


def cited(*named: tuple[str, str | None]) -> list[CitedArticle]:
    texts = [
        (
            f"{LAW}（{version}）{article}",
            Citation(law=LAW, version=version, article=article),
        )
        for article, version in named
    ]
    return cite_articles(
        [*texts, ("某地办法第一条", None)], CURRENT, {LAW: CONCORDANCE}
    )


def test_only_what_another_article_provides_today_is_outdated_and_each_article_once() -> (
    None
):
    found = cited(
        ("第三条第一款", "2001"),
        ("第五条", "2021"),
        ("第三条第二款", "2001"),
        ("第九条", "2001"),
        ("第三条", VERSION_UNSTATED),
    )

    assert [one.current for one in found] == [
        keys("2021", "第五条", "第六条"),
        (),
        keys("2021", "第五条", "第六条"),
        (),
        (),
        (),
    ]
    assert [one.text for one in outdated(found)] == ["试验法（2001）第三条第一款"]


def test_of_a_law_of_which_no_version_is_known_to_be_in_force_nothing_is_outdated() -> (
    None
):
    citation = Citation(law=LAW, version="2001", article="第三条")

    assert not is_replaced(citation, {})
    assert cite_articles([("试验法（2001）第三条", citation)], {}, {})[0].current == ()


KNOWN = {
    LAW: periods(
        [
            Metadata(
                title="",
                law=LAW,
                version="2001",
                effective_from="2001-01-01",
                effective_to="2020-12-31",
            ),
            Metadata(title="", law=LAW, version="2021", effective_from="2021-01-01"),
        ]
    )
}
UNSTATED = Citation(law=LAW, version=VERSION_UNSTATED, article="第三条")


@pytest.mark.parametrize(
    ("day", "beside", "expected"),
    [
        ("2010-05-06", (), ("2001", BY_DATE)),
        ("2022-05-06", (), ("2021", BY_DATE)),
        ("1999-05-06", (), (VERSION_UNSTATED, None)),
        (
            "2022-05-06",
            ("2001",),
            ("2001", BY_TEXT),
        ),  # what the paper names goes before its day
        ("2022-05-06", ("2001", "2021"), (VERSION_UNSTATED, None)),
    ],
)
def test_an_article_without_a_version_is_presumed_to_be_of_the_day_of_the_paper(
    day: str, beside: tuple[str, ...], expected: tuple[str, str | None]
) -> None:
    named = [Citation(law=LAW, version=version, article="第一条") for version in beside]
    found = presume_versions([UNSTATED, *named], day, KNOWN)[0]

    assert (found.version, found.presumed) == expected


def test_given_the_day_of_a_paper_an_article_without_a_version_is_known_to_be_outdated() -> (
    None
):
    presumed = presume_versions([UNSTATED], date(2010, 5, 6).isoformat(), KNOWN)
    found = cite_articles([("试验法第三条", presumed[0])], CURRENT, {LAW: CONCORDANCE})

    assert [one.current for one in outdated(found)] == [
        keys("2021", "第五条", "第六条")
    ]
