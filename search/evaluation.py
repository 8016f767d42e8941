"""Measure retrieval: rankings of topics held against graded documents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kb.analysis import normalise
from kb.store import Store
from search.searcher import Searcher
from search.trec import Qrels, Run, read_qrels, read_topics

__all__ = [
    "DEPTH",
    "METRICS",
    "ask",
    "evaluate",
    "measures",
    "read_qrels",
    "read_topics",
    "report_on",
]

#: Documents asked for: what R@100 needs.
DEPTH: Final = 100
#: Means over the topics that have a relevant document.
METRICS: Final = (
    "nDCG@10",
    "R@10",
    "R@50",
    "R@100",
    "MRR@10",
    "success@1",
    "success@5",
)
MODES: Final = ("hybrid", "keyword", "vector")
#: Pairs of topics that overlap@10 looks at; of more, so many are drawn.
MOST_PAIRS: Final = 50_000
_TOP: Final = 10
_SAMPLES: Final = 2000
_SEED: Final = 20240403

Progress = Callable[[int, int], None]


def measures(
    ranking: Sequence[str], grades: Mapping[str, int], min_grade: int = 1
) -> dict[str, float]:
    """Return METRICS of one ranking, each between 0 and 1.

    nDCG@10: gain 2^grade - 1, discount log2(place + 1) (Järvelin and Kekäläinen 2002,
    with the exponential gain of Burges et al. 2005). R@k: share of the relevant
    documents among the first k. MRR@10: 1 / place of the first relevant document, 0
    beyond 10. success@k: 1 when a relevant document is among the first k. Relevant is a
    grade of at least `min_grade`; nDCG uses all grades.
    """
    gains = [2.0 ** max(grades.get(d, 0), 0) - 1 for d in ranking[:_TOP]]
    ideal = sorted((2.0 ** max(g, 0) - 1 for g in grades.values()), reverse=True)[:_TOP]
    relevant = {d for d, g in grades.items() if g >= min_grade}
    first = next((place for place, d in enumerate(ranking, 1) if d in relevant), None)
    best = _discounted(ideal)
    return {
        "nDCG@10": _discounted(gains) / best if best else 0.0,
        **{
            f"R@{k}": len(relevant & set(ranking[:k])) / len(relevant)
            if relevant
            else 0.0
            for k in (10, 50, 100)
        },
        "MRR@10": 1.0 / first if first and first <= _TOP else 0.0,
        **{f"success@{k}": 1.0 if first and first <= k else 0.0 for k in (1, 5)},
    }


def _discounted(gains: Sequence[float]) -> float:
    return float(sum(gain / np.log2(place + 1) for place, gain in enumerate(gains, 1)))


def answered(topics: Iterable[str], qrels: Qrels, min_grade: int = 1) -> list[str]:
    """Return the topics that have a relevant document, in their order."""
    return [t for t in topics if any(g >= min_grade for g in qrels.get(t, {}).values())]


def group_of(topic: str) -> str:
    """Return what stands before the last `-` of a topic's id: officer-001 is of the group officer;
    else 其他.
    """
    return topic.rpartition("-")[0] or "其他"


def grouped(topics: Iterable[str]) -> dict[str, list[str]]:
    """Return the topics of each group, groups in the order they are met."""
    groups: dict[str, list[str]] = {}
    for topic in topics:
        groups.setdefault(group_of(topic), []).append(topic)
    return groups


def ask(
    searcher: Searcher,
    store: Store,
    topics: Mapping[str, str],
    mode: str,
    depth: int = DEPTH,
    progress: Progress | None = None,
) -> Run:
    """Search every topic in one mode for `depth` documents, R@100's hundred at least; tag = mode
    and model.
    """
    rankings: dict[str, list[tuple[str, float]]] = {}
    ms: list[float] = []
    for done, (topic, text) in enumerate(topics.items(), 1):
        started = time.perf_counter()
        result = searcher.search(store, text, mode=mode, limit=max(depth, DEPTH))
        ms.append(1000 * (time.perf_counter() - started))
        rankings[topic] = [(hit.document.slug, hit.score) for hit in result.hits]
        if progress is not None:
            progress(done, len(topics))
    known = store.embedder()
    return Run(f"{mode}-{known[1] if known else '-'}", rankings, ms)


def evaluate(
    searcher: Searcher,
    store: Store,
    topics: Mapping[str, str],
    qrels: Qrels,
    modes: Sequence[str] = MODES,
    min_grade: int = 1,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Ask every topic in each mode and report on the answers; see `report_on`."""
    total = len(topics) * len(modes)
    runs: dict[str, Run] = {}
    for number, mode in enumerate(modes):
        before = number * len(topics)
        step = None if progress is None else _shifted(progress, before, total)
        runs[mode] = ask(searcher, store, topics, mode, progress=step)
    return report_on(runs, list(topics), qrels, min_grade)


