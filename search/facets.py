"""Counts over all documents that match, from columns read once a commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.fields import BY_NAME
from kb.records import Filters
from kb.store import Store
from kb.vocabulary import UNLABELLED
from search.ids import member
from search.results import FACET_FIELDS

Counts = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Field:
    """One field: values[i] is had by the documents at places[ends[i]:ends[i + 1]],
    `none` tells who has none.

    `first` is the field's place in the numbering of all fields' values: that of having
    none, its values follow.
    """

    values: tuple[str, ...]
    places: NDArray[np.int32]
    ends: NDArray[np.int64]
    none: NDArray[np.bool_]
    first: int

    def holds(self, wanted: Iterable[str]) -> NDArray[np.bool_]:
        """Return for every place whether its document has any wanted value; 未标注 is having
        none.
        """
        wanted = set(wanted)
        held = (
            self.none.copy()
            if UNLABELLED in wanted
            else np.zeros(len(self.none), dtype=bool)
        )
        for number, value in enumerate(self.values):
            if value in wanted:
                held[self.places[self.ends[number] : self.ends[number + 1]]] = True
        return held

    def tally(self, kept: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many of the documents at the kept places have none, then how many have each
        value.
        """
        having = np.add.reduceat(kept[self.places], self.ends[:-1], dtype=np.int64)
        return np.concatenate([[np.count_nonzero(kept & self.none)], having])

    def named(self, tally: NDArray[np.int64]) -> Counts:
        """Return the values counted at all, most first."""
        present = np.flatnonzero(tally)
        names = (
            self.values[code - 1] if code else UNLABELLED for code in present.tolist()
        )
        return tuple(
            sorted(
                zip(names, tally[present].tolist(), strict=True),
                key=lambda pair: (-pair[1], pair[0]),
            )
        )


