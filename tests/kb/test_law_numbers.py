"""What the number of an article means where its law is not named, and which number misleads."""

from __future__ import annotations

from datetime import date

from kb.law.articles import ArticleKey
from kb.law.book import LawBook, make_law_book
from kb.law.numbers import Reading, Renumbered, readings_of, renumbered
from kb.records import DocumentHead, Metadata, Provision
from kb.vocabulary import VERSION_UNSTATED, Visibility

DAY = date(2022, 1, 1)


def version(number: int, stated: str, *told: Provision, bare: str = "") -> DocumentHead:
    metadata = Metadata(
        title=stated,
        law="试验法",
        version=stated,
        provisions=told,
        bare_articles=(Provision(bare, "丁事项"),) if bare else (),
    )
    return DocumentHead(
        id=number,
        slug=str(number),
        title=stated,
        kind="statute",
        collection="",
        visibility=Visibility.PUBLIC,
        completeness="full",
        case_number=None,
        authority=None,
        region=None,
        decided_on=None,
        metadata=metadata,
    )


OLD = version(1, "2001", Provision("第三条", "甲事项"), Provision("第四条", "乙事项"))
NEW = version(
    2,
    "2021",
    Provision("第五条第一款", "甲事项"),
    Provision("第六条", "丙事项"),
    bare="第三条",
)


def book(*heads: DocumentHead) -> LawBook:
    return make_law_book(heads, DAY)


def key(stated: str, article: str) -> ArticleKey:
    return ArticleKey("试验法", stated, article)


def test_a_number_alone_is_first_what_it_has_become_then_what_it_was() -> None:
    assert readings_of(book(OLD, NEW), "第三条") == [
        Reading(key("2021", "第五条"), "甲事项"),
        Reading(key("2001", "第三条"), "甲事项"),
        Reading(key("2021", "第三条"), "丁事项"),
    ]
    assert readings_of(book(OLD, NEW), "第八条") == []


def test_a_law_that_is_not_asked_for_by_number_is_none_that_is_meant() -> None:
    plain = version(2, "2021", Provision("第五条", "甲事项"))

    assert readings_of(book(OLD, plain), "第三条") == []
    assert renumbered(book(OLD, plain)) is None


def test_a_number_of_a_version_nobody_states_means_nothing() -> None:
    unstated = version(
        4, VERSION_UNSTATED, Provision("第三条", "甲事项"), bare="第四条"
    )

    assert readings_of(book(unstated), "第三条") == []


def test_a_number_misleads_where_its_provision_has_moved_and_another_has_taken_its_place() -> (
    None
):
    assert renumbered(book(OLD, NEW)) == Renumbered(
        key("2001", "第三条"), key("2021", "第五条")
    )
    elsewhere = version(2, "2021", Provision("第五条", "戊事项"), bare="第三条")
    assert renumbered(book(OLD, elsewhere)) is None
