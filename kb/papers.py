"""What kind of paper a text is, and whether two texts are the same paper.

One case number stands on many papers: the judgment, the ruling that mends a slip in it, the order
before it. A corrected text takes the place of the former one; another paper never does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from kb.analysis import normalise
from kb.shadow import squeezed

_HEAD_CHARS: Final = 400
#: How papers of courts, procurators and offices end their names.
_ENDINGS: Final = (
    *("判决书", "裁定书", "调解书", "决定书", "通知书", "裁决书", "起诉书", "抗诉书"),
    *("告知书", "意见书", "建议书", "支付令", "公证书", "笔录"),
)
_LONGEST_NAME: Final = 30
_LONGEST_HEADING: Final = 80
_MAY_NAME: Final = re.compile("[书令录]")
_NAME: Final = re.compile("[㐀-鿿〇（）()]+")
#: What the name of a paper is made of, before its ending.
_QUALIFIERS: Final = (
    *(
        "刑事附带民事",
        "刑事",
        "民事",
        "不予行政处罚",
        "行政处罚",
        "行政复议",
        "行政赔偿",
        "行政调解",
        "行政",
    ),
    *(
        "国家赔偿",
        "当场处罚",
        "不予处罚",
        "处罚",
        "复议",
        "不起诉",
        "仲裁",
        "再审",
        "指定管辖",
        "执行",
    ),
)
_PLAIN_NAME: Final = rf"(?:{'|'.join(_QUALIFIERS)}){{1,2}}(?:{'|'.join(_ENDINGS)})"
#: No word of a sentence stands in the name of an office: 不服某法院民事判决书 is no heading.
_OFFICE: Final = (
    r"(?:(?![书服诉与因销持出])[㐀-鿿]){2,40}?(?:法院|检察院|分院|委员会|"
    r"政府|[局厅署会]|大队|支队|总队|海关|中心支行)"
)
_NUMBER: Final = (
    r"[（(]?[㐀-鿿_（）()\d]{0,20}?[〔\[（(【［﹝](?:19|20)\d{2}[〕\]）)】］﹞]"
    r"[㐀-鿿（）()\d-]{0,24}?\d号(?:之[一二三四五六七八九十])?[）)]?"
)
#: A heading on one line (某局行政处罚决定书（某罚〔2019〕1号）); a database's title by
#: stage (某某二审民事判决书).
_HEADING: Final = re.compile(
    rf"(?P<office>{_OFFICE})?(?P<name>{_PLAIN_NAME})(?P<number>{_NUMBER})?"
)
_STAGED: Final = re.compile(
    rf".*(?:一审|二审|再审|申诉|审查|监督|复核)(?:与审判监督)?(?P<name>{_PLAIN_NAME})"
)
#: A database's title is one where the number of the case stands by it.
_NUMBERED: Final = re.compile(r"[（(〔\[](?:19|20)\d{2}[）)〕\]][㐀-鿿\d]{2,20}号")
#: The same in a paper all of which was printed on one line.
_RUN_ON: Final = re.compile(
    rf"(?:^|[书。：:])(?P<office>{_OFFICE})(?P<name>{_PLAIN_NAME})(?P<number>{_NUMBER})"
)
#: A paper without its heading that speaks of itself where it tells what may be done against it.
_ITSELF: Final = re.compile(
    r"[收接]到本(?P<name>(?:行政)?处罚决定书?|行政复议决定书)(?:之日|后)|"
    r"可在接到(?P<judgment>判决书)的第二日起"
)
_SPEAKS: Final = re.compile(r"公诉机关|当事人[:：]|被处罚|一案,?，?经|身份证号")
_FOOT_CHARS: Final = 3_000
_BLANK: Final = re.compile(r"\s+")
#: Two texts are one paper when so much of what either says is said by both: a
#: correction, a redaction or another scan keeps most of it.
_ALIKE: Final = 0.6
#: Less of it is enough where both bear the same day: of a short text a redaction leaves little.
_ALIKE_OF_ONE_DAY: Final = 0.4
_GRAM: Final = 6
#: Two papers on one form may have most of it in common: their other lines are unlike.
_REST_ALIKE: Final = 0.5
#: Of longer rests the runs of characters tell enough.
_LONGEST_REST: Final = 20_000


class Heading(Struct, frozen=True):
    """What stands over a paper: who gives it, what it is called, its number; "" for what is not
    said there.
    """

    office: str
    name: str
    number: str
    before: str = ""
    rest: str = ""


def paper_of(text: str) -> str | None:
    """Return the name a paper gives itself at its head, without blanks and without its
    office; None where none does.

    One without a heading is what it calls itself where it says what may be done against it.
    """
    head = text[:_HEAD_CHARS]
    name = None
    if _MAY_NAME.search(head):
        name = _named_in([squeezed(line) for line in head.split("\n")])
    return name or _called_by_itself(text)


def _named_in(lines: Sequence[str]) -> str | None:
    """Return the name in the first heading among squeezed lines, else in a database's title."""
    for line in lines:
        name = _name_of(line)
        if name:
            return name
    if not any(map(_NUMBERED.search, lines)):
        return None
    for line in lines:
        staged = _STAGED.fullmatch(line)
        if staged:
            return staged["name"]
    return None


