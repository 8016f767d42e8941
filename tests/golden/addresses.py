"""Which addresses are frozen: questions of every kind through the API, and every page of the
library.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, urlencode

from kb.store import Store
from kb.vocabulary import JURISDICTIONS, KINDS
from search.request import FACET_FIELDS
from tests.gold.goldset import load

#: Every third topic of the gold set is asked as it stands.
_EACH_TOPIC: Final = 3
_HITS: Final = 5
_WORDS: Final = ("客户名单", "保密协议", "源代码", "竞业限制", "惩罚性赔偿", "反向工程")
_TYPED: Final = (
    *(
        '"客户名单"',
        "客户名单 -离职",
        "客户名单 OR 配方",
        "title:配方",
        "（2021）最高法知民终1687号",
        "反不正当竞争法第九条",
    ),
    *(
        "反不正当竞争法(2019)第九条",
        "2019年反不正当竞争法第9条",
        "刑法第二百一十九条",
        "指导案例219号",
        "法释〔2020〕7号",
    ),
    *(
        "trade secret",
        "DTSA",
        "reasonable measures",
        "non-compete",
        "customer list misappropriation",
        "18 U.S.C. 1836",
    ),
    *(
        "今天天气怎么样",
        "没有签保密协议",
        "罚了多少",
        "上海 罚款",
        "去德国设厂怎么保护",
        "",
        " ",
        "的",
        "商业秘密",
    ),
    *(
        "ＤＴＳＡ",
        "客戶名單",
        "kehumingdan",
        "客户名但",
        "香兰素",
        "卡波 惩罚性赔偿",
        "秘密点",
        "举证责任 转移",
    ),
)
_MODES: Final = ("hybrid", "keyword", "vector")
_SORTS: Final = ("newest", "oldest", "amount")
_FILTERS: Final = (
    *(("kind", kind) for kind in KINDS),
    *(
        ("region", "上海"),
        ("year", "2021"),
        ("tier", "指导性案例"),
        ("outcome", "判赔"),
        ("outcome", "罚款"),
    ),
    *(
        ("secret_type", "客户信息"),
        ("conduct", "违反保密义务披露或使用"),
        ("element", "保密措施"),
        ("jurisdiction", "US"),
    ),
    *(("completeness", "brief"), ("industry", "化工与新材料"), ("region", "未标注")),
)
_BEGUN: Final = (
    "客户",
    "保密",
    "khmd",
    "反不正当竞争法第",
    "（2021）",
    "指导",
    "trade",
    "香",
    "zz",
)
_PAGES: Final = (
    *(
        "/",
        "/browse",
        "/browse?group=tier",
        "/browse?sort=amount",
        "/browse?offset=40",
        "/elements",
        "/about",
    ),
    *(
        "/laws",
        "/jurisdictions",
        "/jurisdictions/compare",
        "/jurisdictions/compare?with=US&with=DE",
        "/api/openapi.json",
    ),
    *(
        "/documents/nothing",
        "/browse/nothing",
        "/laws/nothing",
        "/nothing",
        "/?q=客户名单",
        "/?q=今天天气怎么样",
    ),
    *(
        "/?q=客户名单&group=tier",
        "/?q=反不正当竞争法第九条",
        "/?q=trade+secret",
        "/?q=客户名单&f.region=上海",
        "/?q=&f.kind=civil",
    ),
)


def questions() -> Iterator[str]:
    """Yield addresses of the API."""
    topics = list(load().topics.values())
    for text in (*topics[::_EACH_TOPIC], *_TYPED):
        yield _search(q=text)
    for word in _WORDS:
        yield from (_search(q=word, mode=mode) for mode in _MODES[1:])
        yield from (_search(q=word, sort=sort) for sort in _SORTS)
        yield _search(q=word, expand="off")
    for field, value in _FILTERS:
        yield _search(q="保密措施", **{f"f.{field}": value})
        yield _search(q="", **{f"x.{field}": value})
    for field in FACET_FIELDS:
        yield _search(q="商业秘密", **{f"x.{field}": "未标注"})
    yield from (
        _search(q="客户名单", role=role, offset="5")
        for role in ("facts", "reasoning", "disposition")
    )
    yield from (f"/api/suggest?{urlencode({'q': text})}" for text in _BEGUN)


def _search(**given: str) -> str:
    return f"/api/search?{urlencode(given | {'limit': str(_HITS)})}"


def pages(store: Store) -> Iterator[str]:
    """Yield the address of every page: lists, laws, countries, and every document."""
    yield from map(_travelling, _PAGES)
    yield from (f"/browse/{kind}" for kind in KINDS)
    yield from (f"/jurisdictions/{code}" for code in JURISDICTIONS)
    laws = sorted({head.metadata.law for head in store.laws() if head.metadata.law})
    yield from (_travelling(f"/laws/{law}") for law in laws)
    yield from (
        _travelling(f"/documents/{head.slug}")
        for head in store.listing(order="title", limit=1_000)[0]
    )


def _travelling(address: str) -> str:
    """Return an address as a browser sends it."""
    return quote(address, safe="/?&=+.")
