"""Sums of money that cases came to: what they are ordered and summed up by."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from kb.store.access import MAY_SEE
from kb.vocabulary import FIRST_AWARD, RESULT_SUMS, UNDOING, Visibility


def _listed(values: Sequence[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


_OUTCOME: Final = """EXISTS (SELECT 1 FROM facet o
    WHERE o.document_id = d.id AND o.field = 'outcome' AND o.value IN ({}))"""
#: An award of the first instance stands where money was awarded, nothing was undone,
#: and no final sum is known.
_STANDS: Final = f"""{_OUTCOME.format("'判赔'")}
    AND NOT {_OUTCOME.format(_listed(UNDOING))}
    AND NOT EXISTS (SELECT 1 FROM amount b WHERE b.document_id = d.id AND b.type = '判赔')"""
#: Sums in yuan that a document `d` came to.
_RESULTS: Final = f"""amount a WHERE a.document_id = d.id AND a.currency = 'CNY'
    AND (a.type IN ({_listed(RESULT_SUMS)}) OR (a.type = '{FIRST_AWARD}' AND {_STANDS}))"""
#: The largest of them; NULL where none is known.
LARGEST: Final = f"(SELECT max(a.value) FROM {_RESULTS})"


def by_document(
    conn: sqlite3.Connection, clearance: Visibility
) -> list[tuple[int, str, float]]:
    """Return (document id, type of RESULT_SUMS, sum in yuan) of the visible documents,
    ascending by sum.

    A document has one sum a type, its largest of that type; an award of the first
    instance that stands is one.
    """
    rows = conn.execute(
        f"""SELECT d.id, replace(a.type, '{FIRST_AWARD}', '判赔') AS type, max(a.value) AS value
            FROM document d, {_RESULTS}
            AND {MAY_SEE} GROUP BY 1, 2 ORDER BY 3, 1""",
        {"clearance": int(clearance)},
    )
    return [(int(row["id"]), str(row["type"]), float(row["value"])) for row in rows]
