"""Counts over all documents that match, from columns read once a generation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.records import Filters
from kb.store import Store
from kb.vocabulary import UNLABELLED
from search.results import FACET_FIELDS

_CACHED: Final = 6


@dataclass(frozen=True, slots=True)
class _Column:
    """One field: the document at place i has values[code] for code in codes[starts[i]:starts[i + 1]]."""

    values: tuple[str, ...]
    starts: NDArray[np.int64]
    codes: NDArray[np.int64]

    def codes_at(self, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
        """Return the codes of the documents at `places`, and how many of these have none."""
        first = self.starts[places]
        lengths = self.starts[places + 1] - first
        if not len(lengths) or lengths.max() <= 1:
            return self.codes[first[lengths > 0]], int((lengths == 0).sum())
        ends = np.cumsum(lengths)
        rows = np.repeat(first - ends + lengths, lengths) + np.arange(ends[-1])
        return self.codes[rows], int((lengths == 0).sum())

    def holds(self, wanted: Iterable[str]) -> NDArray[np.bool_]:
        """Return for every place whether its document has any wanted value; 未标注 is having none."""
        wanted = set(wanted)
        lengths = np.diff(self.starts)
        chosen = np.array([value in wanted for value in self.values], dtype=bool)[self.codes]
        held = np.zeros(len(lengths), dtype=bool)
        held[np.repeat(np.arange(len(lengths)), lengths)[chosen]] = True
        return held | (lengths == 0) if UNLABELLED in wanted else held


@dataclass(frozen=True, slots=True)
class Columns:
    """The facet values of all documents one clearance may see; `ids` ascending."""

    ids: NDArray[np.int64]
    columns: dict[str, _Column]

    def values(self, field: str) -> tuple[str, ...]:
        """Return the values that visible documents have in a field."""
        column = self.columns.get(field)
        return column.values if column else ()

    def places(self, documents: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where in `ids` these different documents stand; those the clearance may not see are left out."""
        if not len(self.ids):
            return np.empty(0, np.int64)
        places = np.minimum(np.searchsorted(self.ids, documents), len(self.ids) - 1)
        return np.asarray(places[self.ids[places] == documents])

    def passing(self, filters: Filters) -> NDArray[np.int64]:
        """Return the documents that pass `filters` by their values, ascending, as Store.document_ids does."""
        kept = np.ones(len(self.ids), dtype=bool)
        for field, wanted in filters.include.items():
            kept &= self._holds(field, wanted)
        for field, wanted in filters.exclude.items():
            kept &= ~self._holds(field, wanted)
        return self.ids[kept]

    def _holds(self, field: str, wanted: Iterable[str]) -> NDArray[np.bool_]:
        column = self.columns.get(field)
        return column.holds(wanted) if column else np.full(len(self.ids), UNLABELLED in wanted)

    def count(self, field: str, places: NDArray[np.int64]) -> tuple[tuple[str, int], ...]:
        """Count values of a field over the documents at `places`, most first, 未标注 included."""
        column = self.columns.get(field)
        if column is None:
            return ((UNLABELLED, len(places)),) if len(places) else ()
        codes, without = column.codes_at(places)
        counts = np.bincount(codes, minlength=len(column.values))
        pairs = [(column.values[code], int(counts[code])) for code in np.flatnonzero(counts).tolist()]
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
        order = np.argsort(places, kind="stable")
        starts = np.searchsorted(places[order], np.arange(len(ids) + 1))
        columns[field] = _Column(tuple(names.tolist()), starts, codes[order].astype(np.int64))
    return Columns(ids, columns)
