"""`kb reembed`: vectors of another model, made beside those that serve, then switched to at
once.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from kb.commands.common import (
    EXIT_OK,
    Step,
    alone,
    open_store,
    print_json,
    progress_bar,
    say,
    settings_of,
)
from kb.embedding import load_embedder, passage_texts
from kb.errors import StateError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kb.embedding import Embedder
    from kb.records import PassageToIndex
    from kb.store import Store

#: Passages of one transaction: as many as take about a second, so that a kill loses
#: little and writers wait less.
_LEAST: Final = 16
_MOST: Final = 4096
_QUICK_S: Final = 0.7
_SLOW_S: Final = 2.5
#: Vectors deleted in one transaction.
_FORGOTTEN_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Reembedded:
    """What was done: passages embedded now, passages that had their vector, models whose vectors
    were removed.
    """

    embedded: int
    kept: int
    switched_from: str | None
    removed: tuple[str, ...]


def reembed(args: argparse.Namespace) -> int:
    """Give every passage a vector of the chosen model, use these from then on, and drop the
    others.
    """
    from search.opening import make_searcher

    settings = settings_of(args)
    chosen = args.embedder or settings.embedder
    embedder = load_embedder(chosen)
    with open_store(settings) as store, alone(settings.home, "reembed"):
        with progress_bar("生成向量", "片段", args.quiet) as step:
            done = change_embedder(store, embedder, args.keep_old, step)
        make_searcher(settings.home, embedder).refresh(store)
        kept = [known for known in store.embedders() if not known.in_use]
    if args.json:
        print_json(
            {
                "embedder": embedder.name,
                "dim": embedder.dim,
                "embedded": done.embedded,
                "kept": done.kept,
                "switched_from": done.switched_from,
                "removed": list(done.removed),
            }
        )
    _tell(embedder.name, chosen, done)
    for known in kept:
        say(
            f"保留着「{known.name}」的向量({known.megabytes:.0f} MB);"
            f"不再需要时运行不带 --keep-old 的 kb reembed 清除"
        )
    return EXIT_OK


def _tell(
    name: str,
    chosen: str,
    done: Reembedded,
) -> None:
    """Say what was done, and what the operator has to do; `chosen` is what he calls the model."""
    say(f"模型「{name}」:新生成 {done.embedded} 个片段的向量,原已有 {done.kept} 个")
    if done.switched_from:
        say(
            f"已由「{done.switched_from}」换用「{name}」。请以 "
            f"KB_EMBEDDER={chosen} 重启网页服务"
        )
    for name in done.removed:
        say(f"已清除「{name}」的向量")


def change_embedder(
    store: Store,
    embedder: Embedder,
    keep_old: bool,
    step: Step,
) -> Reembedded:
    """Embed what lacks a vector of `embedder`, switch in one transaction, and remove
    the others unless kept.

    Killed at any moment, what was committed stays and the same call goes on from there.
    """
    before = store.embedder()
    embedder_id = store.prepare_embedder(embedder.name, embedder.dim)
    missing = store.count_missing(embedder_id)
    kept = store.counts()["passage"] - missing
    embedded = 0
    step(0, missing)
    for passages, rows, is_last in _batches(store, embedder, embedder_id):
        ids = [passage.passage_id for passage in passages]
        served = is_last and store.serve_embedder(embedder_id, ids, rows)
        if not is_last:
            store.put_vectors(embedder_id, ids, rows)
        embedded += len(ids)
        step(embedded, max(missing, embedded))
        if served:
            break
    switched = before[1] if before is not None and before[0] != embedder_id else None
    removed = () if keep_old else _forget_others(store)
    return Reembedded(embedded, kept, switched, removed)


def _batches(
    store: Store,
    embedder: Embedder,
    embedder_id: int,
) -> Iterator[tuple[list[PassageToIndex], NDArray[np.float32], bool]]:
    """Yield passages with their vectors, and whether none were left when they were
    read, again and again.

    A batch that was the last may be so no longer when it is stored, because documents
    were added meanwhile.
    """
    after, size = 0, _LEAST
    while True:
        passages = store.passages_without(embedder_id, after, size)
        started = time.perf_counter()
        rows = _embed(embedder, passages)
        taken = time.perf_counter() - started
        yield passages, rows, len(passages) < size
        after = passages[-1].passage_id if len(passages) == size else 0
        if taken < _QUICK_S:
            size = min(2 * size, _MOST)
        elif taken > _SLOW_S:
            size = max(size // 2, _LEAST)


def _embed(embedder: Embedder, passages: list[PassageToIndex]) -> NDArray[np.float32]:
    rows = embedder.embed(
        passage_texts((passage.title, passage.text) for passage in passages)
    )
    if rows.shape != (len(passages), embedder.dim) or not np.isfinite(rows).all():
        raise StateError(
            f"模型「{embedder.name}」给出的向量不可用(维数不符或不是数)。请检查模型文件"
        )
    return rows


def _forget_others(store: Store) -> tuple[str, ...]:
    others = tuple(known.name for known in store.embedders() if not known.in_use)
    while store.forget_unused_vectors(_FORGOTTEN_AT_ONCE):
        pass
    return others
