"""What Word works out itself: fields with code and result, forms, and the numbers of notes."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct, field

from ingest.formulas import equation, is_equation
from ingest.symbols import EMPTY, TICKED
from ingest.wordparts import TRUE, W14, W, switch, value_of, whole_number

_DELETED: Final = (W + "del", W + "moveFrom")


class _Field(Struct):
    code: list[str] = field(default_factory=list)
    has_result: bool = False


class Fields:
    """The fields open at a place of a story, one inside the other."""

    def __init__(self, root: Any = None) -> None:
        """Begin a story; a field in it that has no end is none, because Word shows what comes after
        it.
        """
        self._open: list[_Field] = []
        self._endless = set() if root is None else _endless(root)
        self._codes = 0

    @property
    def in_code(self) -> bool:
        """Whether what comes now is code of a field, which is not shown."""
        return self._codes > 0

    def begin(self, node: Any) -> None:
        """Begin a field with its code."""
        if node not in self._endless:
            self._open.append(_Field())
            self._codes += 1

    def add_code(self, text: str) -> None:
        """Take in code."""
        if self._open:
            self._open[-1].code.append(text)

    def separate(self) -> None:
        """End the code of a field and begin its result."""
        if self._open and not self._open[-1].has_result:
            self._open[-1].has_result = True
            self._codes -= 1

    def end(self) -> str:
        """End a field; return what it shows where no result is kept, as with formulas."""
        done = self._open.pop() if self._open else None
        if done is None or done.has_result:
            return ""
        self._codes -= 1
        code = "".join(done.code)
        return equation(code) if is_equation(code) else ""


class Notes:
    """The notes of one kind in the order of their marks in the text: name and number, 0 with a mark
    of its own.
    """

    def __init__(self, word: str) -> None:
        """Begin without any; marks are this word and a number."""
        self.order: list[tuple[str, int]] = []
        self._word = word
        self._numbers: dict[str, int] = {}
        self._last = 0

    def mark(self, name: str, has_own_mark: bool) -> str:
        """Return the mark of a note where the text names it."""
        if name not in self._numbers:
            self._last += not has_own_mark
            self._numbers[name] = 0 if has_own_mark else self._last
            self.order.append((name, self._numbers[name]))
        return self.written(self._numbers[name])

    def written(self, number: int) -> str:
        """Return a mark."""
        return f"[{self._word}{number}]" if number else ""


def form(data: Any) -> str:
    """Return what a field of a form shows of itself: a box, or the chosen line of a list."""
    if data is None:
        return ""
    box = data.find(W + "checkBox")
    if box is not None:
        return TICKED if _is_ticked(box) else EMPTY
    chosen = data.find(W + "ddList")
    if chosen is None:
        return ""
    entries = [entry.get(W + "val", "") for entry in chosen.findall(W + "listEntry")]
    place = whole_number(value_of(chosen, "result") or value_of(chosen, "default"), 0)
    return entries[place] if place < len(entries) else ""


def _is_ticked(box: Any) -> bool:
    """Tell a box that someone ticked, or that is ticked unless someone does otherwise."""
    ticked = switch(box, "checked")
    if ticked is None:
        ticked = switch(box, "default")
    return bool(ticked)


def _endless(root: Any) -> set[Any]:
    """Return the beginnings of fields that never end: they hide nothing."""
    begun: list[Any] = []
    for node in root.iter(W + "fldChar"):
        kind = node.get(W + "fldCharType")
        if kind not in ("begin", "end") or any(
            outer.tag in _DELETED for outer in node.iterancestors()
        ):
            continue
        if kind == "begin":
            begun.append(node)
        elif begun:
            begun.pop()
    return set(begun)


def is_checked(box: Any) -> bool:
    """Tell a box of a content control that is ticked."""
    checked = box.find(W14 + "checked")
    return checked is not None and checked.get(W14 + "val", "1") in TRUE
