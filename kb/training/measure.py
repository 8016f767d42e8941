"""Measuring a model: held-out lay questions over the articles, and similar-case retrieval."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class _Texts:
    """Texts in order, each with what it is called."""

    ids: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def add(self, name: str, text: str) -> None:
        self.ids.append(name)
        self.texts.append(text)


def embed(
    table: Floats,
    tokens: Tokens,
    chunk: int = 2048,
) -> Floats:
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


def statutes(
    data: Path,
    tokenizer: Tokenizer,
    held: int = 0,
) -> Task:
    """Lay questions of one fold over all articles, each headed by its law's name."""
    folder = data / "statutes"
    documents = _Texts()
    for row in rows(folder / "corpus.jsonl.gz"):
        documents.add(row["id"], f"{row['law']}\n{row['text']}")
    judged = qrels(folder / "qrels.txt")
    queries = _Texts()
    for topic, asked in topics(folder / "topics.tsv").items():
        if topic in judged and fold(topic) == held:
            queries.add(topic, asked)
    return Task(
        name=f"statutes_fold{held}",
        queries=tokenise(tokenizer, queries.texts),
        documents=tokenise(tokenizer, documents.texts),
        document_ids=documents.ids,
        judged=[judged[topic] for topic in queries.ids],
        relevant_from=1,
    )


def cases(data: Path, tokenizer: Tokenizer) -> Task:
    """Facts of a case as the query, summaries of criminal cases as the documents."""
    folder = data / "lecard"
    documents = _Texts()
    for row in rows(folder / "documents.jsonl"):
        documents.add(row["id"], row["text"])
    judged = qrels(folder / "qrels.txt")
    queries = _Texts()
    for topic, asked in topics(folder / "topics.tsv").items():
        if topic in judged:
            queries.add(topic, asked)
    return Task(
        name="lecard",
        queries=tokenise(tokenizer, queries.texts),
        documents=tokenise(tokenizer, documents.texts),
        document_ids=documents.ids,
        judged=[judged[topic] for topic in queries.ids],
        relevant_from=2,
    )


def score(task: Task, table: Floats) -> dict[str, float]:
    """Recall at 100 and nDCG at 10 (gain = grade, as trec_eval counts it)."""
    scores = embed(table, task.queries) @ embed(table, task.documents).T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :100]
    recall, gain = [], []
    for ranking, judged in zip(order, task.judged, strict=True):
        names = [task.document_ids[at] for at in ranking]
        relevant = _relevant(judged, task.relevant_from)
        if relevant:
            recall.append(len(relevant & set(names)) / len(relevant))
        grades = [judged.get(name, 0) for name in names[:10]]
        gain.append(_ndcg(grades, list(judged.values())))
    return {
        f"{task.name}_recall@100": float(np.mean(recall)),
        f"{task.name}_ndcg@10": float(np.mean(gain)),
    }


def _relevant(judged: dict[str, int], least: int) -> set[str]:
    """Return the documents judged to be of this grade or a better one."""
    return {name for name, grade in judged.items() if grade >= least}


def _ndcg(found: list[int], judged: list[int]) -> float:
    best = _dcg(sorted(judged, reverse=True)[:10])
    return _dcg(found) / best if best else 0.0


def _dcg(grades: list[int]) -> float:
    return sum(grade / math.log2(rank + 2) for rank, grade in enumerate(grades))
