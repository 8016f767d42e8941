"""Lists of guidance and of elements, and the page about this knowledge base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kb.counts.tables import CountedRow, cross_table
from kb.law.book import LawBook
from kb.law.numbers import Renumbered, renumbered
from kb.records import DocumentHead, Filters
from kb.vocabulary import BINDING, ELEMENTS, KINDS, SOURCE_GRADES, TIERS, TIERS_SOURCE
from search.facets import Columns
from web.address import document_path, list_path
from web.views.common import Badge, Coverage, Link, badges
from web.views.form import EMPTY_FORM, SearchForm

#: Places in the list of guidance, and of elements.
_FIRST: Final = {"guide-handling": 0, "guide-evidence": 1}
_ELEMENTS: Final = {element: place for place, element in enumerate(ELEMENTS)}
#: So many of the tiers are those of cases; the others are those of laws.
_CASE_TIERS: Final = 4
_TRACKS: Final = ("administrative", "civil", "criminal", "foreign_case")


@dataclass(frozen=True, slots=True)
class GuidanceView:
    """One document of guidance in a list."""

    title: str
    href: str
    excerpt: str | None
    badges: tuple[Badge, ...]
    elements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ElementRow:
    """One element with the number of cases of each track about it."""

    element: str
    total: Link
    counts: tuple[Link | None, ...]


@dataclass(frozen=True, slots=True)
class ElementsPage:
    """Guidance in two lists, and elements across the tracks."""

    form: SearchForm
    handling: tuple[GuidanceView, ...]
    elements: tuple[GuidanceView, ...]
    tracks: tuple[str, ...]
    rows: tuple[ElementRow, ...]


@dataclass(frozen=True, slots=True)
class AboutPage:
    """What is here, what is not, and how it is treated."""

    form: SearchForm
    coverage: Coverage
    tiers: tuple[tuple[str, str], ...]
    binding: str
    binding_tier: str
    tiers_source: str
    renumbered: Renumbered | None
    grades: tuple[tuple[str, str], ...]


def elements_page(
    columns: Columns,
    heads: Sequence[DocumentHead],
    excerpts: Mapping[int, str],
) -> ElementsPage:
    """Lay out guidance and elements."""
    handling: list[GuidanceView] = []
    elements: list[GuidanceView] = []
    for head in sorted(heads, key=_place):
        shelf = elements if _is_element(head) else handling
        shelf.append(_guidance(head, excerpts.get(head.id)))
    return ElementsPage(
        form=EMPTY_FORM,
        handling=tuple(handling),
        elements=tuple(elements),
        tracks=tuple(KINDS[track] for track in _TRACKS),
        rows=tuple(map(_row, _count_elements(columns))),
    )


def _place(head: DocumentHead) -> tuple[int, int, str]:
    """Return the reading order: the handling guide and evidence first, elements as the law orders
    them.
    """
    first = _FIRST.get(head.slug, len(_FIRST))
    named = [_ELEMENTS[name] for name in head.metadata.elements if name in _ELEMENTS]
    return first, min(named, default=len(_ELEMENTS)), head.title


def _is_element(head: DocumentHead) -> bool:
    return head.slug.startswith("element-")


def _guidance(head: DocumentHead, excerpt: str | None) -> GuidanceView:
    return GuidanceView(
        title=head.title,
        href=document_path(head.id),
        excerpt=excerpt,
        badges=badges(head)[1:],
        elements=head.metadata.elements,
    )


def _count_elements(columns: Columns) -> list[CountedRow]:
    """Count the cases of each track about each element."""
    counted = {}
    for element in ELEMENTS:
        filters = Filters(include={"element": (element,)})
        counted[element] = dict(columns.counts(filters, ["kind"])["kind"])
    return cross_table(ELEMENTS, _TRACKS, counted)


def _row(counted: CountedRow) -> ElementRow:
    element = counted.value
    total = Link(element, list_path(kind=_TRACKS, element=element), counted.total)
    cells = [
        _cell(element, kind, count)
        for kind, count in zip(_TRACKS, counted.counts, strict=True)
    ]
    return ElementRow(
        element=element,
        total=total,
        counts=tuple(cells),
    )


def _cell(
    element: str,
    kind: str,
    count: int,
) -> Link | None:
    """Return the way to the cases of a track about an element; None where there are none."""
    label = f"{element}，{KINDS[kind]}"
    return Link(label, list_path(kind=kind, element=element), count) if count else None


def about_page(coverage: Coverage, book: LawBook) -> AboutPage:
    """Lay out the page about this knowledge base."""
    return AboutPage(
        form=EMPTY_FORM,
        coverage=coverage,
        tiers=tuple(TIERS.items())[:_CASE_TIERS],
        binding=BINDING,
        binding_tier="、".join(t for t, effect in TIERS.items() if effect == BINDING),
        tiers_source=TIERS_SOURCE,
        renumbered=renumbered(book),
        grades=tuple(SOURCE_GRADES.items()),
    )
