"""What the parameters of an address ask for; those that make no sense are named."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from kb.errors import InvalidQuery
from kb.records import Filters
from kb.vocabulary import LONGEST_FACET_VALUE, ROLES
from search.request import FACET_FIELDS, MODES, SORTS
from web.address import (
    DEFAULT_LIMIT,
    FILTER_PREFIXES,
    GROUPS,
    MAX_LIMIT,
    MAX_OFFSET,
    MAX_TEXT_CHARS,
    PageRequest,
    chosen_values,
)

#: Filters and words taken plainly: each has a link without it, and every link of a page
#: carries all the others.
_MAX_VALUES: Final = 40
_MAX_CHOSEN_CHARS: Final = 1_500
_EXPAND: Final = ("on", "off")
#: Parameters that are any text.
_FREE: Final = ("q", "plain")
_CLOSED: Final = ("mode", "expand", "sort", "group", "offset", "limit", "role")
#: No number that makes sense has more digits.
_MOST_DIGITS: Final = 19
#: Of a value that makes no sense, so much is told.
_SHOWN_CHARS: Final = 30

_Pairs = list[tuple[str, str]]


def parse_page_request(
    parameters: Iterable[tuple[str, str]], default_limit: int = DEFAULT_LIMIT
) -> PageRequest:
    """Understand the parameters of an address; raises InvalidQuery naming the one that
    makes no sense.

    Parameters that are not about searching are left alone. An empty box is sent by every form and
    counts as absent; any other parameter of ours that is empty makes no sense.
    """
    pairs = [(name, value) for name, value in parameters if value or name not in _FREE]
    _refuse_empty(pairs)
    last = dict(pairs)
    text = _text(last.get("q", ""))
    filters, plain = _filters(pairs), _several(pairs, "plain")
    _refuse_too_many(chosen_values(filters, plain))
    return PageRequest(
        text=text,
        mode=one_of("mode", last.get("mode", "hybrid"), MODES),
        filters=filters,
        expand=one_of("expand", last.get("expand", "on"), _EXPAND) == "on",
        plain=plain,
        sort=one_of("sort", last["sort"], SORTS) if "sort" in last else None,
        group=one_of("group", last["group"], GROUPS) if "group" in last else "",
        offset=number("offset", last.get("offset", "0"), 0, MAX_OFFSET),
        limit=number("limit", last.get("limit", str(default_limit)), 1, MAX_LIMIT),
    )


def number(
    name: str,
    raw: str,
    low: int,
    high: int,
) -> int:
    """Read a whole number within [low, high]; raises InvalidQuery naming the parameter."""
    is_number = raw.isascii() and raw.isdigit() and len(raw) <= _MOST_DIGITS
    if not is_number or not low <= int(raw) <= high:
        raise InvalidQuery(
            f"参数 {name} 应为 {low} 至 {high} 的整数，现为「{raw[:_SHOWN_CHARS]}」。"
        )
    return int(raw)


def one_of(
    name: str,
    value: str,
    allowed: Collection[str],
) -> str:
    """Return a value of a closed list; raises InvalidQuery naming the parameter and the list."""
    if value not in allowed:
        choices = "、".join(allowed)
        raise InvalidQuery(
            f"参数 {name} 应为 {choices} 之一，现为「{value[:_SHOWN_CHARS]}」。"
        )
    return value


def stated(name: str, value: str | None) -> str | None:
    """Return the value of a parameter, None where it is not given; raises InvalidQuery where it is
    given and empty.
    """
    if value == "":
        raise InvalidQuery(f"参数 {name} 是空的，请写上值，或去掉这个参数。")
    return value


def _text(typed: str) -> str:
    text = typed.replace("\x00", " ").strip()
    if len(text) > MAX_TEXT_CHARS:
        raise InvalidQuery(
            f"检索词有 {len(text)} 字，超过上限 {MAX_TEXT_CHARS} 字。请截取最要紧的段落。"
        )
    return text


def _refuse_empty(pairs: _Pairs) -> None:
    for name, value in pairs:
        if name in _CLOSED or name.startswith(FILTER_PREFIXES):
            stated(name, value)


def _refuse_too_many(values: list[str]) -> None:
    if len(values) > _MAX_VALUES:
        raise InvalidQuery(
            f"筛选条件与按原样找的词共 {len(values)} 个，超过上限 {_MAX_VALUES} 个。请减少一些。"
        )
    if len("".join(values)) > _MAX_CHOSEN_CHARS:
        raise InvalidQuery(
            f"筛选条件与按原样找的词合起来超过 {_MAX_CHOSEN_CHARS} 字。请减少一些。"
        )


def _filters(pairs: _Pairs) -> Filters:
    include, exclude = (_chosen(pairs, prefix) for prefix in FILTER_PREFIXES)
    roles = _several(pairs, "role")
    for role in roles:
        one_of("role", role, ROLES)
    return Filters(include=include, exclude=exclude, roles=roles)


def _chosen(pairs: _Pairs, prefix: str) -> dict[str, tuple[str, ...]]:
    """Return the values chosen of each field, each once; of a dict of keys, since a tuple is copied
    for each value.
    """
    chosen: dict[str, dict[str, None]] = {}
    for name, value in pairs:
        if name.startswith(prefix):
            field = one_of("筛选字段", name.removeprefix(prefix), FACET_FIELDS)
            chosen.setdefault(field, {})[value[:LONGEST_FACET_VALUE]] = None
    return {field: tuple(values) for field, values in chosen.items()}


def _several(pairs: _Pairs, name: str) -> tuple[str, ...]:
    """Return the values of a parameter that may stand several times, each once."""
    return tuple(dict.fromkeys(value for given, value in pairs if given == name))
