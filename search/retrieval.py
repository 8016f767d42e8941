"""What words and meaning say of the same documents, to which depth, and in which proportion."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.records import Filters
from kb.store import Store
from search.demands import LONG_CHARS
from search.fusion import best_by_document, followed, summed_by_document, weighted_sum
from search.ids import member
from search.matches import EMPTY, Matches, within
from search.query import Query
from search.ranking import Question

#: Passages each retriever hands to fusion.
KEYWORD_DEPTH: Final = 200
VECTOR_DEPTH: Final = 100
#: What the words weigh in the sum of both retrievers' scores; the rest is meaning.
WORDS_WEIGHT: Final = 0.25
#: In a description of facts the words weigh more: the mean of so many words points
#: nowhere in particular.
LONG_WORDS_WEIGHT: Final = 0.4
#: Documents shown, nearest in meaning first, when filters leave nothing that matches.
_FEW: Final = 10
#: The same vectors scored by FAISS and by numpy differ by less than this.
_ROUNDING: Final = 1e-5
#: To this depth of passages a document that the words put forward is also scored by its meaning.
SCORED_DEPTH: Final = 300


def fuse(
    question: Question, keyword: Matches, near: Matches
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return documents best first: both retrievers on a fixed depth, then what else holds the
    words.
    """
    meaning = best_by_document(near.documents, near.scores)
    if question.everything is EMPTY and question.best is EMPTY:
        return meaning
    depth = KEYWORD_DEPTH if question.hybrid else len(keyword.passages)
    head = keyword.first(depth)
    words = summed_by_document(
        head.documents, head.scores, question.indexes.vector.sizes
    )
    fused = (
        words
        if question.vector is None
        else weighted_sum(words, meaning, _weight(question.query))
    )
    return followed(*fused, keyword.documents[depth:])


def _weight(query: Query) -> float:
    return LONG_WORDS_WEIGHT if len(query.text) > LONG_CHARS else WORDS_WEIGHT


def near_matches(
    store: Store,
    question: Question,
    keyword: Matches,
    allowed: NDArray[np.int64],
    filters: Filters,
) -> Matches:
    """Return the passages near in meaning among `allowed`, cut only after filtering.

    What counts as near is settled without filters (the score of the last of the depth),
    so that choosing a facet's value leaves as many documents as it promised; only when
    filters leave nothing at all is the nearest that is left shown all the same. Documents
    that the words put forward are scored by their meaning to a greater depth.
    """
    if question.vector is None:
        return EMPTY
    near = question.near
    if filters:
        wanted = within(allowed, question.demanded, None)
        of_roles = question.passages_of(store, filters.roles) if filters.roles else None
        near = question.indexes.vector.search(
            question.vector,
            SCORED_DEPTH,
            wanted,
            of_roles,
            made_by=question.made_by,
        )
    scores = question.near.scores
    least = float(scores[VECTOR_DEPTH - 1]) if len(scores) >= VECTOR_DEPTH else -1.0
    enough = near.scores >= least - _ROUNDING
    if filters:
        named = np.array(question.exact.order, dtype=np.int64)
        have = np.union1d(
            keyword.documents,
            np.union1d(near.documents[enough], named[np.isin(named, allowed)]),
        )
        if not len(have):
            enough |= np.isin(
                near.documents,
                best_by_document(near.documents, near.scores)[0][:_FEW],
            )
    return near.kept(
        enough | member(near.documents, np.sort(keyword.documents[:KEYWORD_DEPTH]))
    )
