"""Statements that take away; each function runs inside the caller's transaction.

A text and an origin go with the last content that refers to them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Final

from kb.store.committing import next_generation
from kb.store.content import DERIVED

_THESE: Final = "IN (SELECT value FROM json_each(:ids))"


def remove_documents(conn: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Delete documents with all their revisions; indexes learn of it by the removal rows.

    What each was called and was read from is kept, so that it can be purged.
    """
    gone = {"ids": json.dumps(list(ids)), "generation": next_generation(conn)}
    conn.execute(
        f"""INSERT INTO removal (document_id, generation, slug)
            SELECT id, :generation, slug FROM document WHERE id {_THESE}""",
        gone,
    )
    conn.execute(
        f"""INSERT INTO removed_file (document_id, file_id)
            SELECT DISTINCT r.document_id, o.file_id
            FROM revision r JOIN origin o ON o.id = r.origin_id
            WHERE r.document_id {_THESE}""",
        gone,
    )
    rows = conn.execute(f"SELECT id FROM revision WHERE document_id {_THESE}", gone)
    delete_revisions(conn, [row["id"] for row in rows])
    conn.execute(f"DELETE FROM document WHERE id {_THESE}", gone)


def delete_revisions(conn: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Delete contents whole, and the texts and origins that no other content has."""
    gone = {"ids": json.dumps(list(ids))}
    rows = conn.execute(
        f"SELECT text_id, origin_id FROM revision WHERE id {_THESE}", gone
    ).fetchall()
    conn.execute(f"DELETE FROM revision WHERE id {_THESE}", gone)
    for table in ("text", "origin"):
        conn.execute(
            f"""DELETE FROM {table} WHERE id {_THESE} AND NOT EXISTS
                (SELECT 1 FROM revision r WHERE r.{table}_id = {table}.id)""",
            {"ids": json.dumps([row[f"{table}_id"] for row in rows])},
        )


def forget_content(conn: sqlite3.Connection, document_id: int) -> None:
    """Take away what belongs to the published content; its text stays as history."""
    conn.execute(
        """DELETE FROM section WHERE revision_id IN (
           SELECT id FROM revision WHERE document_id = ? AND state = 'published')""",
        [document_id],
    )
    conn.execute(
        """UPDATE revision SET state = 'superseded'
           WHERE document_id = ? AND state = 'published'""",
        [document_id],
    )
    for table in DERIVED:
        conn.execute(f"DELETE FROM {table} WHERE document_id = ?", [document_id])
