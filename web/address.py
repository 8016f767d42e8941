"""Addresses as values: what a URL asks for, and the URL of every other thing one may ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from kb.errors import InvalidQuery
from kb.records import NO_FILTERS, Filters
from kb.vocabulary import LONGEST_FACET_VALUE, ROLES
from search.request import FACET_FIELDS, MODES, SORTS, ExpansionChoice

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
#: Filters and words taken plainly: each has a link without it, and every link of a page
#: carries all the others.
_MAX_VALUES: Final = 40
_MAX_CHOSEN_CHARS: Final = 1_500
_EXPAND: Final = ("on", "off")
#: Parameters that are any text.
_FREE: Final = ("q", "plain")
_CLOSED: Final = frozenset(
    ("mode", "expand", "sort", "group", "offset", "limit", "role")
)
_FILTER_PREFIXES: Final = ("f.", "x.")
#: Where a parameter stands in an address: before the filters, among them, or after.
_FILTERS: Final = [
    f"{prefix}{name}" for prefix in _FILTER_PREFIXES for name in FACET_FIELDS
]
_ORDER: Final = {
    name: place for place, name in enumerate(("q", "mode", *_FILTERS, "role"))
}
_LAST: Final = len(_ORDER)
_NOT_IN_STEP: Final = re.compile("[~/%]")
_IN_STEP: Final = re.compile("~(7E|2F|25|2E)")


class Ask(Struct, frozen=True, gc=False, kw_only=True):
    """What an address asks for: query text, mode, filters, order and the part of the answer shown.

    `offset` counts documents from 0; `sort` None is the natural order (综合 for a query,
    最新 for a list); `group` is "" or "tier". `expand` False takes every word as typed,
    `plain` these words.
    """

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
        """Tell whether nothing is asked."""
        return not self.text and not self.filters

    def parameters(self) -> list[tuple[str, str]]:
        """Return the parameters of this address, in a fixed order, defaults left out."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [("mode", self.mode)] if self.mode != "hybrid" else []
        for prefix, chosen in (
            ("f", self.filters.include),
            ("x", self.filters.exclude),
        ):
            pairs += [
                (f"{prefix}.{name}", value)
                for name in FACET_FIELDS
                for value in chosen.get(name, ())
            ]
        pairs += [("role", role) for role in self.filters.roles]
        pairs += [] if self.expand else [("expand", "off")]
        pairs += [("plain", word) for word in self.plain]
        pairs += [("sort", self.sort)] if self.sort else []
        pairs += [("group", self.group)] if self.group else []
        pairs += [("offset", str(self.offset))] if self.offset else []
        pairs += [("limit", str(self.limit))] if self.limit != DEFAULT_LIMIT else []
        return pairs

    def url(self, path: str = "/") -> str:
        """Return the address that asks this."""
        return with_parameters(path, self.parameters())

    def at(self, offset: int) -> Ask:
        """Return the same question from another place of the answer."""
        return replace(self, offset=offset)

    def including(self, name: str, value: str) -> Ask:
        """Return the question with `value` among the alternatives of `name`, from the start."""
        exclude = _without(self.filters.exclude, name, value)
        include = {
            **self.filters.include,
            name: _added(self.filters.include.get(name, ()), value),
        }
        return self._filtered(include, exclude)

    def only(self, name: str, value: str | None) -> Ask:
        """Return the question with `value` as the only one of `name`; None takes the field out."""
        include = {k: v for k, v in self.filters.include.items() if k != name}
        exclude = {k: v for k, v in self.filters.exclude.items() if k != name}
        return self._filtered(include | ({name: (value,)} if value else {}), exclude)

    def excluding(self, name: str, value: str) -> Ask:
        """Return the question with `value` of `name` shut out, from the start."""
        include = _without(self.filters.include, name, value)
        exclude = {
            **self.filters.exclude,
            name: _added(self.filters.exclude.get(name, ()), value),
        }
        return self._filtered(include, exclude)

    def dropping(self, name: str, value: str) -> Ask:
        """Return the question without this filter, included or excluded."""
        return self._filtered(
            _without(self.filters.include, name, value),
            _without(self.filters.exclude, name, value),
        )

    def with_role(self, role: str) -> Ask:
        """Return the question asked also of sections with this role."""
        return self._with_roles(_added(self.filters.roles, role))

    def without_role(self, role: str) -> Ask:
        """Return the question no longer limited to sections with this role."""
        return self._with_roles(tuple(r for r in self.filters.roles if r != role))

    def unfiltered(self) -> Ask:
        """Return the question with all filters taken off."""
        return replace(self, filters=NO_FILTERS, offset=0)

    def saying(self, text: str) -> Ask:
        """Return the question in other words, from the start."""
        return replace(self, text=text.strip(), offset=0)

    @property
    def expansion(self) -> ExpansionChoice:
        """Return which words may stand for their equivalents too."""
        return ExpansionChoice(self.expand, frozenset(self.plain))

    def taking_plainly(self, word: str) -> Ask:
        """Return the question with this word taken as typed, from the start."""
        return replace(self, plain=_added(self.plain, word), offset=0)

    def widening_again(self, word: str) -> Ask:
        """Return the question with this word's equivalents looked for too, from the start."""
        return replace(self, plain=tuple(w for w in self.plain if w != word), offset=0)

    def expanding(self, on: bool) -> Ask:
        """Return the question with equivalents looked for, or with no word's, from the start."""
        return replace(self, expand=on, plain=(), offset=0)

    def sorted_by(self, sort: str | None) -> Ask:
        """Return the question in another order, from the start."""
        return replace(self, sort=sort, offset=0)

    def grouped_by(self, group: str) -> Ask:
        """Return the question with its answer grouped ("tier") or flat (""), from the start."""
        return replace(self, group=group, offset=0)

    def _filtered(
        self,
        include: Mapping[str, tuple[str, ...]],
        exclude: Mapping[str, tuple[str, ...]],
    ) -> Ask:
        filters = Filters(include=include, exclude=exclude, roles=self.filters.roles)
        return replace(self, filters=filters, offset=0)

    def _with_roles(self, roles: tuple[str, ...]) -> Ask:
        filters = Filters(
            include=self.filters.include, exclude=self.filters.exclude, roles=roles
        )
        return replace(self, filters=filters, offset=0)


