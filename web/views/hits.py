"""The documents of an answer as cards, in one list or by tier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from kb.messages import reasons
from kb.vocabulary import tier_effect
from search.results import Hit, PassageHit, SearchResult
from web.address import PageRequest
from web.onestep import Addresses
from web.views.common import (
    Badge,
    Inline,
    badges,
    heading_of,
    meta,
    results,
    snippet,
)

#: A longer question travels with the title of a hit alone: three passages would carry
#: it four times.
_LINKED_CHARS: Final = 500
_PASSAGES: Final = 3


class PassageView(Struct, frozen=True, gc=False):
    """A passage of a hit, marked, with where it stands; no link of its own where the question is
    very long.
    """

    label: str
    href: str | None
    pieces: tuple[Inline, ...]
    semantic: bool


class HitView(Struct, frozen=True, gc=False):
    """One document of the answer as a card. `excerpt` stands in for passages in plain lists."""

    rank: int
    href: str
    title: str
    badges: tuple[Badge, ...]
    meta: tuple[str, ...]
    results: tuple[Badge, ...]
    reasons: tuple[str, ...]
    passages: tuple[PassageView, ...]
    excerpt: str | None


class HitGroup(Struct, frozen=True, gc=False):
    """Hits of one tier; the flat list is one group without a label."""

    label: str | None
    note: str
    count: int
    more: str | None
    hits: tuple[HitView, ...]


class TierAnswer(Struct, frozen=True, gc=False):
    """The first hits of one tier, and how many documents stand before it."""

    tier: str
    count: int
    hits: Sequence[Hit]
    before: int


class _Cards(Struct, frozen=True, gc=False):
    """What all cards of one answer share; passages have links of their own when `is_linked`."""

    addresses: Addresses
    excerpts: Mapping[int, str]
    is_linked: bool

    def of(self, hit: Hit, rank: int) -> HitView:
        """Make a card; `rank` is the place that travels with the link, counted over all tiers
        where the list is grouped.
        """
        head = hit.document
        return HitView(
            rank=hit.rank,
            href=self.addresses.document(head.id, rank),
            title=head.title,
            badges=badges(head),
            meta=meta(head),
            results=results(head),
            reasons=tuple(map(reasons.words, hit.reasons)),
            passages=tuple(self._passages(hit, rank)),
            excerpt=self.excerpts.get(head.id),
        )

    def _passages(self, hit: Hit, rank: int) -> Iterator[PassageView]:
        for passage in hit.passages[:_PASSAGES]:
            href = None
            if self.is_linked:
                href = self.addresses.document(hit.document.id, rank, passage.paragraph)
            yield _passage(passage, href)


def flat_list(
    wanted: PageRequest,
    result: SearchResult,
    excerpts: Mapping[int, str],
) -> tuple[HitGroup, ...]:
    """Return the hits in one group; none where nothing was found."""
    if not result.hits:
        return ()
    cards = _cards(wanted, excerpts)
    hits = tuple(cards.of(hit, hit.rank) for hit in result.hits)
    return (
        HitGroup(
            label=None,
            note="",
            count=result.total,
            more=None,
            hits=hits,
        ),
    )


def list_by_tier(
    wanted: PageRequest,
    tiers: Sequence[TierAnswer],
    excerpts: Mapping[int, str],
) -> tuple[HitGroup, ...]:
    """Return the hits in a group a tier."""
    cards = _cards(wanted, excerpts)
    flat = wanted.grouped_by("")
    groups = []
    for tier in tiers:
        hits = [cards.of(hit, tier.before + hit.rank) for hit in tier.hits]
        is_cut = tier.count > len(hits)
        group = HitGroup(
            label=tier.tier,
            note=tier_effect(tier.tier),
            count=tier.count,
            more=flat.only("tier", tier.tier).url() if is_cut else None,
            hits=tuple(hits),
        )
        groups.append(group)
    return tuple(groups)


def _cards(wanted: PageRequest, excerpts: Mapping[int, str]) -> _Cards:
    return _Cards(
        addresses=Addresses(wanted),
        excerpts=excerpts,
        is_linked=len(wanted.text) <= _LINKED_CHARS,
    )


def _passage(passage: PassageHit, href: str | None) -> PassageView:
    heading = heading_of(passage.role, passage.heading)
    return PassageView(
        label=f"{heading} · 第{passage.paragraph}段",
        href=href,
        pieces=snippet(passage.text, passage.marks, passage.heading),
        semantic=passage.semantic,
    )
