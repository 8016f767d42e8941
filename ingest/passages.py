"""Sections into passages: contiguous, tiling the text, never across a section."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from kb.paragraphs import paragraphs
from kb.records import Passage, Section

_SENTENCE_END: Final = re.compile(r"[。！？；!?;][”’」』）)]*")


def split_passages(
    text: str,
    sections: Sequence[Section],
    page_of: Callable[[int], int | None] = lambda offset: None,
    max_chars: int = 400,
) -> tuple[Passage, ...]:
    """Split every section at paragraph ends, and long paragraphs at sentence ends.

    A passage holds whole paragraphs up to `max_chars` code points; a single longer
    paragraph is cut at the last sentence end before the limit, or at the limit when it has
    none. The passages of a section cover it exactly, blank lines included.
    """
    by_section: dict[int, list[tuple[int, int, int]]] = {}
    for p in paragraphs(text, sections):
        by_section.setdefault(p.section, []).append((p.number, p.start, p.end))
    passages: list[Passage] = []
    last_number = 1
    for index, section in enumerate(sections):
        pieces = _pieces(text, by_section.get(index, []), max_chars)
        groups = _groups(pieces, max_chars) or [(last_number, section.end)]
        start = section.start
        for position, (number, end) in enumerate(groups):
            stop = section.end if position == len(groups) - 1 else end
            passages.append(Passage(index, start, stop, max(number, 1), page_of(start)))
            start = stop
        last_number = max(groups[-1][0], 1)
    return tuple(passages)


def _pieces(
    text: str, lines: Sequence[tuple[int, int, int]], max_chars: int
) -> list[tuple[int, int, int]]:
    """Cut lines over the limit; return (paragraph number, start, end)."""
    pieces: list[tuple[int, int, int]] = []
    for number, start, end in lines:
        while end - start > max_chars:
            cut = start + max_chars
            for match in _SENTENCE_END.finditer(text, start + max_chars // 3, cut):
                cut = match.end()
            if cut == start + max_chars:  # no sentence ends late enough: any end at all
                for match in _SENTENCE_END.finditer(text, start, cut):
                    cut = match.end()
            pieces.append((number, start, cut))
            start = cut
        if end > start:
            pieces.append((number, start, end))
    return pieces


def _groups(
    pieces: Sequence[tuple[int, int, int]], max_chars: int
) -> list[tuple[int, int]]:
    """Join neighbours up to the limit; return (first paragraph number, end) of each group.

    A heading (number 0) stays with what follows, unless it is a passage of its own by its length.
    """
    groups: list[tuple[int, int]] = []
    number, start, end = -1, 0, 0
    for piece_number, piece_start, piece_end in pieces:
        if number < 0:
            number, start, end = piece_number, piece_start, piece_end
        elif piece_end - start <= max_chars or (
            number == 0 and end - start < max_chars
        ):
            number, end = (number or piece_number), piece_end
        else:
            groups.append((number, end))
            number, start, end = piece_number, piece_start, piece_end
    if number >= 0:
        groups.append((number, end))
    return groups
