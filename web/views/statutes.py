"""Articles on a page: where they lead, what stands for them today, and which rule decides between
the versions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kb.identifiers import bare_articles
from kb.law.articles import ArticleKey, base_article
from kb.law.book import LawBook, LawPlace, TextPlace
from kb.law.numbers import readings_of
from kb.law.outdated import CitedArticle
from kb.records import Citation, DocumentHead
from web.address import document_path, law_path
from web.views.common import Link
from web.views.reading import StatuteView, VersionRuleView

#: A longer text is no question: it names articles in passing.
_QUESTION_CHARS: Final = 400


def link_of(book: LawBook, citation: Citation) -> str | None:
    """Return the address of what a citation names, when it is here."""
    place = book.place_of(citation)
    return None if place is None else place_path(place)


def place_path(place: LawPlace | TextPlace) -> str:
    """Return the address of a place in the laws."""
    if isinstance(place, TextPlace):
        return f"{document_path(place.document_id)}#s{place.section + 1}"
    return law_path(place.law, place.version, place.article)


def statute_views(book: LawBook, cited: Iterable[CitedArticle]) -> list[StatuteView]:
    """Return each cited article with its link and today's counterparts."""
    return [_statute_view(book, one) for one in cited]


def _statute_view(book: LawBook, cited: CitedArticle) -> StatuteView:
    href = None if cited.citation is None else link_of(book, cited.citation)
    return StatuteView(
        text=cited.text,
        href=href,
        current=tuple(map(_article_link, cited.current)),
    )


def _article_link(key: ArticleKey) -> Link:
    return Link(key.name, law_path(key.law, key.version, base_article(key.article)))


def version_rule_views(
    book: LawBook, case: DocumentHead
) -> tuple[VersionRuleView, ...]:
    """Return the articles that say which version of a law applies in a case of this track."""
    return tuple(
        VersionRuleView(_article_link(rule.article), rule.says)
        for rule in book.version_rules(case)
    )


def article_choices(book: LawBook, text: str) -> tuple[tuple[str, str], ...]:
    """Return what a query that names an article of no law may mean: citation and
    content, and the query with it.

    Only laws that are asked for by number are offered.
    """
    if len(text) > _QUESTION_CHARS:
        return ()
    found: dict[str, tuple[str, str]] = {}
    for article in dict.fromkeys(map(base_article, bare_articles(text))):
        for reading in readings_of(book, article):
            name = reading.article.name
            asked = text.replace(article, name, 1) if article in text else name
            found.setdefault(name, (f"{name}（{reading.provision}）", asked))
    return tuple(found.values())
