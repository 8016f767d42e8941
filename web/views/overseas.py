"""Overseas pages: the matrix of jurisdictions and industries, one jurisdiction, several
compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kb.records import Document, DocumentHead, Filters
from kb.store import Store
from kb.vocabulary import INDUSTRIES, JURISDICTIONS, ROLES, UNLABELLED
from search.catalogue import Catalogue
from search.facets import Columns
from web.address import Ask, document_path, list_path
from web.views.common import Link, badges, meta, results
from web.views.search import HitView, SearchForm, search_form
from web.views.text import LinkOf, SectionView, section_views

#: Gives, for a document, where each of its citations leads.
LinksOf = Callable[[Document], LinkOf]

FOREIGN_KINDS: Final = ("foreign_case", "foreign_guide")
MAX_COMPARED: Final = 3

#: The fixed questions of a guide, in the order an enterprise asks them.
QUESTIONS: Final = (
    *(
        "legal_sources",
        "definition",
        "conduct",
        "defences",
        "evidence",
        "civil_remedies",
    ),
    *(
        "criminal_liability",
        "limitation",
        "procedure",
        "employee_mobility",
        "administrative_measures",
    ),
    *("practical_steps", "industry_notes", "precedents", "verification"),
)


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One jurisdiction: its totals and its cases in each industry."""

    code: str
    label: str
    href: str
    guides: int
    cases: int
    cells: tuple[Link | None, ...]


@dataclass(frozen=True, slots=True)
class MatrixPage:
    """Jurisdictions by industries."""

    form: SearchForm
    industries: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    total_cases: int
    total_guides: int


