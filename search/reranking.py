"""Reorder the first documents of a ranking by a model that reads query and passage together.

Off unless an operator names a model: it costs far more than all the rest of a search.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from kb.embedding import NEEDS_EXTRA, quiet
from kb.errors import StateError
from kb.modelfiles import model_folder, stored_name
from kb.store import Store
from search.candidates import Candidates

#: Documents reordered where nobody chose otherwise.
DEPTH: Final = 20


class Reranker(Protocol):
    """Tells how well passages answer a query."""

    @property
    def name(self) -> str:
        """Return the name of the model."""

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one score a text, shape (len(texts),); larger is better, comparable for one query
        alone.
        """


class CrossEncoderReranker:
    """A sentence-transformers CrossEncoder in a folder; needs the extra [transformers]."""

    def __init__(self, name: str) -> None:
        """Load the model and score once; raises StateError when that fails."""
        folder = model_folder(name)
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise StateError(f"KB_RERANKER:{NEEDS_EXTRA}") from error
        quiet()
        #: The tokenizers of transformers may not be used by two threads at once.
        self._one_at_a_time = threading.Lock()
        self.name = stored_name(name, folder)
        try:
            self._model: Any = CrossEncoder(
                str(folder), device="cpu", local_files_only=True
            )
            tried = self.scores("商业秘密", ["客户名单"])
        except Exception as error:  # every architecture fails in its own way
            raise StateError(
                f"重排模型「{name}」无法加载。请确认目录完整,或清空设置 KB_RERANKER"
            ) from error
        if tried.shape != (1,) or not np.isfinite(tried).all():
            raise StateError(
                f"「{name}」不是重排模型(CrossEncoder,每对文字一个得分)。请检查设置 KB_RERANKER"
            )

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one score a text."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        with self._one_at_a_time:
            made = self._model.predict(
                [(query, text) for text in texts], show_progress_bar=False
            )
        return np.asarray(made, dtype=np.float32)


@lru_cache(maxsize=2)
def load_reranker(name: str) -> Reranker | None:
    """Return the reranker an operator named by folder or hub name, None for an empty name; raises
    StateError.
    """
    return CrossEncoderReranker(name) if name else None


def reordered(
    store: Store,
    reranker: Reranker,
    query: str,
    documents: NDArray[np.int64],
    scores: NDArray[np.float64],
    window: tuple[int, int],
    rankings: Sequence[Candidates],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Reorder the documents at [start, end) of a ranking by their best passage's score;
    the others stay.

    Read are each document's best passage of each of `rankings`, below its title. Equal scores
    keep their order. A reordered document scores more than all that follow the window, so
    that scores fall from place to place.
    """
    inside = documents[slice(*window)]
    if len(inside) < 2:
        return documents, scores
    judged = _best_scores(store, reranker, query, inside.tolist(), rankings)
    order = np.argsort(-judged, kind="stable")
    sums = scores[slice(*window)].max() + judged[order] - judged.min()
    before, after = slice(0, window[0]), slice(window[0] + len(inside), None)
    return (
        np.concatenate([documents[before], inside[order], documents[after]]),
        np.concatenate([scores[before], sums, scores[after]]),
    )


def _best_scores(
    store: Store,
    reranker: Reranker,
    query: str,
    documents: Sequence[int],
    rankings: Sequence[Candidates],
) -> NDArray[np.float64]:
    """Return each document's best score; one without a passage to read gets the least of all."""
    with store.snapshot():
        passages = store.passages(_best_passages(documents, rankings))
        heads = store.heads(documents)
    read = [p for p in passages.values() if p.document_id in heads]
    texts = [f"{heads[p.document_id].title}\n{p.text}" for p in read]
    made = np.nan_to_num(reranker.scores(query, texts).astype(np.float64), nan=-np.inf)
    best = dict.fromkeys(documents, -np.inf)
    for passage, score in zip(read, made.tolist(), strict=True):
        best[passage.document_id] = max(best[passage.document_id], score)
    found = np.array([best[document] for document in documents])
    finite = found[np.isfinite(found)]
    return np.where(np.isfinite(found), found, finite.min() if len(finite) else 0.0)


def _best_passages(
    documents: Sequence[int], rankings: Sequence[Candidates]
) -> list[int]:
    """Return the best passage of each document in each ranking, once."""
    wanted = np.array(documents, dtype=np.int64)
    found: list[int] = []
    for matches in rankings:
        rows = np.flatnonzero(np.isin(matches.documents, wanted))
        _, first = np.unique(matches.documents[rows], return_index=True)
        found += matches.passages[rows[first]].tolist()
    return list(dict.fromkeys(found))
