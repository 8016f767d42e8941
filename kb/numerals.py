"""Numbers as Chinese texts write them, and back."""

from __future__ import annotations

from typing import Final

_PLAIN: Final = "零一二三四五六七八九"
_FORMAL: Final = "零壹贰叁肆伍陆柒捌玖"
_DIGITS: Final = {
    sign: value for row in (_PLAIN, _FORMAL) for value, sign in enumerate(row)
} | {"〇": 0, "两": 2}
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
_LARGE: Final = {"万": 10_000, "萬": 10_000, "亿": 100_000_000}
#: What a unit multiplies by.
UNITS: Final = _UNITS | _LARGE
#: All signs of a number in words, for patterns elsewhere.
SIGNS: Final = "".join((*_DIGITS, *UNITS))


def chinese_numeral(value: int) -> str:
    """Return a number below ten thousand as laws write it: 219 -> 二百一十九."""
    text, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, unit)
        if digit:
            text += ("零" if zero and text else "") + _PLAIN[digit] + name
            zero = False
        else:
            zero = bool(text)
    return text.removeprefix("一") if text.startswith("一十") else text or "零"


def chinese_number(text: str) -> int:
    """Return the value of a numeral in words, such as 二百一十九 or 叁拾万; other signs count
    nothing.
    """
    total, section, digit = 0, 0, 0
    for sign in text:
        if sign in _UNITS:
            section += (digit or 1) * _UNITS[sign]
            digit = 0
        elif sign == "亿":
            total = (total + section + digit) * _LARGE[sign]
            section = digit = 0
        elif sign in _LARGE:
            total += (section + digit) * _LARGE[sign]
            section = digit = 0
        else:
            digit = _DIGITS.get(sign, 0)
    return total + section + digit
