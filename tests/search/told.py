"""What a result tells, as people read it."""

from __future__ import annotations

from collections.abc import Iterable

from kb.messages import expansions, notices, reasons
from kb.messages.notices import Notice
from search.query import Query
from search.results import Hit, SearchResult


def warnings(result: SearchResult | Query) -> tuple[str, ...]:
    """Return the sentences of the notices."""
    return tuple(map(notices.words, result.notices))


def sentences(notices_found: Iterable[Notice]) -> list[str]:
    """Return the sentences of what was found wrong."""
    return list(map(notices.words, notices_found))


def expanded(result: SearchResult) -> tuple[str, ...]:
    """Return what the query was expanded by, in words."""
    return tuple(map(expansions.words, result.expansions))


def because(hit: Hit) -> tuple[str, ...]:
    """Return the reasons of a hit, in words."""
    return tuple(map(reasons.words, hit.reasons))
