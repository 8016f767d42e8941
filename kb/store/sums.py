"""Sums of money that cases came to: what they are ordered and summed up by."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from kb.vocabulary import FIRST_AWARD, RESULT_SUMS, UNDOING, Visibility

_TYPE: Final = "json_extract(a.value, '$.type')"
_VALUE: Final = "json_extract(a.value, '$.value')"


def _listed(values: Sequence[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


#: An award of the first instance stands where money was awarded, nothing was undone,
#: and no final sum is known.
_STANDS: Final = f"""EXISTS (SELECT 1 FROM json_each(r.metadata, '$.outcomes') o
    WHERE o.value = '判赔')
    AND NOT EXISTS (SELECT 1 FROM json_each(r.metadata, '$.outcomes') o
    WHERE o.value IN ({_listed(UNDOING)}))
    AND NOT EXISTS
        (SELECT 1 FROM json_each(r.metadata, '$.amounts') b
        WHERE json_extract(b.value, '$.type') = '判赔')"""
#: Sums in yuan that a current revision `r` came to.
_RESULTS: Final = f"""json_each(r.metadata, '$.amounts') a
    WHERE json_extract(a.value, '$.currency') = 'CNY'
    AND ({_TYPE} IN ({_listed(RESULT_SUMS)}) OR ({_TYPE} = '{FIRST_AWARD}' AND {_STANDS}))"""
#: The largest of them; NULL where none is known.
LARGEST: Final = f"(SELECT max({_VALUE}) FROM {_RESULTS})"


def by_document(
    conn: sqlite3.Connection, clearance: Visibility
) -> list[tuple[int, str, float]]:
    """Return (document id, type of RESULT_SUMS, sum in yuan) of the visible documents,
    ascending by sum.

    A document has one sum a type, its largest of that type; an award of the first
    instance that stands is one.
    """
    rows = conn.execute(
        f"""SELECT d.id, replace({_TYPE}, '{FIRST_AWARD}', '判赔') AS type, max({_VALUE}) AS value
            FROM document d JOIN revision r ON r.document_id = d.id AND r.is_current = 1, {_RESULTS}
            AND d.visibility <= ? GROUP BY 1, 2 ORDER BY 3, 1""",
        [int(clearance)],
    )
    return [(int(row["id"]), str(row["type"]), float(row["value"])) for row in rows]
