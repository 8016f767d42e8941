"""Law pages: versions on one strip, the concordance of articles, digests, who cites what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from kb.law.articles import ArticleKey, base_article
from kb.law.book import LawBook
from kb.law.concordance import Concordance
from kb.law.versions import Standing, is_edited
from kb.records import Document, DocumentHead, Metadata
from kb.store import Store
from kb.vocabulary import (
    BY_DATE,
    KINDS,
    PRESUMED,
    SOURCE_GRADES,
    TIERS,
    VERSION_UNSTATED,
)
from web.address import Ask, cases_path, document_path, law_path, with_parameters
from web.views.common import Badge, Link, meta, needs_checking
from web.views.comparing import Comparison, comparison, row_anchor
from web.views.reading import SourceView
from web.views.search import SearchForm, search_form
from web.views.statutes import place_path
from web.views.text import LinkOf, SectionView, section_views

IN_FORCE: Final = "现行"
REPLACED: Final = "已被取代"
ENDED: Final = "已失效"
_STANDINGS: Final = {
    Standing.IN_FORCE: IN_FORCE,
    Standing.NOT_YET: "尚未施行",
    Standing.PAST: "历史版本",
    Standing.REPLACED: REPLACED,
    Standing.ENDED: ENDED,
    Standing.UNSAID: "",
}


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version on the strip."""

    version: str
    label: str
    href: str
    since: str | None
    until: str | None
    status: str
    active: bool

    @property
    def standing(self) -> str:
        """Return the standing in words, with the day it ended: 已失效 · 至2025-04-25."""
        return (
            f"{self.status} · 至{self.until}"
            if self.status in (REPLACED, ENDED)
            else self.status
        )

    @property
    def tone(self) -> str:
        """Return how the strip shows it: now, ended or "" ."""
        return {IN_FORCE: "now", REPLACED: "ended", ENDED: "ended"}.get(self.status, "")


@dataclass(frozen=True, slots=True)
class Cell:
    """What one version holds of one provision."""

    article: str
    href: str
    note: str | None


@dataclass(frozen=True, slots=True)
class ConcordanceView:
    """Versions as columns, provisions as rows; `compare` leads to the last two versions side by
    side.
    """

    versions: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[Cell, ...], ...], str | None], ...]

    @property
    def has_gaps(self) -> bool:
        """Tell whether some version has no digest of some provision."""
        return any(not cell for _, cells, _ in self.rows for cell in cells)


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
class LawRow:
    """One law in the list of laws."""

    law: str
    title: str | None
    href: str
    tier: str
    versions: tuple[VersionView, ...]
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LawsPage:
    """All laws, by rank."""

    form: SearchForm
    groups: tuple[tuple[str, tuple[LawRow, ...]], ...]


@dataclass(frozen=True, slots=True)
class CitingPage:
    """Documents that cite one article, by kind; `presumed` name no version and are taken to mean
    this one.
    """

    law: str
    version: str
    article: str
    back: str
    form: SearchForm
    groups: tuple[tuple[str, str, tuple[tuple[str, str, tuple[str, ...]], ...]], ...]
    total: int
    others: tuple[Link, ...]
    presumed: tuple[tuple[str, str, tuple[str, ...]], ...]


def version_views(
    book: LawBook, law: str, active: str | None = None
) -> tuple[VersionView, ...]:
    """Return the versions of a law, oldest first, each with its standing."""
    views = []
    for head in book.versions[law]:
        m, version = head.metadata, head.metadata.version or ""
        views.append(
            VersionView(
                version,
                version_label(law, version),
                law_path(law, version),
                m.effective_from,
                m.effective_to,
                _STANDINGS[book.standing_of(head)],
                version == active,
            )
        )
    return tuple(views)


def version_label(law: str, version: str) -> str:
    """Return the words of a link to a version; 版本未注明 says nothing without its law."""
    return f"{law}（{version}）" if version == VERSION_UNSTATED else version


