"""Questions nobody has matched to an article get articles from a first model and BM25,
where the two agree.

The labels are made from the question together with its answer; the second model then
learns to find the same articles from the question alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from kb.training.keywords import Keywords
from kb.training.measure import embed
from kb.training.pairs import Source
from kb.training.settings import Settings
from kb.training.texts import raw
from kb.training.tokens import Ints, tokenise

Floats = npt.NDArray[np.float32]
#: Sources of pairs whose queries are questions and whose passages are answers.
ANSWERED = (
    "query_statute_weak",
    "query_answer_llm",
    "query_statute_answer",
    "exam_question_answer",
)
_SHORTEST, _LONGEST = 6, 200
_ANSWER = 300
_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Labels:
    """Questions with the articles found for them: `articles` and `scores` are (questions,
    candidates), best first.
    """

    questions: list[str]
    articles: Ints
    scores: Floats


def answered(
    data: Path,
    sources: Iterable[Source],
    taboo: set[str],
) -> list[tuple[str, str]]:
    """Collect distinct questions of a fit length with their answers, without those of `taboo`."""
    found: dict[str, str] = {}
    for question, answer in [*_of_sources(sources), *_of_raw(data)]:
        question = question.strip()
        if _SHORTEST <= len(question) <= _LONGEST and question not in taboo:
            found.setdefault(question, answer[:_ANSWER])
    return list(found.items())


def label(
    asked: Sequence[tuple[str, str]],
    articles: Sequence[str],
    table: Floats,
    tokenizer: Tokenizer,
    settings: Settings,
) -> Labels:
    """Rank the articles for every question and keep the questions the two rankings agree on."""
    numbers = []
    scores = []
    kept = []
    for alike in _likeness(asked, articles, table, tokenizer):
        best, value = _best(*alike, settings)
        numbers.append(best)
        scores.append(value)
        kept.append(_agreed(best[:, :1], *alike, settings))
    agreed = np.flatnonzero(np.concatenate(kept))
    return Labels(
        questions=[asked[at][0] for at in agreed.tolist()],
        articles=np.concatenate(numbers)[agreed],
        scores=np.concatenate(scores)[agreed],
    )


def _likeness(
    asked: Sequence[tuple[str, str]],
    articles: Sequence[str],
    table: Floats,
    tokenizer: Tokenizer,
) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Yield some questions at a time how near the articles are to them alone, to them with
    their answers, and by words; each (questions, articles).
    """
    questions: list[str] = []
    whole: list[str] = []
    for question, answer in asked:
        questions.append(question)
        whole.append(f"{question}\n{answer}")
    keywords = Keywords(articles)
    documents = embed(table, tokenise(tokenizer, articles)).T
    alone = embed(table, tokenise(tokenizer, questions))
    helped = embed(table, tokenise(tokenizer, whole))
    for at in range(0, len(asked), _BLOCK):
        block = slice(at, at + _BLOCK)
        shared = keywords.scores(whole[block])
        yield alone[block] @ documents, helped[block] @ documents, shared


def _best(
    near: Floats,
    near_helped: Floats,
    shared: Floats,
    settings: Settings,
) -> tuple[Ints, Floats]:
    """Return numbers and scores of the best articles; only a question's best `keyword_depth` count
    as sharing words.
    """
    depth = min(settings.keyword_depth, shared.shape[1])
    floor = -np.partition(-shared, depth - 1, axis=1)[:, depth - 1 : depth]
    counted = np.where(shared >= floor, shared, 0.0) / np.maximum(
        shared.max(axis=1, keepdims=True), 1.0
    )
    total = 0.5 * near + 0.5 * near_helped + settings.keyword_weight * counted
    count = min(settings.candidates, total.shape[1])
    numbers = np.argpartition(-total, count - 1, axis=1)[:, :count]
    scores = np.take_along_axis(total, numbers, axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")
    best = np.take_along_axis(numbers, order, axis=1).astype(np.int64)
    return best, np.take_along_axis(scores, order, axis=1).astype(np.float32)


def _agreed(
    top: Ints,
    near: Floats,
    near_helped: Floats,
    shared: Floats,
    settings: Settings,
) -> npt.NDArray[np.bool_]:
    by_words, by_both, by_question = settings.agreement
    agrees: npt.NDArray[np.bool_] = _rank(shared, top) < by_words
    agrees &= _rank(near_helped, top) < by_both
    agrees &= _rank(near, top) < by_question
    return agrees


def _rank(scores: Floats, which: Ints) -> Ints:
    """Count the columns above the chosen one, row by row."""
    above: Ints = (scores > np.take_along_axis(scores, which, axis=1)).sum(axis=1)
    return above


def _of_sources(sources: Iterable[Source]) -> Iterator[tuple[str, str]]:
    by_name = {source.name: source for source in sources}
    for name in ANSWERED:
        if name in by_name:
            yield from zip(by_name[name].queries, by_name[name].passages, strict=True)


def _of_raw(data: Path) -> Iterator[tuple[str, str]]:
    for row in raw(data, "legal_qa_llm_generated"):
        question, _, answer = row["text"].strip().partition("\n")
        if answer:
            yield question.replace("Question:", ""), answer
