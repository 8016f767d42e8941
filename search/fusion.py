"""Several rankings into one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from search.id_sets import first_places, member

#: Cormack, Clarke and Büttcher, SIGIR 2009.
RANK_CONSTANT: Final = 60
#: A document's second passage counts half, its third a quarter, the rest nothing; the
#: sum is divided by what a document of its size could reach, to this power. Chosen on
#: the development topics: docs/evaluation.md.
PASSAGES: Final = 3
DISCOUNT: Final = 0.5
#: Cosines count from this share of the best one on.
NEARNESS_FLOOR: Final = 0.3
SIZE_POWER: Final = 0.7


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


def summed_by_document(
    documents: NDArray[np.int64],
    scores: NDArray[np.float64],
    sizes: Callable[[NDArray[np.int64]], NDArray[np.int64]],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return each document once with the discounted sum of its best passages, best
    first, ties by document id.

    A case that tells of the matter in several parts stands before one that names it once. The
    input is passages, best first; `sizes` says how many passages each document has in all.
    """
    if not len(documents):
        return documents, scores
    order = documents.argsort(kind="stable")
    ordered = documents[order]
    again = np.concatenate(([False], ordered[1:] == ordered[:-1]))
    starts = (~again).nonzero()[0]
    ids = ordered[starts]
    shared = scores[order]
    if len(starts) < len(ordered):
        place = np.arange(len(ordered)) - starts[(~again).cumsum() - 1]
        shared = np.add.reduceat(shared * _SHARES[np.minimum(place, PASSAGES)], starts)
    sums = shared / _REACH[np.minimum(sizes(ids), PASSAGES)]
    best = np.argsort(
        -sums, kind="stable"
    )  # ids ascend: equal sums stay in their order
    return ids[best], np.asarray(sums[best])


#: What a document's first, second, third … passage counts, and what one of so many
#: passages is divided by.
_SHARES: Final = np.append(DISCOUNT ** np.arange(PASSAGES), 0.0)
_REACH: Final = np.append(1.0, np.cumsum(_SHARES[:-1])) ** SIZE_POWER


def weighted_sum(
    words: tuple[NDArray[np.int64], NDArray[np.float64]],
    meaning: tuple[NDArray[np.int64], NDArray[np.float64]],
    weight: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Merge two rankings by their scores: `weight` of the words and the rest of the meaning.

    Scores of each are first put between 0 and 1, its best: words from their last candidate
    on, cosines from NEARNESS_FLOOR of the best on, because how far the last of a fixed depth
    lies depends on the size of the library. Largest first, ties by id. The convex combination
    of Bruch, Gai and Ingber (ACM TOIS 2023), whose floors are theirs to choose too.
    """
    ids = np.concatenate([words[0], meaning[0]])
    if not len(ids):
        return ids, np.empty(0)
    least = float(words[1][-1]) if len(words[1]) else 0.0
    floor = NEARNESS_FLOOR * float(meaning[1][0]) if len(meaning[1]) else 0.0
    gains = np.concatenate(
        [weight * _unit(words[1], least), (1 - weight) * _unit(meaning[1], floor)]
    )
    return _merged(ids, gains)


def _unit(scores: NDArray[np.float64], low: float) -> NDArray[np.float64]:
    """Return scores, best first, as shares of the way from `low` to the best."""
    high = float(scores[0]) if len(scores) else 0.0
    return (
        np.asarray(np.maximum((scores - low) / (high - low), 0.0))
        if high > low
        else np.ones(len(scores))
    )


def _merged(
    ids: NDArray[np.int64], gains: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return each id once with the sum of its gains, largest first, ties by id."""
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    starts = np.flatnonzero(np.concatenate(([True], ids[1:] != ids[:-1])))
    sums = np.add.reduceat(gains[order], starts)
    best = np.argsort(-sums, kind="stable")  # equal sums stay in the order of ids
    return ids[starts][best], np.asarray(sums[best], dtype=np.float64)


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
    gains = np.concatenate(
        [1.0 / (rank_constant + np.arange(1, len(r) + 1)) for r in rankings]
    )
    return _merged(ids, gains)


def followed(
    documents: NDArray[np.int64], scores: NDArray[np.float64], more: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return a ranking with the documents of `more` it lacks behind it, in their order, at falling
    scores.
    """
    if not len(more):
        return documents, scores
    rest = more[~member(more, np.sort(documents))]
    rest = rest[first_places(rest)]
    last = float(scores[-1]) if len(scores) else 1.0
    falling = last * RANK_CONSTANT / (RANK_CONSTANT + 1.0 + np.arange(len(rest)))
    return np.concatenate([documents, rest]), np.concatenate([scores, falling])
