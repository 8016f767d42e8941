"""The numbers Word writes before paragraphs without their being in the text: 第一条, （二）,
3.1.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, Final

from msgspec import Struct

from ingest.numerals import numeral
from ingest.symbols import in_font, symbol_font
from ingest.wordparts import MC, W, switch, value_of, whole_number
from ingest.wordstyles import Style, Styles

_PLACE: Final = re.compile("%([1-9])")
_ARTICLE: Final = re.compile("第%[1-9][编章节条]$")
_WIDE: Final = frozenset("）、。．：】〕〉》」』\u3000 ")
_MOST_LEVELS: Final = 9
#: Word takes no longer text for a number; a file that brings one wants to be long.
_MOST_TEXT: Final = 255
_MOST_HOPS: Final = 5


class _Level(Struct, frozen=True, kw_only=True):
    """One level of a list: `restart` is the last level that lets it begin anew, None any before
    it.
    """

    start: int
    format: str
    pattern: str
    text: str
    gap: str
    style: str | None
    restart: int | None
    is_legal: bool
    is_hidden: bool


class _List(Struct, frozen=True, kw_only=True):
    """A list as paragraphs name it: `count` is what it counts together with other lists."""

    count: str
    levels: dict[int, _Level]
    begins: dict[int, int]


class Numbering:
    """The lists of one file, and how far each has come."""

    def __init__(self, root: Any, styles: Styles) -> None:
        """Read a part of lists; None is a file without."""
        self._styles = styles
        self._shapes: dict[str | None, Any] = {}
        self._uses: dict[str | None, Any] = {}
        for node in () if root is None else root:
            if node.tag == W + "abstractNum":
                self._shapes[node.get(W + "abstractNumId")] = node
            elif node.tag == W + "num":
                self._uses[node.get(W + "numId")] = node
        self._lists: dict[str, _List | None] = {}
        self._at: defaultdict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[tuple[str, int]] = set()

    def label(self, properties: Any, style: Style) -> str:
        """Count a paragraph and return the number before it, with the gap after; "" for one without
        number.
        """
        name = value_of(properties, "numPr/numId") or style.list_id
        found = self._list(name) if name else None
        if name is None or found is None:
            return ""
        place = self._level(properties, style, found)
        level = found.levels.get(place)
        if level is None:
            return ""
        self._count(name, found, place)
        label = self._write(found, place)
        return "" if level.is_hidden or not label.strip() else label + level.gap

    def _level(
        self,
        properties: Any,
        style: Style,
        found: _List,
    ) -> int:
        """Return what a level of a list says of itself."""
        said = value_of(properties, "numPr/ilvl")
        if said is None and not value_of(properties, "numPr/numId"):
            # a style has the level that names it, whatever it says itself
            for name in style.line:
                for place, level in found.levels.items():
                    if level.style == name:
                        return place
            said = style.level
        return whole_number(said, 0)

    def _count(
        self,
        name: str,
        found: _List,
        place: int,
    ) -> None:
        """Count one on at a level, and let the levels below begin anew."""
        at = self._at[found.count]
        is_first_here = (name, place) not in self._begun
        self._begun.add((name, place))
        if is_first_here and place in found.begins:
            at[place] = found.begins[place]
        elif place in at:
            at[place] += 1
        else:
            at[place] = found.levels[place].start
        for other in list(at):
            if other > place and _begins_anew(found.levels.get(other), place):
                del at[other]

    def _write(self, found: _List, place: int) -> str:
        """Return a number as its level writes it, with those of the levels above it."""
        at, level = self._at[found.count], found.levels[place]

        def number(match: re.Match[str]) -> str:
            other = int(match[1]) - 1
            if other > place or other not in found.levels:
                return ""
            shape = found.levels[other]
            format = shape.format
            if level.is_legal and format not in ("decimalZero", "none"):
                format = "decimal"
            return numeral(at.get(other, shape.start), format, shape.pattern)

        return _PLACE.sub(number, level.text)

    def _list(self, name: str) -> _List | None:
        if name not in self._lists:
            self._lists[name] = self._resolve(name)
        return self._lists[name]

    def _resolve(self, name: str) -> _List | None:
        """Return a list with what it changes of the shape it has; None where it has none."""
        use = self._uses.get(name)
        shape = self._shape(use)
        if use is None or shape is None:
            return None
        levels: dict[int, _Level] = {}
        begins: dict[int, int] = {}
        for node in shape.findall(W + "lvl"):
            _take_level(levels, _place(node), node)
        for change in use.findall(W + "lvlOverride"):
            place = _place(change)
            _take_level(levels, place, change.find(W + "lvl"))
            start = value_of(change, "startOverride")
            if start is not None:
                begins[place] = whole_number(start, 1)
        return _List(count=shape.get(W + "abstractNumId"), levels=levels, begins=begins)

    def _shape(self, use: Any) -> Any:
        """Return what a list looks like; that may stand with another list, which a style of lists
        names.
        """
        for _ in range(_MOST_HOPS):
            shape = self._shapes.get(value_of(use, "abstractNumId"))
            linked = value_of(shape, "numStyleLink")
            if not linked:
                return shape
            use = self._uses.get(self._styles.named(linked).list_id)
        return None


def _begins_anew(level: _Level | None, place: int) -> bool:
    """Tell whether a level begins anew after one above it, as it does unless it says otherwise."""
    if level is None or level.restart is None:
        return True
    return place < level.restart


def _take_level(
    levels: dict[int, _Level],
    place: int,
    node: Any,
) -> None:
    if node is not None and place < _MOST_LEVELS:
        levels[place] = _level(node)


def _place(node: Any) -> int:
    return whole_number(node.get(W + "ilvl"), 0)


def _level(node: Any) -> _Level:
    """Return what a level of a list says of itself."""
    format, pattern = _format(node)
    text = (value_of(node, "lvlText") or "")[:_MOST_TEXT]
    restart = value_of(node, "lvlRestart")
    return _Level(
        start=whole_number(value_of(node, "start"), 0),
        format=format,
        pattern=pattern,
        text=_bullet(node, text) if format == "bullet" else text,
        gap=_gap(node, text),
        style=value_of(node, "pStyle"),
        restart=None if restart is None else whole_number(restart, 0),
        is_legal=bool(switch(node, "isLgl")),
        is_hidden=bool(switch(node, "rPr/vanish")),
    )


def _gap(node: Any, text: str) -> str:
    """Return what stands between a number and the text: a space, unless a full-width
    sign brings its own.

    An article keeps one even where Word draws none: without it nothing tells 第一条
    from a citation of it.
    """
    if _ARTICLE.search(text):
        return " "
    return "" if value_of(node, "suff") == "nothing" or text[-1:] in _WIDE else " "


def _format(node: Any) -> tuple[str, str]:
    """Return a format and its sample; those of later days stand beside one for older programs."""
    found = node.find(W + "numFmt")
    if found is None:
        found = node.find(f"{MC}AlternateContent/{MC}Choice/{W}numFmt")
    if found is None:
        return "decimal", ""
    return found.get(W + "val", "decimal"), found.get(W + "format", "")[:_MOST_TEXT]


def _bullet(node: Any, text: str) -> str:
    """Return a dot for the signs of fonts that nobody else has."""
    shown = in_font(text, symbol_font(node.find(W + "rPr")))
    if not shown:
        return "•" if _has_picture(node) else ""
    is_private = any("\ue000" <= char <= "\uf8ff" for char in shown)
    return "•" if is_private else shown


def _has_picture(node: Any) -> bool:
    return node.find(W + "lvlPicBulletId") is not None
