"""Sums of money in words: one as a text writes it, many as a range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kb.counts.amounts import AmountRange, amount_ranges
from kb.records import Amount

_WAN: Final = 10_000
_YI: Final = 100_000_000
_WAN_YI: Final = _WAN * _YI
_UNITS: Final = ((_WAN_YI, "万亿元"), (_YI, "亿元"), (_WAN, "万元"))


@dataclass(frozen=True, slots=True)
class AmountsView:
    """One type of sums: 罚款, 5 件, 2 万元至 100 万元，中位 10 万元."""

    type: str
    count: int
    words: str


def amounts_views(amounts: Mapping[str, Sequence[float]]) -> tuple[AmountsView, ...]:
    """Return the types of sums with what is to be said of each; the sums of a type ascend, in
    yuan.
    """
    return tuple(
        AmountsView(found.type, found.count, _words(found))
        for found in amount_ranges(amounts)
    )


def _words(found: AmountRange) -> str:
    least, most = yuan(found.least), yuan(found.most)
    if least == most:
        return least
    middle = "" if found.middle is None else f"，中位 {yuan(found.middle)}"
    return f"{least}至 {most}{middle}"


def yuan(value: float) -> str:
    """Return a sum of yuan in words, rounded to four figures: 5,000 元, 12.5 万元, 1.2 亿元."""
    for unit, name in _UNITS:
        if value >= unit:
            return f"{_figures(value / unit)} {name}"
    return f"{value:,.0f} 元"


def _figures(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def amount_words(amount: Amount) -> str:
    """Return a sum as the text writes it, else in figures."""
    return amount.text or f"{amount.value:,.0f} {amount.currency}"
