"""The corpus in a fresh store as `kb add corpus` makes it, asked every topic as `kb evaluate` asks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kb.__main__ import main as kb
from kb.commands.common import open_searcher, open_store
from kb.settings import load_settings
from search.evaluation import MODES, ask
from search.trec import Run
from tests.gold.goldset import CORPUS, GoldSet


def answers(gold: GoldSet, home: Path, modes: Sequence[str] = MODES) -> dict[str, Run]:
    """Fill `home` with the corpus and return a run a mode, with the settings of the environment."""
    assert kb(["add", str(CORPUS), "--home", str(home), "--quiet"]) == 0
    settings = load_settings(home=home)
    searcher = open_searcher(settings)
    with open_store(settings) as store:
        return {mode: ask(searcher, store, gold.topics, mode) for mode in modes}