def heading_of(line: str) -> Heading | None:
    """Return what a squeezed line says that is a heading, or begins a paper printed on one line;
    None for others.
    """
    whole = _HEADING.fullmatch(line) if len(line) <= _LONGEST_HEADING else None
    match = whole or _RUN_ON.search(line[:_HEAD_CHARS])
    if match is None:
        return None
    before = line[: match.start("office")] if match["office"] else ""
    return Heading(
        office=match["office"] or "",
        name=match["name"],
        number=match["number"] or "",
        before=before,
        rest=line[match.end() :],
    )


def _name_of(line: str) -> str | None:
    heading = heading_of(line)
    if heading is not None:
        return heading.name
    if (
        len(line) > _LONGEST_NAME
        or not line.endswith(_ENDINGS)
        or not _NAME.fullmatch(line)
    ):
        return None
    staged = _STAGED.fullmatch(line)
    return staged["name"] if staged else line


def _called_by_itself(text: str) -> str | None:
    if not _SPEAKS.search(text[:_HEAD_CHARS]):
        return None
    match = _ITSELF.search(squeezed(text[-_FOOT_CHARS:]))
    if match is None:
        return None
    return "刑事判决书" if match["judgment"] else match["name"]


#: Kind of document by the name of a paper, the most telling words first.
_KINDS: Final = (
    (
        "administrative",
        (
            "行政处罚",
            "不予处罚",
            "处罚决定",
            "行政判决",
            "行政裁定",
            "行政赔偿",
            "行政调解",
            "行政复议",
            "复议决定",
            "责令",
        ),
    ),
    ("criminal", ("刑事", "起诉书", "不起诉", "抗诉书", "刑罚")),
    ("civil", ("民事", "仲裁", "裁决书", "支付令")),
)
_TRACKS: Final = {"民": "civil", "刑": "criminal", "行": "administrative"}
_TRACK: Final = re.compile("[民刑行]")


def kind_of(name: str, case_number: str | None = None) -> str | None:
    """Return the kind of document a paper of this name is; by its case number where the name alone
    does not tell.
    """
    for kind, words in _KINDS:
        if any(word in name for word in words):
            return kind
    track = _TRACK.search(case_number or "")
    return _TRACKS[track[0]] if track else None


def is_same(
    text: str,
    decided_on: str | None,
    other: str,
    other_decided_on: str | None,
) -> bool:
    """Tell whether two texts of one case number are the same paper, as far as that is certain.

    It is not where they call themselves otherwise, are of different days, or say different things.
    """
    names = {paper_of(text), paper_of(other)} - {None}
    dates = {decided_on, other_decided_on} - {None}
    is_of_one_day = decided_on is not None and decided_on == other_decided_on
    return (
        len(names) < 2
        and len(dates) < 2
        and _is_alike(text, other, _ALIKE_OF_ONE_DAY if is_of_one_day else _ALIKE)
    )


def _is_alike(
    text: str,
    other: str,
    least: float,
) -> bool:
    mine, others = _lines(text), _lines(other)
    if _likeness("".join(mine), "".join(others)) < least:
        return False
    rest, other_rest = _rest(mine, others), _rest(others, mine)
    if not rest or not other_rest or max(len(rest), len(other_rest)) > _LONGEST_REST:
        return True
    from rapidfuzz.distance import (
        Indel,
    )  # 30 ms that only two papers so much alike have to pay

    return Indel.normalized_similarity(rest, other_rest) >= _REST_ALIKE


def _rest(mine: Mapping[str, None], others: Mapping[str, None]) -> str:
    """Return the lines of one text that are not in the other."""
    return "".join(line for line in mine if line not in others)


def _lines(text: str) -> dict[str, None]:
    """Return the lines of a text in order, without blanks and each once."""
    return dict.fromkeys(_BLANK.sub("", line) for line in normalise(text).split("\n"))


def _likeness(text: str, other: str) -> float:
    """Return how much of what two texts say together they both say, from 0 to 1 (Jaccard over runs
    of characters).
    """
    mine, others = _grams(text), _grams(other)
    both = len(mine | others)
    return len(mine & others) / both if both else 1.0


def _grams(text: str) -> set[str]:
    if not text:
        return set()
    count = max(len(text) - _GRAM + 1, 1)
    return {text[start : start + _GRAM] for start in range(count)}
