"""Filters of the panel and filters typed as 字段:值, made one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from kb.analysis import normalise
from kb.identifiers import compact
from kb.messages.notices import Notice, NoticeCode
from kb.records import Filters
from kb.store import Store
from kb.vocabulary import UNLABELLED
from search.facets import Columns
from search.query import Query, parse
from search.request import FACET_FIELDS

#: A value no document has: what two contradicting filters leave.
_NOTHING: Final = "(无)"
_TAKEN_AS_NAME: Final = Notice(NoticeCode.TAKEN_AS_NAME)


class Meant(Struct, frozen=True):
    """The values that typed ones stand for, and typed ones that stand for none."""

    values: tuple[str, ...]
    unknown: tuple[str, ...]


class Reread(Struct, frozen=True):
    """A query, and what is told where it was read anew."""

    query: Query
    notices: tuple[Notice, ...] = ()


class Joined(Struct, frozen=True):
    """Filters of the panel and of the query together, and what is told of them."""

    filters: Filters
    notices: tuple[Notice, ...]


def read_as_meant(
    store: Store,
    query: Query,
    columns: Columns,
) -> Reread:
    """Return the query read anew as words where its 字段:值 filters by nothing.

    So it is when the whole is what a visible document is called (要件：商业价值 is a title
    and a value), or when nothing else was typed and no document has the value.
    """
    if not query.include:
        return Reread(query)
    name = ("name", compact(query.text))
    if store.by_identifier([name])[name]:
        return Reread(parse(query.text, fields=False), (_TAKEN_AS_NAME,))
    if len(query.parts) == 1:
        ((field, typed),) = query.include.items()
        unknown = _meant(field, typed, columns).unknown
        if unknown:
            told = _told(NoticeCode.VALUE_TAKEN_AS_WORDS, field, unknown)
            return Reread(parse(query.text, fields=False), tuple(told))
    return Reread(query)


def join(
    filters: Filters,
    query: Query,
    columns: Columns,
) -> Joined:
    """Return both sets of filters together.

    A typed value that no document has stands for all values that contain it (法院:上海 is
    every court of 上海); when there are none either, a notice says so. Where panel and
    query filter by the same field, both must hold.
    """
    notices: list[Notice] = []
    include, exclude = dict(filters.include), dict(filters.exclude)
    for field, typed in query.include.items():
        meant = _meant(field, typed, columns)
        notices += _told(NoticeCode.VALUE_ABSENT, field, meant.unknown)
        include[field] = _of_both(include.get(field), meant.values)
    for field, typed in query.exclude.items():
        meant = _meant(field, typed, columns)
        notices += _told(NoticeCode.VALUE_ABSENT, field, meant.unknown)
        chosen = exclude.get(field, ())
        exclude[field] = (*chosen, *meant.values)
    joined = Filters(
        include=include,
        exclude=exclude,
        roles=filters.roles,
    )
    return Joined(joined, tuple(notices))


def _of_both(
    chosen: tuple[str, ...] | None,
    typed: tuple[str, ...],
) -> tuple[str, ...]:
    if chosen is None:
        return typed
    return tuple(value for value in chosen if value in typed) or (_NOTHING,)


def _meant(
    field: str,
    typed: Sequence[str],
    columns: Columns,
) -> Meant:
    known = columns.values(field)
    meant: list[str] = []
    unknown: list[str] = []
    for value in typed:
        if value in known or value == UNLABELLED:
            meant.append(value)
            continue
        containing = _containing(value, known)
        if not containing:
            unknown.append(value)
        meant += containing or [value]
    return Meant(tuple(dict.fromkeys(meant)), tuple(unknown))


def _containing(
    value: str,
    known: Iterable[str],
) -> list[str]:
    folded = normalise(value)
    return [name for name in known if folded in normalise(name)]


def notices_of_unknown_values(
    filters: Mapping[str, Sequence[str]],
    columns: Columns,
) -> tuple[Notice, ...]:
    """Return what to tell about chosen values that no visible document has."""
    notices: list[Notice] = []
    for field, values in filters.items():
        if field in FACET_FIELDS:
            known = (*columns.values(field), UNLABELLED)
            unknown = [value for value in values if value not in known]
            notices += _told(NoticeCode.VALUE_ABSENT, field, unknown)
    return tuple(notices)


def _told(
    code: NoticeCode,
    field: str,
    values: Iterable[str],
) -> list[Notice]:
    return [Notice(code, (field, value)) for value in values]
