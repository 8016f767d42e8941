"""Random documents that ingest accepts: every field, values no list knows, odd characters, nothing
and too much.
"""

from __future__ import annotations

import json
from typing import Any, Final

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kb import vocabulary
from kb.fields import FIELDS

#: As many examples as usual are the same each time, more are other ones each time.
_USUAL: Final = 100
#: An element of this name on a page is markup that a stored value brought with it.
PROBE: Final = "x-probe"
ODD: Final = (
    *(
        "=1+1",
        "+86",
        "-2+3",
        "@SUM(A1)",
        "＝1+1",
        "\t=1+1",
        "../../etc/passwd",
        "C:\\kb\\x",
        "a/b",
        "..",
        ".",
        "?q=1#x",
    ),
    *(
        f"<{PROBE}>",
        f'"><{PROBE} y="',
        f"'><{PROBE}>",
        f"</title></script><{PROBE}>",
        "<!--",
        "]]>",
        "&amp;",
        "&#0;",
    ),
    *(
        "{{ 7*7 }}",
        "{% raw %}",
        "%s %(x)s %2F",
        "javascript:alert(1)",
        "a|b|c",
        "a;b,c",
        "'",
        '"',
        "\\",
        "--",
        "NULL",
    ),
    *(
        "\u202e倒写",
        "\u2067右\u2069",
        "e\u0301\u0301",
        "👩\u200d👩\u200d👧",
        "\ufdfa",
        "\U00020000",
        "ǅ",
        "İ",
        "ß",
        "ﬁ",
    ),
    *(
        "a\tb",
        "a\nb",
        "甲\r\n乙",
        "a\x85b",
        "a\u2028b",
        "\x9b31m",
        "\ufeff",
        "\u200b",
        "\u00ad",
        "0",
        "1",
        "未标注",
        "(无)",
    ),
    *(
        "客户名单",
        "商业秘密",
        "反不正当竞争法（2019）第九条",
        "第九条",
        "（2099）测01民终1号",
        "指导性案例1号",
        "kind:civil",
    ),
    *(
        "案" * 500,
        "a" * 499,
        "长" * 301,
        "𠀀" * 300,
        "案 " * 200,
        "(" * 60,
        '"' * 61,
        "测试文本 OR",
        "-测试",
        "标题:测试",
    ),
)
_ANY: Final = st.characters(
    exclude_categories=("Cs",),
    exclude_characters=[chr(c) for c in (*range(9), 11, *range(14, 32), 127)],
)
_words: Final = st.one_of(
    st.sampled_from(ODD), st.text(_ANY, min_size=1, max_size=20)
).filter(str.strip)
_date: Final = st.one_of(
    st.dates().map(str),
    st.sampled_from(["2099", "2099-02", "0001", "9999-12-31", "2000-02-29", "0001-01"]),
)
_article: Final = st.sampled_from(
    [
        "第九条",
        "第二百一十九条之一",
        "第九条第一款",
        "第九条 <b>",
        "第九条|x",
        "第一千条",
        "第〇条",
    ]
)
_law: Final = st.one_of(
    st.sampled_from(
        ["反不正当竞争法", "行政处罚法", "刑法", "a/b", "..", "甲%2F乙法", "甲/cases"]
    ),
    _words,
)
_version: Final = st.one_of(
    st.sampled_from(["2019", "2025", "2099", "版本未注明"]), _words
)
_amount: Final = st.fixed_dictionaries(
    {
        "type": st.sampled_from(vocabulary.AMOUNT_TYPES),
        "value": st.one_of(
            st.sampled_from(
                [0, 1, 0.004, 1e-300, 5e-324, 999.5, 9_999.99, 1e8, 1e15, 10**15]
            ),
            st.floats(0, 1e15),
        ),
        "currency": st.sampled_from(["CNY", "RMB", "人民币", "USD", "XXX", "ZZZ"]),
    },
    optional={"text": st.one_of(_words, st.just(""), st.none())},
)
_source: Final = st.fixed_dictionaries(
    {"name": _words, "grade": st.sampled_from("ABC")},
    optional={
        "url": st.one_of(
            st.none(), _words.map(lambda words: f"https://example.org/{words}")
        )
    },
)
_provision: Final = st.fixed_dictionaries(
    {
        "article": _article,
        "provision": st.one_of(st.sampled_from(["从旧兼从轻", "定义"]), _words),
    },
    optional={
        "note": st.one_of(st.none(), _words),
        "version_rule": st.one_of(st.none(), st.sampled_from(vocabulary.TRACKS)),
    },
)
_statute: Final = st.one_of(
    st.sampled_from(
        ["反不正当竞争法（2019）第九条", "反法第10条", "a/b（2025）第九条"]
    ),
    _words,
)
_slug: Final = _words.map(
    lambda words: "".join(c for c in words if c >= " ")[:190]
).filter(str.strip)
_extra: Final = st.dictionaries(
    st.sampled_from(["note", "given_sources", "<b>", "extra", "headers", "编号"]),
    st.recursive(
        st.one_of(st.none(), st.booleans(), _words, st.integers(-(10**30), 10**30)),
        st.lists,
        max_leaves=4,
    ),
    max_size=3,
)


