"""Small set operations on arrays of ids, faster than numpy's general ones."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Beyond so many values a table of all ids is made sooner than each is looked for.
_FEW: Final = 10_000


def member(
    values: NDArray[np.int64], ascending: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell which values stand in an ascending array; ids are small enough for a table where there
    are many.
    """
    if not len(ascending) or not len(values):
        return np.zeros(len(values), dtype=bool)
    if len(values) > _FEW:
        table = np.zeros(max(int(values.max()), int(ascending[-1])) + 1, dtype=bool)
        table[ascending] = True
        return np.asarray(table[values])
    places = np.searchsorted(ascending, values)
    places[places == len(ascending)] = 0
    return np.asarray(ascending[places] == values)


def first_places(values: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return where each different value stands first, ascending."""
    if not len(values):
        return np.empty(0, dtype=np.intp)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    first = order[np.concatenate(([True], ordered[1:] != ordered[:-1]))]
    first.sort()
    return np.asarray(first)
