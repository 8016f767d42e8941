"""Sections into passages: contiguous, tiling the text, never across a section."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from kb.paragraphs import paragraphs
from kb.records import Passage, Section

_SENTENCE_END: Final = re.compile(r"[。！？；!?;][”’」』）)]*")


class _Piece(Struct, frozen=True, gc=False):
    """A part of a text, with the number of the paragraph it begins with."""

    number: int
    start: int
    end: int


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
    by_section: dict[int, list[_Piece]] = defaultdict(list)
    for paragraph in paragraphs(text, sections):
        piece = _Piece(paragraph.number, paragraph.start, paragraph.end)
        by_section[paragraph.section].append(piece)
    passages: list[Passage] = []
    last_number = 1
    for index, section in enumerate(sections):
        groups = _groups(_pieces(text, by_section[index], max_chars), max_chars)
        if not groups:
            groups = [_Piece(last_number, section.start, section.end)]
        start = section.start
        for group in groups:
            end = section.end if group is groups[-1] else group.end
            number = max(group.number, 1)
            passages.append(Passage(index, start, end, number, page_of(start)))
            start = end
        last_number = max(groups[-1].number, 1)
    return tuple(passages)


def _pieces(
    text: str,
    lines: Sequence[_Piece],
    max_chars: int,
) -> list[_Piece]:
    """Return paragraphs, those over the limit cut at the ends of sentences."""
    pieces: list[_Piece] = []
    for line in lines:
        start = line.start
        while line.end - start > max_chars:
            cut = _cut(text, start, max_chars)
            pieces.append(_Piece(line.number, start, cut))
            start = cut
        if line.end > start:
            pieces.append(_Piece(line.number, start, line.end))
    return pieces


def _cut(
    text: str,
    start: int,
    max_chars: int,
) -> int:
    """Return where a paragraph is cut: at the last end of a sentence before the limit."""
    limit = start + max_chars
    cut = limit
    for match in _SENTENCE_END.finditer(text, start + max_chars // 3, limit):
        cut = match.end()
    if cut == limit:  # no sentence ends late enough: any end at all
        for match in _SENTENCE_END.finditer(text, start, limit):
            cut = match.end()
    return cut


def _groups(pieces: Sequence[_Piece], max_chars: int) -> list[_Piece]:
    """Join neighbours up to the limit.

    A heading (number 0) stays with what follows, unless it is a passage of its own by its length.
    """
    groups: list[_Piece] = []
    for piece in pieces:
        if groups and _fits(groups[-1], piece, max_chars):
            last = groups[-1]
            groups[-1] = _Piece(last.number or piece.number, last.start, piece.end)
        else:
            groups.append(piece)
    return groups


def _fits(
    before: _Piece,
    piece: _Piece,
    max_chars: int,
) -> bool:
    is_short_heading = before.number == 0 and before.end - before.start < max_chars
    return is_short_heading or piece.end - before.start <= max_chars
