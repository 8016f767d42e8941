"""Real statutes and lay questions as the product's own files; a million passages made from their
sentences.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from search.evaluation import read_qrels, read_topics

SEED: Final = 20240601
_SENTENCE: Final = re.compile(r"[^。;；\n]+[。;；]?")
_PASSAGE_CHARS: Final = 220
PASSAGES_PER_DOCUMENT: Final = 100


@dataclass(frozen=True, slots=True)
class Statutes:
    """Articles as written by their publisher, questions, and which article answers which."""

    articles: list[dict[str, Any]]
    topics: dict[str, str]
    qrels: dict[str, dict[str, int]]


def load(folder: Path, limit: int | None = None) -> Statutes:
    """Read the statutes benchmark; `limit` keeps the first articles only."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [json.loads(line) for line in lines]
    return Statutes(
        articles[:limit],
        read_topics(folder / "topics.tsv"),
        read_qrels(folder / "qrels.txt"),
    )


def write_jsonl(statutes: Statutes, path: Path) -> int:
    """Write one line an article for `kb add`; return how many."""
    with path.open("w", encoding="utf-8") as out:
        for article in statutes.articles:
            values = {
                "id": article["id"],
                "title": article["name"],
                "kind": "statute",
                "published_on": article["date"],
                "text": article["text"],
            }
            out.write(
                json.dumps({k: v for k, v in values.items() if v}, ensure_ascii=False)
                + "\n"
            )
    return len(statutes.articles)


def write_million(statutes: Statutes, folder: Path, passages: int) -> list[Path]:
    """Write `passages` recombined passages, PASSAGES_PER_DOCUMENT a document, in files
    below the size limit.

    Each passage is a paragraph of whole real sentences, about 250 characters; a document
    is one text of such paragraphs and is cut into passages by the product itself.
    """
    sentences = sorted(
        {
            s.strip()
            for a in statutes.articles
            for s in _SENTENCE.findall(a["text"])
            if 8 <= len(s.strip()) <= 150
        }
    )
    documents = _documents(sentences, passages)
    paths: list[Path] = []
    while True:
        path = folder / f"million-{len(paths):02}.jsonl"
        with path.open("w", encoding="utf-8") as out:
            written = 0
            for line in documents:
                written += out.write(line)
                if (
                    written > 25_000_000
                ):  # characters; three bytes each stay below 100 MB
                    break
        if not written:
            path.unlink()
            return paths
        paths.append(path)


def _documents(sentences: list[str], passages: int) -> Iterator[str]:
    chance = np.random.default_rng(SEED)
    lengths = np.array([len(s) for s in sentences])
    for number in range(passages // PASSAGES_PER_DOCUMENT):
        picks = chance.integers(0, len(sentences), size=PASSAGES_PER_DOCUMENT * 12)
        paragraphs: list[str] = []
        place = 0
        for _ in range(PASSAGES_PER_DOCUMENT):
            taken: list[str] = []
            length = 0
            while length < _PASSAGE_CHARS:
                pick = picks[place % len(picks)]
                taken.append(sentences[pick])
                length += lengths[pick]
                place += 1
            paragraphs.append("".join(taken))
        values = {
            "id": f"m{number:06}",
            "title": f"规则汇编第{number + 1}号",
            "kind": "statute",
            "published_on": f"{1990 + number % 35}-01-01",
            "text": "\n".join(paragraphs),
        }
        yield json.dumps(values, ensure_ascii=False) + "\n"


def questions(statutes: Statutes, count: int) -> list[str]:
    """Return a seeded sample of the lay questions."""
    texts = list(statutes.topics.values())
    chosen = np.random.default_rng(SEED).choice(
        len(texts), size=min(count, len(texts)), replace=False
    )
    return [texts[i] for i in sorted(chosen.tolist())]


def paragraphs(
    statutes: Statutes, count: int, low: int = 55, high: int = 70
) -> list[str]:
    """Return a seeded sample of articles whose text is `low` to `high` different terms as a query."""
    from search.query import parse

    found: list[str] = []
    for i in np.random.default_rng(SEED).permutation(len(statutes.articles)).tolist():
        text = statutes.articles[i]["text"]
        if 120 <= len(text) <= 400 and low <= len(parse(text).terms) <= high:
            found.append(text)
            if len(found) == count:
                break
    return found
