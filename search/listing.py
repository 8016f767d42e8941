"""Lists of what filters keep, in an order that is no ranking."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec.structs import replace

from kb.records import Filters
from kb.store import Store
from search.caches import Reading
from search.catalogue import Catalogue, heads_of
from search.hits import opening_passages, passage_hit
from search.request import FACET_FIELDS, SearchRequest
from search.results import Hit, SearchResult, list_order
from search.snippets import body
from search.understanding import Understood


def list_documents(
    store: Store,
    catalogue: Catalogue,
    filters: Filters,
    request: SearchRequest,
) -> SearchResult:
    """List everything the filters keep, by date, newest first unless asked otherwise; no passages
    are shown. Divided by a field, the wanted part of each of its values is shown.
    """
    order = list_order(request.sort)
    documents = catalogue.in_order(store, catalogue.passing(filters), order)
    shown = documents[request.page]
    if request.each:
        groups = catalogue.columns.grouped(request.each, documents)
        documents = np.concatenate([documents[:0], *groups])
        pages = [group[request.page] for group in groups]
        shown = np.concatenate([documents[:0], *pages])
    hits = []
    heads = heads_of(store, shown)
    for rank, head in enumerate(heads, request.offset + 1):
        hits.append(
            Hit(
                rank=rank,
                score=0.0,
                document=head,
                reasons=(),
                passages=(),
            )
        )
    return SearchResult(
        mode=request.mode,
        total=len(documents),
        hits=tuple(hits),
        facets=catalogue.columns.counts(filters, FACET_FIELDS),
        ranked=False,
        documents=documents,
    )


def list_instead(
    store: Store,
    request: SearchRequest,
    reading: Reading,
    understood: Understood,
) -> SearchResult:
    """Return the list that answers a query in which there is nothing to look for, with the first
    passage of each document.
    """
    query, catalogue = understood.query, reading.catalogue
    listed = list_documents(store, catalogue, understood.filters, request)
    return replace(
        listed,
        query=query.view(),
        hits=_with_openings(store, listed.hits),
        notices=query.notices + understood.notices,
    )


def _with_openings(store: Store, hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Return the hits of a list with the first passage of each."""
    hits = tuple(hits)
    openings = opening_passages(store, [hit.document.id for hit in hits])
    made = []
    for hit in hits:
        passage = openings.get(hit.document.id)
        if passage is not None:
            shown = passage_hit(passage, body(passage), {}, semantic=False)
            hit = replace(hit, passages=(shown,))
        made.append(hit)
    return tuple(made)
