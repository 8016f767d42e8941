"""Statements about laws: versions, concordance of articles, who cites what."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from kb.law.articles import ArticleKey, Articles
from kb.law.concordance import ConcordanceRow
from kb.records import DocumentHead
from kb.store.access import MAY_SEE, may_see
from kb.store.rows import ASKED, HEAD_COLUMNS, VISIBLE_LAWS, as_json, head
from kb.vocabulary import Visibility


def laws(conn: sqlite3.Connection, clearance: Visibility) -> list[DocumentHead]:
    """Return all visible versions of all laws, by law, then version."""
    rows = conn.execute(
        f"SELECT {HEAD_COLUMNS} FROM {VISIBLE_LAWS} ORDER BY l.law, l.version, d.id",
        {"clearance": int(clearance)},
    )
    return [head(row) for row in rows]


def versions(
    conn: sqlite3.Connection,
    clearance: Visibility,
    law: str,
) -> list[DocumentHead]:
    """Return the visible versions of one law, oldest first."""
    rows = conn.execute(
        f"SELECT {HEAD_COLUMNS} FROM {VISIBLE_LAWS} AND l.law = :law ORDER BY l.version, d.id",
        {"clearance": int(clearance), "law": law},
    )
    return [head(row) for row in rows]


def articles(
    conn: sqlite3.Connection,
    clearance: Visibility,
    ids: Iterable[int],
) -> dict[int, Articles]:
    """Return by visible document its articles, where it has any."""
    rows = conn.execute(
        f"""SELECT r.document_id, group_concat(s.heading || char(9) || s.ordinal, char(10))
           FROM revision r
           JOIN document d ON d.id = r.document_id JOIN section s ON s.revision_id = r.id
           AND s.role = 'article'
           WHERE r.state = 'published' AND {MAY_SEE}
           AND d.id IN (SELECT value FROM json_each(:ids))
           GROUP BY r.document_id""",
        {"clearance": int(clearance), "ids": json.dumps(list(ids))},
    )
    return {document_id: Articles(f"\n{lines}") for document_id, lines in rows}


def concordances(
    conn: sqlite3.Connection,
    clearance: Visibility,
    laws: Iterable[str],
) -> dict[str, list[ConcordanceRow]]:
    """Return by law which article of which version holds each provision; [] where none is known."""
    found: dict[str, list[ConcordanceRow]] = {law: [] for law in laws}
    rows = conn.execute(
        f"""SELECT p.law, p.provision, p.version, p.article, p.note, p.document_id
           FROM provision p JOIN document d ON d.id = p.document_id
           WHERE p.law IN (SELECT value FROM json_each(:laws))
             AND {MAY_SEE}
           ORDER BY p.provision, p.version, p.article""",
        {
            "clearance": int(clearance),
            "laws": json.dumps(list(found), ensure_ascii=False),
        },
    )
    for law, *row in rows:
        found[law].append(ConcordanceRow(*row))
    return found


def counterparts(
    conn: sqlite3.Connection,
    clearance: Visibility,
    articles: Iterable[ArticleKey],
) -> dict[ArticleKey, list[ConcordanceRow]]:
    """Return by article those of other versions that provide what it provides; both must be
    visible.
    """
    found: dict[ArticleKey, list[ConcordanceRow]] = {
        article: [] for article in articles
    }
    rows = conn.execute(
        f"""SELECT DISTINCT p.law, p.version, p.article, o.provision,
               o.version AS other_version, o.article AS other_article, o.note, o.document_id
            FROM {ASKED} JOIN provision p ON p.law = asked.law
               AND p.version = asked.version AND p.article = asked.article
            JOIN provision o ON o.law = p.law AND o.provision = p.provision
               AND o.version <> p.version
            JOIN document d ON d.id = o.document_id
            JOIN document own ON own.id = p.document_id
            WHERE {MAY_SEE} AND {may_see("own")}
            ORDER BY o.version, o.article""",
        {"clearance": int(clearance), "articles": as_json(found)},
    )
    for law, version, article, *row in rows:
        found[ArticleKey(law, version, article)].append(ConcordanceRow(*row))
    return found
