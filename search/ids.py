"""Small set operations on arrays of ids, faster than numpy's general ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def member(values: NDArray[np.int64], ascending: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which values stand in an ascending array."""
    if not len(ascending):
        return np.zeros(len(values), dtype=bool)
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
