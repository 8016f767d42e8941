"""The sentence a card opens with when nothing was searched for: the gist, else how the text
begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kb.paragraphs import paragraphs
from kb.records import Document
from kb.store import Store

_ROLES: Final = (
    "gist",
    "overview",
    "definition",
    "legal_sources",
    "facts",
    "conduct",
    "parties",
)
_MAX_CHARS: Final = 110


def leads(store: Store, ids: Iterable[int]) -> dict[int, str]:
    """Return the opening sentence of each visible document among `ids`."""
    found = {}
    for document_id in ids:
        document = store.document(document_id)
        if document is not None and (text := lead(document)):
            found[document_id] = text
    return found


def lead(document: Document) -> str | None:
    """Return the first paragraph of the most telling section, cut to a card's length."""
    first: dict[str, str] = {}
    for paragraph in paragraphs(document.text, document.sections):
        role = document.sections[paragraph.section].role
        if paragraph.number and role not in first:
            first[role] = (
                document.text[paragraph.start : paragraph.end]
                .strip()
                .removeprefix("- ")
            )
    text = next(
        (first[role] for role in _ROLES if role in first),
        next(iter(first.values()), None),
    )
    if text is None or len(text) <= _MAX_CHARS:
        return text
    return text[:_MAX_CHARS].rstrip("，、；：") + "…"
