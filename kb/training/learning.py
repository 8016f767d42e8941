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


def learn(
    rows: Floats,
    sources: list[Pairs],
    others: Tokens,
    settings: Settings,
    steps: int,
    mix: Mapping[str, float],
    rankings: Rankings | None = None,
    watch: Callable[[int, Floats], None] | None = None,
) -> Floats:
    """Train the rows on batches of one source each, `mix` giving their shares, and return them.

    `others` are texts that may serve as further wrong answers for questions; `rankings` are
    imitated in a share of the batches.
    """
    import torch

    torch.manual_seed(settings.seed)
    torch.set_num_threads(1)
    chance = np.random.default_rng(settings.seed)
    table = torch.nn.Parameter(torch.from_numpy(rows.copy()))
    adam = torch.optim.Adam(
        [table], lr=settings.learning_rate, betas=(0.9, 0.99), fused=True
    )
    shares = np.array(
        [
            *(mix.get(source.name, 0.0) for source in sources),
            mix.get(RANKING, 0.0) if rankings else 0.0,
        ]
    )
    shares /= shares.sum()
    begun = time.monotonic()
    running = 0.0
    for step in range(steps):
        for group in adam.param_groups:
            group["lr"] = settings.learning_rate * _pace(step, steps, settings)
        choice = int(chance.choice(len(shares), p=shares))
        if choice < len(sources):
            loss = _loss(table, sources[choice], others, settings, chance)
        else:
            assert rankings is not None
            loss = _imitation(table, rankings, settings, chance)
        adam.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
        adam.step()
        running = 0.98 * running + 0.02 * float(loss.detach())
        if (step + 1) % 250 == 0:
            spent = time.monotonic() - begun
            _LOG.info("step %d loss %.3f (%.0f s)", step + 1, running, spent)
            if watch is not None:
                watch(step + 1, table.detach().numpy())
    trained: Floats = table.detach().numpy().copy()
    trained[0] = 0.0
    return trained


def _pace(step: int, steps: int, settings: Settings) -> float:
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
    chosen = chance.choice(len(rankings.questions), size=size, replace=False).astype(
        np.int64
    )
    count = rankings.candidates.shape[1]
    rest = (
        chance.random((size, count - _BEST)).argsort(axis=1)[
            :, : settings.compared - _BEST
        ]
        + _BEST
    )
    columns = np.concatenate([np.tile(np.arange(_BEST), (size, 1)), rest], axis=1)
    numbers = np.take_along_axis(rankings.candidates[chosen], columns, axis=1)
    wanted = torch.from_numpy(
        np.take_along_axis(rankings.scores[chosen], columns, axis=1)
    )
    drop = settings.token_dropout
    left = _embed(
        table, rankings.questions.pick(chosen, settings.query_tokens, chance, drop)
    )
    right = _embed(
        table,
        rankings.articles.pick(numbers.ravel(), settings.passage_tokens, chance, drop),
    )
    right = right.view(size, columns.shape[1], -1)
    scores = (left[:, None] * right).sum(-1) / settings.temperature
    target = torch.softmax(wanted / settings.temperature, dim=1)
    imitation = -(target * torch.log_softmax(scores, dim=1)).sum(1).mean()
    best = numbers[:, 0]
    same = (best[:, None] == best) & ~np.eye(size, dtype=bool)
    among = ((left @ right[:, 0].T) / settings.temperature).masked_fill(
        torch.from_numpy(same), -1e4
    )
    return imitation + 0.5 * functional.cross_entropy(among, torch.arange(size))


def _embed(table: torch.Tensor, picked: tuple[Ints, Ints]) -> torch.Tensor:
    import torch
    from torch.nn import functional

    numbers, offsets = picked
    mean = functional.embedding_bag(
        torch.from_numpy(numbers), table, torch.from_numpy(offsets), mode="mean"
    )
    return functional.normalize(mean, dim=1)
