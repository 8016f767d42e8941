"""What a reported case says of itself: its track, who sued whom, which judgments it reports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct

from ingest.dates import dates_in
from ingest.paperhead import court_of, office_that_served
from ingest.parties import parties_of, punished_of
from ingest.rulings import of_clauses
from kb import casenumber
from kb.shadow import squeezed
from kb.vocabulary import TIERS

_GUIDING: Final = re.compile(r"指导(?:性)?案例(?:第)?(\d{1,3})号")
#: The first keyword of a guiding or reference case is its track: 关键词 民事/竞业限制.
_KEYWORDS: Final = re.compile(r"[【\[]?关键词[】\]]?[:：]?(民事|刑事|行政)")
_TRACKS: Final = {"民事": "civil", "刑事": "criminal", "行政": "administrative"}
#: 某甲诉某局行政处罚案; 某甲公司与某乙侵害技术秘密纠纷案.
_TITLE: Final = re.compile(
    r"(?P<first>[^，。；：:“”]{2,60}?)(?P<joint>诉|与)(?P<rest>[^，。；：:“”]{4,100}?)(?:一案|案)"
)
_AGAINST: Final = re.compile(
    r"(?P<second>.*(?:公司|政府|[局厅厂店]|委员会|医院|中心|学校|大学|银行|[一-鿿]某[某甲乙丙丁]?|[一-鿿][甲乙丙丁]))(?P<cause>[一-鿿（）()、]{2,36})"
)
_OF_OFFICES: Final = re.compile(r"行政|征收|补偿|处罚|许可|特许|拆迁|复议|协议")
_OF_PERSONS: Final = re.compile(
    r"纠纷|合同|继承|侵权|侵害|竞争|离婚|抚养|劳动|赔偿|借贷|所有权|抵押|遗嘱"
)
_AN_OFFICE: Final = re.compile(r"政府|[局厅]|委员会")
#: What only a case that was told holds.
_PARTS: Final = re.compile(r"基本案情|案情回顾|裁判要[点旨]|简要案情|裁判结果|裁判理由")
_ARBITRATED: Final = re.compile(r"劳动(?:人事)?争议仲裁委员会")
_JUDGED: Final = re.compile(
    r"(?P<court>[一-鿿]{4,24}?法院)(?:于(?P<day>[^，。]{6,12}日))?(?:依法)?作出$"
)
_PAPER: Final = re.compile(r"(?:刑事|民事|行政|附带民事|赔偿)*(?:判决|裁定|决定)")
#: An office that speaks to the one it is about to punish.
_PUNISHES: Final = re.compile(
    r"(?:我|本)(?:局|会|厅|机关|队)[^。]{0,80}行政处罚[^。]{0,16}告知"
)
_ADDRESSES: Final = re.compile(r"你[（(]?(?:公司|单位|局|厂|店|院)")
_HEADING: Final = re.compile(r"[【\[]?[一-鿿]{2,8}[】\]]?")
_RESULT: Final = re.compile(r"(?:裁判|处理|判决|裁决)结果")
_ORDERED: Final = re.compile(r"判决|裁定|裁决|判令")
_TITLE_LINES: Final = 6


def of_case(
    head: Sequence[str],
    name: str,
    text: str,
) -> dict[str, Any]:
    """Return what a reported case, or a text of no kind known, says of itself at its head."""
    guiding = _first_match(_GUIDING, (*head[:5], squeezed(name)))
    keywords = _first_match(_KEYWORDS, head)
    court = court_of(head)
    found: dict[str, Any] = {"authorities": [court] if court else []}
    is_told = _PARTS.search(text[:2_000]) is not None
    found |= _of_told_case(head, text) if is_told else _penalty(head, text)
    if guiding:
        found["guiding_case"] = int(guiding[1])
        found["tier"] = next(iter(TIERS))
    if keywords:
        found["kind"] = _TRACKS[keywords[1]]
    return found


def _first_match(
    pattern: re.Pattern[str], lines: Sequence[str]
) -> re.Match[str] | None:
    return next(filter(None, map(pattern.match, lines)), None)


def _of_told_case(head: Sequence[str], text: str) -> dict[str, Any]:
    """Return who sued whom by the title of a told case, and the judgments told of."""
    for line in head[:_TITLE_LINES]:
        match = _TITLE.fullmatch(line)
        against = _AGAINST.fullmatch(match["rest"]) if match else None
        if match and against:
            first, second = match["first"], against["second"]
            found: dict[str, Any] = {
                "parties": [*first.split("、"), *second.split("、")],
                "kind": _kind(against["cause"], second),
            }
            return _with_result(found, text)
    if _ARBITRATED.search(text):
        return _with_result({"kind": "civil"}, text)
    return {}


def _with_result(found: dict[str, Any], text: str) -> dict[str, Any]:
    """Return what is known of a told case with its judgments, and what the last of them ordered."""
    ordered = ""
    for sentence in _result(text):
        if _ORDERED.search(sentence):
            ordered = sentence
    clauses = re.split("[；;，]", ordered)
    kind = found["kind"] or ""
    return found | _judgments(text) | of_clauses(clauses, kind, False)


def _result(text: str) -> Iterator[str]:
    """Yield the sentences of the part that tells the result."""
    is_result = False
    for line in map(squeezed, text.split("\n")):
        if _HEADING.fullmatch(line):
            is_result = _RESULT.search(line) is not None
        elif is_result:
            yield from line.split("。")


def _kind(cause: str, second: str) -> str | None:
    if _OF_OFFICES.search(cause) and _AN_OFFICE.search(second):
        return "administrative"
    return "civil" if _OF_PERSONS.search(cause) else None


def _judgments(text: str) -> dict[str, Any]:
    """Return number, court and day of the last judgment told of, and the numbers of those before
    it.
    """
    judgments = list(_judgments_told_of(text))
    if not judgments:
        return {}
    last = judgments[-1]
    days = [iso for _, iso in dates_in(last.day or "") if iso]
    earlier = []
    for judgment in judgments[:-1]:
        if judgment.number != last.number:
            earlier.append(judgment.number)
    return {
        "case_numbers": [last.number],
        "authorities": [last.court],
        "decided_on": next(iter(days), None),
        "earlier_case_numbers": earlier,
    }


class _Judgment(Struct, frozen=True):
    number: str
    court: str
    day: str | None


def _judgments_told_of(text: str) -> Iterator[_Judgment]:
    """Yield the judgments of which a text says which court gave them."""
    for line in text.split("\n"):
        if "作出" not in line:
            continue
        for sentence in re.split("[。；;]", squeezed(line)):
            for start, end, number in casenumber.find(sentence):
                match = _JUDGED.search(sentence[:start])
                if match and _PAPER.match(sentence[end:]):
                    yield _Judgment(str(number), match["court"], match["day"])


def _penalty(head: Sequence[str], text: str) -> dict[str, Any]:
    """Return what a penalty decision without its heading says: an office speaks to the one it
    punishes.
    """
    if "你" not in text[:4_000]:
        return {}
    beginning = squeezed(text[:4_000])
    if not _PUNISHES.search(beginning) or not _ADDRESSES.search(beginning):
        return {}
    parties = parties_of(head) or punished_of(head)
    found: dict[str, Any] = {
        "kind": "administrative",
        "parties": [party.name for party in parties],
    }
    office = office_that_served(beginning)
    if office:
        found["authorities"] = [office]
    return found
