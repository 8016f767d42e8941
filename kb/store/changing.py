"""Statements that change what is said of a document: who may see it, of which kind it is.

Each function runs inside the caller's transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence

from kb.claims import BY_PERSON
from kb.records import Original, VisibilityChange
from kb.vocabulary import DEFAULT_COLLECTIONS, Visibility


def set_visibility(
    conn: sqlite3.Connection,
    ids: Sequence[int],
    visibility: Visibility,
    generation: Callable[[], int],
) -> dict[int, VisibilityChange]:
    """Change who may see documents; return by document what it was and is, where that
    is not the same.

    `generation` is asked for the number of the commit only where something changes.
    """
    rows = conn.execute(
        """SELECT id, visibility FROM document
           WHERE id IN (SELECT value FROM json_each(?)) AND visibility <> ?""",
        [json.dumps(list(ids)), int(visibility)],
    ).fetchall()
    if rows:
        conn.execute(
            """UPDATE document SET visibility = ?, generation = ?
               WHERE id IN (SELECT value FROM json_each(?))""",
            [int(visibility), generation(), json.dumps([row["id"] for row in rows])],
        )
    return {
        row["id"]: VisibilityChange(Visibility(row["visibility"]), visibility)
        for row in rows
    }


def classify(
    conn: sqlite3.Connection,
    ids: Sequence[int],
    kind: str,
    generation: Callable[[], int],
) -> dict[int, str]:
    """Change of which kind documents are; return by document what it was, where that is
    not the same.

    What lies in the collection its kind has by default goes to that of the new one.
    `generation` is asked for the number of the commit only where something changes.
    """
    rows = conn.execute(
        """SELECT d.id, r.id AS revision_id, r.kind, c.title FROM document d
           JOIN revision r ON r.document_id = d.id AND r.state = 'published'
           JOIN collection c ON c.id = d.collection_id
           WHERE d.id IN (SELECT value FROM json_each(?)) AND r.kind <> ?""",
        [json.dumps(list(ids)), kind],
    ).fetchall()
    for row in rows:
        conn.execute(
            """UPDATE revision SET kind = :kind,
               metadata = json_set(metadata, '$.kind', :kind) WHERE id = :id""",
            {"kind": kind, "id": row["revision_id"]},
        )
        conn.execute(
            "UPDATE facet SET value = ? WHERE document_id = ? AND field = 'kind'",
            [kind, row["id"]],
        )
        conn.execute(
            "UPDATE document SET generation = ? WHERE id = ?", [generation(), row["id"]]
        )
        _collect(conn, row["id"], collection_after(row["title"], row["kind"], kind))
    _say_kind(conn, ids, kind)
    return {row["id"]: row["kind"] for row in rows}


def _say_kind(
    conn: sqlite3.Connection,
    ids: Sequence[int],
    kind: str,
) -> None:
    """Write down that a person said of which kind documents are: no rule changes it then."""
    these = json.dumps(list(ids))
    conn.execute(
        """INSERT INTO derivation (revision_id, rules, file_name, kind)
           SELECT id, '', title || '.', ? FROM revision
           WHERE state = 'published' AND document_id IN (SELECT value FROM json_each(?))
           ON CONFLICT (revision_id) DO UPDATE SET kind = excluded.kind""",
        [kind, these],
    )
    conn.execute(
        """DELETE FROM claim WHERE field = 'kind' AND revision_id IN (
           SELECT id FROM revision WHERE state = 'published'
           AND document_id IN (SELECT value FROM json_each(?)))""",
        [these],
    )
    conn.execute(
        """INSERT INTO claim (revision_id, ordinal, field, value, maker, state)
           SELECT r.id, coalesce((SELECT max(ordinal) + 1 FROM claim c
                                  WHERE c.revision_id = r.id), 0),
                  'kind', json_quote(?), ?, 'accepted'
           FROM revision r WHERE r.state = 'published'
           AND r.document_id IN (SELECT value FROM json_each(?))""",
        [kind, BY_PERSON, these],
    )


def _collect(
    conn: sqlite3.Connection,
    document_id: int,
    title: str,
) -> None:
    conn.execute(
        "UPDATE document SET collection_id = ? WHERE id = ?",
        [collection_row(conn, title), document_id],
    )
    conn.execute(
        "UPDATE facet SET value = ? WHERE document_id = ? AND field = 'collection'",
        [title, document_id],
    )


def collection_after(
    title: str,
    kind: str,
    new_kind: str,
) -> str:
    """Return the collection of a document that changes its kind: what lies in that of
    its kind moves along.
    """
    return (
        DEFAULT_COLLECTIONS[new_kind] if title == DEFAULT_COLLECTIONS[kind] else title
    )


def collection_row(conn: sqlite3.Connection, title: str) -> int:
    """Return the number of a collection, made known when it is new."""
    conn.execute(
        "INSERT INTO collection (title) VALUES (?) ON CONFLICT DO NOTHING", [title]
    )
    row = conn.execute("SELECT id FROM collection WHERE title = ?", [title]).fetchone()
    return int(row["id"])


def file_row(conn: sqlite3.Connection, original: Original) -> int:
    """Return the number of an original, made known when it is new."""
    row = conn.execute(
        "SELECT id FROM file WHERE sha256 = ?", [original.sha256]
    ).fetchone()
    if row is None:
        row = conn.execute(
            """INSERT INTO file (sha256, media_type, size_bytes)
               VALUES (?, ?, ?) RETURNING id""",
            [original.sha256, original.media_type, original.size_bytes],
        ).fetchone()
    return int(row["id"])
