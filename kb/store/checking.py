"""Statements for `kb verify`: does the store agree with itself and with its files."""

from __future__ import annotations

import sqlite3


def damage(conn: sqlite3.Connection) -> list[str]:
    """Return what SQLite itself finds wrong: damaged pages, broken references."""
    found = [str(row[0]) for row in conn.execute("PRAGMA integrity_check") if row[0] != "ok"]
    found += [f"外键不符:{row[0]} 第 {row[1]} 行" for row in conn.execute("PRAGMA foreign_key_check")]
    return found


def broken_tilings(conn: sqlite3.Connection) -> list[str]:
    """Return slugs of documents whose sections or passages do not cover the text exactly."""
    broken: list[str] = []
    for table in ("section", "passage"):
        rows = conn.execute(
            f"""SELECT d.slug FROM revision r JOIN document d ON d.id = r.document_id
                LEFT JOIN (SELECT revision_id, start, "end",
                        lag("end", 1, 0) OVER (PARTITION BY revision_id ORDER BY start) AS before,
                        max("end") OVER (PARTITION BY revision_id) AS last FROM {table}) t ON t.revision_id = r.id
                WHERE r.is_current = 1
                GROUP BY r.id HAVING coalesce(sum(t.start <> t.before), 0) > 0
                    OR coalesce(max(t.last), 0) <> length(r.text)"""
        )
        broken += [f"{row[0]}({table})" for row in rows]
    return broken


def files(conn: sqlite3.Connection) -> dict[str, int]:
    """Return sha256 -> size in bytes of every original the store refers to."""
    return {row[0]: row[1] for row in conn.execute("SELECT sha256, size_bytes FROM file")}


def unreferenced_files(conn: sqlite3.Connection) -> list[str]:
    """Return originals no revision refers to; those of a removed document stay until it is purged."""
    rows = conn.execute(
        """SELECT sha256 FROM file WHERE id NOT IN (SELECT file_id FROM revision)
           AND id NOT IN (SELECT file_id FROM removed_file)"""
    )
    return [row[0] for row in rows]


def forget_files(conn: sqlite3.Connection, hashes: list[str]) -> None:
    """Delete the rows of originals that nothing refers to."""
    conn.executemany("DELETE FROM file WHERE sha256 = ?", [[sha256] for sha256 in hashes])


def counts(conn: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows each main table has."""
    tables = ("document", "revision", "section", "passage", "vector", "file", "collection")
    return {t: int(conn.execute(f"SELECT count(*) FROM {t}").fetchone()[0]) for t in tables}
