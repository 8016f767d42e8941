"""What people wrote onto a PDF: fields of a form and free text, which no reader of the page itself
sees.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any, Final

import pypdfium2.raw as api
from msgspec import Struct

_MOST_NOTES: Final = 5000
_MOST_BYTES: Final = 1 << 20
_BOXES: Final = (api.FPDF_FORMFIELD_CHECKBOX, api.FPDF_FORMFIELD_RADIOBUTTON)
_WRITTEN: Final = (
    api.FPDF_FORMFIELD_TEXTFIELD,
    api.FPDF_FORMFIELD_COMBOBOX,
    api.FPDF_FORMFIELD_LISTBOX,
)


class Note(Struct, frozen=True):
    """A text and the rectangle it stands in: left, bottom, right, top."""

    text: str
    place: tuple[float, float, float, float]


def notes_of(page: Any, forms: Any) -> list[Note]:
    """Return the filled fields and the free texts of a page; boxes to tick as ☑ and ☐."""
    return [
        note
        for annotation in _annotations(page.raw)
        for note in _note(annotation, forms)
    ]


def _annotations(page: Any) -> Iterator[Any]:
    for number in range(min(api.FPDFPage_GetAnnotCount(page), _MOST_NOTES)):
        annotation = api.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            yield annotation
        finally:
            api.FPDFPage_CloseAnnot(annotation)


def _note(annotation: Any, forms: Any) -> list[Note]:
    """Return a field or a free text with its place; nothing for notes that show no text."""
    kind = api.FPDFAnnot_GetSubtype(annotation)
    if api.FPDFAnnot_GetFlags(annotation) & (
        api.FPDF_ANNOT_FLAG_HIDDEN | api.FPDF_ANNOT_FLAG_NOVIEW
    ):
        return []
    if kind == api.FPDF_ANNOT_FREETEXT:
        text = _read_string(
            lambda room, size: api.FPDFAnnot_GetStringValue(
                annotation, b"Contents", room, size
            )
        )
    elif kind == api.FPDF_ANNOT_WIDGET and forms is not None:
        text = _value(annotation, forms)
    else:
        return []
    box = api.FS_RECTF()
    if not text.strip() or not api.FPDFAnnot_GetRect(annotation, box):
        return []
    place = (box.left, box.bottom, box.right, box.top)
    return [Note(text, tuple(edge if -1e6 < edge < 1e6 else 0.0 for edge in place))]  # type: ignore[arg-type]


def _value(annotation: Any, forms: Any) -> str:
    kind = api.FPDFAnnot_GetFormFieldType(forms, annotation)
    if kind in _BOXES:
        return "☑" if api.FPDFAnnot_IsChecked(forms, annotation) else "☐"
    if kind not in _WRITTEN:
        return ""
    return _read_string(
        lambda room, size: api.FPDFAnnot_GetFormFieldValue(
            forms, annotation, room, size
        )
    )


def _read_string(ask: Callable[[Any, int], int]) -> str:
    """Return a string pdfium writes as UTF-16, asking for its length first."""
    length = ask(None, 0)
    if not 2 < length <= _MOST_BYTES:
        return ""
    room = (ctypes.c_ushort * (length // 2))()
    ask(room, length)
    text = bytes(room).decode("utf-16-le", "replace").rstrip("\0")
    return text.replace("\r\n", "\n").replace("\r", "\n")
