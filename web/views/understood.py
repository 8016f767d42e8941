"""What was understood of a question: its parts, what it was widened by, what it may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from kb.messages import expansions, notices, suggestions
from kb.messages.suggestions import Suggestion
from search.results import SearchResult
from web.address import PageRequest
from web.views.common import Link
from web.views.facets import Chip

#: Longer words do not fit into a frame; so many of them are shown.
_FRAMED_CHARS: Final = 60
_SHOWN_CHARS: Final = 40
#: What a part of a query is, where its label does not say so itself.
_PART_KINDS: Final = {"alternative": "任一", "phrase": "原样", "filter": "条件"}


class Meant(Struct, frozen=True, gc=False):
    """Another query that may have been meant, and why."""

    text: str
    href: str
    reason: str


class Understood(Struct, frozen=True, gc=False, kw_only=True):
    """A question as understood, each of its parts with the address without it."""

    parts: tuple[Chip, ...]
    identifiers: tuple[str, ...]
    warnings: tuple[str, ...]
    choices: tuple[Link, ...]
    meant: tuple[Meant, ...]
    expanded: tuple[Chip, ...]
    unexpanded: tuple[Chip, ...]
    no_expansion: Link | None


def understood(
    wanted: PageRequest,
    result: SearchResult,
    choices: Iterable[tuple[str, str]],
) -> Understood:
    """Tell what was understood; `choices` are readings of an article named without its law, each
    with the query that says so.
    """
    query = result.query
    plain = Link("都按原词", wanted.expanding(False).url())
    return Understood(
        parts=_parts(wanted, result),
        identifiers=query.identifiers,
        warnings=tuple(map(notices.words, result.notices)),
        choices=tuple(
            Link(label, wanted.saying(text).url()) for label, text in choices
        ),
        meant=tuple(_meant(wanted, one) for one in result.suggestions),
        expanded=_expanded(wanted, result),
        unexpanded=_unexpanded(wanted),
        no_expansion=plain if len(result.expansions) > 1 else None,
    )


def _meant(wanted: PageRequest, suggestion: Suggestion) -> Meant:
    href = wanted.saying(suggestion.text).url()
    return Meant(
        text=suggestion.text,
        href=href,
        reason=suggestions.words(suggestion),
    )


def _parts(wanted: PageRequest, result: SearchResult) -> tuple[Chip, ...]:
    chips = []
    for part in result.query.parts:
        kind = _PART_KINDS.get(part.kind, "")
        remove = wanted.saying(part.without).url()
        chips.append(
            Chip(
                label=kind,
                value=_shortened(part.label),
                remove=remove,
                excluded=False,
            )
        )
    return tuple(chips)


def _shortened(words: str) -> str:
    """Return words as they fit into a frame: the box above shows them whole."""
    if len(words) <= _FRAMED_CHARS:
        return words
    return f"{words[:_SHOWN_CHARS]}…（共 {len(words)} 字）"


def _expanded(wanted: PageRequest, result: SearchResult) -> tuple[Chip, ...]:
    """Return what the query was widened by; taking a chip off takes its word as typed."""
    chips = []
    for one in result.expansions:
        plainly = wanted.taking_plainly(one.typed).url()
        chips.append(
            Chip(
                label=one.typed,
                value=expansions.words(one),
                remove=plainly,
                excluded=False,
            )
        )
    return tuple(chips)


def _unexpanded(wanted: PageRequest) -> tuple[Chip, ...]:
    """Return the words the person wants as typed; taking a chip off widens them again."""
    if not wanted.text:
        return ()
    if not wanted.expand:
        return (
            Chip(
                label="",
                value="全部字词",
                remove=wanted.expanding(True).url(),
                excluded=False,
            ),
        )
    return tuple(
        Chip(
            label="",
            value=word,
            remove=wanted.widening_again(word).url(),
            excluded=False,
        )
        for word in wanted.plain
    )
