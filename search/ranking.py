"""Documents put in order under one set of filters, from what was retrieved without any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from kb.records import Filters
from kb.store import Store
from search.candidates import (
    EMPTY,
    Candidates,
    joined,
    joined_for_counting,
    ranked,
    within,
)
from search.demands import LONG_CHARS
from search.fusion import (
    Ranked,
    best_by_document,
    followed,
    summed_by_document,
    weighted_sum,
)
from search.id_sets import Ids, Kept, Scores, member
from search.nearness import near_passages
from search.query import Query
from search.retrieving import KEYWORD_DEPTH, RetrievedQuery

#: What the words weigh in the sum of both retrievers' scores; the rest is meaning.
WORDS_WEIGHT: Final = 0.25
#: In a description of facts the words weigh more: the mean of so many words points
#: nowhere in particular.
LONG_WORDS_WEIGHT: Final = 0.4
#: Above this many allowed documents a filter is applied to gathered passages, not
#: handed to the index.
_ALLOWED_LIMIT: Final = 5_000


class Ranking(Struct, frozen=True, gc=False):
    """Documents best first with their scores, and the passages that brought them.

    Only the first `ordered` documents are in order; those behind are there to be counted.
    """

    documents: Ids
    scores: Scores
    keyword: Candidates
    vector: Candidates
    complete: bool
    ordered: int

    def part(self, page: slice) -> Ranking:
        """Return the documents of one page, with all the passages."""
        return replace(self, documents=self.documents[page], scores=self.scores[page])


def joined_rankings(parts: Sequence[Ranking]) -> Ranking:
    """Return rankings of different documents, one at least, one after another."""
    first, *others = parts
    if not others:
        return first
    return replace(
        first,
        documents=np.concatenate([part.documents for part in parts]),
        scores=np.concatenate([part.scores for part in parts]),
        keyword=joined([part.keyword for part in parts]),
        vector=joined([part.vector for part in parts]),
    )


class _Words(Struct, frozen=True):
    """Passages found by words, under filters: all that match, and those that are ranked."""

    everything: Candidates
    ranked: Candidates


def rank(
    store: Store,
    asked: RetrievedQuery,
    filters: Filters,
) -> Ranking:
    """Rank documents under one set of filters; both retrievers are cut only after filtering."""
    allowed = _allowed(asked, filters)
    if asked.query.only_excludes:
        newest_first = allowed[::-1]
        scores = np.zeros(len(allowed))
        return Ranking(
            documents=newest_first,
            scores=scores,
            keyword=EMPTY,
            vector=EMPTY,
            complete=True,
            ordered=len(allowed),
        )
    words = _by_words(store, asked, allowed, filters)
    near = near_passages(store, asked, words.ranked, allowed, filters)
    fused = _fuse(asked, words.ranked, near)
    everything, keyword = words.everything, words.ranked
    ordered = len(fused.documents)
    if not everything.ordered:
        fused = followed(fused.documents, fused.scores, everything.documents)
        keyword = joined_for_counting(keyword, everything)
    documents, scores = asked.named.put_first(fused, allowed)
    if everything.ordered:
        ordered = len(documents)
    return Ranking(
        documents=documents,
        scores=scores,
        keyword=keyword,
        vector=near,
        complete=everything.complete,
        ordered=ordered,
    )


def _allowed(
    asked: RetrievedQuery,
    filters: Filters,
) -> Ids:
    """Return the documents the reader may see and the filters keep, less the unwanted."""
    return within(asked.catalogue.passing(filters), None, asked.unwanted)


def _by_words(
    store: Store,
    asked: RetrievedQuery,
    allowed: Ids,
    filters: Filters,
) -> _Words:
    matching = asked.matching
    everything, best = matching.everything, matching.best
    if not everything.complete and _is_worth_asking_again(asked, allowed):
        least = everything.least
        keyword = asked.indexes.keyword
        matching = keyword.matching(asked.query, allowed, KEYWORD_DEPTH)
        everything, best = matching.everything.of_score(least), matching.best
    everything = everything.kept(_is_among(asked, everything, allowed))
    best = best.kept(_is_among(asked, best, allowed))
    in_order = ranked(best, everything) if everything.ordered else best
    if filters.roles:
        of_roles = asked.passages_of(store, filters.roles)
        in_order = in_order.kept(member(in_order.passages, of_roles))
    return _Words(everything, in_order)


def _is_worth_asking_again(
    asked: RetrievedQuery,
    allowed: Ids,
) -> bool:
    """Tell whether the filters leave so few documents that the index is asked within them."""
    all_but_one = asked.indexes.vector.document_count - 1
    return len(allowed) <= min(_ALLOWED_LIMIT, all_but_one)


def _is_among(
    asked: RetrievedQuery,
    found: Candidates,
    allowed: Ids,
) -> Kept:
    """Tell which candidates are of documents among `allowed` (ascending)."""
    if allowed is asked.columns.ids:  # nothing is filtered: a look-up serves
        return asked.columns.visible(found.documents)
    return member(found.documents, allowed)


def _fuse(
    asked: RetrievedQuery,
    keyword: Candidates,
    near: Candidates,
) -> Ranked:
    """Return documents best first: both retrievers on a fixed depth, then what else holds the
    words.
    """
    meaning = best_by_document(near.documents, near.scores)
    if not asked.asked_for_words:
        return meaning
    depth = KEYWORD_DEPTH if asked.is_hybrid else len(keyword.passages)
    head = keyword.first(depth)
    sizes = asked.indexes.vector.sizes
    fused = summed_by_document(head.documents, head.scores, sizes)
    if asked.direction is not None:
        fused = weighted_sum(fused, meaning, _weight_of_words(asked.query))
    rest = keyword.documents[depth:]
    return followed(fused.documents, fused.scores, rest)


def _weight_of_words(query: Query) -> float:
    return LONG_WORDS_WEIGHT if len(query.text) > LONG_CHARS else WORDS_WEIGHT


def reordered_as(
    ranking: Ranking,
    documents: Ids,
) -> Ranking:
    """Return the same ranking with its documents in another order."""
    sorter = np.argsort(ranking.documents)
    found = np.searchsorted(ranking.documents, documents, sorter=sorter)
    places = sorter[found]
    return replace(
        ranking,
        documents=documents,
        scores=ranking.scores[places],
        ordered=len(documents),
    )
