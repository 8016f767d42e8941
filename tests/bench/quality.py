"""How well the rankings answer: the product's own measures for every engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from kb.analysis import normalise
from kb.embedding import Embedder
from kb.store import Store
from kb.training.folds import heldout
from search.evaluation import evaluate, measures
from search.searcher import Searcher
from tests.bench.data import Statutes

NAMES: Final = ("nDCG@10", "R@10", "R@100", "MRR@10")


def judged(statutes: Statutes) -> dict[str, str]:
    """Return the questions that have an answer among the articles, in the order of the file."""
    known = {article["id"] for article in statutes.articles}
    return {
        t: text
        for t, text in statutes.topics.items()
        if known & statutes.qrels.get(t, {}).keys()
    }


def unseen(topics: Mapping[str, str]) -> dict[str, str]:
    """Return the questions the shipped model was not trained on."""
    return {topic: text for topic, text in topics.items() if heldout(topic)}


def ours(
    searcher: Searcher, store: Store, statutes: Statutes, topics: Mapping[str, str]
) -> dict[str, Any]:
    """Return the means of each mode as `kb evaluate` counts them, and where hybrid is below
    keyword.
    """
    report = evaluate(searcher, store, topics, statutes.qrels)
    modes = {
        mode: {name: round(found[name]["mean"], 4) for name in NAMES}
        for mode, found in report["modes"].items()
    }
    below = [name for name in NAMES if modes["hybrid"][name] < modes["keyword"][name]]
    return {"topics": report["topics"], "modes": modes, "hybrid_below_keyword": below}


def of_rankings(
    rankings: Mapping[str, Sequence[str]],
    topics: Iterable[str],
    qrels: Mapping[str, Mapping[str, int]],
) -> dict[str, float]:
    """Return the means over topics of rankings of passages' documents, each document counted once."""
    rows = [
        measures(list(dict.fromkeys(rankings[topic])), qrels[topic]) for topic in topics
    ]
    return {
        name: round(float(np.mean([row[name] for row in rows])), 4) for name in NAMES
    }


def passages(
    store: Store,
) -> tuple[list[dict[str, str]], np.ndarray[Any, np.dtype[np.float32]]]:
    """Return the passages as our own index reads them (title and text) with their vectors."""
    ids, _, matrix = store.vectors()
    place = {int(passage): row for row, passage in enumerate(ids.tolist())}
    slugs = {
        i: head.slug for i, head in store.heads(store.document_ids().tolist()).items()
    }
    found = [{"document": "", "text": ""}] * len(ids)
    for passage in store.passages_to_index():
        row = {
            "document": slugs[passage.document_id],
            "text": f"{passage.title}\n{passage.text}",
        }
        found[place[passage.passage_id]] = row
    return found, matrix.astype(np.float32)


def question_vectors(
    embedder: Embedder, questions: Sequence[str]
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the questions' vectors as our own search makes them."""
    return embedder.embed([normalise(question) for question in questions])
