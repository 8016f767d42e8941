"""The filter panel: fields with their values, what is chosen, and the address of every other
choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from kb.fields import BY_NAME, FACETS
from kb.vocabulary import ROLES, UNLABELLED
from search.results import SearchResult
from web.address import Addresses, Ask, chosen_values
from web.views.common import Link

_TOP_VALUES: Final = 8
_LONG_CHARS: Final = 100
_LONG_CHOSEN_CHARS: Final = 300
_ROLE_FILTERS: Final = (
    *("facts", "secret", "measures", "conduct", "evidence"),
    *("issues", "reasoning", "disposition", "takeaway", "article"),
)
_INCLUDED: Final = "included"
_EXCLUDED: Final = "excluded"


class FacetValue(Struct, frozen=True, gc=False):
    """One value of a filter: where choosing it leads, and where shutting it out does.

    Without these addresses it is a button of the form that holds the question once: it sends
    `f.field` or `x.field` with `value`. `share` is its count in tenths of the largest, 0 where no
    bar is drawn.
    """

    field: str
    value: str
    label: str
    count: int
    include: str | None
    exclude: str | None
    state: str
    share: int = 0


class FacetGroup(Struct, frozen=True, gc=False):
    """One filter with its values; `rest` is behind 更多."""

    field: str
    label: str
    top: tuple[FacetValue, ...]
    rest: tuple[FacetValue, ...]
    is_open: bool


class Chip(Struct, frozen=True, gc=False):
    """A restriction in force and the address without it."""

    label: str
    value: str
    remove: str
    excluded: bool


class _Panel(Struct, frozen=True, gc=False):
    """What all values of one panel share; no `addresses` where a form holds the question."""

    ask: Ask
    path: str
    addresses: Addresses | None

    def links(self, field: str, value: str) -> tuple[str | None, str | None]:
        """Return where choosing a value leads, and shutting it out."""
        if self.addresses is None:
            return None, None
        return self.addresses.including(field, value), self.addresses.excluding(
            field, value
        )

    def links_of_chosen(self, field: str, value: str, state: str) -> tuple[str, str]:
        """Return where a value in force leads: away again, or to the contrary."""
        drop = self.ask.dropping(field, value).url(self.path)
        if state == _INCLUDED:
            return drop, self.ask.excluding(field, value).url(self.path)
        return self.ask.including(field, value).url(self.path), drop


def groups(ask: Ask, result: SearchResult, path: str) -> tuple[FacetGroup, ...]:
    """Return the fields that have anything to choose."""
    panel = _Panel(ask, path, None if is_long(ask) else Addresses(ask, path))
    found = (
        _group(panel, field.name, dict(result.facets.get(field.name, ())))
        for field in FACETS
    )
    return tuple(group for group in found if group is not None)


def _group(panel: _Panel, field: str, counts: dict[str, int]) -> FacetGroup | None:
    filters = panel.ask.filters
    chosen = dict.fromkeys(filters.exclude.get(field, ()), _EXCLUDED)
    chosen |= dict.fromkeys(filters.include.get(field, ()), _INCLUDED)
    for value in chosen:
        counts.setdefault(value, 0)
    if not counts or (set(counts) == {UNLABELLED} and not chosen):
        return None
    most = max(counts.values()) if BY_NAME[field].order == "latest" else 0
    values = [
        _value(panel, field, value, counts[value], chosen.get(value, ""), most)
        for value in _order(field, counts)
    ]
    top = [v for number, v in enumerate(values) if number < _TOP_VALUES or v.state]
    rest = [
        v for number, v in enumerate(values) if number >= _TOP_VALUES and not v.state
    ]
    is_open = bool(chosen) or BY_NAME[field].is_open
    return FacetGroup(field, BY_NAME[field].label, tuple(top), tuple(rest), is_open)


def _order(field: str, counts: Mapping[str, int]) -> list[str]:
    """Return values in reading order: lists with an order of their own keep it, years run back,
    others by count.
    """
    order = BY_NAME[field].order
    if order == "listed":
        own = list(BY_NAME[field].values or ())
        values = sorted(
            counts, key=lambda v: (own.index(v) if v in own else len(own), v)
        )
    elif order == "latest":
        values = sorted(counts, reverse=True)
    else:
        values = sorted(counts, key=lambda v: (-counts[v], v))
    return sorted(values, key=lambda v: v == UNLABELLED)


def _value(
    panel: _Panel, field: str, value: str, count: int, state: str, most: int
) -> FacetValue:
    include, exclude = (
        panel.links_of_chosen(field, value, state)
        if state
        else panel.links(field, value)
    )
    return FacetValue(
        field=field,
        value=value,
        label=BY_NAME[field].shown(value),
        count=count,
        include=include,
        exclude=exclude,
        state=state,
        share=-(-10 * count // most) if most else 0,
    )


def is_long(ask: Ask) -> bool:
    """Tell a question too long to stand in the address of every value: 300 characters made a page
    of 1.5 MB.
    """
    return (
        len(ask.text) > _LONG_CHARS
        or sum(map(len, chosen_values(ask.filters, ask.plain))) > _LONG_CHOSEN_CHARS
    )


def form_fields(ask: Ask) -> tuple[tuple[str, str], ...]:
    """Return what a form sends beside a value: the question once, from its start."""
    return tuple(ask.at(0).parameters())


def roles(ask: Ask, path: str) -> tuple[Link, ...]:
    """Return the parts of a document a search can be limited to."""
    chosen, addresses = ask.filters.roles, Addresses(ask, path)
    return tuple(
        Link(ROLES[role], ask.without_role(role).url(path), active=True)
        if role in chosen
        else Link(ROLES[role], addresses.with_role(role))
        for role in dict.fromkeys((*_ROLE_FILTERS, *chosen))
    )


def chips(ask: Ask, path: str) -> tuple[Chip, ...]:
    """Return the restrictions in force, each with the address without it."""
    found = [
        Chip(
            field.label,
            field.shown(value),
            ask.dropping(field.name, value).url(path),
            excluded,
        )
        for excluded, chosen in (
            (False, ask.filters.include),
            (True, ask.filters.exclude),
        )
        for field in FACETS
        for value in chosen.get(field.name, ())
    ]
    found += [
        Chip("限于部分", ROLES[r], ask.without_role(r).url(path), False)
        for r in ask.filters.roles
    ]
    return tuple(found)
