"""Counts over all documents that match, from columns read once a commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.records import Filters
from kb.store import Store
from kb.vocabulary import UNLABELLED
from search.results import FACET_FIELDS


@dataclass(frozen=True, slots=True)
class _Column:
    """One field: the document at place i has values[code] for code in codes[starts[i]:starts[i + 1]].

    Where no document has two values, `single` holds one code a place, shifted by one: 0 is "has none".
    """

    values: tuple[str, ...]
    starts: NDArray[np.int64]
    codes: NDArray[np.int64]
    single: NDArray[np.int32] | None

    def counts(self, places: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return how many of the documents at `places` have none, then how many have each value."""
        if self.single is not None:
            return np.bincount(self.single[places], minlength=len(self.values) + 1)
        first = self.starts[places]
        lengths = self.starts[places + 1] - first
        ends = np.cumsum(lengths)
        rows = np.repeat(first - ends + lengths, lengths) + np.arange(int(lengths.sum()))
        counts = np.bincount(self.codes[rows] + 1, minlength=len(self.values) + 1)
        counts[0] = int((lengths == 0).sum())
        return counts

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
    """The facet values of all documents one clearance may see; `ids` ascending.

    `place_of` gives for every document id its place in `ids`, or -1.
    """

    ids: NDArray[np.int64]
    place_of: NDArray[np.int32]
    columns: dict[str, _Column]

    def values(self, field: str) -> tuple[str, ...]:
        """Return the values that visible documents have in a field."""
        column = self.columns.get(field)
        return column.values if column else ()

    def places(self, documents: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return where in `ids` these documents stand, -1 for those the clearance may not see."""
        return np.asarray(self.place_of[np.minimum(documents, len(self.place_of) - 1)])

    def visible(self, documents: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which documents the clearance may see."""
        return np.asarray(self.places(documents) >= 0)

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

    def count(self, field: str, documents: NDArray[np.int64]) -> tuple[tuple[str, int], ...]:
        """Count values of a field over those of different documents that are visible, most first, 未标注 included."""
        places = self.places(documents)
        return self._count(field, places[places >= 0])

    def count_all(self, fields: Iterable[str], documents: NDArray[np.int64]) -> dict[str, tuple[tuple[str, int], ...]]:
        """Count the values of several fields as `count` does."""
        places = self.places(documents)
        places = places[places >= 0]
        return {field: self._count(field, places) for field in fields}

    def counts(self, filters: Filters, fields: Iterable[str]) -> dict[str, tuple[tuple[str, int], ...]]:
        """Count the values of fields over what passes `filters`, each field's own left out."""
        return {field: self.count(field, self.passing(filters.without(field))) for field in fields}

    def _count(self, field: str, places: NDArray[np.int32]) -> tuple[tuple[str, int], ...]:
        column = self.columns.get(field)
        if column is None:
            return ((UNLABELLED, len(places)),) if len(places) else ()
        counts = column.counts(places)
        present = np.flatnonzero(counts)
        pairs = [
            (column.values[code - 1] if code else UNLABELLED, number)
            for code, number in zip(present.tolist(), counts[present].tolist(), strict=True)
        ]
        pairs.sort(key=lambda pair: (-pair[1], pair[0]))
        return tuple(pairs)


def read_columns(store: Store) -> Columns:
    """Read the facet values of all documents a store's clearance may see."""
    by_field: dict[str, dict[str, NDArray[np.int64]]] = {}
    with store.snapshot():
        ids = store.document_ids()
        for field, value, documents in store.facet_documents():
            if field in FACET_FIELDS:
                by_field.setdefault(field, {})[value] = documents
    columns = {field: _column(ids, documents) for field, documents in by_field.items()}
    place_of = np.full(int(ids[-1]) + 2 if len(ids) else 1, -1, dtype=np.int32)  # the last stands for all beyond
    place_of[ids] = np.arange(len(ids))
    return Columns(ids, place_of, columns)


def _column(ids: NDArray[np.int64], documents: Mapping[str, NDArray[np.int64]]) -> _Column:
    values = sorted(documents)
    places = np.searchsorted(ids, np.concatenate([documents[value] for value in values]))
    codes = np.repeat(np.arange(len(values)), [len(documents[value]) for value in values])
    order = np.argsort(places, kind="stable")
    places, codes = places[order], codes[order]
    starts = np.searchsorted(places, np.arange(len(ids) + 1))
    return _Column(tuple(values), starts, codes, _single(places, codes, len(ids)))


def _single(places: NDArray[np.int64], codes: NDArray[np.int64], count: int) -> NDArray[np.int32] | None:
    if len(places) > 1 and bool(np.any(places[1:] == places[:-1])):
        return None
    single = np.zeros(count, dtype=np.int32)
    single[places] = codes + 1
    return single
