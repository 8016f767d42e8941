"""Clauses put together for tantivy, and its answers as matches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import tantivy
from numpy.typing import NDArray

from search.candidates import EMPTY, Candidates

#: Passages gathered for totals and facets; beyond, the total is "at least".
GATHER_LIMIT: Final = 10_000
#: The fast field `place` holds document and passage in one number: one look-up a match
#: instead of two.
PASSAGE_BITS: Final = 32
#: Decimals of a score that count.
_DIGITS: Final = 3
#: Passages asked for beyond the limit, and how many times more while they all tie with
#: the last within it.
_SPARE: Final = 16
_MORE: Final = 4


def best(searcher: Any, query: tantivy.Query, limit: int) -> Candidates:
    """Return the best `limit` passages, best first, ties by passage id.

    Which passages of equal score tantivy lists first depends on how its files came about. So
    all that tie with the last are asked for, and a score counts to a thousandth: the sum of
    the same weights differs in its last digits from one file to another.
    """
    asked = limit + _SPARE
    while True:
        hits = searcher.search(query, limit=asked, count=False).hits
        scores: NDArray[np.float64] = np.array(
            [score for score, _ in hits], dtype=np.float64
        ).round(_DIGITS)
        if len(hits) < asked or scores[-1] < scores[limit - 1]:
            break
        asked *= _MORE
    if not hits:
        return EMPTY
    passages, documents = places_of(searcher, [address for _, address in hits])
    order = np.lexsort((passages, -scores))[:limit]
    return Candidates(
        passages[order], documents[order], scores[order], complete=len(hits) < limit
    )


def gathered(searcher: Any, query: tantivy.Query) -> Candidates:
    """Return all passages that match, unscored, or the best where there are too many to gather."""
    hits = searcher.search(
        query, limit=GATHER_LIMIT, count=False, order_by_field="place"
    ).hits
    if len(hits) == GATHER_LIMIT:
        return best(searcher, query, GATHER_LIMIT)
    passages, documents = _ids(np.array([place for place, _ in hits], dtype=np.int64))
    return Candidates(passages, documents, np.zeros(len(hits)), ordered=False)


def places_of(
    searcher: Any, addresses: list[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the passages and the documents that stand at these addresses of an index."""
    return _ids(
        np.array(searcher.fast_field_values("place", addresses), dtype=np.int64)
    )


def _ids(places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the passages and the documents that values of the field `place` stand for."""
    return places & ((1 << PASSAGE_BITS) - 1), places >> PASSAGE_BITS


def enough(count: int) -> int:
    """Return how many of `count` words a passage must hold to count as a match.

    One of one or two words, two of three to six, then three in ten: enough to keep a
    passage that shares a few common words with a long question out of the counts.
    """
    if count <= 2:
        return 1
    return 2 if count <= 6 else max(2, round(0.3 * count))


def scored_by(matching: tantivy.Query, others: list[tantivy.Query]) -> tantivy.Query:
    """Return what matches the same passages but adds the scores of other clauses."""
    clauses = [(tantivy.Occur.Should, query) for query in others]
    return (
        tantivy.Query.boolean_query([(tantivy.Occur.Must, matching), *clauses])
        if clauses
        else matching
    )


def any_of(queries: list[tantivy.Query]) -> tantivy.Query:
    """Return what matches where any of the queries does."""
    if len(queries) == 1:
        return queries[0]
    return tantivy.Query.boolean_query(
        [(tantivy.Occur.Should, query) for query in queries]
    )


def all_of(
    must: list[tantivy.Query],
    should: list[tantivy.Query],
    enough: int,
    or_else: tantivy.Query | None = None,
) -> tantivy.Query:
    """Return what matches where all of `must` do and `enough` of `should`, or `or_else`
    in place of these.

    A clause alone is not wrapped: only where terms stand side by side does tantivy pass over
    what cannot be among the best.
    """
    some = []
    if should:
        some = [at_least(should, enough)]
        if or_else is not None:
            some = [any_of([*some, or_else])]
        if not must:
            return some[0]
    clauses = [(tantivy.Occur.Must, query) for query in must] + [
        (tantivy.Occur.Should, query) for query in some
    ]
    return tantivy.Query.boolean_query(clauses)


def at_least(queries: list[tantivy.Query], enough: int) -> tantivy.Query:
    """Return what matches where so many of the queries do, or all of them where they are fewer."""
    if enough == 1:
        return any_of(queries)
    clauses = [(tantivy.Occur.Should, query) for query in queries]
    return tantivy.Query.boolean_query(
        clauses, minimum_number_should_match=min(enough, len(queries))
    )


def literally(
    words: Sequence[str], chunks: Sequence[tantivy.Query]
) -> tantivy.Query | None:
    """Return what matches a passage that holds every typed word as it stands, however
    it was cut; no score.

    `chunks` are the clauses of the words short enough to be looked for so; None where some are not.
    """
    if not chunks or len(chunks) < len(words):
        return None
    every = tantivy.Query.boolean_query(
        [(tantivy.Occur.Must, chunk) for chunk in chunks]
    )
    return tantivy.Query.const_score_query(every, 0.0)
