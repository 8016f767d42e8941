"""What a case is about, in the words of its own paper: 侵害技术秘密纠纷, 侵犯商业秘密罪."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ingest.charges import charge_of, crime_of_title

_TITLE_CHARS: Final = 200

_CRIME: Final = re.compile(
    r"(?:侵犯商业秘密|为境外[一-鿿、]{2,24}商业秘密"
    r"|(?:侵犯|非法|职务|破坏|盗窃|诈骗|挪用|合同诈骗|假冒)(?:(?![的为已其])[一-鿿、]){0,20}?)罪"
)
_DISPUTE: Final = re.compile(
    r"(?P<run>[一-鿿、（）():：]{2,200}(?:纠纷|争议))(?:管辖权?异议)?(?:[（(][^）)]{1,60}[）)])?(?:申请再审|上诉|再审|管辖)?一?案"
)
#: As databases call a paper: 某甲与某乙侵害技术秘密纠纷二审民事判决书.
_CALLED: Final = re.compile(
    r"(?P<run>[一-鿿、（）()]{2,120}(?:纠纷|争议))(?:管辖权?异议)?(?:一审|二审|再审|申请再审|申诉|审判监督|再审复查与审判监督)?民事(?:判决|裁定|调解|决定)书"
)
#: A name of a party ends so; what a case is about begins after it.
_NAME_ENDS: Final = re.compile(
    r".*(?:公司|分行|支行|银行|集团|中心|研究院|研究所|学校|大学|医院|委员会|政府|清算组|[厂店局社所])(?:[）)])?"
)
_JOINS: Final = re.compile(r"^(?:及其?|与|和|、|等|因|的|之间|涉及)+")
_CAUSE: Final = re.compile(r"[一-鿿、]{2,28}(?:纠纷|争议)")


def cause_of(text: str, parties: Sequence[str]) -> str | None:
    """Return the cause of action or the charge a squeezed text is about, None where it does not
    say.
    """
    charge = charge_of(text)
    for match in (*_DISPUTE.finditer(text), *_CALLED.finditer(text[:_TITLE_CHARS])):
        if charge is not None and charge.start < match.start():
            break
        cause = _without_names(match["run"], parties)
        if _CAUSE.fullmatch(cause):
            return cause
    if charge is not None:
        return charge.charge
    crime = _CRIME.search(text)
    if crime is not None:
        return crime[0]
    return crime_of_title(text[:_TITLE_CHARS])


def _without_names(run: str, parties: Sequence[str]) -> str:
    """Return what follows the last name in a run of words that ends in a cause."""
    cut = 0
    for name in parties:
        if name in run:
            cut = max(cut, run.rfind(name) + len(name))
    rest = run[cut:]
    ending = _NAME_ENDS.match(rest)
    if ending is not None:
        after = _JOINS.sub("", rest[ending.end() :])
        if _CAUSE.fullmatch(after):
            return after
    return _JOINS.sub("", rest)
