"""What the cases of an answer came to: how many sums are known, from which to which, and the
middle one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from msgspec import Struct

#: Of fewer sums the middle one tells nothing that the ends do not.
_LEAST_FOR_MIDDLE: Final = 3


class AmountRange(Struct, frozen=True, gc=False):
    """The known sums of one type, in yuan; `middle` is None of a few."""

    type: str
    count: int
    least: float
    most: float
    middle: float | None


def amount_ranges(amounts: Mapping[str, Sequence[float]]) -> tuple[AmountRange, ...]:
    """Return the range of each type of sums; those of a type ascend."""
    return tuple(
        AmountRange(type_, len(values), values[0], values[-1], _middle(values))
        for type_, values in amounts.items()
    )


def _middle(values: Sequence[float]) -> float | None:
    return median(values) if len(values) >= _LEAST_FOR_MIDDLE else None
