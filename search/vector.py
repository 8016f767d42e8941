"""Vector index: FAISS over the store's vectors, filters before the cut.

Exact while small, and all but exact above (float16, inner product); inverted lists with
8-bit codes above EXACT_LIMIT vectors, kept on disk because they take time to train.
Filters that keep few passages are answered exactly by scoring just those.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec.structs import replace

from kb.records import Changes, Commit
from kb.store import Store
from kb.vocabulary import Visibility
from search.candidates import EMPTY, Candidates, in_order
from search.checksums import mark
from search.id_sets import NO_IDS, Ids, Kept, member
from search.nearest import (
    Coded,
    Halves,
    Lists,
    Matrix,
    Nearest,
    load_faiss,
    train_lists,
)
from search.retriever import Allowed, Wanted
from search.stamps import Stamp, drop_stamp, read_stamp, write_stamp

log = logging.getLogger(__name__)

FORMAT: Final = 2
EXACT_LIMIT: Final = 200_000
#: Below this a plain matrix product is as fast and spares loading FAISS.
_SMALL: Final = 8_000
#: All vectors are read anew where so many documents changed.
_MANY_CHANGED: Final = 0.5
_FILE: Final = "vectors.faiss"


@dataclass(frozen=True, slots=True)
class _Rows:
    """Vectors; row i belongs to passages[i] of documents[i], passages ascending."""

    passages: Ids
    documents: Ids
    matrix: Halves

    def kept(self, keep: Kept) -> _Rows:
        """Return the rows marked in `keep`."""
        return _Rows(
            passages=self.passages[keep],
            documents=self.documents[keep],
            matrix=self.matrix[keep],
        )

    def and_these(self, more: _Rows) -> _Rows:
        """Return these rows and more, as if all were read anew."""
        passages = np.concatenate([self.passages, more.passages])
        documents = np.concatenate([self.documents, more.documents])
        matrix = np.concatenate([self.matrix, more.matrix])
        joined = _Rows(
            passages=passages,
            documents=documents,
            matrix=matrix,
        )
        is_rising = passages[1:] > passages[:-1]
        if bool(np.all(is_rising)):
            return joined
        # a document shown again has old passages
        order = np.argsort(passages)
        return _Rows(
            passages=passages[order],
            documents=documents[order],
            matrix=matrix[order],
        )


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """Vectors at one commit, as `_Rows` has them.

    `distinct` are the documents, ascending; `sizes` holds for every document id how
    many rows are its.
    """

    commit: Commit
    embedder: str
    passages: Ids
    documents: Ids
    distinct: Ids
    sizes: Ids
    nearest: Nearest

    @property
    def rows(self) -> _Rows:
        """Return its vectors."""
        return _Rows(
            passages=self.passages,
            documents=self.documents,
            matrix=self.nearest.matrix,
        )


@dataclass(frozen=True, slots=True)
class _Compared:
    """Two arrays of ids, and whether they hold the same."""

    one: Ids
    other: Ids
    are_equal: bool

    def is_of(self, one: Ids, other: Ids) -> bool:
        """Tell whether these very arrays were compared."""
        return self.one is one and self.other is other


class VectorIndex:
    """One immutable snapshot, swapped in one assignment: a search in flight keeps its own."""

    def __init__(
        self,
        folder: Path,
        scope: Visibility,
    ) -> None:
        """Hold the documents that readers of `scope` may see; keep trained indexes below
        `folder`.
        """
        self._folder = folder
        self._scope = scope
        self._snapshot: _Snapshot | None = None
        self._compared: _Compared | None = None

    @property
    def documents(self) -> Ids:
        """Return the document of every vector."""
        return self._snapshot.documents if self._snapshot else NO_IDS

    @property
    def document_count(self) -> int:
        """Return how many documents have vectors."""
        return len(self._snapshot.distinct) if self._snapshot else 0

    def sizes(self, documents: Ids) -> Ids:
        """Return how many passages each of these documents has; 1 for one not known yet."""
        snapshot = self._snapshot
        if snapshot is None:
            return np.ones(len(documents), dtype=np.int64)
        # One look-up each: finding them among the ascending ids touches memory in
        # sixteen places a document.
        beyond = len(snapshot.sizes) - 1
        sizes = snapshot.sizes[np.minimum(documents, beyond)]
        return np.maximum(sizes, 1)

    @property
    def embedder(self) -> str | None:
        """Return the name of the embedder that made the vectors; None without vectors."""
        return self._snapshot.embedder if self._snapshot else None

    def is_of(self, commit: Commit) -> bool:
        """Tell whether the snapshot is the store's at this commit; a change of embedder is one."""
        return self._snapshot is not None and self._snapshot.commit == commit

    def settle(self) -> None:
        """Wait until what is being made of the snapshot to search it faster is there."""
        if self._snapshot is None:
            return
        nearest = self._snapshot.nearest
        if isinstance(nearest, Coded):
            nearest.settle()

    def refresh(self, store: Store) -> None:
        """Bring the snapshot up to the store's last commit and to the embedder in use there."""
        if self.is_of(store.commit()):
            return
        started = time.perf_counter()
        # embedder, commit and vectors of one moment, whatever is committed meanwhile
        with store.snapshot():
            embedder, commit = store.embedder(), store.commit()
            if embedder is None:
                self._snapshot = None
                return
            _, name, _ = embedder
            rows = self._read(store, name)
        nearest = self._nearest(commit, name, rows.matrix)
        counts = np.bincount(rows.documents)
        sizes = np.append(counts, 0)  # the last stands for all ids beyond
        distinct = np.flatnonzero(sizes)
        self._snapshot = _Snapshot(
            commit=commit,
            embedder=name,
            passages=rows.passages,
            documents=rows.documents,
            distinct=distinct,
            sizes=sizes,
            nearest=nearest,
        )
        took_ms = 1000 * (time.perf_counter() - started)
        log.info("vector index rows=%d ms=%.0f", len(rows.passages), took_ms)

    def _read(self, store: Store, embedder: str) -> _Rows:
        """Return all rows, those that did not change from the snapshot before where it is of this
        store's history.
        """
        old = self._snapshot
        if old is None or old.embedder != embedder:
            return self._read_all(store)
        if not store.is_ancestor(old.commit):
            return self._read_all(store)
        changes = store.changes_since(old.commit.generation)
        many = _MANY_CHANGED * len(old.distinct)
        if len(changes.changed) > many:
            return self._read_all(store)
        is_touched = member(old.documents, _touched(changes))
        kept = old.rows.kept(~is_touched)
        if not changes.changed:
            return kept
        anew = _Rows(*store.vectors(changes.changed, self._scope))
        return kept.and_these(anew)

    def _read_all(self, store: Store) -> _Rows:
        passages, documents, matrix = store.vectors(scope=self._scope)
        return _Rows(passages, documents, matrix)

    def candidates(
        self,
        wanted: Wanted,
        allowed: Allowed,
        limit: int,
    ) -> Candidates:
        """Return the `limit` passages nearest to the direction that is wanted.

        A zero vector (nothing known in the query) is near to nothing, and so is one made by
        another embedder than the passages' vectors: their directions mean different
        things.
        """
        snapshot, direction = self._snapshot, wanted.direction
        if snapshot is None or direction is None:
            return EMPTY
        if not len(snapshot.passages) or not direction.vector.any():
            return EMPTY
        if direction.made_by != snapshot.embedder:
            return EMPTY
        mask = self._mask(snapshot, allowed)
        if mask is not None and not mask.any():
            return EMPTY
        rows, scores = snapshot.nearest.search(direction.vector, limit, mask)
        passages = snapshot.passages[rows]
        return in_order(passages, snapshot.documents[rows], scores)

    def _mask(
        self,
        snapshot: _Snapshot,
        allowed: Allowed,
    ) -> Kept | None:
        """Return for every row whether a search may answer with it, or None for all."""
        documents, passages = allowed.documents, allowed.passages
        if documents is not None:
            if self._is_everyone(documents, snapshot.distinct):
                documents = None
        if documents is None and passages is None:
            return None
        count = len(snapshot.passages)
        mask = np.ones(count, dtype=bool)
        if documents is not None:
            mask &= member(snapshot.documents, documents)
        if passages is not None:
            mask &= member(snapshot.passages, passages)
        return mask

    def _is_everyone(
        self,
        documents: Ids,
        distinct: Ids,
    ) -> bool:
        """Tell whether both hold the same ids; the same two arrays are compared once."""
        known = self._compared
        if known is None or not known.is_of(documents, distinct):
            are_equal = np.array_equal(documents, distinct)
            known = _Compared(documents, distinct, are_equal)
            self._compared = known
        return known.are_equal

    def _nearest(
        self,
        commit: Commit,
        embedder: str,
        matrix: Halves,
    ) -> Nearest:
        """Return the way in which so many rows are searched."""
        count = len(matrix)
        if count < _SMALL:
            return Matrix(matrix)
        if count <= EXACT_LIMIT:
            return Coded(matrix)
        stamp = Stamp(
            format=FORMAT,
            maker=embedder,
            generation=commit.generation,
            commit=commit.id,
            rows=count,
        )
        lists = self._read_saved(stamp)
        if lists is None:
            lists = self._train(stamp, matrix)
        return Lists(lists, matrix)

    def _read_saved(self, stamp: Stamp) -> Any:
        """Return the trained index on disk when it is of this commit and its file is what was
        written.
        """
        known, path = read_stamp(self._folder), self._folder / _FILE
        if known is None or not path.is_file():
            return None
        if replace(known, files={}) != stamp:
            return None
        written = known.files[_FILE]
        if mark(path).digest != written.digest:
            log.error("vector index damaged")
            return None
        try:
            return load_faiss().read_index(str(path))
        except (OSError, RuntimeError):
            return None

    def _train(self, stamp: Stamp, matrix: Halves) -> Any:
        index = train_lists(matrix)
        try:
            self._save(stamp, index)
        # it serves all the same, and is trained again at the next start
        except (OSError, RuntimeError) as error:
            log.error("vector index not saved: %s", type(error).__name__)
        return index

    def _save(self, stamp: Stamp, index: Any) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path, waiting = self._folder / _FILE, self._folder / f"{_FILE}.new"
        load_faiss().write_index(index, str(waiting))
        drop_stamp(self._folder)
        waiting.replace(path)
        files = {_FILE: mark(path)}
        write_stamp(self._folder, replace(stamp, files=files))


def _touched(changes: Changes) -> Ids:
    """Return the documents of which no old row is kept, ascending."""
    touched = {*changes.changed, *changes.removed}
    return np.array(sorted(touched), dtype=np.int64)
