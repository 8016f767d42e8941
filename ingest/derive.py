"""What a text says about itself: title, kind, numbers, who decided, when, between whom, what came of it.

Never guesses; None means not said. It is read on a squeezed shadow of the text: what printing puts between
characters does not count, and the text itself stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from msgspec import Struct

from ingest import rulings
from ingest.causes import cause_of
from ingest.dates import dates_in, is_date
from ingest.parties import Party, parties_of
from ingest.sections import is_appendix
from kb import casenumber, papers
from kb.identifiers import document_numbers
from kb.records import Section
from kb.shadow import squeezed
from kb.vocabulary import TIERS, UNCLASSIFIED

_COURT: Final = re.compile(
    r"(?:中华人民共和国)?([一-鿿]{2,30}?(?:人民法院|知识产权法院|金融法院|互联网法院|海事法院|铁路运输法院|人民检察院|仲裁委员会))"
)
_OFFICE: Final = re.compile(
    r"([一-鿿]{2,30}?(?:市场监督管理局|工商行政管理局|市场监管局|知识产权局|综合行政执法局|综合行政执法队|人民政府))"
)
_GUIDING: Final = re.compile(r"指导(?:性)?案例(?:第)?(\d{1,3})号")
#: The first keyword of a guiding or reference case is its track: 关键词 民事/竞业限制.
_KEYWORDS: Final = re.compile(r"[【\[]?关键词[】\]]?[:：]?(民事|刑事|行政)")
_TRACKS: Final = {"民事": "civil", "刑事": "criminal", "行政": "administrative"}
_LABEL: Final = re.compile(r"[【\[]?(案号|审理法院|裁判法院|法院|裁判日期|判决日期|文号)[】\]]?[:：](.+)")
_YEAR: Final = re.compile(r"(?<=[（(〔\[【])(?:19|20)\d{2}")
#: What the first characters of a text must hold to tell anything but its first line.
_TELLING: Final = ("法院", "检察院", "仲裁", "指导", "关键词")
_FIRST_CHARS: Final = 400
_HEAD_LINES: Final = 60
_HEAD_CHARS: Final = 2_000
_FOOT_LINES: Final = 40
#: Days that are written at the foot too and are not the day of the decision.
_OTHER_DAYS: Final = re.compile(r"打印|印发|送达|上传|发布|公开日期|归档|扫描|印制|校对|书记员.{0,6}于")


class _Paper(Struct, frozen=True):
    """A paper as its head shows it: its name, 案号 or else 文号, parties."""

    name: str
    numbers: tuple[str, ...] = ()
    document_numbers: tuple[str, ...] = ()
    parties: tuple[Party, ...] = ()

    @property
    def year(self) -> int:
        """Return the last year its numbers are of; 0 without any."""
        return max(
            (int(year) for number in (*self.numbers, *self.document_numbers) for year in _YEAR.findall(number)),
            default=0,
        )


def derive(values: dict[str, Any], text: str, sections: Sequence[Section], name: str) -> dict[str, Any]:
    """Return `values` with what the text itself says added; nothing given is overwritten, and an empty list is none.

    Numbers, court and parties are read in the head, the date at the foot before any appendix: the
    middle of a judgment speaks of other cases and other days.
    """
    said = {name: value for name, value in values.items() if value is not None and value != []}
    paper_name = papers.paper_of(text)
    head = _head(text) if paper_name or any(word in text[:_FIRST_CHARS] for word in _TELLING) else []
    paper = None if paper_name is None else _paper(paper_name, head)
    found = _of_case(head, name) if paper is None else _of_paper(paper, head, text)
    found["kind"] = said.get("kind") or found.get("kind") or _kind(paper, sections)
    if paper is not None:
        found |= rulings.ordered(text, sections, found["kind"], "初" in "".join(paper.numbers))
    found["title"] = said.get("title") or _title(text, name, paper, found)
    added = {field: value for field, value in found.items() if value and field not in said}
    return {field: value for field, value in values.items() if value is not None} | added


def _head(text: str) -> list[str]:
    """Return the first lines that say something, squeezed."""
    lines = (squeezed(line) for line in text[:_HEAD_CHARS].split("\n"))
    return [line for line in lines if line][:_HEAD_LINES]


def _paper(name: str, head: Sequence[str]) -> _Paper:
    labels, parties = dict(_labels(head)), tuple(parties_of(head))
    for line in (labels.get("案号", ""), *head):
        numbers = casenumber.find(line)
        if numbers:
            written = tuple(str(number) for start, _, number in numbers if start == numbers[0][0])
            return _Paper(name, numbers=written, parties=parties)
    return _Paper(name, document_numbers=_document_numbers(head, labels), parties=parties)


def _labels(head: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what databases write before a paper: 案号：, 法院：, 裁判日期：."""
    for line in head:
        match = _LABEL.fullmatch(line)
        if match:
            yield match[1], match[2]


