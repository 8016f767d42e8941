"""What a text says about itself: title, kind, case number, court, date. Never guesses; None means not said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from ingest.sections import chinese_number
from kb import casenumber
from kb.records import Section

_COURT: Final = re.compile(
    r"^(?:中华人民共和国)?([一-鿿]{2,25}?(?:人民法院|知识产权法院|金融法院|互联网法院|海事法院))[ \t　]*$", re.M
)
_AUTHORITY: Final = re.compile(r"^[ \t　]*([一-鿿]{2,25}(?:市场监督管理局|工商行政管理局))[ \t　]*$", re.M)
_PAPER: Final = re.compile(
    r"^[ \t　]*((?:民事|刑事|行政)(?:附带民事)?(?:判决书|裁定书|调解书)|行政处罚决定书)[ \t　]*$", re.M
)
_DATE_CN: Final = re.compile(
    r"([二〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_DATE_DIGITS: Final = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_DIGITS: Final = {c: str(i) for i, c in enumerate("零一二三四五六七八九")} | {"〇": "0", "○": "0"}
_KIND_BY_TRACK: Final = {"民": "civil", "刑": "criminal", "行": "administrative"}
_HEAD_CHARS: Final = 400
_FOOT_CHARS: Final = 300


def derive(values: dict[str, Any], text: str, sections: Sequence[Section], name: str) -> dict[str, Any]:
    """Return `values` with what the text itself says added; nothing given is overwritten, and an empty list is none.

    Number and court are read in the first 400 characters, the date in the last 300: the
    middle of a judgment speaks of other cases and other days.
    """
    said = {name: value for name, value in values.items() if value is not None and value != []}
    found: dict[str, Any] = {}
    head = text[:_HEAD_CHARS]
    paper = _PAPER.search(head) if "书" in head else None
    if paper and (numbers := casenumber.find(head)):
        found["case_numbers"] = [str(number) for start, _, number in numbers if start == numbers[0][0]]
    court = (_COURT.search(head) if "法院" in head else None) or (_AUTHORITY.search(head) if paper else None)
    if court:
        found["authorities"] = [court[1]]
    if paper:
        found["decided_on"] = _date(text[-_FOOT_CHARS:])
    found["kind"] = said.get("kind") or _kind(paper[1] if paper else "", sections)
    found["title"] = said.get("title") or _title(text, name, bool(paper))
    added = {field: value for field, value in found.items() if value and field not in said}
    return {field: value for field, value in values.items() if value is not None} | added


def _kind(paper: str, sections: Sequence[Section]) -> str:
    for mark, kind in _KIND_BY_TRACK.items():
        if paper.startswith(mark):
            return kind
    return "statute" if sum(s.role == "article" for s in sections) >= 3 else "guidance"


def _title(text: str, name: str, is_paper: bool) -> str:
    """Return the first line, or for judgments (whose first line names the court) the file's name."""
    stem = name.rsplit(".", 1)[0].strip()
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    if is_paper or len(first) > 60 or first.startswith("【") or len(first) < 3:
        return stem or first[:60]
    return first


def _date(foot: str) -> str | None:
    """Return the last date of the foot, ISO 8601."""
    best: tuple[int, str] | None = None
    for match in _DATE_DIGITS.finditer(foot):
        best = (match.start(), f"{int(match[1])}-{int(match[2]):02}-{int(match[3]):02}")
    for match in _DATE_CN.finditer(foot):
        year = "".join(_DIGITS[c] for c in match[1])
        value = f"{year}-{chinese_number(match[2]):02}-{chinese_number(match[3]):02}"
        if best is None or match.start() > best[0]:
            best = (match.start(), value)
    return best[1] if best else None
