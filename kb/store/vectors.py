"""Statements about vectors: which model serves, which others have vectors, and the way from one to
the next.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kb.errors import EmbedderMismatch, StateError
from kb.records import EmbedderVectors, PassageToIndex
from kb.store.access import MAY_SEE
from kb.store.rows import passages_of_rows
from kb.vocabulary import Visibility

#: Passages without a vector of :embedder. The index is smaller than the table by the
#: vectors themselves.
_MISSING = """FROM passage p WHERE NOT EXISTS (
    SELECT 1 FROM vector v INDEXED BY vector_passage WHERE v.passage_id = p.id
    AND v.embedder_id = :embedder)"""


def in_use(conn: sqlite3.Connection) -> tuple[int, str, int] | None:
    """Return id, name and dimension of the embedder in use; None in a store that never had one."""
    row = conn.execute(
        "SELECT e.id, e.name, e.dim FROM meta JOIN embedder e ON e.id = meta.embedder_id"
    ).fetchone()
    return None if row is None else (row["id"], row["name"], row["dim"])


def require(
    known: tuple[int, str, int] | None,
    name: str,
    dim: int,
) -> None:
    """Raise EmbedderMismatch, with what to do, when the vectors in use are another embedder's."""
    if known is not None and known[1:] != (name, dim):
        raise EmbedderMismatch(
            f"库中的向量由模型「{known[1]}」生成,当前设置的模型是「{name}」。"
            "要换用当前模型,请运行 kb reembed;不换,请把 KB_EMBEDDER 改回原来的模型"
        )


def use_embedder(
    conn: sqlite3.Connection,
    name: str,
    dim: int,
) -> int:
    """Return the id of the embedder in use, choosing it when the store is still without.

    Raises EmbedderMismatch when another one made the vectors that are served.
    """
    known = in_use(conn)
    require(known, name, dim)
    if known is not None:
        return known[0]
    embedder_id = prepare(conn, name, dim)
    serve(conn, embedder_id)
    return embedder_id


def prepare(
    conn: sqlite3.Connection,
    name: str,
    dim: int,
) -> int:
    """Return the id of an embedder, made known when it is new; raises StateError when its dimension
    changed.
    """
    conn.execute(
        "INSERT INTO embedder (name, dim) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [name, dim],
    )
    row = conn.execute("SELECT id, dim FROM embedder WHERE name = ?", [name]).fetchone()
    if row["dim"] != dim:
        raise StateError(
            f"库中已有名为「{name}」而维数为 {row['dim']} 的模型,现在的是 {dim} 维。"
            f"请给模型目录换一个名称"
        )
    return int(row["id"])


def embedders(conn: sqlite3.Connection) -> list[EmbedderVectors]:
    """Return every embedder the store knows with how many vectors it has."""
    rows = conn.execute(
        """SELECT e.name, e.dim, e.id IS meta.embedder_id AS in_use,
               (SELECT count(*) FROM vector v WHERE v.embedder_id = e.id) AS vectors
           FROM embedder e JOIN meta ORDER BY e.id"""
    )
    return [
        EmbedderVectors(row["name"], row["dim"], row["vectors"], bool(row["in_use"]))
        for row in rows
    ]


def passages_without(
    conn: sqlite3.Connection,
    embedder_id: int,
    after: int,
    limit: int,
) -> list[PassageToIndex]:
    """Return the first `limit` passages with ids above `after` that have no vector of an
    embedder.
    """
    rows = conn.execute(
        f"""SELECT p.id, p.document_id, s.role, p.start, p."end", p.revision_id, r.title,
            NULL AS text
            FROM (SELECT p.* {_MISSING} AND p.id > :after ORDER BY p.id LIMIT :limit) p
            JOIN section s ON s.id = p.section_id JOIN revision r ON r.id = p.revision_id
            ORDER BY p.id""",
        {"embedder": embedder_id, "after": after, "limit": limit},
    ).fetchall()
    return list(passages_of_rows(conn, rows))


def count_missing(conn: sqlite3.Connection, embedder_id: int) -> int:
    """Return how many passages have no vector of an embedder."""
    return int(
        conn.execute(
            f"SELECT count(*) {_MISSING}", {"embedder": embedder_id}
        ).fetchone()[0]
    )