@dataclass(frozen=True, slots=True)
class Columns:
    """The facet values of all documents one clearance may see; `ids` ascending.

    `place_of` gives for every document id its place in `ids`, or -1. The document at
    place i has, of every field, its values or having none: the numbers
    codes[starts[i]:starts[i + 1]].
    """

    ids: NDArray[np.int64]
    place_of: NDArray[np.int32]
    fields: dict[str, _Field]
    starts: NDArray[np.int64]
    codes: NDArray[np.int32]

    def values(self, field: str) -> tuple[str, ...]:
        """Return the values that visible documents have in a field."""
        return self.fields[field].values if field in self.fields else ()

    def in_order(self, field: str) -> tuple[str, ...]:
        """Return the values of a field in the order of its list, others behind it, then 未标注."""
        listed = {value: n for n, value in enumerate(BY_NAME[field].values or ())}
        behind = len(listed)
        values = sorted(self.values(field), key=lambda v: (listed.get(v, behind), v))
        return (*values, UNLABELLED)

    def places(self, documents: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return where in `ids` these documents stand, -1 for those the clearance may not see."""
        return np.asarray(self.place_of[np.minimum(documents, len(self.place_of) - 1)])

    def visible(self, documents: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which documents the clearance may see."""
        return np.asarray(self.places(documents) >= 0)

    def passing(self, filters: Filters) -> NDArray[np.int64]:
        """Return the documents that pass `filters` by their values, ascending, as
        Store.document_ids does.
        """
        kept = np.ones(len(self.ids), dtype=bool)
        for field, wanted in filters.include.items():
            kept &= self._holds(field, wanted)
        for field, wanted in filters.exclude.items():
            kept &= ~self._holds(field, wanted)
        return self.ids[kept]

    def _holds(self, field: str, wanted: Iterable[str]) -> NDArray[np.bool_]:
        if field not in self.fields:
            return np.full(len(self.ids), UNLABELLED in wanted)
        return self.fields[field].holds(wanted)

    def grouped(
        self, field: str, documents: NDArray[np.int64]
    ) -> list[NDArray[np.int64]]:
        """Return the documents by value of a field, in the order they come in; no value without
        any.
        """
        groups = [
            documents[member(documents, self.ids[self._holds(field, (value,))])]
            for value in self.in_order(field)
        ]
        return [group for group in groups if len(group)]

    def count(self, field: str, documents: NDArray[np.int64]) -> Counts:
        """Count values of a field over those of different documents that are visible, most first,
        未标注 included.
        """
        places = self.places(documents)
        kept = np.zeros(len(self.ids), dtype=bool)
        kept[places[places >= 0]] = True
        if field not in self.fields:
            return self._unlabelled(int(kept.sum()))
        return self.fields[field].named(self.fields[field].tally(kept))

    def count_all(
        self, fields: Iterable[str], documents: NDArray[np.int64]
    ) -> dict[str, Counts]:
        """Count the values of several fields as `count` does, all of them in one go."""
        places = self.places(documents)
        places = places[places >= 0]
        tally = np.bincount(
            self._codes_of(places),
            minlength=sum(len(f.values) + 1 for f in self.fields.values()),
        )
        counted = {
            name: f.named(tally[f.first : f.first + len(f.values) + 1])
            for name, f in self.fields.items()
        }
        return {
            field: counted.get(field, self._unlabelled(len(places))) for field in fields
        }

    def _codes_of(self, places: NDArray[np.int32]) -> NDArray[np.int32]:
        if len(places) == len(self.ids):
            return self.codes
        first = self.starts[places]
        lengths = self.starts[places + 1] - first
        ends = np.cumsum(lengths)
        return self.codes[
            np.repeat(first - ends + lengths, lengths) + np.arange(int(lengths.sum()))
        ]

    @staticmethod
    def _unlabelled(count: int) -> Counts:
        return ((UNLABELLED, count),) if count else ()

    def counts(self, filters: Filters, fields: Iterable[str]) -> dict[str, Counts]:
        """Count the values of fields over what passes `filters`, each field's own left out."""
        fields = tuple(fields)
        counted = self.count_all(
            [f for f in fields if f not in filters.include], self.passing(filters)
        )
        own = {
            f: self.count(f, self.passing(filters.without(f)))
            for f in fields
            if f in filters.include
        }
        return {field: (counted | own)[field] for field in fields}


def read_columns(store: Store) -> Columns:
    """Read the facet values of all documents a store's clearance may see."""
    by_field: dict[str, dict[str, NDArray[np.int64]]] = {}
    with store.snapshot():
        ids = store.document_ids()
        for field, value, documents in store.facet_documents():
            if field in FACET_FIELDS:
                by_field.setdefault(field, {})[value] = documents
    fields: dict[str, _Field] = {}
    for name, having in by_field.items():
        first = sum(len(field.values) + 1 for field in fields.values())
        fields[name] = _field(ids, having, first)
    # the last stands for all beyond
    place_of = np.full(int(ids[-1]) + 2 if len(ids) else 1, -1, dtype=np.int32)
    place_of[ids] = np.arange(len(ids))
    return Columns(ids, place_of, fields, *_by_place(fields.values(), len(ids)))


def _field(
    ids: NDArray[np.int64], having: Mapping[str, NDArray[np.int64]], first: int
) -> _Field:
    values = tuple(sorted(having))
    ends = np.cumsum([0, *(len(having[value]) for value in values)])
    places = np.searchsorted(
        ids, np.concatenate([having[value] for value in values])
    ).astype(np.int32)
    none = np.ones(len(ids), dtype=bool)
    none[places] = False
    return _Field(values, places, ends, none, first)


def _by_place(
    fields: Iterable[_Field], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return where the codes of each place begin, and the codes of all places one after another."""
    places: list[NDArray[np.int32]] = []
    codes: list[NDArray[np.int32]] = []
    for field in fields:
        without = np.flatnonzero(field.none).astype(np.int32)
        places += [field.places, without]
        numbers = np.arange(
            field.first + 1, field.first + 1 + len(field.values), dtype=np.int32
        )
        codes += [
            np.repeat(numbers, np.diff(field.ends)),
            np.full(len(without), field.first, dtype=np.int32),
        ]
    if not places:
        return np.zeros(count + 1, dtype=np.int64), np.empty(0, dtype=np.int32)
    everywhere = np.concatenate(places)
    order = np.argsort(everywhere, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(everywhere, minlength=count))])
    return starts, np.concatenate(codes)[order]
