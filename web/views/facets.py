"""The filter panel: fields with their values, what is chosen, and the address of every other choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from kb.vocabulary import COMPLETENESS, JURISDICTIONS, KINDS, ROLES, TIERS, UNLABELLED
from search.results import FACET_FIELDS, SearchResult
from web.address import Addresses, Ask, chosen_values
from web.views.common import Link

_TOP_VALUES: Final = 8
_LONG_CHARS: Final = 100
_LONG_CHOSEN_CHARS: Final = 300
_BARRED_FIELDS: Final = ("year",)
_OPEN_FIELDS: Final = ("tier", "year", "region")
_ROLE_FILTERS: Final = (
    *("facts", "secret", "measures", "conduct", "evidence"),
    *("issues", "reasoning", "disposition", "takeaway", "article"),
)
_VALUE_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "kind": KINDS,
    "jurisdiction": JURISDICTIONS,
    "completeness": COMPLETENESS,
}


@dataclass(frozen=True, slots=True)
class FacetValue:
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


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """One filter with its values; `rest` is behind 更多."""

    field: str
    label: str
    top: tuple[FacetValue, ...]
    rest: tuple[FacetValue, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A restriction in force and the address without it."""

    label: str
    value: str
    remove: str
    excluded: bool


def value_label(field: str, value: str) -> str:
    """Return the words a value of a facet is shown with."""
    return _VALUE_LABELS.get(field, {}).get(value, value)


def groups(ask: Ask, result: SearchResult, path: str) -> tuple[FacetGroup, ...]:
    """Return the fields that have anything to choose."""
    addresses = Addresses(ask, path)
    found = (_group(ask, result, (path, addresses), field) for field in FACET_FIELDS)
    return tuple(group for group in found if group is not None)


def _group(ask: Ask, result: SearchResult, where: tuple[str, Addresses], field: str) -> FacetGroup | None:
    counts = dict(result.facets.get(field, ()))
    chosen = (*ask.filters.include.get(field, ()), *ask.filters.exclude.get(field, ()))
    for value in chosen:
        counts.setdefault(value, 0)
    if not counts or (set(counts) == {UNLABELLED} and not chosen):
        return None
    order = _order(field, counts)
    values = [_value(ask, where, field, value, counts[value]) for value in order]
    if field in _BARRED_FIELDS:
        most = max(counts.values())
        values = [replace(v, share=-(-10 * v.count // most) if most else 0) for v in values]
    top = [v for number, v in enumerate(values) if number < _TOP_VALUES or v.state]
    rest = [v for number, v in enumerate(values) if number >= _TOP_VALUES and not v.state]
    return FacetGroup(field, FACET_FIELDS[field], tuple(top), tuple(rest), bool(chosen) or field in _OPEN_FIELDS)


def _order(field: str, counts: Mapping[str, int]) -> list[str]:
    """Return values in reading order: lists with an order of their own keep it, years run back, others by count."""
    own = {"kind": list(KINDS), "tier": list(TIERS)}.get(field)
    if own is not None:
        values = sorted(counts, key=lambda v: (own.index(v) if v in own else len(own), v))
    elif field == "year":
        values = sorted(counts, reverse=True)
    else:
        values = sorted(counts, key=lambda v: (-counts[v], v))
    return sorted(values, key=lambda v: v == UNLABELLED)


def _value(ask: Ask, where: tuple[str, Addresses], field: str, value: str, count: int) -> FacetValue:
    path, addresses = where
    included = value in ask.filters.include.get(field, ())
    excluded = value in ask.filters.exclude.get(field, ())
    state = "included" if included else "excluded" if excluded else ""
    include: str | None = None
    exclude: str | None = None
    if state:
        drop = ask.dropping(field, value).url(path)
        include = drop if included else ask.including(field, value).url(path)
        exclude = drop if excluded else ask.excluding(field, value).url(path)
    elif not is_long(ask):
        include, exclude = addresses.including(field, value), addresses.excluding(field, value)
    return FacetValue(
        field=field,
        value=value,
        label=value_label(field, value),
        count=count,
        include=include,
        exclude=exclude,
        state=state,
    )


def is_long(ask: Ask) -> bool:
    """Tell a question too long to stand in the address of every value: 300 characters made a page of 1.5 MB."""
    return len(ask.text) > _LONG_CHARS or sum(map(len, chosen_values(ask.filters, ask.plain))) > _LONG_CHOSEN_CHARS


def form_fields(ask: Ask) -> tuple[tuple[str, str], ...]:
    """Return what a form sends beside a value: the question once, from its start."""
    return tuple(ask.at(0).parameters())


def roles(ask: Ask, path: str) -> tuple[Link, ...]:
    """Return the parts of a document a search can be limited to."""
    chosen = ask.filters.roles
    return tuple(
        Link(
            ROLES[role],
            (ask.without_role(role) if role in chosen else ask.with_role(role)).url(path),
            active=role in chosen,
        )
        for role in dict.fromkeys((*_ROLE_FILTERS, *chosen))
    )


def chips(ask: Ask, path: str) -> tuple[Chip, ...]:
    """Return the restrictions in force, each with the address without it."""
    found = [
        Chip(FACET_FIELDS[field], value_label(field, value), ask.dropping(field, value).url(path), excluded)
        for excluded, chosen in ((False, ask.filters.include), (True, ask.filters.exclude))
        for field in FACET_FIELDS
        for value in chosen.get(field, ())
    ]
    found += [Chip("限于部分", ROLES[r], ask.without_role(r).url(path), False) for r in ask.filters.roles]
    return tuple(found)
