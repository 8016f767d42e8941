"""The store as its users see it: one connection, one clearance, records in and out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb import database, deadline
from kb.errors import UserError
from kb.law.articles import ArticleKey, Articles
from kb.law.concordance import ConcordanceRow
from kb.records import (
    NO_FILTERS,
    Added,
    Changes,
    Citation,
    Commit,
    Document,
    DocumentHead,
    EmbedderVectors,
    Filters,
    Name,
    PassageToIndex,
    Replaced,
    Revision,
    StoredPassage,
    VisibilityChange,
)
from kb.store import (
    changing,
    checking,
    citing,
    copying,
    laws,
    naming,
    reading,
    removing,
    sums,
    vectors,
    writing,
)
from kb.store.committing import next_generation
from kb.store.opening import OpenStore
from kb.vocabulary import Visibility


class Store(OpenStore):
    """Truth of the product, seen with one clearance. Used by one thread at a time.

    Reading methods return only what the clearance may see, counts and facets included; those
    under "indexes" may be narrowed further, to the readers one index serves.
    """

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

    # -- reading ---------------------------------------------------------------------------

    def document(self, key: int | str) -> Document | None:
        """Return a visible document by id (int) or slug (str)."""
        with self.snapshot():
            return reading.document(self._conn, self.clearance, key=key)

    def heads(self, ids: Iterable[int]) -> dict[int, DocumentHead]:
        """Return the visible documents among `ids`."""
        return reading.heads(self._conn, self.clearance, ids)

    def documents(self, ids: Iterable[int]) -> dict[int, Document]:
        """Return the visible documents among `ids`, whole."""
        with self.snapshot():
            return reading.documents(self._conn, self.clearance, ids)

    def heads_by_slug(self, slugs: Iterable[str]) -> dict[str, DocumentHead]:
        """Return the visible documents among `slugs`, by slug."""
        return reading.heads_by_slug(self._conn, self.clearance, slugs)

    def passages(self, ids: Iterable[int]) -> dict[int, StoredPassage]:
        """Return the visible passages among `ids`."""
        return reading.passages(self._conn, self.clearance, ids)

    def article_passages(self, articles: Mapping[int, str]) -> dict[int, int]:
        """Return by document its first passage of the article named beside it, where it is visible
        and has one.
        """
        return reading.article_passages(self._conn, self.clearance, articles)

    def listing(
        self,
        filters: Filters = NO_FILTERS,
        *,
        order: str = "newest",
        offset: int = 0,
        limit: int = 20,
    ) -> tuple[list[DocumentHead], int]:
        """Return one page of visible documents and their total; `order` is a key of
        reading.ORDERS.
        """
        return reading.listing(
            self._conn, self.clearance, filters, order, offset, limit
        )

    def in_order(self, ids: Sequence[int], order: str) -> NDArray[np.int64]:
        """Return the visible documents among `ids` in an order that is a key of reading.ORDERS."""
        return reading.in_order(self._conn, self.clearance, ids, order)

    def result_sums(self) -> list[tuple[int, str, float]]:
        """Return (document id, type of RESULT_SUMS, sum in yuan) of what visible
        documents came to, ascending by sum.

        A document has one sum a type, its largest of that type.
        """
        return sums.by_document(self._conn, self.clearance)

    def document_ids(self, filters: Filters = NO_FILTERS) -> NDArray[np.int64]:
        """Return the ids of visible documents that pass `filters`, ascending."""
        return reading.document_ids(self._conn, self.clearance, filters)

    def passage_ids(self, filters: Filters, limit: int) -> NDArray[np.int64] | None:
        """Return the ids of visible passages that pass `filters`, or None when more than
        `limit`.
        """
        return reading.passage_ids(self._conn, self.clearance, filters, limit)

    def facet_documents(self) -> Iterator[tuple[str, str, NDArray[np.int64]]]:
        """Yield every field and value with the ids of the visible documents that have it."""
        return reading.facet_documents(self._conn, self.clearance)

    def by_identifier(
        self, pairs: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], list[int]]:
        """Return the visible documents that bear each (type, value)."""
        return reading.by_identifier(self._conn, self.clearance, pairs)

    def citing(self, law: str, article: str) -> list[int]:
        """Return the visible documents that cite an article of any version of a law."""
        return citing.citing(self._conn, self.clearance, law, article)

    def citing_document(self, slug: str) -> dict[int, DocumentHead]:
        """Return the visible documents that name another one."""
        return citing.citing_document(self._conn, self.clearance, slug)

    def citing_articles(
        self, articles: Iterable[ArticleKey]
    ) -> dict[ArticleKey, list[int]]:
        """Return by article the visible documents that cite it; [] for one nobody cites."""
        return citing.citing_articles(self._conn, self.clearance, articles)

    def presumed_to_cite(
        self, articles: Iterable[ArticleKey]
    ) -> dict[ArticleKey, dict[int, str]]:
        """Return by article the visible documents that name it without a version and are
        presumed to mean this one.

        Each comes with why: BY_DATE or BY_TEXT.
        """
        return citing.presumed(self._conn, self.clearance, articles)

    def citations_of(self, ids: Iterable[int]) -> Mapping[int, Sequence[Citation]]:
        """Return the citations of each visible document among `ids`."""
        return citing.of_documents(self._conn, self.clearance, ids)

    def laws(self) -> list[DocumentHead]:
        """Return all visible versions of all laws."""
        return laws.laws(self._conn, self.clearance)

    def versions(self, law: str) -> list[DocumentHead]:
        """Return the visible versions of a law, oldest first."""
        return laws.versions(self._conn, self.clearance, law)

    def articles(self, ids: Iterable[int]) -> dict[int, Articles]:
        """Return by visible document its articles, where it has any."""
        return laws.articles(self._conn, self.clearance, ids)

    def concordances(self, names: Iterable[str]) -> dict[str, list[ConcordanceRow]]:
        """Return by law which article of which version holds each provision."""
        return laws.concordances(self._conn, self.clearance, names)

    def counterparts(
        self, articles: Iterable[ArticleKey]
    ) -> dict[ArticleKey, list[ConcordanceRow]]:
        """Return by article those of other versions that provide the same."""
        return laws.counterparts(self._conn, self.clearance, articles)

    def names(self) -> Iterator[Name]:
        """Yield every title, other name, party and number of the visible documents, as written."""
        return naming.names(self._conn, self.clearance)

    def provisions(self) -> list[tuple[str, str, str, str]]:
        """Return (law, version, article, what it provides) of the visible laws; '' for a version
        whole.
        """
        return naming.provisions(self._conn, self.clearance)

    def facet_words(self, fields: Sequence[str]) -> list[tuple[str, str, int]]:
        """Return (field, value, how many have it) of the values visible documents have in any of
        `fields`.
        """
        return naming.facet_words(self._conn, self.clearance, fields)

    def mean_vector(self, document_id: int) -> NDArray[np.float32] | None:
        """Return the unit mean of a visible document's vectors; None when it has none."""
        embedder = self.embedder()
        if embedder is None:
            return None
        return vectors.mean_vector(self._conn, self.clearance, embedder[0], document_id)

    # -- indexes ---------------------------------------------------------------------------

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
        return reading.commit(self._conn)

    def is_ancestor(self, known: Commit) -> bool:
        """Tell whether a commit is the last one or one before it, in this store's own history."""
        return reading.is_ancestor(self._conn, known)

    def embedder(self) -> tuple[int, str, int] | None:
        """Return id, name and dimension of the embedder in use; None in an empty store."""
        return vectors.in_use(self._conn)

    def require_embedder(self, name: str, dim: int) -> None:
        """Raise EmbedderMismatch when the vectors in use are another embedder's."""
        vectors.require(self.embedder(), name, dim)

    def changes_since(self, generation: int) -> Changes:
        """Return what an index made at `generation` has to learn, whatever is visible."""
        with self.snapshot():
            return reading.changes_since(self._conn, generation)

    def audience(self) -> Visibility:
        """Return the lowest clearance whose readers see the same documents as this store's: one
        index serves them.
        """
        return reading.audience(self._conn, self.clearance)

    def passages_to_index(
        self, ids: Sequence[int] | None = None, scope: Visibility | None = None
    ) -> Iterator[PassageToIndex]:
        """Yield the passages of the given documents (all when None) that readers of
        `scope` may see.

        It takes the time it takes, whatever the deadline.
        """
        with deadline.unlimited():
            yield from reading.passages_to_index(self._conn, self._within(scope), ids)

    def places(self, scope: Visibility | None = None) -> NDArray[np.int64]:
        """Return (document id, passage id) of every passage that readers of `scope` may see, a row
        each, by passage.
        """
        return reading.places(self._conn, self._within(scope))

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
        self, embedder_id: int, after: int, limit: int
    ) -> list[PassageToIndex]:
        """Return the first `limit` passages with ids above `after` and without a vector of an
        embedder.
        """
        with self.snapshot():
            return vectors.passages_without(self._conn, embedder_id, after, limit)

    def put_vectors(
        self, embedder_id: int, passage_ids: Sequence[int], rows: NDArray[np.float32]
    ) -> None:
        """Store vectors (float32, a row a passage) of an embedder in one short transaction."""
        with database.transaction(self._conn):
            self._put(embedder_id, passage_ids, rows)

    def serve_embedder(
        self, embedder_id: int, passage_ids: Sequence[int], rows: NDArray[np.float32]
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
        self, embedder_id: int, passage_ids: Sequence[int], rows: NDArray[np.float32]
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
