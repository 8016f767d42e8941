"""Vector index: FAISS over the store's vectors, filters before the cut.

NamedDocuments while small, and all but exact above (float16, inner product); inverted lists with
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
from numpy.typing import NDArray

from kb.records import Commit
from kb.store import Store
from kb.vocabulary import Visibility
from search.candidates import EMPTY, Candidates, in_order
from search.checksums import mark
from search.id_sets import member
from search.nearest import Coded, Lists, Matrix, Nearest, load_faiss, train_lists
from search.stamps import Stamp, drop_stamp, read_stamp, write_stamp

log = logging.getLogger(__name__)

FORMAT: Final = 2
EXACT_LIMIT: Final = 200_000
#: Below this a plain matrix product is as fast and spares loading FAISS.
_SMALL: Final = 8_000
_FILE: Final = "vectors.faiss"


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """Vectors at one commit; row i belongs to passages[i] of documents[i], passages ascending.

    `distinct` are the documents, ascending; `sizes` holds for every document id how
    many rows are its.
    """

    commit: Commit
    embedder: str
    passages: NDArray[np.int64]
    documents: NDArray[np.int64]
    distinct: NDArray[np.int64]
    sizes: NDArray[np.int64]
    nearest: Nearest


class VectorIndex:
    """One immutable snapshot, swapped in one assignment: a search in flight keeps its own."""

    def __init__(self, folder: Path, scope: Visibility) -> None:
        """Hold the documents that readers of `scope` may see; keep trained indexes below
        `folder`.
        """
        self._folder = folder
        self._scope = scope
        self._snapshot: _Snapshot | None = None
        self._compared: tuple[NDArray[np.int64], NDArray[np.int64], bool] | None = None

    @property
    def documents(self) -> NDArray[np.int64]:
        """Return the document of every vector."""
        return self._snapshot.documents if self._snapshot else np.empty(0, np.int64)

    @property
    def document_count(self) -> int:
        """Return how many documents have vectors."""
        return len(self._snapshot.distinct) if self._snapshot else 0

    def sizes(self, documents: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many passages each of these documents has; 1 for one not known yet."""
        snapshot = self._snapshot
        if snapshot is None:
            return np.ones(len(documents), dtype=np.int64)
        # One look-up each: finding them among the ascending ids touches memory in
        # sixteen places a document.
        return np.maximum(
            snapshot.sizes[np.minimum(documents, len(snapshot.sizes) - 1)], 1
        )

    @property
    def embedder(self) -> str | None:
        """Return the name of the embedder that made the vectors; None without vectors."""
        return self._snapshot.embedder if self._snapshot else None

    def is_of(self, commit: Commit) -> bool:
        """Tell whether the snapshot is the store's at this commit; a change of embedder is one."""
        return self._snapshot is not None and self._snapshot.commit == commit

    def settle(self) -> None:
        """Wait until what is being made of the snapshot to search it faster is there."""
        if self._snapshot is not None and isinstance(self._snapshot.nearest, Coded):
            self._snapshot.nearest.settle()

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
            passages, documents, matrix = self._read(store, embedder[1])
        nearest = self._nearest(commit, embedder[1], matrix)
        sizes = np.append(
            np.bincount(documents), 0
        )  # the last stands for all ids beyond
        distinct = np.flatnonzero(sizes)
        self._snapshot = _Snapshot(
            commit, embedder[1], passages, documents, distinct, sizes, nearest
        )
        log.info(
            "vector index rows=%d ms=%.0f",
            len(passages),
            1000 * (time.perf_counter() - started),
        )

    def _read(
        self, store: Store, embedder: str
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float16]]:
        """Return all rows, those that did not change from the snapshot before where it is of this
        store's history.
        """
        old = self._snapshot
        if old is None or old.embedder != embedder or not store.is_ancestor(old.commit):
            return store.vectors(scope=self._scope)
        changes = store.changes_since(old.commit.generation)
        if len(changes.changed) > 0.5 * len(old.distinct):
            return store.vectors(scope=self._scope)
        gone = np.array(sorted({*changes.changed, *changes.removed}), dtype=np.int64)
        kept = ~member(old.documents, gone)
        parts = [(old.passages[kept], old.documents[kept], old.nearest.matrix[kept])]
        if changes.changed:
            parts.append(store.vectors(changes.changed, self._scope))
        passages, documents, matrix = (
            np.concatenate(rows) for rows in zip(*parts, strict=True)
        )
        if bool(np.all(passages[1:] > passages[:-1])):
            return passages, documents, matrix
        # a document shown again has old passages: rows lie as if all were read anew
        order = np.argsort(passages)
        return passages[order], documents[order], matrix[order]

    def search(
        self,
        vector: NDArray[np.float32],
        depth: int,
        allowed: NDArray[np.int64] | None = None,
        passages: NDArray[np.int64] | None = None,
        *,
        made_by: str | None = None,
    ) -> Candidates:
        """Return the `depth` passages nearest to a unit vector, within `allowed`
        documents and `passages` (ascending).

        A zero vector (nothing known in the query) is near to nothing, and so is one `made_by`
        another embedder than the passages' vectors: their directions mean different things.
        """
        snapshot = self._snapshot
        if snapshot is None or not len(snapshot.passages) or not vector.any():
            return EMPTY
        if made_by is not None and made_by != snapshot.embedder:
            return EMPTY
        if allowed is not None and self._is_everyone(allowed, snapshot.distinct):
            allowed = None
        mask = _mask(snapshot, allowed, passages)
        if mask is not None and not mask.any():
            return EMPTY
        found, scores = snapshot.nearest.search(vector, depth, mask)
        return in_order(snapshot.passages[found], snapshot.documents[found], scores)

    def _is_everyone(
        self, allowed: NDArray[np.int64], distinct: NDArray[np.int64]
    ) -> bool:
        """Tell whether both hold the same ids; the same two arrays are compared once."""
        known = self._compared
        if known is None or known[0] is not allowed or known[1] is not distinct:
            known = self._compared = (
                allowed,
                distinct,
                np.array_equal(allowed, distinct),
            )
        return known[2]

    def _nearest(
        self, commit: Commit, embedder: str, matrix: NDArray[np.float16]
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
        saved = self._read_saved(stamp)
        return Lists(saved if saved is not None else self._train(stamp, matrix), matrix)

    def _read_saved(self, stamp: Stamp) -> Any:
        """Return the trained index on disk when it is of this commit and its file is what was
        written.
        """
        known, path = read_stamp(self._folder), self._folder / _FILE
        if known is None or replace(known, files={}) != stamp or not path.is_file():
            return None
        if mark(path).digest != known.files[_FILE].digest:
            log.error("vector index damaged")
            return None
        try:
            return load_faiss().read_index(str(path))
        except (OSError, RuntimeError):
            return None

    def _train(self, stamp: Stamp, matrix: NDArray[np.float16]) -> Any:
        index = train_lists(matrix)
        try:
            self._save(stamp, index)
        # it serves all the same, and is trained again at the next start
        except (OSError, RuntimeError) as error:
            log.error("vector index not saved: %s", type(error).__name__)
        return index

    def _save(self, stamp: Stamp, index: Any) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        waiting = self._folder / f"{_FILE}.new"
        load_faiss().write_index(index, str(waiting))
        drop_stamp(self._folder)
        waiting.replace(self._folder / _FILE)
        write_stamp(
            self._folder, replace(stamp, files={_FILE: mark(self._folder / _FILE)})
        )


def _mask(
    snapshot: _Snapshot,
    allowed: NDArray[np.int64] | None,
    passages: NDArray[np.int64] | None,
) -> NDArray[np.bool_] | None:
    """Return for every row whether a search may answer with it, or None for all."""
    if allowed is None and passages is None:
        return None
    mask = np.ones(len(snapshot.passages), dtype=bool)
    if allowed is not None:
        mask &= member(snapshot.documents, allowed)
    if passages is not None:
        mask &= member(snapshot.passages, passages)
    return mask
