"""The certificate of a PDF: two other readers, and the characters which they find and ours does
not.
"""

from __future__ import annotations

import io
import logging
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pypdfium2

from ingest.pdfglyphs import Glyph, once
from ingest.pdfium import sheets
from ingest.pdflayout import lay
from ingest.pdfmargins import Paper, without_margins

_INVISIBLE = {"\x02": "", "\ufffe": "", "\xad": "", "\ufffd": "", "-": "", "\u2010": ""}


def bag(text: str) -> Counter[str]:
    """Return the characters of a text: ligatures in letters, without blanks, hyphens and what no
    reader can read.
    """
    plain = unicodedata.normalize("NFKC", text.translate(str.maketrans(_INVISIBLE)))
    return Counter(char for char in plain if unicodedata.category(char)[0] not in "ZC")


def by_pdfium(data: bytes) -> str:
    """Return the text of all pages in the order in which it was drawn."""
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def by_pypdf(data: bytes) -> str:
    """Return the text of all pages as pypdf reads them."""
    from pypdf import PdfReader

    logging.disable(logging.CRITICAL)
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted:
        reader.decrypt("")
    return "\n".join(_pages(reader))


def _pages(reader: object) -> Iterator[str]:
    for page in reader.pages:  # type: ignore[attr-defined]
        yield page.extract_text() or ""


def left_out(data: bytes) -> Counter[str]:
    """Return the characters our reader leaves out: page numbers, running heads, stamps, print over
    its like.
    """
    twice: Counter[str] = Counter()
    laid = []
    for sheet in sheets(data):
        twice += bag(_text(sheet.glyphs)) - bag(_text(once(sheet.glyphs)))
        laid.append((lay(sheet.glyphs).lines, sheet.paper))
    kept = without_margins(
        [Paper(lines, paper[3], paper[1]) for lines, paper in laid]
    ).pages
    there = bag("".join(line.text for lines, _ in laid for line in lines))
    return twice + (there - bag("".join(line.text for lines in kept for line in lines)))


def _text(glyphs: Sequence[Glyph]) -> str:
    return "".join(glyph.char for glyph in glyphs)


def found_by(
    reader: Callable[[bytes], str | Counter[str]], data: bytes
) -> Counter[str] | None:
    """Return what a reader finds; None where it fails."""
    try:
        found = reader(data)
    except Exception:  # another reader's bugs are not looked for here
        return None
    return bag(found) if isinstance(found, str) else found
