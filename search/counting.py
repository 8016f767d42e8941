"""Counts of every field over all that match, and of all that match under several filters."""

from __future__ import annotations

from collections.abc import Sequence

from kb.records import Filters
from kb.store import Store
from search.facets import Counts
from search.filtering import join
from search.query import Query
from search.ranking import Ranking, rank
from search.request import FACET_FIELDS
from search.retrieving import RetrievedQuery, Retrieving
from search.understanding import Understood


def count_facets(
    store: Store,
    asked: RetrievedQuery,
    filters: Filters,
    ranking: Ranking,
) -> dict[str, Counts]:
    """Count every field over all matching documents, each under the other fields' filters."""
    columns = asked.columns
    counted = columns.count_all(FACET_FIELDS, ranking.documents)
    for field in filters.include:
        if field in FACET_FIELDS:
            without = rank(store, asked, filters.without(field))
            counted[field] = columns.count(field, without.documents)
    return counted


def count_totals(
    store: Store,
    retrieving: Retrieving,
    query: Query,
    several: Sequence[Filters],
) -> list[int]:
    """Return how many documents a query finds under each of some filters, asked for once."""
    columns = retrieving.reading.columns
    joined = [join(filters, query, columns).filters for filters in several]
    if not query.wants_anything:
        return [len(columns.passing(filters)) for filters in joined]
    understood = Understood(query=query, filters=joined[0], notices=())
    asked = retrieving.retrieve(store, understood)
    return [len(rank(store, asked, filters).documents) for filters in joined]
