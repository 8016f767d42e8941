"""Filters of the panel and filters typed as 字段:值, made one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.analysis import normalise
from kb.identifiers import compact
from kb.records import Filters
from kb.store import Store
from kb.vocabulary import UNLABELLED
from search.facets import Columns
from search.query import Query, parse
from search.results import FACET_FIELDS

#: A value no document has: what two contradicting filters leave.
_NOTHING = "(无)"


def as_meant(store: Store, query: Query, columns: Columns) -> tuple[Query, list[str]]:
    """Return the query read anew as words where its 字段:值 filters by nothing, and
    what to tell of that.

    So it is when the whole is what a visible document is called (要件：商业价值 is a title and a
    value), or when nothing else was typed and no document has the value.
    """
    if not query.include:
        return query, []
    called = compact(query.text)
    if store.by_identifier([("name", called)])["name", called]:
        return parse(query.text, fields=False), [
            "整句是一篇文书的名称，已按名称检索；要按字段筛选，请用筛选栏"
        ]
    if len(query.parts) == 1:
        ((field, typed),) = query.include.items()
        notes: list[str] = []
        _meant(field, typed, columns, notes)
        if notes:
            return parse(query.text, fields=False), [
                f"{note}，已当作普通词检索" for note in notes
            ]
    return query, []


def joined(
    filters: Filters, query: Query, columns: Columns
) -> tuple[Filters, list[str]]:
    """Return both sets of filters together and what to tell the person.

    A typed value that no document has stands for all values that contain it (法院:上海 is
    every court of 上海); when there are none either, a warning says so. Where panel and
    query filter by the same field, both must hold.
    """
    warnings: list[str] = []
    include, exclude = dict(filters.include), dict(filters.exclude)
    for field, typed in query.include.items():
        values = _meant(field, typed, columns, warnings)
        chosen = include.get(field)
        include[field] = (
            values
            if chosen is None
            else tuple(v for v in chosen if v in values) or (_NOTHING,)
        )
    for field, typed in query.exclude.items():
        exclude[field] = (
            *exclude.get(field, ()),
            *_meant(field, typed, columns, warnings),
        )
    return Filters(include=include, exclude=exclude, roles=filters.roles), warnings


def _meant(
    field: str, typed: Sequence[str], columns: Columns, warnings: list[str]
) -> tuple[str, ...]:
    known = columns.values(field)
    meant: list[str] = []
    for value in typed:
        if value in known or value == UNLABELLED:
            meant.append(value)
            continue
        folded = normalise(value)
        containing = [name for name in known if folded in normalise(name)]
        if not containing:
            warnings.append(f"{FACET_FIELDS[field]}中没有「{value}」")
        meant += containing or [value]
    return tuple(dict.fromkeys(meant))


def unknown_values(filters: Mapping[str, Sequence[str]], columns: Columns) -> list[str]:
    """Return what to tell about chosen values that no visible document has."""
    return [
        f"{FACET_FIELDS[field]}中没有「{value}」"
        for field, values in filters.items()
        if field in FACET_FIELDS
        for value in values
        if value != UNLABELLED and value not in columns.values(field)
    ]
