"""What a walk through a Word file writes: the text of elements that have no others in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ingest.symbols import in_font, symbol
from ingest.text import require_fitting
from ingest.wordaccount import Account
from ingest.wordfields import Fields
from ingest.wordlines import PAGE, Flow, Table
from ingest.wordparts import W, characters, text_of, weight

#: What is done when an element ends; False leaves out what stands in it.
End = Callable[[], None] | bool | None

_SPACES: Final = str.maketrans("\r\n\t", "   ")


def as_blanks(text: str) -> str:
    """Return a text whose line feeds and tabs are blanks, as Word shows them."""
    return text.translate(_SPACES)


class Writer:
    """Writes into the innermost of the flows that are open: a story, a box, a cell."""

    def __init__(self, account: Account) -> None:
        """Begin with nothing written."""
        self.account = account
        self._flows: list[Flow] = []
        self._tables: list[Table] = []
        self._fields = Fields()
        self._font: str | None = None
        self._length = 0

    def leave(self, node: Any, reason: str) -> bool:
        """Leave out what stands in an element, and count it."""
        self.account.left[reason] += characters(node)
        return False

    def _write(self, text: str) -> None:
        if not self._fields.in_code:
            self._length += len(text)
            require_fitting(self._length)
            self._flows[-1].write(text)

    def _text(self, node: Any) -> End:
        text = as_blanks(text_of(node))
        if self._fields.in_code:
            self.account.left["code"] += weight(text)
        else:
            self.account.read += weight(text)
            self._write(in_font(text, self._font))
        return None

    def _deleted_text(self, node: Any) -> End:
        self.account.left["deleted"] += weight(text_of(node))
        return None

    def _tab(self, node: Any) -> End:
        # a tab stands between the cells of a row
        self._write(" " if self._tables else "\t")
        return None

    def _break(self, node: Any) -> End:
        is_line = node.get(W + "type", "textWrapping") == "textWrapping"
        self._write("\n" if is_line else PAGE)
        return None

    def _line(self, node: Any) -> End:
        self._write("\n")
        return None

    def _hyphen(self, node: Any) -> End:
        self._write("-")
        return None

    def _symbol(self, node: Any) -> End:
        char = symbol(node.get(W + "font", ""), node.get(W + "char", ""))
        self.account.signs += char is None
        self._write(char or "")
        return None

    def _ruby(self, node: Any) -> End:
        return self.leave(node, "ruby")

    def _skip(self, node: Any) -> End:
        return False
