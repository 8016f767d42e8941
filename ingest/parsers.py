"""Bytes of one file into its text: one parser a format, the table at the end.

They run in a process of their own (`ingest.nursery`), whatever the format: a text can
be hostile too.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import Final

from ingest.answers import Parsed
from ingest.frontmatter import read_markdown
from ingest.pdf import parse_pdf
from ingest.sheets import parse_csv, parse_sheets
from ingest.text import decode, require_fitting
from ingest.webarchive import parse_mht
from ingest.webpage import parse_html
from ingest.word import parse_docx


def parse(kind: str, data: bytes) -> Parsed:
    """Parse the bytes of a file of a known kind; raises UnreadableFile or InvalidDocument."""
    found = _PARSERS[kind](data)
    require_fitting(len(found.text) + sum(map(len, found.pages or ())))
    return found


@cache
def load(kind: str) -> None:
    """Import what parsing files of a kind needs, so that processes forked later have it."""
    for name in _LIBRARIES.get(kind, ()):
        importlib.import_module(name)


def parse_text(data: bytes) -> Parsed:
    """Read a plain text."""
    return Parsed(text=_decode_fitting(data))


def parse_markdown(data: bytes) -> Parsed:
    """Read a corpus file: front matter, headings and links taken out of the text."""
    found = read_markdown(_decode_fitting(data))
    links = [
        (link.start or 0, link.end or 0, link.target or "") for link in found.links
    ]
    return Parsed(
        text=found.text, values=found.values, headings=list(found.headings), links=links
    )


def _decode_fitting(data: bytes) -> str:
    require_fitting(len(data) // 4)  # no encoding has characters of more bytes
    return decode(data)


_PARSERS: Final[dict[str, Callable[[bytes], Parsed]]] = {
    "txt": parse_text,
    "md": parse_markdown,
    "pdf": parse_pdf,
    "docx": parse_docx,
    "html": parse_html,
    "mht": parse_mht,
    "csv": parse_csv,
    "sheets": parse_sheets,
}
_WEB: Final = ("selectolax.lexbor",)
_LIBRARIES: Final = {
    "pdf": ("pypdf", "pypdfium2"),
    "docx": ("lxml.etree",),
    "html": _WEB,
    "mht": _WEB,
    "sheets": ("python_calamine",),
}
