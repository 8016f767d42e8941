"""Statements for `kb verify`: does the store agree with itself and with its files."""

from __future__ import annotations

import sqlite3

from kb import papers
from kb.records import Replaced


def damage(conn: sqlite3.Connection) -> list[str]:
    """Return what SQLite itself finds wrong: damaged pages, broken references."""
    found = [
        str(row[0]) for row in conn.execute("PRAGMA integrity_check") if row[0] != "ok"
    ]
    found += [
        f"外键不符:{row[0]} 第 {row[1]} 行"
        for row in conn.execute("PRAGMA foreign_key_check")
    ]
    return found


def broken_tilings(conn: sqlite3.Connection) -> list[str]:
    """Return slugs of documents whose sections or passages do not cover the text exactly."""
    broken: list[str] = []
    for table in ("section", "passage"):
        rows = conn.execute(
            f"""SELECT d.slug FROM revision r JOIN document d ON d.id = r.document_id
                JOIN text x ON x.id = r.text_id
                LEFT JOIN (SELECT revision_id, start, "end",
                        lag("end", 1, 0) OVER (PARTITION BY revision_id ORDER BY start) AS before,
                        max("end") OVER (PARTITION BY revision_id) AS last FROM {table}) t
                        ON t.revision_id = r.id
                WHERE r.state = 'published'
                GROUP BY r.id HAVING coalesce(sum(t.start <> t.before), 0) > 0
                    OR coalesce(max(t.last), 0) <> length(x.text)"""
        )
        broken += [f"{row[0]}({table})" for row in rows]
    return broken


def altered_texts(conn: sqlite3.Connection) -> list[str]:
    """Return slugs of documents with a text that is not the one its digest was made of."""
    rows = conn.execute(
        """SELECT DISTINCT d.slug FROM text t JOIN revision r ON r.text_id = t.id
           JOIN document d ON d.id = r.document_id
           WHERE sha256(t.text) <> t.sha256 ORDER BY d.slug"""
    )
    return [row["slug"] for row in rows]


def replaced_papers(conn: sqlite3.Connection) -> list[Replaced]:
    """Return earlier contents that are another paper than the document that took their place, by
    case number alone.
    """
    rows = conn.execute(
        """SELECT d.slug, c.title AS by, ct.text, c.decided_on, o.title, ot.text AS other,
                  o.decided_on AS other_on,
                  f.sha256, f.media_type
           FROM revision o JOIN revision c ON c.document_id = o.document_id
           AND c.state = 'published'
           JOIN document d ON d.id = o.document_id
           JOIN text ct ON ct.id = c.text_id JOIN text ot ON ot.id = o.text_id
           JOIN origin s ON s.id = o.origin_id JOIN file f ON f.id = s.file_id
           WHERE o.state = 'superseded' AND o.case_number IS NOT NULL
           AND json_extract(o.metadata, '$.slug') IS NULL
           ORDER BY o.id"""
    )
    return [
        Replaced(
            slug=row["slug"],
            by=row["by"],
            title=row["title"],
            original=row["sha256"],
            media_type=row["media_type"],
        )
        for row in rows
        if not papers.is_same(
            row["other"], row["other_on"], row["text"], row["decided_on"]
        )
    ]


def files(conn: sqlite3.Connection) -> dict[str, int]:
    """Return sha256 -> size in bytes of every original the store refers to."""
    return {
        row[0]: row[1] for row in conn.execute("SELECT sha256, size_bytes FROM file")
    }


def unreferenced_files(conn: sqlite3.Connection) -> list[str]:
    """Return originals no content was read from; those of a removed document stay until it is
    purged.
    """
    rows = conn.execute(
        """SELECT sha256 FROM file WHERE id NOT IN (SELECT file_id FROM origin)
           AND id NOT IN (SELECT file_id FROM removed_file)"""
    )
    return [row[0] for row in rows]


def forget_files(conn: sqlite3.Connection, hashes: list[str]) -> None:
    """Delete the rows of originals that nothing refers to."""
    conn.executemany(
        "DELETE FROM file WHERE sha256 = ?", [[sha256] for sha256 in hashes]
    )


def counts(conn: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows each main table has."""
    tables = (
        "document",
        "revision",
        "section",
        "passage",
        "vector",
        "file",
        "collection",
    )
    return {
        t: int(conn.execute(f"SELECT count(*) FROM {t}").fetchone()[0]) for t in tables
    }
