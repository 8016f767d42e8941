"""Reorder the first documents of a ranking by a model that reads query and passage together.

Off unless an operator names a model: it costs far more than all the rest of a search.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, Final, Protocol

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from kb.embedding import NEEDS_EXTRA, quiet
from kb.errors import StateError
from kb.messages.faults import Fault, words
from kb.modelfiles import model_folder, stored_name
from kb.records import StoredPassage
from kb.store import Store
from search.expansion import words_said
from search.id_sets import Ids, Scores, member
from search.query import Query
from search.ranking import Ranking
from search.request import SearchRequest
from search.retrieving import RetrievedQuery

__all__ = ["Reranker", "Reranking", "load_reranking"]

#: Documents reordered where nobody chose otherwise.
DEPTH: Final = 20


class Reranker(Protocol):
    """Tells how well passages answer a query."""

    @property
    def name(self) -> str:
        """Return the name of the model."""

    def scores(
        self,
        query: str,
        texts: Sequence[str],
    ) -> NDArray[np.float32]:
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
            message = words(Fault.RERANKER_UNLOADED, name=name)
            raise StateError(message) from error
        is_one_score = tried.shape == (1,)
        if not is_one_score or not np.isfinite(tried).all():
            raise StateError(words(Fault.RERANKER_STRANGE, name=name))

    def scores(
        self,
        query: str,
        texts: Sequence[str],
    ) -> NDArray[np.float32]:
        """Return one score a text."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        pairs = [(query, text) for text in texts]
        with self._one_at_a_time:
            made = self._model.predict(pairs, show_progress_bar=False)
        return np.asarray(made, dtype=np.float32)


@lru_cache(maxsize=2)
def _load(name: str) -> Reranker:
    return CrossEncoderReranker(name)


class Reranking(Struct, frozen=True):
    """A model, and how many documents it reads."""

    reranker: Reranker
    depth: int = DEPTH

    def serves(
        self,
        request: SearchRequest,
        query: Query,
    ) -> bool:
        """Tell whether an answer is reordered at all: not one by words, or in another order."""
        if request.mode == "keyword" or not request.is_by_relevance:
            return False
        return query.wants_text

    def window(
        self,
        asked: RetrievedQuery,
        ranking: Ranking,
    ) -> slice:
        """Return which places are reranked: those after the documents named outright, whatever the
        page.
        """
        is_named = member(ranking.documents, np.sort(asked.named.ids))
        start = int(np.count_nonzero(is_named))
        return slice(start, start + self.depth)

    def reorder(
        self,
        store: Store,
        asked: RetrievedQuery,
        ranking: Ranking,
    ) -> Ranking:
        """Reorder the documents of the window by their best passage's score; the others stay.

        Read are each document's best passage by words and by meaning, below its title.
        Equal scores keep their order. A reordered document scores more than all that
        follow the window, so that scores fall from place to place.
        """
        window = self.window(asked, ranking)
        inside = ranking.documents[window]
        if len(inside) < 2:
            return ranking
        reading = _Reading(store, ranking, inside)
        judged = reading.best_scores(self.reranker, words_said(asked.query))
        order = np.argsort(-judged, kind="stable")
        documents = ranking.documents.copy()
        scores = ranking.scores.copy()
        documents[window] = inside[order]
        least = judged.min()
        most = scores[window].max()
        scores[window] = most + judged[order] - least
        return replace(ranking, documents=documents, scores=scores)


def load_reranking(
    name: str,
    depth: int = DEPTH,
) -> Reranking | None:
    """Return the reranking by a model that an operator named by folder or hub name, None for an
    empty name; raises StateError.
    """
    return Reranking(_load(name), depth) if name else None


class _Reading:
    """What is read of some documents: the best passage of each in either ranking."""

    def __init__(
        self,
        store: Store,
        ranking: Ranking,
        documents: Ids,
    ) -> None:
        wanted: dict[int, None] = {}
        for found in (ranking.keyword, ranking.vector):
            best = _best_passages(documents, found.documents, found.passages)
            wanted |= dict.fromkeys(best.tolist())
        self._documents: Final = documents.tolist()
        with store.snapshot():
            passages = store.passages(wanted)
            self._heads: Final = store.heads(self._documents)
        self._passages: Final = self._readable(passages.values())

    def _readable(self, passages: Iterable[StoredPassage]) -> list[StoredPassage]:
        return [one for one in passages if one.document_id in self._heads]

    def best_scores(
        self,
        reranker: Reranker,
        query: str,
    ) -> Scores:
        """Return each document's best score; one without a passage to read gets the least of
        all.
        """
        texts = []
        for passage in self._passages:
            title = self._heads[passage.document_id].title
            texts.append(f"{title}\n{passage.text}")
        made = reranker.scores(query, texts).astype(np.float64)
        scores = np.nan_to_num(made, nan=-np.inf)
        best = dict.fromkeys(self._documents, -np.inf)
        rows = zip(self._passages, scores.tolist(), strict=True)
        for passage, score in rows:
            document = passage.document_id
            best[document] = max(best[document], score)
        found = np.array(list(best.values()))
        return _least_for_unread(found)


def _least_for_unread(scores: Scores) -> Scores:
    finite = scores[np.isfinite(scores)]
    least = finite.min() if len(finite) else 0.0
    return np.where(np.isfinite(scores), scores, least)


def _best_passages(
    documents: Ids,
    owners: Ids,
    passages: Ids,
) -> Ids:
    """Return the best passage of each document, given passages best first with their documents."""
    is_wanted = member(owners, np.sort(documents))
    rows = np.flatnonzero(is_wanted)
    _, first = np.unique(owners[rows], return_index=True)
    return passages[rows[first]]
