"""What is wrong with a page or a table, in words; nothing where it is as it should be."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from typing import Final

_VOID: Final = {"meta", "link", "input", "br", "img", "hr", "option"}
_TAGS: Final = {
    *(
        "html",
        "head",
        "title",
        "body",
        "script",
        "header",
        "footer",
        "main",
        "nav",
        "section",
        "article",
        "aside",
    ),
    *(
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "a",
        "span",
        "div",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "caption",
    ),
    *(
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "form",
        "fieldset",
        "legend",
        "label",
        "select",
        "button",
        "details",
    ),
    *("summary", "dialog", "mark", "ins", "del", "code", "kbd", "strong", "b", *_VOID),
}
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")
_SCHEME: Final = re.compile(r"[\s\x00-\x1f]*([a-zA-Z][a-zA-Z0-9+.-]*):")
#: Spreadsheets take a cell that begins so for a formula; some of them the wide forms too.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.links: list[str] = []
        self._open: list[str] = []
        self._ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        values = {name: value or "" for name, value in attrs}
        if tag not in _TAGS or (tag == "script" and "src" not in names):
            self.faults.append(f"<{tag}> is none of the templates' elements")
        if len(names) != len(set(names)) or any(
            name.startswith("on") or not name.isascii() for name in names
        ):
            self.faults.append(f"attributes of <{tag}>: {names}")
        if "id" in values:
            self._take_id(values["id"])
        for name in ("href", "src", "action"):
            if name in values:
                self._take_link(values[name])
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.faults.append(f"<{tag}/>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "option":
            return
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment {data[:40]}")

    def _take_id(self, name: str) -> None:
        if not name or name in self._ids or re.search(r"\s", name):
            self.faults.append(f"id «{name[:40]}» is empty, double or holds blanks")
        self._ids.add(name)

    def _take_link(self, address: str) -> None:
        scheme = _SCHEME.match(address)
        if scheme and scheme[1] not in ("http", "https", "mailto"):
            self.faults.append(f"link to {address[:40]}")
        self.links.append(address)

    def end(self) -> None:
        if self._open:
            self.faults.append(f"left open: {self._open}")


def read_page(html: str) -> tuple[list[str], list[str]]:
    """Return what is wrong with a page, and the addresses it links to."""
    page = _Page()
    page.feed(html)
    page.close()
    page.end()
    if found := _CONTROL.search(html):
        page.faults.append(f"control character U+{ord(found[0]):04X}")
    return page.faults, page.links


def table_faults(text: str) -> list[str]:
    """Return what is wrong with an exported table."""
    rows = list(
        csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    )
    faults = [
        f"row {n} has {len(row)} cells"
        for n, row in enumerate(rows)
        if len(row) != len(rows[0])
    ]
    return faults + [
        f"formula {cell[:20]!r}"
        for row in rows
        for cell in row
        if cell.startswith(FORMULA)
    ]
