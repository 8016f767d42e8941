"""Statements that change the store; each function runs inside the caller's transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache, partial

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from kb import papers
from kb.errors import InvalidDocument
from kb.records import Added, Kept, Original, Revision, VisibilityChange
from kb.store.content import Rows
from kb.store.vectors import use_embedder
from kb.vocabulary import DEFAULT_COLLECTIONS, UNCLASSIFIED, Visibility


def now() -> str:
    """Return the present moment, UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def next_generation(conn: sqlite3.Connection) -> int:
    """Count one commit more and return its number; the commit gets an id that no other ever has."""
    row = conn.execute(
        "UPDATE meta SET generation = generation + 1 RETURNING generation"
    ).fetchone()
    conn.execute(
        "INSERT INTO lineage (generation, commit_id) VALUES (?, lower(hex(randomblob(16))))",
        [row["generation"]],
    )
    return int(row["generation"])


class Batch:
    """Documents of one transaction: what they share, which are new to the store, and
    their rows not yet written.

    What was done for a document that is refused is undone with it: make a new Batch for
    those after it.
    """

    def __init__(
        self,
        conn: sqlite3.Connection,
        revisions: Sequence[Revision],
        into: str | None,
        visibility: Visibility | None,
    ) -> None:
        """Look up which hashes and slugs of these contents the store has.

        `into` is the collection and `visibility` who may see, for all of them, whatever
        each says itself.
        """
        self.moment = now()
        self.into = into
        self.visibility = visibility
        self.generation = cache(partial(next_generation, conn))
        self.embedder = cache(partial(use_embedder, conn))
        self.collection = cache(partial(_collection, conn))
        self.file = cache(partial(file_row, conn))
        self.rows = Rows(conn)
        self._taken = _taken(
            conn, "sha256", "revision", [revision.sha256 for revision in revisions]
        )
        self._taken |= _taken(
            conn,
            "slug",
            "document",
            [r.metadata.slug for r in revisions if r.metadata.slug],
        )

    def take(self, sha256: str, slug: str | None) -> bool:
        """Return whether a content and its document are new to the store and to this batch; the
        next are not.
        """
        names = {sha256, slug}
        is_new = slug is not None and names.isdisjoint(self._taken)
        self._taken |= names
        return is_new


def _taken(
    conn: sqlite3.Connection, column: str, table: str, values: list[str]
) -> set[str | None]:
    rows = conn.execute(
        f"SELECT {column} FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))",
        [json.dumps(values)],
    )
    return {row[0] for row in rows}


def add_revisions(
    conn: sqlite3.Connection,
    made: Sequence[tuple[Revision, NDArray[np.float32]]],
    collection: str | None,
    embedder_name: str,
    visibility: Visibility | None = None,
) -> list[Added]:
    """Store the content of several documents whole: text, passages, vectors, facets, identifiers.

    Each revision comes with its vectors, a row a passage. A correction keeps the
    visibility of its document unless one is given: for all, or by itself; content that
    is there already has had its say, so that only the one for all counts. Raises
    InvalidDocument when a slug is another collection's, EmbedderMismatch when the
    vectors are another model's; what was written by then is the caller's to undo.
    """
    batch = Batch(conn, [revision for revision, _ in made], collection, visibility)
    added = [
        _add(conn, batch, revision, vectors, embedder_name)
        for revision, vectors in made
    ]
    batch.rows.write()
    return added


