"""Measure retrieval: topics and qrels in TREC formats, a document named by its slug."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kb.errors import InvalidDocument, UnreadableFile
from kb.store import Store
from search.searcher import Searcher

DEPTH: Final = 100
_SAMPLES: Final = 2000
_SEED: Final = 20240403

Qrels = Mapping[str, Mapping[str, int]]
Progress = Callable[[int, int], None]


def read_topics(path: Path) -> dict[str, str]:
    """Read `id<TAB>text` lines; raises InvalidDocument naming the line."""
    topics: dict[str, str] = {}
    for number, line in _lines(path):
        topic, separator, text = line.partition("\t")
        if not separator or not topic.strip() or not text.strip():
            raise InvalidDocument(f"{path.name} 第 {number} 行应为「编号<Tab>文字」")
        if topic.strip() in topics:
            raise InvalidDocument(f"{path.name} 第 {number} 行的编号「{topic.strip()}」前面已有")
        topics[topic.strip()] = text.strip()
    return topics


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Read `topic 0 document grade` lines (TREC); raises InvalidDocument naming the line."""
    qrels: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        cells = line.split()
        if len(cells) != 4 or not re.fullmatch(r"-?[0-9]{1,9}", cells[3]):
            raise InvalidDocument(f"{path.name} 第 {number} 行应为「编号 0 文书标识 等级」")
        qrels.setdefault(cells[0], {})[cells[2]] = int(cells[3])
    return qrels


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"无法读取 {path}(应为 UTF-8 文本)") from error
    return [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]


def measures(ranking: Sequence[str], grades: Mapping[str, int], min_grade: int = 1) -> dict[str, float]:
    """Return nDCG@10 (gain 2^grade - 1, log2 discount), R@10, R@100 and MRR@10 of one ranking.

    Recall and reciprocal rank count documents of at least `min_grade` as relevant.
    """
    gains = [2.0 ** max(grades.get(d, 0), 0) - 1 for d in ranking[:10]]
    ideal = sorted((2.0 ** max(g, 0) - 1 for g in grades.values()), reverse=True)[:10]
    relevant = {d for d, g in grades.items() if g >= min_grade}
    first = next((place for place, d in enumerate(ranking[:10], 1) if d in relevant), None)
    best = _discounted(ideal)
    return {
        "nDCG@10": _discounted(gains) / best if best else 0.0,
        "R@10": len(relevant & set(ranking[:10])) / len(relevant) if relevant else 0.0,
        "R@100": len(relevant & set(ranking[:100])) / len(relevant) if relevant else 0.0,
        "MRR@10": 1.0 / first if first else 0.0,
    }


def _discounted(gains: Sequence[float]) -> float:
    return float(sum(gain / np.log2(place + 1) for place, gain in enumerate(gains, 1)))


def evaluate(
    searcher: Searcher,
    store: Store,
    topics: Mapping[str, str],
    qrels: Qrels,
    modes: Sequence[str] = ("hybrid", "keyword", "vector"),
    min_grade: int = 1,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Run every topic that has a relevant document in each mode; means with 95 % bootstrap intervals."""
    judged = [t for t in topics if any(g >= min_grade for g in qrels.get(t, {}).values())]
    report: dict[str, Any] = {"topics": len(judged), "min_grade": min_grade, "modes": {}}
    done = 0
    for mode in modes:
        rows: list[dict[str, float]] = []
        for topic in judged:
            result = searcher.search(store, topics[topic], mode=mode, limit=DEPTH)
            rows.append(measures([hit.document.slug for hit in result.hits], qrels[topic], min_grade))
            done += 1
            if progress is not None:
                progress(done, len(judged) * len(modes))
        report["modes"][mode] = {
            name: _interval(np.array([row[name] for row in rows])) for name in ("nDCG@10", "R@10", "R@100", "MRR@10")
        }
    return report


def _interval(values: NDArray[np.float64]) -> dict[str, float]:
    """Return the mean and the 2.5 and 97.5 percentiles of its bootstrap distribution."""
    if not len(values):
        return {"mean": 0.0, "low": 0.0, "high": 0.0}
    chance = np.random.default_rng(_SEED)
    means = values[chance.integers(0, len(values), size=(_SAMPLES, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return {"mean": float(values.mean()), "low": float(low), "high": float(high)}
