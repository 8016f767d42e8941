"""Measure retrieval: rankings of topics held against graded documents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any, Final, TypeAlias

import numpy as np
from msgspec import Struct

from kb.analysis import normalise
from kb.store import Store
from search.id_sets import Scores
from search.request import MODES, SearchRequest
from search.results import SearchResult
from search.searcher import Searcher
from search.trec import Grades, Qrels, Run, read_qrels, read_topics

__all__ = [
    "DEPTH",
    "METRICS",
    "MODES",
    "Measuring",
    "answered",
    "ask",
    "evaluate",
    "group_of",
    "measures",
    "missing_from",
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
#: Pairs of topics that overlap@10 looks at; of more, so many are drawn.
MOST_PAIRS: Final = 50_000
_RECALL_AT: Final = (10, 50, 100)
_SUCCESS_AT: Final = (1, 5)
_OTHER_GROUP: Final = "其他"
_TOP: Final = 10
_SAMPLES: Final = 2000
_SEED: Final = 20240403

#: Told how many topics are asked, and how many there are.
Progress: TypeAlias = Callable[[int, int], None]


class Measuring(Struct, frozen=True):
    """What rankings are held against: topics by number, grades, and from which one on a document
    is relevant.
    """

    topics: Sequence[str]
    qrels: Qrels
    min_grade: int = 1

    @property
    def answered(self) -> list[str]:
        """Return the topics that have a relevant document, in their order."""
        return answered(self.topics, self.qrels, self.min_grade)

    def relevant(self, topic: str) -> set[str]:
        """Return the documents that are relevant to a topic."""
        return relevant_of(self.qrels[topic], self.min_grade)

    def of(self, topics: Sequence[str]) -> Measuring:
        """Return the same for other topics."""
        return Measuring(
            topics=topics,
            qrels=self.qrels,
            min_grade=self.min_grade,
        )


def measures(
    ranking: Sequence[str],
    grades: Grades,
    min_grade: int = 1,
) -> dict[str, float]:
    """Return METRICS of one ranking, each between 0 and 1.

    nDCG@10: gain 2^grade - 1, discount log2(place + 1) (Järvelin and Kekäläinen 2002,
    with the exponential gain of Burges et al. 2005). R@k: share of the relevant
    documents among the first k. MRR@10: 1 / place of the first relevant document, 0
    beyond 10. success@k: 1 when a relevant document is among the first k. Relevant is a
    grade of at least `min_grade`; nDCG uses all grades.
    """
    relevant = relevant_of(grades, min_grade)
    first = _first_place(ranking, relevant)
    found = {"nDCG@10": _gain(ranking, grades)}
    for depth in _RECALL_AT:
        among_first = len(relevant & set(ranking[:depth]))
        found[f"R@{depth}"] = among_first / max(len(relevant), 1)
    found["MRR@10"] = 1.0 / first if first <= _TOP else 0.0
    for depth in _SUCCESS_AT:
        found[f"success@{depth}"] = float(first <= depth)
    return found


def relevant_of(
    grades: Grades,
    min_grade: int,
) -> set[str]:
    """Return the documents of at least a grade."""
    found = set()
    for document, grade in grades.items():
        if grade >= min_grade:
            found.add(document)
    return found


def _first_place(
    ranking: Sequence[str],
    relevant: set[str],
) -> float:
    """Return the place of the first relevant document, counted from 1; infinite where there is
    none.
    """
    for place, document in enumerate(ranking, 1):
        if document in relevant:
            return place
    return float("inf")


def _gain(
    ranking: Sequence[str],
    grades: Grades,
) -> float:
    """Return nDCG@10."""
    best = _discounted(sorted(grades.values(), reverse=True))
    if not best:
        return 0.0
    found = [grades.get(document, 0) for document in ranking]
    return _discounted(found) / best


def _discounted(grades: Sequence[int]) -> float:
    gain = 0.0
    for place, grade in enumerate(grades[:_TOP], 1):
        worth = 2.0 ** max(grade, 0) - 1
        gain += worth / np.log2(place + 1)
    return float(gain)


def answered(
    topics: Iterable[str],
    qrels: Qrels,
    min_grade: int = 1,
) -> list[str]:
    """Return the topics that have a relevant document, in their order."""
    found = []
    for topic in topics:
        grades = qrels.get(topic, {}).values()
        if max(grades, default=min_grade - 1) >= min_grade:
            found.append(topic)
    return found


def group_of(topic: str) -> str:
    """Return what stands before the last `-` of a topic's id: officer-001 is of the group officer;
    else 其他.
    """
    return topic.rpartition("-")[0] or _OTHER_GROUP


def grouped(topics: Iterable[str]) -> dict[str, list[str]]:
    """Return the topics of each group, groups in the order they are met."""
    groups: dict[str, list[str]] = {}
    for topic in topics:
        members = groups.setdefault(group_of(topic), [])
        members.append(topic)
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
        request = SearchRequest(
            text=text,
            mode=mode,
            limit=max(depth, DEPTH),
        )
        started = time.perf_counter()
        result = searcher.search(store, request)
        took_s = time.perf_counter() - started
        ms.append(1000 * took_s)
        rankings[topic] = _ranking_of(result)
        if progress is not None:
            progress(done, len(topics))
    known = store.embedder()
    model = known[1] if known else "-"
    return Run(
        tag=f"{mode}-{model}",
        rankings=rankings,
        ms=ms,
    )


def _ranking_of(result: SearchResult) -> list[tuple[str, float]]:
    ranking = []
    for hit in result.hits:
        ranking.append((hit.document.slug, hit.score))
    return ranking


def evaluate(
    searcher: Searcher,
    store: Store,
    topics: Mapping[str, str],
    qrels: Qrels,
    modes: Sequence[str] = MODES,
    min_grade: int = 1,
) -> dict[str, Any]:
    """Ask every topic in each mode and report on the answers; see `report_on`."""
    runs = {mode: ask(searcher, store, topics, mode) for mode in modes}
    return report_on(
        runs,
        Measuring(
            topics=list(topics),
            qrels=qrels,
            min_grade=min_grade,
        ),
    )


def report_on(
    runs: Mapping[str, Run],
    against: Measuring,
    by_group: bool = False,
) -> dict[str, Any]:
    """Return what `kb evaluate --json` prints: every run by its name under `modes`.

    `topics`: those with a relevant document, over which METRICS are means; `asked`: all. Each
    metric is {mean, low, high} with the 95 % bootstrap interval over topics; zero_result_rate
    (share of all topics without a hit) likewise; overlap@10 is {mean, pairs}; p50_ms is the
    median time of a query in milliseconds, where it was measured.
    """
    report: dict[str, Any] = {
        "topics": len(against.answered),
        "asked": len(against.topics),
        "min_grade": against.min_grade,
        "modes": {name: _measured(run, against) for name, run in runs.items()},
    }
    if by_group:
        untimed = {name: run.untimed for name, run in runs.items()}
        groups: dict[str, Any] = {}
        report["groups"] = groups
        for group, members in grouped(against.topics).items():
            groups[group] = report_on(untimed, against.of(members))
    return report


def _measured(
    run: Run,
    against: Measuring,
) -> dict[str, Any]:
    qrels = against.qrels
    rankings = {topic: run.documents(topic) for topic in against.topics}
    rows = []
    for topic in against.answered:
        ranking, grades = rankings[topic], qrels[topic]
        rows.append(measures(ranking, grades, against.min_grade))
    measured: dict[str, Any] = {}
    for name in METRICS:
        values = [row[name] for row in rows]
        measured[name] = _interval(np.array(values))
    unanswered = [float(not found) for found in rankings.values()]
    measured["zero_result_rate"] = _interval(np.array(unanswered))
    measured["overlap@10"] = overlap(rankings, qrels)
    if run.ms:
        measured["p50_ms"] = float(np.median(run.ms))
    return measured


class _Top(Struct, frozen=True):
    """The first documents of a topic's ranking, and those graded for it."""

    documents: frozenset[str]
    graded: frozenset[str]


