"""Building the training pairs, grouped by source so that a batch holds one kind only."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kb.training.folds import fold
from kb.training.settings import Settings
from kb.training.texts import (
    Article,
    clauses,
    qrels,
    raw,
    rows,
    sentences,
    topics,
    windows,
)

#: File of ready-made pairs -> name of the source in Settings.mix.
FILES = {
    "lawbench_query_statute": "query_statute_answer",
    "lawyerllama_query_statute_weak": "query_statute_weak",
    "lawyerllama_query_answer_llm": "query_answer_llm",
    "statute_heading_article": "heading_article",
    "statute_citation": "article_cites_article",
    "cail2019_rc_question_context": "question_context",
    "muser_issue_label_sentence": "issue_sentence",
    "argument_counterargument": "argument_reply",
    "fact_evidence": "fact_evidence",
    "case_fact_reasoning": "fact_reasoning",
}
_LONGEST = 1200
_SHORTEST = 8


@dataclass(slots=True)
class Source:
    """The pairs of one kind."""

    name: str
    queries: list[str] = field(default_factory=list)
    passages: list[str] = field(default_factory=list)

    def add(self, query: str, passage: str) -> None:
        """Append one pair unless a side is empty."""
        if query.strip() and passage.strip():
            self.queries.append(query[:_LONGEST])
            self.passages.append(passage[:_LONGEST])


def titled(
    article: Article,
    chance: random.Random,
    share: float,
) -> str:
    """Put the law's name before the article's text in a share of the cases."""
    return f"{article.law}\n{article.text}" if chance.random() < share else article.text


def collect(
    data: Path,
    articles: list[Article],
    settings: Settings,
) -> list[Source]:
    """Build every source of pairs."""
    chance = random.Random(settings.seed)
    found = [_ready(data, file, name) for file, name in FILES.items()]
    found.append(_lay_questions(data, settings.hold))
    found.append(_sentence_rest(articles, chance, settings.title_share))
    found.append(_clause_rest(articles, chance, settings))
    found.append(_judgments(data, chance))
    found.append(_case_halves(data, chance))
    found.append(_exams(data))
    return [source for source in found if source.queries]


def _ready(
    data: Path,
    file: str,
    name: str,
) -> Source:
    source = Source(name)
    for row in rows(data / "pairs" / f"{file}.jsonl.gz"):
        source.add(row["q"], row["pos"])
    return source


def _lay_questions(data: Path, hold: tuple[int, ...]) -> Source:
    folder = data / "statutes"
    texts = {
        row["id"]: f"{row['law']}\n{row['text']}"
        for row in rows(folder / "corpus.jsonl.gz")
    }
    asked = topics(folder / "topics.tsv")
    source = Source("lay_question_article")
    for topic, judged in qrels(folder / "qrels.txt").items():
        if fold(topic) in hold:
            continue
        for document, grade in judged.items():
            if grade > 0 and document in texts:
                source.add(asked[topic], texts[document])
    return source


def _sentence_rest(
    articles: list[Article],
    chance: random.Random,
    share: float,
) -> Source:
    source = Source("article_sentence_rest")
    for article in articles:
        parts = sentences(article.text)
        if len(parts) < 2:
            continue
        at = chance.randrange(len(parts))
        rest = "".join(parts[:at] + parts[at + 1 :])
        source.add(parts[at], titled(Article(article.law, rest), chance, share))
    return source


def _clause_rest(
    articles: list[Article],
    chance: random.Random,
    settings: Settings,
) -> Source:
    """Pair a few neighbouring clauses with the rest of their article, some articles more than
    once.
    """
    source = Source("article_clause_rest")
    for _ in range(settings.clause_rounds):
        for article in articles:
            parts = clauses(article.text)
            if len(parts) < 3:
                continue
            taken = chance.randint(1, min(4, len(parts) // 2))
            at = chance.randrange(len(parts) - taken + 1)
            query = "".join(parts[at : at + taken])
            rest = "".join(parts[:at] + parts[at + taken :])
            if min(len(query), len(rest)) >= _SHORTEST:
                source.add(
                    query,
                    titled(Article(article.law, rest), chance, settings.title_share),
                )
    return source


def _case_halves(data: Path, chance: random.Random) -> Source:
    """Deal the sentences of one stretch of a case or exam text to two sides."""
    source = Source("case_halves")
    for name in ("judgments", "legal_qa_exam"):
        for row in raw(data, name):
            for stretch in windows(row["text"], size=500):
                parts = sentences(stretch, shortest=6)
                left, right = _dealt(parts, chance)
                if len(parts) >= 4 and min(len(left), len(right)) > 30:
                    source.add(left, right)
    return source


def _dealt(parts: list[str], chance: random.Random) -> tuple[str, str]:
    """Return two texts, each part in one of them as chance has it, in order."""
    left, right = "", ""
    for part in parts:
        if chance.random() < 0.5:
            left += part
        else:
            right += part
    return left, right


def _judgments(data: Path, chance: random.Random) -> Source:
    source = Source("judgment_neighbours")
    for row in raw(data, "judgments"):
        cut = windows(row["text"])
        for left, right in zip(cut, cut[1:], strict=False):
            parts = sentences(left)
            if parts and chance.random() < 0.5:
                left = chance.choice(parts)
            source.add(left, right)
        if row["title"] and cut:
            source.add(row["title"], chance.choice(cut))
    return source


def _exams(data: Path) -> Source:
    source = Source("exam_question_answer")
    for row in raw(data, "legal_qa_exam"):
        for query, answer in _stem_and_options(row["text"]):
            source.add(query, answer)
    return source


def _stem_and_options(text: str) -> Iterator[tuple[str, str]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) >= 2 and len(lines[0]) >= 8:
        yield lines[0], "\n".join(lines[1:])
