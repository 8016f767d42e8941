"""Records that several pages share: links, badges, text in pieces, what the store covers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from kb.counts.results import CaseResult, results_of
from kb.records import DocumentHead, Filters
from kb.store import Store
from kb.vocabulary import (
    BINDING,
    CASE_KINDS,
    COMPLETENESS,
    JURISDICTIONS,
    KINDS,
    ROLES,
    tier_effect,
)
from search.catalogue import Catalogue
from web.views.amounts import amount_words

_MAX_RESULTS: Final = 5
_LINE_END: Final = re.compile(r"\s*\n\s*(?:- )?")


class Link(Struct, frozen=True, gc=False):
    """Words that lead somewhere; `count` is how many things are there, `active` where one is
    already.
    """

    label: str
    href: str
    count: int | None = None
    active: bool = False


class Badge(Struct, frozen=True, gc=False):
    """A word in a frame; `tone` is kind, strong, plain or warn."""

    text: str
    tone: str = "plain"


class Inline(Struct, frozen=True, gc=False):
    """A run of text inside a paragraph. `mark` is its number among the marks when it starts one.

    `note` is what to tell of where `href` leads.
    """

    text: str
    marked: bool = False
    mark: int | None = None
    href: str | None = None
    change: str = ""
    note: str = ""


class Held(Struct, frozen=True, gc=False):
    """How much of one kind the store holds, and the latest date among it."""

    kind: str
    label: str
    count: int
    latest: str | None


class Coverage(Struct, frozen=True, gc=False):
    """What a reader may find here at all."""

    total: int
    held: tuple[Held, ...]

    def count(self, kind: str) -> int:
        """Return how many documents of a kind there are."""
        return next((h.count for h in self.held if h.kind == kind), 0)


def read_coverage(store: Store, catalogue: Catalogue) -> Coverage:
    """Count what this reader may see, by kind."""
    with store.snapshot():
        counts = dict(catalogue.columns.count("kind", catalogue.columns.ids))
        held = []
        for kind, label in KINDS.items():
            newest, _ = (
                catalogue.listing(store, Filters(include={"kind": (kind,)}), limit=1)
                if kind in counts
                else ([], 0)
            )
            held.append(
                Held(
                    kind=kind,
                    label=label,
                    count=counts.get(kind, 0),
                    latest=_latest(newest),
                )
            )
    return Coverage(sum(counts.values()), tuple(held))


def _latest(heads: Sequence[DocumentHead]) -> str | None:
    if not heads:
        return None
    metadata = heads[0].metadata
    return metadata.decided_on or metadata.published_on or metadata.effective_from


def pieces(text: str, marks: Iterable[tuple[int, int]]) -> tuple[Inline, ...]:
    """Cut `text` at its marks; marks are [start, end), may touch or overlap, and are clipped to the
    text.
    """
    found: list[Inline] = []
    position = 0
    for start, end in sorted(marks):
        start, end = max(start, position), min(end, len(text))
        if end <= start:
            continue
        if start > position:
            found.append(Inline(text[position:start]))
        found.append(Inline(text[start:end], marked=True))
        position = end
    if position < len(text):
        found.append(Inline(text[position:]))
    return tuple(found)


def snippet(
    text: str,
    marks: Iterable[tuple[int, int]],
    heading: str,
) -> tuple[Inline, ...]:
    """Cut a passage at its marks and set it as running text.

    The heading a passage begins with stands above it already; line ends and list dashes
    become one dot.
    """
    skip = len(heading) + 1 if heading and text.startswith(f"{heading}\n") else 0
    while text[skip : skip + 1].isspace() or text.startswith("- ", skip):
        skip += 2 if text.startswith("- ", skip) else 1
    moved = [(start - skip, end - skip) for start, end in marks]
    cut = pieces(text[skip:].rstrip(), moved)
    return tuple(
        Inline(_LINE_END.sub(_joint, p.text) if "\n" in p.text else p.text, p.marked)
        for p in cut
    )


def _joint(line_end: re.Match[str]) -> str:
    return " · " if "-" in line_end[0] else " "


def heading_of(role: str, heading: str) -> str:
    """Return the heading of a section as a reader sees it: 「步骤 现场检查」 is 「步骤 ·
    现场检查」.
    """
    if not heading:
        return ROLES.get(role, "正文")
    first, _, rest = heading.partition(" ")
    if not rest.strip() or role in ("body", "article"):
        return heading
    return f"{first} · {rest.strip()}"


def needs_checking(head: DocumentHead) -> bool:
    """Tell whether all that a document rests on are reposts whose origin is not known."""
    sources = head.metadata.sources
    return bool(sources) and all(source.grade == "C" for source in sources)


def badges(head: DocumentHead) -> tuple[Badge, ...]:
    """Return kind, tier with its effect, and what a reader must be warned of."""
    found = [Badge(KINDS[head.kind], "kind")]
    tier = head.metadata.tier
    if tier and head.kind in CASE_KINDS:
        effect = tier_effect(tier)
        words = f"{tier} · {effect}" if effect else tier
        tone = "strong" if effect == BINDING else "plain"
        found.append(Badge(words, tone))
    elif tier:
        found.append(Badge(tier))
    if head.completeness == "brief":
        found.append(Badge(COMPLETENESS["brief"], "warn"))
    if needs_checking(head):
        found.append(Badge("待核", "warn"))
    return tuple(found)


def meta(head: DocumentHead) -> tuple[str, ...]:
    """Return who, number, date and place, as far as known."""
    m = head.metadata
    numbers = (head.case_number, *m.doc_numbers, *m.citations)
    abroad = None if m.jurisdiction == "CN" else JURISDICTIONS.get(m.jurisdiction or "")
    known = (
        head.authority,
        next(filter(None, numbers), None),
        date(head),
        abroad or m.place or head.region,
    )
    return tuple(filter(None, known))


def date(head: DocumentHead) -> str | None:
    """Return the date a reader orders documents by, with what kind of date it is."""
    m = head.metadata
    if m.decided_on:
        return m.decided_on
    if m.effective_from:
        return f"{m.effective_from} 起施行"
    if m.published_on:
        return f"{m.published_on} 公布"
    return None


def results(head: DocumentHead) -> tuple[Badge, ...]:
    """Return what came out, sums first: 罚款 10万元, 没收违法所得（数额未载）, 判令停止侵害."""
    shown = results_of(head.metadata)[:_MAX_RESULTS]
    return tuple(map(_result, shown))


def _result(result: CaseResult) -> Badge:
    tone = "sum" if result.leads else "plain"
    if result.is_unknown:
        return Badge(f"{result.outcome}（数额未载）", tone)
    if result.amount is None:
        return Badge(result.outcome, tone)
    amount, words = result.amount, amount_words(result.amount)
    named = words if words.startswith(amount.type) else f"{amount.type} {words}"
    return Badge(named, tone)
