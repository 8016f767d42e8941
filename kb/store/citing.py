"""Statements about who cites what. An article named without its version is read as that
of the day of the paper.

Nothing presumed is stored: a law that comes later, or that this reader may not see,
tells another version or none.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kb.law.articles import ArticleKey
from kb.law.presumption import presume_versions
from kb.law.versions import Period, periods
from kb.records import Citation, DocumentHead
from kb.store.access import MAY_SEE
from kb.store.rows import (
    ASKED,
    HEAD_COLUMNS,
    VISIBLE,
    VISIBLE_LAWS,
    as_json,
    head,
    metadata_from_json,
)
from kb.vocabulary import VERSION_UNSTATED, Visibility

_Periods = Mapping[str, Sequence[Period]]

#: Which citations name one of the articles asked about, of any version.
_IS_ASKED: Final = "x.law = asked.law AND x.article = asked.article"


def citing(
    conn: sqlite3.Connection,
    clearance: Visibility,
    law: str,
    article: str,
) -> list[int]:
    """Return the ids of visible documents that cite an article of any version of a law."""
    rows = conn.execute(
        f"""SELECT DISTINCT x.document_id FROM citation x JOIN document d ON d.id = x.document_id
           WHERE {MAY_SEE} AND x.law = :law AND x.article = :article
           ORDER BY x.document_id""",
        {"clearance": int(clearance), "law": law, "article": article},
    )
    return [row[0] for row in rows]


def citing_document(
    conn: sqlite3.Connection,
    clearance: Visibility,
    slug: str,
) -> dict[int, DocumentHead]:
    """Return the visible documents that name another one, by id."""
    rows = conn.execute(
        f"""SELECT {HEAD_COLUMNS} FROM {VISIBLE} AND d.id IN
            (SELECT document_id FROM citation WHERE target = :slug) ORDER BY d.id""",
        {"clearance": int(clearance), "slug": slug},
    )
    return {row["id"]: head(row) for row in rows}


def citing_articles(
    conn: sqlite3.Connection,
    clearance: Visibility,
    articles: Iterable[ArticleKey],
) -> dict[ArticleKey, list[int]]:
    """Return by article the ids of the visible documents that cite it, ascending; [] for one
    nobody cites.
    """
    found: dict[ArticleKey, list[int]] = {article: [] for article in articles}
    rows = conn.execute(
        f"""SELECT DISTINCT x.law, x.version, x.article, x.document_id
            FROM {ASKED} JOIN citation x ON {_IS_ASKED} AND x.version = asked.version
            JOIN document d ON d.id = x.document_id
            WHERE {MAY_SEE} ORDER BY x.document_id""",
        {"clearance": int(clearance), "articles": as_json(found)},
    )
    for row in rows:
        cited = ArticleKey(row["law"], row["version"], row["article"])
        found[cited].append(row["document_id"])
    return found


def presumed(
    conn: sqlite3.Connection,
    clearance: Visibility,
    articles: Iterable[ArticleKey],
) -> dict[ArticleKey, dict[int, str]]:
    """Return by article the visible documents that are presumed to mean it by what names
    no version, each with why.

    None is returned that cites the article of this version in so many words as well.
    """
    wanted = list(articles)
    known = _periods(conn, clearance, _laws_of(wanted))
    dated = [article for article in wanted if _is_dated(article, known)]
    found: dict[ArticleKey, dict[int, str]] = {article: {} for article in wanted}
    if not dated:
        return found
    naming = _naming_undated(conn, clearance, dated)
    cited = of_documents(conn, clearance, naming, _laws_of(dated))
    for document_id, citations in cited.items():
        for article, why in _presumed_articles(citations).items():
            if article in found:
                found[article][document_id] = why
    return found


def _laws_of(articles: Iterable[ArticleKey]) -> set[str]:
    return {article.law for article in articles}


def _naming_undated(
    conn: sqlite3.Connection,
    clearance: Visibility,
    articles: Iterable[ArticleKey],
) -> list[int]:
    """Return the ids of visible documents with a date that cite some articles without a
    version, ascending.
    """
    rows = conn.execute(
        f"""SELECT DISTINCT x.document_id
            FROM {ASKED} JOIN citation x ON {_IS_ASKED} AND x.version = :unstated
            JOIN document d ON d.id = x.document_id
            JOIN revision r ON r.document_id = d.id AND r.state = 'published'
            WHERE {MAY_SEE} AND r.decided_on IS NOT NULL
            ORDER BY x.document_id""",
        {
            "clearance": int(clearance),
            "articles": as_json(articles),
            "unstated": VERSION_UNSTATED,
        },
    )
    return [row["document_id"] for row in rows]


def _is_dated(article: ArticleKey, known: _Periods) -> bool:
    """Tell whether it is known when the version of an article was in force."""
    return any(
        period.version == article.version for period in known.get(article.law, ())
    )


def _presumed_articles(citations: Iterable[Citation]) -> dict[ArticleKey, str]:
    """Return the articles that citations are presumed to mean, each with why; none that one of
    them names in so many words.
    """
    reasons: dict[ArticleKey, str] = {}
    named: set[ArticleKey] = set()
    for one in citations:
        if one.law is None or one.version is None or one.article is None:
            continue
        article = ArticleKey(one.law, one.version, one.article)
        if one.presumed:
            reasons.setdefault(article, one.presumed)
        else:
            named.add(article)
    return {article: why for article, why in reasons.items() if article not in named}


def of_documents(
    conn: sqlite3.Connection,
    clearance: Visibility,
    ids: Iterable[int],
    laws: Iterable[str] | None = None,
) -> dict[int, list[Citation]]:
    """Return the citations of each visible document among `ids`, as they stand in its
    text, then the others.

    Of these laws alone where they are given.
    """
    rows = conn.execute(
        f"""SELECT x.document_id, r.decided_on, x.start, x."end", x.law, x.version,
           x.article, x.target
           FROM citation x JOIN document d ON d.id = x.document_id
           JOIN revision r ON r.document_id = d.id AND r.state = 'published'
           WHERE {MAY_SEE} AND x.document_id IN (SELECT value FROM json_each(:ids))
             AND (:laws IS NULL OR x.law IN (SELECT value FROM json_each(:laws)))
           ORDER BY x.document_id, x.start IS NULL, x.start, x.id""",
        {
            "clearance": int(clearance),
            "ids": json.dumps(list(ids)),
            "laws": None if laws is None else _listed(laws),
        },
    )
    found: dict[int, list[Citation]] = defaultdict(list)
    days: dict[int, str] = {}
    for row in rows:
        found[row["document_id"]].append(_citation(row))
        if row["decided_on"]:
            days[row["document_id"]] = row["decided_on"]
    known = _periods(conn, clearance, _laws_without_version(found, days))
    for document_id, day in days.items():
        found[document_id] = presume_versions(found[document_id], day, known)
    return dict(found)


def _citation(row: sqlite3.Row) -> Citation:
    return Citation(
        row["start"],
        row["end"],
        row["law"],
        row["version"],
        row["article"],
        row["target"],
    )


def _laws_without_version(
    found: Mapping[int, Sequence[Citation]], documents: Iterable[int]
) -> set[str]:
    """Return the laws of which these documents cite articles without a version."""
    laws: set[str] = set()
    for document_id in documents:
        for citation in found[document_id]:
            if citation.law and citation.version == VERSION_UNSTATED:
                laws.add(citation.law)
    return laws


def _periods(
    conn: sqlite3.Connection,
    clearance: Visibility,
    laws: Iterable[str],
) -> _Periods:
    """Return when the versions of some laws were in force, as far as this reader may know of
    them.
    """
    rows = conn.execute(
        f"""SELECT l.law, r.metadata FROM {VISIBLE_LAWS}
            AND l.law IN (SELECT value FROM json_each(:laws)) ORDER BY d.id""",
        {"clearance": int(clearance), "laws": _listed(laws)},
    )
    versions = defaultdict(list)
    for row in rows:
        versions[row["law"]].append(metadata_from_json(row["metadata"]))
    return {law: periods(found) for law, found in versions.items()}


def _listed(laws: Iterable[str]) -> str:
    return json.dumps(sorted(laws), ensure_ascii=False)
