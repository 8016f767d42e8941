"""Contrastive training of the token rows (the only part that needs torch)."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
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


def learn(
    rows: Floats,
    sources: list[Pairs],
    others: Tokens,
    settings: Settings,
    watch: Callable[[int, Floats], None] | None = None,
) -> Floats:
    """Train the rows on batches of one source each and return them.

    `others` are texts that may serve as further wrong answers for the lay questions.
    """
    import torch

    torch.manual_seed(settings.seed)
    torch.set_num_threads(1)
    chance = np.random.default_rng(settings.seed)
    table = torch.nn.Parameter(torch.from_numpy(rows.copy()))
    adam = torch.optim.Adam([table], lr=settings.learning_rate, betas=(0.9, 0.99), fused=True)
    shares = np.array([settings.mix.get(source.name, 0.0) for source in sources])
    shares /= shares.sum()
    begun = time.monotonic()
    running = 0.0
    for step in range(settings.steps):
        for group in adam.param_groups:
            group["lr"] = settings.learning_rate * _pace(step, settings)
        source = sources[int(chance.choice(len(sources), p=shares))]
        loss = _loss(table, source, others, settings, chance)
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


def _pace(step: int, settings: Settings) -> float:
    if step < settings.warmup:
        return (step + 1) / settings.warmup
    done = (step - settings.warmup) / max(1, settings.steps - settings.warmup)
    return 0.02 + 0.98 * 0.5 * (1.0 + math.cos(math.pi * done))


def _loss(
    table: torch.Tensor, source: Pairs, others: Tokens, settings: Settings, chance: np.random.Generator
) -> torch.Tensor:
    """Symmetric cross-entropy over the batch; equal texts do not count as wrong answers."""
    import torch
    from torch.nn import functional

    size = min(settings.batch, len(source.queries))
    chosen = chance.choice(len(source.queries), size=size, replace=False).astype(np.int64)
    drop = settings.token_dropout
    left = _embed(table, source.queries.pick(chosen, settings.query_tokens, chance, drop))
    right = _embed(table, source.passages.pick(chosen, settings.passage_tokens, chance, drop))
    same = source.query_same[chosen][:, None] == source.query_same[chosen]
    same |= source.passage_same[chosen][:, None] == source.passage_same[chosen]
    np.fill_diagonal(same, False)
    scores = (left @ right.T) / settings.temperature
    scores = scores.masked_fill(torch.from_numpy(same), -1e4)
    target = torch.arange(size)
    backward = functional.cross_entropy(scores.T, target)
    if source.name == "lay_question_article" and settings.extra_negatives:
        more = chance.integers(0, len(others), settings.extra_negatives)
        wrong = _embed(table, others.pick(more, settings.passage_tokens, chance, drop))
        scores = torch.cat([scores, (left @ wrong.T) / settings.temperature], dim=1)
    return 0.5 * (functional.cross_entropy(scores, target) + backward)


def _embed(table: torch.Tensor, picked: tuple[Ints, Ints]) -> torch.Tensor:
    import torch
    from torch.nn import functional

    numbers, offsets = picked
    mean = functional.embedding_bag(torch.from_numpy(numbers), table, torch.from_numpy(offsets), mode="mean")
    return functional.normalize(mean, dim=1)
