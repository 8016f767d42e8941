"""Several rankings into one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from search.id_sets import (
    NO_IDS,
    NO_SCORES,
    Ids,
    Scores,
    first_places,
    member,
    starts_of_runs,
)

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
#: What a document's first, second, third … passage counts.
_SHARES: Final = np.append(DISCOUNT ** np.arange(PASSAGES), 0.0)
_SUMS: Final = np.cumsum(_SHARES[:-1])
_SUMS_OF_SHARES: Final = np.append(1.0, _SUMS)
#: What the sum of a document with so many passages is divided by.
_REACH: Final = _SUMS_OF_SHARES**SIZE_POWER


class Ranked(NamedTuple):
    """Documents, or passages by the document of each, best first, and their scores."""

    documents: Ids
    scores: Scores


def best_by_document(
    documents: Ids,
    scores: Scores,
) -> Ranked:
    """Return each document once with its best passage's score, best first, ties by document id.

    The input is passages, best first.
    """
    first = first_places(documents)
    documents, scores = documents[first], scores[first]
    ties = scores[1:] == scores[:-1]
    if bool(np.any(ties)):
        order = np.lexsort((documents, -scores))
        documents, scores = documents[order], scores[order]
    return Ranked(documents, scores)


def summed_by_document(
    documents: Ids,
    scores: Scores,
    sizes: Callable[[Ids], Ids],
) -> Ranked:
    """Return each document once with the discounted sum of its best passages, best
    first, ties by document id.

    A case that tells of the matter in several parts stands before one that names it
    once. The input is passages, best first; `sizes` says how many passages each document
    has in all.
    """
    if not len(documents):
        return Ranked(documents, scores)
    order = documents.argsort(kind="stable")
    ordered = documents[order]
    is_first = starts_of_runs(ordered)
    starts = is_first.nonzero()[0]
    shared = scores[order]
    if len(starts) < len(ordered):
        number_of_document = is_first.cumsum() - 1
        places = np.arange(len(ordered))
        place = places - starts[number_of_document]
        share = _SHARES[np.minimum(place, PASSAGES)]
        shared = np.add.reduceat(shared * share, starts)
    ids = ordered[starts]
    reach = _REACH[np.minimum(sizes(ids), PASSAGES)]
    return _largest_first(ids, shared / reach)


def _largest_first(ids: Ids, sums: Scores) -> Ranked:
    """Return ascending ids by their sums; equal sums stay in the order of ids."""
    best = np.argsort(-sums, kind="stable")
    scores = np.asarray(sums[best], dtype=np.float64)
    return Ranked(ids[best], scores)


def weighted_sum(
    words: Ranked,
    meaning: Ranked,
    weight: float,
) -> Ranked:
    """Merge two rankings by their scores: `weight` of the words and the rest of the meaning.

    Scores of each are first put between 0 and 1, its best: words from their last
    candidate on, cosines from NEARNESS_FLOOR of the best on, because how far the last of
    a fixed depth lies depends on the size of the library. Largest first, ties by id. The
    convex combination of Bruch, Gai and Ingber (ACM TOIS 2023), whose floors are theirs
    to choose too.
    """
    ids = np.concatenate([words.documents, meaning.documents])
    if not len(ids):
        return Ranked(ids, NO_SCORES)
    least = _last(words.scores)
    floor = NEARNESS_FLOOR * _best(meaning.scores)
    by_words = weight * _unit(words.scores, least)
    by_meaning = (1 - weight) * _unit(meaning.scores, floor)
    return _merged(ids, np.concatenate([by_words, by_meaning]))


def _best(scores: Scores) -> float:
    return float(scores[0]) if len(scores) else 0.0


def _last(scores: Scores) -> float:
    return float(scores[-1]) if len(scores) else 0.0


def _unit(scores: Scores, low: float) -> Scores:
    """Return scores, best first, as shares of the way from `low` to the best."""
    high = _best(scores)
    if high <= low:
        return np.ones(len(scores))
    shares = (scores - low) / (high - low)
    return np.asarray(np.maximum(shares, 0.0))


def _merged(ids: Ids, gains: Scores) -> Ranked:
    """Return each id once with the sum of its gains, largest first, ties by id."""
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    starts = np.flatnonzero(starts_of_runs(ids))
    sums = np.add.reduceat(gains[order], starts)
    return _largest_first(ids[starts], sums)


def reciprocal_rank_fusion(
    rankings: Sequence[Ids],
    rank_constant: int = RANK_CONSTANT,
) -> Ranked:
    """Merge rankings by the sum of 1 / (rank_constant + rank), rank counted from 1.

    Returns ids and sums, largest first; equal sums are ordered by id, so a query answers
    the same way twice.
    """
    if not any(map(len, rankings)):
        return Ranked(NO_IDS, NO_SCORES)
    gains = []
    for ranking in rankings:
        ranks = np.arange(1, len(ranking) + 1)
        gains.append(1.0 / (rank_constant + ranks))
    return _merged(np.concatenate(rankings), np.concatenate(gains))


def followed(
    documents: Ids,
    scores: Scores,
    more: Ids,
) -> Ranked:
    """Return a ranking with the documents of `more` it lacks behind it, in their order, at falling
    scores.
    """
    if not len(more):
        return Ranked(documents, scores)
    is_ranked = member(more, np.sort(documents))
    rest = more[~is_ranked]
    rest = rest[first_places(rest)]
    last = _last(scores) if len(scores) else 1.0
    places = np.arange(len(rest))
    falling = last * RANK_CONSTANT / (RANK_CONSTANT + 1.0 + places)
    joined = np.concatenate([documents, rest])
    all_scores = np.concatenate([scores, falling])
    return Ranked(joined, all_scores)
