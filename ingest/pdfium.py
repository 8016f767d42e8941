"""Sheets of a PDF as pdfium finds them: glyphs with their places, fields, notes, what covers
what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as api
from msgspec import Struct

from ingest.pdfcalls import GlyphCalls
from ingest.pdfcovers import look_at
from ingest.pdfglyphs import Glyph
from ingest.pdfnotes import Note, notes_of
from ingest.pdfraw import ASKEW, RawGlyph, raw_glyphs
from kb.errors import UnreadableFile

MOST_PAGES: Final = 5000


class Sheet(Struct, frozen=True):
    """One page: its glyphs, turned so that they read to the right, and whatever else is on it.

    `askew` are texts that run in other directions than the rest (watermarks). `top` and `bottom`
    are the edges of the paper. `image_share` is how much of the paper the largest image takes.
    """

    glyphs: list[Glyph]
    askew: list[str]
    paper: tuple[float, float, float, float] = (0, 0, 0, 0)
    unmapped: int = 0
    image_share: float = 0.0
    is_covered: bool = False
    is_read: bool = True


class NotOpened(Exception):
    """pdfium cannot make sense of the file; another reader may."""


def sheets(data: bytes) -> Iterator[Sheet]:
    """Yield the pages of a PDF; raises UnreadableFile when it is locked or too long, NotOpened when
    damaged.
    """
    document = _open(data)
    try:
        if len(document) > MOST_PAGES:
            raise UnreadableFile(f"PDF 超过 {MOST_PAGES} 页。请拆分后重试")
        if not len(document):
            raise NotOpened
        if document.get_formtype():
            document.init_forms()
        calls = GlyphCalls()
        for number in range(len(document)):
            yield _sheet(document, number, calls)
    finally:
        document.close()


def _open(data: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == api.FPDF_ERR_PASSWORD:
            raise UnreadableFile("PDF 已加密,需要密码。请解除密码后重试") from error
        if error.err_code == api.FPDF_ERR_SECURITY:
            raise UnreadableFile(
                "PDF 已加密,加密方式(证书或文档管理系统)本程序打不开。请解除加密后重试"
            ) from error
        raise NotOpened from error


def _sheet(document: Any, number: int, calls: GlyphCalls) -> Sheet:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return Sheet([], [], is_read=False)
    try:
        text = page.get_textpage()
    except pypdfium2.PdfiumError:
        page.close()
        return Sheet([], [], is_read=False)
    try:
        notes = notes_of(page, document.formenv)
        return _read(page, text, notes, calls)
    finally:
        text.close()
        page.close()


def _read(page: Any, text: Any, notes: list[Note], calls: GlyphCalls) -> Sheet:
    found, unmapped = raw_glyphs(text.raw, calls)
    main = _main_turn(found)
    turn = (
        1 if main == 0 and _runs_down([raw for raw in found if raw.turn == 0]) else main
    )
    left, bottom, right, top = page.get_mediabox()
    corners = _turned(left, bottom, turn), _turned(right, top, turn)
    (left, right), (bottom, top) = (
        sorted(edges) for edges in zip(*corners, strict=True)
    )
    drawn = look_at(page, text.raw, found)
    shown = [raw for raw in found if raw.turn in (main, None)]
    if turn:
        glyphs = [_glyph(raw, turn) for raw in shown]
    else:
        glyphs = list(map(_upright, shown))
    for note in notes:
        _write(note, turn, glyphs)
    return Sheet(
        glyphs=glyphs,
        askew=_askew(found, main),
        paper=(left, bottom, right, top),
        unmapped=unmapped,
        image_share=drawn.image_share,
        is_covered=drawn.is_covered,
    )


def _main_turn(found: list[RawGlyph]) -> int:
    """Return into which direction most of the glyphs of a page are turned, in quarters,
    clockwise.
    """
    turns = Counter([raw.turn for raw in found])
    del turns[None], turns[ASKEW]
    return (turns.most_common(1)[0][0] or 0) if turns else 0


def _runs_down(inked: list[RawGlyph]) -> bool:
    """Tell a page of upright columns, whose glyphs stand below each other."""
    down = sum(
        abs(a.left - b.left) < 0.3 * (a.size or 1)
        and 0.5 * (a.size or 1) < a.y - b.y < 1.8 * (a.size or 1)
        for a, b in zip(inked, inked[1:], strict=False)
    )
    return len(inked) > 20 and down > 0.7 * len(inked)


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    return ((x, y), (-y, x), (-x, -y), (y, -x))[turn]


def _upright(raw: RawGlyph) -> Glyph:
    """Return a glyph of a page that is read as it lies, which nearly all are."""
    left, right = raw.left, raw.right
    if left > right:
        left, right = right, left
    size = _size(raw, abs(raw.bottom - raw.top))
    return Glyph(raw.char, left, right, raw.y, size, raw.is_after_space, raw.is_part)


def _glyph(raw: RawGlyph, turn: int) -> Glyph:
    one, other = _turned(raw.left, raw.bottom, turn), _turned(raw.right, raw.top, turn)
    size = _size(raw, abs(one[1] - other[1]))
    base = _turned(raw.x, raw.y, turn)[1]
    if turn == 1 and raw.turn == 0:
        base = min(one[1], other[1])
    left, right = sorted((one[0], other[0]))
    return Glyph(raw.char, left, right, base, size, raw.is_after_space, raw.is_part)


def _size(raw: RawGlyph, height: float) -> float:
    """Return the size of a glyph's font, or the height of its box where the font tells nonsense."""
    size = raw.size if 0.3 * height < raw.size < 3 * height else height
    return size or 1.0


def _askew(found: list[RawGlyph], turn: int) -> list[str]:
    """Return the texts that run in another direction, one a stretch."""
    texts: list[str] = []
    before = -9
    for raw in found:
        if raw.turn in (turn, None):
            continue
        if raw.index > before + 3 or not texts:  # a line feed may be made up between
            texts.append("")
        texts[-1] += raw.char
        before = raw.index
    return texts


def _write(note: Note, turn: int, glyphs: list[Glyph]) -> None:
    """Put a field or a note behind what is to the left of it, unless it is printed there
    already.
    """
    (left, low), (right, high) = (
        _turned(note.place[at], note.place[at + 1], turn) for at in (0, 2)
    )
    left, right = sorted((left, right))
    low, high = sorted((low, high))
    shown = "".join(
        g.char
        for g in glyphs
        if left <= (g.left + g.right) / 2 <= right and low <= g.base <= high
    )
    if _bare(note.text) in _bare(shown):
        return
    rows = note.text.splitlines()
    pitch = (high - low) / len(rows)
    size = max(min(pitch * 0.8, 14.0), 1.0)
    before = [
        n
        for n, g in enumerate(glyphs)
        if low <= g.base + 0.3 * g.size <= high and g.right <= left + g.size
    ]
    place = max(before, key=lambda n: glyphs[n].right) if before else None
    line = None if place is None else glyphs[place].base
    made = []
    for number, row in enumerate(rows):
        base = high - pitch * (number + 1) + max((pitch - size) / 2, 0.0) + 0.15 * size
        if line is not None and len(rows) == 1:
            base = line
        step = min(size, (right - left) / max(len(row), 1)) or size
        made += [
            Glyph(char, left + step * n, left + step * (n + 1), base, size)
            for n, char in enumerate(row)
        ]
    at = len(glyphs) if place is None else place + 1
    glyphs[at:at] = made


def _bare(text: str) -> str:
    return "".join(text.split())
