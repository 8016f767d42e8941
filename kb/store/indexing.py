"""Statements for indexes: which commit they are of, what has changed since, which passages."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kb.errors import StoreDamaged
from kb.records import Changes, Commit, PassageToIndex
from kb.store.access import MAY_SEE
from kb.store.rows import passages_of_rows
from kb.vocabulary import Visibility


def commit(conn: sqlite3.Connection) -> Commit:
    """Return the last commit."""
    row = conn.execute(
        "SELECT generation, commit_id FROM lineage WHERE generation = (SELECT generation FROM meta)"
    ).fetchone()
    if row is None:
        raise StoreDamaged(
            "数据库缺少最后一次提交的记录。请从备份恢复,见运维手册「备份与恢复」"
        )
    return Commit(int(row["generation"]), str(row["commit_id"]))


def is_ancestor(conn: sqlite3.Connection, known: Commit) -> bool:
    """Tell whether a commit is the last one or one before it, in this store's own history."""
    row = conn.execute(
        "SELECT commit_id FROM lineage WHERE generation = ?", [known.generation]
    ).fetchone()
    return row is not None and row["commit_id"] == known.id


def changes_since(conn: sqlite3.Connection, generation: int) -> Changes:
    """Return what an index made at `generation` has to learn."""
    present = conn.execute("SELECT generation FROM meta").fetchone()[0]
    changed = [
        r[0]
        for r in conn.execute(
            "SELECT id FROM document WHERE generation > ? ORDER BY id", [generation]
        )
    ]
    removed = [
        r[0]
        for r in conn.execute(
            "SELECT document_id FROM removal WHERE generation > ?", [generation]
        )
    ]
    return Changes(int(present), changed, removed)


def audience(conn: sqlite3.Connection, clearance: Visibility) -> Visibility:
    """Return the lowest clearance whose readers see the same documents as those of this one."""
    row = conn.execute(
        f"SELECT max(d.visibility) FROM document d WHERE {MAY_SEE}",
        {"clearance": int(clearance)},
    ).fetchone()
    return Visibility(row[0] or 0)


def passages_to_index(
    conn: sqlite3.Connection,
    clearance: Visibility,
    ids: Sequence[int] | None,
) -> Iterator[PassageToIndex]:
    """Yield the visible passages of the given documents (all when None)."""
    where = (
        ""
        if ids is None
        else "AND r.document_id IN (SELECT value FROM json_each(:ids))"
    )
    # All passages are read in the order they are stored in; some are sorted, and their
    # texts would be held meanwhile.
    text = "CASE WHEN p.start = 0 THEN t.text END" if ids is None else "NULL"
    rows = conn.execute(
        f"""SELECT p.id, p.document_id, s.role, p.start, p."end", r.id AS revision_id,
            r.title, {text} AS text
            FROM revision r JOIN text t ON t.id = r.text_id
            JOIN passage p ON p.revision_id = r.id JOIN section s ON s.id = p.section_id
            WHERE r.state = 'published' {where}
              AND EXISTS (SELECT 1 FROM document d
              WHERE d.id = r.document_id AND {MAY_SEE}) ORDER BY p.id""",
        {"clearance": int(clearance)}
        | ({} if ids is None else {"ids": json.dumps(list(ids))}),
    )
    yield from passages_of_rows(conn, rows)


def places(conn: sqlite3.Connection, clearance: Visibility) -> NDArray[np.int64]:
    """Return (document id, passage id) of every visible passage, a row each, by passage."""
    rows = conn.execute(
        f"""SELECT p.document_id, p.id FROM passage p JOIN document d ON d.id = p.document_id
           WHERE {MAY_SEE} ORDER BY p.id""",
        {"clearance": int(clearance)},
    )
    return np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 2)
