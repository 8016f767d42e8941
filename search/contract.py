"""The JSON of an answer, as `kb search --json` and `GET /api/search` give it.

Its shape is these records; the JSON Schema of the API is made from them. Here the words
of codes are made, because people read the answer.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from kb.contract import document_url
from kb.messages import expansions, notices, reasons, suggestions
from kb.messages.expansions import Expansion, ExpansionKind
from kb.messages.notices import Notice, NoticeCode
from kb.messages.reasons import Reason, ReasonCode
from kb.messages.suggestions import Suggestion, SuggestionCode
from search.results import Hit, PassageHit, SearchResult

__all__ = ["SearchAnswer", "SimilarAnswer", "hit_answer", "search_answer", "to_dict"]


class _Answer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A part of an answer; a key that is not named here is none of it."""


class NoticeAnswer(_Answer, frozen=True):
    """Something to know about the answer: a code for programs, a sentence for people."""

    code: NoticeCode
    values: tuple[str, ...]
    words: str


class ExpansionAnswer(_Answer, frozen=True):
    """A word, or an article, that was looked for under other names too."""

    typed: str
    alternatives: tuple[str, ...]
    kind: ExpansionKind


class QueryAnswer(_Answer, frozen=True):
    """The query as understood. `expanded` and `warnings` are words for people, of what
    `expansions` and `notices` are as records.
    """

    text: str
    terms: tuple[str, ...]
    identifiers: tuple[str, ...]
    expanded: tuple[str, ...]
    warnings: tuple[str, ...]
    expansions: tuple[ExpansionAnswer, ...]
    notices: tuple[NoticeAnswer, ...]


class ReasonAnswer(_Answer, frozen=True):
    """What a hit rests on; `passage_id` where one of its passages shows that."""

    code: ReasonCode
    terms: tuple[str, ...]
    passage_id: int | None
    words: str


class PassageAnswer(_Answer, frozen=True):
    """A passage of a hit; `marks` are [start, end) code points of `text`."""

    passage_id: int
    role: str
    text: str
    marks: tuple[tuple[int, int], ...]
    paragraph: int
    page: int | None


class HitAnswer(_Answer, frozen=True):
    """One document of the answer. `reasons` are words for people, of what `because` is as
    records.
    """

    rank: int
    score: float
    document_id: int
    slug: str
    title: str
    kind: str
    case_number: str | None
    authority: str | None
    region: str | None
    decided_on: str | None
    url: str
    reasons: tuple[str, ...]
    because: tuple[ReasonAnswer, ...]
    passages: tuple[PassageAnswer, ...]


class SuggestionAnswer(_Answer, frozen=True):
    """Another query that may have been meant, and why it is offered."""

    text: str
    reason: str
    code: SuggestionCode


class SearchAnswer(_Answer, frozen=True):
    """The answer to one query; `total_is_exact` false means "at least". `facets` count
    the values of every field over all that match, most first.
    """

    query: QueryAnswer
    mode: str
    total: int
    total_is_exact: bool
    took_ms: float
    hits: tuple[HitAnswer, ...]
    facets: dict[str, tuple[tuple[str, int], ...]]
    suggestions: tuple[SuggestionAnswer, ...] | UnsetType = UNSET


class SimilarAnswer(_Answer, frozen=True):
    """Documents like one document, itself left out."""

    document_id: int
    slug: str
    hits: tuple[HitAnswer, ...]


def to_dict(answer: SearchAnswer | SimilarAnswer | HitAnswer) -> dict[str, Any]:
    """Return an answer as plain values, as it is written in JSON."""
    made: dict[str, Any] = msgspec.to_builtins(answer)
    return made


def search_answer(result: SearchResult) -> SearchAnswer:
    """Return the answer as it is written in JSON, with words for its codes."""
    offered: tuple[SuggestionAnswer, ...] | UnsetType = UNSET
    if result.suggestions:
        offered = tuple(map(_suggestion, result.suggestions))
    return SearchAnswer(
        query=_query(result),
        mode=result.mode,
        total=result.total,
        total_is_exact=result.total_is_exact,
        took_ms=round(result.took_ms, 2),
        hits=tuple(map(hit_answer, result.hits)),
        facets=dict(result.facets),
        suggestions=offered,
    )


def _query(result: SearchResult) -> QueryAnswer:
    return QueryAnswer(
        text=result.query.text,
        terms=result.query.terms,
        identifiers=result.query.identifiers,
        expanded=tuple(map(expansions.words, result.expansions)),
        warnings=tuple(map(notices.words, result.notices)),
        expansions=tuple(map(_expansion, result.expansions)),
        notices=tuple(map(_notice, result.notices)),
    )


def _expansion(expansion: Expansion) -> ExpansionAnswer:
    return ExpansionAnswer(
        typed=expansion.typed,
        alternatives=expansion.alternatives,
        kind=expansion.kind,
    )


def _notice(notice: Notice) -> NoticeAnswer:
    return NoticeAnswer(
        code=notice.code,
        values=notice.values,
        words=notices.words(notice),
    )


def _suggestion(suggestion: Suggestion) -> SuggestionAnswer:
    why = suggestions.words(suggestion)
    return SuggestionAnswer(
        text=suggestion.text,
        reason=why,
        code=suggestion.code,
    )


def hit_answer(hit: Hit) -> HitAnswer:
    """Return one hit as it is written in JSON."""
    head = hit.document
    because = tuple(map(_reason, hit.reasons))
    return HitAnswer(
        rank=hit.rank,
        score=hit.score,
        document_id=head.id,
        slug=head.slug,
        title=head.title,
        kind=head.kind,
        case_number=head.case_number,
        authority=head.authority,
        region=head.region,
        decided_on=head.decided_on,
        url=document_url(head),
        reasons=tuple(reason.words for reason in because),
        because=because,
        passages=tuple(map(_passage, hit.passages)),
    )


def _reason(reason: Reason) -> ReasonAnswer:
    terms = [term.text for term in reason.terms]
    terms += [article.name for article in reason.articles]
    words = reasons.words(reason)
    return ReasonAnswer(
        code=reason.code,
        terms=tuple(terms),
        passage_id=reason.passage_id,
        words=words,
    )


def _passage(passage: PassageHit) -> PassageAnswer:
    return PassageAnswer(
        passage_id=passage.passage_id,
        role=passage.role,
        text=passage.text,
        marks=passage.marks,
        paragraph=passage.paragraph,
        page=passage.page,
    )
