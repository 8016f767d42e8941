"""What a paper says of itself at its head and over its signature: number, who gives it, whom it is
about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from ingest.charges import charge_of, plaintiffs_of
from ingest.parties import Party, parties_of, punished_of
from ingest.sections import is_appendix
from kb import casenumber
from kb.identifiers import document_numbers
from kb.papers import Heading, heading_of
from kb.shadow import squeezed

_COURT: Final = re.compile(
    r"(?:中华人民共和国)?([一-鿿]{2,30}?(?:人民法院|知识产权法院|金融法院|互联网法院|海事法院|铁路运输法院"
    r"|法院[一-鿿]{2,12}分院|人民检察院|仲裁委员会))"
)
#: Any office, where a line holds nothing else.
_OFFICE: Final = re.compile(
    r"([一-鿿]{2,30}?(?:[局厅署]|委员会|人民政府|证监会|银监会|保监会|大队|支队|总队|海关|中心支行|管委会))(?:[（(](?:印章|盖章|公章)[）)])?"
)
#: An office with its date behind it: 某监管局2019年12月19日.
_SIGNED_BY: Final = re.compile(
    r"(?:^|[。，])([一-鿿]{2,30}?(?:[局厅署会]|人民政府))(?=(?:19|20|二)[^，。]{3,12}日$)"
)
#: What an office calls itself where it served a notice: 送达了《某局行政处罚告知书》.
_SERVED_BY: Final = re.compile(
    r"(?:我|本)(?:局|会|厅|机关)[^。]{0,60}《([一-鿿]{2,30}?(?:[局厅署会]|人民政府))行政处罚[一-鿿（）()]{0,8}告知书》"
)
_LABEL: Final = re.compile(
    r"[【\[]?(案号|审理法院|裁判法院|法院|裁判日期|判决日期|文号|行政处罚决定书文号|决定书文号)[】\]]?[:：](.+)"
)
#: What a register of an office writes over a paper.
_PUBLISHED_BY: Final = re.compile(
    r"(?:发布机构|发文机关|发文单位)[:：]([一-鿿]{2,24}?(?:[局厅署会]|人民政府))(?:发|信|名|索|$)"
)
#: 〔2021〕66号, as one commission numbers its decisions.
_BARE_NUMBER: Final = re.compile(r"[〔\[](?:19|20)\d{2}[〕\]]\d{1,4}号")
_YEAR: Final = re.compile(r"(?<=[（(〔\[【])(?:19|20)\d{2}")
#: What stands before a number that is another case's.
_OF_ANOTHER: Final = re.compile(r"不服|作出|[,，。]")
#: A paper that may tell in a sentence who is charged.
_MAY_CHARGE: Final = re.compile(r"刑|再审决定|管辖决定")
_FIRST_WORDS: Final = 60
_LONGEST_TITLE: Final = 60
_CHARGE_CHARS: Final = 1_500
_FOOT_LINES: Final = 40


class Paper(Struct, frozen=True, kw_only=True):
    """A paper as its head shows it: its name, 案号 or else 文号, court or office, parties."""

    name: str
    numbers: tuple[str, ...] = ()
    document_numbers: tuple[str, ...] = ()
    authority: str | None = None
    parties: tuple[Party, ...] = ()
    day: str | None = None

    @property
    def year(self) -> int:
        """Return the last year its numbers are of; 0 without any."""
        last = 0
        for number in (*self.numbers, *self.document_numbers):
            for year in _YEAR.findall(number):
                last = max(last, int(year))
        return last


def read_paper(
    name: str,
    head: Sequence[str],
    foot: Sequence[str],
    text: str,
) -> Paper:
    """Return what the squeezed lines of head and foot of a text say of a paper of one name."""
    labels = dict(_labels(head))
    headings = list(filter(None, map(heading_of, head)))
    numbers = _case_numbers(head, labels)
    documents = () if numbers else _document_numbers(head, labels, headings)
    authority = _authority(head, foot, labels, headings)
    if not authority:
        authority = office_that_served(squeezed(text)) or _publisher(head)
    return Paper(
        name=name,
        numbers=numbers,
        document_numbers=documents,
        authority=authority,
        parties=tuple(_parties(name, head, text)),
        day=labels.get("裁判日期") or labels.get("判决日期"),
    )


def foot_of(text: str) -> list[str]:
    """Return the last lines before an appendix, squeezed."""
    lines: list[str] = []
    for number, written in enumerate(text.split("\n")):
        line = squeezed(written)
        if number and is_appendix(line):
            break
        if line:
            lines.append(line)
    return lines[-_FOOT_LINES:]


def court_of(lines: Sequence[str]) -> str | None:
    """Return the court that a line names and nothing else."""
    return _alone(lines, _COURT)


def office_that_served(text: str) -> str | None:
    """Return the office a squeezed text says served its notice."""
    match = _SERVED_BY.search(text)
    return match[1] if match else None


def _labels(head: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what databases write before a paper: 案号：, 法院：, 裁判日期：."""
    for line in head:
        match = _LABEL.fullmatch(line)
        if match:
            label = match[1].removeprefix("行政处罚决定书").removeprefix("决定书")
            yield label, match[2]


