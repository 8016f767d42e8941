"""What a query comes to on the way: what is asked of the caches, and the documents put in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from kb.records import Filters
from kb.store import Store
from search.catalogue import Catalogue
from search.exact import Exact
from search.facets import Columns
from search.indexes import Indexes
from search.matches import Matches, joined
from search.query import Query
from search.reranking import Reranker

_ALL: Final = 1_000_000_000


class Order(Struct, frozen=True):
    """In which order documents are wanted, and which of them are read."""

    sort: str
    reranker: Reranker | None
    page: slice


class Ranking(Struct, frozen=True, gc=False):
    """Documents best first with their scores, and the passages that brought them.

    Only the first `ordered` documents are in order; those behind are there to be counted.
    """

    documents: NDArray[np.int64]
    scores: NDArray[np.float64]
    keyword: Matches
    vector: Matches
    complete: bool
    ordered: int

    def part(self, page: slice) -> Ranking:
        """Return the documents of one page, with all the passages."""
        return replace(self, documents=self.documents[page], scores=self.scores[page])


class Question(Struct, frozen=True, kw_only=True, gc=False):
    """A query with what the caches and the store say to it before any filter.

    `made_by` names the embedder of `vector`; `of_roles` are the passages of the roles
    that filters asked for so far.
    """

    query: Query
    hybrid: bool
    indexes: Indexes
    catalogue: Catalogue
    vector: NDArray[np.float32] | None
    near: Matches
    everything: Matches
    best: Matches
    exact: Exact
    demanded: NDArray[np.int64] | None
    unwanted: NDArray[np.int64]
    made_by: str
    of_roles: dict[tuple[str, ...], NDArray[np.int64]] = field(default_factory=dict)

    def passages_of(self, store: Store, roles: tuple[str, ...]) -> NDArray[np.int64]:
        """Return the visible passages in sections of these roles, ascending; read once."""
        if roles not in self.of_roles:
            found = store.passage_ids(Filters(roles=roles), _ALL)
            self.of_roles[roles] = np.empty(0, np.int64) if found is None else found
        return self.of_roles[roles]

    @property
    def columns(self) -> Columns:
        """Return the facet values of what the reader may see."""
        return self.catalogue.columns


def joined_rankings(parts: Sequence[Ranking], of: Ranking) -> Ranking:
    """Return rankings of different documents one after another, in place of the one they are of."""
    if not parts:
        return of
    return replace(
        of,
        documents=np.concatenate([part.documents for part in parts]),
        scores=np.concatenate([part.scores for part in parts]),
        keyword=joined([part.keyword for part in parts]),
        vector=joined([part.vector for part in parts]),
    )


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
