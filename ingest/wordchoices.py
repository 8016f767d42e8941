"""Which of the ways a thing is drawn in, for newer and for older programs, is read?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ingest.wordparts import MC, TEXTS, V, W, text_of

WAYS: Final = (MC + "Choice", MC + "Fallback")


class Choices:
    """The ways not taken: each with the reason why its text is left out."""

    def __init__(self) -> None:
        """Begin with no choice made."""
        self._reasons: dict[Any, str] = {}

    def choose(self, alternatives: Any) -> None:
        """Take the first way that has text, or the first of all."""
        ways = [child for child in alternatives if child.tag in WAYS]
        taken = _first_with_text(ways)
        for way in ways:
            if way is taken:
                continue
            is_repeated = _words(way) == _words(taken)
            self._reasons[way] = "repeated" if is_repeated else "alternative"

    def reason_against(self, way: Any) -> str | None:
        """Return why a way was not taken, once; None for the one that was."""
        return self._reasons.pop(way, None)


def _first_with_text(ways: Iterable[Any]) -> Any:
    first = None
    for way in ways:
        if next(way.iter(*TEXTS, W + "sym", V + "textpath"), None) is not None:
            return way
        if first is None:
            first = way
    return first


def _words(way: Any) -> str:
    """Return the text of one way a thing is drawn in, without older ways inside it."""
    from lxml import etree

    texts = []
    walk = etree.iterwalk(way, events=("start",), tag=(*TEXTS, MC + "Fallback"))
    for _, node in walk:
        if node.tag in TEXTS:
            texts.append(text_of(node))
        elif node is not way:
            walk.skip_subtree()
    return "".join("".join(texts).split())
