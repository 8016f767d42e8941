"""Documents into a fresh store by the product's own pipeline, with the time of every stage, beside
their floor.
"""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
import tantivy
from numpy.typing import NDArray

from ingest.pipeline import Options, ingest_file
from kb.analysis import terms
from kb.embedding import Embedder, passage_texts
from kb.errors import UserError
from kb.records import Added, PassageToIndex
from kb.store import Store
from kb.vocabulary import Visibility
from search.keyword_writing import HEAP_BYTES, open_index
from search.searcher import Searcher


@dataclass(slots=True)
class Clock:
    """Seconds spent in one stage, by the wall and by the processor."""

    wall: float = 0.0
    cpu: float = 0.0

    def __sub__(self, other: Clock) -> Clock:
        return Clock(self.wall - other.wall, self.cpu - other.cpu)

    def timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            wall, cpu = time.perf_counter(), time.process_time()
            try:
                return call(*args, **kwargs)
            finally:
                self.wall += time.perf_counter() - wall
                self.cpu += time.process_time() - cpu

        return run


class _TimedEmbedder:
    def __init__(self, embedder: Embedder, clock: Clock) -> None:
        self.name, self.dim = embedder.name, embedder.dim
        self._embed = clock.timed(embedder.embed)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows: NDArray[np.float32] = self._embed(texts)
        return rows


class _TimedStore(Store):
    clock: Clock

    def add_revisions(self, *args: Any) -> list[Added | UserError]:
        added: list[Added | UserError] = self.clock.timed(super().add_revisions)(*args)
        return added

    def has_revisions(self, hashes: Iterable[str]) -> dict[str, Added]:
        known: dict[str, Added] = self.clock.timed(super().has_revisions)(list(hashes))
        return known


