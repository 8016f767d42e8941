"""Overseas pages: the matrix of jurisdictions and industries, one jurisdiction, several
compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from kb.counts.tables import CountedRow, cross_table
from kb.records import Document, DocumentHead, Filters
from kb.store import Store
from kb.vocabulary import INDUSTRIES, JURISDICTIONS, ROLES, UNLABELLED
from search.catalogue import Catalogue
from search.facets import Columns
from web.address import PageRequest, document_path, list_path
from web.views.common import Link, badges, meta, results
from web.views.form import EMPTY_FORM, SearchForm
from web.views.hits import HitView
from web.views.text import LinkOf, SectionView, section_views

FOREIGN_KINDS: Final = ("foreign_case", "foreign_guide")
MAX_COMPARED: Final = 3
#: Guides of one jurisdiction on a page, at most.
_MOST_GUIDES: Final = 10

#: The fixed questions of a guide, in the order an enterprise asks them.
QUESTIONS: Final = (
    "legal_sources",
    "definition",
    "conduct",
    "defences",
    "evidence",
    "civil_remedies",
    "criminal_liability",
    "limitation",
    "procedure",
    "employee_mobility",
    "administrative_measures",
    "practical_steps",
    "industry_notes",
    "precedents",
    "verification",
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
    rows = [
        _matrix_row(kinds, industries)
        for kinds, industries in _count_jurisdictions(columns)
    ]
    return MatrixPage(
        form=EMPTY_FORM,
        industries=INDUSTRIES,
        rows=tuple(rows),
        total_cases=sum(row.cases for row in rows),
        total_guides=sum(row.guides for row in rows),
    )


def _count_jurisdictions(columns: Columns) -> Iterator[tuple[CountedRow, CountedRow]]:
    """Yield each jurisdiction with its documents by kind, and its cases by industry."""
    kinds: dict[str, Mapping[str, int]] = {}
    industries: dict[str, Mapping[str, int]] = {}
    for code in JURISDICTIONS:
        everything = _of(code, *FOREIGN_KINDS)
        kinds[code] = dict(columns.counts(everything, ["kind"])["kind"])
        counted = columns.counts(_of(code, "foreign_case"), ["industry"])["industry"]
        industries[code] = dict(counted)
    by_kind = cross_table(JURISDICTIONS, FOREIGN_KINDS, kinds)
    for row in by_kind:
        cells = [industries[row.value].get(industry, 0) for industry in INDUSTRIES]
        yield row, CountedRow(row.value, tuple(cells))


def _of(code: str, *kinds: str) -> Filters:
    return Filters(include={"kind": kinds, "jurisdiction": (code,)})


def _matrix_row(kinds: CountedRow, industries: CountedRow) -> MatrixRow:
    code = kinds.value
    cases, guides = kinds.counts
    cells = [
        _industry(code, industry, count)
        for industry, count in zip(INDUSTRIES, industries.counts, strict=True)
    ]
    href = f"/jurisdictions/{code}"
    return MatrixRow(
        code=code,
        label=JURISDICTIONS[code],
        href=href,
        guides=guides,
        cases=cases,
        cells=tuple(cells),
    )


def _industry(
    code: str,
    industry: str,
    count: int,
) -> Link | None:
    """Return the way to the cases of an industry in a jurisdiction; None where there are none."""
    label = f"{JURISDICTIONS[code]}，{industry}"
    path = list_path(kind="foreign_case", jurisdiction=code, industry=industry)
    return Link(label, path, count) if count else None


def read_guides(
    store: Store,
    catalogue: Catalogue,
    codes: Sequence[str],
) -> dict[str, list[Document]]:
    """Return the guides of each jurisdiction, newest first."""
    if not codes:
        return {}
    of_all = catalogue.passing(_guides_of(codes))
    in_order = catalogue.in_order(store, of_all, "newest").tolist()
    shown: dict[str, list[int]] = {}
    for code in codes:
        mine = set(catalogue.passing(_guides_of([code])).tolist())
        shown[code] = [guide for guide in in_order if guide in mine][:_MOST_GUIDES]
    read = store.documents(chain.from_iterable(shown.values()))
    guides: dict[str, list[Document]] = {code: [] for code in codes}
    for code, numbers in shown.items():
        guides[code] += [read[number] for number in numbers if number in read]
    return guides


def _guides_of(codes: Sequence[str]) -> Filters:
    return Filters(include={"kind": ("foreign_guide",), "jurisdiction": tuple(codes)})


@dataclass(frozen=True, slots=True)
class CaseList:
    """The first cases of a jurisdiction, how many there are, and excerpts by document."""

    heads: Sequence[DocumentHead]
    total: int
    excerpts: Mapping[int, str]


def jurisdiction_page(
    columns: Columns,
    code: str,
    documents: Sequence[Document],
    cases: CaseList,
    link_of: LinkOf,
) -> JurisdictionPage:
    """Lay out one jurisdiction."""
    wanted = PageRequest(filters=_of(code, "foreign_case"))
    return JurisdictionPage(
        code=code,
        label=JURISDICTIONS[code],
        form=EMPTY_FORM,
        guides=tuple(_guide(document, link_of) for document in documents),
        cases=tuple(_cases(wanted, cases)),
        cases_total=cases.total,
        all_cases=wanted.url(),
        industries=tuple(_industries(columns, wanted)),
        others=tuple(_other_jurisdictions(columns, code)),
    )


def _cases(wanted: PageRequest, cases: CaseList) -> Iterator[HitView]:
    for rank, head in enumerate(cases.heads, 1):
        yield HitView(
            rank=rank,
            href=document_path(head.id, wanted, rank),
            title=head.title,
            badges=badges(head)[1:],
            meta=meta(head),
            results=results(head),
            reasons=(),
            passages=(),
            excerpt=cases.excerpts.get(head.id),
        )


def _industries(columns: Columns, wanted: PageRequest) -> Iterator[Link]:
    """Yield the industries of the cases that are wanted."""
    counts = columns.counts(wanted.filters, ["industry"])["industry"]
    for name, count in counts:
        if name != UNLABELLED:
            yield Link(name, wanted.including("industry", name).url(), count)


def _other_jurisdictions(columns: Columns, code: str) -> Iterator[tuple[str, str]]:
    for other in _with_guides(columns):
        if other != code:
            yield other, JURISDICTIONS[other]


def _with_guides(columns: Columns) -> list[str]:
    """Return the jurisdictions of which there are guides."""
    guides = Filters(include={"kind": ("foreign_guide",)})
    counts = dict(columns.counts(guides, ["jurisdiction"])["jurisdiction"])
    return [code for code in JURISDICTIONS if counts.get(code)]


def _guide(document: Document, link_of: LinkOf) -> GuideView:
    head, m = document.head, document.head.metadata
    return GuideView(
        title=head.title,
        href=document_path(head.id),
        checked_on=m.checked_on,
        uncertain=m.uncertain,
        sections=section_views(document, (), link_of),
        only_reposts={source.grade for source in m.sources} == {"C"},
    )


def compare_page(
    columns: Columns,
    codes: Sequence[str],
    guides: Mapping[str, Sequence[Document]],
    link_of: LinkOf,
) -> ComparePage:
    """Lay the guides of two or three jurisdictions side by side, one row a question.

    `codes` are all that were asked for, `guides` those of the first three of them.
    """
    laid_out = [_laid_out(documents, link_of) for documents in guides.values()]
    return ComparePage(
        form=EMPTY_FORM,
        columns=tuple(
            Link(JURISDICTIONS[code], f"/jurisdictions/{code}") for code in guides
        ),
        rows=tuple(_compared(laid_out)),
        choices=tuple(
            (code, JURISDICTIONS[code], code in guides)
            for code in _with_guides(columns)
        ),
        cut=len(codes) > len(guides),
    )


def _laid_out(
    documents: Iterable[Document], link_of: LinkOf
) -> list[tuple[str, SectionView]]:
    """Return the sections of the guides of a jurisdiction, each with where it stands."""
    found: list[tuple[str, SectionView]] = []
    for document in documents:
        path = document_path(document.head.id)
        sections = section_views(document, (), link_of)
        found += [(f"{path}#{section.anchor}", section) for section in sections]
    return found


def _compared(
    columns: Sequence[Sequence[tuple[str, SectionView]]],
) -> Iterator[tuple[str, tuple[Answer, ...]]]:
    """Yield the questions that any of the jurisdictions answers, with the answers."""
    for role in QUESTIONS:
        answers = tuple(_answer(sections, role) for sections in columns)
        if any(answer.sections for answer in answers):
            yield ROLES[role], answers


def _answer(sections: Iterable[tuple[str, SectionView]], role: str) -> Answer:
    found = [one for one in sections if one[1].role == role]
    href = found[0][0] if found else ""
    return Answer(tuple(section for _, section in found), href)
