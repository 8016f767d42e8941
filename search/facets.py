"""Counts over all documents that match, from columns read once a commit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kb.fields import BY_NAME
from kb.records import Filters
from kb.store import Store
from kb.vocabulary import UNLABELLED
from search.id_sets import Ids, Kept, member
from search.request import FACET_FIELDS

__all__ = ["Columns", "Counts", "read_columns"]

#: Values with how many documents have them, most first.
Counts: TypeAlias = tuple[tuple[str, int], ...]
#: Places of documents, or numbers of values: they fit into four bytes.
_Small: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Field:
    """One field: values[i] is had by the documents at places[ends[i]:ends[i + 1]],
    `none` tells who has none.

    `first` is the field's place in the numbering of all fields' values: that of having
    none, its values follow.
    """

    values: tuple[str, ...]
    places: _Small
    ends: Ids
    none: Kept
    first: int

    def holds(self, wanted: Collection[str]) -> Kept:
        """Return for every place whether its document has any wanted value; 未标注 is having
        none.
        """
        found = np.zeros(len(self.none), dtype=bool)
        if UNLABELLED in wanted:
            found |= self.none
        for number, value in enumerate(self.values):
            if value in wanted:
                start, end = self.ends[number : number + 2]
                found[self.places[start:end]] = True
        return found

    def tally(self, kept: Kept) -> Ids:
        """Return how many of the documents at the kept places have none, then how many have each
        value.
        """
        starts = self.ends[:-1]
        is_kept = kept[self.places]
        having = np.add.reduceat(is_kept, starts, dtype=np.int64)
        lacking = np.count_nonzero(kept & self.none)
        return np.concatenate([[lacking], having])

    def named(self, tally: Ids) -> Counts:
        """Return the values counted at all, most first."""
        counted: list[tuple[str, int]] = []
        names = (UNLABELLED, *self.values)
        for place in np.flatnonzero(tally).tolist():
            count = int(tally[place])
            counted.append((names[place], count))
        return tuple(sorted(counted, key=_most_first))

    def named_among_all(self, tally: Ids) -> Counts:
        """Return the values counted at all, of a tally of all fields' values."""
        end = self.first + len(self.values) + 1
        return self.named(tally[self.first : end])


def _most_first(counted: tuple[str, int]) -> tuple[int, str]:
    value, count = counted
    return -count, value


@dataclass(frozen=True, slots=True)
class Columns:
    """The facet values of all documents one clearance may see; `ids` ascending.

    `place_of` gives for every document id its place in `ids`, or -1. The document at
    place i has, of every field, its values or having none: the numbers
    codes[starts[i]:starts[i + 1]].
    """

    ids: Ids
    place_of: _Small
    fields: dict[str, _Field]
    starts: Ids
    codes: _Small

    def values(self, field: str) -> tuple[str, ...]:
        """Return the values that visible documents have in a field."""
        return self.fields[field].values if field in self.fields else ()

    def in_order(self, field: str) -> tuple[str, ...]:
        """Return the values of a field in the order of its list, others behind it, then 未标注."""
        listed = {value: n for n, value in enumerate(BY_NAME[field].values or ())}
        behind = len(listed)
        values = sorted(self.values(field), key=lambda v: (listed.get(v, behind), v))
        return (*values, UNLABELLED)

    def places(self, documents: Ids) -> _Small:
        """Return where in `ids` these documents stand, -1 for those the clearance may not see."""
        beyond = len(self.place_of) - 1
        known = np.minimum(documents, beyond)
        return np.asarray(self.place_of[known])

    def visible(self, documents: Ids) -> Kept:
        """Tell which documents the clearance may see."""
        return np.asarray(self.places(documents) >= 0)

    def passing(self, filters: Filters) -> Ids:
        """Return the documents that pass `filters` by their values, ascending, as
        Store.document_ids does.
        """
        kept = np.ones(len(self.ids), dtype=bool)
        for field, wanted in filters.include.items():
            kept &= self._holds(field, wanted)
        for field, wanted in filters.exclude.items():
            kept &= ~self._holds(field, wanted)
        return self.ids[kept]

    def _holds(
        self,
        field: str,
        wanted: Collection[str],
    ) -> Kept:
        if field not in self.fields:
            return np.full(len(self.ids), UNLABELLED in wanted)
        return self.fields[field].holds(wanted)

    def grouped(self, field: str, documents: Ids) -> list[Ids]:
        """Return the documents by value of a field, in the order they come in; no value without
        any.
        """
        groups = []
        for value in self.in_order(field):
            having = self.ids[self._holds(field, (value,))]
            group = documents[member(documents, having)]
            if len(group):
                groups.append(group)
        return groups

    def count(self, field: str, documents: Ids) -> Counts:
        """Count values of a field over those of different documents that are visible, most first,
        未标注 included.
        """
        places = self.places(documents)
        kept = np.zeros(len(self.ids), dtype=bool)
        kept[places[places >= 0]] = True
        if field not in self.fields:
            return _unlabelled(int(kept.sum()))
        column = self.fields[field]
        return column.named(column.tally(kept))

    def count_all(
        self,
        fields: Iterable[str],
        documents: Ids,
    ) -> dict[str, Counts]:
        """Count the values of several fields as `count` does, all of them in one go."""
        places = self.places(documents)
        places = places[places >= 0]
        codes = self._codes_of(places)
        tally = np.bincount(codes, minlength=self._code_count())
        counted: dict[str, Counts] = {}
        for name in fields:
            column = self.fields.get(name)
            if column is None:
                counted[name] = _unlabelled(len(places))
            else:
                counted[name] = column.named_among_all(tally)
        return counted

    def _code_count(self) -> int:
        count = 0
        for column in self.fields.values():
            count += len(column.values) + 1
        return count

    def _codes_of(self, places: _Small) -> _Small:
        """Return the numbers of all values that the documents at some places have."""
        if len(places) == len(self.ids):
            return self.codes
        first = self.starts[places]
        lengths = self.starts[places + 1] - first
        ends = np.cumsum(lengths)
        shift = np.repeat(first - ends + lengths, lengths)
        return self.codes[shift + np.arange(len(shift))]

    def counts(
        self,
        filters: Filters,
        fields: Iterable[str],
    ) -> dict[str, Counts]:
        """Count the values of fields over what passes `filters`, each field's own left out."""
        fields = tuple(fields)
        counted = self.count_all(fields, self.passing(filters))
        for field in fields:
            if field in filters.include:
                others = self.passing(filters.without(field))
                counted[field] = self.count(field, others)
        return counted


