"""The reading page: text with numbered paragraphs, what is known of it, and where to go from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kb.counts.results import unknown_amounts
from kb.fields import FACTS, Field
from kb.messages.reasons import words
from kb.records import Document, DocumentHead, Metadata
from kb.vocabulary import CONFIDENCE, KINDS, SOURCE_GRADES
from search.results import Hit
from web.address import PageRequest, document_path, law_path, list_path
from web.views.amounts import amount_words
from web.views.common import (
    Badge,
    Link,
    badges,
    meta,
    needs_checking,
)
from web.views.form import SearchForm, search_form
from web.views.text import SectionView, presumption


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of 要点."""

    label: str
    values: tuple[Link | str, ...]


@dataclass(frozen=True, slots=True)
class StatuteView:
    """An article the document rests on, and what stands for it today."""

    text: str
    href: str | None
    current: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class VersionRuleView:
    """An article that says which version of a law applies, and what it says."""

    article: Link
    says: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """A source as a reader may see it: reposts have neither name nor address."""

    name: str
    grade: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another document beside this one, with why."""

    href: str
    title: str
    badges: tuple[Badge, ...]
    meta: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """Where the reader came from: the list, the place in it, the next and the one before."""

    back: str
    back_label: str
    position: str | None = None
    previous: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPage:
    """One document."""

    id: int
    title: str
    name_en: str | None
    kind: Link
    badges: tuple[Badge, ...]
    meta: tuple[str, ...]
    form: SearchForm
    trail: Trail | None
    warnings: tuple[StatuteView, ...]
    version_rules: tuple[VersionRuleView, ...]
    sections: tuple[SectionView, ...]
    marks: int
    query: str
    facts: tuple[Fact, ...]
    amounts: tuple[tuple[str, str], ...]
    statutes: tuple[StatuteView, ...]
    uncertain: tuple[str, ...]
    sources: tuple[SourceView, ...]
    reposts: int
    only_reposts: bool
    law: Link | None
    related: tuple[Neighbour, ...]
    similar: tuple[Neighbour, ...]
    cite: str
    address: str


@dataclass(frozen=True, slots=True)
class Around:
    """What the route gathered about a document beside its text."""

    similar: Sequence[Hit]
    related: Sequence[tuple[DocumentHead, str]]
    statutes: Sequence[StatuteView]
    outdated: Sequence[StatuteView]
    version_rules: tuple[VersionRuleView, ...]


@dataclass(frozen=True, slots=True)
class ReadingMaterial:
    """What the page of a document is made of; its address begins with `base_url`."""

    document: Document
    sections: tuple[SectionView, ...]
    around: Around
    trail: Trail | None
    base_url: str


def reading_page(wanted: PageRequest, material: ReadingMaterial) -> ReadingPage:
    """Lay out one document."""
    document, around = material.document, material.around
    head, m = document.head, document.head.metadata
    grades = [source.grade for source in m.sources]
    return ReadingPage(
        id=head.id,
        title=head.title,
        name_en=m.name_en,
        kind=Link(KINDS[head.kind], f"/browse/{head.kind}"),
        badges=badges(head)[1:],
        meta=meta(head),
        form=search_form(wanted),
        trail=material.trail,
        warnings=tuple(around.outdated),
        version_rules=around.version_rules,
        sections=material.sections,
        marks=sum(section.marks for section in material.sections),
        query=wanted.text,
        facts=(*_facts(head), *_presumptions(document)),
        amounts=_amounts(m),
        statutes=tuple(around.statutes),
        uncertain=m.uncertain,
        sources=source_views(m),
        reposts=grades.count("C"),
        only_reposts=set(grades) == {"C"},
        law=Link(m.law, law_path(m.law)) if m.law and m.version else None,
        related=tuple(_neighbour(other, (why,)) for other, why in around.related),
        similar=tuple(map(_similar, around.similar)),
        cite=cite(head),
        address=f"{material.base_url.rstrip('/')}{document_path(head.id)}",
    )


def source_views(m: Metadata) -> tuple[SourceView, ...]:
    """Return the sources but reposts, which have neither name nor address."""
    named = [source for source in m.sources if source.grade != "C"]
    return tuple(
        SourceView(
            name=s.name,
            grade=SOURCE_GRADES[s.grade],
            url=s.url,
        )
        for s in named
    )


def cite(head: DocumentHead) -> str:
    """Return what a quotation names: title, number, authority, date."""
    named = (head.title, head.case_number, head.authority, head.decided_on)
    return ",".join(filter(None, named))


def _facts(head: DocumentHead) -> Iterator[Fact]:
    for field in FACTS:
        values_of = _MORE_THAN_A_FIELD.get(field.attribute, _values)
        values = values_of(field, head)
        if values:
            yield Fact(field.heading, values)


def _presumptions(document: Document) -> Iterator[Fact]:
    """Yield the versions nobody wrote beside the articles of a text and it is presumed to mean."""
    told = dict.fromkeys(map(presumption, document.citations))
    told.pop("", None)
    if told:
        yield Fact("法条版本", tuple(told))


def _values(field: Field, head: DocumentHead) -> tuple[Link | str, ...]:
    """Return the values of a field as people read them; one that is filtered by leads to its
    documents.
    """
    values = field.values_of(head.metadata)
    if field.facet is None:
        return tuple(map(field.shown, values))
    return tuple(_link_to_value(field, value) for value in values)


def _link_to_value(field: Field, value: str) -> Link:
    return Link(field.shown(value), list_path(**{field.name: value}))


def _numbers(field: Field, head: DocumentHead) -> tuple[Link | str, ...]:
    """Return the document numbers and what a case from abroad is cited as."""
    return (*_values(field, head), *head.metadata.citations)


def _places(field: Field, head: DocumentHead) -> tuple[Link | str, ...]:
    """Return the regions, and the place where it is known."""
    place = head.metadata.place
    return (*_values(field, head), *([place] if place else []))


def confidence_words(head: DocumentHead) -> tuple[str, ...]:
    """Return how sure the editor is, with what that rests on where all of it is reposts."""
    m = head.metadata
    if not m.confidence:
        return ()
    if not needs_checking(head):
        return (CONFIDENCE[m.confidence],)
    agreeing = m.confidence == "high" and len(m.sources) > 1
    basis = "多处转载内容一致" if agreeing else "据转载整理"
    return (f"{CONFIDENCE[m.confidence]}（{basis}，原始出处待核）",)


def _amounts(m: Metadata) -> tuple[tuple[str, str], ...]:
    """Return sums by type; an outcome whose sum is not known stands first, so that no other sum is
    taken for it.
    """
    found = [(outcome, "数额未载") for outcome in unknown_amounts(m)]
    found += [(amount.type, amount_words(amount)) for amount in m.amounts]
    return tuple(found)


def _jurisdiction(field: Field, head: DocumentHead) -> tuple[Link | str, ...]:
    """Return the jurisdiction with its page; only documents that are foreign by their kind make
    one.
    """
    code = head.metadata.jurisdiction
    if code is None or code == "CN":
        return ()
    if head.kind in ("foreign_case", "foreign_guide"):
        return (Link(field.shown(code), f"/jurisdictions/{code}"),)
    return (_link_to_value(field, code),)


def _dates(field: Field, head: DocumentHead) -> tuple[str, ...]:
    m = head.metadata
    if m.date_note:
        return (m.date_note,)
    named = {
        "裁判或决定": m.decided_on,
        "公布": m.published_on,
        "通过": m.passed_on,
        "施行": m.effective_from,
        "失效": m.effective_to,
        "核对": m.checked_on,
    }
    return tuple(f"{label} {day}" for label, day in named.items() if day)


#: Facts that say more than the values of their field, or other than these, and how they are made.
_MORE_THAN_A_FIELD: Final[
    Mapping[str, Callable[[Field, DocumentHead], tuple[Link | str, ...]]]
] = {
    "doc_numbers": _numbers,
    "decided_on": _dates,
    "jurisdiction": _jurisdiction,
    "regions": _places,
    "confidence": lambda _, head: confidence_words(head),
}


def _similar(hit: Hit) -> Neighbour:
    return _neighbour(hit.document, tuple(map(words, hit.reasons)))


def _neighbour(head: DocumentHead, reasons: Sequence[str]) -> Neighbour:
    return Neighbour(
        href=document_path(head.id),
        title=head.title,
        badges=badges(head),
        meta=meta(head)[:3],
        reasons=tuple(reasons),
    )


def related_labels(
    document: Document, by_slug: Mapping[str, DocumentHead]
) -> list[tuple[DocumentHead, str]]:
    """Return the documents this one names, each with 「相关」 or 「文中提到」."""
    named = dict.fromkeys(document.head.metadata.related, "相关文书")
    for citation in document.citations:
        if citation.target:
            named.setdefault(citation.target, "文中提到")
    found: dict[int, tuple[DocumentHead, str]] = {}
    for slug, label in named.items():
        head = by_slug.get(slug)
        if head is not None and head.id != document.head.id:
            found.setdefault(head.id, (head, label))
    return list(found.values())
