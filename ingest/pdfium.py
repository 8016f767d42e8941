"""Sheets of a PDF as pdfium finds them: glyphs with their places, fields, notes, what covers
what.
"""

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
from ingest.pdfglyphs import Glyph, is_wide
from ingest.pdfnotes import Note, notes_of
from kb.errors import UnreadableFile

MOST_PAGES: Final = 5000
#: Glyphs of one page; a page densely printed has 5,000.
_FARTHEST: Final = 1e6
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
            raise UnreadableFile(
                "PDF 已加密,加密方式(证书或文档管理系统)本程序打不开。请解除加密后重试"
            ) from error
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
    glyphs = [_glyph(raw, turn) for raw in found if raw.turn in (main, None)]
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
    is_part: bool = False


def _raw_glyphs(text: Any) -> tuple[list[_Raw], int]:
    x, y, box, matrix = (
        ctypes.c_double(),
        ctypes.c_double(),
        api.FS_RECTF(),
        api.FS_MATRIX(),
    )
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
        if not api.FPDFText_GetCharOrigin(
            text, index, x, y
        ) or not api.FPDFText_GetLooseCharBox(text, index, box):
            continue
        api.FPDFText_GetMatrix(text, index, matrix)
        size = api.FPDFText_GetFontSize(text, index) * math.hypot(matrix.c, matrix.d)
        turn = None if char.isspace() else _quarter_of(matrix)
        left, bottom, right, top = box.left, box.bottom, box.right, box.top
        if not math.hypot(left, bottom, right, top, x.value, y.value) < _FARTHEST:
            left, bottom, right, top = (
                _sane(left),
                _sane(bottom),
                _sane(right),
                _sane(top),
            )
            x.value, y.value = _sane(x.value), _sane(y.value)
        written = "-" if char in _SOFT_HYPHENS else char
        found.append(
            _Raw(
                written,
                index,
                left,
                bottom,
                right,
                top,
                x.value,
                y.value,
                size,
                turn,
                spaced,
            )
        )
        found[-1].is_part = _is_part(text, found[-2:])
        spaced = False
    return found, unmapped


def _is_part(text: Any, last: list[_Raw]) -> bool:
    """Tell whether the last of two like letters is there because one sign stands for both.

    What is printed twice in one place to look bold is drawn by two orders, each with an
    object of its own.
    """
    if (
        len(last) < 2
        or last[0].char != last[1].char
        or (last[0].x, last[0].y) != (last[1].x, last[1].y)
    ):
        return False
    one, other = (api.FPDFText_GetTextObject(text, raw.index) for raw in last)
    return (
        bool(one)
        and bool(other)
        and not is_wide(last[1].char)
        and _address(one) == _address(other)
    )


def _address(pointer: Any) -> int:
    return ctypes.addressof(pointer.contents)


def _char(code: int) -> str:
    """Return the character of a code; a half of one is joined to the other half later."""
    return chr(code) if 0 < code < 0x110000 else "\ufffd"


def _sane(place: float) -> float:
    """Return a place on a paper of finite size: what stands elsewhere is not seen, but read."""
    return place if -_FARTHEST < place < _FARTHEST else 0.0


def _quarter_of(matrix: Any) -> int:
    """Return the quarter turn of a glyph, 0 for one that stands upright, which nearly all do.

    FPDFText_GetCharAngle computes the same angle, from the same matrix, for another call a glyph.
    """
    if matrix.c == 0 and matrix.a > 0:
        return 0
    return _quarter(math.atan2(matrix.c, matrix.a) % (2 * math.pi))


def _quarter(angle: float) -> int:
    quarters = angle / (math.pi / 2)
    nearest = round(quarters)
    return nearest % 4 if abs(quarters - nearest) < 0.12 else _ASKEW


def _main_turn(found: list[_Raw]) -> int:
    """Return into which direction most of the glyphs of a page are turned, in quarters,
    clockwise.
    """
    turns = Counter(
        raw.turn for raw in found if raw.turn is not None and raw.turn != _ASKEW
    )
    return (turns.most_common(1)[0][0] or 0) if turns else 0


def _runs_down(inked: list[_Raw]) -> bool:
    """Tell a page of upright columns, whose glyphs stand below each other."""
    down = sum(
        abs(a.left - b.left) < 0.3 * (a.size or 1)
        and 0.5 * (a.size or 1) < a.y - b.y < 1.8 * (a.size or 1)
        for a, b in zip(inked, inked[1:], strict=False)
    )
    return len(inked) > 20 and down > 0.7 * len(inked)


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    return ((x, y), (-y, x), (-x, -y), (y, -x))[turn]


def _glyph(raw: _Raw, turn: int) -> Glyph:
    one, other = _turned(raw.left, raw.bottom, turn), _turned(raw.right, raw.top, turn)
    height = abs(one[1] - other[1])
    size = raw.size if 0.3 * height < raw.size < 3 * height else height
    base = (
        min(one[1], other[1])
        if turn == 1 and raw.turn == 0
        else _turned(raw.x, raw.y, turn)[1]
    )
    left, right = sorted((one[0], other[0]))
    return Glyph(
        raw.char, left, right, base, size or 1.0, raw.is_after_space, raw.is_part
    )


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