def laws_page(book: LawBook) -> LawsPage:
    """Lay out the list of laws."""
    groups: dict[str, list[LawRow]] = {}
    for law, heads in book.versions.items():
        tier = next(
            (head.metadata.tier for head in reversed(heads) if head.metadata.tier),
            "其他",
        )
        title = heads[-1].title if len(heads) == 1 else None
        subjects = tuple(
            dict.fromkeys(
                p.provision for head in heads for p in head.metadata.provisions
            )
        )
        groups.setdefault(tier, []).append(
            LawRow(
                law,
                title,
                law_path(law),
                tier,
                version_views(book, law),
                subjects[:6],
            )
        )
    order = list(TIERS)
    return LawsPage(
        search_form(Ask()),
        tuple(
            (tier, tuple(sorted(rows, key=lambda row: (-len(row.versions), row.law))))
            for tier, rows in sorted(
                groups.items(), key=lambda g: order.index(g[0]) if g[0] in order else 99
            )
        ),
    )


def law_page(
    store: Store,
    book: LawBook,
    document: Document,
    link_of: LinkOf,
    compared: tuple[Document, Document] | None,
) -> LawPage:
    """Lay out one version of a law, with its place among the others."""
    m = document.head.metadata
    law, version = m.law or "", m.version or ""
    concordance = book.concordance_of(law, store.concordance(law))
    sections = section_views(document, (), link_of)
    first = next(
        (n for n, s in enumerate(sections) if s.role == "article"), len(sections)
    )
    last = max(
        (n for n, s in enumerate(sections) if s.role == "article"),
        default=len(sections) - 1,
    )
    head = document.head
    versions = version_views(book, law, version)
    ended = next((v.standing for v in versions if v.active and v.tone == "ended"), "")
    return LawPage(
        is_digest=is_edited(m),
        texts=tuple(
            Link(h.title, document_path(h.id))
            for h in book.texts.get((law, version), ())
        ),
        law=law,
        title=head.title,
        form=search_form(Ask()),
        badges=tuple(
            Badge(text, tone)
            for text, tone in [(ended, "warn"), *_badges(head)]
            if text
        ),
        meta=meta(head)[1:] if head.authority else meta(head),
        versions=versions,
        concordance=_concordance(book, concordance),
        comparison=comparison(book.provisions_of(law), concordance, compared)
        if compared
        else None,
        version=version,
        choices=tuple(
            h.metadata.version or ""
            for h in book.versions[law]
            if h.metadata.provisions
        ),
        intro=sections[:first],
        articles=_articles(store, book, m, sections[first : last + 1], concordance),
        outro=sections[last + 1 :] if first < len(sections) else (),
        sources=tuple(
            SourceView(s.name, SOURCE_GRADES[s.grade], s.url)
            for s in m.sources
            if s.grade != "C"
        ),
        reposts=sum(s.grade == "C" for s in m.sources),
        checked_on=m.checked_on,
        uncertain=m.uncertain,
        document=document_path(head.id),
        numbers=m.doc_numbers,
        dates=tuple(
            f"{label} {value}"
            for label, value in (
                ("通过", m.passed_on),
                ("施行", m.effective_from),
                ("至", m.effective_to),
            )
            if value
        ),
    )


def _badges(head: DocumentHead) -> list[tuple[str, str]]:
    return [
        (head.metadata.tier or "", "plain"),
        ("资料不全" if head.completeness == "brief" else "", "warn"),
        ("待核" if needs_checking(head) else "", "warn"),
    ]


def _concordance(book: LawBook, concordance: Concordance) -> ConcordanceView | None:
    versions = concordance.versions
    if len(versions) < 2 or not concordance.rows:
        return None
    law = concordance.law
    table: dict[str, dict[str, list[Cell]]] = {}
    for row in concordance.rows:
        cell = Cell(
            row.article, law_path(law, row.version, base_article(row.article)), row.note
        )
        table.setdefault(row.provision, {}).setdefault(row.version, []).append(cell)
    ordered = [(name, table[name]) for name in book.provisions_of(law) if name in table]
    return ConcordanceView(
        versions,
        tuple(
            (
                name,
                tuple(tuple(cells.get(v, ())) for v in versions),
                _compare_link(law, name, versions, cells),
            )
            for name, cells in ordered
        ),
    )


def _compare_link(
    law: str,
    provision: str,
    versions: Sequence[str],
    cells: Mapping[str, Sequence[Cell]],
) -> str | None:
    present = [v for v in versions if v in cells]
    if len(present) < 2:
        return None
    compared = with_parameters(
        law_path(law), [("left", present[-2]), ("right", present[-1])]
    )
    return f"{compared}#{quote(row_anchor(provision))}"


