"""Whether something injected came through: in a page, a table, a header, a log."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from tests.hostile.payloads import MARK, PRODUCT
from tests.hostile.product import Answer, Done, as_json

_ADDRESSES: Final = frozenset(
    ("href", "src", "action", "formaction", "data", "poster", "srcdoc", "background")
)
#: Elements no page of this product has; one that stands there was put there.
_STRANGE: Final = (
    "iframe, object, embed, base, frame, applet, img[src=x], meta[http-equiv=refresh]"
)
#: What an engine says, and what stands in files nobody may read over the web.
_SPILT: Final = (
    *(
        "Traceback (most recent call last)",
        "sqlite3.",
        "OperationalError",
        "no such table",
        'near "',
        "jinja2.",
    ),
    *("root:x:0:", "SQLite format 3", "ZQSECRET"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_CHINESE: Final = re.compile("[\u4e00-\u9fff]{4}")
#: Ours, and what the HTTP server says of a request that is none.
_LOG_LINE: Final = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?:INFO|WARNING|ERROR) |kb:|(?:INFO|WARNING|ERROR): +\w"
)


def wrong(answer: Answer) -> str:
    """Return what is wrong with an answer to something hostile, "" for nothing."""
    return next(_wrongs(answer), "")


def _wrongs(answer: Answer) -> Iterator[str]:
    if fault := failed(answer):
        yield fault
    if any(MARK in f"{name}{value}".lower() for name, value in answer.headers.items()):
        yield f"标头里有注入的内容:{dict(answer.headers)}"
    text = answer.text
    yield from (f"回答里有 {words}" for words in _SPILT if words in text)
    if PRODUCT in text:
        yield "模板里的算式被算出来了"
    media = answer.headers.get("content-type", "")
    if media.startswith("text/html"):
        yield from in_page(text)
    elif media.startswith("text/csv"):
        yield from _in_table(text)
    elif media.startswith("application/json"):
        yield from _in_json(answer)


def failed(answer: Answer) -> str:
    """Return what is wrong with the status of an answer: only 503 in words may be an error of the
    server.
    """
    if answer.status == 503 and _CHINESE.search(answer.text):
        return ""
    return f"答 {answer.status}" if answer.status >= 500 else ""


def in_page(text: str) -> Iterator[str]:
    """Yield what a browser would run, load or follow of what was injected into a page."""
    tree = LexborHTMLParser(text)
    for node in tree.css("*"):
        for name, value in node.attributes.items():
            if name.startswith("on"):
                yield f"页面里有属性 {name}={value!r}"
            if name in _ADDRESSES and re.match(
                r"\s*(?:javascript|data|vbscript):", value or "", re.I
            ):
                yield f"页面里有网址 {value!r}"
            if name in _ADDRESSES and re.match(
                r"(?:https?:)?[/\\]{2}kbx7", value or "", re.I
            ):
                yield f"页面指向外面 {value!r}"
    if strange := tree.css_first(_STRANGE):
        yield f"页面里有元素 <{strange.tag}>"
    yield from (
        "脚本里有注入的内容"
        for node in tree.css("script, style")
        if MARK in (node.text() or "")
    )


def _in_table(text: str) -> Iterator[str]:
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    if len({len(row) for row in rows}) > 1:
        yield "表格各行的列数不同"
    yield from (
        f"表格里有公式 {cell[:40]!r}"
        for row in rows
        for cell in row
        if cell.startswith(_FORMULA)
    )


def _in_json(answer: Answer) -> Iterator[str]:
    if (
        answer.body
        and as_json(Done(status=0, out=answer.text, err="", peak_mb=0.0)) is None
    ):
        yield "接口的回答不是 JSON"
    if answer.headers.get("x-content-type-options") != "nosniff":
        yield "接口的回答没有 nosniff"


def in_log(text: str) -> str:
    """Return what is wrong with lines of a log: a value of a request or a document, a line that is
    none of ours.
    """
    if MARK in text.lower():
        return "日志里有请求的内容"
    if "Traceback" in text:
        return "日志里有 Traceback"
    return next(
        (
            f"日志里有古怪的行 {line[:80]!r}"
            for line in text.splitlines()
            if line and not _LOG_LINE.match(line)
        ),
        "",
    )
