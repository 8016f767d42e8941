"""What a paper orders: sums by kind, and outcomes, read where it orders them and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from ingest.money import sums_in
from kb.records import Section
from kb.shadow import squeezed
from kb.vocabulary import FIRST_AWARD

_CLAUSE: Final = re.compile(r"[^。；;\n]+")
#: Where a paper without a part for it orders: 我局决定作出如下处罚：…, 判决如下：… on one line.
_ORDERS: Final = re.compile(
    r"(?:(?:我|本)(?:局|会|厅|机关|委|院|队)(?:现)?决定|(?:作出|给予|"
    r"处以)如下(?:行政)?处罚(?:决定)?|(?:判决|裁定|决定|裁决)如下)[:：]?"
)
#: 责令停止经营，并作出如下处罚： orders before it lists.
_ORDERED_BEFORE: Final = re.compile(
    r"(责令[^，。；]{2,40})[，,][^，。；]{0,20}(?:如下|以下)[^。]{0,8}[:：]$"
)
#: What follows it, which orders nothing.
_THEN: Final = re.compile(
    r"(?:当事人|你(?:公司|单位|局|厂|店)?)[^。]{0,12}(?:应当?自?|如)|如不服|如对|逾期|限于|上述罚款"
)
_ORDER_CHARS: Final = 1_500
#: What a sum is of, by the last of these words before it.
_OF: Final = re.compile(
    r"(?P<fine>罚款)|(?P<penalty>罚金)|(?P<gains>没收[^，,。]{0,20}?(?:违法所得|非法所得|所得))"
    r"|(?P<award>赔偿|支付[^，,。]{0,30}?(?:合理开支|合理费用|维权))|"
    r"(?P<settled>(?:一次性)?(?:支付|给付|补偿))"
    r"|(?P<other>受理费|诉讼费|保全费|鉴定费|加处|滞纳金|利息|每日|诉请|请求|抵押|担保|"
    r"注册资本|保证金|罚没|(?:以上|上述|[两二三四]项)[^，。]{0,6}合计)"
)
_TYPES: Final = {
    "fine": "罚款",
    "penalty": "刑事罚金",
    "gains": "没收违法所得",
    "award": "判赔",
}
#: A clause that takes back, or tells of, what another paper ordered.
_TAKEN_BACK: Final = re.compile(r"撤销|不予|驳回|变更为")
_OUTCOMES: Final = (
    ("责令停止违法行为", re.compile(r"责令[^。；]{0,30}?停止")),
    (
        "罚款",
        re.compile(
            r"(?<!加处)罚款[^。；的]{0,20}?[元圆]|(?<!加)处以?[^。；]{0,20}?罚款|"
            r"[元圆](?:的|整)?罚款"
        ),
    ),
    ("没收违法所得", re.compile(r"没收[^。；]{0,20}?(?:违法|非法)所得")),
    (
        "判令停止侵害",
        re.compile(r"(?:立即|应当|须)?停止(?:侵害|侵犯|使用|披露|实施|生产|销售)"),
    ),
    ("判赔", re.compile(r"赔偿[^。；]{0,60}?[元圆]")),
    ("惩罚性赔偿", re.compile(r"惩罚性赔偿")),
    (
        "定罪判刑",
        re.compile(
            r"犯[^。；，]{0,40}?罪[^。；]{0,30}?(?:判处|免予|免除)|"
            r"以[^。；，]{1,40}?罪判处|判处(?:有期徒刑|拘役|管制|无期徒刑|死刑|罚金)"
        ),
    ),
    ("缓刑", re.compile(r"缓刑[^。；]{0,6}?[年月]")),
    ("刑事罚金", re.compile(r"罚金[^。；]{0,20}?[元圆]")),
    (
        "不起诉、不批捕或无罪",
        re.compile(
            r"决定[^。；]{0,40}?不起诉|(?:宣告|判决)[^。；]{0,40}?无罪|被告人[^。；，]{1,20}无罪"
        ),
    ),
    (
        "发回、撤销或改判",
        re.compile(
            r"发回[^。；]{0,40}?重(?:新)?审|(?:^.{0,6}|(?:判决|"
            r"裁定)[:：]?(?:1[.、．])?)(?:撤销|变更)[^。；]{0,60}?(?:号|一审|原审|二审|"
            r"上述)[^。；]{0,20}?(?:判决|裁定)"
        ),
    ),
    (
        "程序性裁决",
        re.compile(
            r"驳回[^。；]{0,120}?(?:再审申请|管辖权?[^。；]{0,6}异议|复议申请)|"
            r"本案由本院提审|指令[^。；]{0,60}?(?:再审|审理)|指定[^。；]{0,60}?(?:管辖|审判|审理)"
            r"|准许[^。；]{0,80}?撤(?:回|诉)|按(?:自动)?撤(?:回|诉)|"
            r"驳回上诉，维持[^。；]{0,60}?裁定|移送[^。；]{0,40}?(?:法院|审理)|"
            r"中止(?:诉讼|审理)|终结(?:本次)?(?:执行|诉讼)"
        ),
    ),
    ("不予处罚或撤销处罚", re.compile(r"不予(?:行政)?处罚|撤销[^。；]{0,40}?处罚决定")),
    (
        "驳回诉请或不构成侵权",
        re.compile(
            r"驳回(?:原告|上诉人|[^。；上]{0,40}?的?)(?:全部)?(?:诉讼请求|诉请)"
        ),
    ),
)
#: By what each track orders: a court of first instance that also speaks of a fine does
#: not impose one.
_OF_TRACK: Final = {
    "administrative": {
        *(
            "责令停止违法行为",
            "罚款",
            "没收违法所得",
            "不予处罚或撤销处罚",
            "驳回诉请或不构成侵权",
        ),
        *("发回、撤销或改判", "程序性裁决"),
    },
    "civil": {
        "判令停止侵害",
        "判赔",
        "惩罚性赔偿",
        "驳回诉请或不构成侵权",
        "发回、撤销或改判",
        "程序性裁决",
    },
    "criminal": {
        *(
            "定罪判刑",
            "缓刑",
            "刑事罚金",
            "不起诉、不批捕或无罪",
            "发回、撤销或改判",
            "程序性裁决",
        ),
    },
}


_TYPES_OF_TRACK: Final = {
    "administrative": ("罚款", "没收违法所得"),
    "civil": ("判赔",),
    "criminal": ("刑事罚金",),
}


def of_clauses(
    clauses: Sequence[str],
    kind: str,
    is_first_instance: bool,
) -> dict[str, Any]:
    """Return the `amounts` and `outcomes` squeezed clauses of one track order; an award one may
    appeal is 一审判赔.
    """
    found: dict[str, Any] = {}
    amounts = list(_amounts(clauses, kind, is_first_instance))
    if amounts:
        found["amounts"] = amounts
    outcomes = _outcomes(clauses, _OF_TRACK.get(kind, set()))
    if outcomes:
        found["outcomes"] = outcomes
    return found


def _outcomes(clauses: Sequence[str], known: set[str]) -> list[str]:
    """Return the outcomes of one track that clauses order."""
    outcomes = []
    for name, cue in _OUTCOMES:
        if name in known and any(map(cue.search, clauses)):
            outcomes.append(name)
    if "判赔" in outcomes and "驳回诉请或不构成侵权" in outcomes:
        outcomes.remove("驳回诉请或不构成侵权")  # 驳回其他诉讼请求
    return outcomes


def clauses_of(text: str, sections: Sequence[Section]) -> list[str]:
    """Return the squeezed clauses by which a paper orders, in its part for that or in the middle of
    its text.
    """
    return list(_clauses(text, sections)) or list(_inline(text))


def _clauses(text: str, sections: Sequence[Section]) -> Iterator[str]:
    for before, section in zip((None, *sections), sections, strict=False):
        if section.role == "disposition":
            told = (
                _ORDERED_BEFORE.search(squeezed(text[before.start : before.end]))
                if before
                else None
            )
            yield from [told[1]] if told else ()
            for line in text[section.start : section.end].split("\n"):
                yield from (match[0] for match in _CLAUSE.finditer(squeezed(line)))


def _inline(text: str) -> Iterator[str]:
    """Yield the clauses of what a paper orders in the middle of its text, up to what may be done
    against it.
    """
    whole = squeezed(text.replace("\n", "。"))
    starts = list(_ORDERS.finditer(whole))
    if starts:
        last = starts[-1]
        start = last.end() if "如下" in last[0] else last.start()
        ordered_text = whole[start : last.end() + _ORDER_CHARS]
        end = _THEN.search(ordered_text, last.end() - start)
        yield from (
            match[0]
            for match in _CLAUSE.finditer(
                ordered_text[: end.start()] if end else ordered_text
            )
        )


def _amounts(
    clauses: Sequence[str],
    kind: str,
    is_first_instance: bool,
) -> Iterator[dict[str, Any]]:
    """Yield each sum clauses order, once."""
    seen: set[tuple[str, float]] = set()
    for clause in clauses:
        if _TAKEN_BACK.search(clause):
            continue
        for start, end, value in sums_in(clause):
            type_ = _type_of(clause[:start], kind)
            if type_ == "判赔" and is_first_instance:
                type_ = FIRST_AWARD
            if type_ is None or (type_, value) in seen:
                continue
            seen.add((type_, value))
            yield {
                "type": type_,
                "value": value,
                "currency": "CNY",
                "text": clause[start:end],
            }


def _type_of(before: str, kind: str) -> str | None:
    """Return what a sum is of, by what stands before it in its clause."""
    last = ""
    for match in _OF.finditer(before):
        if match.lastgroup != "settled":
            last = match.lastgroup or ""
    type_ = _TYPES.get(last)
    return type_ if type_ in _TYPES_OF_TRACK.get(kind, ()) else None
