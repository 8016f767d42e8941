"""Paragraphs and rows of a Word file on their way to lines of text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

#: Stands for the end of a page or column inside a paragraph; no text of a Word file has one.
PAGE: Final = "\f"


@dataclass(slots=True)
class Paragraph:
    """A paragraph being read; `after` is what stands in boxes that hang on it, once it has text of
    its own.
    """

    label: str = ""
    runs_on: bool = False
    parts: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the text so far, without its number."""
        return "".join(self.parts).strip(PAGE).replace(PAGE, "\n")


@dataclass(slots=True)
class Flow:
    """Lines that follow one another: of the body, of a cell, of a box, of a note."""

    lines: list[str] = field(default_factory=list)
    paragraph: Paragraph | None = None
    carried: str = ""
    holds_table: bool = False

    def begin(self, label: str, runs_on: bool) -> None:
        """Begin a paragraph; one whose end was deleted or is hidden runs on into the next."""
        self.end()
        self.paragraph = Paragraph(label, runs_on)

    def write(self, text: str) -> None:
        """Add to the paragraph; text that is in none, as no program writes it, makes one."""
        if self.paragraph is None:
            self.paragraph = Paragraph()
        self.paragraph.parts.append(text)

    def end(self) -> None:
        """End the paragraph, if there is one."""
        done, self.paragraph = self.paragraph, None
        if done is None:
            return
        text = self.carried + done.text()
        text = done.label + text if text else done.label.rstrip()
        self.carried = text if done.runs_on else ""
        if not done.runs_on:
            self.lines.extend(text.split("\n"))
        self.lines.extend(done.after)

    def finish(self) -> list[str]:
        """End what is open and return the lines."""
        self.end()
        if self.carried:
            self.lines.append(self.carried)
            self.carried = ""
        return self.lines

    def hang(self, lines: list[str]) -> None:
        """Put the lines of a box before its paragraph, or after it where that has text
        before the box.

        A box may hang on the middle of a sentence, which it must not break.
        """
        if self.carried or (
            self.paragraph is not None
            and (self.paragraph.label or self.paragraph.text().strip())
        ):
            paragraph = self.paragraph = self.paragraph or Paragraph()
            paragraph.after.extend(lines)
        else:
            self.lines.extend(lines)

    def add_row(self, cells: list[str]) -> None:
        """Add a row of a table: its cells with tabs between them, nothing where all are empty."""
        self.holds_table = True
        if any(cells):
            self.lines.extend("\t".join(cells).strip("\n").split("\n"))


@dataclass(slots=True)
class Table:
    """A table being read: the row, where in it, and in which columns a merged cell comes down from
    above.
    """

    cells: list[str] | None = None
    column: int = 0
    above: set[int] = field(default_factory=set)
    merged: set[int] = field(default_factory=set)
    is_merging: bool = False

    def begin_row(self, column: int) -> None:
        """Begin a row whose first cell stands in this column."""
        self.cells, self.column = [], column
        self.above, self.merged, self.is_merging = self.merged, set(), False

    def begin_cell(
        self,
        columns: int,
        down: str | None,
        across: str | None,
    ) -> bool:
        """Count a cell; return whether a merged one covers it, which it only does where
        there is one.

        `down` and `across` are the merges it says it has part in: "restart", "" or
        "continue", None.
        """
        is_covered = self.column in self.above and down not in (None, "restart")
        is_beside = self.is_merging and across not in (None, "restart")
        if down is not None:
            self.merged.add(self.column)
        self.is_merging = across is not None
        self.column += columns
        return is_covered or is_beside
