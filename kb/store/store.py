"""The store whole: what is written and checked, beside what readers and indexes ask."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from kb import database
from kb.errors import UserError
from kb.records import Added, Replaced, Revision, VisibilityChange
from kb.store import changing, checking, removing, vectors, writing
from kb.store.committing import next_generation
from kb.store.indexed import IndexedStore
from kb.vocabulary import Visibility


class Store(IndexedStore):
    """Truth of the product, seen with one clearance. Used by one thread at a time."""

    # -- writing ---------------------------------------------------------------------------

    def add_revision(
        self,
        revision: Revision,
        collection: str | None,
        vectors: NDArray[np.float32],
        embedder_name: str,
    ) -> Added:
        """Store one document in one transaction; the original must be in `files` already."""
        with database.transaction(self._conn):
            return writing.add_revisions(
                self._conn, [(revision, vectors)], collection, embedder_name
            )[0]

    def add_revisions(
        self,
        made: Sequence[tuple[Revision, NDArray[np.float32]]],
        collection: str | None,
        embedder_name: str,
        visibility: Visibility | None = None,
    ) -> list[Added | UserError]:
        """Store several documents with their vectors in one transaction, twenty times
        faster than one each.

        Each is stored whole or, where an error stands in the answer, not at all. `collection` and
        `visibility`, where given, are for all of them, whatever they say themselves.
        """
        with database.transaction(self._conn):
            return self._add(made, collection, embedder_name, visibility)

    def _add(
        self,
        made: Sequence[tuple[Revision, NDArray[np.float32]]],
        collection: str | None,
        embedder_name: str,
        visibility: Visibility | None,
    ) -> list[Added | UserError]:
        """Add all at once; where one is refused, the half that holds it is halved again.

        One by one takes longer.
        """
        try:
            with database.savepoint(self._conn):
                return [
                    *writing.add_revisions(
                        self._conn, made, collection, embedder_name, visibility
                    )
                ]
        except UserError as error:
            if len(made) == 1:
                return [error]
        middle = len(made) // 2
        halves = (made[:middle], made[middle:])
        return [
            answer
            for half in halves
            for answer in self._add(half, collection, embedder_name, visibility)
        ]

    def has_revisions(self, hashes: Iterable[str]) -> dict[str, Added]:
        """Return by sha256 what was added of those bytes that are a current revision already."""
        rows = self._conn.execute(
            """SELECT o.sha256, d.id, d.slug FROM origin o
               JOIN revision r ON r.origin_id = o.id AND r.state = 'published'
               JOIN document d ON d.id = r.document_id
               WHERE o.sha256 IN (SELECT value FROM json_each(?))""",
            [json.dumps(list(hashes))],
        )
        return {
            row["sha256"]: Added(
                row["id"], row["slug"], created=False, superseded=False
            )
            for row in rows
        }

    def remove_document(self, *document_ids: int) -> None:
        """Delete documents, all in one transaction; their originals stay until they are purged."""
        with database.transaction(self._conn):
            removing.remove_documents(self._conn, document_ids)

    def classify(self, ids: Sequence[int], kind: str) -> dict[int, str]:
        """Change of which kind documents are, in one transaction; return by document what it was
        where it changed.
        """
        with database.transaction(self._conn):
            generation = cache(partial(next_generation, self._conn))
            return changing.classify(self._conn, ids, kind, generation)

    def set_visibility(
        self, document_id: int, visibility: Visibility
    ) -> VisibilityChange | None:
        """Change who may see a document; return what changed, None where nothing did."""
        return self.set_visibilities([document_id], visibility).get(document_id)

    def set_visibilities(
        self, ids: Sequence[int], visibility: Visibility
    ) -> dict[int, VisibilityChange]:
        """Change who may see documents, in one transaction; return by document what changed."""
        with database.transaction(self._conn):
            return changing.set_visibility(
                self._conn,
                ids,
                visibility,
                partial(next_generation, self._conn),
            )

    # -- checking --------------------------------------------------------------------------

    def counts(self) -> dict[str, int]:
        """Return how many rows each main table has, whatever their visibility."""
        return checking.counts(self._conn)

    def replaced_papers(self) -> list[Replaced]:
        """Return earlier contents that another paper of the same case number has replaced."""
        return checking.replaced_papers(self._conn)

    def damage(self) -> list[str]:
        """Return what SQLite and the tiling of texts show to be wrong."""
        found = checking.damage(self._conn)
        found += [
            f"片段或部分未完整覆盖正文:{slug}"
            for slug in checking.broken_tilings(self._conn)
        ]
        found += [
            f"正文不是收入时的正文:{slug}。请从备份恢复"
            for slug in checking.altered_texts(self._conn)
        ]
        embedder = self.embedder()
        missing = vectors.count_missing(self._conn, embedder[0]) if embedder else 0
        return (
            [*found, f"{missing} 个片段没有向量,运行 kb reembed 补齐"]
            if missing
            else found
        )

    def referenced_files(self) -> dict[str, int]:
        """Return sha256 -> size in bytes of every original the store knows."""
        return checking.files(self._conn)

    def forget_unreferenced_files(self) -> list[str]:
        """Strike originals that no revision and no removed document refers to from the list; return
        their names.
        """
        with database.transaction(self._conn):
            hashes = checking.unreferenced_files(self._conn)
            checking.forget_files(self._conn, hashes)
        return hashes
