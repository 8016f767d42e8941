"""Who a paper is about, by the role each is named with at its head."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

#: Lines of the head that may name a party.
_LINES: Final = 80
_FIRST: Final = (
    "原告",
    "上诉人",
    "再审申请人",
    "申请再审人",
    "申请人",
    "自诉人",
    "申请执行人",
    "申诉人",
    "起诉人",
    "复议申请人",
    "申请复议人",
    "异议人",
    "案外人",
    "赔偿请求人",
)
_SECOND: Final = (
    *(
        "被告",
        "被上诉人",
        "被申请人",
        "再审被申请人",
        "被申诉人",
        "被执行人",
        "被告人",
        "被告单位",
        "被不起诉人",
    ),
    *(
        "被不起诉单位",
        "原审被告人",
        "原审被告单位",
        "罪犯",
        "附带民事诉讼被告人",
        "赔偿义务机关",
    ),
)
#: Labels of the one who is punished, in papers of offices.
_PUNISHED: Final = tuple(
    f"{who}{what}"
    for who in (
        "被处罚人",
        "被处罚单位",
        "受处罚人",
        "被处罚当事人",
        "当事人",
        "违法行为人",
    )
    for what in ("", "姓名", "名称", "姓名或者单位名称")
)
#: Labels that stand before a punished one's name, and before others' in other papers.
_NAMED_ONLY: Final = ("单位名称", "企业名称", "行政相对人名称")
_OTHER: Final = (
    "第三人",
    "原审原告",
    "原审被告",
    "一审原告",
    "一审被告",
    "一审第三人",
    "原审第三人",
    "附带民事诉讼原告人",
)
ROLES: Final = sorted((*_FIRST, *_SECOND, *_OTHER, *_PUNISHED), key=len, reverse=True)
_REMARK: Final = r"(?:[（(][^）)]{1,40}[）)])"
_LINE: Final = re.compile(
    rf"(?P<role>{'|'.join((*ROLES, *_NAMED_ONLY))})(?:[一二三四五六七八九十\d]{{0,2}})"
    rf"(?P<remark>{_REMARK}{{0,3}})(?P<colon>[:：])?(?P<rest>.+)"
)
_NAME: Final = re.compile(
    r"(?:[^，,。；;：:（(]|[（(][^）)]{1,20}[）)](?=[^，,。；;]{1,30}(?:公司|厂|店|"
    r"中心|院|所|社|部|会)))+"
)
#: Without a colon or a remark only these roles stand before a name: 被告人某甲;
#: 原告诉称 is a sentence.
_BARE: Final = frozenset(
    ("被告人", "被告单位", "被不起诉人", "自诉人", "原审被告人", "原审被告单位", "罪犯")
)
_BARE_NAME: Final = re.compile(
    r"[^，,。；;：:、对的在于因犯系与和称已未不亦均拒]{2,30}[，,（(。]"
)
#: A name that is told more of: 被告人某甲，男，汉族.
_INTRODUCED: Final = re.compile(
    r"[^，,。；;：:、]{2,30}[，,（(]"
    r"(?:男|女|[又别化]名|曾用名|绰号|外号|自报|生于|(?:19|20)\d{2}年|[一-鿿]{1,3}族"
    r"|住|身份证|公民身份|户籍|无业|农民|系|统一社会)"
)
#: A name that is all a line says: 原告某甲。
_WHOLE_NAME: Final = re.compile(
    r"[^，,。；;：:对的在因犯系与称已未拒不没无到]{2,30}。?"
)
_NO_NAME: Final = re.compile(
    r"^(?:的|与|和|及|在|于|因|对|向|为|未|不|已|应|是|诉|辩|提|请|认|称|均|犯|委托|"
    r"代理|同意|放弃|承认|补充|当庭|经|主张|陈述|要求)"
)
_NO_NAME_AFTER_COLON: Final = re.compile(r"^(?:诉称|辩称|提交|请求|认为|委托|代理)")
_ORGANISATION: Final = (
    r"[^，,。；;：:、|\s]{2,40}?(?:公司|厂|店|部|社|院|校|所|局|委员会|中心|馆|场|队|"
    r"站|分行|支行|药房|超市|酒店|处"
    r"|办公室|集团)"
)
#: 当事人某公司（以下简称…）; 当事人 alone begins many a sentence.
_ORGANISATION_NAMED: Final = re.compile(rf"{_ORGANISATION}(?=[（(，,。]|$)")
_ADDRESSED: Final = re.compile(rf"(?P<name>{_ORGANISATION})(?P<colon>[:：])?")
_REGISTERED: Final = re.compile(
    r"统一社会信用代码|营业执照|注册号|组织机构代码|社会信用代码"
)
_CASE_OF: Final = re.compile(
    rf"(?P<name>{_ORGANISATION})(?:[（(][^）)]{{1,30}}[）)])?[^，,。]{{0,60}}一案[，,]?(?:业?经|我局|本局)"
)
#: Lines of the head of a penalty decision that may address the one punished.
_ADDRESS_LINES: Final = 14
#: Where the head ends.
_BODY: Final = re.compile(
    r"(?:本院|法院|本局|经)?(?:经)?(?:审理|依法)?(?:查明|认为)|.{0,40}一案|本院于|本局于"
)
_LONGEST: Final = 60


class Party(Struct, frozen=True):
    """One party: as which it comes before the court or office, and its name."""

    role: str
    name: str

    @property
    def is_first(self) -> bool:
        """Tell whether it is one of those who brought the case."""
        return self.role in _FIRST

    @property
    def is_second(self) -> bool:
        """Tell whether it is one of those against whom the case is."""
        return self.role in _SECOND


def parties_of(lines: Sequence[str]) -> list[Party]:
    """Return the parties named by the squeezed lines of a paper's head, each once, in order."""
    found: dict[str, Party] = {}
    for line in lines[:_LINES]:
        match = _LINE.match(line)
        if match is None:
            if found and _BODY.match(line):
                break
            continue
        if _is_name(match):
            name = _name(match["rest"], bool(match["colon"]))
            if name:
                found.setdefault(name, Party(match["role"], name))
    return list(found.values())


def punished_of(lines: Sequence[str]) -> list[Party]:
    """Return whom a penalty decision addresses: 某公司：, a name over its registration, or whose
    case it tells.
    """
    for line, following in pairwise([*lines, ""][: _ADDRESS_LINES + 1]):
        match = _ADDRESSED.fullmatch(line)
        if match and (match["colon"] or _REGISTERED.match(following)):
            return [Party("当事人", match["name"])]
        told = _CASE_OF.match(line)
        if told:
            return [Party("当事人", told["name"])]
    return []


def _is_name(match: re.Match[str]) -> bool:
    """Tell whether a name stands behind a role, and not the rest of a sentence."""
    role, rest = match["role"], match["rest"]
    if match["colon"]:
        return True
    if role in _PUNISHED:
        return _ORGANISATION_NAMED.match(rest) is not None
    if role in _BARE or match["remark"]:
        return bool(_INTRODUCED.match(rest) or _BARE_NAME.match(rest))
    return role not in _NAMED_ONLY and _WHOLE_NAME.fullmatch(rest) is not None


def _name(rest: str, is_behind_colon: bool) -> str | None:
    match = _NAME.match(rest)
    if match is None or not 2 <= len(match[0]) <= _LONGEST:
        return None
    no_name = _NO_NAME_AFTER_COLON if is_behind_colon else _NO_NAME
    return None if no_name.match(match[0]) else match[0]
