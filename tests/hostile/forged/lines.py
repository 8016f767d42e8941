"""Hostile lines of JSON: nesting, numbers, keys, halves of characters, values in fields that hold
others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.hostile.forged.shape import Forged, made

_BASE: Final = {
    "id": "forged",
    "title": "测试文本",
    "text": "测试文本。离职员工带走客户名单。",
    "kind": "civil",
}
_SCRIPT: Final = "<script>kbx7()</script>"
_FIELDS: Final = (
    *(
        "title",
        "slug",
        "collection",
        "name_en",
        "date_note",
        "place",
        "verified_in",
        "law",
        "version",
        "tier",
    ),
    *(
        "aliases",
        "authorities",
        "case_numbers",
        "doc_numbers",
        "citations",
        "parties",
        "statutes",
        "uncertain",
    ),
    *(
        "related",
        "regions",
        "industries",
        "secret_types",
        "conducts",
        "relationships",
        "elements",
        "outcomes",
    ),
)


def _line(**fields: Any) -> str:
    return json.dumps(_BASE | fields) + "\n"


def _field(what: str, refused: bool = False, **fields: Any) -> Forged:
    return made(f"jsonl:{what}", "forged.jsonl", _line(**fields), refused=refused)


def _raw(what: str, line: str | bytes, refused: bool = False) -> Forged:
    return made(f"jsonl:{what}", "forged.jsonl", line, refused=refused)


def _big(what: str, make: Callable[[], str | bytes], refused: bool = False) -> Forged:
    def bytes_of(trap: object) -> bytes:
        data = make()
        return data.encode() if isinstance(data, str) else data

    return made(f"jsonl:{what}", "forged.jsonl", bytes_of, refused=refused)


def _shapes() -> tuple[Forged, ...]:
    body = json.dumps(_BASE)[1:-1]
    return (
        _big(
            "数组嵌套十万层",
            lambda: f'{{{body},"x":{"[" * 100_000}{"]" * 100_000}}}',
            refused=True,
        ),
        _big(
            "对象嵌套五千层",
            lambda: "{" + body + ',"x":' + '{"a":' * 5000 + "1" + "}" * 5000 + "}",
            refused=True,
        ),
        _big("十万个字段", lambda: _line(**{f"k{n}": n for n in range(100_000)})),
        _big(
            "十万个当事人", lambda: _line(parties=[f"测试{n}" for n in range(100_000)])
        ),
        _big(
            "一万个关联文书",
            lambda: _line(related=[f"none-{n}" for n in range(10_000)]),
        ),
        _big("一行三十兆", lambda: _line(text="测试文本。" * 2_000_000)),
        _big("一百万个空行", lambda: "\n" * 1_000_000 + _line()),
        _big("一万行坏行", lambda: "{坏\n" * 10_000 + _line()),
        _raw("数组", f"[{json.dumps(_BASE)}]\n", refused=True),
        _raw("数", "17\n", refused=True),
        _raw("字符串", '"测试文本"\n', refused=True),
        _raw("null", "null\n", refused=True),
        _raw("缺半行", json.dumps(_BASE)[:30], refused=True),
        _raw("两个对象一行", json.dumps(_BASE) * 2, refused=True),
        _raw(
            "只有回车换行",
            json.dumps(_BASE) + "\r" + json.dumps(_BASE) + "\r",
            refused=True,
        ),
        _raw("字节顺序标记", b"\xef\xbb\xbf" + _line().encode()),
        _raw("UTF-16", _line().encode("utf-16"), refused=True),
        _raw("UTF-32", _line().encode("utf-32"), refused=True),
        _raw("GBK", json.dumps(_BASE, ensure_ascii=False).encode("gbk"), refused=True),
        _raw("坏字节", _line().encode()[:-3] + b"\xff\xfe}\n", refused=True),
        _raw("重复的键", f'{{{body},"title":"{_SCRIPT}","title":"测试文本"}}\n'),
        _raw("原样的控制字符", _line().replace("forged", "for\x01ged"), refused=True),
        _raw("原样的 NUL", _line().replace("forged", "for\x00ged"), refused=True),
        _raw("注释与尾逗号", f"{{{body},}} // 注\n", refused=True),
        _raw("单引号", "{'id':'a','title':'b','text':'c'}\n", refused=True),
    )


def _values() -> tuple[Forged, ...]:
    body = json.dumps(_BASE)[1:-1]
    return (
        _raw("五千位整数", f'{{{body},"n":{"9" * 5000}}}\n', refused=True),
        _raw("1e999", f'{{{body},"n":1e999}}\n', refused=True),
        _raw("NaN", f'{{{body},"n":NaN}}\n', refused=True),
        _raw("-Infinity", f'{{{body},"n":-Infinity}}\n', refused=True),
        _raw("很长的小数", f'{{{body},"n":0.{"1" * 100_000}}}\n'),
        _raw(
            "标题有半个字符",
            '{"id":"a","title":"\\ud800","text":"测试文本"}\n',
            refused=True,
        ),
        _raw(
            "正文有半个字符",
            '{"id":"a","title":"t","text":"测试\\udfff文本"}\n',
            refused=True,
        ),
        _raw("键有半个字符", f'{{{body},"\\ud83d":1}}\n', refused=True),
        _raw("键有 NUL", f'{{{body},"a\\u0000b":1}}\n', refused=True),
        _raw(
            "正文有退格", '{"id":"a","title":"t","text":"测试\\b文本"}\n', refused=True
        ),
        _raw(
            "标题有 ESC",
            '{"id":"a","title":"\\u001b]0;x\\u0007","text":"测试文本"}\n',
            refused=True,
        ),
        *(
            _field(f"键 {key}", **{key: {"a": 1}})
            for key in ("__proto__", "constructor", "__class__", "__init__", "")
        ),
        *(
            _field(f"标识 {slug!r}", id=slug)
            for slug in (
                "../../etc/passwd",
                "..",
                ".",
                "a/b",
                "C:\\x",
                "1",
                "0",
                "%2e%2e",
            )
        ),
        *(
            _field(f"标识 {slug!r}", id=slug)
            for slug in (
                "a b",
                "\u202eabc",
                "\ufeff",
                "'; DROP TABLE document; --",
                "标识" * 90,
            )
        ),
        *(
            _field(f"标识 {slug!r}", refused=True, id=slug)
            for slug in ("", "a\nb", "x" * 201, None, True, [1], {})
        ),
        *(
            _field(f"日期 {day}", refused=True, decided_on=day)
            for day in (
                "2099-02-30",
                "0000-00-00",
                "99999-01-01",
                "2099/1/1",
                "二〇九九年",
                ["2099"],
            )
        ),
        *(
            _field(f"日期 {day}", decided_on=day)
            for day in ("0001-01-01", "9999-12-31")
        ),
        _field("可见范围不认识", refused=True, visibility="secret"),
        _field("轨道是列表", refused=True, kind=["civil"]),
        _field("标题五百零一字", refused=True, title="测" * 501),
        _field("标题只有空格", refused=True, title=" \u3000 "),
        _field("正文只有空白", refused=True, text=" \u3000\n\t "),
        _field("正文只有零宽字符", text="\u200b\u200d\ufeff"),
        _field("正文一个字", text="测"),
        _field("十万个组合符号", text="测" + "\u0301" * 100_000),
        _field(
            "从右至左", title="\u202e\u2066测试文本\u2069", text="\u202e测试\u2069文本"
        ),
        _field("行分隔符", text="测试\u2028文本\u2029末\u0085尾"),
        _field("指导性案例编号过大", refused=True, guiding_case=10**30),
        *(
            _field(
                f"金额 {value!r}",
                refused=True,
                amounts=[{"type": "罚款", "value": value, "currency": "CNY"}],
            )
            for value in (-1, 1e16, "1", True, None)
        ),
        _field(
            "金额类型不认识",
            refused=True,
            amounts=[{"type": "赏金", "value": 1, "currency": "CNY"}],
        ),
        _field(
            "币种不认识",
            refused=True,
            amounts=[{"type": "罚款", "value": 1, "currency": "<b>"}],
        ),
        _field(
            "币种没有",
            amounts=[
                {"type": "罚款", "value": 5e-324, "currency": "XXX", "text": _SCRIPT}
            ],
        ),
        _field(
            "来源是脚本",
            refused=True,
            sources=[{"name": "某处", "grade": "A", "url": "javascript:kbx7()"}],
        ),
        _field(
            "来源带引号",
            sources=[
                {
                    "name": _SCRIPT,
                    "grade": "A",
                    "url": 'http://x.example/"onmouseover="kbx7()',
                }
            ],
        ),
        _field("参照级别不认识", tier="典型案例"),
        _field("法域不认识", refused=True, jurisdiction="ZZ"),
        *(
            _field(f"标题位置 {place}", headings=[[place, "要旨"]])
            for place in (-1, 10**18, 3, "0", None)
        ),
        *(
            _field(f"链接位置 {places}", links=[[*places, "forged"]])
            for places in ((5, 2), (-3, 4), (0, 10**18), (0, 1))
        ),
        _field(
            "条文写法古怪",
            kind="statute",
            law="测试法",
            version="2099",
            provisions=[{"article": "第九条<b>", "provision": "测试", "note": _SCRIPT}],
        ),
    )


def _everywhere() -> tuple[Forged, ...]:
    payloads: Mapping[str, str] = {
        "脚本": _SCRIPT,
        "公式": '=HYPERLINK("http://x.example","测试")',
        "模板": "{{7*191}}{% for x in range(9) %}",
        "路径": "../../../../etc/passwd",
        "命令": "$(touch /tmp/kbx7);`id`|id",
        "检索语法": 'text:[a TO z] AND "(((',
    }
    return tuple(
        _field(
            f"每个字段都是{name}",
            **(
                {field: f"{payload}{n}" for n, field in enumerate(_FIELDS)}
                | {"text": f"测试文本 {payload}"}
            ),
        )
        for name, payload in payloads.items()
    )


FORGED: Final[tuple[Forged, ...]] = (*_shapes(), *_values(), *_everywhere())
