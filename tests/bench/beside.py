"""`python -m tests.bench.beside HOME TOPICS QRELS`: our rankings beside others', same passages,
same topics, one run.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from kb.embedding import load_embedder
from kb.settings import Settings
from kb.store import Store
from search.evaluation import measures
from search.opening import make_searcher
from search.request import SearchRequest
from search.trec import read_qrels, read_topics
from tests.bench import peers, quality

_NAMES: Final = ("nDCG@10", "R@10", "R@50", "R@100", "success@5")
_MODES: Final = ("keyword", "vector", "hybrid")


def beside(
    home: Path,
    topics: dict[str, str],
    qrels: Any,
    min_grade: int,
    names: list[str],
    python: str,
) -> Any:
    """Return for every engine the means of its measures over the topics that have an answer."""
    asked = {
        t: text
        for t, text in topics.items()
        if any(g >= min_grade for g in qrels.get(t, {}).values())
    }
    embedder = load_embedder(Settings().embedder)
    searcher = make_searcher(home, embedder)
    report: dict[str, Any] = {}
    with Store(home) as store, tempfile.TemporaryDirectory() as scratch:
        for mode in _MODES:
            rankings = {
                t: [
                    h.document.slug
                    for h in searcher.search(
                        store, SearchRequest(text, mode=mode, limit=peers.DEPTH)
                    ).hits
                ]
                for t, text in asked.items()
            }
            report[f"this project, {mode}"] = _means(rankings, qrels, min_grade)
        passages, vectors = quality.passages(store)
        texts = list(asked.values())
        peers.hand_over(
            Path(scratch),
            passages,
            vectors,
            texts,
            quality.question_vectors(embedder, texts),
        )
        for name in names:
            found = peers.run(name, Path(scratch), python)
            ranked = found.pop("rankings", None)
            if ranked is None:
                report[name] = found
                continue
            rankings = {
                t: list(dict.fromkeys(r)) for t, r in zip(asked, ranked, strict=True)
            }
            report[found["name"]] = _means(rankings, qrels, min_grade)
    return {"topics": len(asked), "engines": report}


def _means(
    rankings: dict[str, list[str]], qrels: Any, min_grade: int
) -> dict[str, float]:
    rows = [
        measures(ranking, qrels[topic], min_grade)
        for topic, ranking in rankings.items()
    ]
    return {
        name: round(float(np.mean([row[name] for row in rows])), 3) for name in _NAMES
    }


def main() -> None:
    """Print the table as JSON."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.beside", description=__doc__
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("topics", type=Path)
    parser.add_argument("qrels", type=Path)
    parser.add_argument("--min-grade", type=int, default=1)
    parser.add_argument(
        "--peer",
        action="append",
        choices=["zvec", "txtai", "bm25s", "milvus", "lancedb"],
    )
    parser.add_argument(
        "--peer-python",
        default=sys.executable,
        help="the Python that has the peers installed",
    )
    args = parser.parse_args()
    topics, qrels = read_topics(args.topics), read_qrels(args.qrels)
    names = args.peer or ["txtai", "bm25s"]
    made = beside(args.home, topics, qrels, args.min_grade, names, args.peer_python)
    sys.stdout.write(json.dumps(made, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
