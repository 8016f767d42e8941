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
from ingest.symbols import EMPTY, TICKED, in_font, symbol, symbol_font
from ingest.text import require_fitting
from ingest.wordaccount import Account
from ingest.wordfields import Fields, Notes, form
from ingest.wordlines import PAGE, Flow, Table
from ingest.wordparts import (
    CHART,
    DIAGRAM,
    MC,
    TEXTS,
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
    weight,
    whole_number,
)
from ingest.wordstyles import Style, Styles

#: What is done when an element ends; False leaves out what stands in it.
End = Callable[[], None] | bool | None

_CHOICES: Final = (MC + "Choice", MC + "Fallback")
_SPACES: Final = str.maketrans("\r\n\t", "   ")
_FORMULA: Final = (
    "d",
    "nary",
    "rad",
    "e",
    "mr",
    "num",
    "den",
    "sup",
    "sub",
    "lim",
    "deg",
    "fName",
)
#: Properties with elements in them that mean something else in a text: stops of tabs,
#: marks of changes.
_PROPERTIES: Final = ("pPr", "rPr")


class Walk:
    """Reads the stories of one file one after the other: lists count on from one to the next."""

    def __init__(
        self, package: Package, styles: Styles, numbering: Numbering, account: Account
    ) -> None:
        """Begin with nothing read."""
        self.account = account
        self.notes = {"footnote": Notes("注"), "endnote": Notes("尾注")}
        self._package, self._styles, self._numbering = package, styles, numbering
        self._flows: list[Flow] = []
        self._tables: list[Table] = []
        self._fields = Fields()
        self._untaken: dict[Any, str] = {}
        self._drawn: set[str] = set()
        self._style = Style()
        self._font: str | None = None
        self._length = 0
        self._begins = self._table_of_elements()

    def lines(self, root: Any) -> list[str]:
        """Return the lines of a story or of one note."""
        self._flows, self._fields = [Flow()], Fields(root)
        self._go(root)
        return self._flows[0].finish()

    def leave(self, node: Any, reason: str) -> bool:
        """Leave out what stands in an element, and count it."""
        self.account.left[reason] += characters(node)
        return False

    def _go(self, root: Any) -> None:
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
        words = {
            **{
                "p": self._paragraph,
                "r": self._run,
                "t": self._text,
                "delText": self._deleted_text,
            },
            **{
                "tab": self._tab,
                "ptab": self._tab,
                "br": self._break,
                "cr": self._line,
                "noBreakHyphen": self._hyphen,
            },
            **{
                "sym": self._symbol,
                "tbl": self._table,
                "tr": self._row,
                "tc": self._cell,
                "sdt": self._control,
            },
            **{
                "del": self._deletion,
                "moveFrom": self._deletion,
                "ins": self._mark,
                "moveTo": self._mark,
            },
            **{
                "txbxContent": self._box,
                "fldChar": self._field,
                "instrText": self._code,
            },
            **{"footnoteReference": self._note, "endnoteReference": self._note},
            **{
                "rt": lambda node: self.leave(node, "ruby"),
                "altChunk": self._other,
                "subDoc": self._other,
            },
            **{name: lambda node: False for name in _PROPERTIES},
        }
        drawn = {
            "p": self._drawn_paragraph,
            "t": self._text,
            "br": self._line,
            "txBody": self._box,
        }
        formula = dict.fromkeys(_FORMULA, self._formula_part) | {
            "r": self._run,
            "t": self._text,
            "phant": self._phantom,
        }
        return {
            **{W + name: begin for name, begin in words.items()},
            **{A + name: begin for name, begin in drawn.items()},
            **{M + name: begin for name, begin in formula.items()},
            MC + "AlternateContent": self._choose,
            **dict.fromkeys(_CHOICES, self._choice),
            V + "textpath": self._word_art,
            DIAGRAM + "relIds": self._diagram,
            DIAGRAM + "t": self._box,
            CHART + "chart": self._chart,
        }

    # Text

    def _write(self, text: str) -> None:
        if not self._fields.in_code:
            self._length += len(text)
            require_fitting(self._length)
            self._flows[-1].write(text)

    def _text(self, node: Any) -> End:
        text = text_of(node).translate(_SPACES)
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
        self._write(
            " " if self._tables else "\t"
        )  # a tab stands between the cells of a row
        return None

    def _break(self, node: Any) -> End:
        self._write(
            "\n" if node.get(W + "type", "textWrapping") == "textWrapping" else PAGE
        )
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

    # Paragraphs and runs

    def _paragraph(self, node: Any) -> End:
        properties = node.find(W + "pPr")
        outer, self._style = self._style, self._styles.of_paragraph(properties)
        mark = None if properties is None else properties.find(W + "rPr")
        is_deleted = mark is not None and any(
            mark.find(W + name) is not None for name in ("del", "moveFrom")
        )
        self.account.marks += is_deleted
        is_hidden = self._styles.hides(mark, self._style)
        # between a heading and text on the same line Word keeps a hidden end of
        # paragraph: the heading is shown
        is_numbered = not is_deleted and (
            not is_hidden or bool(switch(mark, "specVanish"))
        )
        label = self._numbering.label(properties, self._style) if is_numbered else ""
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
        content = node.find(W + "sdtContent")
        box = node.find(f"{W}sdtPr/{W14}checkbox")
        if box is None or (
            content is not None
            and next(content.iter(W + "t", W + "sym"), None) is not None
        ):
            return None
        checked = box.find(W14 + "checked")
        is_ticked = checked is not None and checked.get(W14 + "val", "1") in (
            "1",
            "true",
            "on",
        )
        self._write(TICKED if is_ticked else EMPTY)
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
        text = node.get("string", "").translate(_SPACES).strip()
        if text and not self._fields.in_code:
            self._flows[-1].hang([text])
        return None

    def _choose(self, node: Any) -> End:
        """Of the ways a thing is drawn in for newer and older programs take the first that has
        text.
        """
        ways = [child for child in node if child.tag in _CHOICES]
        taken = next(filter(_says_something, ways), ways[0] if ways else None)
        for way in ways:
            if way is not taken:
                self._untaken[way] = (
                    "repeated" if _words(way) == _words(taken) else "alternative"
                )
        return None

    def _choice(self, node: Any) -> End:
        reason = self._untaken.pop(node, None)
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
        notes = self.notes[
            "footnote" if node.tag == W + "footnoteReference" else "endnote"
        ]
        # a mark of the author's own follows as text, here and in the note
        has_own_mark = node.get(W + "customMarkFollows", "0") in ("1", "true", "on")
        if not self._fields.in_code:
            self._write(notes.mark(node.get(W + "id", ""), has_own_mark))
        return None

    def _phantom(self, node: Any) -> End:
        shown = node.find(f"{M}phantPr/{M}show")
        return (
            self.leave(node, "hidden")
            if shown is not None and shown.get(M + "val") in ("0", "off")
            else None
        )

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


def _says_something(way: Any) -> bool:
    return next(way.iter(*TEXTS, W + "sym", V + "textpath"), None) is not None


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
