"""What the twins are asked: words and numbers of hidden documents, everything a query may be made
of, every address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Final
from urllib.parse import quote

from kb.vocabulary import JURISDICTIONS, KINDS
from search.request import FACET_FIELDS, MODES, SORTS
from tests.twin.twins import IDENTITY, PHONE, WORDS, slugs

#: Queries of all kinds; those made of WORDS and the like below.
_PLAIN: Final = (
    *(
        "客户名单",
        "商业秘密",
        "离职员工",
        "保密措施",
        "源代码",
        "配方",
        "竞业限制",
        "测试文本",
        "公司",
        "法院",
        "甲",
        "的",
    ),
    *(
        "离职员工带走客户名单",
        "没签保密协议 源代码",
        "新雇主拿到配方怎么罚",
        "图纸 供应商",
        "服务器上的客户名单",
        "电子侵入",
    ),
    *(
        '"客户名单"',
        '"移动硬盘复制"',
        '"机密暗语" 客户',
        "客户名单 -保密",
        "客户名单 -紫罗兰",
        "-曼陀罗",
        "-客户名单",
        "配方 OR 紫罗兰",
    ),
    *(
        "标题:客户名单",
        "标题:巴西",
        "法院:甲",
        "法院:内部专用机关",
        "地区:西藏",
        "轨道:民事案例",
        "参照级别:内部级别",
        "行业:航空航天",
    ),
    *(
        "-标题:内部",
        "-地区:西藏 客户",
        "要件:秘密性",
        "法域:BR",
        "法域:巴西",
        "年份:2098",
        "合集:民事案例集",
    ),
    *(
        "测试文本open第3案：客户名单",
        "测试文本shut第3案：客户名单",
        "测试文本巴西案",
        "客户名册",
        "测试文本七十七",
        "shut-name",
        "open-3",
    ),
    *(
        "（2099）测77民终7777号",
        "(2099)测03民终9003号",
        "2099测77民终7777",
        "（2099）测99民终1号",
        "测市监处罚〔2099〕77号",
    ),
    *(
        "[2099] EWCA Civ 77",
        "指导性案例1号",
        "甲测试有限公司",
        "隐秘精工",
        "乙测试有限公司案",
    ),
    *(
        "反不正当竞争法（2019）第九条",
        "反不正当竞争法（2025）第十条",
        "反不正当竞争法第九条",
        "反不正当竞争法第十条",
        "反法第10条",
    ),
    *(
        "反不正当竞争法（2017）第九条",
        "反不正当竞争法（2019）第十条",
        "反不正当竞争法（2017）第三十三条",
        "反不正当竞争法（2025）",
    ),
    *(
        "第九条",
        "第十条",
        "第三十三条 曼陀罗",
        "第四十条",
        "依据反不正当竞争法（2019）第九条，经营者不得侵犯商业秘密",
    ),
    *(
        "customer list",
        "former sales agent",
        "zebrafish dossier",
        "trade secret",
        "customer zebrafish",
        "List",
    ),
    *(
        "客户名但",
        "保密错施",
        "离职圆工",
        "紫罗栏",
        "kehumingdan",
        "ziluolan",
        "客户名册客户",
        "机蜜暗语",
        "内部专用机官",
        "khmd",
    ),
    *(
        "电话 13912345678",
        f"联系人 {PHONE} 客户",
        "139 1234 5678",
        "1391234567",
        f"证件 {IDENTITY}",
        "110101199003071231",
    ),
    *("", "?", "()", '"', "（", "a", "0", "77", "😀", "客户名单 " * 40, "\u202e客户"),
)
_ACCOUNT: Final = (
    "我公司销售人员去年离职，走的时候把客户名单和报价拷到移动硬盘里，到了新公司以后挨个联系老客户，我们签过保密协议，"
    "也有访问权限的规定。{}想问这样算不算侵犯商业秘密，能不能要求赔偿，要准备什么证据，向哪里举报。"
)


def queries() -> list[str]:
    """Return the texts of all queries, in a fixed order."""
    made = [*_PLAIN, *(_ACCOUNT.format(word) for word in ("", *WORDS)), *WORDS[5:]]
    for word in WORDS[:5]:
        made += [
            word,
            f'"{word}"',
            f"客户名单 {word}",
            f"客户名单 -{word}",
            f"标题:{word}",
            f"{word} OR 配方",
        ]
        made += [word[:2], word[:3], word[-3:], f"{word}的案子", f"公司 {word} 离职"]
    return list(dict.fromkeys(made))


def _filters() -> Iterator[str]:
    values = {
        "kind": list(KINDS),
        "tier": ["指导性案例", "自拟级别", "内部级别", "未标注"],
        "year": ["2003", "2098"],
        "region": ["上海", "西藏"],
        "authority": ["测试甲法院", "内部专用机关"],
        "industry": ["贸易与物流", "航空航天", "能源与矿业"],
        "conduct": ["电子侵入", "未标注"],
        "element": ["秘密性", "保密措施"],
        "outcome": ["判赔", "罚款"],
        "statute": ["反不正当竞争法（2019）第九条"],
        "jurisdiction": ["DE", "BR"],
    }
    for name in FACET_FIELDS:
        for value in values.get(name, ["未标注"]):
            yield f"f.{name}={quote(value)}"
            yield f"x.{name}={quote(value)}"


def asked() -> list[str]:
    """Return the parameters of every question: words with modes, orders, groups, filters and places
    taking turns.
    """
    made = []
    more = [
        *_filters(),
        "group=tier",
        "offset=20&limit=5",
        "limit=100",
        "offset=5&limit=3",
        "expand=off",
        "role=facts",
    ]
    for number, text in enumerate(queries()):
        mode, sort = MODES[number % 3], SORTS[(number // 3) % 4]
        made.append(f"q={quote(text)}")
        made.append(
            f"q={quote(text)}&mode={mode}&sort={sort}&{more[number % len(more)]}"
        )
    made += [f"q={quote('客户名单')}&mode={m}&{f}" for m, f in product(MODES, more)]
    return made + [f"sort={s}&{f}" for s, f in product(SORTS[1:], more)]


def _questions(path: str, step: int, first: int = 0) -> Callable[[], list[str]]:
    return lambda: [f"{path}?{one}" for one in asked()[first::step]]


def _named(path: str) -> Callable[[], list[str]]:
    return lambda: [f"{path}/{slug}" for slug in slugs()]


def _read_from_a_list() -> list[str]:
    made = [
        f"/documents/open-{n}?q={quote(q)}&at={n + 1}"
        for n, q in enumerate(queries()[:20])
    ]
    return (
        _named("/documents")()
        + made
        + [f"/documents/open-{n}?f.kind=civil&group=tier&at={n + 1}" for n in range(9)]
    )


def _laws() -> list[str]:
    law, versions = "/laws/反不正当竞争法", ("2017", "2019", "2025")
    pairs = [f"{law}?left={a}&right={b}" for a, b in product(versions, versions)]
    return [
        law,
        "/laws/无此法",
        *(f"{law}?version={v}" for v in (*versions, "2001")),
        *pairs,
    ]


def _cited() -> list[str]:
    versions = ("2017", "2019", "2025", "版本未注明", "")
    articles = ("第九条", "第十条", "第三十三条", "第四十条", "")
    return [
        f"/laws/反不正当竞争法/cases?version={v}&article={a}"
        for v, a in product(versions, articles)
    ]


def _typed() -> list[str]:
    words = [
        *queries(),
        "反不正当",
        "2025",
        "（2099",
        "测试文本s",
        "shut",
        "内部",
        "客",
        "紫",
        "zi",
        "1391",
        "反法第十",
        "巴西",
    ]
    return [
        f"/api/suggest?q={quote(word[:n])}&limit={limit}"
        for word in words
        for n, limit in ((2, 20), (60, 3))
    ]


#: Route -> its addresses. A route that is not here fails a test.
CASES: Final[dict[str, Callable[[], list[str]]]] = {
    "/": _questions("/", 4),
    "/browse": _questions("/browse", 12, 1),
    "/browse/{kind}": lambda: [
        f"/browse/{kind}?{more}"
        for kind in KINDS
        for more in ("", "group=tier", "sort=amount")
    ],
    "/export.csv": _questions("/export.csv", 12, 3),
    "/documents/{document_id}": _read_from_a_list,
    "/elements": lambda: ["/elements"],
    "/about": lambda: ["/about"],
    "/laws": lambda: ["/laws"],
    "/laws/{law}": _laws,
    "/laws/{law}/cases": _cited,
    "/jurisdictions": lambda: ["/jurisdictions"],
    "/jurisdictions/compare": lambda: [
        f"/jurisdictions/compare?c={a}&c={b}"
        for a, b in product(("DE", "JP", "BR"), repeat=2)
    ],
    "/jurisdictions/{code}": lambda: [
        f"/jurisdictions/{code}" for code in JURISDICTIONS
    ],
    "/api/search": _questions("/api/search", 1),
    "/api/suggest": _typed,
    "/api/documents/{document_id}": _named("/api/documents"),
    "/api/docs": lambda: ["/api/docs"],
    "/api/openapi.json": lambda: ["/api/openapi.json"],
}
