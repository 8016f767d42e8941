"""Statements that read; every one about documents is bound to the reader's clearance."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kb.records import (
    Document,
    DocumentHead,
    Filters,
    StoredPassage,
    StoredSection,
)
from kb.store import citing, sums
from kb.store.access import MAY_SEE
from kb.store.rows import HEAD_COLUMNS, VISIBLE, head, passage
from kb.vocabulary import UNLABELLED, Visibility

#: How lists of documents may be ordered; every order is total.
ORDERS = {
    "newest": "coalesce(r.listed_on, '') DESC, d.id",
    "oldest": "coalesce(r.listed_on, '9') ASC, d.id",
    "amount": f"{sums.LARGEST} DESC, coalesce(r.decided_on, '') DESC, d.id",  # NULL comes last
    "title": "r.title, d.id",
    "added": "d.id DESC",
}


_CONTENTS = f"""SELECT {HEAD_COLUMNS}, r.id AS revision_id, r.added_at,
    (SELECT text FROM text WHERE id = r.text_id) AS text,
    (SELECT f.media_type FROM origin o JOIN file f ON f.id = o.file_id
     WHERE o.id = r.origin_id) AS media_type
    FROM {VISIBLE}"""


def document(
    conn: sqlite3.Connection,
    clearance: Visibility,
    *,
    key: int | str,
) -> Document | None:
    """Return the document with this id (int) or slug (str), or None when not visible or not
    there.
    """
    column = "id" if isinstance(key, int) else "slug"
    rows = conn.execute(
        f"{_CONTENTS} AND d.{column} = :key", {"clearance": int(clearance), "key": key}
    ).fetchall()
    found = _documents(conn, clearance, rows)
    return found[0] if found else None


def documents(
    conn: sqlite3.Connection,
    clearance: Visibility,
    ids: Iterable[int],
) -> dict[int, Document]:
    """Return the visible documents among `ids` whole, by id, in as many statements as for one."""
    rows = conn.execute(
        f"{_CONTENTS} AND d.id IN (SELECT value FROM json_each(:ids))",
        {"clearance": int(clearance), "ids": json.dumps(list(ids))},
    ).fetchall()
    return {one.head.id: one for one in _documents(conn, clearance, rows)}


def _documents(
    conn: sqlite3.Connection,
    clearance: Visibility,
    rows: Sequence[sqlite3.Row],
) -> list[Document]:
    """Make the documents of rows of _CONTENTS."""
    texts = {row["revision_id"]: row["text"] for row in rows}
    sections = _sections(conn, texts)
    passages = _passages(conn, texts)
    citations = citing.of_documents(conn, clearance, [row["id"] for row in rows])
    return [
        Document(
            head=head(row),
            text=row["text"],
            sections=tuple(sections[row["revision_id"]]),
            passages=tuple(passages[row["revision_id"]]),
            citations=tuple(citations.get(row["id"], ())),
            media_type=row["media_type"],
            added_at=row["added_at"],
        )
        for row in rows
    ]


def _sections(
    conn: sqlite3.Connection, revisions: Iterable[int]
) -> Mapping[int, Sequence[StoredSection]]:
    """Return the sections of revisions in their order."""
    rows = conn.execute(
        """SELECT revision_id, id, role, heading, start, "end" FROM section
           WHERE revision_id IN (SELECT value FROM json_each(?))
           ORDER BY revision_id, ordinal""",
        [json.dumps(list(revisions))],
    )
    found: dict[int, list[StoredSection]] = defaultdict(list)
    for row in rows:
        section = StoredSection(
            id=row["id"],
            role=row["role"],
            heading=row["heading"],
            start=row["start"],
            end=row["end"],
        )
        found[row["revision_id"]].append(section)
    return found


def _passages(
    conn: sqlite3.Connection, texts: Mapping[int, str]
) -> Mapping[int, Sequence[StoredPassage]]:
    """Return the passages of revisions in their order, cut from the text of each."""
    rows = conn.execute(
        """SELECT p.revision_id, p.id, p.document_id, s.role, s.heading, p.start, p."end",
           p.paragraph, p.page
           FROM passage p JOIN section s ON s.id = p.section_id
           WHERE p.revision_id IN (SELECT value FROM json_each(?))
           ORDER BY p.revision_id, p.start""",
        [json.dumps(list(texts))],
    )
    found: dict[int, list[StoredPassage]] = defaultdict(list)
    for row in rows:
        text = texts[row["revision_id"]][row["start"] : row["end"]]
        found[row["revision_id"]].append(
            passage({**dict(row), "text": text})  # type: ignore[arg-type]
        )
    return found


def heads(
    conn: sqlite3.Connection,
    clearance: Visibility,
    ids: Iterable[int],
) -> dict[int, DocumentHead]:
    """Return the visible documents among `ids`, by id."""
    rows = conn.execute(
        f"SELECT {HEAD_COLUMNS} FROM {VISIBLE} AND d.id IN (SELECT value FROM json_each(:ids))",
        {"clearance": int(clearance), "ids": json.dumps(list(ids))},
    )
    return {row["id"]: head(row) for row in rows}


def heads_by_slug(
    conn: sqlite3.Connection,
    clearance: Visibility,
    slugs: Iterable[str],
) -> dict[str, DocumentHead]:
    """Return the visible documents among `slugs`, by slug."""
    rows = conn.execute(
        f"SELECT {HEAD_COLUMNS} FROM {VISIBLE} AND d.slug IN "
        f"(SELECT value FROM json_each(:slugs))",
        {
            "clearance": int(clearance),
            "slugs": json.dumps(list(slugs), ensure_ascii=False),
        },
    )
    return {row["slug"]: head(row) for row in rows}


def passages(
    conn: sqlite3.Connection,
    clearance: Visibility,
    ids: Iterable[int],
) -> dict[int, StoredPassage]:
    """Return the visible passages among `ids`, by id."""
    rows = conn.execute(
        f"""SELECT p.id, p.document_id, s.role, s.heading, p.start, p."end", p.paragraph, p.page,
               substr(t.text, p.start + 1, p."end" - p.start) AS text
           FROM passage p JOIN section s ON s.id = p.section_id
           JOIN revision r ON r.id = p.revision_id JOIN text t ON t.id = r.text_id
           JOIN document d ON d.id = p.document_id
           WHERE {MAY_SEE} AND p.id IN (SELECT value FROM json_each(:ids))""",
        {"clearance": int(clearance), "ids": json.dumps(list(ids))},
    )
    return {row["id"]: passage(row) for row in rows}


def article_passages(
    conn: sqlite3.Connection,
    clearance: Visibility,
    articles: Mapping[int, str],
) -> dict[int, int]:
    """Return by document its first passage of the article named beside it, where it is visible and
    has one.
    """
    rows = conn.execute(
        f"""SELECT a.document_id, min(p.id) FROM json_each(:articles) asked
           JOIN article a ON a.document_id = CAST(asked.key AS INTEGER) AND a.article = asked.value
           JOIN document d ON d.id = a.document_id AND {MAY_SEE}
           JOIN passage p ON p.section_id = a.section_id GROUP BY a.document_id""",
        {"clearance": int(clearance), "articles": json.dumps(dict(articles))},
    )
    return {row[0]: row[1] for row in rows}


def listing(
    conn: sqlite3.Connection,
    clearance: Visibility,
    filters: Filters,
    order: str,
    offset: int,
    limit: int,
) -> tuple[list[DocumentHead], int]:
    """Return one page of the visible documents that pass `filters`, and how many there are."""
    where, values = filter_clause(filters)
    values |= {"clearance": int(clearance), "limit": limit, "offset": offset}
    total = conn.execute(f"SELECT count(*) FROM {VISIBLE}{where}", values).fetchone()[0]
    rows = conn.execute(
        f"SELECT {HEAD_COLUMNS} FROM {VISIBLE}{where} ORDER BY {ORDERS[order]} LIMIT "
        f":limit OFFSET :offset",
        values,
    )
    return [head(row) for row in rows], int(total)


def in_order(
    conn: sqlite3.Connection,
    clearance: Visibility,
    ids: Sequence[int],
    order: str,
) -> NDArray[np.int64]:
    """Return the visible documents among `ids` in an order of ORDERS."""
    rows = conn.execute(
        f"""SELECT d.id FROM {VISIBLE} AND d.id IN (SELECT value FROM json_each(:ids))
            ORDER BY {ORDERS[order]}""",
        {"clearance": int(clearance), "ids": json.dumps(list(ids))},
    )
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def document_ids(
    conn: sqlite3.Connection,
    clearance: Visibility,
    filters: Filters,
) -> NDArray[np.int64]:
    """Return the ids of all visible documents that pass `filters`, ascending."""
    where, values = filter_clause(filters)
    rows = conn.execute(
        f"SELECT d.id FROM document d WHERE {MAY_SEE}{where} ORDER BY d.id",
        values | {"clearance": int(clearance)},
    )
    return np.fromiter((row[0] for row in rows), dtype=np.int64)


def passage_ids(
    conn: sqlite3.Connection,
    clearance: Visibility,
    filters: Filters,
    limit: int,
) -> NDArray[np.int64] | None:
    """Return the ids of all passages that pass `filters`, ascending, or None when over `limit`."""
    where, values = filter_clause(filters)
    role = ""
    if filters.roles:
        role = " AND s.role IN (SELECT value FROM json_each(:roles))"
        values["roles"] = json.dumps(filters.roles)
    rows = conn.execute(
        f"""SELECT p.id FROM document d JOIN passage p ON p.document_id = d.id
            JOIN section s ON s.id = p.section_id
            WHERE {MAY_SEE}{where}{role} LIMIT :limit""",
        values | {"clearance": int(clearance), "limit": limit + 1},
    )
    ids = np.sort(np.fromiter((row[0] for row in rows), dtype=np.int64))
    return None if len(ids) > limit else ids


def filter_clause(filters: Filters) -> tuple[str, dict[str, object]]:
    """Return ` AND …` over document d and its bound values."""
    clauses: list[str] = []
    values: dict[str, object] = {}
    for negate, chosen in ((False, filters.include), (True, filters.exclude)):
        for number, (field, wanted) in enumerate(sorted(chosen.items())):
            key = f"{'x' if negate else 'i'}{number}"
            parts = []
            labelled = [value for value in wanted if value != UNLABELLED]
            if labelled:
                parts.append(
                    f"EXISTS (SELECT 1 FROM facet f WHERE f.field = :{key}f AND "
                    f"f.document_id = d.id"
                    f" AND f.value IN (SELECT value FROM json_each(:{key}v)))"
                )
                values[f"{key}v"] = json.dumps(labelled, ensure_ascii=False)
            if UNLABELLED in wanted:
                parts.append(
                    f"NOT EXISTS (SELECT 1 FROM facet f WHERE f.field = :{key}f AND "
                    f"f.document_id = d.id)"
                )
            values[f"{key}f"] = field
            clauses.append(f" AND {'NOT ' if negate else ''}({' OR '.join(parts)})")
    return "".join(clauses), values


def facet_documents(
    conn: sqlite3.Connection, clearance: Visibility
) -> Iterator[tuple[str, str, NDArray[np.int64]]]:
    """Yield every field and value with the ids of the visible documents that have it, for counting
    many answers.
    """
    rows = conn.execute(
        f"""SELECT f.field, f.value, group_concat(f.document_id) FROM facet f JOIN document d
           ON d.id = f.document_id
           WHERE {MAY_SEE} GROUP BY f.field, f.value""",
        {"clearance": int(clearance)},
    )
    # one row a value: a row a document would take five times as long
    for field, value, documents in rows:
        yield field, value, np.fromstring(documents, dtype=np.int64, sep=",")


def by_identifier(
    conn: sqlite3.Connection,
    clearance: Visibility,
    pairs: Iterable[tuple[str, str]],
) -> dict[tuple[str, str], list[int]]:
    """Return, for each (type, value), the ids of visible documents that bear it."""
    found: dict[tuple[str, str], list[int]] = {}
    for type_, value in pairs:
        rows = conn.execute(
            f"""SELECT i.document_id FROM identifier i JOIN document d ON d.id = i.document_id
               WHERE i.type = :type AND i.value = :value AND {MAY_SEE}
               ORDER BY i.document_id""",
            {"type": type_, "value": value, "clearance": int(clearance)},
        )
        found[type_, value] = [row[0] for row in rows]
    return found
