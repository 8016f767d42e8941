"""Contrastive training of the token rows (the only part that needs torch)."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from kb.training.settings import Settings
from kb.training.tokens import Ints, Tokens

if TYPE_CHECKING:
    import torch

Floats = npt.NDArray[np.float32]
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pairs:
    """One source of pairs as tokens; equal numbers in `*_same` mean equal texts."""

    name: str
    queries: Tokens
    passages: Tokens
    query_same: Ints
    passage_same: Ints


@dataclass(frozen=True, slots=True)
class Rankings:
    """Questions with candidates among `articles`, best first, and their scores: (questions,
    candidates) each.
    """

    questions: Tokens
    articles: Tokens
    candidates: Ints
    scores: Floats


#: Sources whose questions are also set against random articles.
_ASKING = ("lay_question_article", "labelled_question")
RANKING = "labelled_ranking"
_BEST = 4
_TOLD_EVERY = 250


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is learned from: pairs of each source, and rankings to imitate, in shares of the
    batches given by `mix`; `others` are texts that may serve as further wrong answers for
    questions.
    """

    sources: list[Pairs]
    others: Tokens
    mix: Mapping[str, float]
    rankings: Rankings | None = None

    def shares(self) -> Floats:
        """Return the share of each source, then of the rankings; they sum to 1."""
        of_sources = [self.mix.get(source.name, 0.0) for source in self.sources]
        of_rankings = self.mix.get(RANKING, 0.0) if self.rankings else 0.0
        shares = np.array([*of_sources, of_rankings])
        summed: Floats = shares / shares.sum()
        return summed


def learn(
    rows: Floats,
    lessons: Lessons,
    settings: Settings,
    steps: int,
    watch: Callable[[int, Floats], None] | None = None,
) -> Floats:
    """Train the rows on batches of one source each and return them."""
    import torch

    torch.manual_seed(settings.seed)
    torch.set_num_threads(1)
    chance = np.random.default_rng(settings.seed)
    table = torch.nn.Parameter(torch.from_numpy(rows.copy()))
    adam = torch.optim.Adam(
        [table], lr=settings.learning_rate, betas=(0.9, 0.99), fused=True
    )
    shares = lessons.shares()
    progress = _Progress(watch)
    for step in range(steps):
        for group in adam.param_groups:
            group["lr"] = settings.learning_rate * _pace(step, steps, settings)
        choice = int(chance.choice(len(shares), p=shares))
        loss = _loss_of(lessons, choice, table, settings, chance)
        adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
        adam.step()
        progress.tell(step + 1, float(loss.detach()), table)
    trained: Floats = table.detach().numpy().copy()
    trained[0] = 0.0
    return trained


class _Progress:
    """The loss so far, told from time to time, with the table for who watches it."""

    def __init__(self, watch: Callable[[int, Floats], None] | None) -> None:
        self._watch = watch
        self._begun = time.monotonic()
        self._running = 0.0

    def tell(
        self,
        step: int,
        loss: float,
        table: torch.Tensor,
    ) -> None:
        """Take note of the loss of a step, counted from 1."""
        self._running = 0.98 * self._running + 0.02 * loss
        if step % _TOLD_EVERY:
            return
        spent = time.monotonic() - self._begun
        _LOG.info("step %d loss %.3f (%.0f s)", step, self._running, spent)
        if self._watch is not None:
            self._watch(step, table.detach().numpy())


def _loss_of(
    lessons: Lessons,
    choice: int,
    table: torch.Tensor,
    settings: Settings,
    chance: np.random.Generator,
) -> torch.Tensor:
    """Return the loss on a batch of the chosen source, or of the rankings behind them all."""
    if choice < len(lessons.sources):
        return _loss(table, lessons.sources[choice], lessons.others, settings, chance)
    assert lessons.rankings is not None
    return _imitation(table, lessons.rankings, settings, chance)


def _pace(
    step: int,
    steps: int,
    settings: Settings,
) -> float:
    if step < settings.warmup:
        return (step + 1) / settings.warmup
    done = (step - settings.warmup) / max(1, steps - settings.warmup)
    return 0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * done))


