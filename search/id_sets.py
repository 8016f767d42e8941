"""Arrays of ids, and small set operations on them, faster than numpy's general ones."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

#: Ids of documents or passages.
Ids: TypeAlias = NDArray[np.int64]
#: One score for each of as many ids.
Scores: TypeAlias = NDArray[np.float64]
#: For each of as many ids whether it is kept.
Kept: TypeAlias = NDArray[np.bool_]
#: A direction in the space of an embedder.
Vector: TypeAlias = NDArray[np.float32]

NO_IDS: Final = np.empty(0, dtype=np.int64)
NO_SCORES: Final = np.empty(0, dtype=np.float64)
#: Beyond so many values a table of all ids is made sooner than each is looked for.
_FEW: Final = 10_000


def member(values: Ids, ascending: Ids) -> Kept:
    """Tell which values stand in an ascending array.

    Ids are small enough for a table where there are many.
    """
    count = len(values)
    if not count or not len(ascending):
        return np.zeros(count, dtype=bool)
    if count > _FEW:
        return _by_table(values, ascending)
    places = np.searchsorted(ascending, values)
    places[places == len(ascending)] = 0
    found = ascending[places]
    return np.asarray(found == values)


def _by_table(values: Ids, ascending: Ids) -> Kept:
    largest = max(values.max(), ascending[-1])
    table = np.zeros(int(largest) + 1, dtype=bool)
    table[ascending] = True
    return np.asarray(table[values])


def first_places(values: Ids) -> NDArray[np.intp]:
    """Return where each different value stands first, ascending."""
    if not len(values):
        return np.empty(0, dtype=np.intp)
    order = np.argsort(values, kind="stable")
    is_first = starts_of_runs(values[order])
    first = order[is_first]
    first.sort()
    return np.asarray(first)


def starts_of_runs(ordered: Ids) -> Kept:
    """Tell of each value in an ascending array whether it is the first of its kind."""
    differs = ordered[1:] != ordered[:-1]
    return np.concatenate(([True], differs))
