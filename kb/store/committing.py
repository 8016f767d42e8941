"""When and as which commit something is written."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime


def now() -> str:
    """Return the present moment, UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def next_generation(conn: sqlite3.Connection) -> int:
    """Count one commit more and return its number; the commit gets an id that no other
    ever has.
    """
    row = conn.execute(
        "UPDATE meta SET generation = generation + 1 RETURNING generation"
    ).fetchone()
    conn.execute(
        """INSERT INTO lineage (generation, commit_id)
           VALUES (?, lower(hex(randomblob(16))))""",
        [row["generation"]],
    )
    return int(row["generation"])
