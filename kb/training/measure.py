"""Measuring a model: held-out lay questions over the articles, and similar-case retrieval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from kb.training.folds import fold
from kb.training.texts import qrels, rows, topics
from kb.training.tokens import Tokens, tokenise

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Task:
    """One retrieval task, already tokenised."""

    name: str
    queries: Tokens
    documents: Tokens
    document_ids: list[str]
    judged: list[dict[str, int]]
    relevant_from: int


def embed(table: Floats, tokens: Tokens, chunk: int = 2048) -> Floats:
    """Mean of the token rows, L2-normalised; zeros where a text has no token."""
    found = np.zeros((len(tokens), table.shape[1]), dtype=np.float32)
    for at in range(0, len(tokens), chunk):
        end = min(at + chunk, len(tokens))
        begin = tokens.starts[at]
        gathered = table[tokens.flat[begin : tokens.starts[end]]]
        full = np.flatnonzero(np.diff(tokens.starts[at : end + 1]))
        if len(full):
            found[at + full] = np.add.reduceat(
                gathered, tokens.starts[at + full] - begin
            )
    length = np.linalg.norm(found, axis=1, keepdims=True)
    unit: Floats = found / np.maximum(length, 1e-12)
    return unit


def statutes(data: Path, tokenizer: Tokenizer, held: int = 0) -> Task:
    """Lay questions of one fold over all articles, each headed by its law's name."""
    corpus = list(rows(data / "statutes" / "corpus.jsonl.gz"))
    asked = topics(data / "statutes" / "topics.tsv")
    judged = qrels(data / "statutes" / "qrels.txt")
    kept = [topic for topic in asked if topic in judged and fold(topic) == held]
    return Task(
        f"statutes_fold{held}",
        tokenise(tokenizer, [asked[topic] for topic in kept]),
        tokenise(tokenizer, [f"{row['law']}\n{row['text']}" for row in corpus]),
        [row["id"] for row in corpus],
        [judged[topic] for topic in kept],
        1,
    )


def cases(data: Path, tokenizer: Tokenizer) -> Task:
    """Facts of a case as the query, summaries of criminal cases as the documents."""
    corpus = list(rows(data / "lecard" / "documents.jsonl"))
    asked = topics(data / "lecard" / "topics.tsv")
    judged = qrels(data / "lecard" / "qrels.txt")
    kept = [topic for topic in asked if topic in judged]
    return Task(
        "lecard",
        tokenise(tokenizer, [asked[topic] for topic in kept]),
        tokenise(tokenizer, [row["text"] for row in corpus]),
        [row["id"] for row in corpus],
        [judged[topic] for topic in kept],
        2,
    )


def score(task: Task, table: Floats) -> dict[str, float]:
    """Recall at 100 and nDCG at 10 (gain = grade, as trec_eval counts it)."""
    scores = embed(table, task.queries) @ embed(table, task.documents).T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :100]
    recall, gain = [], []
    for ranking, judged in zip(order, task.judged, strict=True):
        names = [task.document_ids[at] for at in ranking]
        relevant = {
            name for name, grade in judged.items() if grade >= task.relevant_from
        }
        if relevant:
            recall.append(len(relevant & set(names)) / len(relevant))
        gain.append(
            _ndcg([judged.get(name, 0) for name in names[:10]], list(judged.values()))
        )
    return {
        f"{task.name}_recall@100": float(np.mean(recall)),
        f"{task.name}_ndcg@10": float(np.mean(gain)),
    }


def _ndcg(found: list[int], judged: list[int]) -> float:
    best = _dcg(sorted(judged, reverse=True)[:10])
    return _dcg(found) / best if best else 0.0


def _dcg(grades: list[int]) -> float:
    return sum(grade / math.log2(rank + 2) for rank, grade in enumerate(grades))