def _of_paper(paper: _Paper, head: Sequence[str], text: str) -> dict[str, Any]:
    labels = dict(_labels(head))
    authority = _authority(head, _COURT) or _authority(head, _OFFICE) or _authority(_foot(text), _OFFICE)
    authority = authority or labels.get("审理法院") or labels.get("裁判法院") or labels.get("法院")
    day, doubt = _day(labels.get("裁判日期") or labels.get("判决日期"), _foot(text), paper)
    return {
        "case_numbers": list(paper.numbers),
        "doc_numbers": list(paper.document_numbers),
        "authorities": [authority] if authority else [],
        "parties": [party.name for party in paper.parties],
        "decided_on": day,
        "uncertain": [doubt] if doubt else [],
    }


def _of_case(head: Sequence[str], name: str) -> dict[str, Any]:
    """Return what a reported case, or a text of no kind known, says of itself at its head."""
    court = _authority(head, _COURT)
    guiding = next((match for line in (*head[:5], squeezed(name)) if (match := _GUIDING.match(line))), None)
    track = next((match[1] for line in head if (match := _KEYWORDS.match(line))), None)
    return {
        "authorities": [court] if court else [],
        "guiding_case": int(guiding[1]) if guiding else None,
        "tier": next(iter(TIERS)) if guiding else None,
        "kind": _TRACKS[track] if track else None,
    }


def _authority(lines: Sequence[str], pattern: re.Pattern[str]) -> str | None:
    """Return the court or office that a line names and nothing else."""
    matches = (pattern.fullmatch(line) for line in lines)
    return next((match[1] for match in matches if match), None)


def _document_numbers(head: Sequence[str], labels: dict[str, str]) -> tuple[str, ...]:
    """Return the 文号 that stands on a line of its own at the head."""
    for line in (labels.get("文号", ""), *head):
        numbers = document_numbers(line)
        if numbers and len(numbers[0]) >= len(line) - 2:
            return (numbers[0],)
    return ()


def _foot(text: str) -> list[str]:
    """Return the last lines before an appendix, squeezed."""
    lines = [squeezed(line) for line in text.split("\n")]
    end = next((n for n, line in enumerate(lines) if n and is_appendix(line)), len(lines))
    return [line for line in lines[:end] if line][-_FOOT_LINES:]


def _day(labelled: str | None, foot: Sequence[str], paper: _Paper) -> tuple[str | None, str | None]:
    """Return the day of a decision, or what is wrong with the day it bears."""
    lines = [line for line in foot if not _OTHER_DAYS.search(line)]
    alone = [line for line in lines if is_date(line)]
    for line in (labelled or "", *reversed(alone), *reversed(lines[-8:])):
        for written, day in reversed(list(dates_in(line))):
            doubt = _doubt(written, day, paper)
            return (None, doubt) if doubt else (day, None)
    return None, None


def _doubt(written: str, day: str | None, paper: _Paper) -> str | None:
    """Return why a day cannot be that of the decision."""
    if day is None:
        return f"文书所署日期「{written}」不存在,未采用"
    if int(day[:4]) < paper.year:
        return f"文书所署日期「{written}」早于收案年份,未采用"
    if day > date.today().isoformat() and paper.year <= date.today().year:
        return f"文书所署日期「{written}」晚于收入之日,未采用"
    return None


def _kind(paper: _Paper | None, sections: Sequence[Section]) -> str:
    if paper is not None:
        kind = papers.kind_of(paper.name, next(iter(paper.numbers), None))
        if kind is not None:
            return kind
    return "statute" if sum(s.role == "article" for s in sections) >= 3 else UNCLASSIFIED


def _title(text: str, name: str, paper: _Paper | None, found: dict[str, Any]) -> str:
    """Return what a paper is called by its parties, or its first line; the file's name where the text has none."""
    if paper is not None:
        return _title_of(paper, text, found)
    stem = name.rsplit(".", 1)[0].strip()
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    if len(first) > 60 or first.startswith("【") or len(first) < 3:
        return stem or first[:60]
    return first


def _title_of(paper: _Paper, text: str, found: dict[str, Any]) -> str:
    """Return parties, cause and name of a paper: 某甲公司与某乙侵害技术秘密纠纷民事判决书."""
    cause = cause_of(squeezed(text[: 2 * _HEAD_CHARS]), [party.name for party in paper.parties])
    first, second = (
        _several([p.name for p in paper.parties if getattr(p, side)]) for side in ("is_first", "is_second")
    )
    named = "与".join(part for part in (first, second) if part) or _several([p.name for p in paper.parties])
    if named:
        return f"{named}{cause or ''}{paper.name}"
    number = next(iter((*found.get("case_numbers", ()), *found.get("doc_numbers", ()))), "")
    return f"{next(iter(found.get('authorities', ())), '')}{paper.name}{number}"


def _several(names: Sequence[str]) -> str:
    return names[0] + ("等" if len(names) > 1 else "") if names else ""
