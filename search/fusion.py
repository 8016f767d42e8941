"""Several rankings into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from search.ids import first_places, member

#: Cormack, Clarke and Büttcher, SIGIR 2009.
RANK_CONSTANT: Final = 60


def best_by_document(
    documents: NDArray[np.int64], scores: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return each document once with its best passage's score, best first, ties by document id.

    The input is passages, best first.
    """
    first = first_places(documents)
    documents, scores = documents[first], scores[first]
    if bool(np.any(scores[1:] == scores[:-1])):
        order = np.lexsort((documents, -scores))
        documents, scores = documents[order], scores[order]
    return documents, scores


def reciprocal_rank_fusion(
    rankings: Sequence[NDArray[np.int64]], rank_constant: int = RANK_CONSTANT
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Merge rankings by the sum of 1 / (rank_constant + rank), rank counted from 1.

    Returns ids and sums, largest first; equal sums are ordered by id, so a query answers
    the same way twice.
    """
    if not any(len(ranking) for ranking in rankings):
        return np.empty(0, np.int64), np.empty(0)
    ids = np.concatenate(rankings)
    gains = np.concatenate([1.0 / (rank_constant + np.arange(1, len(r) + 1)) for r in rankings])
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    starts = np.flatnonzero(np.concatenate(([True], ids[1:] != ids[:-1])))
    sums = np.add.reduceat(gains[order], starts)
    best = np.argsort(-sums, kind="stable")  # equal sums stay in the order of ids
    return ids[starts][best], np.asarray(sums[best], dtype=np.float64)


def followed(
    documents: NDArray[np.int64], scores: NDArray[np.float64], more: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return a ranking with the documents of `more` it lacks behind it, in their order, at falling scores."""
    if not len(more):
        return documents, scores
    rest = more[~member(more, np.sort(documents))]
    rest = rest[first_places(rest)]
    last = float(scores[-1]) if len(scores) else 1.0
    falling = last * RANK_CONSTANT / (RANK_CONSTANT + 1.0 + np.arange(len(rest)))
    return np.concatenate([documents, rest]), np.concatenate([scores, falling])
