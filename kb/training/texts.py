"""Reading the training texts and cutting them into articles, sentences and windows."""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ARTICLE = re.compile(
    r"^第[零〇一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?[\s:：]*"
)
_HEADING = re.compile(r"^#*\s*第[零〇一二三四五六七八九十百]+[编章节分]")
_DATE = re.compile(r"[(（][0-9-]{4,}[)）]$")
_SENTENCE = re.compile(r"[^。；;！？!?\n]+[。；;！？!?]?")
_CLAUSE = re.compile(r"[^，。；;！？!?\n：]+[，。；;！？!?：]?")


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a law."""

    law: str
    text: str


def normalise(text: str) -> str:
    """Do what the tokenizer's normaliser does."""
    return unicodedata.normalize("NFKC", text).lower()


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-lines file, compressed or not."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    else:
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)


def topics(path: Path) -> dict[str, str]:
    """Read a TREC-style topic table: id, tab, text."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if "\t" in line)


def qrels(path: Path) -> dict[str, dict[str, int]]:
    """Read TREC relevance judgements as topic -> document -> grade."""
    found: dict[str, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        topic, _, document, grade = line.split()
        found.setdefault(topic, {})[document] = int(grade)
    return found


def raw(data: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of one file of raw text."""
    return rows(data / "raw" / f"{name}.jsonl.gz")


def articles(data: Path) -> list[Article]:
    """Cut the statutes into distinct articles, with those of the benchmark corpus first."""
    found: dict[str, Article] = {}
    for row in rows(data / "statutes" / "corpus.jsonl.gz"):
        found.setdefault(row["text"], Article(row["law"], row["text"]))
    for name in ("statutes_lawrefbook", "statutes_justlaws"):
        for row in raw(data, name):
            law = _DATE.sub("", row["title"]).removeprefix("中华人民共和国")
            for text in cut_articles(row["text"]):
                found.setdefault(text, Article(law, text))
    return list(found.values())


def cut_articles(text: str) -> Iterator[str]:
    """Yield the bodies of the articles of one law, without their numbers."""
    body: list[str] | None = None
    for line in text.splitlines():
        line = line.strip()
        start = _ARTICLE.match(line)
        if (start or _HEADING.match(line)) and body:
            yield "\n".join(body)
            body = None
        if start:
            body = [line[start.end() :]]
        elif body is not None and line and not _HEADING.match(line):
            body.append(line)
    if body:
        yield "\n".join(body)


def sentences(text: str, shortest: int = 8) -> list[str]:
    """Cut a text into sentences and drop the shortest."""
    return [part for part in _SENTENCE.findall(text) if len(part.strip()) >= shortest]


def clauses(text: str) -> list[str]:
    """Cut a text at every comma, colon and stop."""
    return [part for part in _CLAUSE.findall(text) if part.strip()]


def windows(text: str, size: int = 220) -> list[str]:
    """Join consecutive sentences into windows of about `size` characters."""
    found: list[str] = []
    current = ""
    for part in sentences(text, shortest=2):
        current += part
        if len(current) >= size:
            found.append(current)
            current = ""
    if len(current) >= size // 3:
        found.append(current)
    return found
