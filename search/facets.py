"""Counts over all documents that match, from columns read once a generation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.store import Store
from kb.vocabulary import UNLABELLED
from search.results import FACET_FIELDS

_CACHED: Final = 6


@dataclass(frozen=True, slots=True)
class _Column:
    """One field: row i says that documents[i] (a place in `Columns.ids`) has values[codes[i]]."""

    values: tuple[str, ...]
    documents: NDArray[np.int64]
    codes: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Columns:
    """The facet values of all documents one clearance may see; `ids` ascending."""

    ids: NDArray[np.int64]
    columns: dict[str, _Column]

    def mask(self, documents: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of `ids` are among `documents`."""
        mask = np.zeros(len(self.ids), dtype=bool)
        if len(self.ids) and len(documents):
            places = np.minimum(np.searchsorted(self.ids, documents), len(self.ids) - 1)
            mask[places[self.ids[places] == documents]] = True
        return mask

    def visible(self, documents: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of `documents` the clearance may see."""
        if not len(self.ids):
            return np.zeros(len(documents), dtype=bool)
        places = np.minimum(np.searchsorted(self.ids, documents), len(self.ids) - 1)
        return np.asarray(self.ids[places] == documents)

    def count(self, field: str, mask: NDArray[np.bool_]) -> tuple[tuple[str, int], ...]:
        """Count values of a field over the masked documents, most first, 未标注 included."""
        total = int(mask.sum())
        column = self.columns.get(field)
        if column is None:
            return ((UNLABELLED, total),) if total else ()
        chosen = mask[column.documents]
        counts = np.bincount(column.codes[chosen], minlength=len(column.values))
        labelled = np.zeros(len(mask), dtype=bool)
        labelled[column.documents[chosen]] = True
        pairs = [(column.values[code], int(counts[code])) for code in np.flatnonzero(counts)]
        without = total - int(labelled.sum())
        if without:
            pairs.append((UNLABELLED, without))
        return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


class FacetColumns:
    """Columns by clearance, read again when the store has grown."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._read: dict[tuple[str, int, int], Columns] = {}

    def of(self, store: Store) -> Columns:
        """Return the columns for the store's generation and clearance."""
        key = (str(store.home), store.generation(), int(store.clearance))
        found = self._read.get(key)
        if found is None:
            found = _columns(store)
            kept = {k: v for k, v in self._read.items() if k[1] == key[1]}
            self._read = dict(list(kept.items())[-_CACHED:]) | {key: found}
        return found


def _columns(store: Store) -> Columns:
    with store.snapshot():
        ids = store.document_ids()
        rows = store.facet_rows()
    by_field: dict[str, tuple[list[str], list[int]]] = {}
    for field, value, document_id in rows:
        if field in FACET_FIELDS:
            values, documents = by_field.setdefault(field, ([], []))
            values.append(value)
            documents.append(document_id)
    columns = {}
    for field, (values, documents) in by_field.items():
        names, codes = np.unique(np.array(values, dtype=object), return_inverse=True)
        places = np.searchsorted(ids, np.array(documents, dtype=np.int64))
        columns[field] = _Column(tuple(names.tolist()), places, codes.astype(np.int64))
    return Columns(ids, columns)