def _unlabelled(count: int) -> Counts:
    return ((UNLABELLED, count),) if count else ()


def read_columns(store: Store) -> Columns:
    """Read the facet values of all documents a store's clearance may see."""
    having_by_field: dict[str, dict[str, Ids]] = {}
    with store.snapshot():
        ids = store.document_ids()
        for field, value, documents in store.facet_documents():
            if field in FACET_FIELDS:
                having_by_field.setdefault(field, {})[value] = documents
    fields: dict[str, _Field] = {}
    first = 0
    for name, having in having_by_field.items():
        fields[name] = _field(ids, having, first)
        first += len(having) + 1
    starts, codes = _by_place(fields.values(), len(ids))
    return Columns(
        ids=ids,
        place_of=_places_of(ids),
        fields=fields,
        starts=starts,
        codes=codes,
    )


def _places_of(ids: Ids) -> _Small:
    """Return for every id its place, -1 for the others; the last stands for all beyond."""
    length = int(ids[-1]) + 2 if len(ids) else 1
    place_of = np.full(length, -1, dtype=np.int32)
    place_of[ids] = np.arange(len(ids))
    return place_of


def _field(
    ids: Ids,
    having: Mapping[str, Ids],
    first: int,
) -> _Field:
    values = tuple(sorted(having))
    documents = [having[value] for value in values]
    ends = np.cumsum([0, *map(len, documents)])
    everyone = np.concatenate(documents)
    places = np.searchsorted(ids, everyone).astype(np.int32)
    none = np.ones(len(ids), dtype=bool)
    none[places] = False
    return _Field(
        values=values,
        places=places,
        ends=ends,
        none=none,
        first=first,
    )


def _by_place(
    fields: Collection[_Field],
    count: int,
) -> tuple[Ids, _Small]:
    """Return where the codes of each place begin, and the codes of all places one after another."""
    if not fields:
        no_starts = np.zeros(count + 1, dtype=np.int64)
        return no_starts, np.empty(0, dtype=np.int32)
    places: list[_Small] = []
    codes: list[_Small] = []
    for field in fields:
        lacking = np.flatnonzero(field.none).astype(np.int32)
        places += [field.places, lacking]
        numbers = np.arange(len(field.values), dtype=np.int32)
        own = field.first + 1 + numbers
        having = np.diff(field.ends)
        codes.append(np.repeat(own, having))
        count_lacking = len(lacking)
        of_none = np.full(count_lacking, field.first, dtype=np.int32)
        codes.append(of_none)
    everywhere = np.concatenate(places)
    order = np.argsort(everywhere, kind="stable")
    per_place = np.bincount(everywhere, minlength=count)
    ends = np.cumsum(per_place)
    starts = np.concatenate([[0], ends])
    return starts, np.concatenate(codes)[order]