def _articles(
    store: Store,
    book: LawBook,
    m: Metadata,
    sections: Sequence[SectionView],
    concordance: Concordance,
) -> tuple[ArticleView, ...]:
    law, version = m.law or "", m.version or ""
    own = {base_article(section.heading) for section in sections}
    provided = concordance.provided(version)
    without = {
        article: provisions[-1]
        for article, provisions in provided.items()
        if article not in own
    }
    views: list[ArticleView] = []
    for section in sections:
        article = base_article(section.heading)
        here = provided.get(article, [])
        others = tuple(
            other for other, provision in without.items() if provision in here
        )
        without = {
            other: provision
            for other, provision in without.items()
            if other not in others
        }
        is_new = section.role == "article" and all(
            article != view.anchor for view in views
        )
        view = _article(store, ArticleKey(law, version, article), section, here, others)
        place = book.text_of(law, version, article)
        views.append(
            replace(
                view,
                anchor=article if is_new else "",
                text=place_path(place) if place else None,
            )
        )
    return tuple(views)


def _article(
    store: Store,
    key: ArticleKey,
    section: SectionView,
    provisions: Sequence[str],
    others: tuple[str, ...],
) -> ArticleView:
    law, version, article = key.law, key.version, key.article
    counts: dict[str, int] = {}
    for head in citing_heads(store, law, version, article):
        counts[head.kind] = counts.get(head.kind, 0) + 1
    cases = cases_path(law, version, article)
    links = tuple(
        Link(label, f"{cases}#{kind}", counts[kind])
        for kind, label in KINDS.items()
        if kind in counts
    )
    provision = next((name for name in provisions if name not in section.heading), None)
    unstated = _unstated(store, law, version, article)
    count = len(_presumed(store, law, version, article))
    presumed = Link(PRESUMED[BY_DATE], f"{cases}#presumed", count) if count else None
    return ArticleView(
        article, others, section, provision, links, unstated, presumed, None
    )


def _unstated(store: Store, law: str, version: str, article: str) -> Link | None:
    """Return the documents that cite this number without saying of which version."""
    count = (
        len(citing_heads(store, law, VERSION_UNSTATED, article))
        if version != VERSION_UNSTATED
        else 0
    )
    return (
        Link(
            version_label(law, VERSION_UNSTATED),
            cases_path(law, VERSION_UNSTATED, article),
            count,
        )
        if count
        else None
    )


def citing_heads(
    store: Store, law: str, version: str, article: str
) -> list[DocumentHead]:
    """Return the documents that cite an article of one version, newest first; the law itself is
    none of them.
    """
    heads = store.heads(
        store.citing(law=law, version=version, article=article)
    ).values()
    return sorted(
        (h for h in heads if h.metadata.law != law),
        key=lambda h: (h.decided_on or "", h.id),
        reverse=True,
    )


def _presumed(store: Store, law: str, version: str, article: str) -> list[DocumentHead]:
    """Return the documents that name no version and are presumed to mean this one, newest first."""
    heads = store.heads(store.presumed_to_cite(law, version, article)).values()
    return sorted(
        (h for h in heads if h.metadata.law != law),
        key=lambda h: (h.decided_on or "", h.id),
        reverse=True,
    )


def citing_page(store: Store, law: str, version: str, article: str) -> CitingPage:
    """Lay out who cites an article, and where its counterparts' citations are."""
    groups: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {}
    heads = citing_heads(store, law, version, article)
    for head in heads:
        groups.setdefault(head.kind, []).append(
            (document_path(head.id), head.title, meta(head))
        )
    others = tuple(
        Link(
            f"{law}（{row.version}）{row.article}",
            cases_path(law, row.version, row.article),
            count,
        )
        for row in store.counterparts(law, version, article)
        if (count := len(citing_heads(store, law, row.version, row.article)))
    )
    return CitingPage(
        law,
        version,
        article,
        law_path(law, None if version == VERSION_UNSTATED else version, article),
        search_form(Ask()),
        tuple(
            (kind, label, tuple(groups[kind]))
            for kind, label in KINDS.items()
            if kind in groups
        ),
        len(heads),
        others,
        tuple(
            (document_path(h.id), h.title, meta(h))
            for h in _presumed(store, law, version, article)
        ),
    )
