"""Clauses put together for tantivy, and its answers as candidates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import tantivy

from search.candidates import EMPTY, Candidates
from search.id_sets import Ids, Scores

#: Fields of the index: terms for scores, characters with positions for exact substrings.
WORDS: Final = "words"
CHARS: Final = "chars"
TITLE: Final = "title"
#: Passages gathered for totals and facets; beyond, the total is "at least".
GATHER_LIMIT: Final = 10_000
#: The fast field `place` holds document and passage in one number: one look-up a match
#: instead of two.
PASSAGE_BITS: Final = 32
_PASSAGE_MASK: Final = (1 << PASSAGE_BITS) - 1
#: Decimals of a score that count.
_DIGITS: Final = 3
#: Passages asked for beyond the limit, and how many times more while they all tie with
#: the last within it.
_SPARE: Final = 16
_MORE: Final = 4
#: Of more words than these, this share has to be there.
_FEW_WORDS: Final = 6
_ENOUGH_SHARE: Final = 0.3

Clauses = list[tantivy.Query]


def best(
    searcher: Any,
    query: tantivy.Query,
    limit: int,
) -> Candidates:
    """Return the best `limit` passages, best first, ties by passage id.

    Which passages of equal score tantivy lists first depends on how its files came
    about. So all that tie with the last are asked for, and a score counts to a
    thousandth: the sum of the same weights differs in its last digits from one file to
    another.
    """
    asked = limit + _SPARE
    while True:
        hits = searcher.search(query, limit=asked, count=False).hits
        scores = _rounded(hits)
        if len(hits) < asked or scores[-1] < scores[limit - 1]:
            break
        asked *= _MORE
    if not hits:
        return EMPTY
    addresses = [address for _, address in hits]
    passages, documents = places_of(searcher, addresses)
    order = np.lexsort((passages, -scores))[:limit]
    is_complete = len(hits) < limit
    return Candidates(
        passages=passages[order],
        documents=documents[order],
        scores=scores[order],
        complete=is_complete,
    )


def _rounded(hits: Sequence[tuple[float, Any]]) -> Scores:
    found = [score for score, _ in hits]
    scores = np.array(found, dtype=np.float64)
    return scores.round(_DIGITS)


def gathered(
    searcher: Any,
    query: tantivy.Query,
) -> Candidates:
    """Return all passages that match, unscored, or the best where there are too many to
    gather.
    """
    found = searcher.search(
        query, limit=GATHER_LIMIT, count=False, order_by_field="place"
    )
    hits = found.hits
    if len(hits) == GATHER_LIMIT:
        return best(searcher, query, GATHER_LIMIT)
    found_places = [place for place, _ in hits]
    places = np.array(found_places, dtype=np.int64)
    passages, documents = _split(places)
    return Candidates(
        passages=passages,
        documents=documents,
        scores=np.zeros(len(hits)),
        ordered=False,
    )


def places_of(
    searcher: Any,
    addresses: list[Any],
) -> tuple[Ids, Ids]:
    """Return the passages and the documents that stand at these addresses of an index."""
    places = searcher.fast_field_values("place", addresses)
    return _split(np.array(places, dtype=np.int64))


def _split(places: Ids) -> tuple[Ids, Ids]:
    """Return the passages and the documents that values of the field `place` stand for."""
    return places & _PASSAGE_MASK, places >> PASSAGE_BITS


def enough(count: int) -> int:
    """Return how many of `count` words a passage must hold to count as a match.

    One of one or two words, two of three to six, then three in ten: enough to keep a
    passage that shares a few common words with a long question out of the counts.
    """
    if count <= 2:
        return 1
    if count <= _FEW_WORDS:
        return 2
    return max(2, round(_ENOUGH_SHARE * count))


def term(
    schema: tantivy.Schema,
    name: str,
    value: str,
) -> tantivy.Query:
    """Return what matches where a term stands in a field, scored by how often."""
    return tantivy.Query.term_query(schema, name, value, index_option="freq")


def phrase(
    schema: tantivy.Schema,
    name: str,
    terms: Sequence[str],
) -> tantivy.Query:
    """Return what matches where these terms stand one after another in a field."""
    one_by_one: list[str | tuple[int, str]] = list(terms)
    return tantivy.Query.phrase_query(schema, name, one_by_one)


def every(clauses: Clauses) -> tantivy.Query:
    """Return what matches where all of the clauses do."""
    musts = [(tantivy.Occur.Must, one) for one in clauses]
    return tantivy.Query.boolean_query(musts)


def scored_by(
    matching: tantivy.Query,
    others: Clauses,
) -> tantivy.Query:
    """Return what matches the same passages but adds the scores of other clauses."""
    if not others:
        return matching
    clauses = [(tantivy.Occur.Must, matching), *_optional(others)]
    return tantivy.Query.boolean_query(clauses)


def _optional(clauses: Clauses) -> list[tuple[tantivy.Occur, tantivy.Query]]:
    return [(tantivy.Occur.Should, one) for one in clauses]


def any_of(clauses: Clauses) -> tantivy.Query:
    """Return what matches where any of the clauses does."""
    if len(clauses) == 1:
        return clauses[0]
    return tantivy.Query.boolean_query(_optional(clauses))


def all_of(
    must: Clauses,
    should: Clauses,
    enough: int,
    or_else: tantivy.Query | None = None,
) -> tantivy.Query:
    """Return what matches where all of `must` do and `enough` of `should`, or `or_else`
    in place of these.

    A clause alone is not wrapped: only where terms stand side by side does tantivy pass
    over what cannot be among the best.
    """
    if not should:
        return every(must)
    some = at_least(should, enough)
    if or_else is not None:
        some = any_of([some, or_else])
    if not must:
        return some
    clauses = [(tantivy.Occur.Must, one) for one in must]
    clauses.append((tantivy.Occur.Should, some))
    return tantivy.Query.boolean_query(clauses)


def at_least(
    clauses: Clauses,
    enough: int,
) -> tantivy.Query:
    """Return what matches where so many of the clauses do, or all where they are fewer."""
    if enough == 1:
        return any_of(clauses)
    wanted = min(enough, len(clauses))
    return tantivy.Query.boolean_query(
        _optional(clauses), minimum_number_should_match=wanted
    )


def literally(
    words: Sequence[str],
    chunks: Clauses,
) -> tantivy.Query | None:
    """Return what matches a passage that holds every typed word as it stands, however
    it was cut; no score.

    `chunks` are the clauses of the words short enough to be looked for so; None where
    some are not.
    """
    if not chunks or len(chunks) < len(words):
        return None
    return tantivy.Query.const_score_query(every(chunks), 0.0)
