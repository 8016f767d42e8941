"""Sums of money as papers write them, in yuan: 10万元, 人民币叁拾万元整, 1,234.56元."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_PLAIN: Final = "零一二三四五六七八九"
_FORMAL: Final = "零壹贰叁肆伍陆柒捌玖"
_DIGITS: Final = {c: i for row in (_PLAIN, _FORMAL) for i, c in enumerate(row)} | {"〇": 0, "两": 2, "贰": 2}
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
_LARGE: Final = {"万": 10_000, "萬": 10_000, "亿": 100_000_000}
_WORDS: Final = "".join(dict.fromkeys((*_DIGITS, *_UNITS, *_LARGE)))
_FIGURES: Final = r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SUM: Final = re.compile(
    rf"(?P<figures>{_FIGURES})(?P<unit>(?:[百千十]?[万亿])?)(?:余)?[元圆]"
    rf"|(?P<words>[{_WORDS}]{{1,24}})(?:余)?[元圆]"
    rf"|[￥¥](?P<signed>{_FIGURES})(?P<signed_unit>[万亿]?)"
)


def sums_in(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield [start, end) and yuan of every sum in a squeezed text, in order."""
    for match in _SUM.finditer(text):
        if match["words"]:
            value = _worded(match["words"])
        else:
            value = _figures(match["figures"] or match["signed"], match["unit"] or match["signed_unit"] or "")
        if value:
            yield match.start(), match.end(), value


def _figures(figures: str, unit: str) -> float:
    value = float(re.sub("[,，]", "", figures))
    for sign in unit:
        value *= _UNITS.get(sign) or _LARGE[sign]
    return round(value, 2)


def _worded(words: str) -> float:
    """Return what a numeral in words is worth: 一千二百三十万, 叁拾万."""
    total, section, digit = 0, 0, 0
    for sign in words:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _UNITS:
            section += (digit or 1) * _UNITS[sign]
            digit = 0
        else:
            total = (
                (total + section + digit) * _LARGE[sign] if sign == "亿" else total + (section + digit) * _LARGE[sign]
            )
            section = digit = 0
    return float(total + section + digit)
