"""One training run from the data to the saved folder."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from kb.training import measure
from kb.training.export import save
from kb.training.initial import Floats, initial_rows
from kb.training.learning import Pairs, learn
from kb.training.pairs import Source, collect
from kb.training.settings import Settings
from kb.training.texts import articles, raw
from kb.training.tokens import Ints, tokenise
from kb.training.vocabulary import build, choose, count_words

_LOG = logging.getLogger(__name__)
_RAW = ("judgments", "legal_qa_exam", "legal_qa_llm_generated", "case_sentences_muser")
_LOOK_EVERY = 500


def train(data: Path, out: Path, settings: Settings) -> dict[str, float]:
    """Train, save and measure a model."""
    laws = articles(data)
    titled = [f"{article.law}\n{article.text}" for article in laws]
    body = titled + [row["text"] for name in _RAW for row in raw(data, name)]
    sources = collect(data, laws, settings)
    for source in sources:
        _LOG.info("%s: %d pairs", source.name, len(source.queries))
    tokenizer = build(choose(count_words(body), settings))
    size = tokenizer.get_vocab_size()
    _LOG.info("%d articles, vocabulary of %d", len(laws), size)
    rows = initial_rows(tokenise(tokenizer, body), size, settings)
    tasks = [measure.statutes(data, tokenizer), measure.cases(data, tokenizer)]

    def score(table: Floats) -> dict[str, float]:
        return {name: value for task in tasks for name, value in measure.score(task, table).items()}

    def watch(step: int, table: Floats) -> None:
        if step % _LOOK_EVERY == 0:
            _LOG.info("step %d %s", step, score(table))

    _LOG.info("before training %s", score(rows))
    pairs = [_tokens(source, tokenizer) for source in sources]
    rows = learn(rows, pairs, tokenise(tokenizer, titled), settings, watch)
    save(out, rows, tokenizer)
    return score(rows)


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
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], dtype=np.int64)
