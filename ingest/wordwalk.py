"""The walk through a Word file: every element in its order, as Word shows it with all
changes accepted.

Elements nobody names here are walked through, so text is found wherever it stands: in tags, content
controls, insertions, links and what is still to come. What is left out is counted by its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ingest.flowing import stripped
from ingest.formulas import Closing, begin_formula_part
from ingest.numbering import Numbering
from ingest.symbols import EMPTY, TICKED, symbol_font
from ingest.wordaccount import Account
from ingest.wordchoices import WAYS, Choices
from ingest.wordfields import Fields, Notes, form, is_checked
from ingest.wordlines import Flow, Table
from ingest.wordparts import (
    CHART,
    DIAGRAM,
    MC,
    TRUE,
    W14,
    A,
    M,
    Package,
    R,
    V,
    W,
    characters,
    switch,
    text_of,
    value_of,
    whole_number,
)
from ingest.wordstyles import Style, Styles
from ingest.wordwriter import End, Writer, as_blanks

_FORMULA: Final = frozenset("d nary rad e mr num den sup sub lim deg fName".split())
#: Properties with elements in them that mean something else in a text: stops of tabs,
#: marks of changes.
_PROPERTIES: Final = ("pPr", "rPr")


class Walk(Writer):
    """Reads the stories of one file one after the other: lists count on from one to the next."""

    def __init__(
        self,
        package: Package,
        styles: Styles,
        numbering: Numbering,
        account: Account,
    ) -> None:
        """Begin with nothing read."""
        super().__init__(account)
        self.notes = {"footnote": Notes("注"), "endnote": Notes("尾注")}
        self._package = package
        self._styles = styles
        self._numbering = numbering
        self._choices = Choices()
        self._drawn: set[str] = set()
        self._style = Style()
        self._begins = self._table_of_elements()

    def lines(self, root: Any) -> list[str]:
        """Return the lines of a story or of one note."""
        self._flows, self._fields = [Flow()], Fields(root)
        self._go(root)
        return self._flows[0].finish()

    def _go(self, root: Any) -> None:
        """Do for every element below a root what its name says, at its beginning and at its end."""
        from lxml import etree

        ends: list[tuple[Any, Callable[[], None]]] = []
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, node in walk:
            if event == "start":
                begin = self._begins.get(node.tag)
                end = begin(node) if begin else None
                if end is False:
                    walk.skip_subtree()
                elif callable(end):
                    ends.append((node, end))
            elif ends and ends[-1][0] is node:
                ends.pop()[1]()

    def _table_of_elements(self) -> dict[str, Callable[[Any], End]]:
        """Return what is done when an element begins, by its name."""
        found: dict[str, Callable[[Any], End]] = {
            MC + "AlternateContent": self._choose,
            V + "textpath": self._word_art,
            DIAGRAM + "relIds": self._diagram,
            DIAGRAM + "t": self._box,
            CHART + "chart": self._chart,
        }
        found |= dict.fromkeys(WAYS, self._choice)
        for name, begin in self._elements_of_text().items():
            found[W + name] = begin
        for name, begin in self._elements_of_drawings().items():
            found[A + name] = begin
        for name, begin in self._elements_of_formulas().items():
            found[M + name] = begin
        return found

    def _elements_of_text(self) -> dict[str, Callable[[Any], End]]:
        """Return what is done for the elements of a text."""
        return {
            "p": self._paragraph,
            "r": self._run,
            "t": self._text,
            "delText": self._deleted_text,
            "tab": self._tab,
            "ptab": self._tab,
            "br": self._break,
            "cr": self._line,
            "noBreakHyphen": self._hyphen,
            "sym": self._symbol,
            "tbl": self._table,
            "tr": self._row,
            "tc": self._cell,
            "sdt": self._control,
            "del": self._deletion,
            "moveFrom": self._deletion,
            "ins": self._mark,
            "moveTo": self._mark,
            "txbxContent": self._box,
            "fldChar": self._field,
            "instrText": self._code,
            "footnoteReference": self._note,
            "endnoteReference": self._note,
            "rt": self._ruby,
            "altChunk": self._other,
            "subDoc": self._other,
            **dict.fromkeys(_PROPERTIES, self._skip),
        }

    def _elements_of_drawings(self) -> dict[str, Callable[[Any], End]]:
        return {
            "p": self._drawn_paragraph,
            "t": self._text,
            "br": self._line,
            "txBody": self._box,
        }

    def _elements_of_formulas(self) -> dict[str, Callable[[Any], End]]:
        return {
            "r": self._run,
            "t": self._text,
            "phant": self._phantom,
            **dict.fromkeys(_FORMULA, self._formula_part),
        }

    # Paragraphs and runs

    def _paragraph(self, node: Any) -> End:
        """Begin a paragraph with its number, unless its end was deleted or is hidden."""
        properties = node.find(W + "pPr")
        outer = self._style
        self._style = self._styles.of_paragraph(properties)
        mark = None if properties is None else properties.find(W + "rPr")
        is_deleted = _is_deleted(mark)
        is_hidden = self._styles.hides(mark, self._style)
        # between a heading and text on the same line Word keeps a hidden end of
        # paragraph: the heading is shown
        is_shown = not is_hidden or bool(switch(mark, "specVanish"))
        label = ""
        if is_shown and not is_deleted:
            label = self._numbering.label(properties, self._style)
        self.account.marks += is_deleted
        self._length += len(label) + 1
        self._flows[-1].begin(label, is_deleted or is_hidden)

        def end() -> None:
            self._style = outer
            self._flows[-1].end()

        return end

    def _drawn_paragraph(self, node: Any) -> End:
        self._flows[-1].begin("", runs_on=False)
        return self._flows[-1].end

    def _run(self, node: Any) -> End:
        """Read characters in their font; leave them out where they are hidden."""
        properties = node.find(W + "rPr")
        if self._styles.hides(properties, self._style):
            for mark in node.iter(W + "fldChar"):  # a field may be hidden in part
                self._field(mark)
            return self.leave(node, "hidden")
        outer, self._font = self._font, symbol_font(properties)

        def end() -> None:
            self._font = outer

        return end if outer or self._font else None

    def _mark(self, node: Any) -> End:
        self.account.marks += 1
        return None

    def _deletion(self, node: Any) -> End:
        self.account.marks += 1
        return self.leave(node, "deleted")

    def _control(self, node: Any) -> End:
        """Write the box of a content control that has none in its content."""
        box = node.find(f"{W}sdtPr/{W14}checkbox")
        if box is None:
            return None
        content = node.find(W + "sdtContent")
        if content is None or next(content.iter(W + "t", W + "sym"), None) is None:
            self._write(TICKED if is_checked(box) else EMPTY)
        return None

    # Tables

    def _table(self, node: Any) -> End:
        self._flows[-1].finish()
        self._tables.append(Table())

        def end() -> None:
            self._tables.pop()
            self._flows[-1].holds_table = True

        return end

    def _row(self, node: Any) -> End:
        """Begin a row of a table, unless it is hidden or deleted."""
        if not self._tables or self._tables[-1].cells is not None:
            return None
        properties = node.find(W + "trPr")
        if switch(properties, "hidden"):
            return self.leave(node, "hidden")
        if properties is not None and properties.find(W + "del") is not None:
            return self._deletion(node)
        table = self._tables[-1]
        table.begin_row(whole_number(value_of(properties, "gridBefore"), 0))

        def end() -> None:
            cells, table.cells = table.cells, None
            self._flows[-1].add_row(cells or [])

        return end

    def _cell(self, node: Any) -> End:
        """Begin a cell, unless a merged one covers it."""
        if not self._tables or self._tables[-1].cells is None:
            return None
        cells, properties = self._tables[-1].cells, node.find(W + "tcPr")
        if properties is not None and properties.find(W + "cellDel") is not None:
            return self._deletion(node)
        columns = whole_number(value_of(properties, "gridSpan"), 1)
        if self._tables[-1].begin_cell(
            columns, value_of(properties, "vMerge"), value_of(properties, "hMerge")
        ):
            cells.append("")
            return self.leave(node, "merged")
        self._flows.append(Flow())

        def end() -> None:
            flow = self._flows.pop()
            text = "\n".join(stripped(flow.finish()))
            # rows of a table in a cell stay lines of their own
            cells.append(f"\n{text}\n" if flow.holds_table and text else text.strip())

        return end

    # Boxes and drawings

    def _box(self, node: Any) -> End:
        self._flows.append(Flow())
        tables, self._tables = self._tables, []

        def end() -> None:
            self._tables = tables
            self._flows[-2].hang(stripped(self._flows.pop().finish()))

        return end

    def _word_art(self, node: Any) -> End:
        text = as_blanks(node.get("string", "")).strip()
        if text and not self._fields.in_code:
            self._flows[-1].hang([text])
        return None

    def _choose(self, node: Any) -> End:
        self._choices.choose(node)
        return None

    def _choice(self, node: Any) -> End:
        reason = self._choices.reason_against(node)
        return self.leave(node, reason) if reason else None

    def _diagram(self, node: Any) -> End:
        name = self._package.target(self._package.main, node.get(R + "dm"))
        if name is None or name in self._drawn:
            return None
        self._drawn.add(name)
        root = self._package.tree(name)
        self.account.total += characters(root)
        end = self._box(node)
        self._go(root)
        return end

    def _chart(self, node: Any) -> End:
        self.account.charts += 1
        return None

    def _other(self, node: Any) -> End:
        self.account.others += 1
        return None

    # Fields, notes and formulas

    def _field(self, node: Any) -> End:
        kind = node.get(W + "fldCharType")
        if kind == "begin":
            self._write(form(node.find(W + "ffData")))
            self._fields.begin(node)
        elif kind == "separate":
            self._fields.separate()
        elif kind == "end":
            self._write(self._fields.end())
        return False

    def _code(self, node: Any) -> End:
        self._fields.add_code(text_of(node))
        return None

    def _note(self, node: Any) -> End:
        is_footnote = node.tag == W + "footnoteReference"
        notes = self.notes["footnote" if is_footnote else "endnote"]
        # a mark of the author's own follows as text, here and in the note
        has_own_mark = node.get(W + "customMarkFollows", "0") in TRUE
        if not self._fields.in_code:
            self._write(notes.mark(node.get(W + "id", ""), has_own_mark))
        return None

    def _phantom(self, node: Any) -> End:
        shown = node.find(f"{M}phantPr/{M}show")
        if shown is not None and shown.get(M + "val") in ("0", "off"):
            return self.leave(node, "hidden")
        return None

    def _formula_part(self, node: Any) -> End:
        before, closing = begin_formula_part(node)
        if before:
            self._write(before)
        return self._closes(closing) if closing else None

    def _closes(self, closing: Closing) -> End:
        self._write("")
        paragraph = self._flows[-1].paragraph
        start = len(paragraph.parts) if paragraph else 0

        def end() -> None:
            if paragraph:
                paragraph.parts[start:] = [closing("".join(paragraph.parts[start:]))]

        return end


def _is_deleted(mark: Any) -> bool:
    """Tell the mark of a paragraph whose end somebody deleted or moved away."""
    if mark is None:
        return False
    return mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None
