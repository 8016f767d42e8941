"""Addresses as values: what a URL asks for, and the URL of every other thing one may ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from kb.records import NO_FILTERS, Filters
from kb.vocabulary import LONGEST_FACET_VALUE
from search.request import FACET_FIELDS, ExpansionChoice

SORT_LABELS: Final[dict[str, str]] = {
    "relevance": "综合",
    "newest": "最新",
    "oldest": "最早",
    "amount": "金额",
}
GROUPS: Final = ("tier",)
MAX_TEXT_CHARS: Final = 50_000
MAX_OFFSET: Final = 100_000
MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 20
MAX_ID: Final = 2**63 - 1
EXPORT_PATH: Final = "/export.csv"
#: Documents in an exported table, at most.
MAX_EXPORTED: Final = 1_000
#: What stands before the name of a field that is chosen, and of one that is shut out.
FILTER_PREFIXES: Final = ("f.", "x.")
_NOT_IN_STEP: Final = re.compile("[~/%]")
_IN_STEP: Final = re.compile("~(7E|2F|25|2E)")

Chosen = Mapping[str, tuple[str, ...]]


class PageRequest(Struct, frozen=True, gc=False, kw_only=True):
    """What an address asks for: the page, query text, mode, filters, order and the part of the
    answer shown.

    `offset` counts documents from 0; `sort` None is the natural order (综合 for a query,
    最新 for a list); `group` is "" or "tier". `expand` False takes every word as typed,
    `plain` these words.
    """

    path: str = "/"
    text: str = ""
    mode: str = "hybrid"
    filters: Filters = NO_FILTERS
    expand: bool = True
    plain: tuple[str, ...] = ()
    sort: str | None = None
    group: str = ""
    offset: int = 0
    limit: int = DEFAULT_LIMIT

    @property
    def is_home(self) -> bool:
        """Tell whether nothing is asked on the first page."""
        return self.path == "/" and not self.text and not self.filters

    @property
    def expansion(self) -> ExpansionChoice:
        """Return which words may stand for their equivalents too."""
        return ExpansionChoice(self.expand, frozenset(self.plain))

    def parameters(self) -> list[tuple[str, str]]:
        """Return the parameters of this address, in a fixed order, defaults left out."""
        return [*self._question(), *self._order()]

    def _question(self) -> Iterator[tuple[str, str]]:
        if self.text:
            yield "q", self.text
        if self.mode != "hybrid":
            yield "mode", self.mode
        yield from _chosen_parameters("f", self.filters.include)
        yield from _chosen_parameters("x", self.filters.exclude)
        for role in self.filters.roles:
            yield "role", role
        if not self.expand:
            yield "expand", "off"
        for word in self.plain:
            yield "plain", word

    def _order(self) -> Iterator[tuple[str, str]]:
        if self.sort:
            yield "sort", self.sort
        if self.group:
            yield "group", self.group
        if self.offset:
            yield "offset", str(self.offset)
        if self.limit != DEFAULT_LIMIT:
            yield "limit", str(self.limit)

    def url(self) -> str:
        """Return the address that asks this."""
        return with_parameters(self.path, self.parameters())

    def on(self, path: str) -> PageRequest:
        """Return the same question on another page."""
        return replace(self, path=path)

    def at(self, offset: int) -> PageRequest:
        """Return the same question from another place of the answer."""
        return replace(self, offset=offset)

    def including(self, name: str, value: str) -> PageRequest:
        """Return the question with `value` among the alternatives of `name`, from the start."""
        include = _with(self.filters.include, name, value)
        return self._filtered(include, _without(self.filters.exclude, name, value))

    def only(self, name: str, value: str | None) -> PageRequest:
        """Return the question with `value` as the only one of `name`; None takes the field out."""
        include, exclude = dict(self.filters.include), dict(self.filters.exclude)
        include.pop(name, None)
        exclude.pop(name, None)
        if value:
            include[name] = (value,)
        return self._filtered(include, exclude)

    def excluding(self, name: str, value: str) -> PageRequest:
        """Return the question with `value` of `name` shut out, from the start."""
        exclude = _with(self.filters.exclude, name, value)
        return self._filtered(_without(self.filters.include, name, value), exclude)

    def dropping(self, name: str, value: str) -> PageRequest:
        """Return the question without this filter, included or excluded."""
        include = _without(self.filters.include, name, value)
        return self._filtered(include, _without(self.filters.exclude, name, value))

    def with_role(self, role: str) -> PageRequest:
        """Return the question asked also of sections with this role."""
        return self._with_roles(_added(self.filters.roles, role))

    def without_role(self, role: str) -> PageRequest:
        """Return the question no longer limited to sections with this role."""
        return self._with_roles(_removed(self.filters.roles, role))

    def unfiltered(self) -> PageRequest:
        """Return the question with all filters taken off."""
        return replace(self, filters=NO_FILTERS, offset=0)

    def saying(self, text: str) -> PageRequest:
        """Return the question in other words, from the start."""
        return replace(self, text=text.strip(), offset=0)

    def taking_plainly(self, word: str) -> PageRequest:
        """Return the question with this word taken as typed, from the start."""
        return replace(self, plain=_added(self.plain, word), offset=0)

    def widening_again(self, word: str) -> PageRequest:
        """Return the question with this word's equivalents looked for too, from the start."""
        return replace(self, plain=_removed(self.plain, word), offset=0)

    def expanding(self, on: bool) -> PageRequest:
        """Return the question with equivalents looked for, or with no word's, from the start."""
        return replace(self, expand=on, plain=(), offset=0)

    def sorted_by(self, sort: str | None) -> PageRequest:
        """Return the question in another order, from the start."""
        return replace(self, sort=sort, offset=0)

    def grouped_by(self, group: str) -> PageRequest:
        """Return the question with its answer grouped ("tier") or flat (""), from the start."""
        return replace(self, group=group, offset=0)

    def _filtered(self, include: Chosen, exclude: Chosen) -> PageRequest:
        roles = self.filters.roles
        filters = Filters(include=include, exclude=exclude, roles=roles)
        return replace(self, filters=filters, offset=0)

    def _with_roles(self, roles: tuple[str, ...]) -> PageRequest:
        return replace(self, filters=replace(self.filters, roles=roles), offset=0)


