"""What an engine has to offer to be searched beside others."""

from __future__ import annotations

from typing import Final, Protocol

from msgspec import Struct

from search.candidates import Candidates
from search.id_sets import Ids, Vector
from search.query import Query

__all__ = [
    "ALL",
    "Allowed",
    "CountingRetriever",
    "Direction",
    "Matching",
    "Retriever",
    "Wanted",
]


class Direction(Struct, frozen=True, gc=False):
    """Where a text points, in the space of the embedder that made the vector."""

    vector: Vector
    made_by: str


class Wanted(Struct, frozen=True, gc=False):
    """What is looked for: words, and a direction where meaning has a say."""

    query: Query
    direction: Direction | None = None


class Allowed(Struct, frozen=True, gc=False):
    """Documents, and passages, that may be answers, ascending; None for all."""

    documents: Ids | None = None
    passages: Ids | None = None


ALL: Final = Allowed()


class Retriever(Protocol):
    """Finds the passages that answer best by one way of looking.

    The documents are those of one scope of readers. Whatever is not allowed is left out
    before anything is cut off. What was asked twice is answered twice the same way, and
    fewer answers are the first of more.
    """

    def candidates(
        self,
        wanted: Wanted,
        allowed: Allowed,
        limit: int,
    ) -> Candidates:
        """Return up to `limit` passages, best first, those of equal scores by their ids;
        none where nothing wanted can be looked for in this way.
        """


class Matching(Struct, frozen=True, gc=False):
    """All passages that hold what a query asks for, and the best by any of its words."""

    everything: Candidates
    best: Candidates


class CountingRetriever(Retriever, Protocol):
    """A retriever that can also tell all that match, because it looks for words."""

    def matching(
        self,
        query: Query,
        allowed: Ids | None,
        limit: int,
        is_ordered: bool,
    ) -> Matching:
        """Return all that match, and the best `limit` by any term; `allowed` as above.

        All that match need not be in order where they are only counted.
        """

    def occurs(self, term: str) -> bool:
        """Tell whether a term occurs in any passage."""
