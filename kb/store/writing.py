"""Statements that change the store; each function runs inside the caller's transaction."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from kb.errors import InvalidDocument
from kb.records import Added, Metadata, Original, Revision
from kb.store.rows import facet_values, metadata_to_json
from kb.store.vectors import use_embedder
from kb.vocabulary import DEFAULT_COLLECTIONS, Visibility


def now() -> str:
    """Return the present moment, UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def next_generation(conn: sqlite3.Connection) -> int:
    """Count one commit more and return its number."""
    row = conn.execute("UPDATE meta SET generation = generation + 1 RETURNING generation").fetchone()
    return int(row["generation"])


class Shared:
    """What the documents of one transaction share, looked up or inserted for the first of them that needs it.

    What was done for a document that is refused is undone with it: make a new Shared for those after it.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        """Know the present moment, and nothing of the database yet."""
        self.moment = now()
        self.generation = cache(partial(next_generation, conn))
        self.embedder = cache(partial(use_embedder, conn))
        self.collection = cache(partial(_collection, conn))
        self.file = cache(partial(_file, conn))


def add_revision(
    conn: sqlite3.Connection,
    shared: Shared,
    revision: Revision,
    collection: str | None,
    vectors: NDArray[np.float32],
    embedder_name: str,
) -> Added:
    """Store one document's content whole: text, passages, vectors, facets, identifiers.

    `vectors` has one row a passage. Raises InvalidDocument when the slug is another
    collection's, EmbedderMismatch when the vectors are another model's.
    """
    metadata = revision.metadata
    title = collection or metadata.collection or DEFAULT_COLLECTIONS[metadata.kind]
    slug = metadata.slug or _slug_by_case_number(conn, revision, title) or f"d-{revision.sha256[:16]}"
    known = conn.execute(
        """SELECT r.id, r.is_current, d.id AS document_id, d.slug FROM revision r
           JOIN document d ON d.id = r.document_id WHERE r.sha256 = ?""",
        [revision.sha256],
    ).fetchone()
    if known is not None and known["is_current"]:
        return Added(known["document_id"], known["slug"], created=False, superseded=False)
    embedder_id = shared.embedder(embedder_name, vectors.shape[1])
    document_id, superseded = _document(conn, shared, slug, title, metadata.visibility)
    if known is not None:  # an earlier content comes back: it is written anew as the current one
        conn.execute("DELETE FROM revision WHERE id = ?", [known["id"]])
    if superseded:
        _forget_content(conn, document_id)
    revision_id = _revision(conn, shared, document_id, revision)
    section_ids = [
        conn.execute(
            'INSERT INTO section (revision_id, ordinal, role, heading, start, "end") VALUES (?, ?, ?, ?, ?, ?)',
            [revision_id, ordinal, s.role, s.heading, s.start, s.end],
        ).lastrowid
        for ordinal, s in enumerate(revision.sections)
    ]
    rows = np.ascontiguousarray(vectors, dtype="<f2")
    for passage, row in zip(revision.passages, rows, strict=True):
        passage_id = conn.execute(
            """INSERT INTO passage (revision_id, section_id, document_id, start, "end", paragraph, page)
               VALUES (?, ?, ?, ?, ?, ?, ?)""",
            [
                revision_id,
                section_ids[passage.section],
                document_id,
                passage.start,
                passage.end,
                passage.paragraph,
                passage.page,
            ],
        ).lastrowid
        conn.execute(
            "INSERT INTO vector (embedder_id, passage_id, data) VALUES (?, ?, ?)",
            [embedder_id, passage_id, row.tobytes()],
        )
    _derived(conn, document_id, revision, title)
    return Added(document_id, slug, created=True, superseded=superseded)


def remove_document(conn: sqlite3.Connection, document_id: int) -> None:
    """Delete a document with all its revisions; indexes learn of it by the removal row."""
    generation = next_generation(conn)
    conn.execute("DELETE FROM document WHERE id = ?", [document_id])
    conn.execute("INSERT INTO removal (document_id, generation) VALUES (?, ?)", [document_id, generation])


def set_visibility(conn: sqlite3.Connection, document_id: int, visibility: Visibility) -> None:
    """Change who may see a document."""
    conn.execute(
        "UPDATE document SET visibility = ?, generation = ? WHERE id = ?",
        [int(visibility), next_generation(conn), document_id],
    )


def _slug_by_case_number(conn: sqlite3.Connection, revision: Revision, collection: str) -> str | None:
    """Find the document this is a new version of: same collection, kind and case number."""
    if not revision.metadata.case_numbers:
        return None
    row = conn.execute(
        """SELECT d.slug FROM document d JOIN revision r ON r.document_id = d.id AND r.is_current = 1
           JOIN collection c ON c.id = d.collection_id
           WHERE c.title = ? AND r.kind = ? AND r.case_number = ? ORDER BY d.id LIMIT 1""",
        [collection, revision.metadata.kind, revision.metadata.case_numbers[0]],
    ).fetchone()
    return None if row is None else str(row["slug"])


def _document(
    conn: sqlite3.Connection, shared: Shared, slug: str, collection: str, visibility: Visibility
) -> tuple[int, bool]:
    """Return the id of the document named `slug` and whether it was there before."""
    found = conn.execute(
        "SELECT d.id, c.title FROM document d JOIN collection c ON c.id = d.collection_id WHERE d.slug = ?", [slug]
    ).fetchone()
    if found is not None:
        if found["title"] != collection:
            raise InvalidDocument(
                f"文书标识「{slug}」已在合集「{found['title']}」中,不能再收入「{collection}」。请改用其他 id/slug。"
            )
        conn.execute(
            "UPDATE document SET generation = ?, visibility = ? WHERE id = ?",
            [shared.generation(), int(visibility), found["id"]],
        )
        return int(found["id"]), True
    cursor = conn.execute(
        "INSERT INTO document (slug, collection_id, visibility, generation, added_at) VALUES (?, ?, ?, ?, ?)",
        [slug, shared.collection(collection), int(visibility), shared.generation(), shared.moment],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid, False


def _collection(conn: sqlite3.Connection, title: str) -> int:
    conn.execute("INSERT INTO collection (title) VALUES (?) ON CONFLICT DO NOTHING", [title])
    return int(conn.execute("SELECT id FROM collection WHERE title = ?", [title]).fetchone()["id"])


def _forget_content(conn: sqlite3.Connection, document_id: int) -> None:
    """Take away what belongs to the content that was current; its text stays as history."""
    conn.execute(
        "DELETE FROM section WHERE revision_id IN (SELECT id FROM revision WHERE document_id = ? AND is_current = 1)",
        [document_id],
    )
    conn.execute("UPDATE revision SET is_current = 0 WHERE document_id = ? AND is_current = 1", [document_id])
    for table in ("facet", "identifier", "citation", "provision"):
        conn.execute(f"DELETE FROM {table} WHERE document_id = ?", [document_id])


def _file(conn: sqlite3.Connection, original: Original) -> int:
    row = conn.execute("SELECT id FROM file WHERE sha256 = ?", [original.sha256]).fetchone()
    if row is None:
        row = conn.execute(
            "INSERT INTO file (sha256, media_type, size_bytes) VALUES (?, ?, ?) RETURNING id",
            [original.sha256, original.media_type, original.size_bytes],
        ).fetchone()
    return int(row["id"])


def _revision(conn: sqlite3.Connection, shared: Shared, document_id: int, revision: Revision) -> int:
    metadata: Metadata = revision.metadata
    cursor = conn.execute(
        """INSERT INTO revision (document_id, file_id, line_number, sha256, is_current, kind, title, case_number,
               authority, region, decided_on, completeness, law, version, effective_from, effective_to, text,
               metadata, added_at)
           VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            document_id,
            shared.file(revision.original),
            revision.line_number,
            revision.sha256,
            metadata.kind,
            metadata.title,
            metadata.case_numbers[0] if metadata.case_numbers else None,
            "、".join(metadata.authorities) or None,
            "、".join(metadata.regions) or None,
            metadata.decided_on,
            metadata.completeness,
            metadata.law,
            metadata.version,
            metadata.effective_from,
            metadata.effective_to,
            revision.text,
            metadata_to_json(metadata),
            shared.moment,
        ],
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def _derived(conn: sqlite3.Connection, document_id: int, revision: Revision, collection: str) -> None:
    metadata = revision.metadata
    conn.executemany(
        "INSERT INTO facet (document_id, field, value) VALUES (?, ?, ?)",
        [(document_id, field, value) for field, value in facet_values(metadata, collection)],
    )
    conn.executemany(
        "INSERT INTO identifier (document_id, type, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(document_id, type_, value) for type_, value in revision.identifiers],
    )
    if revision.citations:  # most articles cite nothing, and a statement for no rows takes its time too
        conn.executemany(
            """INSERT INTO citation (document_id, start, "end", law, version, article, target)
               VALUES (?, ?, ?, ?, ?, ?, ?)""",
            [(document_id, c.start, c.end, c.law, c.version, c.article, c.target) for c in revision.citations],
        )
    if metadata.law and metadata.version:
        conn.executemany(
            """INSERT INTO provision (document_id, law, version, article, provision, note)
               VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
            [
                (document_id, metadata.law, metadata.version, p.article, p.provision, p.note)
                for p in metadata.provisions
            ],
        )
