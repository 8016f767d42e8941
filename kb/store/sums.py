"""Sums of money that cases came to: what they are ordered and summed up by."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Final

from kb.vocabulary import FIRST_AWARD, RESULT_SUMS, Visibility

_AMOUNTS: Final = "json_each(r.metadata, '$.amounts') a WHERE json_extract(a.value, '$.currency') = 'CNY'"


def _largest(types: Sequence[str]) -> str:
    listed = ", ".join(f"'{type_}'" for type_ in types)
    return (
        f"(SELECT max(json_extract(a.value, '$.value')) FROM {_AMOUNTS}"
        f" AND json_extract(a.value, '$.type') IN ({listed}))"
    )


#: The largest sum in yuan that a current revision `r` came to; NULL where none is known. An award of
#: the first instance counts where no other sum is known.
LARGEST: Final = f"coalesce({_largest(RESULT_SUMS)}, {_largest((FIRST_AWARD,))})"


def by_type(conn: sqlite3.Connection, clearance: Visibility, ids: Sequence[int]) -> dict[str, list[float]]:
    """Return for each type of RESULT_SUMS the sums in yuan of visible documents among `ids`, ascending.

    A document counts once a type, with its largest sum of that type; types of which none is known are left out.
    """
    rows = conn.execute(
        f"""SELECT d.id, json_extract(a.value, '$.type') AS type, max(json_extract(a.value, '$.value')) AS value
            FROM document d JOIN revision r ON r.document_id = d.id AND r.is_current = 1, {_AMOUNTS}
            AND d.visibility <= :clearance AND d.id IN (SELECT value FROM json_each(:ids))
            GROUP BY 1, 2 ORDER BY 3""",
        {"clearance": int(clearance), "ids": json.dumps(list(ids))},
    )
    found: dict[str, list[float]] = {}
    for row in rows:
        if row["type"] in RESULT_SUMS:
            found.setdefault(row["type"], []).append(float(row["value"]))
    return {type_: found[type_] for type_ in RESULT_SUMS if type_ in found}
