"""One search by the values of a field is what a search filtered by each of them would be."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kb.records import NO_FILTERS, Filters
from kb.vocabulary import TIERS, UNLABELLED
from search.facets import Columns
from search.request import SearchRequest
from search.results import Hit
from tests.search.conftest import Library

QUERIES = ("客户名单", "反不正当竞争法（2019）第九条", "客户名单 -离职", "trade secret")


def columns_of(library: Library) -> Columns:
    return library.searcher.catalogue(library.store).columns


def shown(hits: tuple[Hit, ...]) -> list[tuple[object, ...]]:
    return [(hit.document.id, hit.reasons, hit.passages) for hit in hits]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("sort", ["relevance", "newest"])
@pytest.mark.parametrize("filters", [NO_FILTERS, Filters(roles=("facts",))])
def test_the_first_of_each_value_are_those_of_a_search_filtered_by_it(
    library: Library, query: str, sort: str, filters: Filters
) -> None:
    search, store = library.searcher.search, library.store
    wanted = SearchRequest(query, filters, sort=sort, limit=3)
    found = search(store, replace(wanted, each="tier"))
    everything = search(store, wanted)
    hits, documents = [], []
    for tier in columns_of(library).in_order("tier"):
        if tier in dict(everything.facets["tier"]):
            of_tier = replace(wanted, filters=filters.only("tier", tier), limit=1000)
            one = search(store, of_tier)
            hits += shown(one.hits)[:3]
            documents += [hit.document.id for hit in one.hits]

    assert shown(found.hits) == hits
    assert found.documents is not None
    assert found.documents.tolist() == documents
    assert (found.total, found.facets) == (everything.total, everything.facets)


def test_a_list_by_values_has_the_first_of_each(library: Library) -> None:
    listing, store = library.searcher.listing, library.store
    wanted = SearchRequest(sort="newest", limit=2)
    found = listing(store, replace(wanted, each="kind"))
    expected = []
    for kind in columns_of(library).in_order("kind"):
        of_kind = NO_FILTERS.only("kind", kind)
        expected += shown(listing(store, replace(wanted, filters=of_kind)).hits)

    assert shown(found.hits) == expected
    assert found.total == len(columns_of(library).ids)


def test_values_stand_in_the_order_of_their_list_and_having_none_last(
    library: Library,
) -> None:
    values = columns_of(library).in_order("tier")

    assert values[-1] == UNLABELLED
    known = [value for value in TIERS if value in values]
    assert list(values[: len(known)]) == known and len(known) > 1


@pytest.mark.parametrize("query", [*QUERIES, "region:上海", "没有这个词zzqq"])
@pytest.mark.parametrize("mode", ["hybrid", "keyword"])
def test_totals_are_those_of_searches_under_each_of_the_filters(
    library: Library, query: str, mode: str
) -> None:
    several = [
        NO_FILTERS,
        NO_FILTERS.only("kind", "civil"),
        Filters(exclude={"kind": ("civil",)}, roles=("facts",)),
        Filters(include={"year": ("1950",)}),
    ]
    wanted = SearchRequest(query, mode=mode)
    searches = [
        library.searcher.search(library.store, replace(wanted, filters=filters))
        for filters in several
    ]
    totals = library.searcher.totals(library.store, wanted, several)

    assert totals == [found.total for found in searches]
