"""Dates as papers write them: 二〇一九年五月十六日, 二0一九年元月, 2019 年 5 月 16 日."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from kb.numerals import chinese_number

#: How a nought is written in years: also as the letters and circles that look like one.
_NOUGHTS: Final = "〇零○◯OoО0"
_DIGITS: Final = {
    c: str(i) for i, c in enumerate("零一二三四五六七八九")
} | dict.fromkeys(_NOUGHTS, "0")
_NUMERALS: Final = "0-9一二三四五六七八九十廿卅"
_YEAR_MONTH: Final = (
    rf"(?P<year>[{_NOUGHTS}1-9一二三四五六七八九]{{4}})年"
    rf"(?P<month>[{_NUMERALS}元正]{{1,3}})月"
)
_WORDED: Final = re.compile(rf"{_YEAR_MONTH}(?P<day>[{_NUMERALS}]{{1,4}})日")
_FIGURES: Final = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})(?!\d)"
)
#: The day made unreadable, as in published papers: 二〇一五年二月××日.
_NO_DAY: Final = re.compile(_YEAR_MONTH + "[×xX＊*某_]{1,3}日")
_ALONE: Final = re.compile(
    rf"[（(]?(?:{_WORDED.pattern})[）)]?(?:[（(]?(?:印章|盖章|公章)[）)]?)?"
)
#: A date that ends a line of names, or of the office: 审判员某甲二〇一九年五月十六日书记员某乙.
_SIGNED: Final = re.compile(
    r"(?:(?:审判长|审判员|陪审员|法官助理|检察员|仲裁员)[^，。；：:]{0,40}|"
    r"[一-鿿]{2,40}(?:[局厅署会委院]|支队|大队|政府))"
    rf"{_WORDED.pattern}(?:(?:法官助理|书记员).{{0,20}})?$"
)


def signed_date(line: str) -> str | None:
    """Return the date at the end of a squeezed line of signatures, as written; None for any other
    line.
    """
    match = _SIGNED.search(line)
    if match is None:
        return None
    written = line[match.start("year") : match.end("day")]
    return f"{written}日"


def dates_in(line: str) -> Iterator[tuple[str, str | None]]:
    """Yield how each date of a squeezed line is written and the day it is, ISO 8601; None for one
    there never was.
    """
    for match in _NO_DAY.finditer(line):
        month = _iso(match["year"], match["month"], "1")
        yield match[0], month and month[:7]
    dates = [*_WORDED.finditer(line), *_FIGURES.finditer(line)]
    dates.sort(key=lambda match: match.start())
    for match in dates:
        yield match[0], _iso(match["year"], match["month"], match["day"])


def is_date(line: str) -> bool:
    """Tell whether a squeezed line is a date and nothing else, as at the foot of a paper."""
    return _ALONE.fullmatch(line) is not None or _NO_DAY.fullmatch(line) is not None


def _iso(
    year: str,
    month: str,
    day: str,
) -> str | None:
    figures = "".join([_DIGITS.get(char, char) for char in year])
    try:
        found = date(int(figures), _number(month), _number(day))
    except ValueError:
        return None
    return found.isoformat()


def _number(written: str) -> int:
    if written in ("元", "正"):
        return 1
    spelt = written.replace("廿", "二十").replace("卅", "三十")
    if spelt.isdigit():
        return int(spelt)
    return chinese_number(spelt)
