"""The articles a document cites of versions that are no longer in force, and what provides the same
today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from kb.law.articles import ArticleKey, base_article, base_text
from kb.law.concordance import Concordance
from kb.records import Citation
from kb.vocabulary import VERSION_UNSTATED


class CitedArticle(Struct, frozen=True, gc=False):
    """An article as a document writes it, and what is meant, where that is understood.

    `current` are the articles in force that provide the same; empty where the article
    is in force itself, where its version is not known, and where nothing is known to
    provide the same.
    """

    text: str
    citation: Citation | None
    current: tuple[ArticleKey, ...]


def is_replaced(citation: Citation, current: Mapping[str, str]) -> bool:
    """Tell whether a citation names a version of a law of which another is in force; `current` has
    those in force.
    """
    in_force = current.get(citation.law or "")
    return in_force is not None and citation.version not in (in_force, VERSION_UNSTATED)


def cite_articles(
    named: Iterable[tuple[str, Citation | None]],
    current: Mapping[str, str],
    concordances: Mapping[str, Concordance],
) -> list[CitedArticle]:
    """Return what a document names, each with what provides the same in the versions in force.

    `concordances` are those of the laws of which a replaced version is cited, by law.
    """
    return [
        CitedArticle(text, citation, _today(citation, current, concordances))
        for text, citation in named
    ]


def _today(
    citation: Citation | None,
    current: Mapping[str, str],
    concordances: Mapping[str, Concordance],
) -> tuple[ArticleKey, ...]:
    if citation is None or not is_replaced(citation, current):
        return ()
    law = citation.law or ""
    return concordances[law].counterparts(
        citation.version or "", base_article(citation.article or ""), current[law]
    )


def outdated(cited: Iterable[CitedArticle]) -> list[CitedArticle]:
    """Return the cited articles that another provides today, the first of each article."""
    found: dict[str, CitedArticle] = {}
    for one in cited:
        if one.current:
            found.setdefault(base_text(one.text), one)
    return list(found.values())