def put(
    conn: sqlite3.Connection,
    embedder_id: int,
    passage_ids: Sequence[int],
    rows: NDArray[np.float32],
) -> None:
    """Store vectors of passages; passages that are gone meanwhile are left out."""
    data = np.ascontiguousarray(rows, dtype="<f2")
    conn.executemany(
        "INSERT OR IGNORE INTO vector (embedder_id, passage_id, data) SELECT ?, id, ? "
        "FROM passage WHERE id = ?",
        [
            (embedder_id, row.tobytes(), passage_id)
            for passage_id, row in zip(passage_ids, data, strict=True)
        ],
    )


def touch(
    conn: sqlite3.Connection,
    passage_ids: Sequence[int],
    generation: int,
) -> None:
    """Mark the documents of passages as changed."""
    conn.execute(
        """UPDATE document SET generation = ? WHERE id IN (
               SELECT document_id FROM passage WHERE id IN (SELECT value FROM json_each(?)))""",
        [generation, json.dumps(list(passage_ids))],
    )


def is_complete(conn: sqlite3.Connection, embedder_id: int) -> bool:
    """Tell whether every passage has a vector of an embedder."""
    return (
        conn.execute(
            f"SELECT 1 {_MISSING} LIMIT 1", {"embedder": embedder_id}
        ).fetchone()
        is None
    )


def serve(conn: sqlite3.Connection, embedder_id: int) -> None:
    """Make an embedder the one in use."""
    conn.execute("UPDATE meta SET embedder_id = ?", [embedder_id])


def forget_unused(conn: sqlite3.Connection, limit: int) -> bool:
    """Delete up to `limit` vectors of one embedder not in use, and it with the last; False when
    there was none.
    """
    row = conn.execute(
        "SELECT e.id FROM embedder e JOIN meta ON e.id <> meta.embedder_id ORDER BY e.id"
    ).fetchone()
    if row is None:
        return False
    gone = conn.execute(
        """DELETE FROM vector WHERE embedder_id = :embedder AND passage_id IN (
               SELECT passage_id FROM vector WHERE embedder_id = :embedder LIMIT :limit)""",
        {"embedder": row["id"], "limit": limit},
    ).rowcount
    if gone < limit:
        conn.execute("DELETE FROM embedder WHERE id = ?", [row["id"]])
    return True


def of_documents(
    conn: sqlite3.Connection,
    clearance: Visibility,
    embedder: tuple[int, int],
    ids: Sequence[int] | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float16]]:
    """Return passage ids, document ids and float16 vectors of the visible among the
    given documents (all when None).

    `embedder` is the id and the dimension of the one in use. Rows are in the order of passage ids.
    """
    embedder_id, dim = embedder
    where = (
        ""
        if ids is None
        else "AND p.document_id IN (SELECT value FROM json_each(:ids))"
    )
    rows = conn.execute(
        f"""SELECT v.passage_id, p.document_id, v.data FROM vector v JOIN passage p
            ON p.id = v.passage_id
            WHERE v.embedder_id = :embedder {where}
              AND EXISTS (SELECT 1 FROM document d WHERE d.id = p.document_id AND {MAY_SEE})
            ORDER BY v.passage_id""",
        {"embedder": embedder_id, "clearance": int(clearance)}
        | ({} if ids is None else {"ids": json.dumps(list(ids))}),
    )
    # row by row: all of them as Python objects take three times the room
    found, data = array("q"), bytearray()
    for passage_id, document_id, vector in rows:
        found.extend((passage_id, document_id))
        data += vector
    both = np.array(found, dtype=np.int64).reshape(-1, 2)
    return (
        both[:, 0].copy(),
        both[:, 1].copy(),
        np.frombuffer(data, dtype="<f2").reshape(-1, dim),
    )


def mean_vector(
    conn: sqlite3.Connection,
    clearance: Visibility,
    embedder_id: int,
    document_id: int,
) -> NDArray[np.float32] | None:
    """Return the unit-length mean of a visible document's passage vectors."""
    rows = conn.execute(
        f"""SELECT v.data FROM document d CROSS JOIN passage p ON p.document_id = d.id
           CROSS JOIN vector v ON v.passage_id = p.id
           WHERE v.embedder_id = :embedder AND d.id = :id AND {MAY_SEE}
           ORDER BY p.id""",
        {"embedder": embedder_id, "id": document_id, "clearance": int(clearance)},
    ).fetchall()
    if not rows:
        return None
    mean = (
        np.stack([np.frombuffer(r[0], dtype="<f2") for r in rows])
        .astype(np.float32)
        .mean(axis=0)
    )
    norm = float(np.linalg.norm(mean))
    return np.asarray(mean / norm, dtype=np.float32) if norm else None
