"""A stored text as sections of numbered paragraphs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kb.deadline import checked
from kb.paragraphs import paragraphs
from kb.records import Citation, Document, StoredSection
from kb.vocabulary import PRESUMED
from web.views.common import Inline, heading_of
from web.views.runs import Highlights, Lead, Span, cut_runs, disjoint

LinkOf = Callable[[Citation], str | None]


@dataclass(frozen=True, slots=True)
class ParagraphView:
    """One paragraph: its number is its anchor #p<number>."""

    number: int
    is_item: bool
    inlines: tuple[Inline, ...]

    @property
    def marks(self) -> int:
        """Return how many marks begin here."""
        return sum(run.mark is not None for run in self.inlines)


@dataclass(frozen=True, slots=True)
class SectionView:
    """One section; `anchor` is its place in the table of contents."""

    anchor: str
    heading: str
    role: str
    marks: int
    paragraphs: tuple[ParagraphView, ...]


def section_views(
    document: Document,
    marks: Sequence[Span],
    link_of: LinkOf,
) -> tuple[SectionView, ...]:
    """Lay out the text of a document; marks are numbered from 1 through the whole text."""
    shown = Highlights(marks, disjoint(_leads(document, link_of)))
    found: dict[int, list[ParagraphView]] = {}
    number = 1
    for paragraph in checked(paragraphs(document.text, document.sections)):
        if paragraph.number == 0:
            continue
        start, is_item = _content_start(document.text, paragraph.start, paragraph.end)
        runs = cut_runs(document.text, (start, paragraph.end), shown, number)
        view = ParagraphView(
            number=paragraph.number,
            is_item=is_item,
            inlines=tuple(runs),
        )
        number += view.marks
        found.setdefault(paragraph.section, []).append(view)
    return tuple(
        _section(place, document.sections[place], views)
        for place, views in sorted(found.items())
    )


def _section(
    place: int,
    section: StoredSection,
    views: Sequence[ParagraphView],
) -> SectionView:
    return SectionView(
        anchor=f"s{place + 1}",
        heading=heading_of(section.role, section.heading),
        role=section.role,
        marks=sum(view.marks for view in views),
        paragraphs=tuple(views),
    )


def _leads(document: Document, link_of: LinkOf) -> Iterator[Lead]:
    """Yield where the citations lead that stand in the text so that they can be seen."""
    for citation in document.citations:
        start, end = citation.start, citation.end
        if start is None or end is None:
            continue
        href = link_of(citation)
        if href is not None and _shows(document.text[start:end], citation):
            yield Lead(
                start=start,
                end=end,
                href=href,
                note=presumption(citation),
            )


def _shows(words: str, citation: Citation) -> bool:
    """Tell whether `words` show the citation: its article, or the words of a link."""
    return citation.article is None or citation.article in words


def presumption(citation: Citation) -> str:
    """Return the version a citation is presumed to mean, and why; "" where it says so itself or
    nobody knows.
    """
    if not citation.presumed:
        return ""
    return f"{citation.law}（{citation.version}），{PRESUMED[citation.presumed]}"


def _content_start(
    text: str,
    start: int,
    end: int,
) -> tuple[int, bool]:
    """Return where the words of a paragraph begin, and whether it is an item of a list."""
    line = text[start:end]
    indent = len(line) - len(line.lstrip())
    is_item = line[indent:].startswith("- ")
    return start + indent + (2 if is_item else 0), is_item
