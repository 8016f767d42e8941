"""Hostile text, Markdown with its YAML, and HTML."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Final

from tests.hostile.forged.shape import Forged, Trap, made

_TEXT: Final = "测试文本。离职员工带走客户名单,双方签有保密协议。"


def _txt(what: str, data: str | bytes, refused: bool = False) -> Forged:
    return made(f"txt:{what}", "forged.txt", data, refused=refused)


def _many(what: str, piece: str, times: int) -> Forged:
    return made(f"txt:{what}", "forged.txt", lambda trap: (piece * times).encode())


def _front(what: str, front: str, refused: bool = True) -> Forged:
    return made(
        f"md:{what}",
        "forged.md",
        f"---\nslug: forged\ntitle: 测试文本\nkind: civil\n{front}\n---\n## 要旨\n{_TEXT}\n",
        refused=refused,
    )


def _md(what: str, make: Callable[[], str], refused: bool = False) -> Forged:
    return made(
        f"md:{what}", "forged.md", lambda trap: make().encode(), refused=refused
    )


def _html(
    what: str, data: str | bytes | Callable[[Trap], bytes], refused: bool = False
) -> Forged:
    return made(f"html:{what}", "forged.html", data, refused=refused)


_TEXTS: Final = (
    _txt("空文件", b"", refused=True),
    _txt("只有字节顺序标记", b"\xef\xbb\xbf", refused=True),
    _txt("只有 NUL", b"\x00" * 5000, refused=True),
    _txt("夹着 NUL", _TEXT.replace("客户", "客\x00户"), refused=True),
    _txt("终端控制序列", f"{_TEXT}\x1b[2J\x1b]0;x\x07", refused=True),
    _txt("二进制", bytes(range(256)) * 40, refused=True),
    _txt("一个坏字节", f"{_TEXT}\n".encode() + b"\xff\n", refused=True),
    _txt(
        "Big5",
        "測試文本。離職員工帶走客戶名單,雙方簽有保密協議。".encode("big5", "ignore")
        * 5,
    ),
    _txt("UTF-16 无标记", _TEXT.encode("utf-16-le"), refused=True),
    _txt("UTF-16 缺半个单元", _TEXT.encode("utf-16") + b"x", refused=True),
    _txt("UTF-8 编码的半个字符", _TEXT.encode() + b"\xed\xa0\x80", refused=True),
    _txt("超长编码", _TEXT.encode() + b"\xc0\xaf\xf8\x88\x80\x80\x80", refused=True),
    _txt("UTF-7", _TEXT.encode("utf-7")),
    _txt("内容是 PDF", b"%PDF-1.7\n" + _TEXT.encode(), refused=True),
    _txt("内容是压缩包", b"PK\x03\x04" + _TEXT.encode(), refused=True),
    _txt("内容是程序", b"\x7fELF\x02\x01\x01\x00" + _TEXT.encode(), refused=True),
    _txt("内容是 gzip", gzip.compress(b"0" * 30_000_000, mtime=0), refused=True),
    _txt("只有回车", _TEXT.replace("。", "。\r")),
    _many("一行十兆", "测试文本客户名单", 450_000),
    _many("三十万个「第」", "第", 300_000),
    _many("三十万个括号", "（", 300_000),
    _many("三十万个案号开头", "（2099）测01民终", 30_000),
    _many("两百万个数字", "9", 2_000_000),
    _many("一百万个空行", "\n", 1_000_000),
    _many("三万个条号", "第九条第一款第（三）项、", 30_000),
    _many("十万个书名号", "《测试法》", 100_000),
    _many("电话与证件号", "13800000000 310101209901010011 ", 30_000),
)

_LEVELS: Final = "\n".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]"
    if n
    else "a0: &a0 [x,x,x,x,x,x,x,x,x]"
    for n in range(9)
)
_FRONTS: Final = (
    _front("别名炸弹", _LEVELS),
    _front("别名指向自己", "a: &a [*a]"),
    _front("合并键", "b: &b {x: 1}\nc:\n  <<: *b"),
    _front("执行命令的标签", "place: !!python/object/apply:os.system ['touch kbx7']"),
    _front("模块标签", "place: !!python/name:os.system"),
    _front("自定义标签", "place: !x y"),
    _front("二进制标签", "place: !!binary aGk="),
    _front("集合标签", "regions: !!set {上海}", refused=False),
    _front("嵌套一万层", f"a: {'[' * 10_000}{']' * 10_000}"),
    _front("缩进嵌套两千层", "\n".join(f"{' ' * n}a:" for n in range(2000))),
    _front("重复的字段", "title: 另一个"),
    _front("键是列表", "? [a, b]\n: c"),
    _front("键是数", "1: 2"),
    _front("五千位整数", f"guiding_case: {'9' * 5000}"),
    _front("十六进制整数", f"guiding_case: 0x{'f' * 200}"),
    _front("六十进制整数", "guiding_case: 190:20:30:40:50:59:59:59"),
    _front("无穷", "amounts: [{type: 罚款, value: .inf, currency: CNY}]"),
    _front("非数", "amounts: [{type: 罚款, value: .nan, currency: CNY}]"),
    _front("不存在的日期", "decided_on: 2099-02-30"),
    _front("未知字段", "hack: 1"),
    _front("制表符缩进", "regions:\n\t- 上海"),
    _front("第二份文档", "--- \nslug: other", refused=False),
    _front("一兆的头", f"place: {'测' * 350_000}", refused=False),
    _front("字段中有控制字符", 'place: "测\\x1b[2J试"'),
    _front("字段中有半个字符", 'place: "测\\ud800试"'),
    made(
        "md:标识是路径",
        "forged.md",
        f"---\nslug: ../../etc/passwd\ntitle: 测试文本\nkind: civil\n---\n{_TEXT}\n",
        refused=True,
    ),
    made(
        "md:头没有结尾", "forged.md", f"---\nslug: forged\ntitle: 测试文本\n{_TEXT}\n"
    ),
    made("md:头是列表", "forged.md", f"---\n- a\n- b\n---\n{_TEXT}\n", refused=True),
    made("md:头是空的", "forged.md", f"---\n---\n{_TEXT}\n", refused=True),
    _md("十万个标题", lambda: "# 测试文本\n" + "## 要旨\n测试\n" * 100_000),
    _md("一百万个井号", lambda: "#" * 1_000_000 + " 测试文本\n" + _TEXT),
    _md("三十万个未闭合的链接", lambda: "# 测试文本\n" + "[[" * 300_000),
    _md("五万个链接", lambda: "# 测试文本\n" + "[[none|测试]]" * 50_000),
    _md(
        "链接是脚本",
        lambda: (
            f"# 测试文本\n[[javascript:kbx7()|点我]] [[../../etc/passwd|看]] {_TEXT}"
        ),
    ),
)


def _secret_frame(trap: Trap) -> bytes:
    return (
        f"<p>{_TEXT}</p><iframe src='file://{trap.secret}'></iframe><img src='http://127.0.0.1:{trap.port}/x'>"
        f"<link rel=stylesheet href='http://127.0.0.1:{trap.port}/x.css'><object data='file://{trap.secret}'></object>"
    ).encode()


_PAGES: Final = (
    _html("嵌套十万层", lambda trap: ("<div>" * 100_000 + _TEXT).encode()),
    _html("表中有表五千层", lambda trap: ("<table><tr><td>" * 5000 + _TEXT).encode()),
    _html(
        "格式标签错位两千层",
        lambda trap: ("<b><i><a><u>" * 2000 + "</b>" * 2000 + _TEXT).encode(),
    ),
    _html("一兆的属性", lambda trap: f"<p title='{'x' * 1_000_000}'>{_TEXT}".encode()),
    _html(
        "十万个属性",
        lambda trap: (
            "<p " + " ".join(f"a{n}=1" for n in range(100_000)) + f">{_TEXT}"
        ).encode(),
    ),
    _html(
        "十万个实体", lambda trap: ("&nbsp;&#x6d4b;&bogus;" * 100_000 + _TEXT).encode()
    ),
    _html(
        "实体炸弹的文档类型",
        f"<!DOCTYPE html [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><p>&b;{_TEXT}",
    ),
    _html("框架与外部资源", _secret_frame),
    _html("字符集不存在", f"<meta charset=utf-9000><p>{_TEXT}"),
    _html(
        "字符集是 UTF-7",
        f"<meta charset=utf-7><p>+ADw-script+AD4-kbx7()+ADw-/script+AD4-{_TEXT}",
    ),
    _html("字符集是 idna", f"<meta charset=idna><p>{_TEXT}"),
    _html("字符集是 rot13", f"<meta charset=rot13><p>{_TEXT}"),
    _html("字符集是 zlib", f"<meta charset=zlib><p>{_TEXT}"),
    _html("字符集说谎", f"<meta charset=gbk><p>{_TEXT}".encode()),
    _html("一个坏字节", f"<meta charset=utf-8><p>{_TEXT}".encode() + b"\xff</p>"),
    _html("只有脚本", "<script>kbx7()</script><style>p{}</style>", refused=True),
    _html("标题是脚本", f"<title><script>kbx7()</script></title><p>{_TEXT}"),
    _html("标题一万字", f"<title>{'测' * 10_000}</title><p>{_TEXT}"),
    _html("没有闭合的注释", f"<p>{_TEXT}<!-- "),
    _html("夹着 NUL", f"<p>{_TEXT}\x00客\x00户</p>"),
    _html("实体写出的 NUL 与半个字符", f"<p>{_TEXT}&#0;&#xD800;&#x1b;&#x110000;</p>"),
    _html(
        "SVG 与 MathML 换命名空间",
        f"<svg><style><img src=x onerror=kbx7()></style></svg><math><mtext><p>{_TEXT}",
    ),
    _html(
        "换页刷新与基地址",
        f"<base href='http://x.example/'><meta http-equiv=refresh content='0;url=javascript:kbx7()'><p>{_TEXT}",
    ),
    _html("模板嵌套", "<template>" * 3000 + _TEXT),
    made(
        "html:其实是 XML 且有外部实体",
        "forged.html",
        lambda trap: (
            f"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY e SYSTEM 'file://{trap.secret}'>]><html><body><p>&e;{_TEXT}</p></body></html>".encode()
        ),
    ),
)

FORGED: Final[tuple[Forged, ...]] = (*_TEXTS, *_FRONTS, *_PAGES)
