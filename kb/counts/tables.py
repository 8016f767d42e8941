"""How many documents have each value of one field beside each of another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct


class CountedRow(Struct, frozen=True, gc=False):
    """One value of a field with the counts of another's values, 0 where there is none."""

    value: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """Return how many there are in all columns, which no document shares with another."""
        return sum(self.counts)


def cross_table(
    rows: Iterable[str],
    columns: Sequence[str],
    counted: Mapping[str, Mapping[str, int]],
) -> list[CountedRow]:
    """Return the rows of which anything is counted, in the order given."""
    table: list[CountedRow] = []
    for value in rows:
        counts = counted.get(value, {})
        row = CountedRow(value, tuple(counts.get(column, 0) for column in columns))
        if any(row.counts):
            table.append(row)
    return table
