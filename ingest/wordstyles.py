"""What the styles of a Word file say of its text: what is hidden, and what is numbered."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from ingest.wordparts import TRUE, W, switch, value_of

_MOST_ANCESTORS: Final = 50


class Style(Struct, frozen=True, kw_only=True):
    """A style with what it has of those it is based on; `line` names them all, itself first."""

    line: tuple[str, ...] = ()
    is_hidden: bool = False
    list_id: str | None = None
    level: str | None = None


class Styles:
    """The styles of one file."""

    def __init__(self, root: Any = None) -> None:
        """Read a part of styles; None is a file without."""
        nodes = [] if root is None else root.findall(W + "style")
        self._nodes = {node.get(W + "styleId", ""): node for node in nodes}
        self._known: dict[str, Style] = {}
        self._usual = next((_id(node) for node in nodes if _is_usual(node)), "")
        defaults = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault")
        self._hides_all = bool(switch(defaults, "rPr/vanish"))

    def of_paragraph(self, properties: Any) -> Style:
        """Return the style of a paragraph with these properties; without one it has the usual
        style.
        """
        return self.named(value_of(properties, "pStyle") or self._usual)

    def named(self, name: str) -> Style:
        """Return a style by its name; one that is not there says nothing."""
        if name not in self._known:
            self._known[name] = self._resolve(name)
        return self._known[name]

    def hides(self, properties: Any, paragraph: Style) -> bool:
        """Tell whether characters with these properties in a paragraph of this style are hidden.

        What stands at the characters counts; else styles of paragraph and characters
        turn one another over, as Word has it.
        """
        direct = switch(properties, "vanish")
        if direct is not None:
            return direct
        name = value_of(properties, "rStyle")
        is_hidden_style = self.named(name).is_hidden if name else False
        return self._hides_all or paragraph.is_hidden != is_hidden_style

    def _resolve(self, name: str) -> Style:
        """Return a style with what it takes over from those it is based on."""
        line: list[str] = []
        is_hidden: bool | None = None
        list_id = level = None
        while name in self._nodes and len(line) < _MOST_ANCESTORS:
            node = self._nodes[name]
            line.append(_id(node))
            if is_hidden is None:
                is_hidden = switch(node, "rPr/vanish")
            list_id = list_id or value_of(node, "pPr/numPr/numId")
            level = level or value_of(node, "pPr/numPr/ilvl")
            name = value_of(node, "basedOn") or ""
        return Style(
            line=tuple(line),
            is_hidden=bool(is_hidden),
            list_id=list_id or None,
            level=level or None,
        )


def _id(node: Any) -> str:
    return str(node.get(W + "styleId", ""))


def _is_usual(node: Any) -> bool:
    is_paragraph = node.get(W + "type") == "paragraph"
    return is_paragraph and node.get(W + "default", "0") in TRUE
