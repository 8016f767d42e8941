"""What a query comes to on the way: what is asked of the caches, and the documents put in order."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from search.candidates import Candidates
from search.catalogue import Catalogue
from search.facets import Columns
from search.indexes import Indexes
from search.named_documents import NamedDocuments
from search.query import Query


class Ranking(Struct, frozen=True, gc=False):
    """Documents best first with their scores, and the passages that brought them.

    Only the first `ordered` documents are in order; those behind are there to be counted.
    """

    documents: NDArray[np.int64]
    scores: NDArray[np.float64]
    keyword: Candidates
    vector: Candidates
    complete: bool
    ordered: int


class RetrievedQuery(Struct, frozen=True, kw_only=True, gc=False):
    """A query with what the caches and the store say to it before any filter."""

    query: Query
    hybrid: bool
    indexes: Indexes
    catalogue: Catalogue
    vector: NDArray[np.float32] | None
    near: Candidates
    everything: Candidates
    best: Candidates
    exact: NamedDocuments
    demanded: NDArray[np.int64] | None
    unwanted: NDArray[np.int64]

    @property
    def columns(self) -> Columns:
        """Return the facet values of what the reader may see."""
        return self.catalogue.columns


def reordered_as(ranking: Ranking, documents: NDArray[np.int64]) -> Ranking:
    """Return the same ranking with its documents in another order."""
    sorter = np.argsort(ranking.documents)
    places = sorter[np.searchsorted(ranking.documents, documents, sorter=sorter)]
    return replace(
        ranking,
        documents=documents,
        scores=ranking.scores[places],
        ordered=len(documents),
    )
