"""Queries by turns with their floor: the least any hybrid search over the same indexes has to do."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import tantivy

from kb.analysis import normalise, tokenize
from kb.embedding import Embedder
from kb.records import NO_FILTERS, Filters
from kb.store import Store
from search.facets import read_columns
from search.keyword import KeywordIndex
from search.query_terms import telling_terms
from search.request import SearchRequest
from search.searcher import Searcher
from search.vector import VectorIndex

DEPTH: Final = 100
ROWS: Final = 20

Call = Callable[[str], Any]


class Floor:
    """Words top-100 with ids by fast field, vectors top-100, 20 rows from the store; nothing else."""

    def __init__(self, searcher: Searcher, store: Store, embedder: Embedder) -> None:
        self._keyword: KeywordIndex = searcher.indexes(store).keyword
        self._vector: VectorIndex = searcher.indexes(store).vector
        self._store = store
        self._embedder = embedder
        self._everyone = None

    def words(self, text: str) -> list[int]:
        terms = telling_terms(tokenize(text))
        clauses = [
            (
                tantivy.Occur.Should,
                tantivy.Query.term_query(
                    self._keyword._schema, "words", t, index_option="freq"
                ),
            )
            for t in terms
        ]
        hits = (
            self._keyword._searcher()
            .search(tantivy.Query.boolean_query(clauses), limit=DEPTH, count=False)
            .hits
        )
        return [
            p & 0xFFFFFFFF
            for p in self._keyword._searcher().fast_field_values(
                "place", [at for _, at in hits]
            )
        ]

    def meaning(self, text: str) -> list[int]:
        vector = self._embedder.embed([normalise(text)])[0]
        snapshot = self._vector._snapshot
        assert snapshot is not None
        rows, _ = snapshot.nearest.search(vector, DEPTH, None)
        found: list[int] = snapshot.passages[rows].tolist()
        return found

    def __call__(self, text: str) -> object:
        words, meaning = self.words(text), self.meaning(text)
        return self._store.passages([*words[: ROWS // 2], *meaning[: ROWS // 2]])


def by_turns(
    calls: dict[str, Call], texts: Sequence[str], warm: int = 10
) -> dict[str, dict[str, float]]:
    """Run every call on every text, A B A B, and return p50 and p95 in milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for text in texts[:warm]:
        for call in calls.values():
            call(text)
    for text in texts:
        for name, call in calls.items():
            started = time.perf_counter()
            call(text)
            times[name].append(1000 * (time.perf_counter() - started))
    return {
        name: {
            "p50_ms": round(float(np.median(t)), 2),
            "p95_ms": round(float(np.percentile(t, 95)), 2),
        }
        for name, t in times.items()
    }


def measure(
    searcher: Searcher,
    store: Store,
    embedder: Embedder,
    questions: Sequence[str],
    long: Sequence[str],
) -> dict[str, Any]:
    """Return the hybrid query beside its floor, the other modes, a filtered query, a paragraph."""
    gc.collect()
    gc.freeze()  # what this benchmark holds is no part of the product
    floor = Floor(searcher, store, embedder)
    year = _a_year(store)
    filters = Filters(include={"year": (year,)})
    report: dict[str, Any] = {"queries": len(questions)}
    report["main"] = by_turns(
        {"floor": floor, "hybrid": lambda q: searcher.search(store, SearchRequest(q))},
        questions,
    )
    report["modes"] = by_turns(
        {
            "keyword": lambda q: searcher.search(
                store, SearchRequest(q, mode="keyword")
            ),
            "vector": lambda q: searcher.search(store, SearchRequest(q, mode="vector")),
            "hybrid, one year": lambda q: searcher.search(
                store, SearchRequest(q, filters)
            ),
        },
        questions,
    )
    report["paragraph"] = by_turns(
        {"floor": floor, "hybrid": lambda q: searcher.search(store, SearchRequest(q))},
        long,
        warm=3,
    )
    for name in ("main", "paragraph"):
        report[name]["ratio_p50"] = round(
            report[name]["hybrid"]["p50_ms"] / report[name]["floor"]["p50_ms"], 2
        )
    report["floor_parts"] = by_turns(
        {"words": floor.words, "meaning": floor.meaning}, questions
    )
    return report


def _a_year(store: Store) -> str:
    """Return the year whose share of the documents is nearest to one in twenty."""
    counts = read_columns(store).counts(NO_FILTERS, ["year"])["year"]
    total = sum(n for _, n in counts)
    return min(counts, key=lambda pair: abs(pair[1] / total - 0.05))[0]
