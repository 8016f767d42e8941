"""Glyphs of one sheet into lines: what was drawn one after another, then what stands side by
side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from ingest.pdfglyphs import Glyph, is_wide


class Line(Struct, frozen=True, gc=False):
    """Characters side by side on one line; `block` and `column` say with which others they belong
    together.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    ends_with_space: bool = False
    block: int = 0
    column: int = 0


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """Return the lines of a sheet in the order they were drawn."""
    return join_beside(_pieces(glyphs))


def is_beside(before: Line, after: Line) -> bool:
    """Tell whether `after` stands on the same line as `before`, to its right."""
    size = max(before.size, after.size)
    return (
        abs(before.base - after.base) <= 0.5 * size
        and after.left > before.right - 0.3 * size
    )


def _pieces(glyphs: Iterable[Glyph]) -> list[Line]:
    """Put glyphs together that were drawn one after another without a gap that tells."""
    pieces: list[Line] = []
    current: list[Glyph] = []
    for glyph in glyphs:
        if current and not _follows(current[-1], glyph):
            pieces += _piece(current)
            current = []
        current.append(glyph)
    pieces += _piece(current)
    return pieces


def _follows(before: Glyph, glyph: Glyph) -> bool:
    size = before.size if before.size > glyph.size else glyph.size
    if (
        abs(before.base - glyph.base) > 0.5 * size
        or glyph.left < before.left - 0.3 * size
    ):
        return False
    gap = glyph.left - before.right
    if gap < 0.6 * size:
        return gap > -1.5 * size
    return gap < 1.5 * size and not (is_wide(before.char) or is_wide(glyph.char))


def _piece(glyphs: Sequence[Glyph]) -> list[Line]:
    """Return the glyphs as one line, and none where they are blanks."""
    inked = [glyph for glyph in glyphs if not glyph.char.isspace()]
    if not inked:
        return []
    text = _text(glyphs)
    tallest = inked[0]
    right = tallest.right
    for glyph in inked:
        if glyph.size > tallest.size:
            tallest = glyph
        if glyph.right > right:
            right = glyph.right
    line = Line(
        text=text.strip(),
        left=inked[0].left,
        right=right,
        base=tallest.base,
        size=tallest.size,
        ends_with_space=text[-1].isspace(),
    )
    return [line]


def _text(glyphs: Sequence[Glyph]) -> str:
    chars = [glyphs[0].char]
    before = glyphs[0]
    for glyph in glyphs[1:]:
        if _is_word_gap(before, glyph):
            chars.append(" ")
        chars.append(glyph.char)
        before = glyph
    return "".join(chars)


def _is_word_gap(before: Glyph, glyph: Glyph) -> bool:
    """Tell whether a blank that was not written stands between two glyphs: only words of letters
    have such.
    """
    if not glyph.is_after_space:
        size = before.size if before.size > glyph.size else glyph.size
        if glyph.left - before.right <= 0.25 * size:
            return False
    is_blank = before.char.isspace() or glyph.char.isspace()
    return not (is_blank or is_wide(before.char) or is_wide(glyph.char))


def join_beside(pieces: Iterable[Line]) -> list[Line]:
    """Put pieces of one line together; cells of a table, further apart, stay lines of their own."""
    lines: list[list[Line]] = []
    last: Line | None = None
    for piece in pieces:
        if last is not None and is_beside(last, piece) and _is_close(last, piece):
            lines[-1].append(piece)
        else:
            lines.append([piece])
        last = piece
    return list(map(_join, lines))


def _is_close(before: Line, piece: Line) -> bool:
    return piece.left - before.right < 2 * piece.size


def _join(pieces: Sequence[Line]) -> Line:
    """Return pieces side by side as one line."""
    if len(pieces) == 1:
        return pieces[0]
    text = [pieces[0].text]
    tallest = pieces[0]
    right = tallest.right
    for number in range(1, len(pieces)):
        piece = pieces[number]
        if not _is_one_word(pieces, number):
            text.append(" ")
        text.append(piece.text)
        right = max(right, piece.right)
        if (piece.size, len(piece.text)) > (tallest.size, len(tallest.text)):
            tallest = piece
    return Line(
        text="".join(text),
        left=pieces[0].left,
        right=right,
        base=tallest.base,
        size=tallest.size,
        ends_with_space=pieces[-1].ends_with_space,
    )


def _is_one_word(pieces: Sequence[Line], number: int) -> bool:
    """Tell whether a piece goes on with the one before without a blank."""
    is_touching = _is_touching(pieces[number - 1], pieces[number])
    return is_touching or _is_letter_spaced(pieces, number)


def _is_touching(before: Line, after: Line) -> bool:
    if before.ends_with_space:
        return False
    size = max(before.size, after.size)
    is_beside_wide = is_wide(before.text[-1]) or is_wide(after.text[0])
    most = 0.6 if is_beside_wide else 0.25
    return after.left - before.right < most * size


def _is_letter_spaced(pieces: Sequence[Line], number: int) -> bool:
    """Tell 民　事　判　决　书: the gap before a piece is like the one beside it, and single
    characters stand around.
    """
    if not _are_single(pieces, number) or not is_wide(pieces[number].text):
        return False
    gap = _gap_before(pieces, number)
    for other in (number - 1, number + 1):
        if 0 < other < len(pieces) and _are_single(pieces, other):
            beside = _gap_before(pieces, other)
            if abs(beside - gap) < 0.25 * max(gap, beside):
                return True
    return False


def _are_single(pieces: Sequence[Line], number: int) -> bool:
    """Tell whether a piece and the one before it are a character each."""
    return len(pieces[number].text) == 1 and len(pieces[number - 1].text) == 1


def _gap_before(pieces: Sequence[Line], number: int) -> float:
    return pieces[number].left - pieces[number - 1].right
