"""Passages that a retriever found, and what is done to them before they become a ranking."""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from search.id_sets import member

_ROUNDING: Final = 1e-5
_NONE: Final = np.empty(0, dtype=np.int64)


class Candidates(Struct, frozen=True, gc=False):
    """Passages that match, best first: ids, their documents, BM25 scores; `complete`
    unless cut off.

    `least` is the score a passage needed to count, where counting was by score. Candidates that
    were gathered to be counted alone are not `ordered`: latest document first, scores all 0.
    """

    passages: NDArray[np.int64]
    documents: NDArray[np.int64]
    scores: NDArray[np.float64]
    complete: bool = True
    least: float = 0.0
    ordered: bool = True

    def of_score(self, least: float) -> Candidates:
        """Return those of at least this score."""
        count = int(np.count_nonzero(self.scores >= least - _ROUNDING))
        return (
            self
            if count == len(self.scores)
            else replace(self.first(count), complete=True)
        )

    def kept(self, keep: NDArray[np.bool_]) -> Candidates:
        """Return those marked in `keep`."""
        if keep.all():
            return self
        return replace(
            self,
            passages=self.passages[keep],
            documents=self.documents[keep],
            scores=self.scores[keep],
        )

    def first(self, depth: int) -> Candidates:
        """Return the best `depth`."""
        return replace(
            self,
            passages=self.passages[:depth],
            documents=self.documents[:depth],
            scores=self.scores[:depth],
        )


EMPTY: Final = Candidates(_NONE, _NONE, np.empty(0))


def in_order(
    passages: NDArray[np.int64],
    documents: NDArray[np.int64],
    scores: NDArray[np.float64],
    complete: bool = True,
) -> Candidates:
    """Return what a retriever found, best first, as matches: passages of equal scores by their
    ids.
    """
    if bool(np.any((scores[1:] == scores[:-1]) & (passages[1:] < passages[:-1]))):
        order = np.lexsort((passages, -scores))
        passages, documents, scores = passages[order], documents[order], scores[order]
    return Candidates(passages, documents, scores, complete)


def within(
    documents: NDArray[np.int64],
    demanded: NDArray[np.int64] | None,
    unwanted: NDArray[np.int64] | None,
) -> NDArray[np.int64]:
    """Return the documents that are demanded (None: all are) and not unwanted, ascending."""
    if demanded is not None:
        documents = np.intersect1d(documents, demanded, assume_unique=True)
    if unwanted is not None and len(unwanted):
        documents = np.setdiff1d(documents, unwanted, assume_unique=True)
    return documents


def ranked(best: Candidates, everything: Candidates) -> Candidates:
    """Return the best passages in their order, then all others that match in theirs.

    Whether one page is read or all, the same passages stand first with the same scores: two
    searches for them may score them differently, in the last digit or by what a phrase counts.
    """
    if not len(best.passages):
        return everything
    rest = everything.kept(~member(everything.passages, np.sort(best.passages)))
    return Candidates(
        np.concatenate([best.passages, rest.passages]),
        np.concatenate([best.documents, rest.documents]),
        np.concatenate([best.scores, rest.scores]),
        everything.complete,
    )


def joined_for_counting(best: Candidates, gathered: Candidates) -> Candidates:
    """Return the best passages, then those gathered to be counted; the best stand twice."""
    return Candidates(
        np.concatenate([best.passages, gathered.passages]),
        np.concatenate([best.documents, gathered.documents]),
        np.concatenate([best.scores, gathered.scores]),
        ordered=False,
    )