def _add(
    conn: sqlite3.Connection,
    batch: Batch,
    revision: Revision,
    vectors: NDArray[np.float32],
    embedder_name: str,
) -> Added:
    revision = _as_classified(conn, revision)
    metadata = revision.metadata
    title = batch.into or metadata.collection or DEFAULT_COLLECTIONS[metadata.kind]
    asked = metadata.visibility if batch.visibility is None else batch.visibility
    slug, document_id, moved, beside = metadata.slug, None, None, None
    if not batch.take(revision.sha256, slug):
        batch.rows.write()  # it may be the same as one of these
        former, beside = (
            (None, None) if slug else _of_case_number(conn, revision, title)
        )
        slug = slug or former or _slug_of_its_own(conn, revision.sha256)
        batch.take(revision.sha256, slug)
        known = conn.execute(
            """SELECT r.id, r.is_current, d.id AS document_id, d.slug FROM revision r
               JOIN document d ON d.id = r.document_id WHERE r.sha256 = ?""",
            [revision.sha256],
        ).fetchone()
        if known is not None and known["is_current"]:
            moved = _move(conn, batch, known["document_id"], batch.visibility)
            return Added(
                known["document_id"],
                known["slug"],
                created=False,
                superseded=False,
                moved=moved,
            )
        document_id = _superseded(conn, batch, slug, title)
        if document_id is not None:
            moved = _move(conn, batch, document_id, asked)
        # an earlier content comes back: it is written anew as the current one
        if known is not None:
            conn.execute("DELETE FROM revision WHERE id = ?", [known["id"]])
    assert slug is not None
    embedder_id = batch.embedder(embedder_name, vectors.shape[1])
    superseded = document_id is not None
    if document_id is None:
        document_id = batch.rows.document(
            slug,
            batch.collection(title),
            asked or Visibility.PUBLIC,
            batch.generation(),
            batch.moment,
        )
    batch.rows.content(
        document_id,
        revision,
        vectors,
        file_id=batch.file(revision.original),
        embedder_id=embedder_id,
        collection=title,
        moment=batch.moment,
    )
    return Added(
        document_id,
        slug,
        created=True,
        superseded=superseded,
        moved=moved,
        beside=beside,
    )


def remove_documents(conn: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Delete documents with all their revisions; indexes learn of it by the removal rows.

    What each was called and was read from is kept, so that it can be purged.
    """
    generation = next_generation(conn)
    gone = {"ids": json.dumps(list(ids)), "generation": generation}
    these = "IN (SELECT value FROM json_each(:ids))"
    conn.execute(
        f"""INSERT INTO removal (document_id, generation, slug)
            SELECT id, :generation, slug FROM document WHERE id {these}""",
        gone,
    )
    conn.execute(
        f"""INSERT INTO removed_file (document_id, file_id)
            SELECT DISTINCT document_id, file_id FROM revision WHERE document_id {these}""",
        gone,
    )
    conn.execute(f"DELETE FROM document WHERE id {these}", gone)


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
        "SELECT id, visibility FROM document WHERE id IN (SELECT value FROM "
        "json_each(?)) AND visibility <> ?",
        [json.dumps(list(ids)), int(visibility)],
    ).fetchall()
    if rows:
        conn.execute(
            "UPDATE document SET visibility = ?, generation = ? WHERE id IN (SELECT "
            "value FROM json_each(?))",
            [int(visibility), generation(), json.dumps([row["id"] for row in rows])],
        )
    return {
        row["id"]: VisibilityChange(Visibility(row["visibility"]), visibility)
        for row in rows
    }


def _move(
    conn: sqlite3.Connection,
    batch: Batch,
    document_id: int,
    visibility: Visibility | None,
) -> VisibilityChange | None:
    if visibility is None:
        return None
    return set_visibility(conn, [document_id], visibility, batch.generation).get(
        document_id
    )


def _as_classified(conn: sqlite3.Connection, revision: Revision) -> Revision:
    """Return a correction nobody has recognised as the kind its document was classified as."""
    metadata = revision.metadata
    if metadata.kind != UNCLASSIFIED or metadata.slug is None:
        return revision
    row = conn.execute(
        "SELECT r.kind FROM document d JOIN revision r ON r.document_id = d.id AND "
        "r.is_current = 1 WHERE d.slug = ?",
        [metadata.slug],
    ).fetchone()
    if row is None or row["kind"] == UNCLASSIFIED:
        return revision
    made = revision.derivation
    said = None if made is None else replace(made, kind=row["kind"])
    return replace(
        revision, metadata=replace(metadata, kind=row["kind"]), derivation=said
    )


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
           JOIN revision r ON r.document_id = d.id AND r.is_current = 1 JOIN collection c
           ON c.id = d.collection_id
           WHERE d.id IN (SELECT value FROM json_each(?)) AND r.kind <> ?""",
        [json.dumps(list(ids)), kind],
    ).fetchall()
    for row in rows:
        conn.execute(
            "UPDATE revision SET kind = ?, metadata = json_set(metadata, '$.kind', ?) WHERE id = ?",
            [kind, kind, row["revision_id"]],
        )
        conn.execute(
            "UPDATE facet SET value = ? WHERE document_id = ? AND field = 'kind'",
            [kind, row["id"]],
        )
        conn.execute(
            "UPDATE document SET generation = ? WHERE id = ?", [generation(), row["id"]]
        )
        _collect(conn, row["id"], _collection_after(row["title"], row["kind"], kind))
    _say_kind(conn, ids, kind)
    return {row["id"]: row["kind"] for row in rows}


