"""The filter panel: fields with their values, what is chosen, and the address of every other
choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Final

from msgspec import Struct

from kb.fields import FACETS, Field
from kb.vocabulary import ROLES, UNLABELLED
from search.results import SearchResult
from web.address import Chosen, PageRequest, chosen_values
from web.onestep import Addresses
from web.views.common import Link

_TOP_VALUES: Final = 8
_LONG_CHARS: Final = 100
_LONG_CHOSEN_CHARS: Final = 300
_ROLE_FILTERS: Final = (
    "facts",
    "secret",
    "measures",
    "conduct",
    "evidence",
    "issues",
    "reasoning",
    "disposition",
    "takeaway",
    "article",
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

    wanted: PageRequest
    addresses: Addresses | None

    def links(self, field: str, value: str) -> tuple[str | None, str | None]:
        """Return where choosing a value leads, and shutting it out."""
        addresses = self.addresses
        if addresses is None:
            return None, None
        return addresses.including(field, value), addresses.excluding(field, value)

    def links_of_chosen(
        self,
        field: str,
        value: str,
        state: str,
    ) -> tuple[str, str]:
        """Return where a value in force leads: away again, or to the contrary."""
        drop = self.wanted.dropping(field, value).url()
        if state == _INCLUDED:
            return drop, self.wanted.excluding(field, value).url()
        return self.wanted.including(field, value).url(), drop


def groups(wanted: PageRequest, result: SearchResult) -> tuple[FacetGroup, ...]:
    """Return the fields that have anything to choose."""
    addresses = None if is_long(wanted) else Addresses(wanted)
    panel = _Panel(wanted, addresses)
    found = []
    for field in FACETS:
        group = _group(panel, field, dict(result.facets.get(field.name, ())))
        if group is not None:
            found.append(group)
    return tuple(found)


def _group(
    panel: _Panel,
    field: Field,
    counts: dict[str, int],
) -> FacetGroup | None:
    filters, name = panel.wanted.filters, field.name
    chosen = dict.fromkeys(filters.exclude.get(name, ()), _EXCLUDED)
    chosen |= dict.fromkeys(filters.include.get(name, ()), _INCLUDED)
    for value in chosen:
        counts.setdefault(value, 0)
    if not counts or (set(counts) == {UNLABELLED} and not chosen):
        return None
    most = max(counts.values()) if field.order == "latest" else 0
    top: list[FacetValue] = []
    rest: list[FacetValue] = []
    for place, value in enumerate(_in_order(field, counts)):
        view = _value(panel, field, value, chosen.get(value, ""), counts[value], most)
        is_top = place < _TOP_VALUES or view.state
        (top if is_top else rest).append(view)
    is_open = bool(chosen) or field.is_open
    return FacetGroup(
        field=name,
        label=field.label,
        top=tuple(top),
        rest=tuple(rest),
        is_open=is_open,
    )


def _in_order(field: Field, counts: Mapping[str, int]) -> list[str]:
    """Return values in reading order: lists with an order of their own keep it, years run back,
    others by count; 未标注 comes last.
    """
    listed = {value: place for place, value in enumerate(field.values or ())}
    values = sorted(counts)
    if field.order == "latest":
        values.reverse()
    elif field.order == "listed":
        values.sort(key=lambda value: listed.get(value, len(listed)))
    else:
        values.sort(key=lambda value: -counts[value])
    return sorted(values, key=lambda value: value == UNLABELLED)


def _value(
    panel: _Panel,
    field: Field,
    value: str,
    state: str,
    count: int,
    most: int,
) -> FacetValue:
    """Make one value; its bar is drawn where `most`, the largest count of the field, is given."""
    links = panel.links(field.name, value)
    if state:
        links = panel.links_of_chosen(field.name, value, state)
    include, exclude = links
    return FacetValue(
        field=field.name,
        value=value,
        label=field.shown(value),
        count=count,
        include=include,
        exclude=exclude,
        state=state,
        share=ceil(10 * count / most) if most else 0,
    )


def is_long(wanted: PageRequest) -> bool:
    """Tell a question too long to stand in the address of every value: 300 characters made a page
    of 1.5 MB.
    """
    chosen = "".join(chosen_values(wanted.filters, wanted.plain))
    return len(wanted.text) > _LONG_CHARS or len(chosen) > _LONG_CHOSEN_CHARS


def form_fields(wanted: PageRequest) -> tuple[tuple[str, str], ...]:
    """Return what a form sends beside a value: the question once, from its start."""
    return tuple(wanted.at(0).parameters())


def roles(wanted: PageRequest) -> tuple[Link, ...]:
    """Return the parts of a document a search can be limited to."""
    chosen, addresses = wanted.filters.roles, Addresses(wanted)
    links = []
    for role in dict.fromkeys((*_ROLE_FILTERS, *chosen)):
        if role in chosen:
            away = wanted.without_role(role).url()
            links.append(Link(ROLES[role], away, active=True))
        else:
            links.append(Link(ROLES[role], addresses.with_role(role)))
    return tuple(links)


def chips(wanted: PageRequest) -> tuple[Chip, ...]:
    """Return the restrictions in force, each with the address without it."""
    filters = wanted.filters
    found = [
        *_chips(wanted, filters.include, excluded=False),
        *_chips(wanted, filters.exclude, excluded=True),
    ]
    for role in filters.roles:
        away = wanted.without_role(role).url()
        found.append(
            Chip(
                label="限于部分",
                value=ROLES[role],
                remove=away,
                excluded=False,
            )
        )
    return tuple(found)


def _chips(
    wanted: PageRequest,
    chosen: Chosen,
    *,
    excluded: bool,
) -> Iterator[Chip]:
    for field in FACETS:
        for value in chosen.get(field.name, ()):
            away = wanted.dropping(field.name, value).url()
            yield Chip(
                label=field.label,
                value=field.shown(value),
                remove=away,
                excluded=excluded,
            )
