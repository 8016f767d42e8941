"""What was understood of a question: its parts, what it was widened by, what it may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from search.results import SearchResult, Suggestion
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
    path: str,
    choices: Iterable[tuple[str, str]],
) -> Understood:
    """Tell what was understood; `choices` are readings of an article named without its law, each
    with the query that says so.
    """
    query = result.query
    plain = Link("都按原词", wanted.expanding(False).url(path))
    return Understood(
        parts=_parts(wanted, result, path),
        identifiers=query.identifiers,
        warnings=query.warnings,
        choices=tuple(
            Link(label, wanted.saying(text).url(path)) for label, text in choices
        ),
        meant=tuple(_meant(wanted, one, path) for one in result.suggestions),
        expanded=_expanded(wanted, result, path),
        unexpanded=_unexpanded(wanted, path),
        no_expansion=plain if len(query.expanded) > 1 else None,
    )


def _meant(wanted: PageRequest, suggestion: Suggestion, path: str) -> Meant:
    href = wanted.saying(suggestion.text).url(path)
    return Meant(suggestion.text, href, suggestion.reason)


def _parts(wanted: PageRequest, result: SearchResult, path: str) -> tuple[Chip, ...]:
    chips = []
    for part in result.query.parts:
        kind = _PART_KINDS.get(part.kind, "")
        remove = wanted.saying(part.without).url(path)
        chips.append(Chip(kind, _shortened(part.label), remove, False))
    return tuple(chips)


def _shortened(words: str) -> str:
    """Return words as they fit into a frame: the box above shows them whole."""
    if len(words) <= _FRAMED_CHARS:
        return words
    return f"{words[:_SHOWN_CHARS]}…（共 {len(words)} 字）"


def _expanded(wanted: PageRequest, result: SearchResult, path: str) -> tuple[Chip, ...]:
    """Return what the query was widened by; taking a chip off takes its word as typed."""
    chips = []
    for words in result.query.expanded:
        word = words.partition("→")[0]
        plainly = wanted.taking_plainly(word).url(path)
        chips.append(Chip(word, words, plainly, False))
    return tuple(chips)


def _unexpanded(wanted: PageRequest, path: str) -> tuple[Chip, ...]:
    """Return the words the person wants as typed; taking a chip off widens them again."""
    if not wanted.text:
        return ()
    if not wanted.expand:
        return (Chip("", "全部字词", wanted.expanding(True).url(path), False),)
    return tuple(
        Chip("", word, wanted.widening_again(word).url(path), False)
        for word in wanted.plain
    )