def _loss(
    table: torch.Tensor,
    source: Pairs,
    others: Tokens,
    settings: Settings,
    chance: np.random.Generator,
) -> torch.Tensor:
    """Symmetric cross-entropy over the batch; equal texts do not count as wrong answers."""
    import torch
    from torch.nn import functional

    size = min(settings.batch, len(source.queries))
    chosen = chance.choice(len(source.queries), size=size, replace=False).astype(
        np.int64
    )
    drop = settings.token_dropout
    left = _embed(
        table, source.queries.pick(chosen, settings.query_tokens, chance, drop)
    )
    right = _embed(
        table, source.passages.pick(chosen, settings.passage_tokens, chance, drop)
    )
    same = source.query_same[chosen][:, None] == source.query_same[chosen]
    same |= source.passage_same[chosen][:, None] == source.passage_same[chosen]
    np.fill_diagonal(same, False)
    scores = (left @ right.T) / settings.temperature
    scores = scores.masked_fill(torch.from_numpy(same), -1e4)
    target = torch.arange(size)
    backward = functional.cross_entropy(scores.T, target)
    if source.name in _ASKING and settings.extra_negatives:
        more = chance.integers(0, len(others), settings.extra_negatives)
        wrong = _embed(table, others.pick(more, settings.passage_tokens, chance, drop))
        scores = torch.cat([scores, (left @ wrong.T) / settings.temperature], dim=1)
    return 0.5 * (functional.cross_entropy(scores, target) + backward)


def _imitation(
    table: torch.Tensor,
    rankings: Rankings,
    settings: Settings,
    chance: np.random.Generator,
) -> torch.Tensor:
    """Cross-entropy to the labelled distribution over each question's candidates, and over the
    batch's best ones.
    """
    import torch
    from torch.nn import functional

    size = min(settings.ranking_batch, len(rankings.questions))
    chosen = chance.choice(len(rankings.questions), size=size, replace=False)
    chosen = chosen.astype(np.int64)
    numbers, wanted = _compared(rankings, chosen, settings, chance)
    drop = settings.token_dropout
    questions = rankings.questions.pick(chosen, settings.query_tokens, chance, drop)
    articles = rankings.articles.pick(
        numbers.ravel(), settings.passage_tokens, chance, drop
    )
    left = _embed(table, questions)
    right = _embed(table, articles).view(size, numbers.shape[1], -1)
    scores = (left[:, None] * right).sum(-1) / settings.temperature
    target = torch.softmax(torch.from_numpy(wanted) / settings.temperature, dim=1)
    imitation = -(target * torch.log_softmax(scores, dim=1)).sum(1).mean()
    best = numbers[:, 0]
    same = (best[:, None] == best) & ~np.eye(size, dtype=bool)
    among = (left @ right[:, 0].T) / settings.temperature
    among = among.masked_fill(torch.from_numpy(same), -1e4)
    return imitation + 0.5 * functional.cross_entropy(among, torch.arange(size))


def _compared(
    rankings: Rankings,
    chosen: Ints,
    settings: Settings,
    chance: np.random.Generator,
) -> tuple[Ints, Floats]:
    """Return the candidates of questions that are compared, the best few and a draw of the
    rest, with their scores; both (questions, settings.compared).
    """
    size, count = len(chosen), rankings.candidates.shape[1]
    drawn = chance.random((size, count - _BEST)).argsort(axis=1)
    rest = drawn[:, : settings.compared - _BEST] + _BEST
    best = np.tile(np.arange(_BEST), (size, 1))
    columns = np.concatenate([best, rest], axis=1)
    numbers = np.take_along_axis(rankings.candidates[chosen], columns, axis=1)
    scores = np.take_along_axis(rankings.scores[chosen], columns, axis=1)
    return numbers, scores


def _embed(table: torch.Tensor, picked: tuple[Ints, Ints]) -> torch.Tensor:
    import torch
    from torch.nn import functional

    numbers, offsets = picked
    mean = functional.embedding_bag(
        torch.from_numpy(numbers), table, torch.from_numpy(offsets), mode="mean"
    )
    return functional.normalize(mean, dim=1)
