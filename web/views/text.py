"""A stored text as sections of numbered paragraphs, each in runs: plain, marked, linked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from kb.deadline import checked
from kb.paragraphs import paragraphs
from kb.records import Citation, Document
from kb.vocabulary import PRESUMED
from web.views.common import Inline, heading_of

Span = tuple[int, int]
LinkOf = Callable[[Citation], str | None]


class Lead(NamedTuple):
    """Where a span of a text leads, and what to tell of that."""

    start: int
    end: int
    href: str
    note: str


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """One paragraph: its number is its anchor #p<number>."""

    number: int
    is_item: bool
    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section; `anchor` is its place in the table of contents."""

    anchor: str
    heading: str
    role: str
    marks: int
    paragraphs: tuple[ParagraphView, ...]


def section_views(
    document: Document, marks: Sequence[Span], link_of: LinkOf
) -> tuple[SectionView, ...]:
    """Lay out the text of a document; marks are numbered from 1 through the whole text."""
    stated = [
        Lead(c.start, c.end, href, presumption(c))
        for c in document.citations
        if c.start is not None
        and c.end is not None
        and _stands(document.text[c.start : c.end], c)
        if (href := link_of(c)) is not None
    ]
    links = _disjoint(stated)
    found: dict[int, list[ParagraphView]] = {}
    number = 1
    for paragraph in checked(paragraphs(document.text, document.sections)):
        if paragraph.number == 0:
            continue
        start, is_item = _content_start(document.text, paragraph.start, paragraph.end)
        runs = tuple(_runs(document.text, start, paragraph.end, marks, links, number))
        number += sum(run.mark is not None for run in runs)
        found.setdefault(paragraph.section, []).append(
            ParagraphView(paragraph.number, is_item, runs)
        )
    return tuple(
        SectionView(
            anchor=f"s{index + 1}",
            heading=heading_of(section.role, section.heading),
            role=section.role,
            marks=sum(
                run.mark is not None
                for paragraph in found[index]
                for run in paragraph.inlines
            ),
            paragraphs=tuple(found[index]),
        )
        for index, section in enumerate(document.sections)
        if index in found
    )


def presumption(citation: Citation) -> str:
    """Return the version a citation is presumed to mean, and why; "" where it says so itself or
    nobody knows.
    """
    return (
        f"{citation.law}（{citation.version}），{PRESUMED[citation.presumed]}"
        if citation.presumed
        else ""
    )


def _stands(words: str, citation: Citation) -> bool:
    """Tell whether `words` show the citation: its article, or the words of a link."""
    return citation.article is None or citation.article in words


def _content_start(text: str, start: int, end: int) -> tuple[int, bool]:
    line = text[start:end]
    indent = len(line) - len(line.lstrip())
    is_item = line[indent:].startswith("- ")
    return start + indent + (2 if is_item else 0), is_item


def _runs(
    text: str,
    start: int,
    end: int,
    marks: Sequence[Span],
    links: Sequence[Lead],
    number: int,
) -> Iterator[Inline]:
    """Cut [start, end) wherever a mark or a link begins or ends.

    Marks and links are in order and each disjoint, so the one that holds a place is the
    last that has begun.
    """
    near_marks = [(max(a, start), min(b, end)) for a, b in _within(marks, start, end)]
    near_links = [
        link._replace(start=max(link.start, start), end=min(link.end, end))
        for link in _within(links, start, end)
    ]
    edges = sorted(
        {
            start,
            end,
            *(e for m in near_marks for e in m),
            *(e for k in near_links for e in k[:2]),
        }
    )
    begun = {a: b for a, b in near_marks}
    leading = {link.start: link for link in near_links}
    mark_end, lead = start, Lead(start, start, "", "")
    for left, right in zip(edges, edges[1:], strict=False):
        mark_end = begun.get(left, mark_end)
        lead = leading.get(left, lead)
        starts, leads = left in begun, left < lead.end
        yield Inline(
            text[left:right],
            left < mark_end,
            number if starts else None,
            lead.href if leads else None,
            note=lead.note if leads else "",
        )
        number += starts


_Spanned = TypeVar("_Spanned", bound=tuple[int, int] | Lead)


def _within(spans: Sequence[_Spanned], start: int, end: int) -> Sequence[_Spanned]:
    """Return the spans, in order and disjoint, that have a part in [start, end)."""
    first = bisect_right(spans, start, key=lambda span: span[1])
    return spans[first : bisect_left(spans, end, lo=first, key=lambda span: span[0])]


def _disjoint(links: Sequence[Lead]) -> list[Lead]:
    """Keep the longest of overlapping links: a link inside a link cannot be followed."""
    kept: list[Lead] = []
    for link in sorted(links, key=lambda item: (item[0], -item[1])):
        if not kept or link[0] >= kept[-1][1]:
            kept.append(link)
    return kept
