"""Numbered paragraphs of a text: the anchors readers cite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct


class _Section(Protocol):
    @property
    def heading(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Paragraph(Struct, frozen=True, gc=False):
    """A line with text in it; number counts from 1, section is an index, heading lines have number
    0.
    """

    number: int
    section: int
    start: int
    end: int


def paragraphs(text: str, sections: Sequence[_Section]) -> Iterator[Paragraph]:
    """Yield the lines of `text` that hold text, section by section.

    The first line of a section counts as heading (number 0) when it is exactly the
    section's heading. Lines end at "\\n" alone, so offsets stay those of the text.
    """
    number = 0
    for index, section in enumerate(sections):
        position, first = section.start, True
        for line in text[section.start : section.end].split("\n"):
            end = position + len(line)
            content = line.strip()
            if content:
                is_heading = first and content == section.heading
                number += not is_heading
                yield Paragraph(0 if is_heading else number, index, position, end)
                first = False
            position = end + 1
