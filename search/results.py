"""What a search answers: documents with their passages, reasons, counts. Records, no words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct, field

from kb.messages.expansions import Expansion
from kb.messages.notices import Notice
from kb.messages.reasons import Reason
from kb.messages.suggestions import Suggestion
from kb.records import DocumentHead
from search.id_sets import Ids
from search.request import SORTS

__all__ = ["Hit", "PassageHit", "QueryPart", "QueryView", "SearchResult"]

_LIST_ORDERS: Final = SORTS[1:]


class QueryPart(Struct, frozen=True, gc=False):
    """One part of the query as understood; `without` is the query text with it removed."""

    label: str
    kind: str
    without: str


class QueryView(Struct, frozen=True, gc=False):
    """The query as understood: shown to the person, never stored."""

    text: str = ""
    terms: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    parts: tuple[QueryPart, ...] = ()


class PassageHit(Struct, frozen=True, gc=False):
    """A passage that matched; `marks` are [start, end) code points of `text`."""

    passage_id: int
    role: str
    heading: str
    text: str
    marks: tuple[tuple[int, int], ...]
    paragraph: int
    page: int | None
    semantic: bool


class Hit(Struct, frozen=True, gc=False):
    """One document of the answer; rank counts from 1 over the whole answer.

    `score` is larger for better hits and comparable only within one answer.
    """

    rank: int
    score: float
    document: DocumentHead
    reasons: tuple[Reason, ...]
    passages: tuple[PassageHit, ...]


class SearchResult(Struct, frozen=True, gc=False, kw_only=True):
    """Answer to one query. `total` counts documents; `total_is_exact` False means "at least".

    `documents` are all that match, whatever the page. `suggestions` are set by the edges,
    and only where something typed was not found. `ranked` is False of a list, which is by
    date because nothing says how well a document answers.
    """

    query: QueryView = QueryView()
    mode: str = "hybrid"
    total: int
    total_is_exact: bool = True
    took_ms: float = 0.0
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    ranked: bool = True
    documents: Ids | None = None


def list_order(sort: str) -> str:
    """Return the order of a list, a key of the store's orders: newest first unless asked
    otherwise.
    """
    return sort if sort in _LIST_ORDERS else _LIST_ORDERS[0]
