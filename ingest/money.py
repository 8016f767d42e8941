"""Sums of money as papers write them, in yuan: 10万元, 人民币叁拾万元整, 1,234.56元."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kb.numerals import SIGNS, UNITS, chinese_number

_FIGURES: Final = r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SUM: Final = re.compile(
    rf"(?P<figures>{_FIGURES})(?P<unit>(?:[百千十]?[万亿])?)(?:余)?[元圆]"
    rf"|(?P<words>[{SIGNS}]{{1,24}})(?:余)?[元圆]"
    rf"|[￥¥](?P<signed>{_FIGURES})(?P<signed_unit>[万亿]?)"
)


def sums_in(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield [start, end) and yuan of every sum in a squeezed text, in order."""
    for match in _SUM.finditer(text):
        if match["words"]:
            value = float(chinese_number(match["words"]))
        else:
            value = _figures(
                match["figures"] or match["signed"],
                match["unit"] or match["signed_unit"] or "",
            )
        if value:
            yield match.start(), match.end(), value


def _figures(figures: str, unit: str) -> float:
    value = float(re.sub("[,，]", "", figures))
    for sign in unit:
        value *= UNITS[sign]
    return round(value, 2)
