"""Documents into a fresh store by the product's own pipeline, with the time of every stage, beside their floor."""

from __future__ import annotations

import gc
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
from numpy.typing import NDArray

from ingest.pipeline import Options, ingest_file
from kb.embedding import Embedder, passage_text
from kb.errors import UserError
from kb.records import Added, PassageToIndex
from kb.store import Store
from kb.vocabulary import Visibility
from search.keyword import _HEAP_BYTES, _open, indexed
from search.searcher import Searcher

_BATCH: Final = 256


@dataclass(slots=True)
class Clock:
    """Seconds spent in one stage, by the wall and by the processor."""

    wall: float = 0.0
    cpu: float = 0.0

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


def add(paths: Sequence[Path], home: Path, embedder: Embedder, searcher: Searcher) -> dict[str, Any]:
    """Add files, refresh the indexes as `kb add` does; passages a second and seconds by stage."""
    clocks = {name: Clock() for name in ("total", "embed", "store", "keyword index", "vector index")}
    with _TimedStore(home, Visibility.RESTRICTED) as store:
        store.clock = clocks["store"]
        searcher._keyword.refresh = clocks["keyword index"].timed(searcher._keyword.refresh)  # type: ignore[method-assign]
        searcher._vector.refresh = clocks["vector index"].timed(searcher._vector.refresh)  # type: ignore[method-assign]
        timed = _TimedEmbedder(embedder, clocks["embed"])

        def run() -> tuple[int, int, int]:
            documents = passages = failed = 0
            for path in paths:
                for receipt in ingest_file(path, store, timed, Options(max_bytes=1 << 30)):
                    failed += receipt.error is not None
                    documents += receipt.created
                    passages += receipt.passages
            searcher.refresh(store)
            return documents, passages, failed

        documents, passages, failed = clocks["total"].timed(run)()
        del searcher._keyword.refresh, searcher._vector.refresh
    total = clocks.pop("total")
    stages = {name: round(clock.wall, 2) for name, clock in clocks.items()}
    prepared = sum(clock.wall for clock in clocks.values())
    stages = {"read and prepare": round(total.wall - prepared, 2), **stages}
    return {
        "documents": documents,
        "passages": passages,
        "failed": failed,
        "seconds": round(total.wall, 2),
        "passages_per_s": round(passages / total.wall),
        "passages_per_cpu_s": round(passages / total.cpu),
        "prepared_per_s": round(passages / prepared),
        "stages_s": stages,
        "disk_mb": disk_mb(home),
    }


class Floor:
    """The least any pipeline over the same libraries does with passages that are cut already; nothing else.

    Words and characters for the index, vectors, FAISS, a row with its vector in one plain
    table of SQLite, the fields of the keyword index. What a store is for (sections, facets,
    identifiers, citations, revisions, savepoints) is no part of it, and neither is parsing.
    """

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        (folder / "keyword").mkdir(parents=True)
        self.rows = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
        self.rows.execute("PRAGMA journal_mode = WAL")
        self.rows.execute("PRAGMA synchronous = NORMAL")
        self.rows.execute("CREATE TABLE passage (id INTEGER PRIMARY KEY, document INTEGER, text TEXT, vector BLOB)")
        self.index = _open(folder / "keyword")
        self.vectors = faiss.IndexScalarQuantizer(
            embedder.dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        self._embedder = embedder

    def __call__(self, passages: Sequence[PassageToIndex]) -> None:
        writer = self.index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        seen = -1
        for start in range(0, len(passages), _BATCH):
            batch = passages[start : start + _BATCH]
            vectors = self._embedder.embed([passage_text(passage.title, passage.text) for passage in batch])
            self.vectors.add(vectors)
            halves = vectors.astype("<f2")
            self.rows.execute("BEGIN")
            self.rows.executemany(
                "INSERT INTO passage VALUES (?, ?, ?, ?)",
                [(p.passage_id, p.document_id, p.text, half.tobytes()) for p, half in zip(batch, halves, strict=True)],
            )
            self.rows.execute("COMMIT")
            for passage in batch:
                writer.add_document(indexed(passage, titled=passage.document_id != seen))
                seen = passage.document_id
        writer.commit()
        writer.wait_merging_threads()


def beside_floor(added: dict[str, Any], home: Path, folder: Path, embedder: Embedder) -> dict[str, Any]:
    """Return the speed of the floor on the passages `add` has stored, and what share of it adding reached.

    Like is compared with like: the floor does not read or prepare, so what adding spent on that is
    left out of the share, and counted in the share of all. The floor is the faster of two runs: a slow moment of the machine must not meet the goal.
    """
    with Store(home, Visibility.RESTRICTED) as store:
        passages = list(store.passages_to_index())
    clocks = [Clock(), Clock()]
    for number, clock in enumerate(clocks):
        floor = Floor(folder / str(number), embedder)
        gc.collect()
        clock.timed(floor)(passages)
    wall, cpu = min(clock.wall for clock in clocks), min(clock.cpu for clock in clocks)
    rate, cpu_rate = len(passages) / wall, len(passages) / cpu
    return {
        "passages": len(passages),
        "seconds": round(wall, 2),
        "passages_per_s": round(rate),
        "passages_per_cpu_s": round(cpu_rate),
        "share_of_rate": round(added["prepared_per_s"] / rate, 2),
        "share_of_all": round(added["passages_per_s"] / rate, 2),
    }


def disk_mb(folder: Path) -> dict[str, float]:
    """Return megabytes below a folder, by its entries."""
    sizes: dict[str, float] = {}
    for entry in sorted(folder.iterdir()):
        files = [entry] if entry.is_file() else [f for f in entry.rglob("*") if f.is_file()]
        sizes[entry.name] = round(sum(f.stat().st_size for f in files) / 1e6, 1)
    return sizes
