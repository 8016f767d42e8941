"""Two libraries: one of visible documents, one with hidden ones before, between and after them.

The hidden ones aim at every number a visible answer rests on: they share words, names, case
numbers, laws, articles, jurisdictions, facet values and links with the visible ones, and hold
words, telephone and identity numbers of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from ingest.pipeline import ingest_file
from kb.embedding import Embedder
from kb.store import Store
from kb.vocabulary import Visibility

Line = dict[str, Any]

_INDUSTRIES: Final = (
    "贸易与物流",
    "化工与新材料",
    "软件、人工智能与互联网",
    "生物医药与医疗器械",
)
_KINDS: Final = ("civil", "administrative", "criminal")
_TIERS: Final = ("指导性案例", "全国典型及最高法院案例", "其他案例", "自拟级别")
_OUTCOMES: Final = {"civil": "判赔", "administrative": "罚款", "criminal": "刑事罚金"}
_FACTS: Final = (
    "离职员工带走客户名单，联系原客户，公司与其签过保密协议。",
    "工程师用移动硬盘复制源代码，公司设有访问权限。",
    "前雇员把配方交给新雇主，竞业限制协议约定两年。",
    "供应商把图纸给了竞争者，没有约定保密义务。",
    "The customer list was copied by a former sales agent. 客户名单存在服务器上。",
)
#: What only hidden documents hold.
PHONE: Final = "13912345678"
IDENTITY: Final = "11010119900307123X"
WORDS: Final = (
    "紫罗兰",
    "曼陀罗",
    "zebrafish",
    "机密暗语",
    PHONE,
    IDENTITY,
    "隐秘精工有限公司",
)


def _line(slug: str, title: str, text: str, **fields: Any) -> Line:
    return {"id": slug, "title": title, "text": text, **fields}


def _case(number: int, prefix: str, extra: str, **fields: Any) -> Line:
    kind = _KINDS[number % 3]
    text = (
        f"测试文本第{number}件。{_FACTS[number % 5]}{extra}\n"
        f"依据反不正当竞争法（20{17 + 2 * (number % 2)}）第九条。客户名单{'具有' if number % 2 else '没有'}商业价值。"
    )
    given = {
        "kind": kind,
        "decided_on": f"{2000 + number % 25}-0{1 + number % 9}-11",
        "tier": _TIERS[number % 4],
        "industries": [_INDUSTRIES[number % 4]],
        "authorities": [f"测试{'甲乙丙'[number % 3]}法院"],
        "regions": ["上海" if number % 2 else "江苏"],
        "case_numbers": [f"（2099）测{number:02}民终{9000 + number}号"],
        "parties": [f"{'甲乙丙丁'[number % 4]}测试有限公司"],
        "elements": ["客户信息认定" if number % 2 else "保密措施"],
        "conducts": ["电子侵入"] if number % 4 else [],
        "outcomes": [_OUTCOMES[kind]],
        "amounts": [
            {
                "type": _OUTCOMES[kind],
                "value": 10_000 * (number + 1),
                "currency": "CNY",
                "text": "",
            }
        ],
        "statutes": [
            "反不正当竞争法（2019）第九条"
            if number % 2
            else "反不正当竞争法（版本未注明）第十条"
        ],
        "sources": [
            {"name": "某机关公报", "grade": "A", "url": "https://gazette.example/1"}
        ],
    }
    return _line(
        f"{prefix}-{number}",
        f"测试文本{prefix}第{number}案：客户名单",
        text,
        **(given | fields),
    )


def _law(version: str, articles: dict[str, str], slug: str, **fields: Any) -> Line:
    text, headings = "", []
    for article, provision in articles.items():
        headings.append([len(text), f"{article} {provision}"])
        text += f"{article} {provision}\n测试文本。{provision}，{version}年写法，经营者不得侵犯商业秘密。\n"
    provisions = [
        {"article": article, "provision": provision}
        for article, provision in articles.items()
    ]
    given = {
        "kind": "statute",
        "law": "反不正当竞争法",
        "version": version,
        "tier": "法律",
        "provisions": provisions,
    }
    return _line(
        slug,
        f"测试文本反不正当竞争法（{version}）",
        text,
        headings=headings,
        **(given | fields),
    )


def _linked(slug: str, title: str, targets: Sequence[str], **fields: Any) -> Line:
    text, links = "测试文本。参见：", []
    for target in targets:
        links.append([len(text), len(text) + 2, target])
        text += "该件、"
    return _line(
        slug, title, text + "先固定电子数据，再看保密措施。", links=links, **fields
    )


def visible() -> list[Line]:
    """Return the documents everybody may see."""
    return [
        *(_case(number, "open", "") for number in range(24)),
        _case(30, "open", "另有甲测试有限公司一案。", case_numbers=["（2099）测77民终7777号"], related=["shut-3", "open-2"]),
        _law("2017", {"第九条": "侵犯商业秘密行为", "第二十一条": "行政处罚"}, "law-2017", effective_from="2018-01-01"),
        _law("2019", {"第九条": "侵犯商业秘密行为", "第三十二条": "举证责任"}, "law-2019", effective_from="2019-04-23"),
        _line("guide-de", "测试文本德国指引", "测试文本。德国要求保密措施。", kind="foreign_guide", jurisdiction="DE"),
        _line("guide-jp", "测试文本日本指引", "测试文本。日本要求秘密管理性。", kind="foreign_guide", jurisdiction="JP"),
        _line("case-de", "测试文本德国案", "测试文本。客户名单。List.", kind="foreign_case", jurisdiction="DE", industries=["能源与矿业"]),
        _linked("element-open", "测试文本要件", ["open-1", "shut-1", "law-2019", "shut-law-2025"], elements=["保密措施"]),
        _linked("guide-handling", "测试文本办案指引", ["shut-2", "open-3"], related=["shut-4"]),
    ]  # fmt: skip


def hidden() -> list[Line]:
    """Return the documents only some readers may see: every second is internal, the others are
    restricted.
    """
    own = [
        f"{word}{word}{_FACTS[number % 5]}" * (1 + number % 4)
        for number, word in enumerate(WORDS * 5)
    ]
    lines = [
        *(_case(number, "shut", extra, amounts=_amounts(number)) for number, extra in enumerate(own)),
        _law("2025", {"第十条": "侵犯商业秘密行为", "第二十六条": "行政处罚", "第四十条": "紫罗兰"}, "shut-law-2025",
             effective_from="2025-10-15"),
        _law("2019", {"第九条": "曼陀罗", "第十条": "侵犯商业秘密行为"}, "shut-law-2019", effective_from="2019-05-01"),
        _law("2017", {"第九条": "举证责任", "第三十三条": "曼陀罗"}, "shut-law-2017"),
        _case(60, "shut", "甲测试有限公司", case_numbers=["（2099）测77民终7777号"], decided_on="2098-01-01",
              regions=["西藏"], industries=["航空航天"], authorities=["内部专用机关"], tier="内部级别"),
        _line("shut-br", "测试文本巴西案", "测试文本。机密暗语。", kind="foreign_case", jurisdiction="BR", industries=["能源与矿业"]),
        _line("shut-guide-de", "测试文本德国内部指引", "测试文本。紫罗兰。", kind="foreign_guide", jurisdiction="DE"),
        _line("shut-guide-br", "测试文本巴西指引", "测试文本。紫罗兰。", kind="foreign_guide", jurisdiction="BR"),
        _linked("element-shut", "测试文本内部要件", ["open-1", "open-2"], elements=["秘密性"], related=["open-3"]),
        _line("shut-name", "客户", "测试文本。客户。", aliases=["客户名单", "客户名册"], parties=["甲测试有限公司", "隐秘精工有限公司"]),
        _line("shut-77", "测试文本七十七", f"测试文本。{PHONE}", doc_numbers=["测市监处罚〔2099〕77号"], citations=["[2099] EWCA Civ 77"]),
    ]  # fmt: skip
    return [
        line | {"visibility": "internal" if n % 2 else "restricted"}
        for n, line in enumerate(lines)
    ]


def _amounts(number: int) -> list[dict[str, Any]]:
    return [
        {"type": "判赔", "value": 9_000_000 + number, "currency": "CNY", "text": ""}
    ]


def mixed() -> list[Line]:
    """Return all of them, hidden ones first, last and between."""
    rest = hidden()
    pairs = zip_longest(visible(), rest[8:])
    return [*rest[:8], *(line for pair in pairs for line in pair if line is not None)]


def seen_by(clearance: Visibility, lines: Sequence[Line]) -> list[Line]:
    """Return the lines a reader may see."""
    return [
        line
        for line in lines
        if Visibility[line.get("visibility", "public").upper()] <= clearance
    ]


def fill(home: Path, incoming: Path, lines: Sequence[Line], embedder: Embedder) -> None:
    """Add documents in their order, a few a file, so that the store has a history."""
    incoming.mkdir(parents=True, exist_ok=True)
    with Store(home, Visibility.RESTRICTED) as store:
        for number in range(0, len(lines), 10):
            path = incoming / f"{number}.jsonl"
            some = lines[number : number + 10]
            path.write_text(
                "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in some),
                encoding="utf-8",
            )
            for receipt in ingest_file(path, store, embedder):
                assert receipt.error is None, receipt.error


def slugs() -> Iterator[str]:
    """Yield what every document is called, and one nobody is."""
    yield from (str(line["id"]) for line in mixed())
    yield "no-such-document"
