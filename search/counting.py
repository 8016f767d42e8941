"""Counts of every field over all that match."""

from __future__ import annotations

from kb.records import Filters
from kb.store import Store
from search.facets import Counts
from search.ranking import Ranking, rank
from search.request import FACET_FIELDS
from search.retrieving import RetrievedQuery


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