def overlap(
    rankings: Mapping[str, Sequence[str]],
    qrels: Qrels,
) -> dict[str, float]:
    """Return overlap@10: how alike the answers to unrelated topics are; near 0 is well.

    The mean, over pairs of unrelated topics, of the share of documents that their first ten have
    in common. Two topics are unrelated when no document is graded above 0 for both. A ranking
    that brings the same documents whatever is asked has 1, one that draws ten of n documents by
    chance 10 / n. Only topics with at least ten hits count: of a shorter list (an identifier found
    outright) the share would say how few hits there are, not how alike. Topics without an answer
    do count, being where a ranking falls back on documents near to everything. Of more than
    MOST_PAIRS pairs so many are drawn, always the same ones. `pairs` says how many were used.
    """
    tops = []
    for topic, found in rankings.items():
        if len(found) >= _TOP:
            graded = _graded(qrels.get(topic, {}))
            documents = frozenset(found[:_TOP])
            tops.append(_Top(documents, graded))
    shares = []
    for one, other in _pairs(len(tops)):
        first, second = tops[one], tops[other]
        if first.graded.isdisjoint(second.graded):
            common = first.documents & second.documents
            shares.append(len(common) / _TOP)
    mean = float(np.mean(shares)) if shares else 0.0
    return {"mean": mean, "pairs": len(shares)}


def _graded(grades: Grades) -> frozenset[str]:
    return frozenset(relevant_of(grades, min_grade=1))


def _pairs(count: int) -> Iterable[tuple[int, int]]:
    if count * (count - 1) // 2 <= MOST_PAIRS:
        return combinations(range(count), 2)
    chance = np.random.default_rng(_SEED)
    first = chance.integers(0, count, MOST_PAIRS)
    further = chance.integers(1, count, MOST_PAIRS)
    second = (first + further) % count
    return zip(first.tolist(), second.tolist(), strict=True)


def missing_from(
    store: Store,
    qrels: Qrels,
    min_grade: int = 1,
) -> list[str]:
    """Return the relevant documents that the store does not hold: none of them can be found."""
    wanted: set[str] = set()
    for grades in qrels.values():
        wanted |= relevant_of(grades, min_grade)
    keys = {document: ("slug", normalise(document)) for document in wanted}
    present = store.by_identifier(keys.values())
    missing = []
    for document, key in keys.items():
        if not present.get(key):
            missing.append(document)
    return sorted(missing)


def _interval(values: Scores) -> dict[str, float]:
    """Return the mean and the 2.5 and 97.5 percentiles of its bootstrap distribution."""
    if not len(values):
        return {"mean": 0.0, "low": 0.0, "high": 0.0}
    chance = np.random.default_rng(_SEED)
    count = len(values)
    drawn = chance.integers(0, count, size=(_SAMPLES, count))
    means = values[drawn].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return {
        "mean": float(values.mean()),
        "low": float(low),
        "high": float(high),
    }
