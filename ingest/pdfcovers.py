"""Text of a PDF that is hidden under something drawn over it: it can be copied, so it must be told
of.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pypdfium2.raw as api
from msgspec import Struct

from ingest.pdfcalls import object_types

#: Things on one page that are looked at, counted from the first drawn.
_MOST_THINGS: Final = 20_000
_MOST_POINTS: Final = 400
#: An image larger than this share of the page is the page itself, with the text that
#: was recognised on it.
_WHOLE_PAGE: Final = 0.5
_LEAST_GLYPHS: Final = 2
_MOST_COVERS: Final = 300

_Box = tuple[float, float, float, float]
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


def look_at(page: Any, text: Any, glyphs: Sequence[Any]) -> Drawn:
    """Tell how large the largest image is, and whether an opaque thing was drawn over
    glyphs after these.

    Each glyph has an `index` and the edges of its box.
    """
    area = _page_area(page)
    largest = 0.0
    covers: list[tuple[int, _Box]] = []
    for thing in _things(page, with_text=False):
        if thing.kind == api.FPDF_PAGEOBJ_IMAGE:
            largest = max(largest, _area(_bounds(thing)) / area)
        covers += [(thing.order, box) for box in _opaque(thing, area)]
    covers += [(_MOST_THINGS, box) for box in _annotated(page)]
    return Drawn(
        min(largest, 1.0),
        bool(covers) and _is_any_hidden(page, covers[:_MOST_COVERS], text, glyphs),
    )


def _is_any_hidden(
    page: Any, covers: Sequence[tuple[int, _Box]], text: Any, glyphs: Sequence[Any]
) -> bool:
    orders = {_address(thing.handle): thing.order for thing in _things(page)}
    return any(_hides(box, order, text, glyphs, orders) for order, box in covers)


def _hides(
    box: _Box, order: int, text: Any, glyphs: Sequence[Any], orders: dict[int, int]
) -> bool:
    left, bottom, right, top = box
    under = 0
    for glyph in glyphs:
        if not (
            left <= (glyph.left + glyph.right) / 2 <= right
            and bottom <= (glyph.bottom + glyph.top) / 2 <= top
        ):
            continue
        thing = api.FPDFText_GetTextObject(text, glyph.index)
        if (
            not thing
            or api.FPDFTextObj_GetTextRenderMode(thing)
            == api.FPDF_TEXTRENDERMODE_INVISIBLE
        ):
            continue
        under += orders.get(_address(thing), order) < order
        if under >= _LEAST_GLYPHS:
            return True
    return False


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


def _parts(group: Any, count: int, order: int, with_text: bool) -> Iterator[_Thing]:
    """Yield the first things of a group, of which the first was drawn after `order` others."""
    matrix = _matrix(group)
    for number in range(count):
        part = api.FPDFFormObj_GetObject(group, number)
        kind = api.FPDFPageObj_GetType(part)
        if with_text or kind != api.FPDF_PAGEOBJ_TEXT:
            yield _Thing(part, kind, order + number, matrix)


def _opaque(thing: _Thing, area: float) -> list[_Box]:
    handle = thing.handle
    if thing.kind == api.FPDF_PAGEOBJ_IMAGE:
        box = _bounds(thing)
        is_whole = _area(box) > _WHOLE_PAGE * area
        return [] if is_whole or api.FPDFPageObj_HasTransparency(handle) else [box]
    if thing.kind != api.FPDF_PAGEOBJ_PATH or api.FPDFPageObj_HasTransparency(handle):
        return []
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not api.FPDFPath_GetDrawMode(handle, fill, stroke):
        return []
    if fill.value and _is_opaque(handle, api.FPDFPageObj_GetFillColor):
        return _rectangles(thing)
    width = ctypes.c_float()
    if (
        stroke.value
        and api.FPDFPageObj_GetStrokeWidth(handle, width)
        and width.value >= 5
    ):
        return [_bounds(thing)] if api.FPDFPath_CountSegments(handle) == 2 else []
    return []


def _is_opaque(thing: Any, ask: Any) -> bool:
    colour = [ctypes.c_uint() for _ in range(4)]
    return bool(ask(thing, *colour)) and colour[3].value == 255


def _rectangles(path: _Thing) -> list[_Box]:
    """Return the upright rectangles of a path."""
    thing = path.handle
    own = _matrix(thing)
    parts: list[list[tuple[float, float]]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for number in range(min(api.FPDFPath_CountSegments(thing), _MOST_POINTS)):
        segment = api.FPDFPath_GetPathSegment(thing, number)
        kind = api.FPDFPathSegment_GetType(segment)
        if kind == api.FPDF_SEGMENT_BEZIERTO or not api.FPDFPathSegment_GetPoint(
            segment, x, y
        ):
            return []
        if kind == api.FPDF_SEGMENT_MOVETO or not parts:
            parts.append([])
        parts[-1].append(_moved((x.value, y.value), own))
    return [
        _around([_moved(point, path.matrix) for point in part])
        for part in parts
        if _is_rectangle(part)
    ]


def _is_rectangle(points: Sequence[tuple[float, float]]) -> bool:
    if not 4 <= len(points) <= 6:
        return False
    left, bottom, right, top = _around(points)
    near = 0.02 * max(right - left, top - bottom)
    corners = {(abs(x - left) <= near, abs(y - bottom) <= near) for x, y in points}
    on_edges = all(
        min(x - left, right - x) <= near and min(y - bottom, top - y) <= near
        for x, y in points
    )
    return on_edges and len(corners) == 4


def _annotated(page: Any) -> list[_Box]:
    """Return the filled rectangles drawn onto a page as notes."""
    found = []
    for number in range(min(api.FPDFPage_GetAnnotCount(page.raw), 1000)):
        note = api.FPDFPage_GetAnnot(page.raw, number)
        if not note:
            continue
        kind, box = api.FPDFAnnot_GetSubtype(note), api.FS_RECTF()
        is_cover = kind == api.FPDF_ANNOT_REDACT or (
            kind == api.FPDF_ANNOT_SQUARE
            and api.FPDFAnnot_HasKey(note, b"IC")
            and not _is_glass(note)
        )
        if is_cover and api.FPDFAnnot_GetRect(note, box):
            found.append((box.left, box.bottom, box.right, box.top))
        api.FPDFPage_CloseAnnot(note)
    return found


def _is_glass(note: Any) -> bool:
    opacity = ctypes.c_float()
    return (
        bool(api.FPDFAnnot_GetNumberValue(note, b"CA", opacity))
        and opacity.value < 0.99
    )


def _address(thing: Any) -> int:
    return ctypes.cast(thing, ctypes.c_void_p).value or 0


def _matrix(thing: Any) -> _Matrix:
    found = api.FS_MATRIX()
    if not api.FPDFPageObj_GetMatrix(thing, found):
        return _SAME
    return found.a, found.b, found.c, found.d, found.e, found.f


def _moved(point: tuple[float, float], matrix: _Matrix) -> tuple[float, float]:
    x, y = point
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(thing: _Thing) -> _Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not api.FPDFPageObj_GetBounds(thing.handle, left, bottom, right, top):
        return 0, 0, 0, 0
    xs, ys = (left.value, right.value), (bottom.value, top.value)
    return _around([_moved((x, y), thing.matrix) for x in xs for y in ys])


def _around(points: Sequence[tuple[float, float]]) -> _Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _area(box: _Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _page_area(page: Any) -> float:
    left, bottom, right, top = page.get_mediabox()
    return float(max(abs((right - left) * (top - bottom)), 1.0))
