"""One question, one answer: a search where there is a query, a list where there are only
filters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from msgspec.structs import replace

from kb.records import DocumentHead
from kb.store import Store
from kb.vocabulary import CASE_KINDS, LONGEST_FACET_VALUE, UNLABELLED
from search.request import SearchRequest
from search.results import Hit, SearchResult
from web.address import PageRequest, document_path
from web.deps import AppState
from web.views.hits import TierAnswer
from web.views.reading import Trail

_PER_TIER: Final = 5
#: Ways out of an empty answer whose number of documents is counted.
_COUNTED: Final = 6


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What one request wants to know, and who is asked for it."""

    state: AppState
    store: Store
    wanted: PageRequest


def answer(inquiry: Inquiry) -> SearchResult:
    """Answer what an address asks: a page, or of an answer grouped by tier the first of each."""
    wanted = inquiry.wanted
    if wanted.group:
        wanted = replace(wanted, offset=0, limit=_PER_TIER)
    return _answer(inquiry, wanted)


def _answer(inquiry: Inquiry, wanted: PageRequest) -> SearchResult:
    searcher, request = inquiry.state.searcher, _request(wanted)
    if wanted.text:
        return searcher.search(inquiry.store, request)
    return searcher.listing(inquiry.store, request)


def _request(wanted: PageRequest) -> SearchRequest:
    """Return what an address asks of the searcher."""
    return SearchRequest(
        wanted.text,
        wanted.filters,
        mode=wanted.mode,
        sort=wanted.sort or "relevance",
        offset=wanted.offset,
        limit=wanted.limit,
        each=wanted.group,
        expansion=wanted.expansion,
    )


def with_suggestions(inquiry: Inquiry, result: SearchResult) -> SearchResult:
    """Return the answer with other queries that may have been meant, where something typed was not
    found.
    """
    state, wanted = inquiry.state, inquiry.wanted
    if wanted.offset or not wanted.text:
        return result
    suggestions = state.suggester.suggest(
        state.searcher, inquiry.store, result, wanted.filters
    )
    return replace(result, suggestions=suggestions)


def ways_out(inquiry: Inquiry, result: SearchResult) -> dict[str, int]:
    """Return how many documents there are at the addresses without one filter or part of a query
    that found nothing.
    """
    if result.total:
        return {}
    wanted = inquiry.wanted
    wider = _without_a_filter(wanted)[:_COUNTED]
    addresses = [way.url() for way in wider]
    counts = dict(zip(addresses, _totals(inquiry, wanted.text, wider), strict=True))
    shorter = islice(_without_a_part(wanted, result), _COUNTED - len(wider))
    for way in shorter:
        (counts[way.url()],) = _totals(inquiry, way.text, [way])
    return counts


def _without_a_filter(wanted: PageRequest) -> list[PageRequest]:
    ways: list[PageRequest] = []
    for chosen in (wanted.filters.include, wanted.filters.exclude):
        for name, values in chosen.items():
            ways += [wanted.dropping(name, value) for value in values]
    ways += map(wanted.without_role, wanted.filters.roles)
    if len(ways) > 1:
        ways.append(wanted.unfiltered())
    return ways


def _without_a_part(wanted: PageRequest, result: SearchResult) -> Iterator[PageRequest]:
    for part in result.query.parts:
        if part.without.strip():
            yield wanted.saying(part.without)


def _totals(
    inquiry: Inquiry,
    text: str,
    ways: Sequence[PageRequest],
) -> list[int]:
    """Return how many documents ways find that say the same under other filters."""
    state, store, wanted = inquiry.state, inquiry.store, inquiry.wanted
    several = [way.filters for way in ways]
    if text and several:
        request = SearchRequest(text, mode=wanted.mode, expansion=wanted.expansion)
        return state.searcher.totals(store, request, several)
    columns = state.catalogue(store).columns
    return [len(columns.passing(filters)) for filters in several]


def known_amounts(inquiry: Inquiry, result: SearchResult) -> dict[str, list[float]]:
    """Return what the cases of an answer came to, sums in yuan by type; empty where none of them
    can have one.
    """
    found = dict(result.facets.get("kind", ()))
    kinds = inquiry.wanted.filters.include.get("kind") or tuple(found)
    if set(kinds).isdisjoint(CASE_KINDS) or result.documents is None:
        return {}
    catalogue = inquiry.state.catalogue(inquiry.store)
    return catalogue.sums(inquiry.store, result.documents)


def by_tier(result: SearchResult) -> list[TierAnswer]:
    """Return the first hits of each tier, in the order of authority they were found in."""
    hits: dict[str, list[Hit]] = {}
    for hit in result.hits:
        of_tier = hits.setdefault(_tier(hit.document), [])
        of_tier.append(replace(hit, rank=len(of_tier) + 1))
    counts = dict(result.facets.get("tier", ()))
    answers: list[TierAnswer] = []
    before = 0
    for tier, first in hits.items():
        answers.append(
            TierAnswer(
                tier=tier,
                count=counts[tier],
                hits=first,
                before=before,
            )
        )
        before += counts[tier]
    return answers


def _tier(head: DocumentHead) -> str:
    """Return the tier of a document as it is filtered by."""
    tier = head.metadata.tier or UNLABELLED
    return tier[:LONGEST_FACET_VALUE]


def trail(
    inquiry: Inquiry,
    document_id: int,
    rank: int | None,
) -> Trail | None:
    """Return the way back to the list and to the neighbours in it.

    The place counts only while the answer still has this document there: a store that
    has grown since shows the way back alone.
    """
    wanted = inquiry.wanted
    label = "返回结果" if wanted.text else "返回列表"
    if rank is None:
        return None if wanted.is_home else Trail(wanted.url(), label)
    beside, result = _neighbours(inquiry, rank)
    first = 0 if wanted.group else (rank - 1) // wanted.limit * wanted.limit
    back = wanted.at(first).url()
    if beside.get(rank) != document_id:
        return Trail(back, label)
    at_least = "" if result.total_is_exact else "≥"
    return Trail(
        back=back,
        back_label=label,
        position=f"第 {rank}/{at_least}{result.total} 件",
        previous=_neighbour(wanted, beside, rank - 1),
        next=_neighbour(wanted, beside, rank + 1),
    )


def _neighbour(
    wanted: PageRequest,
    beside: dict[int, int],
    rank: int,
) -> str | None:
    document = beside.get(rank)
    return None if document is None else document_path(document, wanted, rank)


def _neighbours(inquiry: Inquiry, rank: int) -> tuple[dict[int, int], SearchResult]:
    """Return the documents at a place of a list and beside it, by place; grouped lists count on
    from tier to tier.
    """
    wanted = inquiry.wanted
    if not wanted.group:
        around = replace(wanted, offset=max(rank - 2, 0), limit=3)
        result = _answer(inquiry, around)
        return {hit.rank: hit.document.id for hit in result.hits}, result
    result = _answer(inquiry, replace(wanted, offset=0, limit=1))
    in_order = [] if result.documents is None else result.documents.tolist()
    places = range(max(rank - 1, 1), min(rank + 1, len(in_order)) + 1)
    return {place: in_order[place - 1] for place in places}, result