class Addresses:
    """The addresses one step from a question, whose own parameters are written once.

    A page of an answer has hundreds of them. Every address is the one that `Ask` itself would give.
    """

    def __init__(self, ask: Ask, path: str = "/") -> None:
        """Write the parameters of `ask`; its filters are changed on `path`."""
        self._pairs = ask.at(0).parameters()
        self._written = [_written(name, value) for name, value in self._pairs]
        self._path = path
        self._question = "&".join(self._written)
        self._around: dict[str, tuple[str, str]] = {}

    def including(self, name: str, value: str) -> str:
        """Return the address that also asks for `value`, which is neither chosen nor shut out
        yet.
        """
        return self._with(f"f.{name}", value)

    def excluding(self, name: str, value: str) -> str:
        """Return the address that shuts `value` out, which is neither chosen nor shut out yet."""
        return self._with(f"x.{name}", value)

    def with_role(self, role: str) -> str:
        """Return the address that also asks for sections with this role, which is not chosen
        yet.
        """
        return self._with("role", role)

    def _with(self, parameter: str, value: str) -> str:
        around = self._around.get(parameter)
        if around is None:
            around = self._around[parameter] = self._split(parameter)
        before, after = around
        return f"{self._path}?{before}{_written_value(parameter, value)}{after}"

    def _split(self, parameter: str) -> tuple[str, str]:
        """Return what an address says before one more value of a parameter, and after it."""
        place = sum(
            _ORDER.get(name, _LAST) <= _ORDER[parameter] for name, _ in self._pairs
        )
        return "".join(f"{one}&" for one in self._written[:place]), "".join(
            f"&{one}" for one in self._written[place:]
        )

    def document(
        self, document_id: int, rank: int | None, paragraph: int | None = None
    ) -> str:
        """Return the address of a document in the answer."""
        pairs = [self._question] if self._question else []
        pairs += [] if rank is None else [f"at={rank}"]
        query = f"?{'&'.join(pairs)}" if pairs else ""
        return f"/documents/{document_id}{query}" + (
            f"#p{paragraph}" if paragraph else ""
        )