def chosen_values(filters: Filters, plain: Iterable[str]) -> list[str]:
    """Return every value that narrows a question down, whatever it narrows."""
    found: list[str] = []
    for values in (*filters.include.values(), *filters.exclude.values()):
        found += values
    return [*found, *filters.roles, *plain]


def written(name: str, value: str) -> str:
    """Return one parameter as it stands in an address; names are our own and need no escape."""
    return f"{name}={quote(value, safe='')}"


def with_parameters(path: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Return `path` with a query string; nothing is added when there are no parameters."""
    query = "&".join([written(name, value) for name, value in parameters])
    return f"{path}?{query}" if query else path


def document_path(
    document_id: int,
    wanted: PageRequest | None = None,
    rank: int | None = None,
    paragraph: int | None = None,
) -> str:
    """Return the address of a document, the question it was found with travelling along.

    `rank` is the document's place in the answer, counted from 1.
    """
    parameters = [] if wanted is None else wanted.at(0).parameters()
    if rank is not None:
        parameters.append(("at", str(rank)))
    anchor = f"#p{paragraph}" if paragraph else ""
    return with_parameters(f"/documents/{document_id}", parameters) + anchor


def law_path(
    law: str,
    version: str | None = None,
    article: str | None = None,
) -> str:
    """Return the address of a law, of one of its versions, or of an article there."""
    parameters = [("version", version)] if version else []
    anchor = f"#{quote(article)}" if article else ""
    return with_parameters(f"/laws/{_one_step(law)}", parameters) + anchor


def cases_path(
    law: str,
    version: str,
    article: str,
) -> str:
    """Return the address of the list of documents that cite an article."""
    parameters = [("version", version), ("article", article)]
    return with_parameters(f"/laws/{_one_step(law)}/cases", parameters)


def list_path(**fields: str | tuple[str, ...]) -> str:
    """Return the address of the list of documents with these facet values."""
    include: dict[str, tuple[str, ...]] = {}
    for name, chosen in fields.items():
        values = (chosen,) if isinstance(chosen, str) else chosen
        include[name] = tuple(value[:LONGEST_FACET_VALUE] for value in values)
    return PageRequest(filters=Filters(include=include)).url()


def _one_step(name: str) -> str:
    """Return a name as one step of a path, to be read by `step_name`.

    What would end the step, or lead up from it, is written ~2F: servers undo %2F before
    they look for steps.
    """
    kept = _NOT_IN_STEP.sub(lambda found: f"~{ord(found[0]):02X}", name)
    is_dots = not kept.strip(".")
    return quote(kept.replace(".", "~2E") if is_dots else kept, safe="")


def step_name(step: str) -> str:
    """Return the name a step of a path stands for."""
    return _IN_STEP.sub(lambda found: chr(int(found[1], 16)), step)


def _chosen_parameters(prefix: str, chosen: Chosen) -> Iterator[tuple[str, str]]:
    for name in FACET_FIELDS:
        for value in chosen.get(name, ()):
            yield f"{prefix}.{name}", value


def _added(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return values if value in values else (*values, value)


def _removed(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(one for one in values if one != value)


def _with(
    chosen: Chosen,
    name: str,
    value: str,
) -> Chosen:
    return {**chosen, name: _added(chosen.get(name, ()), value)}


def _without(
    chosen: Chosen,
    name: str,
    value: str,
) -> Chosen:
    left = _removed(chosen.get(name, ()), value)
    return {field: values for field, values in {**chosen, name: left}.items() if values}
