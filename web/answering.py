"""One question, one answer: a search where there is a query, a list where there are only
filters.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from kb.store import Store
from kb.vocabulary import CASE_KINDS, TIERS, UNLABELLED
from search.request import SearchRequest
from search.results import SearchResult
from web.address import Ask, document_path
from web.deps import House
from web.views.reading import Trail
from web.views.search import TierAnswer

_PER_TIER: Final = 5
#: Ways out of an empty answer whose number of documents is counted.
_COUNTED: Final = 6


def answer(house: House, store: Store, ask: Ask) -> SearchResult:
    """Answer what an address asks."""
    if ask.text:
        return house.searcher.search(store, _request(ask))
    return house.searcher.listing(store, _request(ask))


def _request(ask: Ask) -> SearchRequest:
    """Return what an address asks of the searcher."""
    return SearchRequest(
        ask.text,
        ask.filters,
        mode=ask.mode,
        sort=ask.sort or "relevance",
        offset=ask.offset,
        limit=ask.limit,
        expansion=ask.expansion,
    )


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
    include, exclude = ask.filters.include, ask.filters.exclude
    chosen = [
        (name, value)
        for fields in (include, exclude)
        for name, values in fields.items()
        for value in values
    ]
    ways = [ask.dropping(name, value) for name, value in chosen]
    ways += [ask.without_role(role) for role in ask.filters.roles]
    ways += [ask.unfiltered()] if len(ways) > 1 else []
    ways += [
        ask.saying(part.without) for part in result.query.parts if part.without.strip()
    ]
    return {
        way.url(path): answer(
            house, store, replace(way, offset=0, limit=1, group="")
        ).total
        for way in ways[:_COUNTED]
    }


def sums(
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


def by_tier(
    house: House, store: Store, ask: Ask, result: SearchResult
) -> list[TierAnswer]:
    """Return the first hits of each tier, in the order of authority."""
    answers: list[TierAnswer] = []
    before = 0
    for tier, count in _tiers(ask, result):
        part = answer(
            house, store, replace(ask.only("tier", tier), group="", limit=_PER_TIER)
        )
        answers.append(TierAnswer(tier, part.total, part.hits, before))
        before += count
    return answers


def _tiers(ask: Ask, result: SearchResult) -> list[tuple[str, int]]:
    """Return the tiers of an answer in the order of authority, unknown ones last, with how many
    documents each has.
    """
    counts = dict(result.facets.get("tier", ()))
    chosen = ask.filters.include.get("tier") or tuple(counts)
    unknown = sorted(counts.keys() - TIERS.keys() - {UNLABELLED})
    return [
        (tier, counts[tier])
        for tier in (*TIERS, *unknown, UNLABELLED)
        if counts.get(tier) and tier in chosen
    ]


def _neighbours(
    house: House, store: Store, ask: Ask, rank: int
) -> tuple[dict[int, int], SearchResult]:
    """Return the documents at a place of a list and beside it, by place; grouped lists count on
    from tier to tier.
    """
    if not ask.group:
        result = answer(house, store, replace(ask, offset=max(rank - 2, 0), limit=3))
        return {hit.rank: hit.document.id for hit in result.hits}, result
    result = answer(house, store, replace(ask, offset=0, limit=1, group=""))
    found: dict[int, int] = {}
    before = 0
    for tier, count in _tiers(ask, result):
        first, last = max(rank - 1 - before, 1), min(rank + 1 - before, count)
        if first <= last:
            places = replace(
                ask.only("tier", tier),
                group="",
                offset=first - 1,
                limit=last - first + 1,
            )
            found |= {
                before + hit.rank: hit.document.id
                for hit in answer(house, store, places).hits
            }
        before += count
    return found, result


def trail(
    house: House, store: Store, ask: Ask, document_id: int, rank: int | None
) -> Trail | None:
    """Return the way back to the list and to the neighbours in it.

    The place counts only while the answer still has this document there: a store that
    has grown since shows the way back alone.
    """
    if rank is None and ask.is_home:
        return None
    if rank is None:
        return Trail(
            ask.url(), "返回结果" if ask.text else "返回列表", None, None, None
        )
    ids, result = _neighbours(house, store, ask, rank)
    back = replace(
        ask, offset=((rank - 1) // ask.limit) * ask.limit if not ask.group else 0
    )
    label = "返回结果" if ask.text else "返回列表"
    if ids.get(rank) != document_id:
        return Trail(back.url(), label, None, None, None)
    return Trail(
        back=back.url(),
        back_label=label,
        position=f"第 {rank}/{'' if result.total_is_exact else '≥'}{result.total} 件",
        previous=document_path(ids[rank - 1], ask, rank - 1)
        if rank - 1 in ids
        else None,
        next=document_path(ids[rank + 1], ask, rank + 1) if rank + 1 in ids else None,
    )