def _written(name: str, value: str) -> str:
    return f"{name}={quote(value, safe='')}"  # names are our own and need no escape


@lru_cache(
    maxsize=8_192
)  # values of facets, the same on every page; never what was typed
def _written_value(name: str, value: str) -> str:
    return _written(name, value)


def parse_ask(
    parameters: Iterable[tuple[str, str]], default_limit: int = DEFAULT_LIMIT
) -> Ask:
    """Understand the parameters of an address; raises InvalidQuery naming the one that
    makes no sense.

    Parameters that are not about searching are left alone. An empty box is sent by every form and
    counts as absent; any other parameter of ours that is empty makes no sense.
    """
    pairs = [(name, value) for name, value in parameters if value or name not in _FREE]
    for name, value in pairs:
        if name in _CLOSED or name.startswith(_FILTER_PREFIXES):
            stated(name, value)
    last = dict(pairs)
    text = last.get("q", "").replace("\x00", " ").strip()
    if len(text) > MAX_TEXT_CHARS:
        raise InvalidQuery(
            f"检索词有 {len(text)} 字，超过上限 {MAX_TEXT_CHARS} 字。请截取最要紧的段落。"
        )
    filters = _filters(pairs)
    plain = tuple(dict.fromkeys(value for name, value in pairs if name == "plain"))
    _refuse_too_many(chosen_values(filters, plain))
    return Ask(
        text=text,
        mode=_one_of("mode", last.get("mode", "hybrid"), MODES),
        filters=filters,
        expand=_one_of("expand", last.get("expand", "on"), _EXPAND) == "on",
        plain=plain,
        sort=_one_of("sort", last["sort"], SORTS) if "sort" in last else None,
        group=_one_of("group", last["group"], GROUPS) if "group" in last else "",
        offset=number("offset", last.get("offset", "0"), 0, MAX_OFFSET),
        limit=number("limit", last.get("limit", str(default_limit)), 1, MAX_LIMIT),
    )


def number(name: str, raw: str, low: int, high: int) -> int:
    """Read a whole number within [low, high]; raises InvalidQuery naming the parameter."""
    if (
        not (raw.isascii() and raw.isdigit())
        or len(raw) > 19
        or not low <= int(raw) <= high
    ):
        raise InvalidQuery(
            f"参数 {name} 应为 {low} 至 {high} 的整数，现为「{raw[:30]}」。"
        )
    return int(raw)


def chosen_values(filters: Filters, plain: Iterable[str]) -> list[str]:
    """Return every value that narrows a question down, whatever it narrows."""
    chosen = (*filters.include.values(), *filters.exclude.values())
    return [*(value for values in chosen for value in values), *filters.roles, *plain]


def _refuse_too_many(values: list[str]) -> None:
    if len(values) > _MAX_VALUES:
        raise InvalidQuery(
            f"筛选条件与按原样找的词共 {len(values)} 个，超过上限 {_MAX_VALUES} 个。请减少一些。"
        )
    if sum(map(len, values)) > _MAX_CHOSEN_CHARS:
        raise InvalidQuery(
            f"筛选条件与按原样找的词合起来超过 {_MAX_CHOSEN_CHARS} 字。请减少一些。"
        )


