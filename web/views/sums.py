"""What the cases of an answer came to: how many sums are known, from which to which, the middle
one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

_WAN: Final = 10_000
_YI: Final = 100_000_000
_WAN_YI: Final = _WAN * _YI
#: Of fewer sums the middle one tells nothing that the ends do not.
_LEAST_FOR_MEDIAN: Final = 3


@dataclass(frozen=True, slots=True)
class SumsView:
    """One type of sums: 罚款, 5 件, 2 万元至 100 万元，中位 10 万元."""

    type: str
    count: int
    words: str


def sums_views(sums: Mapping[str, Sequence[float]]) -> tuple[SumsView, ...]:
    """Return the types of sums with what is to be said of each; the sums of a type ascend, in
    yuan.
    """
    return tuple(
        SumsView(type_, len(values), _words(values)) for type_, values in sums.items()
    )


def _words(values: Sequence[float]) -> str:
    low, high = yuan(values[0]), yuan(values[-1])
    if low == high:
        return low
    middle = (
        f"，中位 {yuan(median(values))}" if len(values) >= _LEAST_FOR_MEDIAN else ""
    )
    return f"{low}至 {high}{middle}"


def yuan(value: float) -> str:
    """Return a sum of yuan in words, rounded to four figures: 5,000 元, 12.5 万元, 1.2 亿元."""
    for unit, name in ((_WAN_YI, "万亿元"), (_YI, "亿元"), (_WAN, "万元")):
        if value >= unit:
            return f"{_figures(value / unit)} {name}"
    return f"{value:,.0f} 元"


def _figures(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"
