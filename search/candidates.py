"""Passages that a retriever found, and what is done to them before they become a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from search.id_sets import NO_IDS, NO_SCORES, Ids, Kept, Scores, member

_ROUNDING: Final = 1e-5


class Candidates(Struct, frozen=True, gc=False):
    """Passages that match, best first: ids, their documents, scores; `complete` unless
    cut off.

    `least` is the score a passage needed to count, where counting was by score.
    Candidates that were gathered to be counted alone are not `ordered`: latest document
    first, scores all 0.
    """

    passages: Ids
    documents: Ids
    scores: Scores
    complete: bool = True
    least: float = 0.0
    ordered: bool = True

    def of_score(self, least: float) -> Candidates:
        """Return those of at least this score."""
        count = int(np.count_nonzero(self.scores >= least - _ROUNDING))
        if count == len(self.scores):
            return self
        return replace(self.first(count), complete=True)

    def kept(self, keep: Kept) -> Candidates:
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


EMPTY: Final = Candidates(
    passages=NO_IDS,
    documents=NO_IDS,
    scores=NO_SCORES,
)


def in_order(
    passages: Ids,
    documents: Ids,
    scores: Scores,
) -> Candidates:
    """Return what a retriever found, best first, passages of equal scores by their ids."""
    ties = scores[1:] == scores[:-1]
    falling = passages[1:] < passages[:-1]
    if bool(np.any(ties & falling)):
        order = np.lexsort((passages, -scores))
        passages = passages[order]
        documents = documents[order]
        scores = scores[order]
    return Candidates(
        passages=passages,
        documents=documents,
        scores=scores,
    )


def within(
    documents: Ids,
    demanded: Ids | None,
    unwanted: Ids | None,
) -> Ids:
    """Return the documents that are demanded (None: all are) and not unwanted, ascending."""
    if demanded is not None:
        documents = np.intersect1d(documents, demanded, assume_unique=True)
    if unwanted is not None and len(unwanted):
        documents = np.setdiff1d(documents, unwanted, assume_unique=True)
    return documents


def ranked(
    best: Candidates,
    everything: Candidates,
) -> Candidates:
    """Return the best passages in their order, then all others that match in theirs.

    Whether one page is read or all, the same passages stand first with the same scores:
    two searches for them may score them differently, in the last digit or by what a
    phrase counts.
    """
    if not len(best.passages):
        return everything
    among_best = member(everything.passages, np.sort(best.passages))
    joined = _one_after_another(best, everything.kept(~among_best))
    return replace(joined, complete=everything.complete)


def joined(parts: Sequence[Candidates]) -> Candidates:
    """Return candidates of different documents one after another."""
    return Candidates(
        np.concatenate([part.passages for part in parts]),
        np.concatenate([part.documents for part in parts]),
        np.concatenate([part.scores for part in parts]),
    )


def joined_for_counting(
    best: Candidates,
    gathered: Candidates,
) -> Candidates:
    """Return the best passages, then those gathered to be counted; the best stand twice."""
    return replace(_one_after_another(best, gathered), ordered=False)


def _one_after_another(
    first: Candidates,
    second: Candidates,
) -> Candidates:
    return Candidates(
        passages=np.concatenate([first.passages, second.passages]),
        documents=np.concatenate([first.documents, second.documents]),
        scores=np.concatenate([first.scores, second.scores]),
    )
