"""BM25 over dictionary words: the second opinion when questions without an answer are given one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse  # type: ignore[import-not-found,import-untyped,unused-ignore]

from kb.training.vocabulary import plain_words

Floats = npt.NDArray[np.float32]
_K1 = 1.2
_B = 0.75


class Keywords:
    """A keyword index of some texts, kept in memory."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Weigh every word of every text; at least one text must hold a word."""
        self._columns: dict[str, int] = {}
        counts = self._count(texts, grow=True)
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        found = np.bincount(counts.indices, minlength=counts.shape[1])
        rarity = np.log(1 + (len(texts) - found + 0.5) / (found + 0.5))
        text = np.repeat(np.arange(len(texts)), np.diff(counts.indptr))
        damped = counts.data + _K1 * (1 - _B + _B * lengths[text] / lengths.mean())
        counts.data = (
            counts.data * (_K1 + 1) / damped * rarity[counts.indices]
        ).astype(np.float32)
        self._weights = counts.T.tocsr()

    def scores(self, queries: Sequence[str]) -> Floats:
        """Return the score of every text for every query: (queries, texts), 0 where no word is
        shared.
        """
        asked = self._count(queries, grow=False)
        found: Floats = (asked @ self._weights).toarray()
        return found

    def _count(self, texts: Sequence[str], grow: bool) -> sparse.csr_matrix:
        rows: list[int] = []
        columns: list[int] = []
        for row, text in enumerate(texts):
            for word in _words(text):
                if grow:
                    self._columns.setdefault(word, len(self._columns))
                if word in self._columns:
                    rows.append(row)
                    columns.append(self._columns[word])
        ones = np.ones(len(rows), dtype=np.float32)
        shape = (len(texts), len(self._columns))
        return sparse.coo_matrix((ones, (rows, columns)), shape=shape).tocsr()


def _words(text: str) -> Iterable[str]:
    return (word for word in plain_words(text) if word.strip())
