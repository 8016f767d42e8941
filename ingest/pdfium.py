"""Sheets of a PDF as pdfium finds them: glyphs with their places, fields, notes, what covers what."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as api
from msgspec import Struct

from ingest.pdfcovers import look_at
from ingest.pdflines import Glyph
from ingest.pdfnotes import Note, notes_of
from kb.errors import UnreadableFile

MOST_PAGES: Final = 5000
#: Glyphs of one page; a page densely printed has 5,000.
_MOST_GLYPHS: Final = 400_000
_SOFT_HYPHENS: Final = ("\x02", "\ufffe")
_ASKEW: Final = 4


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
    """Yield the pages of a PDF; raises UnreadableFile when it is locked or too long, NotOpened when damaged."""
    document = _open(data)
    try:
        if len(document) > MOST_PAGES:
            raise UnreadableFile(f"PDF 超过 {MOST_PAGES} 页。请拆分后重试")
        if not len(document):
            raise NotOpened
        if document.get_formtype():
            document.init_forms()
        for number in range(len(document)):
            yield _sheet(document, number)
    finally:
        document.close()


def _open(data: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == api.FPDF_ERR_PASSWORD:
            raise UnreadableFile("PDF 已加密,需要密码。请解除密码后重试") from error
        if error.err_code == api.FPDF_ERR_SECURITY:
            raise UnreadableFile("PDF 已加密,加密方式(证书或文档管理系统)本程序打不开。请解除加密后重试") from error
        raise NotOpened from error


def _sheet(document: Any, number: int) -> Sheet:
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
        return _read(page, text, notes_of(page, document.formenv))
    finally:
        text.close()
        page.close()


def _read(page: Any, text: Any, notes: list[Note]) -> Sheet:
    found, unmapped = _raw_glyphs(text.raw)
    turn = _main_turn(found)
    left, bottom, right, top = page.get_mediabox()
    corners = _turned(left, bottom, turn), _turned(right, top, turn)
    (left, right), (bottom, top) = (sorted(edges) for edges in zip(*corners, strict=True))
    drawn = look_at(page, text.raw, found)
    glyphs = [_glyph(raw, turn) for raw in found if raw.turn in (turn, None)]
    return Sheet(
        glyphs=glyphs + [glyph for note in notes for glyph in _written(note, turn, glyphs)],
        askew=_askew(found, turn),
        paper=(left, bottom, right, top),
        unmapped=unmapped,
        image_share=drawn.image_share,
        is_covered=drawn.is_covered,
    )


class _Raw(Struct, gc=False):
    """A glyph as it stands in the file; `turn` counts quarter turns, None for a blank."""

    char: str
    index: int
    left: float
    bottom: float
    right: float
    top: float
    x: float
    y: float
    size: float
    turn: int | None
    is_after_space: bool


def _raw_glyphs(text: Any) -> tuple[list[_Raw], int]:
    x, y, box, matrix = ctypes.c_double(), ctypes.c_double(), api.FS_RECTF(), api.FS_MATRIX()
    found: list[_Raw] = []
    unmapped, spaced = 0, False
    for index in range(min(api.FPDFText_CountChars(text), _MOST_GLYPHS)):
        char = _char(api.FPDFText_GetUnicode(text, index))
        if api.FPDFText_IsGenerated(text, index) == 1:
            spaced = True
            if char not in _SOFT_HYPHENS:
                continue
        if api.FPDFText_HasUnicodeMapError(text, index) == 1:
            unmapped += not char.isspace()
        if not api.FPDFText_GetCharOrigin(text, index, x, y) or not api.FPDFText_GetLooseCharBox(text, index, box):
            continue
        api.FPDFText_GetMatrix(text, index, matrix)
        size = api.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
        turn = None if char.isspace() else _quarter(api.FPDFText_GetCharAngle(text, index))
        found.append(
            _Raw(
                "-" if char in _SOFT_HYPHENS else char,
                index,
                _sane(box.left),
                _sane(box.bottom),
                _sane(box.right),
                _sane(box.top),
                _sane(x.value),
                _sane(y.value),
                size,
                turn,
                spaced,
            )
        )
        spaced = False
    return found, unmapped


def _char(code: int) -> str:
    """Return the character of a code; a half of one is joined to the other half later."""
    return chr(code) if 0 < code < 0x110000 else "\ufffd"


def _sane(place: float) -> float:
    """Return a place on a paper of finite size: what stands elsewhere is not seen, but read."""
    return place if -1e6 < place < 1e6 else 0.0


def _quarter(angle: float) -> int:
    quarters = angle / (math.pi / 2)
    nearest = round(quarters)
    return nearest % 4 if abs(quarters - nearest) < 0.12 else _ASKEW


def _main_turn(found: list[_Raw]) -> int:
    """Return into which direction most of a page reads, in quarter turns; 3 is down, as upright columns are."""
    turns = Counter(raw.turn for raw in found if raw.turn is not None and raw.turn != _ASKEW)
    if not turns:
        return 0
    turn = turns.most_common(1)[0][0] or 0
    if turn:
        return turn
    inked = [raw for raw in found if raw.turn == 0]
    down = sum(
        abs(a.left - b.left) < 0.3 * (a.size or 1) and 0.5 * (a.size or 1) < a.y - b.y < 1.8 * (a.size or 1)
        for a, b in zip(inked, inked[1:], strict=False)
    )
    return 3 if len(inked) > 20 and down > 0.7 * len(inked) else 0


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    return ((x, y), (y, -x), (-x, -y), (-y, x))[turn]


def _glyph(raw: _Raw, turn: int) -> Glyph:
    one, other = _turned(raw.left, raw.bottom, turn), _turned(raw.right, raw.top, turn)
    height = abs(one[1] - other[1])
    size = raw.size if 0.3 * height < raw.size < 3 * height else height
    base = min(one[1], other[1]) if turn == 3 and raw.turn == 0 else _turned(raw.x, raw.y, turn)[1]
    return Glyph(raw.char, min(one[0], other[0]), max(one[0], other[0]), base, size or 1.0, raw.is_after_space)


def _askew(found: list[_Raw], turn: int) -> list[str]:
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


def _written(note: Note, turn: int, glyphs: list[Glyph]) -> list[Glyph]:
    """Return the glyphs of a field or a note, set where it stands, unless they are printed there already."""
    (left, low), (right, high) = (_turned(note.place[at], note.place[at + 1], turn) for at in (0, 2))
    left, right = sorted((left, right))
    low, high = sorted((low, high))
    shown = "".join(g.char for g in glyphs if left <= (g.left + g.right) / 2 <= right and low <= g.base <= high)
    if _bare(note.text) in _bare(shown):
        return []
    rows = note.text.splitlines() or [note.text]
    pitch = (high - low) / len(rows)
    size = max(min(pitch * 0.8, 14.0), 1.0)
    made = []
    for number, row in enumerate(rows):
        step = min(size, (right - left) / max(len(row), 1)) or size
        base = high - pitch * (number + 1) + max((pitch - size) / 2, 0.0) + 0.15 * size
        made += [
            Glyph(char, left + step * place, left + step * (place + 1), base, size) for place, char in enumerate(row)
        ]
    return made


def _bare(text: str) -> str:
    return "".join(text.split())
