"""What a search answers: documents with their passages, reasons in words, counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from kb.contract import document_url
from kb.fields import FACETS
from kb.records import DocumentHead

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Fields counted for every answer, in the order of the filter panel, with their labels.
FACET_FIELDS: Final = {field.name: field.label for field in FACETS}

#: By how well they answer, by date, or by the largest sum a case came to.
SORTS: Final = ("relevance", "newest", "oldest", "amount")
MODES: Final = ("hybrid", "keyword", "vector")


class QueryPart(Struct, frozen=True, gc=False):
    """One part of the query as understood; `without` is the query text with it removed."""

    label: str
    kind: str
    without: str


class QueryView(Struct, frozen=True, gc=False):
    """The query as understood: shown to the person, never stored.

    `warnings` are Chinese sentences: an unbalanced quotation mark, an unknown field, an
    article whose number means something else in another version.
    """

    text: str
    terms: tuple[str, ...]
    identifiers: tuple[str, ...]
    expanded: tuple[str, ...]
    parts: tuple[QueryPart, ...] = ()
    warnings: tuple[str, ...] = ()


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

    `score` is larger for better hits and comparable only within one answer. `reasons`
    are words: 命中词、语义相近、同一法条、同一行为类型、案号一致、前审案号一致, each
    with what it rests on.
    """

    rank: int
    score: float
    document: DocumentHead
    reasons: tuple[str, ...]
    passages: tuple[PassageHit, ...]


class Suggestion(Struct, frozen=True, gc=False):
    """Another query that may have been meant, whole, and why it is offered."""

    text: str
    reason: str


class SearchResult(Struct, frozen=True, gc=False):
    """Answer to one query. `total` counts documents; `total_is_exact` False means "at least".

    `documents` are all that match, whatever the page; None of a list by filters. `suggestions` are
    set by the edges, and only where something typed was not found. `ranked` is False of a list,
    which is by date because nothing says how well a document answers.
    """

    query: QueryView
    mode: str
    total: int
    total_is_exact: bool
    took_ms: float
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    suggestions: tuple[Suggestion, ...] = ()
    ranked: bool = True
    documents: NDArray[np.int64] | None = None


def list_order(sort: str | None) -> str:
    """Return the order of a list, a key of the store's orders: newest first unless asked
    otherwise.
    """
    return sort if sort in SORTS[1:] else "newest"


def to_dict(result: SearchResult) -> dict[str, Any]:
    """Return the JSON contract shared by `kb search --json` and `GET /api/search`."""
    return {
        "query": {
            "text": result.query.text,
            "terms": list(result.query.terms),
            "identifiers": list(result.query.identifiers),
            "expanded": list(result.query.expanded),
            "warnings": list(result.query.warnings),
        },
        "mode": result.mode,
        "total": result.total,
        "total_is_exact": result.total_is_exact,
        "took_ms": round(result.took_ms, 2),
        "hits": [hit_to_dict(hit) for hit in result.hits],
        "facets": {
            name: [list(pair) for pair in counts]
            for name, counts in result.facets.items()
        },
        **(
            {"suggestions": [{"text": s.text, "reason": s.reason} for s in made]}
            if (made := result.suggestions)
            else {}
        ),
    }


def hit_to_dict(hit: Hit) -> dict[str, Any]:
    """Return one hit as the JSON contract says."""
    head = hit.document
    return {
        "rank": hit.rank,
        "score": hit.score,
        "document_id": head.id,
        "slug": head.slug,
        "title": head.title,
        "kind": head.kind,
        "case_number": head.case_number,
        "authority": head.authority,
        "region": head.region,
        "decided_on": head.decided_on,
        "url": document_url(head),
        "reasons": list(hit.reasons),
        "passages": [
            {
                "passage_id": p.passage_id,
                "role": p.role,
                "text": p.text,
                "marks": [list(mark) for mark in p.marks],
                "paragraph": p.paragraph,
                "page": p.page,
            }
            for p in hit.passages
        ],
    }
