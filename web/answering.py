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
from web.address import Ask, document_path
from web.deps import House
from web.views.reading import Trail
from web.views.search import TierAnswer

_PER_TIER: Final = 5
#: Ways out of an empty answer whose number of documents is counted.
_COUNTED: Final = 6


def answer(house: House, store: Store, ask: Ask) -> SearchResult:
    """Answer what an address asks: a page, or of an answer grouped by tier the first of each."""
    if ask.group:
        ask = replace(ask, offset=0, limit=_PER_TIER)
    return _ask(house, store, ask)


def _ask(house: House, store: Store, ask: Ask) -> SearchResult:
    if ask.text:
        return house.searcher.search(
            store,
            ask.text,
            ask.filters,
            mode=ask.mode,
            sort=ask.sort or "relevance",
            offset=ask.offset,
            limit=ask.limit,
            each=ask.group,
            widening=ask.widening,
        )
    listed = house.searcher.listing(
        store, ask.filters, ask.sort, ask.offset, ask.limit, ask.group
    )
    return replace(listed, mode=ask.mode)


def helped(house: House, store: Store, ask: Ask, result: SearchResult) -> SearchResult:
    """Return the answer with other queries that may have been meant, where something typed was not
    found.
    """
    if ask.offset or not ask.text:
        return result
    return replace(
        result,
        suggestions=house.suggester.suggest(house.searcher, store, result, ask.filters),
    )


def ways_out(
    house: House, store: Store, ask: Ask, result: SearchResult, path: str
) -> dict[str, int]:
    """Return how many documents there are at the addresses without one filter or part of a query
    that found nothing.
    """
    if result.total:
        return {}
    wider = _without_a_filter(ask)[:_COUNTED]
    shorter = _without_a_part(ask, result)[: _COUNTED - len(wider)]
    totals = _totals(house, store, ask, wider)
    totals += [_totals(house, store, way, [way])[0] for way in shorter]
    ways = [way.url(path) for way in (*wider, *shorter)]
    return dict(zip(ways, totals, strict=True))


def _without_a_filter(ask: Ask) -> list[Ask]:
    fields = [*ask.filters.include.items(), *ask.filters.exclude.items()]
    ways = [ask.dropping(name, value) for name, values in fields for value in values]
    ways += [ask.without_role(role) for role in ask.filters.roles]
    return [*ways, ask.unfiltered()] if len(ways) > 1 else ways


def _without_a_part(ask: Ask, result: SearchResult) -> list[Ask]:
    others = [part.without for part in result.query.parts]
    return [ask.saying(text) for text in others if text.strip()]


def _totals(house: House, store: Store, ask: Ask, ways: Sequence[Ask]) -> list[int]:
    """Return how many documents ways find that say the same under other filters."""
    several = [way.filters for way in ways]
    if not several:
        return []
    if not ask.text:
        columns = house.catalogue(store).columns
        return [len(columns.passing(filters)) for filters in several]
    return house.searcher.totals(
        store, ask.text, several, mode=ask.mode, widening=ask.widening
    )


def amounts(
    house: House, store: Store, ask: Ask, result: SearchResult
) -> dict[str, list[float]]:
    """Return what the cases of an answer came to, sums in yuan by type; empty where none of them
    can have one.
    """
    kinds = ask.filters.include.get("kind") or [
        kind for kind, _ in result.facets.get("kind", ())
    ]
    if not set(kinds) & set(CASE_KINDS) or result.documents is None:
        return {}
    return house.searcher.catalogue(store).sums(store, result.documents)


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
    house: House, store: Store, ask: Ask, document_id: int, rank: int | None
) -> Trail | None:
    """Return the way back to the list and to the neighbours in it.

    The place counts only while the answer still has this document there: a store that
    has grown since shows the way back alone.
    """
    label = "返回结果" if ask.text else "返回列表"
    if rank is None:
        return None if ask.is_home else Trail(ask.url(), label, None, None, None)
    ids, result = _neighbours(house, store, ask, rank)
    first = 0 if ask.group else (rank - 1) // ask.limit * ask.limit
    back = ask.at(first).url()
    if ids.get(rank) != document_id:
        return Trail(back, label, None, None, None)
    return Trail(
        back=back,
        back_label=label,
        position=f"第 {rank}/{'' if result.total_is_exact else '≥'}{result.total} 件",
        previous=_path(ask, ids, rank - 1),
        next=_path(ask, ids, rank + 1),
    )


def _path(ask: Ask, ids: dict[int, int], rank: int) -> str | None:
    return document_path(ids[rank], ask, rank) if rank in ids else None


def _neighbours(
    house: House, store: Store, ask: Ask, rank: int
) -> tuple[dict[int, int], SearchResult]:
    """Return the documents at a place of a list and beside it, by place; grouped lists count on
    from tier to tier.
    """
    if ask.group:
        result = _ask(house, store, replace(ask, offset=0, limit=1))
        in_order = [] if result.documents is None else result.documents.tolist()
        beside = range(max(rank - 1, 1), min(rank + 1, len(in_order)) + 1)
        return {place: in_order[place - 1] for place in beside}, result
    result = _ask(house, store, replace(ask, offset=max(rank - 2, 0), limit=3))
    return {hit.rank: hit.document.id for hit in result.hits}, result
