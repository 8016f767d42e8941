"""Sheets of a PDF as pdfium finds them: glyphs with their places, fields, notes, what covers
what.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as api
from msgspec import Struct

from ingest.pdfcalls import GlyphCalls
from ingest.pdfcovers import look_at
from ingest.pdfglyphs import Glyph
from ingest.pdfnotes import Note, notes_of
from ingest.pdfraw import raw_glyphs
from ingest.pdfturning import askew_texts, turn_of, turned_box, turned_glyphs
from ingest.pdfwriting import write_note
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


def _sheet(
    document: Any,
    number: int,
    calls: GlyphCalls,
) -> Sheet:
    """Return one page; an empty one where pdfium cannot read it."""
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


def _read(
    page: Any,
    text: Any,
    notes: list[Note],
    calls: GlyphCalls,
) -> Sheet:
    """Return what stands on a page, turned so that it reads to the right."""
    found, unmapped = raw_glyphs(text.raw, calls)
    turn = turn_of(found)
    drawn = look_at(page, text.raw, found)
    glyphs = turned_glyphs(found, turn)
    for note in notes:
        write_note(note.text, turned_box(note.place, turn.whole), glyphs)
    return Sheet(
        glyphs=glyphs,
        askew=askew_texts(found, turn),
        paper=turned_box(page.get_mediabox(), turn.whole),
        unmapped=unmapped,
        image_share=drawn.image_share,
        is_covered=drawn.is_covered,
    )
