"""One training run from the data to the saved folder: a first model, labels by it, a second
model.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from kb.training import measure
from kb.training.export import save
from kb.training.initial import Floats, initial_rows
from kb.training.labels import answered, label
from kb.training.learning import Lessons, Pairs, Rankings, learn
from kb.training.own_corpus import corpus_pairs
from kb.training.pairs import Source, collect
from kb.training.settings import Settings
from kb.training.texts import articles, raw, rows, topics
from kb.training.tokens import Ints, Tokens, tokenise
from kb.training.vocabulary import build, choose, count_words

_LOG = logging.getLogger(__name__)
_RAW = ("judgments", "legal_qa_exam", "legal_qa_llm_generated", "case_sentences_muser")
_LOOK_EVERY = 500


def train(
    data: Path,
    corpus: Path,
    out: Path,
    settings: Settings,
) -> dict[str, float]:
    """Train, save and measure a model."""
    laws = articles(data)
    titled = [f"{article.law}\n{article.text}" for article in laws]
    sources = collect(data, laws, settings)
    sources += corpus_pairs(corpus, random.Random(settings.seed))
    for source in sources:
        _LOG.info("%s: %d pairs", source.name, len(source.queries))
    tokenizer, start = _begin(data, titled, settings)
    score = _scorer(data, tokenizer, settings)
    lessons = Lessons(
        [_tokens(source, tokenizer) for source in sources],
        tokenise(tokenizer, titled),
        settings.first_mix,
    )

    def watch(step: int, table: Floats) -> None:
        if step % _LOOK_EVERY == 0:
            _LOG.info("step %d %s", step, score(table))

    first = learn(start, lessons, settings, settings.first_steps, watch)
    _LOG.info("first model %s", score(first))
    rankings, found = _rankings(data, sources, first, tokenizer, settings)
    lessons = Lessons([*lessons.sources, found], lessons.others, settings.mix, rankings)
    table = learn(start, lessons, settings, settings.steps, watch)
    save(out, table, tokenizer)
    return score(table)


def _begin(
    data: Path,
    titled: list[str],
    settings: Settings,
) -> tuple[Tokenizer, Floats]:
    """Return the tokenizer of all texts, and the rows to begin with."""
    body = list(titled)
    for name in _RAW:
        body += [row["text"] for row in raw(data, name)]
    tokenizer = build(choose(count_words(body), settings))
    size = tokenizer.get_vocab_size()
    _LOG.info("%d articles, vocabulary of %d", len(titled), size)
    return tokenizer, initial_rows(tokenise(tokenizer, body), size, settings)


def _scorer(
    data: Path,
    tokenizer: Tokenizer,
    settings: Settings,
) -> Callable[[Floats], dict[str, float]]:
    """Return what measures a table on every task."""
    folds = [measure.statutes(data, tokenizer, fold) for fold in settings.hold]
    tasks = [*folds, measure.cases(data, tokenizer)]

    def score(table: Floats) -> dict[str, float]:
        measured: dict[str, float] = {}
        for task in tasks:
            measured |= measure.score(task, table)
        return measured

    return score


def _rankings(
    data: Path,
    sources: list[Source],
    table: Floats,
    tokenizer: Tokenizer,
    settings: Settings,
) -> tuple[Rankings, Pairs]:
    """Let a model and BM25 label questions nobody matched to an article: as rankings, and the best
    ones as pairs.
    """
    folder = data / "statutes"
    corpus = rows(folder / "corpus.jsonl.gz")
    texts = [f"{row['law']}\n{row['text']}" for row in corpus]
    taboo = set(topics(folder / "topics.tsv").values())
    asked = answered(data, sources, taboo)
    random.Random(settings.seed).shuffle(asked)
    labels = label(asked[: settings.questions], texts, table, tokenizer, settings)
    _LOG.info("%d of %d questions labelled", len(labels.questions), len(asked))
    documents = tokenise(tokenizer, texts)
    questions = tokenise(tokenizer, labels.questions)
    best = labels.articles[:, 0]
    passages = _picked(documents, best)
    numbers = np.arange(len(best))
    found = Pairs("labelled_question", questions, passages, numbers, best)
    return Rankings(questions, documents, labels.articles, labels.scores), found


def _picked(tokens: Tokens, texts: Ints) -> Tokens:
    """Return the texts of these numbers, each as often as it is named."""
    parts = []
    for at in texts.tolist():
        begin, end = tokens.starts[at], tokens.starts[at + 1]
        parts.append(tokens.flat[begin:end])
    lengths = np.array([0, *map(len, parts)], dtype=np.int64)
    flat = np.concatenate(parts) if parts else tokens.flat[:0]
    return Tokens(flat, np.cumsum(lengths))


def _tokens(source: Source, tokenizer: Tokenizer) -> Pairs:
    return Pairs(
        source.name,
        tokenise(tokenizer, source.queries),
        tokenise(tokenizer, source.passages),
        _same(source.queries),
        _same(source.passages),
    )


def _same(texts: list[str]) -> Ints:
    """Number the texts so that equal texts have equal numbers."""
    numbers: dict[str, int] = {}
    found = []
    for text in texts:
        found.append(numbers.setdefault(text, len(numbers)))
    return np.array(found, dtype=np.int64)
