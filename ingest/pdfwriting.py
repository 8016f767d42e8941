"""Fields and notes, written among the glyphs of the page they stand on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ingest.pdfglyphs import Glyph
from ingest.pdfturning import Box


def write_note(
    text: str,
    box: Box,
    glyphs: list[Glyph],
) -> None:
    """Put the text of a field or a note behind what is to the left of it, unless it is printed
    there already.
    """
    if _bare(text) in _bare(_text_in(box, glyphs)):
        return
    rows = text.splitlines()
    place = _place_before(box, glyphs)
    if place is None:
        glyphs += _make_glyphs(rows, box, None)
    else:
        glyphs[place + 1 : place + 1] = _make_glyphs(rows, box, glyphs[place].base)


def _text_in(box: Box, glyphs: Iterable[Glyph]) -> str:
    """Return what is printed in a rectangle."""
    left, bottom, right, top = box
    chars = []
    for glyph in glyphs:
        middle = (glyph.left + glyph.right) / 2
        if left <= middle <= right and bottom <= glyph.base <= top:
            chars.append(glyph.char)
    return "".join(chars)


def _place_before(box: Box, glyphs: Sequence[Glyph]) -> int | None:
    """Return the place of the nearest glyph to the left of a rectangle, if there is any."""
    left, bottom, _, top = box
    found = None
    for place, glyph in enumerate(glyphs):
        is_beside = bottom <= glyph.base + 0.3 * glyph.size <= top
        if not is_beside or glyph.right > left + glyph.size:
            continue
        if found is None or glyph.right > glyphs[found].right:
            found = place
    return found


def _size_of(box: Box, rows: Sequence[str]) -> float:
    """Return the size of the letters of a note of so many rows."""
    pitch = (box[3] - box[1]) / len(rows)
    return max(min(pitch * 0.8, 14.0), 1.0)


def _make_glyphs(
    rows: Sequence[str],
    box: Box,
    line: float | None,
) -> list[Glyph]:
    """Return rows as glyphs in a rectangle; a single one stands on the line before it."""
    left, bottom, right, top = box
    pitch = (top - bottom) / len(rows)
    size = _size_of(box, rows)
    rise = max((pitch - size) / 2, 0.0) + 0.15 * size
    glyphs = []
    for number, row in enumerate(rows, 1):
        base = top - pitch * number + rise
        if line is not None and len(rows) == 1:
            base = line
        step = min(size, (right - left) / max(len(row), 1)) or size
        for place, char in enumerate(row):
            start = left + step * place
            glyphs.append(Glyph(char, start, left + step * (place + 1), base, size))
    return glyphs


def _bare(text: str) -> str:
    return "".join(text.split())
