"""Two runs side by side on the same topics: which is better, by how much, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from msgspec import Struct

from search.evaluation import DEPTH, METRICS, Measuring, grouped, measures, overlap
from search.id_sets import Scores
from search.trec import Grades, Run

__all__ = ["Pair", "compare"]

_SAMPLES: Final = 10_000
_BATCH: Final = 1_000
_SEED: Final = 20240403
#: Differences below this are rounding.
_EQUAL: Final = 1e-9
_DECIDING: Final = "nDCG@10"
_COMPARED: Final = ("a", "b", "difference", "low", "high", "p")

#: What one run reached, by topic and metric.
Measured: TypeAlias = Mapping[str, Mapping[str, float]]


class Pair(Struct, frozen=True):
    """Two runs; differences are the second minus the first."""

    first: Run
    second: Run


class _Measured(Struct, frozen=True):
    """What both runs reached on the same topics."""

    first: Measured
    second: Measured

    def table(self, topics: Sequence[str]) -> tuple[Scores, Scores]:
        """Return the metrics of some topics, a row each, of either run."""
        return _rows(self.first, topics), _rows(self.second, topics)


def _rows(
    measured: Measured,
    topics: Sequence[str],
) -> Scores:
    values = []
    for topic in topics:
        values.append([measured[topic][name] for name in METRICS])
    return np.array(values).reshape(-1, len(METRICS))


def compare(
    runs: Pair,
    against: Measuring,
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
    counted = against.answered
    measured = _Measured(
        first=_measure(runs.first, against),
        second=_measure(runs.second, against),
    )
    report: dict[str, Any] = {
        "topics": len(counted),
        "asked": len(against.topics),
        "min_grade": against.min_grade,
        "depth": depth,
        "a": runs.first.tag,
        "b": runs.second.tag,
        "metrics": _metrics(runs, measured, against),
        "per_topic": _per_topic(measured, counted),
        "hits": _hits(runs, against, depth),
    }
    if by_group:
        report["groups"] = groups = {}
        for group, members in grouped(against.topics).items():
            topics = [topic for topic in members if topic in measured.first]
            groups[group] = _of_group(measured, topics)
    return report


def _measure(run: Run, against: Measuring) -> Measured:
    measured = {}
    for topic in against.answered:
        found, grades = run.documents(topic), against.qrels[topic]
        measured[topic] = measures(found, grades, against.min_grade)
    return measured


def _metrics(
    runs: Pair,
    measured: _Measured,
    against: Measuring,
) -> dict[str, dict[str, float]]:
    found = _differences(measured, against.answered)
    topics = against.topics
    nothing = _unanswered(runs.first, topics), _unanswered(runs.second, topics)
    (found["zero_result_rate"],) = paired(*nothing)
    a = _overlap(runs.first, against)
    b = _overlap(runs.second, against)
    found["overlap@10"] = {"a": a, "b": b, "difference": b - a}
    return found


def _unanswered(
    run: Run,
    topics: Sequence[str],
) -> Scores:
    nothing = [float(not run.documents(topic)) for topic in topics]
    return np.array(nothing).reshape(-1, 1)


def _overlap(run: Run, against: Measuring) -> float:
    rankings = {topic: run.documents(topic) for topic in against.topics}
    return overlap(rankings, against.qrels)["mean"]


def _differences(
    measured: _Measured,
    topics: Sequence[str],
) -> dict[str, dict[str, float]]:
    first, second = measured.table(topics)
    rows = paired(first, second)
    return dict(zip(METRICS, rows, strict=True))


def _of_group(
    measured: _Measured,
    topics: Sequence[str],
) -> dict[str, Any]:
    return {"topics": len(topics), "metrics": _differences(measured, topics)}


def paired(
    first: Scores,
    second: Scores,
) -> list[dict[str, float]]:
    """Compare two tables of shape (topics, metrics); one row {a, b, difference, low,
    high, p} a metric.

    Topics are drawn with replacement 10,000 times, the same draws for all metrics. The draws of
    the difference less its mean stand for "no difference"; p counts those at least as far from 0
    as the difference found, itself included, so it is never 0.
    """
    count, metrics = first.shape
    if not count:
        nothing = dict.fromkeys(_COMPARED, 0.0)
        return [nothing | {"p": 1.0}] * metrics
    differences = second - first
    mean = differences.mean(axis=0)
    drawn = _drawn(differences)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    as_far = np.abs(drawn - mean) >= np.abs(mean) - _EQUAL
    p = (1 + as_far.sum(axis=0)) / (_SAMPLES + 1)
    a = first.mean(axis=0)
    b = second.mean(axis=0)
    columns = np.array((a, b, mean, low, high, p))
    rows = []
    for row in columns.T.tolist():
        rows.append(dict(zip(_COMPARED, row, strict=True)))
    return rows


def _drawn(differences: Scores) -> Scores:
    """Return the mean differences of drawn topics, a row a draw."""
    chance = np.random.default_rng(_SEED)
    count = len(differences)
    even = np.full(count, 1.0 / count)
    batches = []
    for _ in range(_SAMPLES // _BATCH):
        draws = chance.multinomial(count, even, size=_BATCH)
        batches.append(draws @ differences / count)
    return np.concatenate(batches)


def _per_topic(
    measured: _Measured,
    topics: Sequence[str],
) -> dict[str, Any]:
    values: list[dict[str, Any]] = []
    for topic in topics:
        a = measured.first[topic][_DECIDING]
        b = measured.second[topic][_DECIDING]
        values.append({"topic": topic, "a": a, "b": b})
    apart = np.array(list(map(_difference, values)))
    values.sort(key=lambda value: -abs(_difference(value)))
    return {
        "metric": _DECIDING,
        "wins": int(np.count_nonzero(apart > _EQUAL)),
        "losses": int(np.count_nonzero(apart < -_EQUAL)),
        "ties": int(np.count_nonzero(np.abs(apart) <= _EQUAL)),
        "values": values,
    }


def _difference(value: Mapping[str, Any]) -> float:
    return float(value["b"] - value["a"])


def _hits(
    runs: Pair,
    against: Measuring,
    depth: int,
) -> dict[str, Any]:
    common = 0
    only_a: list[dict[str, Any]] = []
    only_b: list[dict[str, Any]] = []
    for topic in against.answered:
        grades = against.qrels[topic]
        relevant = against.relevant(topic)
        a = relevant.intersection(runs.first.documents(topic)[:depth])
        b = relevant.intersection(runs.second.documents(topic)[:depth])
        common += len(a & b)
        only_a += _found_alone(topic, a - b, grades)
        only_b += _found_alone(topic, b - a, grades)
    return {
        "common": common,
        "only_a": only_a,
        "only_b": only_b,
    }


def _found_alone(
    topic: str,
    documents: Iterable[str],
    grades: Grades,
) -> list[dict[str, Any]]:
    """Return the documents that only one run found, by their names."""
    found = []
    for document in sorted(documents):
        row = {
            "topic": topic,
            "document": document,
            "grade": grades[document],
        }
        found.append(row)
    return found
