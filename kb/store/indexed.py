"""The store as indexes see it: what changed, which passages, which vectors, of which model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb import database, deadline
from kb.records import Changes, Commit, EmbedderVectors, PassageToIndex
from kb.store import copying, indexing, vectors
from kb.store.committing import next_generation
from kb.store.visible import VisibleStore
from kb.vocabulary import Visibility


class IndexedStore(VisibleStore):
    """What indexes ask: it may be narrowed below the clearance, to the readers one index serves."""

    def generation(self) -> int:
        """Return the number of the last commit."""
        return int(self._conn.execute("SELECT generation FROM meta").fetchone()[0])

    def copy_to(self, path: Path, progress: Callable[[int, int], None]) -> None:
        """Write the database as it stands now to a new file, while others write;
        `progress` hears pages and all pages.

        Raises StateError when the file cannot be written.
        """
        copying.copy(self._conn, path, progress)

    def commit(self) -> Commit:
        """Return the last commit."""
        return indexing.commit(self._conn)

    def is_ancestor(self, known: Commit) -> bool:
        """Tell whether a commit is the last one or one before it, in this store's own history."""
        return indexing.is_ancestor(self._conn, known)

    def require_embedder(self, name: str, dim: int) -> None:
        """Raise EmbedderMismatch when the vectors in use are another embedder's."""
        vectors.require(self.embedder(), name, dim)

    def changes_since(self, generation: int) -> Changes:
        """Return what an index made at `generation` has to learn, whatever is visible."""
        with self.snapshot():
            return indexing.changes_since(self._conn, generation)

    def audience(self) -> Visibility:
        """Return the lowest clearance whose readers see the same documents as this store's: one
        index serves them.
        """
        return indexing.audience(self._conn, self.clearance)

    def passages_to_index(
        self, ids: Sequence[int] | None = None, scope: Visibility | None = None
    ) -> Iterator[PassageToIndex]:
        """Yield the passages of the given documents (all when None) that readers of
        `scope` may see.

        It takes the time it takes, whatever the deadline.
        """
        with deadline.unlimited():
            yield from indexing.passages_to_index(self._conn, self._within(scope), ids)

    def places(self, scope: Visibility | None = None) -> NDArray[np.int64]:
        """Return (document id, passage id) of every passage that readers of `scope` may see, a row
        each, by passage.
        """
        return indexing.places(self._conn, self._within(scope))

    def vectors(
        self, ids: Sequence[int] | None = None, scope: Visibility | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float16]]:
        """Return passage ids, document ids and vectors (of the embedder in use) that readers of
        `scope` may see.
        """
        embedder = self.embedder()
        if embedder is None:
            return (
                np.empty(0, np.int64),
                np.empty(0, np.int64),
                np.empty((0, 0), np.float16),
            )
        with deadline.unlimited():
            return vectors.of_documents(
                self._conn, self._within(scope), (embedder[0], embedder[2]), ids
            )

    def _within(self, scope: Visibility | None) -> Visibility:
        return self.clearance if scope is None else min(scope, self.clearance)

    # -- changing the embedder -------------------------------------------------------------

    def embedders(self) -> list[EmbedderVectors]:
        """Return every embedder with vectors in the store, the one in use and others."""
        return vectors.embedders(self._conn)

    def prepare_embedder(self, name: str, dim: int) -> int:
        """Return the id of an embedder that may be given vectors beside the one in use."""
        with database.transaction(self._conn):
            return vectors.prepare(self._conn, name, dim)

    def count_missing(self, embedder_id: int) -> int:
        """Return how many passages have no vector of an embedder."""
        return vectors.count_missing(self._conn, embedder_id)

    def passages_without(
        self,
        embedder_id: int,
        after: int,
        limit: int,
    ) -> list[PassageToIndex]:
        """Return the first `limit` passages with ids above `after` and without a vector of an
        embedder.
        """
        with self.snapshot():
            return vectors.passages_without(self._conn, embedder_id, after, limit)

    def put_vectors(
        self,
        embedder_id: int,
        passage_ids: Sequence[int],
        rows: NDArray[np.float32],
    ) -> None:
        """Store vectors (float32, a row a passage) of an embedder in one short transaction."""
        with database.transaction(self._conn):
            self._put(embedder_id, passage_ids, rows)

    def serve_embedder(
        self,
        embedder_id: int,
        passage_ids: Sequence[int],
        rows: NDArray[np.float32],
    ) -> bool:
        """Store the last vectors and make their embedder the one in use, in one transaction.

        Returns False, and changes no more than the vectors, while passages still lack one.
        """
        with database.transaction(self._conn):
            self._put(embedder_id, passage_ids, rows)
            if not vectors.is_complete(self._conn, embedder_id):
                return False
            if not self._serves(embedder_id):
                vectors.serve(self._conn, embedder_id)
                next_generation(self._conn)
            return True

    def _put(
        self,
        embedder_id: int,
        passage_ids: Sequence[int],
        rows: NDArray[np.float32],
    ) -> None:
        if not passage_ids:
            return
        vectors.put(self._conn, embedder_id, passage_ids, rows)
        if self._serves(embedder_id):  # readers see these: indexes have to hear of them
            vectors.touch(self._conn, passage_ids, next_generation(self._conn))

    def _serves(self, embedder_id: int) -> bool:
        served = self.embedder()
        return served is not None and served[0] == embedder_id

    def forget_unused_vectors(self, limit: int) -> bool:
        """Delete up to `limit` vectors of embedders not in use in one short transaction; False when
        none were left.
        """
        with database.transaction(self._conn):
            return vectors.forget_unused(self._conn, limit)
