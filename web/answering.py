"""One question, one answer: a search where there is a query, a list where there are only
filters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from kb.records import DocumentHead
from kb.store import Store
from kb.vocabulary import CASE_KINDS, LONGEST_FACET_VALUE, UNLABELLED
from search.results import Hit, SearchResult
from web.address import PageRequest, document_path
from web.deps import AppState
from web.views.hits import TierAnswer
from web.views.reading import Trail

_PER_TIER: Final = 5
#: Ways out of an empty answer whose number of documents is counted.
_COUNTED: Final = 6


def answer(state: AppState, store: Store, wanted: PageRequest) -> SearchResult:
    """Answer what an address asks: a page, or of an answer grouped by tier the first of each."""
    if wanted.group:
        wanted = replace(wanted, offset=0, limit=_PER_TIER)
    return _answer(state, store, wanted)


def _answer(state: AppState, store: Store, wanted: PageRequest) -> SearchResult:
    if wanted.text:
        return state.searcher.search(
            store,
            wanted.text,
            wanted.filters,
            mode=wanted.mode,
            sort=wanted.sort or "relevance",
            offset=wanted.offset,
            limit=wanted.limit,
            each=wanted.group,
            widening=wanted.widening,
        )
    listed = state.searcher.listing(
        store, wanted.filters, wanted.sort, wanted.offset, wanted.limit, wanted.group
    )
    return replace(listed, mode=wanted.mode)


def helped(
    state: AppState, store: Store, wanted: PageRequest, result: SearchResult
) -> SearchResult:
    """Return the answer with other queries that may have been meant, where something typed was not
    found.
    """
    if wanted.offset or not wanted.text:
        return result
    return replace(
        result,
        suggestions=state.suggester.suggest(
            state.searcher, store, result, wanted.filters
        ),
    )


def ways_out(
    state: AppState, store: Store, wanted: PageRequest, result: SearchResult, path: str
) -> dict[str, int]:
    """Return how many documents there are at the addresses without one filter or part of a query
    that found nothing.
    """
    if result.total:
        return {}
    wider = _without_a_filter(wanted)[:_COUNTED]
    shorter = _without_a_part(wanted, result)[: _COUNTED - len(wider)]
    totals = _totals(state, store, wanted, wider)
    totals += [_totals(state, store, way, [way])[0] for way in shorter]
    ways = [way.url(path) for way in (*wider, *shorter)]
    return dict(zip(ways, totals, strict=True))


def _without_a_filter(wanted: PageRequest) -> list[PageRequest]:
    fields = [*wanted.filters.include.items(), *wanted.filters.exclude.items()]
    ways = [wanted.dropping(name, value) for name, values in fields for value in values]
    ways += [wanted.without_role(role) for role in wanted.filters.roles]
    return [*ways, wanted.unfiltered()] if len(ways) > 1 else ways


def _without_a_part(wanted: PageRequest, result: SearchResult) -> list[PageRequest]:
    others = [part.without for part in result.query.parts]
    return [wanted.saying(text) for text in others if text.strip()]


def _totals(
    state: AppState, store: Store, wanted: PageRequest, ways: Sequence[PageRequest]
) -> list[int]:
    """Return how many documents ways find that say the same under other filters."""
    several = [way.filters for way in ways]
    if not several:
        return []
    if not wanted.text:
        columns = state.catalogue(store).columns
        return [len(columns.passing(filters)) for filters in several]
    return state.searcher.totals(
        store, wanted.text, several, mode=wanted.mode, widening=wanted.widening
    )


def amounts(
    state: AppState, store: Store, wanted: PageRequest, result: SearchResult
) -> dict[str, list[float]]:
    """Return what the cases of an answer came to, sums in yuan by type; empty where none of them
    can have one.
    """
    kinds = wanted.filters.include.get("kind") or [
        kind for kind, _ in result.facets.get("kind", ())
    ]
    if not set(kinds) & set(CASE_KINDS) or result.documents is None:
        return {}
    return state.searcher.catalogue(store).sums(store, result.documents)


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
        answers.append(TierAnswer(tier, counts[tier], first, before))
        before += counts[tier]
    return answers


def _tier(head: DocumentHead) -> str:
    """Return the tier of a document as it is filtered by."""
    return (head.metadata.tier or UNLABELLED)[:LONGEST_FACET_VALUE]


def trail(
    state: AppState,
    store: Store,
    wanted: PageRequest,
    document_id: int,
    rank: int | None,
) -> Trail | None:
    """Return the way back to the list and to the neighbours in it.

    The place counts only while the answer still has this document there: a store that
    has grown since shows the way back alone.
    """
    label = "返回结果" if wanted.text else "返回列表"
    if rank is None:
        return None if wanted.is_home else Trail(wanted.url(), label, None, None, None)
    ids, result = _neighbours(state, store, wanted, rank)
    first = 0 if wanted.group else (rank - 1) // wanted.limit * wanted.limit
    back = wanted.at(first).url()
    if ids.get(rank) != document_id:
        return Trail(back, label, None, None, None)
    return Trail(
        back=back,
        back_label=label,
        position=f"第 {rank}/{'' if result.total_is_exact else '≥'}{result.total} 件",
        previous=_path(wanted, ids, rank - 1),
        next=_path(wanted, ids, rank + 1),
    )


def _path(wanted: PageRequest, ids: dict[int, int], rank: int) -> str | None:
    return document_path(ids[rank], wanted, rank) if rank in ids else None


def _neighbours(
    state: AppState, store: Store, wanted: PageRequest, rank: int
) -> tuple[dict[int, int], SearchResult]:
    """Return the documents at a place of a list and beside it, by place; grouped lists count on
    from tier to tier.
    """
    if wanted.group:
        result = _answer(state, store, replace(wanted, offset=0, limit=1))
        in_order = [] if result.documents is None else result.documents.tolist()
        beside = range(max(rank - 1, 1), min(rank + 1, len(in_order)) + 1)
        return {place: in_order[place - 1] for place in beside}, result
    result = _answer(state, store, replace(wanted, offset=max(rank - 2, 0), limit=3))
    return {hit.rank: hit.document.id for hit in result.hits}, result