def stated(name: str, value: str | None) -> str | None:
    """Return the value of a parameter, None where it is not given; raises InvalidQuery where it is
    given and empty.
    """
    if value == "":
        raise InvalidQuery(f"参数 {name} 是空的，请写上值，或去掉这个参数。")
    return value


def with_parameters(path: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Return `path` with a query string; nothing is added when there are no parameters."""
    query = "&".join([_written(name, value) for name, value in parameters])
    return f"{path}?{query}" if query else path


def document_path(
    document_id: int,
    ask: Ask | None = None,
    rank: int | None = None,
    paragraph: int | None = None,
) -> str:
    """Return the address of a document, the question it was found with travelling along.

    `rank` is the document's place in the answer, counted from 1.
    """
    parameters = (
        []
        if ask is None
        else [pair for pair in ask.parameters() if pair[0] != "offset"]
    )
    parameters += [] if rank is None else [("at", str(rank))]
    return with_parameters(f"/documents/{document_id}", parameters) + (
        f"#p{paragraph}" if paragraph else ""
    )


def law_path(law: str, version: str | None = None, article: str | None = None) -> str:
    """Return the address of a law, of one of its versions, or of an article there."""
    path = with_parameters(
        f"/laws/{_one_step(law)}", [("version", version)] if version else []
    )
    return path + (f"#{quote(article)}" if article else "")


def cases_path(law: str, version: str, article: str) -> str:
    """Return the address of the list of documents that cite an article."""
    return with_parameters(
        f"/laws/{_one_step(law)}/cases", [("version", version), ("article", article)]
    )


def _one_step(name: str) -> str:
    """Return a name as one step of a path, to be read by `step_name`.

    What would end the step, or lead up from it, is written ~2F: servers undo %2F before
    they look for steps.
    """
    kept = _NOT_IN_STEP.sub(lambda found: f"~{ord(found[0]):02X}", name)
    return quote(kept if kept.strip(".") else kept.replace(".", "~2E"), safe="")


def step_name(step: str) -> str:
    """Return the name a step of a path stands for."""
    return _IN_STEP.sub(lambda found: chr(int(found[1], 16)), step)


def list_path(**fields: str | tuple[str, ...]) -> str:
    """Return the address of the list of documents with these facet values."""
    several = {
        name: (value,) if isinstance(value, str) else value
        for name, value in fields.items()
    }
    include = {
        name: tuple(value[:LONGEST_FACET_VALUE] for value in values)
        for name, values in several.items()
    }
    return Ask(filters=Filters(include=include)).url()


def _filters(pairs: list[tuple[str, str]]) -> Filters:
    include, exclude = (_chosen(pairs, prefix) for prefix in _FILTER_PREFIXES)
    roles = tuple(
        dict.fromkeys(
            _one_of("role", v, tuple(ROLES)) for name, v in pairs if name == "role"
        )
    )
    return Filters(include=include, exclude=exclude, roles=roles)


def _chosen(pairs: list[tuple[str, str]], prefix: str) -> dict[str, tuple[str, ...]]:
    """Return the values chosen of each field, each once; of a dict of keys, since a tuple is copied
    for each value.
    """
    chosen: dict[str, dict[str, None]] = {}
    for name, value in pairs:
        if name.startswith(prefix):
            field = _one_of("筛选字段", name[2:], tuple(FACET_FIELDS))
            chosen.setdefault(field, {})[value[:LONGEST_FACET_VALUE]] = None
    return {field: tuple(values) for field, values in chosen.items()}


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise InvalidQuery(
            f"参数 {name} 应为 {'、'.join(allowed)} 之一，现为「{value[:30]}」。"
        )
    return value


def _added(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*values, value)))


def _without(
    chosen: Mapping[str, tuple[str, ...]], name: str, value: str
) -> dict[str, tuple[str, ...]]:
    kept = {
        k: tuple(v for v in values if k != name or v != value)
        for k, values in chosen.items()
    }
    return {k: values for k, values in kept.items() if values}
