"""Who cites the articles of a page, read from the store for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.law.articles import ArticleKey
from kb.records import DocumentHead
from kb.store import Store


@dataclass(frozen=True, slots=True)
class CitedBy:
    """The documents that cite articles, newest first; a law itself is none that cites it.

    `citing` write the version beside the law, `presumed` name none and are taken to mean this one.
    """

    citing: Mapping[ArticleKey, Sequence[DocumentHead]]
    presumed: Mapping[ArticleKey, Sequence[DocumentHead]]


def read_cited_by(store: Store, articles: Iterable[ArticleKey]) -> CitedBy:
    """Look up who cites each article."""
    wanted = list(articles)
    citing = store.citing_articles(wanted)
    presumed = store.presumed_to_cite(wanted)
    named: set[int] = set()
    for documents in (*citing.values(), *presumed.values()):
        named.update(documents)
    heads = store.heads(named)
    return CitedBy(_by_article(heads, citing), _by_article(heads, presumed))


def _by_article(
    heads: Mapping[int, DocumentHead], found: Mapping[ArticleKey, Iterable[int]]
) -> dict[ArticleKey, list[DocumentHead]]:
    shown: dict[ArticleKey, list[DocumentHead]] = {}
    for article, documents in found.items():
        known = [heads[document] for document in documents if document in heads]
        others = [head for head in known if head.metadata.law != article.law]
        shown[article] = sorted(others, key=_day_and_number, reverse=True)
    return shown


def _day_and_number(head: DocumentHead) -> tuple[str, int]:
    return head.decided_on or "", head.id
