"""Parts of a text in runs: plain, marked, linked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from web.views.common import Inline

Span = tuple[int, int]


class Lead(Struct, frozen=True, gc=False):
    """Where a span of a text leads, and what to tell of that."""

    start: int
    end: int
    href: str
    note: str

    @property
    def span(self) -> Span:
        """Return the span alone."""
        return self.start, self.end


class Highlights(Struct, frozen=True, gc=False):
    """What is marked in a text, and what leads away from it: each in order and disjoint."""

    marks: Sequence[Span]
    leads: Sequence[Lead]


def disjoint(leads: Iterable[Lead]) -> list[Lead]:
    """Keep the longest of overlapping links: a link inside a link cannot be followed."""
    kept: list[Lead] = []
    for lead in sorted(leads, key=lambda lead: (lead.start, -lead.end)):
        if not kept or lead.start >= kept[-1].end:
            kept.append(lead)
    return kept


def cut_runs(
    text: str,
    part: Span,
    shown: Highlights,
    number: int,
) -> Iterator[Inline]:
    """Cut a part of a text wherever a mark or a link begins or ends; marks are numbered from
    `number`.

    The one of disjoint spans that holds a place is the last that has begun.
    """
    mark_ends = dict(_near(shown.marks, part))
    leads = {max(lead.start, part[0]): lead for lead in _near_leads(shown.leads, part)}
    link_ends = (min(lead.end, part[1]) for lead in leads.values())
    edges = {*part, *mark_ends, *mark_ends.values(), *leads, *link_ends}
    mark_end = part[0]
    lead = Lead(
        start=part[0],
        end=part[0],
        href="",
        note="",
    )
    for left, right in pairwise(sorted(edges)):
        is_first = left in mark_ends
        mark_end = mark_ends.get(left, mark_end)
        lead = leads.get(left, lead)
        is_linked = left < lead.end
        yield Inline(
            text=text[left:right],
            marked=left < mark_end,
            mark=number if is_first else None,
            href=lead.href if is_linked else None,
            note=lead.note if is_linked else "",
        )
        number += is_first


def _near(marks: Sequence[Span], part: Span) -> list[Span]:
    """Return the marks that have a place in a part, cut to it."""
    start, end = part
    first = bisect_right(marks, start, key=lambda mark: mark[1])
    behind = bisect_left(marks, end, lo=first, key=lambda mark: mark[0])
    return [(max(a, start), min(b, end)) for a, b in marks[first:behind]]


def _near_leads(leads: Sequence[Lead], part: Span) -> Sequence[Lead]:
    """Return the links that have a place in a part."""
    start, end = part
    first = bisect_right(leads, start, key=lambda lead: lead.end)
    behind = bisect_left(leads, end, lo=first, key=lambda lead: lead.start)
    return leads[first:behind]
