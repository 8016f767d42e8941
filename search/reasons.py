"""Reasons of a hit from what was found in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from kb.messages.reasons import Origin, Reason, ReasonCode, Term
from kb.records import DocumentHead
from search.highlighting import Needles
from search.snippets import Places, telling_words

#: Words a reason names at most, those found only among the questions last.
_WORDS_NAMED: Final = 6


class Found(Struct, frozen=True):
    """Where words stand in the passages of one document, and which are present at all.

    `asked` are those that stand among its questions alone.
    """

    places: Mapping[int, Places]
    present: Collection[str]
    asked: Collection[str] = ()


def terms_of(
    found: Found,
    needles: Needles,
    expanding: Collection[str],
) -> tuple[Term, ...]:
    """Return the telling words of a document; those of `expanding` are equivalents of typed
    ones.
    """
    terms = []
    all_words = (*needles.words, *needles.fallback)
    for word in telling_words(found.present, all_words, _WORDS_NAMED):
        is_expansion = word in expanding
        origin = Origin.EXPANSION if is_expansion else Origin.TYPED
        terms.append(Term(word, origin))
    room = _WORDS_NAMED - len(terms)
    for word in telling_words(found.asked, needles.words, room):
        terms.append(Term(word, Origin.QUESTIONS))
    return tuple(terms)


def reason_of_words(
    found: Found,
    terms: tuple[Term, ...],
    shown: Iterable[int],
) -> list[Reason]:
    """Return a reason with the words that a document holds; none where it holds none."""
    if not terms:
        return []
    holding = (one for one in shown if found.places[one])
    reason = Reason(
        code=ReasonCode.WORDS,
        terms=terms,
        passage_id=next(holding, None),
    )
    return [reason]


def reason_of_meaning(
    near: Sequence[int],
    shown: Iterable[int],
) -> list[Reason]:
    """Return a reason where any passages are near in meaning, best first; none where none are."""
    if not near:
        return []
    nearest = near[0] if near[0] in shown else None
    return [Reason(ReasonCode.MEANING, passage_id=nearest)]


def reason_of_conducts(
    conducts: Iterable[str],
    head: DocumentHead,
) -> list[Reason]:
    """Return a reason with the conducts, or relationships, that a document shares; none where it
    shares none.
    """
    own = (*head.metadata.conducts, *head.metadata.relationships)
    shared = tuple(Term(conduct) for conduct in conducts if conduct in own)
    return [Reason(ReasonCode.CONDUCT, shared)] if shared else []