@dataclass(frozen=True, slots=True)
class GuideView:
    """A guide laid out by its questions."""

    title: str
    href: str
    checked_on: str | None
    uncertain: tuple[str, ...]
    sections: tuple[SectionView, ...]
    only_reposts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JurisdictionPage:
    """One jurisdiction: guides and cases."""

    code: str
    label: str
    form: SearchForm
    guides: tuple[GuideView, ...]
    cases: tuple[HitView, ...]
    cases_total: int
    all_cases: str
    industries: tuple[Link, ...]
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one jurisdiction's guide says to one question; empty when it says nothing."""

    sections: tuple[SectionView, ...]
    href: str


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Questions as rows, jurisdictions as columns; `cut` when more were asked for than can be
    shown.
    """

    form: SearchForm
    columns: tuple[Link, ...]
    rows: tuple[tuple[str, tuple[Answer, ...]], ...]
    choices: tuple[tuple[str, str, bool], ...]
    cut: bool


def matrix_page(columns: Columns) -> MatrixPage:
    """Count foreign documents by jurisdiction and industry."""
    counts = dict(columns.counts(_foreign(), ["jurisdiction"])["jurisdiction"])
    rows = [
        _matrix_row(columns, code, label)
        for code, label in JURISDICTIONS.items()
        if counts.get(code)
    ]
    return MatrixPage(
        search_form(Ask()),
        INDUSTRIES,
        tuple(rows),
        sum(r.cases for r in rows),
        sum(r.guides for r in rows),
    )


def _foreign(**include: str) -> Filters:
    return Filters(
        include={"kind": FOREIGN_KINDS}
        | {name: (value,) for name, value in include.items()}
    )


def _matrix_row(columns: Columns, code: str, label: str) -> MatrixRow:
    case = Filters(include={"kind": ("foreign_case",), "jurisdiction": (code,)})
    kinds = dict(columns.counts(_foreign(jurisdiction=code), ["kind"])["kind"])
    industries = dict(columns.counts(case, ["industry"])["industry"])
    cells = tuple(
        Link(
            f"{label}，{industry}",
            list_path(kind="foreign_case", jurisdiction=code, industry=industry),
            industries[industry],
        )
        if industries.get(industry)
        else None
        for industry in INDUSTRIES
    )
    guides, cases = kinds.get("foreign_guide", 0), kinds.get("foreign_case", 0)
    return MatrixRow(code, label, f"/jurisdictions/{code}", guides, cases, cells)


def guides(store: Store, catalogue: Catalogue, code: str) -> list[Document]:
    """Return the guides of a jurisdiction."""
    heads, _ = catalogue.listing(
        store,
        Filters(include={"kind": ("foreign_guide",), "jurisdiction": (code,)}),
        limit=10,
    )
    return [
        document for head in heads if (document := store.document(head.id)) is not None
    ]


def jurisdiction_page(
    columns: Columns,
    code: str,
    documents: Sequence[Document],
    leads: Mapping[int, str],
    cases: Sequence[DocumentHead],
    total: int,
    link_of: LinksOf,
) -> JurisdictionPage:
    """Lay out one jurisdiction."""
    label = JURISDICTIONS[code]
    filters = {"kind": ("foreign_case",), "jurisdiction": (code,)}
    ask = Ask(filters=Filters(include=filters))
    counts = columns.counts(Filters(include=filters), ["industry"])["industry"]
    return JurisdictionPage(
        code=code,
        label=label,
        form=search_form(Ask()),
        guides=tuple(_guide(document, link_of) for document in documents),
        cases=tuple(
            _case(ask, head, rank, leads) for rank, head in enumerate(cases, 1)
        ),
        cases_total=total,
        all_cases=ask.url(),
        industries=tuple(
            Link(name, ask.including("industry", name).url(), count)
            for name, count in counts
            if name != UNLABELLED
        ),
        others=tuple((c, JURISDICTIONS[c]) for c in _with_guides(columns) if c != code),
    )


def _with_guides(columns: Columns) -> list[str]:
    counts = dict(
        columns.counts(Filters(include={"kind": ("foreign_guide",)}), ["jurisdiction"])[
            "jurisdiction"
        ]
    )
    return [code for code in JURISDICTIONS if counts.get(code)]


def _guide(document: Document, link_of: LinksOf) -> GuideView:
    head, m = document.head, document.head.metadata
    grades = {source.grade for source in m.sources}
    sections = section_views(document, (), link_of(document))
    return GuideView(
        head.title,
        document_path(head.id),
        m.checked_on,
        m.uncertain,
        sections,
        grades == {"C"},
    )


def _case(ask: Ask, head: DocumentHead, rank: int, leads: Mapping[int, str]) -> HitView:
    return HitView(
        rank,
        document_path(head.id, ask, rank),
        head.title,
        badges(head)[1:],
        meta(head),
        results(head),
        (),
        (),
        leads.get(head.id),
    )


def compare_page(
    store: Store, catalogue: Catalogue, codes: Sequence[str], link_of: LinksOf
) -> ComparePage:
    """Lay the guides of two or three jurisdictions side by side, one row a question; of more, the
    first three.
    """
    asked, codes = codes, codes[:MAX_COMPARED]
    documents = {code: guides(store, catalogue, code) for code in codes}
    views = {
        code: [(d.head.id, section_views(d, (), link_of(d))) for d in documents[code]]
        for code in codes
    }
    rows = []
    for role in QUESTIONS:
        answers = tuple(_answer(views[code], role) for code in codes)
        if any(answer.sections for answer in answers):
            rows.append((ROLES[role], answers))
    return ComparePage(
        search_form(Ask()),
        tuple(Link(JURISDICTIONS[code], f"/jurisdictions/{code}") for code in codes),
        tuple(rows),
        tuple(
            (code, JURISDICTIONS[code], code in codes)
            for code in _with_guides(catalogue.columns)
        ),
        len(asked) > MAX_COMPARED,
    )


def _answer(views: Sequence[tuple[int, tuple[SectionView, ...]]], role: str) -> Answer:
    found = [
        (document_id, s)
        for document_id, sections in views
        for s in sections
        if s.role == role
    ]
    href = f"{document_path(found[0][0])}#{found[0][1].anchor}" if found else ""
    return Answer(tuple(section for _, section in found), href)
