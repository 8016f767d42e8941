"""Two runs side by side on the same topics: which is better, by how much, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from search.evaluation import DEPTH, METRICS, answered, grouped, measures, overlap
from search.trec import Qrels, Run

_SAMPLES: Final = 10_000
_BATCH: Final = 1_000
_SEED: Final = 20240403
#: Differences below this are rounding.
_EQUAL: Final = 1e-9
_DECIDING: Final = "nDCG@10"


def compare(
    first: Run,
    second: Run,
    topics: Sequence[str],
    qrels: Qrels,
    min_grade: int = 1,
    depth: int = DEPTH,
    by_group: bool = False,
) -> dict[str, Any]:
    """Return what `kb evaluate --compare --json` prints; a difference is `second` minus `first`.

    `metrics`: name -> {a, b, difference, low, high, p}: means over the topics with a relevant
    document (zero_result_rate: over all), the 95 % interval of the difference by paired bootstrap
    over topics, and the two-sided p of the shifted bootstrap (Smucker, Allan and Carterette 2007):
    how often a difference as large is drawn when there is none. overlap@10 has {a, b, difference}:
    its pairs of topics are not independent. `per_topic`: wins, losses and ties of `second` on
    nDCG@10 and every topic's two values, the largest difference first. `hits`: relevant documents
    within the first `depth` that both, only a or only b found, those of one listed.
    A topic missing from a run counts as unanswered there.
    """
    counted = answered(topics, qrels, min_grade)
    rows = [
        {t: measures(run.documents(t), qrels[t], min_grade) for t in counted}
        for run in (first, second)
    ]
    report: dict[str, Any] = {
        "topics": len(counted),
        "asked": len(topics),
        "min_grade": min_grade,
        "depth": depth,
        "a": first.tag,
        "b": second.tag,
        "metrics": _metrics(first, second, rows, topics, qrels),
        "per_topic": _per_topic(rows),
        "hits": _hits(first, second, counted, qrels, min_grade, depth),
    }
    if by_group:
        report["groups"] = {
            group: _of_group(rows, [t for t in members if t in rows[0]])
            for group, members in grouped(topics).items()
        }
    return report


Rows = Sequence[Mapping[str, Mapping[str, float]]]


def _metrics(
    first: Run, second: Run, rows: Rows, topics: Sequence[str], qrels: Qrels
) -> dict[str, dict[str, float]]:
    found = _differences(rows, list(rows[0]))
    zero = [
        np.array([[float(not run.documents(t))] for t in topics]).reshape(-1, 1)
        for run in (first, second)
    ]
    (found["zero_result_rate"],) = paired(*zero)
    a, b = (
        overlap({t: run.documents(t) for t in topics}, qrels)["mean"]
        for run in (first, second)
    )
    found["overlap@10"] = {"a": a, "b": b, "difference": b - a}
    return found


def _differences(rows: Rows, topics: Sequence[str]) -> dict[str, dict[str, float]]:
    values = [
        np.array([[row[t][name] for name in METRICS] for t in topics]).reshape(
            -1, len(METRICS)
        )
        for row in rows
    ]
    return dict(zip(METRICS, paired(*values), strict=True))


def _of_group(rows: Rows, topics: Sequence[str]) -> dict[str, Any]:
    return {"topics": len(topics), "metrics": _differences(rows, topics)}


def paired(
    first: NDArray[np.float64], second: NDArray[np.float64]
) -> list[dict[str, float]]:
    """Compare two tables of shape (topics, metrics); one row {a, b, difference, low,
    high, p} a metric.

    Topics are drawn with replacement 10,000 times, the same draws for all metrics. The draws of
    the difference less its mean stand for "no difference"; p counts those at least as far from 0
    as the difference found, itself included, so it is never 0.
    """
    count, metrics = first.shape
    if not count:
        return [
            {"a": 0.0, "b": 0.0, "difference": 0.0, "low": 0.0, "high": 0.0, "p": 1.0}
        ] * metrics
    differences = second - first
    mean = differences.mean(axis=0)
    chance = np.random.default_rng(_SEED)
    even = np.full(count, 1.0 / count)
    drawn = np.concatenate(
        [
            chance.multinomial(count, even, size=_BATCH) @ differences / count
            for _ in range(_SAMPLES // _BATCH)
        ]
    )
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    p = (1 + (np.abs(drawn - mean) >= np.abs(mean) - _EQUAL).sum(axis=0)) / (
        _SAMPLES + 1
    )
    names = ("a", "b", "difference", "low", "high", "p")
    columns = (first.mean(axis=0), second.mean(axis=0), mean, low, high, p)
    return [
        dict(zip(names, map(float, row), strict=True))
        for row in zip(*columns, strict=True)
    ]


def _per_topic(rows: Rows) -> dict[str, Any]:
    values = [
        (topic, rows[0][topic][_DECIDING], rows[1][topic][_DECIDING])
        for topic in rows[0]
    ]
    apart = [b - a for _, a, b in values]
    return {
        "metric": _DECIDING,
        "wins": sum(difference > _EQUAL for difference in apart),
        "losses": sum(difference < -_EQUAL for difference in apart),
        "ties": sum(abs(difference) <= _EQUAL for difference in apart),
        "values": [
            {"topic": topic, "a": a, "b": b}
            for topic, a, b in sorted(values, key=lambda v: -abs(v[2] - v[1]))
        ],
    }


def _hits(
    first: Run,
    second: Run,
    topics: Sequence[str],
    qrels: Qrels,
    min_grade: int,
    depth: int,
) -> dict[str, Any]:
    common, only_a, only_b = 0, [], []
    for topic in topics:
        relevant = {d for d, grade in qrels[topic].items() if grade >= min_grade}
        a, b = (relevant & set(run.documents(topic)[:depth]) for run in (first, second))
        common += len(a & b)
        only_a += [
            {"topic": topic, "document": d, "grade": qrels[topic][d]}
            for d in sorted(a - b)
        ]
        only_b += [
            {"topic": topic, "document": d, "grade": qrels[topic][d]}
            for d in sorted(b - a)
        ]
    return {"common": common, "only_a": only_a, "only_b": only_b}
