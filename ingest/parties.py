"""Who a paper is about, by the role each is named with at its head."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
        "被处罚人",
    ),
)
_OTHER: Final = (
    "第三人",
    "当事人",
    "原审原告",
    "原审被告",
    "一审原告",
    "一审被告",
    "一审第三人",
    "原审第三人",
    "附带民事诉讼原告人",
)
_ROLES: Final = sorted((*_FIRST, *_SECOND, *_OTHER), key=len, reverse=True)
_REMARK: Final = r"(?:[（(][^）)]{1,40}[）)])"
_LINE: Final = re.compile(
    rf"(?P<role>{'|'.join(_ROLES)})(?P<number>[一二三四五六七八九十\d]{{0,2}})(?P<remark>{_REMARK}{{0,3}})(?P<colon>[:：])?(?P<rest>.+)"
)
_NAME: Final = re.compile(
    r"(?:[^，,。；;：:（(]|[（(][^）)]{1,20}[）)](?=[^，,。；;]{1,30}(?:公司|厂|店|中心|院|所|社|部|会)))+"
)
#: Without a colon or a remark only these roles stand before a name: 被告人某甲; 原告诉称 is a sentence.
_BARE: Final = frozenset(("被告人", "被告单位", "被不起诉人", "自诉人"))
_BARE_NAME: Final = re.compile(r"[^，,。；;：:对的在于因犯系与和称已未]{2,30}[，,（(]")
_NO_NAME: Final = re.compile(r"^(?:的|与|和|及|在|于|因|对|向|为|未|不|已|应|是|诉|辩|提|请|认|称|均|犯|委托|代理)")
#: Where the head ends.
_BODY: Final = re.compile(r"(?:本院|法院|本局|经)?(?:经)?(?:审理|依法)?(?:查明|认为)|.{0,40}一案|本院于|本局于")
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
        may_be_bare = match["role"] in _BARE or match["remark"]
        if not match["colon"] and not (may_be_bare and _BARE_NAME.match(match["rest"])):
            continue
        name = _name(match["rest"])
        if name:
            found.setdefault(name, Party(match["role"], name))
    return list(found.values())


def _name(rest: str) -> str | None:
    match = _NAME.match(rest)
    if match is None or _NO_NAME.match(match[0]) or not 2 <= len(match[0]) <= _LONGEST:
        return None
    return match[0]
