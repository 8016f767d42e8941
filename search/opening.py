"""A searcher over the caches of a data folder, put together."""

from __future__ import annotations

from pathlib import Path

from kb.embedding import Embedder
from search.caches import Caches
from search.indexes import IndexesByScope
from search.reranking import Reranking
from search.searcher import Searcher

__all__ = ["make_searcher"]


def make_searcher(
    home: Path,
    embedder: Embedder,
    reranking: Reranking | None = None,
) -> Searcher:
    """Return a searcher whose indexes stand below `home`/index; nothing is read yet."""
    return Searcher(Caches(IndexesByScope(home / "index")), embedder, reranking)
