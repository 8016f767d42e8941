"""The laws at hand on a day: where a citation leads, what a number may mean, which rule is whose."""

from datetime import date

import pytest
from msgspec.structs import replace

from kb.law.articles import ArticleKey, Articles, base_article, base_text
from kb.law.book import LawBook, LawPlace, TextPlace, make_law_book
from kb.law.transition import VersionRule
from kb.law.versions import Standing
from kb.records import Citation, DocumentHead, Metadata, Provision, Source
from kb.vocabulary import BY_DATE, Visibility

SOURCES = (Source("某公报", "A"),)


def head(number: int, metadata: Metadata, kind: str = "statute") -> DocumentHead:
    return DocumentHead(
        id=number,
        slug=str(number),
        title=metadata.title,
        kind=kind,
        collection="",
        visibility=Visibility.PUBLIC,
        completeness="full",
        case_number=None,
        authority=None,
        region=None,
        decided_on=None,
        metadata=metadata,
    )


def digest(
    number: int,
    version: str,
    since: str | None,
    *provisions: Provision,
    until: str | None = None,
) -> DocumentHead:
    metadata = Metadata(
        title=version,
        law="试验法",
        version=version,
        effective_from=since,
        effective_to=until,
        provisions=provisions,
        sources=SOURCES,
    )
    return head(number, metadata)


OLD = digest(
    1,
    "2001",
    "2001-01-01",
    Provision("第三条", "甲事项"),
    Provision("第四条", "乙事项"),
    until="2020-12-31",
)
NEW = digest(
    2,
    "2021",
    "2021-01-01",
    Provision("第五条", "甲事项"),
    Provision("第六条", "丙事项"),
)
TEXT = head(
    3, Metadata(title="全文", law="试验法", version="2001", effective_from="2001-01-01")
)


def book_on(
    day: str, *heads: DocumentHead, sections: dict[int, Articles] | None = None
) -> LawBook:
    return make_law_book(
        heads or (OLD, NEW, TEXT), date.fromisoformat(day), sections or {}
    )


@pytest.mark.parametrize(
    ("day", "current", "standings"),
    [
        ("2000-12-31", None, [Standing.NOT_YET, Standing.NOT_YET]),
        ("2001-01-01", "2001", [Standing.IN_FORCE, Standing.NOT_YET]),
        ("2020-12-31", "2001", [Standing.IN_FORCE, Standing.NOT_YET]),
        ("2021-01-01", "2021", [Standing.REPLACED, Standing.IN_FORCE]),
    ],
)
def test_a_book_says_how_each_version_stands_on_its_day(
    day: str, current: str | None, standings: list[Standing]
) -> None:
    book = book_on(day)

    assert book.current.get("试验法") == current
    assert [book.standing_of(version) for version in (OLD, NEW)] == standings


def test_a_version_that_ended_without_a_known_one_after_it_has_ended() -> None:
    book = book_on("2022-01-01", OLD)

    assert (book.current, book.shown, book.standing_of(OLD)) == (
        {},
        {"试验法": "2001"},
        Standing.ENDED,
    )


def test_a_text_nobody_has_checked_is_not_said_to_be_in_force() -> None:
    book = book_on("2022-01-01", TEXT)

    assert (book.current, book.shown) == ({}, {"试验法": "2001"})


@pytest.mark.parametrize(
    ("citation", "place"),
    [
        (
            Citation(law="试验法", version="2021", article="第五条第二款"),
            LawPlace("试验法", "2021", "第五条"),
        ),
        (Citation(law="试验法", version="2021"), LawPlace("试验法", "2021", "")),
        # in the text beside the digest
        (Citation(law="试验法", version="2001", article="第九条"), TextPlace(3, 8)),
        (Citation(law="试验法", version="2021", article="第九条"), None),
        (
            Citation(law="试验法", version="2021", article="第九条", presumed=BY_DATE),
            LawPlace("试验法", "2021"),
        ),
        (Citation(law="试验法", version="1901", article="第五条"), LawPlace("试验法")),
        (Citation(law="别的法", version="2021", article="第五条"), None),
        (Citation(target="some-case"), None),
    ],
)
def test_a_citation_leads_to_where_its_article_is_told_of(
    citation: Citation, place: LawPlace | TextPlace | None
) -> None:
    assert (
        book_on("2022-01-01", sections={3: Articles("\n第九条\t8")}).place_of(citation)
        == place
    )


def test_provisions_are_in_the_order_of_the_newest_version() -> None:
    assert book_on("2022-01-01").provisions_of("试验法") == [
        "甲事项",
        "丙事项",
        "乙事项",
    ]


def test_the_rule_between_versions_is_that_of_the_version_a_law_opens_at() -> None:
    rule = Provision("第七条", "甲规则", None, "civil")
    old = replace(OLD, metadata=replace(OLD.metadata, provisions=(rule,)))
    new = replace(
        NEW,
        metadata=replace(NEW.metadata, provisions=(replace(rule, article="第八条"),)),
    )
    case = head(9, Metadata(title="测试案"), "civil")

    rules = [
        book_on(day, old, new).version_rules(case)
        for day in ("2020-12-31", "2021-01-01")
    ]
    assert rules == [
        (VersionRule(ArticleKey("试验法", "2001", "第七条"), "甲规则"),),
        (VersionRule(ArticleKey("试验法", "2021", "第八条"), "甲规则"),),
    ]


def test_a_law_of_which_no_date_is_known_has_its_rule_too() -> None:
    law = digest(4, "2011", None, Provision("第七条", "甲规则", None, "administrative"))
    case = head(9, Metadata(title="测试案"), "administrative")

    (rule,) = book_on("2022-01-01", law).version_rules(case)
    assert rule.article == ArticleKey("试验法", "2011", "第七条")


def test_an_article_is_named_with_its_law_and_its_version_where_that_is_another_name() -> (
    None
):
    assert ArticleKey("试验法", "2021", "第五条").name == "试验法（2021）第五条"
    assert ArticleKey("测释一号", "测释一号", "第八条").name == "测释一号第八条"


def test_paragraph_and_item_are_left_out_of_an_article() -> None:
    assert [
        base_article(text)
        for text in ("第九条第一款第（三）项", "第二百条之一第二款", "附则")
    ] == [
        "第九条",
        "第二百条之一",
        "附则",
    ]
    assert base_text("试验法（2001）第三条第一款") == "试验法（2001）第三条"