def _case_numbers(head: Sequence[str], labels: dict[str, str]) -> tuple[str, ...]:
    """Return the 案号 of the paper: alone on a line, behind its name, or where a line begins or
    ends with it.
    """
    for line in (labels.get("案号", ""), *head):
        numbers = casenumber.find(line)
        if not numbers:
            continue
        first, end, _ = numbers[0]
        if "号" in line[first:end] and _is_own(line, first, numbers[-1][1]):
            return tuple(
                [str(number) for start, _, number in numbers if start == first]
            )
    return ()


def _is_own(
    line: str,
    start: int,
    end: int,
) -> bool:
    if start <= 1:
        return True
    return (
        len(line) <= _LONGEST_TITLE
        and len(line) - end <= 1
        and not _OF_ANOTHER.search(line[:start])
    )


def _document_numbers(
    head: Sequence[str],
    labels: dict[str, str],
    headings: Sequence[Heading],
) -> tuple[str, ...]:
    """Return the 文号 that stands on a line of its own at the head, or in the line of the paper's
    name.
    """
    of_headings = [heading.number for heading in headings]
    for line in (labels.get("文号", ""), *of_headings, *head):
        number = _first_document_number(line)
        if number and len(number) >= len(line) - 2:
            return (number.lstrip("_"),)
    return ()


def _first_document_number(line: str) -> str | None:
    for number in document_numbers(line):
        return number
    bare = _BARE_NUMBER.fullmatch(line)
    return bare[0] if bare else None


def _authority(
    head: Sequence[str],
    foot: Sequence[str],
    labels: dict[str, str],
    headings: Sequence[Heading],
) -> str | None:
    """Return who gave a paper: over its name, on a line alone, at its end, or by a database."""
    for heading in headings:
        if heading.office:
            return heading.office.removeprefix("中华人民共和国")
    alone = _alone(head, _COURT) or _alone(head, _OFFICE) or _alone(foot, _OFFICE)
    if alone:
        return alone
    signed = _SIGNED_BY.search(foot[-1]) if foot else None
    if signed:
        return signed[1]
    return labels.get("审理法院") or labels.get("裁判法院") or labels.get("法院")


def _publisher(head: Sequence[str]) -> str | None:
    for line in head:
        match = _PUBLISHED_BY.search(line)
        if match:
            return match[1]
    return None


def _alone(lines: Sequence[str], pattern: re.Pattern[str]) -> str | None:
    """Return what the first line that is nothing else names."""
    for line in lines:
        match = pattern.fullmatch(line)
        if match:
            return match[1]
    return None


def _parties(
    name: str,
    head: Sequence[str],
    text: str,
) -> Iterator[Party]:
    """Yield the parties a head lists; where it lists none, those a sentence charges or an office
    addresses.
    """
    listed = parties_of(head)
    beginning = squeezed(text[:_CHARGE_CHARS])
    if listed:
        yield from listed
    elif "处罚" in name:
        yield from punished_of(head)
    elif _MAY_CHARGE.search(name + beginning[:_FIRST_WORDS]):
        charge = charge_of(beginning)
        for accused in charge.names if charge else ():
            yield Party("被告人", accused)
        for plaintiff in plaintiffs_of(beginning):
            yield Party("附带民事诉讼原告人", plaintiff)
