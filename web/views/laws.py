"""The page of a law at one version: where it stands among the others, and what its articles say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.law.book import LawBook
from kb.law.concordance import Concordance
from kb.law.versions import is_edited
from kb.records import Document, DocumentHead, Metadata
from web.address import document_path
from web.citedby import CitedBy
from web.views.articles import ArticleView, article_views
from web.views.common import Badge, Link, meta, needs_checking
from web.views.comparing import Comparison, comparison
from web.views.concordances import ConcordanceView, concordance_view
from web.views.form import EMPTY_FORM, SearchForm
from web.views.reading import SourceView, source_views
from web.views.text import SectionView
from web.views.versions import VersionView, version_views


@dataclass(frozen=True, slots=True, kw_only=True)
class LawPage:
    """One law, seen at one version; `texts` are its whole texts beside the digest."""

    is_digest: bool
    texts: tuple[Link, ...]
    law: str
    title: str
    form: SearchForm
    badges: tuple[Badge, ...]
    meta: tuple[str, ...]
    versions: tuple[VersionView, ...]
    concordance: ConcordanceView | None
    comparison: Comparison | None
    version: str
    choices: tuple[str, ...]
    intro: tuple[SectionView, ...]
    articles: tuple[ArticleView, ...]
    outro: tuple[SectionView, ...]
    sources: tuple[SourceView, ...]
    reposts: int
    checked_on: str | None
    uncertain: tuple[str, ...]
    document: str
    numbers: tuple[str, ...]
    dates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LawMaterial:
    """What the route gathered about one version of a law; `compared` are two of its versions."""

    document: Document
    sections: Sequence[SectionView]
    concordance: Concordance
    cited_by: CitedBy
    compared: tuple[Document, Document] | None


def law_page(book: LawBook, material: LawMaterial) -> LawPage:
    """Lay out one version of a law, with its place among the others."""
    head, concordance = material.document.head, material.concordance
    m, law, version = head.metadata, concordance.law, head.metadata.version or ""
    versions = version_views(book, law, version)
    intro, articles, outro = _parted(material.sections)
    return LawPage(
        is_digest=is_edited(m),
        texts=_texts(book, law, version),
        law=law,
        title=head.title,
        form=EMPTY_FORM,
        badges=_badges(head, versions),
        meta=meta(head)[1:] if head.authority else meta(head),
        versions=versions,
        concordance=concordance_view(book.provisions_of(law), concordance),
        comparison=_comparison(book, material),
        version=version,
        choices=_comparable(book, law),
        intro=tuple(intro),
        articles=article_views(book, concordance, version, articles, material.cited_by),
        outro=tuple(outro),
        sources=source_views(m),
        reposts=sum(source.grade == "C" for source in m.sources),
        checked_on=m.checked_on,
        uncertain=m.uncertain,
        document=document_path(head.id),
        numbers=m.doc_numbers,
        dates=_dates(m),
    )


def _parted(
    sections: Sequence[SectionView],
) -> tuple[Sequence[SectionView], Sequence[SectionView], Sequence[SectionView]]:
    """Return what stands before the first article, the articles, and what follows the last."""
    places = [n for n, section in enumerate(sections) if section.role == "article"]
    if not places:
        return sections, (), ()
    first, behind = places[0], places[-1] + 1
    return sections[:first], sections[first:behind], sections[behind:]


def _texts(
    book: LawBook,
    law: str,
    version: str,
) -> tuple[Link, ...]:
    heads = book.texts.get((law, version), ())
    return tuple(Link(head.title, document_path(head.id)) for head in heads)


def _badges(head: DocumentHead, versions: Sequence[VersionView]) -> tuple[Badge, ...]:
    """Return how the version ended, the rank of the law, and what a reader must be warned of."""
    found: list[Badge] = []
    for version in versions:
        if version.active and version.tone == "ended":
            found.append(Badge(version.standing, "warn"))
    if head.metadata.tier:
        found.append(Badge(head.metadata.tier))
    if head.completeness == "brief":
        found.append(Badge("资料不全", "warn"))
    if needs_checking(head):
        found.append(Badge("待核", "warn"))
    return tuple(found)


def _comparison(book: LawBook, material: LawMaterial) -> Comparison | None:
    if material.compared is None:
        return None
    provisions = book.provisions_of(material.concordance.law)
    return comparison(provisions, material.concordance, material.compared)


def _comparable(book: LawBook, law: str) -> tuple[str, ...]:
    """Return the versions of which digests of provisions are here."""
    heads = [head.metadata for head in book.versions[law]]
    return tuple(m.version or "" for m in heads if m.provisions)


def _dates(m: Metadata) -> tuple[str, ...]:
    labels = {"通过": m.passed_on, "施行": m.effective_from, "至": m.effective_to}
    return tuple(f"{label} {day}" for label, day in labels.items() if day)
