"""Several rankings into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Cormack, Clarke and Büttcher, SIGIR 2009.
RANK_CONSTANT: Final = 60


def best_by_document(
    documents: NDArray[np.int64], scores: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return each document once with its best passage's score, best first, ties by document id.

    The input is passages, best first.
    """
    unique, first = np.unique(documents, return_index=True)
    best = scores[first]
    order = np.lexsort((unique, -best))
    return unique[order], best[order]


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
    unique, inverse = np.unique(ids, return_inverse=True)
    sums = np.bincount(inverse, weights=gains, minlength=len(unique))
    order = np.lexsort((unique, -sums))
    return unique[order], np.asarray(sums[order], dtype=np.float64)
