"""The reading page: text with numbered paragraphs, what is known of it, and where to go from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kb.fields import FACTS, Field
from kb.messages.reasons import words
from kb.records import Document, DocumentHead, Metadata
from kb.vocabulary import CONFIDENCE, KINDS, SOURCE_GRADES
from search.results import Hit
from web.address import Ask, document_path, law_path, list_path
from web.views.common import (
    Badge,
    Link,
    amount_words,
    badges,
    meta,
    needs_checking,
    sums_unknown,
)
from web.views.search import SearchForm, search_form
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
    position: str | None
    previous: str | None
    next: str | None


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


def reading_page(
    document: Document,
    ask: Ask,
    sections: tuple[SectionView, ...],
    around: Around,
    trail: Trail | None,
    base_url: str,
) -> ReadingPage:
    """Lay out one document."""
    head, m = document.head, document.head.metadata
    grades = [source.grade for source in m.sources]
    return ReadingPage(
        id=head.id,
        title=head.title,
        name_en=m.name_en,
        kind=Link(KINDS[head.kind], f"/browse/{head.kind}"),
        badges=badges(head)[1:],
        meta=meta(head),
        form=search_form(ask),
        trail=trail,
        warnings=tuple(around.outdated),
        version_rules=around.version_rules,
        sections=sections,
        marks=sum(section.marks for section in sections),
        query=ask.text,
        facts=(*_facts(head), *_presumptions(document)),
        amounts=_amounts(m),
        statutes=tuple(around.statutes),
        uncertain=m.uncertain,
        sources=tuple(
            SourceView(s.name, SOURCE_GRADES[s.grade], s.url)
            for s in m.sources
            if s.grade != "C"
        ),
        reposts=grades.count("C"),
        only_reposts=bool(grades) and set(grades) == {"C"},
        law=Link(m.law, law_path(m.law)) if m.law and m.version else None,
        related=tuple(_neighbour(other, (why,)) for other, why in around.related),
        similar=tuple(map(_similar, around.similar)),
        cite=cite(head),
        address=f"{base_url.rstrip('/')}{document_path(head.id)}",
    )


def cite(head: DocumentHead) -> str:
    """Return what a quotation names: title, number, authority, date."""
    return ",".join(
        part
        for part in (head.title, head.case_number, head.authority, head.decided_on)
        if part
    )


def _facts(head: DocumentHead) -> tuple[Fact, ...]:
    rows = (
        Fact(
            field.heading, _MORE_THAN_A_FIELD.get(field.attribute, _values)(field, head)
        )
        for field in FACTS
    )
    return tuple(row for row in rows if row.values)


def _presumptions(document: Document) -> tuple[Fact, ...]:
    """Return the versions nobody wrote beside the articles of a text and it is presumed to mean."""
    told = tuple(
        dict.fromkeys(
            told for citation in document.citations if (told := presumption(citation))
        )
    )
    return (Fact("法条版本", told),) if told else ()


def _values(field: Field, head: DocumentHead) -> tuple[Link | str, ...]:
    """Return the values of a field as people read them; one that is filtered by leads to its
    documents.
    """
    values = field.values_of(head.metadata)
    if field.facet is None:
        return tuple(field.shown(value) for value in values)
    return tuple(
        Link(field.shown(value), list_path(**{field.name: value})) for value in values
    )


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
    unknown = tuple((outcome, "数额未载") for outcome in sums_unknown(m))
    return unknown + tuple((a.type, amount_words(a)) for a in m.amounts)


def _jurisdiction(field: Field, head: DocumentHead) -> tuple[Link | str, ...]:
    """Return the jurisdiction with its page; only documents that are foreign by their kind make
    one.
    """
    code = head.metadata.jurisdiction
    if code is None or code == "CN":
        return ()
    is_foreign = head.kind in ("foreign_case", "foreign_guide")
    return (
        Link(
            field.shown(code),
            f"/jurisdictions/{code}" if is_foreign else list_path(jurisdiction=code),
        ),
    )


def _dates(field: Field, head: DocumentHead) -> tuple[str, ...]:
    m = head.metadata
    if m.date_note:
        return (m.date_note,)
    named = (
        ("裁判或决定", m.decided_on),
        ("公布", m.published_on),
        ("通过", m.passed_on),
        ("施行", m.effective_from),
        ("失效", m.effective_to),
        ("核对", m.checked_on),
    )
    return tuple(f"{label} {value}" for label, value in named if value)


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


def _neighbour(head: DocumentHead, reasons: tuple[str, ...]) -> Neighbour:
    href = document_path(head.id)
    return Neighbour(href, head.title, badges(head), meta(head)[:3], reasons)


def related_labels(
    document: Document, by_slug: Mapping[str, DocumentHead]
) -> list[tuple[DocumentHead, str]]:
    """Return the documents this one names, each with 「相关」 or 「文中提到」."""
    named = [(slug, "相关文书") for slug in document.head.metadata.related]
    named += [(c.target, "文中提到") for c in document.citations if c.target]
    found: dict[int, tuple[DocumentHead, str]] = {}
    for slug, label in named:
        head = by_slug.get(slug)
        if head is not None and head.id != document.head.id:
            found.setdefault(head.id, (head, label))
    return list(found.values())