def _say_kind(conn: sqlite3.Connection, ids: Sequence[int], kind: str) -> None:
    """Write down that a person said of which kind documents are: no rule changes it then."""
    conn.execute(
        """INSERT INTO derivation (revision_id, rules, file_name, kind)
           SELECT id, '', title || '.', ? FROM revision
           WHERE is_current = 1 AND document_id IN (SELECT value FROM json_each(?))
           ON CONFLICT (revision_id) DO UPDATE SET kind = excluded.kind""",
        [kind, json.dumps(list(ids))],
    )


def _collect(conn: sqlite3.Connection, document_id: int, title: str) -> None:
    conn.execute(
        "UPDATE document SET collection_id = ? WHERE id = ?",
        [_collection(conn, title), document_id],
    )
    conn.execute(
        "UPDATE facet SET value = ? WHERE document_id = ? AND field = 'collection'",
        [title, document_id],
    )


def put_again(
    conn: sqlite3.Connection,
    made: Iterable[tuple[Kept, Revision, NDArray[np.float32]]],
    embedder_name: str,
    generation: Callable[[], int],
) -> list[int]:
    """Put contents made anew of the same bytes in the place of the current ones; return the
    documents changed.
    """
    rows = Rows(conn)
    changed: list[int] = []
    for kept, revision, vectors in made:
        found = _current(conn, kept.document_id, revision.sha256)
        if found is None:
            continue
        title = _collection_after(found["title"], found["kind"], revision.metadata.kind)
        conn.execute(
            "UPDATE document SET generation = ?, collection_id = ? WHERE id = ?",
            [generation(), _collection(conn, title), kept.document_id],
        )
        _forget_content(conn, kept.document_id)
        conn.execute("DELETE FROM revision WHERE id = ?", [found["id"]])
        rows.content(
            kept.document_id,
            revision,
            vectors,
            file_id=found["file_id"],
            embedder_id=use_embedder(conn, embedder_name, vectors.shape[1]),
            collection=title,
            moment=found["added_at"],
        )
        rows.write()
        changed.append(kept.document_id)
    return changed


def _current(
    conn: sqlite3.Connection, document_id: int, sha256: str
) -> sqlite3.Row | None:
    """Return the current content of a document while it is still that of these bytes."""
    found: sqlite3.Row | None = conn.execute(
        """SELECT r.id, r.kind, r.file_id, r.added_at, c.title FROM document d
           JOIN revision r ON r.document_id = d.id AND r.is_current = 1 JOIN collection c
           ON c.id = d.collection_id
           WHERE d.id = ? AND r.sha256 = ?""",
        [document_id, sha256],
    ).fetchone()
    return found


