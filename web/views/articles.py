"""The articles of a law at one version: the digest of each, and how many documents cite it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.law.articles import ArticleKey, base_article
from kb.law.book import LawBook
from kb.law.concordance import Concordance
from kb.vocabulary import BY_DATE, KINDS, PRESUMED, VERSION_UNSTATED
from web.address import cases_path
from web.citedby import CitedBy
from web.views.common import Link
from web.views.statutes import place_path
from web.views.text import SectionView
from web.views.versions import version_label


@dataclass(frozen=True, slots=True)
class ArticleView:
    """The digest of one article and how many documents cite it, by kind.

    `anchor` is "" where the page has this article already, or the section is none.
    `others` are articles of the same provision that have no digest of their own and are
    told of here. `text` is where the article stands in a whole text beside the digest.
    """

    anchor: str
    others: tuple[str, ...]
    section: SectionView
    provision: str | None
    citing: tuple[Link, ...]
    unstated: Link | None
    presumed: Link | None
    text: str | None


def articles_to_cite(
    law: str,
    version: str,
    sections: Iterable[SectionView],
) -> list[ArticleKey]:
    """Return the articles whose citations the page tells of: those of this version, and those
    named alike of no version.
    """
    named = dict.fromkeys(base_article(section.heading) for section in sections)
    return [
        ArticleKey(law, stated, article)
        for article in named
        for stated in dict.fromkeys((version, VERSION_UNSTATED))
    ]


def article_views(
    book: LawBook,
    concordance: Concordance,
    version: str,
    sections: Sequence[SectionView],
    cited_by: CitedBy,
) -> tuple[ArticleView, ...]:
    """Lay out the sections of a version that are its articles, in their order."""
    named = [base_article(section.heading) for section in sections]
    beside = concordance.without_own(version, named)
    provided = concordance.provided(version)
    anchors: set[str] = set()
    views: list[ArticleView] = []
    for section, article in zip(sections, named, strict=True):
        key = ArticleKey(concordance.law, version, article)
        is_new = section.role == "article" and article not in anchors
        place = book.text_of(key.law, version, article)
        view = ArticleView(
            anchor=article if is_new else "",
            others=beside.pop(article, ()),
            section=section,
            provision=_unsaid(section.heading, provided.get(article, ())),
            citing=_citing(key, cited_by),
            unstated=_unstated(key, cited_by),
            presumed=_presumed(key, cited_by),
            text=None if place is None else place_path(place),
        )
        anchors.add(view.anchor)
        views.append(view)
    return tuple(views)


def _unsaid(heading: str, provisions: Iterable[str]) -> str | None:
    """Return the first provision that the heading does not name."""
    for provision in provisions:
        if provision not in heading:
            return provision
    return None


def _cases(key: ArticleKey) -> str:
    return cases_path(key.law, key.version, key.article)


def _citing(key: ArticleKey, cited_by: CitedBy) -> tuple[Link, ...]:
    """Return by kind how many documents cite an article of this version."""
    counts = Counter(head.kind for head in cited_by.citing[key])
    return tuple(
        Link(label, f"{_cases(key)}#{kind}", counts[kind])
        for kind, label in KINDS.items()
        if kind in counts
    )


def _unstated(key: ArticleKey, cited_by: CitedBy) -> Link | None:
    """Return the documents that cite this number without saying of which version."""
    unstated = ArticleKey(key.law, VERSION_UNSTATED, key.article)
    count = len(cited_by.citing[unstated])
    if key == unstated or not count:
        return None
    return Link(version_label(key.law, VERSION_UNSTATED), _cases(unstated), count)


def _presumed(key: ArticleKey, cited_by: CitedBy) -> Link | None:
    """Return the documents that name no version and are presumed to mean this one."""
    count = len(cited_by.presumed[key])
    return Link(PRESUMED[BY_DATE], f"{_cases(key)}#presumed", count) if count else None
