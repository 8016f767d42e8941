"""A row of a table into a document: which cells are fields, which are its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct, field

from ingest.columns import Column, column_of
from ingest.dates import dates_in
from ingest.money import sums_in
from kb import casenumber
from kb.errors import InvalidDocument
from kb.fields import FIELDS
from kb.vocabulary import KINDS, OUTCOMES

_SEVERAL: Final = frozenset(field.attribute for field in FIELDS if field.several)
_ENUMERATED: Final = ("parties", "outcomes")
_DATES: Final = frozenset(field.attribute for field in FIELDS if field.type == "date")
_SEPARATOR: Final = re.compile(r"[;；\n|]+")
#: Between names and between kinds of penalty; inside a number or an office's name it is part of it.
_ENUMERATION: Final = re.compile(r"[;；、,，\n|]+")
_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T].*)?")
_NUMBER: Final = re.compile(r"-?\d[\d,，]*(?:\.\d+)?")
_NOTHING: Final = frozenset(
    ("", "/", "-", "—", "无", "0", "0.0", "0.00", "暂无", "不详")
)
_KINDS: Final = {label: kind for kind, label in KINDS.items()} | {
    kind: kind for kind in KINDS
}
_TRACKS: Final = {"行政": "administrative", "民事": "civil", "刑事": "criminal"}
#: The sign of a track in the number of a case.
_SIGNS: Final = {"行": "administrative", "民": "civil", "刑": "criminal"}
_REGISTER: Final = "登记信息"
_LONGEST_TITLE: Final = 60


class _Row(Struct):
    """What the cells of a row came to."""

    values: dict[str, Any] = field(default_factory=dict)
    cause: str = ""
    #: (heading, text) of the cells that are text.
    texts: list[tuple[str, str]] = field(default_factory=list)
    #: What stands in the register: every other cell, as 列名：值.
    register: list[str] = field(default_factory=list)


class Composed(Struct, frozen=True):
    """A row as a document: its fields, and its text with where the headings in it stand."""

    values: dict[str, Any]
    text: str
    headings: tuple[tuple[int, str], ...]


def document_of(cells: Sequence[tuple[str, str]]) -> Composed:
    """Make a document of a row; raises InvalidDocument naming the column whose cell breaks a
    rule.
    """
    row = _Row()
    columns = []
    for name, cell in cells:
        column = column_of(name)
        columns.append(column)
        _take(row, column, cell)
    if "kind" not in row.values:
        kind = _kind(row, columns)
        if kind:
            row.values["kind"] = kind
    row.values.setdefault("title", _title(row))
    outcomes = list(row.values.get("outcomes", ()))
    for amount in row.values.get("amounts", ()):
        if amount["type"] in OUTCOMES:
            outcomes.append(amount["type"])
    row.values["outcomes"] = list(dict.fromkeys(outcomes))
    return _compose(row)


def _take(
    row: _Row,
    column: Column,
    cell: str,
) -> None:
    """Put a cell where its column belongs."""
    what, _, which = column.field.partition(":")
    if what == "private":
        return
    if what == "text":
        row.texts.append((which, cell))
        return
    row.register.append(f"{column.name}：{cell}")
    if what == "cause":
        row.cause = row.cause or cell
    elif what in _SEVERAL:
        row.values.setdefault(what, []).extend(_each(column, what, which, cell))
    elif what:
        row.values[what] = _one(column, what, cell)


def _each(
    column: Column,
    what: str,
    which: str,
    cell: str,
) -> Iterator[Any]:
    """Yield the values of a cell that holds several."""
    if what == "amounts":
        yield from _amounts(column, which, cell)
        return
    separator = _ENUMERATION if what in _ENUMERATED else _SEPARATOR
    for written in separator.split(cell):
        value = written.strip()
        if value and (what != "outcomes" or value in OUTCOMES):
            yield value


def _one(
    column: Column,
    what: str,
    cell: str,
) -> str | None:
    """Return the value of a cell that holds one; raises InvalidDocument where it is none."""
    if what in _DATES:
        return _day(column, cell)
    return _known_kind(column, cell) if what == "kind" else cell


def _amounts(
    column: Column,
    kind: str,
    cell: str,
) -> Iterator[dict[str, Any]]:
    """Yield what a cell of an amount says, in yuan: a bare number is of the unit in the column's
    name.
    """
    if cell in _NOTHING:
        return
    if _NUMBER.fullmatch(cell):
        number = float(re.sub("[,，]", "", cell))
        value = round(number * column.yuan, 2)
        text = f"{cell}{column.unit}"
    else:
        value = _first_sum(column, cell)
        text = cell
    if value:
        yield {"type": kind, "value": value, "currency": "CNY", "text": text}


def _first_sum(column: Column, cell: str) -> float:
    for _, _, yuan in sums_in(re.sub(r"\s", "", cell)):
        return yuan
    raise InvalidDocument(
        f"列「{column.name}」的「{cell[:30]}」不是金额。请写作数字,或如 5万元"
    )


def _day(column: Column, cell: str) -> str | None:
    """Return the day a cell names; raises InvalidDocument where it names none."""
    if cell in _NOTHING:
        return None
    match = _ISO.fullmatch(cell)
    if match:
        year, month, day = map(int, match.groups()[:3])
        return f"{year:04}-{month:02}-{day:02}"
    for _, found in dates_in(re.sub(r"\s", "", cell)):
        if found:
            return found
    raise InvalidDocument(
        f"列「{column.name}」的「{cell[:30]}」不是日期。请写作 2024-05-01"
    )


def _known_kind(column: Column, cell: str) -> str:
    kind = _KINDS.get(cell) or _TRACKS.get(cell[:2])
    if kind is None:
        raise InvalidDocument(
            f"列「{column.name}」的「{cell[:30]}」不是轨道。可用 {'、'.join(KINDS.values())}"
        )
    return kind


def _kind(row: _Row, columns: Sequence[Column]) -> str | None:
    """Return the kind that the numbers of a row, or the columns it has, are of."""
    for written in row.values.get("case_numbers", ()):
        for _, _, number in casenumber.find(written):
            for sign, kind in _SIGNS.items():
                if sign in str(number):
                    return kind
    is_penalty = any("处罚" in column.name for column in columns)
    return "administrative" if is_penalty else None


def _title(row: _Row) -> str:
    """Return what a row is called by its party and cause, else its number, else its first words."""
    parties = row.values.get("parties", ())
    numbers = row.values.get("doc_numbers") or row.values.get("case_numbers") or ()
    number = next(iter(numbers), "")
    if parties:
        several = "等" if len(parties) > 1 else ""
        subject = f"{row.cause}案" if row.cause else number
        return f"{parties[0]}{several}{subject}"
    if number:
        return str(number)
    words = next((text for _, text in row.texts), "")
    first = words or next(iter(row.register), "")
    return first[:_LONGEST_TITLE]


def _compose(row: _Row) -> Composed:
    """Put every text below its heading, then the register, which repeats the fields; nothing of a
    row is left out.
    """
    parts = list(row.texts)
    if row.register:
        parts.append((_REGISTER, "\n".join(row.register)))
    text, headings = "", []
    for heading, words in parts:
        if heading:
            headings.append((len(text), heading))
            text += f"{heading}\n"
        text += f"{words}\n"
    values = {}
    for name, value in row.values.items():
        if value not in (None, [], ""):
            values[name] = value
    return Composed(values, text, tuple(headings))
