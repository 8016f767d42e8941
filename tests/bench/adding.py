"""Documents into a fresh store by the product's own pipeline, with the time of every stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.pipeline import Options, ingest_file
from kb.embedding import Embedder
from kb.errors import UserError
from kb.records import Added
from kb.store import Store
from kb.vocabulary import Visibility
from search.searcher import Searcher


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
    stages = {"read and prepare": round(total.wall - sum(c.wall for c in clocks.values()), 2), **stages}
    return {
        "documents": documents,
        "passages": passages,
        "failed": failed,
        "seconds": round(total.wall, 2),
        "passages_per_s": round(passages / total.wall),
        "passages_per_cpu_s": round(passages / total.cpu),
        "stages_s": stages,
        "disk_mb": disk_mb(home),
    }


def disk_mb(folder: Path) -> dict[str, float]:
    """Return megabytes below a folder, by its entries."""
    sizes: dict[str, float] = {}
    for entry in sorted(folder.iterdir()):
        files = [entry] if entry.is_file() else [f for f in entry.rglob("*") if f.is_file()]
        sizes[entry.name] = round(sum(f.stat().st_size for f in files) / 1e6, 1)
    return sizes