def _several(values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(values, max_size=3), values)


def _from(known: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(known), _words)


#: What every line and file may say besides its title and text; lists known here, with values they do not know.
_CLOSED: Final = {
    field.attribute: tuple(field.values)
    for field in FIELDS
    if field.several and field.values
}
_OPEN: Final[dict[str, st.SearchStrategy[Any]]] = {
    "kind": st.sampled_from(list(vocabulary.KINDS)),
    "visibility": st.just("public"),
    "completeness": st.sampled_from(list(vocabulary.COMPLETENESS)),
    "confidence": st.sampled_from(list(vocabulary.CONFIDENCE)),
    "jurisdiction": st.sampled_from(["CN", "DE", "EU", "SA"]),
    **dict.fromkeys(
        ("name_en", "date_note", "place", "verified_in", "collection"), _words
    ),
    **dict.fromkeys(
        (
            "decided_on",
            "published_on",
            "checked_on",
            "passed_on",
            "effective_from",
            "effective_to",
        ),
        _date,
    ),
    **dict.fromkeys(
        ("aliases", "authorities", "case_numbers", "doc_numbers", "citations"),
        _several(_words),
    ),
    **dict.fromkeys(("earlier_case_numbers", "parties", "uncertain"), _several(_words)),
    "related": st.lists(_words, max_size=50),
    "statutes": _several(_statute),
    "guiding_case": st.integers(0, 999_999_999),
    "amounts": st.lists(_amount, max_size=4),
    "sources": st.lists(_source, max_size=3),
    "law": _law,
    "version": _version,
    "provisions": st.lists(_provision, max_size=3),
}
_text: Final = st.one_of(
    _words,
    st.sampled_from(
        [
            *(
                "测",
                ".",
                "\u200b",
                "\n\n测试文本\n\n",
                "测试文本。客户名单。" * 300,
                "x" * 3000,
                "测试文本\r\n第二行\r\n",
            ),
            "".join(
                f"第{n}条 测试文本。依据反不正当竞争法（2019）第九条。\n"
                for n in "一二三四五六七"
            ),
            "测试法院\n民事判决书\n（2099）测01民终1号\n原告：甲公司。\n本院认为，客户名单。\n判决如下：\n驳回。\n审判员 测\n",
            "## 要旨\n测试文本\n## 第九条 定义\n- 甲\n- 乙\n## 第九条 又一\n丙\n## sources\n丁\n## 第十条\n戊\n",
        ]
    ),
)
_version_of_a_law: Final = {
    "version": _version,
    "provisions": _OPEN["provisions"],
    "text": _text,
}
_title: Final = _words.map(lambda words: words[:500])


def _line(draw: st.DrawFn) -> dict[str, Any]:
    closed = {name: _several(_from(known)) for name, known in _CLOSED.items()}
    tier = st.one_of(st.sampled_from(list(vocabulary.TIERS)), _words)
    optional = _OPEN | closed | {"tier": tier, "slug": _slug}
    return draw(
        st.fixed_dictionaries(
            {"id": _slug, "title": _title, "text": _text}, optional=optional
        )
    ) | draw(_extra)


def _file(draw: st.DrawFn) -> dict[str, Any]:
    closed = {
        name: st.lists(st.sampled_from(known), max_size=3)
        for name, known in _CLOSED.items()
    }
    optional = _OPEN | closed | {"tier": st.sampled_from(list(vocabulary.TIERS))}
    return draw(
        st.fixed_dictionaries({"title": _title, "text": _text}, optional=optional)
    )


def _statute_line(draw: st.DrawFn) -> dict[str, Any]:
    return _line(draw) | draw(
        st.fixed_dictionaries(
            {"law": _law, "kind": st.just("statute"), **_version_of_a_law}
        )
    )


def _statute_file(draw: st.DrawFn) -> dict[str, Any]:
    return _file(draw) | draw(
        st.fixed_dictionaries(
            {"law": _law, "kind": st.just("statute"), **_version_of_a_law}
        )
    )


def _sample(
    strategy: st.SearchStrategy[dict[str, Any]], count: int
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    @settings(
        max_examples=count,
        derandomize=settings().max_examples == _USUAL,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(one: dict[str, Any]) -> None:
        found.append(one)

    collect()
    return found


def lines(count: int) -> str:
    """Return a JSONL file of `count` random documents, each with an id of its own."""
    made = _sample(st.composite(_line)(), count) + _sample(
        st.composite(_statute_line)(), count // 3
    )
    return "".join(
        json.dumps(_named(one, number), ensure_ascii=False) + "\n"
        for number, one in enumerate(made)
    )


def _named(line: dict[str, Any], number: int) -> dict[str, Any]:
    key = "slug" if "slug" in line else "id"
    return line | {key: f"{line[key]}{number}"}


def files(count: int) -> list[str]:
    """Return `count` random Markdown files with front matter."""
    made = _sample(st.composite(_file)(), count) + _sample(
        st.composite(_statute_file)(), count
    )
    return [
        f"---\n{yaml.safe_dump({'slug': f'file-{n}', **_front(one)}, allow_unicode=True)}---\n{one['text']}\n"
        for n, one in enumerate(made)
    ]


def _front(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "text"}
