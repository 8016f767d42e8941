"""What pdfium says of the glyphs and the objects of a page, asked many at a time.

A page has thousands of glyphs, and each is asked six things. Calling a function of
pdfium the way its bindings declare it takes several times as long as its answer: the
arguments are checked and converted anew for every glyph. Here the functions are called
as they are, and their answers lie side by side in arrays that serve batch after batch.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Iterator
from itertools import repeat
from typing import Any, Final

import pypdfium2.raw as api
from msgspec import Struct

#: Glyphs asked about at a time.
_BATCH: Final = 1024
_FLOAT: Final = ctypes.sizeof(ctypes.c_float)
_DOUBLE: Final = ctypes.sizeof(ctypes.c_double)


class _Handle(ctypes.c_void_p):
    """What pdfium gives out for a thing; a plain c_void_p would come back as a number."""


def _skip_checks(function: Any, answer: Any) -> Any:
    """Return a function of pdfium that takes handles, integers and places as they are."""
    address: Any = ctypes.cast(function, ctypes.c_void_p).value
    return ctypes.PYFUNCTYPE(answer)(address)


_unicode = _skip_checks(api.FPDFText_GetUnicode, ctypes.c_uint)
_is_generated = _skip_checks(api.FPDFText_IsGenerated, ctypes.c_int)
_has_map_error = _skip_checks(api.FPDFText_HasUnicodeMapError, ctypes.c_int)
_font_size = _skip_checks(api.FPDFText_GetFontSize, ctypes.c_double)
_origin = _skip_checks(api.FPDFText_GetCharOrigin, ctypes.c_int)
_loose_box = _skip_checks(api.FPDFText_GetLooseCharBox, ctypes.c_int)
_matrix = _skip_checks(api.FPDFText_GetMatrix, ctypes.c_int)
_object = _skip_checks(api.FPDFPage_GetObject, _Handle)
_object_type = _skip_checks(api.FPDFPageObj_GetType, ctypes.c_int)


class Answers(Struct, frozen=True):
    """What pdfium says of glyphs that follow each other: a list a question, in their order.

    `x` and `y` are where a glyph is set; `left` to `top` are the edges of its box; `a`, `c`
    and `d` are of the matrix that turns and scales it.
    """

    first: int
    codes: list[int]
    unmapped: list[int]
    font_sizes: list[float]
    x: list[float]
    y: list[float]
    left: list[float]
    bottom: list[float]
    right: list[float]
    top: list[float]
    a: list[float]
    c: list[float]
    d: list[float]


class GlyphCalls:
    """Asks pdfium about glyphs; the room for answers is made once and used for all pages."""

    def __init__(self) -> None:
        """Make room for the answers about one batch."""
        origins = (ctypes.c_double * (2 * _BATCH))()
        boxes = (ctypes.c_float * (4 * _BATCH))()
        matrices = (ctypes.c_float * (6 * _BATCH))()
        self._origins: Any = memoryview(origins).cast("B").cast("d")
        self._boxes: Any = memoryview(boxes).cast("B").cast("f")
        self._matrices: Any = memoryview(matrices).cast("B").cast("f")
        self._to_x = _pointers(origins, 0, 2 * _DOUBLE)
        self._to_y = _pointers(origins, _DOUBLE, 2 * _DOUBLE)
        self._to_boxes = _pointers(boxes, 0, 4 * _FLOAT)
        self._to_matrices = _pointers(matrices, 0, 6 * _FLOAT)

    def answers(self, text: Any, count: int) -> Iterator[Answers]:
        """Yield the answers about the first `count` glyphs of a text, batch by batch."""
        page = ctypes.cast(text, ctypes.c_void_p)
        for first in range(0, count, _BATCH):
            yield self._batch(page, range(first, min(first + _BATCH, count)))

    def _batch(self, page: ctypes.c_void_p, glyphs: range) -> Answers:
        """Return the answers about some glyphs; the room for them is free again then."""
        pages = repeat(page)
        _call_all(map(_origin, pages, glyphs, self._to_x, self._to_y))
        _call_all(map(_loose_box, pages, glyphs, self._to_boxes))
        _call_all(map(_matrix, pages, glyphs, self._to_matrices))
        origins = self._origins[: 2 * len(glyphs)]
        boxes = self._boxes[: 4 * len(glyphs)]
        matrices = self._matrices[: 6 * len(glyphs)]
        return Answers(
            first=glyphs.start,
            codes=list(map(_unicode, pages, glyphs)),
            unmapped=list(map(_has_map_error, pages, glyphs)),
            font_sizes=list(map(_font_size, pages, glyphs)),
            x=origins[0::2].tolist(),
            y=origins[1::2].tolist(),
            # the order of FS_RECTF is left, top, right, bottom
            left=boxes[0::4].tolist(),
            top=boxes[1::4].tolist(),
            right=boxes[2::4].tolist(),
            bottom=boxes[3::4].tolist(),
            a=matrices[0::6].tolist(),
            c=matrices[2::6].tolist(),
            d=matrices[3::6].tolist(),
        )


def made_up(text: Any, glyphs: list[int]) -> set[int]:
    """Return those of some glyphs that are not in the file: pdfium puts blanks and line
    feeds between words and lines.
    """
    page = ctypes.cast(text, ctypes.c_void_p)
    return {glyph for glyph in glyphs if _is_generated(page, glyph) == 1}


def object_types(page: Any, count: int) -> list[int]:
    """Return the types of the first `count` objects of a page in the order they are drawn."""
    handle = ctypes.cast(page, ctypes.c_void_p)
    return list(map(_object_type, map(_object, repeat(handle), range(count))))


def _pointers(
    array: Any,
    start: int,
    step: int,
) -> list[Any]:
    """Return a pointer a glyph into an array of answers."""
    return [ctypes.byref(array, start + step * place) for place in range(_BATCH)]


def _call_all(calls: Iterator[object]) -> None:
    deque(calls, maxlen=0)
