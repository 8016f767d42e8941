"""Which passages count as near in meaning under filters."""

from __future__ import annotations

from typing import Final

import numpy as np

from kb.records import Filters
from kb.store import Store
from search.candidates import EMPTY, Candidates, within
from search.fusion import best_by_document
from search.id_sets import Ids, Kept, member
from search.retriever import Allowed
from search.retrieving import (
    KEYWORD_DEPTH,
    SCORED_DEPTH,
    VECTOR_DEPTH,
    RetrievedQuery,
)

#: Documents shown, nearest in meaning first, when filters leave nothing that matches.
_FEW: Final = 10
#: The same vectors scored by FAISS and by numpy differ by less than this.
_ROUNDING: Final = 1e-5
_ANY_SCORE: Final = -1.0


def near_passages(
    store: Store,
    asked: RetrievedQuery,
    keyword: Candidates,
    allowed: Ids,
    filters: Filters,
) -> Candidates:
    """Return the passages near in meaning among `allowed`, cut only after filtering.

    What counts as near is settled without filters (the score of the last of the depth),
    so that choosing a facet's value leaves as many documents as it promised; only when
    filters leave nothing at all is the nearest that is left shown all the same. Documents
    that the words put forward are scored by their meaning to a greater depth.
    """
    if asked.direction is None:
        return EMPTY
    near = asked.near
    if filters:
        near = _within_filters(store, asked, allowed, filters)
    is_near = near.scores >= _least_score(asked) - _ROUNDING
    left = near.kept(is_near)
    if filters and _is_nothing_left(asked, keyword, left, allowed):
        is_near |= _are_of_nearest_documents(near)
    put_forward = np.sort(keyword.documents[:KEYWORD_DEPTH])
    return near.kept(is_near | member(near.documents, put_forward))


def _within_filters(
    store: Store,
    asked: RetrievedQuery,
    allowed: Ids,
    filters: Filters,
) -> Candidates:
    documents = within(allowed, asked.demanded, None)
    passages: Ids | None = None
    if filters.roles:
        passages = asked.passages_of(store, filters.roles)
    among = Allowed(documents, passages)
    return asked.indexes.vector.candidates(asked.wanted, among, SCORED_DEPTH)


def _least_score(asked: RetrievedQuery) -> float:
    """Return the score of the last of the depth, without filters."""
    scores = asked.near.scores
    return (
        float(scores[VECTOR_DEPTH - 1]) if len(scores) >= VECTOR_DEPTH else _ANY_SCORE
    )


def _is_nothing_left(
    asked: RetrievedQuery,
    keyword: Candidates,
    near: Candidates,
    allowed: Ids,
) -> bool:
    if len(keyword.documents) or len(near.documents):
        return False
    return not member(asked.named.ids, allowed).any()


def _are_of_nearest_documents(near: Candidates) -> Kept:
    ranked = best_by_document(near.documents, near.scores)
    nearest = ranked.documents[:_FEW]
    return member(near.documents, np.sort(nearest))
