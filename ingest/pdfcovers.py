"""Text of a PDF that is hidden under something drawn over it: it can be copied, so it must be told
of.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pypdfium2.raw as api
from msgspec import Struct

from ingest.pdfcalls import object_types
from ingest.pdfraw import RawGlyph

#: Things on one page that are looked at, counted from the first drawn.
_MOST_THINGS: Final = 20_000
_MOST_POINTS: Final = 400
#: An image larger than this share of the page is the page itself, with the text that
#: was recognised on it.
_WHOLE_PAGE: Final = 0.5
_LEAST_GLYPHS: Final = 2
_MOST_COVERS: Final = 300
_MOST_NOTES: Final = 1000
_HIDING: Final = (api.FPDF_PAGEOBJ_IMAGE, api.FPDF_PAGEOBJ_PATH)

_Box = tuple[float, float, float, float]
_Point = tuple[float, float]
_Matrix = tuple[float, float, float, float, float, float]
_SAME: Final[_Matrix] = (1, 0, 0, 1, 0, 0)


class Drawn(Struct, frozen=True):
    """What is drawn on a page besides text: the share its largest image takes, whether text lies
    under something.
    """

    image_share: float
    is_covered: bool


class _Thing(Struct, frozen=True):
    """One thing drawn: how many were drawn before it, and the matrix of the group it is in."""

    handle: Any
    kind: int
    order: int
    matrix: _Matrix


class _Cover(Struct, frozen=True):
    """A box that hides what is under it, and how many things were drawn before it."""

    order: int
    box: _Box


def look_at(
    page: Any,
    text: Any,
    glyphs: Sequence[RawGlyph],
) -> Drawn:
    """Tell how large the largest image is, and whether an opaque thing was drawn over
    glyphs after these.
    """
    area = _page_area(page)
    largest = 0.0
    covers: list[_Cover] = []
    for thing in _things(page, with_text=False):
        if thing.kind == api.FPDF_PAGEOBJ_IMAGE:
            largest = max(largest, _area(_bounds(thing)) / area)
        for box in _opaque(thing, area):
            covers.append(_Cover(thing.order, box))
    for box in _boxes_of_notes(page):
        covers.append(_Cover(_MOST_THINGS, box))
    is_covered = _is_any_hidden(page, covers[:_MOST_COVERS], text, glyphs)
    return Drawn(min(largest, 1.0), is_covered)


def _is_any_hidden(
    page: Any,
    covers: Sequence[_Cover],
    text: Any,
    glyphs: Sequence[RawGlyph],
) -> bool:
    if not covers:
        return False
    orders = {_address(thing.handle): thing.order for thing in _things(page)}
    return any(_hides(cover, text, glyphs, orders) for cover in covers)


def _hides(
    cover: _Cover,
    text: Any,
    glyphs: Sequence[RawGlyph],
    orders: dict[int, int],
) -> bool:
    """Tell whether several glyphs that were drawn before a cover lie under it."""
    under = 0
    for glyph in _lying_in(cover.box, glyphs):
        thing = api.FPDFText_GetTextObject(text, glyph.index)
        if not thing or _is_invisible(thing):
            continue
        if orders.get(_address(thing), cover.order) < cover.order:
            under += 1
        if under >= _LEAST_GLYPHS:
            return True
    return False


def _lying_in(box: _Box, glyphs: Iterable[RawGlyph]) -> Iterator[RawGlyph]:
    """Yield the glyphs whose middle lies in a box."""
    left, bottom, right, top = box
    for glyph in glyphs:
        if (
            left <= (glyph.left + glyph.right) / 2 <= right
            and bottom <= (glyph.bottom + glyph.top) / 2 <= top
        ):
            yield glyph


def _is_invisible(thing: Any) -> bool:
    mode = api.FPDFTextObj_GetTextRenderMode(thing)
    return bool(mode == api.FPDF_TEXTRENDERMODE_INVISIBLE)


def _things(page: Any, with_text: bool = True) -> Iterator[_Thing]:
    """Yield what is drawn, in order; groups in groups are not looked into."""
    count = min(api.FPDFPage_CountObjects(page.raw), _MOST_THINGS)
    kinds = object_types(page.raw, count)
    wanted = list(enumerate(kinds))
    if not with_text:
        wanted = [found for found in wanted if found[1] != api.FPDF_PAGEOBJ_TEXT]
    inner, groups = 0, 0
    for number, kind in wanted:
        left = _MOST_THINGS - number - inner - 1
        if left < 0:
            return
        handle = api.FPDFPage_GetObject(page.raw, number)
        order = number + inner - groups
        if kind != api.FPDF_PAGEOBJ_FORM:
            yield _Thing(handle, kind, order, _SAME)
            continue
        parts = min(api.FPDFFormObj_CountObjects(handle), left)
        yield from _parts(handle, parts, order, with_text)
        inner += parts
        groups += 1


def _parts(
    group: Any,
    count: int,
    order: int,
    with_text: bool,
) -> Iterator[_Thing]:
    """Yield the first things of a group, of which the first was drawn after `order` others."""
    matrix = _matrix(group)
    for number in range(count):
        part = api.FPDFFormObj_GetObject(group, number)
        kind = api.FPDFPageObj_GetType(part)
        if with_text or kind != api.FPDF_PAGEOBJ_TEXT:
            yield _Thing(part, kind, order + number, matrix)


def _opaque(thing: _Thing, area: float) -> list[_Box]:
    """Return the rectangles of a thing that hide what is under them."""
    handle = thing.handle
    if thing.kind not in _HIDING or api.FPDFPageObj_HasTransparency(handle):
        return []
    if thing.kind == api.FPDF_PAGEOBJ_IMAGE:
        box = _bounds(thing)
        is_page = _area(box) > _WHOLE_PAGE * area
        return [] if is_page else [box]
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not api.FPDFPath_GetDrawMode(handle, fill, stroke):
        return []
    if fill.value and _is_filled(handle):
        return _rectangles(thing)
    is_bar = stroke.value and _is_thick_line(handle)
    return [_bounds(thing)] if is_bar else []


def _is_filled(path: Any) -> bool:
    """Tell a path whose colour nothing shines through."""
    red, green, blue = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
    alpha = ctypes.c_uint()
    found = api.FPDFPageObj_GetFillColor(path, red, green, blue, alpha)
    return bool(found) and alpha.value == 255


def _is_thick_line(path: Any) -> bool:
    width = ctypes.c_float()
    if not api.FPDFPageObj_GetStrokeWidth(path, width) or width.value < 5:
        return False
    return bool(api.FPDFPath_CountSegments(path) == 2)


def _rectangles(path: _Thing) -> list[_Box]:
    """Return the upright rectangles of a path."""
    own = _matrix(path.handle)
    boxes = []
    for outline in _outlines(path.handle):
        corners = [_transform(point, own) for point in outline]
        if _is_rectangle(corners):
            boxes.append(_around([_transform(point, path.matrix) for point in corners]))
    return boxes


def _outlines(path: Any) -> list[list[_Point]]:
    """Return the points of each part of a path; none where it is bent."""
    parts: list[list[_Point]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for number in range(min(api.FPDFPath_CountSegments(path), _MOST_POINTS)):
        segment = api.FPDFPath_GetPathSegment(path, number)
        kind = api.FPDFPathSegment_GetType(segment)
        if kind == api.FPDF_SEGMENT_BEZIERTO:
            return []
        if not api.FPDFPathSegment_GetPoint(segment, x, y):
            return []
        if kind == api.FPDF_SEGMENT_MOVETO or not parts:
            parts.append([])
        parts[-1].append((x.value, y.value))
    return parts


def _is_rectangle(points: Sequence[_Point]) -> bool:
    """Tell points that lie on the edges of the box around them, with one in each corner."""
    if not 4 <= len(points) <= 6:
        return False
    left, bottom, right, top = _around(points)
    near = 0.02 * max(right - left, top - bottom)
    corners = set()
    for x, y in points:
        is_on_side = min(x - left, right - x) <= near
        is_on_end = min(y - bottom, top - y) <= near
        if not is_on_side or not is_on_end:
            return False
        corners.add((abs(x - left) <= near, abs(y - bottom) <= near))
    return len(corners) == 4


def _boxes_of_notes(page: Any) -> list[_Box]:
    """Return the filled rectangles drawn onto a page as notes."""
    found = []
    for number in range(min(api.FPDFPage_GetAnnotCount(page.raw), _MOST_NOTES)):
        note = api.FPDFPage_GetAnnot(page.raw, number)
        if not note:
            continue
        box = api.FS_RECTF()
        if _covers(note) and api.FPDFAnnot_GetRect(note, box):
            found.append((box.left, box.bottom, box.right, box.top))
        api.FPDFPage_CloseAnnot(note)
    return found


def _covers(note: Any) -> bool:
    kind = api.FPDFAnnot_GetSubtype(note)
    if kind == api.FPDF_ANNOT_SQUARE:
        is_filled = api.FPDFAnnot_HasKey(note, b"IC")
        return bool(is_filled) and not _is_glass(note)
    return bool(kind == api.FPDF_ANNOT_REDACT)


def _is_glass(note: Any) -> bool:
    opacity = ctypes.c_float()
    is_said = api.FPDFAnnot_GetNumberValue(note, b"CA", opacity)
    return bool(is_said) and opacity.value < 0.99


def _address(thing: Any) -> int:
    return ctypes.cast(thing, ctypes.c_void_p).value or 0


def _matrix(thing: Any) -> _Matrix:
    found = api.FS_MATRIX()
    if not api.FPDFPageObj_GetMatrix(thing, found):
        return _SAME
    return found.a, found.b, found.c, found.d, found.e, found.f


def _transform(point: _Point, matrix: _Matrix) -> _Point:
    x, y = point
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(thing: _Thing) -> _Box:
    """Return the box around a thing, as it lies on the page."""
    left, bottom = ctypes.c_float(), ctypes.c_float()
    right, top = ctypes.c_float(), ctypes.c_float()
    if not api.FPDFPageObj_GetBounds(thing.handle, left, bottom, right, top):
        return 0, 0, 0, 0
    corners = [
        (left.value, bottom.value),
        (left.value, top.value),
        (right.value, bottom.value),
        (right.value, top.value),
    ]
    return _around([_transform(corner, thing.matrix) for corner in corners])


def _around(points: Sequence[_Point]) -> _Box:
    """Return the box around some points."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _area(box: _Box) -> float:
    left, bottom, right, top = box
    return (right - left) * (top - bottom)


def _page_area(page: Any) -> float:
    return max(abs(_area(page.get_mediabox())), 1.0)
