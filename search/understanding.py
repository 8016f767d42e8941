"""What is meant by a request, held against what the library has."""

from __future__ import annotations

from msgspec import Struct

from kb.messages.notices import Notice
from kb.records import Filters
from kb.store import Store
from search.caches import Reading
from search.expansion import expand
from search.filtering import join, notices_of_unknown_values, read_as_meant
from search.query import Query, parse
from search.request import SearchRequest


class Understood(Struct, frozen=True):
    """A query with its expansions, all filters together, and what to tell of these."""

    query: Query
    filters: Filters
    notices: tuple[Notice, ...]


def understand(
    store: Store,
    request: SearchRequest,
    reading: Reading,
) -> Understood:
    """Return what a request means: equivalents that occur, filters that were typed."""
    columns = reading.columns
    reread = read_as_meant(store, parse(request.text), columns)
    expanded = expand(reread.query, request.expansion)
    query = reading.indexes.keyword.present(expanded)
    joined = join(request.filters, query, columns)
    further = reread.notices
    if not further and not joined.notices:
        further = notices_of_unknown_values(joined.filters.include, columns)
    return Understood(
        query=query,
        filters=joined.filters,
        notices=joined.notices + further,
    )