def _collection_after(title: str, kind: str, new_kind: str) -> str:
    """Return the collection of a document that changes its kind: what lies in that of its kind
    moves along.
    """
    return (
        DEFAULT_COLLECTIONS[new_kind] if title == DEFAULT_COLLECTIONS[kind] else title
    )


def _of_case_number(
    conn: sqlite3.Connection, revision: Revision, collection: str
) -> tuple[str | None, str | None]:
    """Find the document this is a new version of, and else another paper of the same case.

    Both are of the same collection, kind and case number; only the same paper is taken
    for a former version.
    """
    metadata = revision.metadata
    if not metadata.case_numbers:
        return None, None
    rows = conn.execute(
        """SELECT d.slug, r.decided_on, r.text FROM document d
           JOIN revision r ON r.document_id = d.id AND r.is_current = 1 JOIN collection c
           ON c.id = d.collection_id
           WHERE c.title = ? AND r.kind = ? AND r.case_number = ? ORDER BY d.id""",
        [collection, metadata.kind, metadata.case_numbers[0]],
    )
    others: list[str] = []
    for row in rows:
        if papers.is_same(
            revision.text, metadata.decided_on, row["text"], row["decided_on"]
        ):
            return row["slug"], None
        others.append(row["slug"])
    return None, others[0] if others else None


def _slug_of_its_own(conn: sqlite3.Connection, sha256: str) -> str:
    """Return a slug made of the content; a longer one where another paper stands under the short
    one.
    """
    short = f"d-{sha256[:16]}"
    taken = conn.execute("SELECT 1 FROM document WHERE slug = ?", [short]).fetchone()
    return short if taken is None else f"d-{sha256[:24]}"


def _superseded(
    conn: sqlite3.Connection, batch: Batch, slug: str, collection: str
) -> int | None:
    """Return the document named `slug`, freed of its content for another; None when there is
    none.
    """
    found = conn.execute(
        "SELECT d.id, c.title FROM document d JOIN collection c ON c.id = "
        "d.collection_id WHERE d.slug = ?",
        [slug],
    ).fetchone()
    if found is None:
        return None
    if found["title"] != collection:
        raise InvalidDocument(
            f"文书标识「{slug}」已在合集「{found['title']}」中,"
            f"不能再收入「{collection}」。请改用其他 id/slug。"
        )
    conn.execute(
        "UPDATE document SET generation = ? WHERE id = ?",
        [batch.generation(), found["id"]],
    )
    _forget_content(conn, found["id"])
    return int(found["id"])


def _collection(conn: sqlite3.Connection, title: str) -> int:
    conn.execute(
        "INSERT INTO collection (title) VALUES (?) ON CONFLICT DO NOTHING", [title]
    )
    return int(
        conn.execute("SELECT id FROM collection WHERE title = ?", [title]).fetchone()[
            "id"
        ]
    )


def _forget_content(conn: sqlite3.Connection, document_id: int) -> None:
    """Take away what belongs to the content that was current; its text stays as history."""
    conn.execute(
        "DELETE FROM section WHERE revision_id IN (SELECT id FROM revision WHERE "
        "document_id = ? AND is_current = 1)",
        [document_id],
    )
    conn.execute(
        "UPDATE revision SET is_current = 0 WHERE document_id = ? AND is_current = 1",
        [document_id],
    )
    for table in ("facet", "identifier", "citation", "provision"):
        conn.execute(f"DELETE FROM {table} WHERE document_id = ?", [document_id])


def file_row(conn: sqlite3.Connection, original: Original) -> int:
    """Return the number of an original, made known when it is new."""
    row = conn.execute(
        "SELECT id FROM file WHERE sha256 = ?", [original.sha256]
    ).fetchone()
    if row is None:
        row = conn.execute(
            "INSERT INTO file (sha256, media_type, size_bytes) VALUES (?, ?, ?) RETURNING id",
            [original.sha256, original.media_type, original.size_bytes],
        ).fetchone()
    return int(row["id"])