def _shifted(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _: progress(before + done, total)


def report_on(
    runs: Mapping[str, Run],
    topics: Sequence[str],
    qrels: Qrels,
    min_grade: int = 1,
    by_group: bool = False,
) -> dict[str, Any]:
    """Return what `kb evaluate --json` prints: every run by its name under `modes`.

    `topics`: those with a relevant document, over which METRICS are means; `asked`: all. Each
    metric is {mean, low, high} with the 95 % bootstrap interval over topics; zero_result_rate
    (share of all topics without a hit) likewise; overlap@10 is {mean, pairs}; p50_ms is the
    median time of a query in milliseconds, where it was measured.
    """
    report: dict[str, Any] = {
        "topics": len(answered(topics, qrels, min_grade)),
        "asked": len(topics),
        "min_grade": min_grade,
        "modes": {
            name: _measured(run, topics, qrels, min_grade) for name, run in runs.items()
        },
    }
    if by_group:
        report["groups"] = {
            group: report_on(
                {n: _without_times(run) for n, run in runs.items()},
                members,
                qrels,
                min_grade,
            )
            for group, members in grouped(topics).items()
        }
    return report


def _without_times(run: Run) -> Run:
    return Run(run.tag, run.rankings)


def _measured(
    run: Run, topics: Sequence[str], qrels: Qrels, min_grade: int
) -> dict[str, Any]:
    rankings = {topic: run.documents(topic) for topic in topics}
    rows = [
        measures(rankings[t], qrels[t], min_grade)
        for t in answered(topics, qrels, min_grade)
    ]
    measured: dict[str, Any] = {
        name: _interval(np.array([row[name] for row in rows])) for name in METRICS
    }
    measured["zero_result_rate"] = _interval(
        np.array([float(not rankings[t]) for t in topics])
    )
    measured["overlap@10"] = overlap(rankings, qrels)
    if run.ms:
        measured["p50_ms"] = float(np.median(run.ms))
    return measured


def overlap(rankings: Mapping[str, Sequence[str]], qrels: Qrels) -> dict[str, float]:
    """Return overlap@10: how alike the answers to unrelated topics are; near 0 is well.

    The mean, over pairs of unrelated topics, of the share of documents that their first ten have
    in common. Two topics are unrelated when no document is graded above 0 for both. A ranking
    that brings the same documents whatever is asked has 1, one that draws ten of n documents by
    chance 10 / n. Only topics with at least ten hits count: of a shorter list (an identifier found
    outright) the share would say how few hits there are, not how alike. Topics without an answer
    do count, being where a ranking falls back on documents near to everything. Of more than
    MOST_PAIRS pairs so many are drawn, always the same ones. `pairs` says how many were used.
    """
    tops = [
        (frozenset(found[:_TOP]), _graded(qrels, topic))
        for topic, found in rankings.items()
        if len(found) >= _TOP
    ]
    shares = [
        len(tops[a][0] & tops[b][0]) / _TOP
        for a, b in _pairs(len(tops))
        if tops[a][1].isdisjoint(tops[b][1])
    ]
    return {"mean": float(np.mean(shares)) if shares else 0.0, "pairs": len(shares)}


def _graded(qrels: Qrels, topic: str) -> frozenset[str]:
    return frozenset(
        document for document, grade in qrels.get(topic, {}).items() if grade > 0
    )


def _pairs(count: int) -> Iterable[tuple[int, int]]:
    if count * (count - 1) // 2 <= MOST_PAIRS:
        return combinations(range(count), 2)
    chance = np.random.default_rng(_SEED)
    first = chance.integers(0, count, MOST_PAIRS)
    second = (first + chance.integers(1, count, MOST_PAIRS)) % count
    return zip(first.tolist(), second.tolist(), strict=True)


def missing_from(store: Store, qrels: Qrels, min_grade: int = 1) -> list[str]:
    """Return the relevant documents that the store does not hold: none of them can be found."""
    wanted = {
        d
        for grades in qrels.values()
        for d, grade in grades.items()
        if grade >= min_grade
    }
    held = store.by_identifier(("slug", normalise(d)) for d in wanted)
    return sorted(d for d in wanted if not held.get(("slug", normalise(d))))


def _interval(values: NDArray[np.float64]) -> dict[str, float]:
    """Return the mean and the 2.5 and 97.5 percentiles of its bootstrap distribution."""
    if not len(values):
        return {"mean": 0.0, "low": 0.0, "high": 0.0}
    chance = np.random.default_rng(_SEED)
    means = values[chance.integers(0, len(values), size=(_SAMPLES, len(values)))].mean(
        axis=1
    )
    low, high = np.percentile(means, [2.5, 97.5])
    return {"mean": float(values.mean()), "low": float(low), "high": float(high)}
