"""The tree of a web page into the lines a browser would show of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ingest.flowing import stripped
from ingest.text import require_fitting
from ingest.webboxes import FORMAT_OF_TYPE, FORMATS, Box, Counter, lines_of_row

_BLOCK: Final = "block"
_ROW: Final = "row"
_CELL: Final = "cell"
_INLINE: Final = "inline"
_FLEX: Final = "flex"
#: In a line, but in a frame of its own: what stands in it is one with nothing beside it.
_FRAMED: Final = "framed"
#: How an element stands on a page; all others are words in a line.
KINDS: Final = {
    **dict.fromkeys(
        "address article aside blockquote body caption center dd details dialog dir "
        "div dl dt fieldset figcaption "
        "figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr legend li "
        "listing main menu nav ol "
        "optgroup option p plaintext pre search section summary table tbody textarea "
        "tfoot thead ul xmp".split(),
        _BLOCK,
    ),
    **dict.fromkeys(("button", "input", "select"), _FRAMED),
    "tr": _ROW,
    "td": _CELL,
    "th": _CELL,
}
_KIND_OF_DISPLAY: Final = {
    **dict.fromkeys(
        "block flow-root list-item table-caption table-header-group table-row-group "
        "table-footer-group".split(),
        _BLOCK,
    ),
    **dict.fromkeys(("flex", "grid", "inline-flex", "inline-grid"), _FLEX),
    # of a table without rows the cells are one
    **dict.fromkeys(("table", "inline-table", "table-row"), _ROW),
    "table-cell": _CELL,
    **dict.fromkeys(("inline", "contents"), _INLINE),
    "inline-block": _FRAMED,
}
#: Kinds that share a line with nothing.
_ALONE: Final = (_BLOCK, _FLEX)
#: What a browser writes around the words of an element.
_BEFORE: Final = {"q": "“"}
_AFTER: Final = {"q": "”"}
#: What is never shown, or only where something else cannot be.
_NOT_SHOWN: Final = frozenset(
    "title rt rp rtc datalist audio video canvas progress meter annotation noframes noembed".split()
)
_KEPT: Final = frozenset("pre listing xmp plaintext textarea".split())
_FRAMES: Final = frozenset(("iframe", "frame"))
_LISTS: Final = frozenset("ol ul menu dir".split())
#: Values of fields a reader sees; buttons are no text, and a password is shown to nobody.
_FIELDS: Final = frozenset(
    (
        "",
        "text",
        "search",
        "number",
        "date",
        "email",
        "tel",
        "url",
        "time",
        "month",
        "week",
    )
)
_BOXES: Final = {"checkbox": "☐☑", "radio": "○●"}
_STYLE: Final = re.compile(
    r"(?:^|;)\s*(display|visibility|white-space|list-style(?:-type)?)\s*:\s*([^;!]+)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"\s*([+-]?\d{1,9})", re.ASCII)
#: A menu is made of links.
_MOST_BESIDE_LINKS: Final = 200


@dataclass(slots=True)
class Shown:
    """The lines of a page, and how many characters of it no reader sees."""

    lines: list[str]
    hidden: int


@dataclass(slots=True)
class _Element:
    """An element that is open: what it does to lines, and what its children take over from it."""

    node: Any
    tag: str = ""
    kind: str = _BLOCK
    is_kept: bool = False
    is_seen: bool = True
    in_menu: bool = False
    counter: Counter = field(default_factory=Counter)


#: The address of a page in a frame -> its lines, where they are known.
Frame = Callable[[str], list[str] | None]


def no_frame(address: str) -> None:
    """Know no page in any frame."""


def lay_out(
    body: Any,
    frame: Frame = no_frame,
    *,
    with_menus: bool = False,
) -> Shown:
    """Return what a browser shows of the body of a page; raises UnreadableFile where
    that is too long.

    A `nav` made of links is left out, unless `with_menus`.
    """
    page = _Page(frame, with_menus)
    page.read(body)
    return Shown(stripped(page.boxes[0].lines), page.hidden)


class _Page:
    """A page being read. The last box is written to; the last row takes the cells."""

    def __init__(self, frame: Frame, with_menus: bool) -> None:
        self.boxes = [Box()]
        self.rows: list[list[Box]] = []
        self.hidden = 0
        self._frame = frame
        self._with_menus = with_menus
        self._length = 0

    def read(self, root: Any) -> None:
        """Read a tree from its root, however deep it is."""
        opened = [_Element(root, in_menu=self._with_menus)]
        node = root.first_child
        while opened:
            if node is None:
                element = opened.pop()
                self._leave(element)
                node = element.node.next
                continue
            entered = None
            if node.tag == "-text":
                self._text(node.text_content or "", opened[-1])
            elif not node.tag.startswith("-"):
                entered = self._enter(node, opened[-1])
            if entered is None:
                node = node.next
            else:
                opened.append(entered)
                node = node.first_child

    def _text(self, text: str, within: _Element) -> None:
        if not within.is_seen:
            self.hidden += _count(text)
            return
        box = self.boxes[-1]
        if within.is_kept:
            self._length += box.write_as_it_stands(text)
        else:
            self._length += box.write(text)
        require_fitting(self._length)

    def _enter(self, node: Any, parent: _Element) -> _Element | None:
        """Begin an element; None where nothing of it is shown, or all of it has been written."""
        tag, attributes = node.tag, node.attributes
        style = _styles(attributes.get("style"))
        if tag in _NOT_SHOWN:
            return None
        if _is_hidden(tag, attributes, style):
            self.hidden += _count_below(node)
            return None
        if tag in _FRAMES:
            self._insert(attributes.get("src"))
            return None
        if tag == "nav" and not parent.in_menu and _is_menu(node):
            return None
        is_list = tag in _LISTS
        element = _Element(
            node=node,
            tag=tag,
            kind=_kind(tag, style, parent),
            is_kept=_keeps(tag, style, parent),
            is_seen=_sees(style, parent),
            in_menu=parent.in_menu or tag == "nav",
            counter=_counter(node, attributes, style) if is_list else parent.counter,
        )
        return element if self._begin(element, attributes, style) else None

    def _insert(self, address: str | None) -> None:
        """Write the lines of the page in a frame, where they are known."""
        lines = self._frame(address or "") or []
        box = self.boxes[-1]
        if lines:
            box.end_line()
            box.add(lines)
            box.holds_lines = True
        self._length += sum(map(len, lines))

    def _begin(
        self,
        element: _Element,
        attributes: dict[str, Any],
        style: dict[str, str],
    ) -> bool:
        """Do what an element does to lines where it starts; tell whether its children are to be
        read.
        """
        box = self.boxes[-1]
        if element.tag == "br":
            box.break_line()
        elif element.kind == _CELL:
            self.boxes.append(Box())
        elif element.kind == _ROW:
            box.end_line()
            self.rows.append([])
        elif element.kind in _ALONE:
            box.end_line()
        blank = " " if element.kind == _FRAMED else ""
        self._text(_BEFORE.get(element.tag, blank), element)
        if element.tag == "li" and element.is_seen:
            box.mark += _mark(element.counter, attributes, style)
        if element.tag not in ("select", "input"):
            return True
        is_list = element.tag == "select"
        value = _chosen_options(element.node) if is_list else _value(attributes)
        self._text(f"{value} ", element)
        return False

    def _leave(self, element: _Element) -> None:
        """Do what an element does to lines where it ends."""
        box = self.boxes[-1]
        blank = " " if element.kind == _FRAMED else ""
        self._text(_AFTER.get(element.tag, blank), element)
        if element.kind not in (_INLINE, _FRAMED):
            box.end_line()
        if element.kind == _CELL:
            self.rows[-1].append(self.boxes.pop())
        elif element.kind == _ROW:
            row = self.rows.pop()
            box.holds_lines = box.holds_lines or bool(row)
            box.add(lines_of_row(row))
        if element.tag == "li":
            box.mark = ""


def _mark(
    counter: Counter,
    attributes: dict[str, Any],
    style: dict[str, str],
) -> str:
    """Return what stands before an item of a list; "" before one that is shown otherwise."""
    if style.get("display", "list-item") != "list-item":
        return ""
    number = _number(attributes.get("value"))
    return counter.count(number, _format(attributes, style))


def _kind(
    tag: str,
    style: dict[str, str],
    parent: _Element,
) -> str:
    kind = _KIND_OF_DISPLAY.get(style.get("display", ""), KINDS.get(tag, _INLINE))
    is_stray = kind == _CELL and parent.kind != _ROW
    is_item = parent.kind == _FLEX and kind in (_INLINE, _FRAMED)
    return _BLOCK if is_stray or is_item else kind


def _keeps(
    tag: str,
    style: dict[str, str],
    parent: _Element,
) -> bool:
    given = style.get("white-space", "")
    if given:
        return given.startswith(("pre", "break-spaces"))
    return tag in _KEPT or parent.is_kept


def _sees(style: dict[str, str], parent: _Element) -> bool:
    given = style.get("visibility", "")
    if given in ("visible", "hidden", "collapse"):
        return given == "visible"
    return parent.is_seen


def _is_hidden(
    tag: str,
    attributes: dict[str, Any],
    style: dict[str, str],
) -> bool:
    """Tell whether an element takes no place on the page, by its own word; its style has the last
    one.
    """
    display = style.get("display")
    if display:
        return display == "none"
    if tag == "dialog" and "open" not in attributes:
        return True
    return "hidden" in attributes and attributes["hidden"] != "until-found"


def _styles(written: str | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if not written:
        return found
    for name, value in _STYLE.findall(written):
        found[name.lower()] = value.strip().lower()
    return found


def _counter(
    node: Any,
    attributes: dict[str, Any],
    style: dict[str, str],
) -> Counter:
    if node.tag != "ol":
        return Counter(format=_format({}, style) or "none")
    step = -1 if "reversed" in attributes else 1
    start = _number(attributes.get("start"))
    if start is None:
        start = 1 if step > 0 else _count_items(node)
    return Counter(start, step, _format(attributes, style) or "decimal")


def _format(attributes: dict[str, Any], style: dict[str, str]) -> str | None:
    named = style.get("list-style-type") or style.get("list-style") or ""
    given = next((word for word in named.split() if word in FORMATS), None)
    return given or FORMAT_OF_TYPE.get(str(attributes.get("type")))


def _number(written: str | None) -> int | None:
    found = _NUMBER.match(written or "")
    return int(found[1]) if found else None


def _value(attributes: dict[str, Any]) -> str:
    kind = (attributes.get("type") or "").lower()
    if kind in _BOXES:
        return _BOXES[kind]["checked" in attributes]
    return attributes.get("value") or "" if kind in _FIELDS else ""


def _chosen_options(node: Any) -> str:
    """Return what a closed list shows: what was chosen, or else its first item; an open one shows
    what was chosen.
    """
    options = [option for option in node.traverse() if option.tag == "option"]
    chosen = [option for option in options if "selected" in option.attributes]
    if "multiple" not in node.attributes:
        chosen = chosen[-1:] or options[:1]
    return "、".join("".join(_texts(option)).strip() for option in chosen)


def _is_menu(node: Any) -> bool:
    words = _count_below(node)
    for link in node.css("a"):
        words -= _count_below(link)
    return words <= _MOST_BESIDE_LINKS


def _count_items(node: Any) -> int:
    """Return how many items a list has."""
    count = 0
    child = node.first_child
    while child is not None:
        count += child.tag == "li"
        child = child.next
    return count


def _texts(node: Any) -> Iterator[str]:
    for inner in node.traverse(include_text=True):
        if inner.tag == "-text":
            yield inner.text_content or ""


def _count_below(node: Any) -> int:
    return sum(map(_count, _texts(node)))


def _count(text: str) -> int:
    return len("".join(text.split()))
