"""On which day a paper was given: what stands over its signature, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from ingest.dates import dates_in, is_date, signed_date
from ingest.paperhead import Paper

#: Days that are written at the foot too and are not the day of the decision.
_OTHER_DAYS: Final = re.compile(
    r"打印|印发|送达|上传|发布|公开日期|归档|扫描|印制|校对|书记员.{0,6}于"
)
#: What a register of an office writes over a paper.
_ISSUED: Final = re.compile(r"发文日期[:：](\d{4}[年-]\d{1,2}[月-]\d{1,2})")
#: A sentence tells of other days.
_SENTENCE: Final = re.compile(r"[，,。；;《]")
_SHORT: Final = 30
_LAST_LINES: Final = 8


def day_of(
    paper: Paper,
    head: Sequence[str],
    foot: Sequence[str],
) -> tuple[str | None, str | None]:
    """Return the day of a decision, or what is wrong with the day it bears."""
    for line in _lines(paper, head, foot):
        for written, day in reversed(list(dates_in(line))):
            doubt = _doubt(written, day, paper)
            return (None, doubt) if doubt else (day, None)
    return None, None


def _lines(
    paper: Paper,
    head: Sequence[str],
    foot: Sequence[str],
) -> Iterator[str]:
    """Yield lines that may bear the day, the most telling first."""
    lines = [line for line in foot if not _OTHER_DAYS.search(line)]
    yield paper.day or ""
    yield from filter(is_date, reversed(lines))
    for line in reversed(foot[-_LAST_LINES:]):
        yield signed_date(line) or ""
    yield from filter(_is_alone, reversed(lines[-_LAST_LINES:]))
    yield from map(_issued_on, head)


def _is_alone(line: str) -> bool:
    """Tell a line with little beside its day."""
    return len(line) <= _SHORT and not _SENTENCE.search(line)


def _issued_on(line: str) -> str:
    """Return the day on which a register says a paper was issued; "" without one."""
    issued = _ISSUED.search(line)
    if issued is None:
        return ""
    day = issued[1]
    return f"{day}日" if "年" in day else day


def _doubt(
    written: str,
    day: str | None,
    paper: Paper,
) -> str | None:
    """Return why a day cannot be that of the decision."""
    if day is None:
        return f"文书所署日期「{written}」不存在,未采用"
    if int(day[:4]) < paper.year:
        return f"文书所署日期「{written}」早于收案年份,未采用"
    if day > date.today().isoformat() and paper.year <= date.today().year:
        return f"文书所署日期「{written}」晚于收入之日,未采用"
    return None
