"""The sentence a card opens with when nothing was searched for: the gist, else how the text
begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kb.paragraphs import paragraphs
from kb.records import Document
from kb.store import Store

#: Roles of sections, the most telling first.
_TELLING: Final = (
    "gist",
    "overview",
    "definition",
    "legal_sources",
    "facts",
    "conduct",
    "parties",
)
_MAX_CHARS: Final = 110


def read_excerpts(store: Store, ids: Iterable[int]) -> dict[int, str]:
    """Return the excerpt of each visible document among `ids`; none of an empty one."""
    wanted = list(ids)
    documents = store.documents(wanted) if wanted else {}
    excerpts: dict[int, str] = {}
    for number, document in documents.items():
        words = excerpt(document)
        if words:
            excerpts[number] = words
    return excerpts


def excerpt(document: Document) -> str:
    """Return the first paragraph of the most telling section, cut to a card's length."""
    first = _first_paragraphs(document)
    told = [first[role] for role in _TELLING if role in first] or [*first.values()]
    text = told[0] if told else ""
    if len(text) <= _MAX_CHARS:
        return text
    return text[:_MAX_CHARS].rstrip("，、；：") + "…"


def _first_paragraphs(document: Document) -> dict[str, str]:
    """Return the first numbered paragraph of the sections of each role, in their order."""
    first: dict[str, str] = {}
    for paragraph in paragraphs(document.text, document.sections):
        role = document.sections[paragraph.section].role
        if paragraph.number and role not in first:
            text = document.text[paragraph.start : paragraph.end]
            first[role] = text.strip().removeprefix("- ")
    return first