class Floor:
    """A plain pipeline over the same libraries, beside which adding is measured:
    passages cut already, nothing else.

    Words passage by passage, vectors, FAISS, a row with its vector in one plain table of SQLite,
    the fields of the keyword index: the stages whose limit on one core the goal was set from
    (3,000 of 5,200 to 5,600 a second). What a store is for (sections, facets, identifiers,
    citations, revisions, savepoints) is no part of it, and neither is parsing.
    """

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        (folder / "keyword").mkdir(parents=True)
        self.clock = Clock()
        self.rows = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
        self.rows.execute("PRAGMA journal_mode = WAL")
        self.rows.execute("PRAGMA synchronous = NORMAL")
        self.rows.execute(
            "CREATE TABLE passage (id INTEGER PRIMARY KEY, document INTEGER, text TEXT, vector BLOB)"
        )
        self.index = open_index(folder / "keyword")
        self.vectors = faiss.IndexScalarQuantizer(
            embedder.dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        self._embedder = embedder
        self._writer = self.index.writer(heap_size=HEAP_BYTES, num_threads=1)
        self._seen = -1
        self.store, self.add_words = (
            self.clock.timed(self._store),
            self.clock.timed(self._add_words),
        )
        self.commit = self.clock.timed(self._commit)

    def _store(self, batch: Sequence[PassageToIndex]) -> None:
        vectors = self._embedder.embed(
            passage_texts((passage.title, passage.text) for passage in batch)
        )
        self.vectors.add(vectors)
        halves = vectors.astype("<f2")
        self.rows.execute("BEGIN")
        self.rows.executemany(
            "INSERT INTO passage VALUES (?, ?, ?, ?)",
            [
                (p.passage_id, p.document_id, p.text, half.tobytes())
                for p, half in zip(batch, halves, strict=True)
            ],
        )
        self.rows.execute("COMMIT")

    def _add_words(self, passages: Sequence[PassageToIndex]) -> None:
        for passage in passages:
            made = tantivy.Document()
            made.add_unsigned("place", passage.passage_id)
            made.add_unsigned("document", passage.document_id)
            made.add_text("words", " ".join(terms(f"{passage.title}\n{passage.text}")))
            made.add_text("chars", " ".join(passage.text))
            if passage.document_id != self._seen:
                made.add_text("title", " ".join(passage.title))
            self._seen = passage.document_id
            self._writer.add_document(made)
        _let_finish()

    def _commit(self) -> None:
        self._writer.commit()
        self._writer.wait_merging_threads()


#: Passages indexed by the product, then by the floor.
_TURN: Final = 4_000


class _Turns:
    """Gives a floor the passages that the product has just stored or indexed; the time is not the
    product's.
    """

    def __init__(self, store: Store, floor: Floor | None) -> None:
        self._store, self._floor = store, floor
        self._fresh: list[int] = []
        self._indexed: Iterator[PassageToIndex] = iter(())
        self._count = 0
        self.stored, self.indexed = Clock(), Clock()
        self.batch_stored = self.stored.timed(self._batch_stored)
        self._index_floor = self.indexed.timed(self._index_passages)

    def added(self, document_id: int | None) -> None:
        if document_id is not None:
            self._fresh.append(document_id)

    def _batch_stored(self, _: int) -> None:
        if self._floor is not None:
            self._floor.store(list(self._store.passages_to_index(self._fresh)))
        self._fresh.clear()

    def batch_indexed(self, count: int, total: int) -> None:
        if self._floor is not None and (count - self._count >= _TURN or count == total):
            _let_finish()  # what the product has handed to the index's thread is the product's time
            self._index_floor(count)

    def _index_passages(self, count: int) -> None:
        assert self._floor is not None
        if not self._count:
            self._indexed = iter(list(self._store.passages_to_index()))
        self._floor.add_words(list(islice(self._indexed, count - self._count)))
        self._count = count

    def done(self) -> None:
        if self._floor is not None:
            self._floor.commit()


def _let_finish() -> None:
    """Wait until no thread of this process works."""
    busy = True
    while busy:
        before = time.process_time()
        time.sleep(0.001)
        busy = time.process_time() - before > 0.0003


def add(
    paths: Sequence[Path],
    home: Path,
    embedder: Embedder,
    searcher: Searcher,
    floor: Floor | None = None,
) -> dict[str, Any]:
    """Add files, refresh the indexes as `kb add` does; passages a second and seconds by stage.

    A floor does the same passages by turns, a batch after the product has stored or indexed it.
    """
    clocks = {
        name: Clock()
        for name in ("total", "embed", "store", "keyword index", "vector index")
    }
    with (
        _TimedStore(home, Visibility.RESTRICTED) as store,
        Store(home, Visibility.RESTRICTED) as beside,
    ):
        store.clock = clocks["store"]
        keyword, vector = (
            searcher.indexes(store).keyword,
            searcher.indexes(store).vector,
        )
        keyword.refresh = clocks["keyword index"].timed(keyword.refresh)  # type: ignore[method-assign]
        vector.refresh = clocks["vector index"].timed(vector.refresh)  # type: ignore[method-assign]
        timed, turns = _TimedEmbedder(embedder, clocks["embed"]), _Turns(beside, floor)

        def run() -> tuple[int, int, int]:
            documents = passages = failed = 0
            for path in paths:
                for receipt in ingest_file(
                    path, store, timed, Options(max_bytes=1 << 30), turns.batch_stored
                ):
                    failed += receipt.error is not None
                    documents += receipt.created
                    passages += receipt.passages
                    turns.added(receipt.document_id)
            searcher.refresh(store, turns.batch_indexed)
            return documents, passages, failed

        gc.freeze()  # what the bench holds is none of the product's to look through
        documents, passages, failed = clocks["total"].timed(run)()
        del keyword.refresh, vector.refresh
        turns.done()
    total = clocks.pop("total")
    total -= turns.stored
    total -= turns.indexed
    clocks["keyword index"] -= turns.indexed
    stages = {name: round(clock.wall, 2) for name, clock in clocks.items()}
    prepared = sum(clock.wall for clock in clocks.values())
    added = {
        "documents": documents,
        "passages": passages,
        "failed": failed,
        "seconds": round(total.wall, 2),
        "passages_per_s": round(passages / total.wall),
        "passages_per_cpu_s": round(passages / total.cpu),
        "prepared_per_s": round(passages / prepared),
        "stages_s": {"read and prepare": round(total.wall - prepared, 2), **stages},
        "disk_mb": disk_mb(home),
    }
    if floor is not None:
        added["floor"] = _beside(floor.clock, passages, prepared, total.wall)
    return added


def _beside(
    clock: Clock, passages: int, prepared: float, whole: float
) -> dict[str, float]:
    """Return the speed of a floor, and what share of it adding reached without reading, which it
    does not do, and with.
    """
    return {
        "seconds": round(clock.wall, 2),
        "passages_per_s": round(passages / clock.wall),
        "passages_per_cpu_s": round(passages / clock.cpu),
        "share_of_rate": round(clock.wall / prepared, 3),
        "share_of_all": round(clock.wall / whole, 3),
    }


def disk_mb(folder: Path) -> dict[str, float]:
    """Return megabytes below a folder, by its entries."""
    sizes: dict[str, float] = {}
    for entry in sorted(folder.iterdir()):
        files = (
            [entry] if entry.is_file() else [f for f in entry.rglob("*") if f.is_file()]
        )
        sizes[entry.name] = round(sum(f.stat().st_size for f in files) / 1e6, 1)
    return sizes
