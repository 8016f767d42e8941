"""A web page into its text."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from ingest.answers import Parsed
from ingest.charsets import decode_page
from ingest.flowing import flowing
from ingest.weblayout import KINDS, Frame, Shown, lay_out, no_frame
from kb.errors import UnreadableFile

#: A tag, a comment, or the start of what is no markup; possessive, so that no text
#: makes it look twice.
_TAG: Final = re.compile(
    r"""<(?:(!--)|(/?)([a-z][^\s/>]*+)((?:[^"'>]++|"[^"]*+"|'[^']*+')*+))""",
    re.IGNORECASE | re.ASCII,
)
_NO_MARKUP: Final = frozenset(
    "script style textarea title xmp iframe noembed noframes".split()
)
#: Elements without an end, and those whose end may be left out and is found by the next
#: of their kind.
_NEVER_DEEP: Final = frozenset(
    "area base basefont bgsound br col embed frame hr img input link meta param source track wbr "
    "p li dt dd tr td th thead tbody tfoot colgroup caption rp rt html head body".split()
)
#: `/>` ends what is no HTML, such as a shape of a drawing; these it leaves open.
_STAY_OPEN: Final = KINDS.keys() | set(
    "span a b big code em font i nobr s small strike strong tt u".split()
)
_OPTION: Final = re.compile("<option", re.IGNORECASE)
#: The tree is built in a time that grows with the square of these; a page someone wrote
#: has a hundredth of it.
_MOST_OPEN: Final = 20_000
_MOST_ATTRIBUTES: Final = 10_000
_ATTRIBUTE: Final = re.compile(
    r"""[^\s"'>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>]++))?"""
)
_FEW: Final = 20
_ODD: Final = "不像正常的网页。请用浏览器打开,把正文复制到文本文件后再添加"


def parse_html(data: bytes) -> Parsed:
    """Read what a browser shows, a line per block and row; raises UnreadableFile."""
    return read_page(data)


def read_page(
    data: bytes,
    label: str | None = None,
    frame: Frame = no_frame,
) -> Parsed:
    """Read a page as `parse_html` does.

    `label` is the encoding that whoever carried the page declared, if anyone did. `frame` returns
    the lines of the page that an address names, where it came along.
    """
    from selectolax.lexbor import LexborHTMLParser

    source, warnings = decode_page(data, label)
    _require_sane(source)
    tree = LexborHTMLParser(source)
    title = tree.css_first("head > title") or tree.css_first("title")
    tree.strip_tags(["script", "style", "noscript", "template", "head", "svg"])
    frames = tree.css_first("frameset")
    body = tree.body or frames
    shown = lay_out(body, frame) if body else Shown([], 0)
    if body and not shown.lines:
        shown = lay_out(body, frame, with_menus=True)
    if not shown.lines:
        raise UnreadableFile(
            "网页没有正文文字" + _why_empty(shown.hidden, frames is not None)
        )
    if shown.hidden > _FEW:
        warnings.append(f"网页里有 {shown.hidden:,} 字设为不显示,没有收入")
    name = " ".join(title.text().split()) if title else None
    return flowing(shown.lines, name, warnings)


def _why_empty(hidden: int, has_frames: bool) -> str:
    if has_frames:
        return ",只有框架(frame)。请在浏览器里单独打开正文所在的框架,保存后再添加"
    return f",只有 {hidden:,} 字设为不显示。请用浏览器打开核对" if hidden else ""


def _require_sane(source: str) -> None:
    """Raise UnreadableFile for a page that is made to keep a parser busy."""
    opened: Counter[str] = Counter()
    depth = position = 0
    while tag := _TAG.search(source, position):
        position = tag.end()
        name = (tag[3] or "").lower()
        if tag[1] or (name in _NO_MARKUP and not tag[2]):
            position = _after(source, "-->" if tag[1] else f"</{name}", position)
            continue
        change = _deeper(name, bool(tag[2]), tag[4], opened)
        opened[name] += change
        depth += change
        if depth > _MOST_OPEN:
            raise UnreadableFile(f"网页的标签层层嵌套超过 {_MOST_OPEN:,} 层,{_ODD}")
        if len(tag[4]) > 2 * _MOST_ATTRIBUTES:
            _require_few_attributes(tag[4])
    if len(_OPTION.findall(source)) > _MOST_OPEN:
        raise UnreadableFile(f"网页的下拉列表有超过 {_MOST_OPEN:,} 项,{_ODD}")


def _require_few_attributes(written: str) -> None:
    if len(_ATTRIBUTE.findall(written)) > _MOST_ATTRIBUTES:
        raise UnreadableFile(f"网页的一个标签有超过 {_MOST_ATTRIBUTES:,} 个属性,{_ODD}")


def _deeper(
    name: str,
    is_end: bool,
    rest: str,
    opened: Counter[str],
) -> int:
    """Return by how many levels a tag leads down; up is less than nought."""
    if is_end:
        return -1 if opened[name] else 0
    if name in _NEVER_DEEP or (rest.endswith("/") and name not in _STAY_OPEN):
        return 0
    return 1


def _after(
    source: str,
    end: str,
    position: int,
) -> int:
    """Return where markup goes on; the search ignores case only in what browsers write either
    way.
    """
    small = source.find(end, position)
    large = source.find(end.upper(), position)
    found = [place for place in (small, large) if place >= 0]
    return min(found, default=len(source))
