"""Statements that add contents; each function runs inside the caller's transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from kb import papers
from kb.claims import with_kind
from kb.errors import InvalidDocument
from kb.records import Added, Kept, Revision, VisibilityChange
from kb.store.changing import (
    collection_after,
    collection_row,
    file_row,
    set_visibility,
)
from kb.store.committing import next_generation, now
from kb.store.content import Content, Rows
from kb.store.removing import delete_revisions, forget_content
from kb.store.vectors import use_embedder
from kb.vocabulary import DEFAULT_COLLECTIONS, UNCLASSIFIED, Visibility


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
        self.collection = cache(partial(collection_row, conn))
        self.file = cache(partial(file_row, conn))
        self.rows = Rows(conn, [revision.text for revision in revisions])
        hashes = [revision.sha256 for revision in revisions]
        slugs = [r.metadata.slug for r in revisions if r.metadata.slug]
        self._taken = _taken(conn, "sha256", "origin", hashes)
        self._taken |= _taken(conn, "slug", "document", slugs)

    def take(self, sha256: str, slug: str | None) -> bool:
        """Return whether a content and its document are new to the store and to this
        batch; the next are not.
        """
        names = {sha256, slug}
        is_new = slug is not None and names.isdisjoint(self._taken)
        self._taken |= names
        return is_new

    def new_document(
        self,
        slug: str,
        collection: str,
        visibility: Visibility | None,
    ) -> int:
        """Add a document without content and return its number."""
        return self.rows.document(
            slug,
            self.collection(collection),
            visibility or Visibility.PUBLIC,
            self.generation(),
            self.moment,
        )


def _taken(
    conn: sqlite3.Connection,
    column: str,
    table: str,
    values: list[str],
) -> set[str | None]:
    rows = conn.execute(
        f"SELECT {column} FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))",
        [json.dumps(values)],
    )
    return {row[0] for row in rows}


class _Place(Struct, frozen=True):
    """Where a content goes: into a document that is there, freed of its content, or a new one.

    `stored` is what is answered where the same content is published already.
    """

    slug: str
    document_id: int | None = None
    moved: VisibilityChange | None = None
    beside: str | None = None
    stored: Added | None = None


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
    visibility = metadata.visibility if batch.visibility is None else batch.visibility
    place = _place(conn, batch, revision, title, visibility)
    if place.stored is not None:
        return place.stored
    embedder_id = batch.embedder(embedder_name, vectors.shape[1])
    document_id = place.document_id
    if document_id is None:
        document_id = batch.new_document(place.slug, title, visibility)
    batch.rows.content(
        Content(
            document_id,
            revision,
            vectors,
            file_id=batch.file(revision.original),
            embedder_id=embedder_id,
            collection=title,
            moment=batch.moment,
        )
    )
    return Added(
        document_id,
        place.slug,
        created=True,
        superseded=place.document_id is not None,
        moved=place.moved,
        beside=place.beside,
    )


def _place(
    conn: sqlite3.Connection,
    batch: Batch,
    revision: Revision,
    collection: str,
    visibility: Visibility | None,
) -> _Place:
    """Find where a content goes, and free the place of what it supersedes."""
    slug, beside = revision.metadata.slug, None
    if batch.take(revision.sha256, slug):
        assert slug is not None
        return _Place(slug)
    batch.rows.write()  # it may be the same as one of these
    if slug is None:
        slug, beside = _of_case_number(conn, revision, collection)
    if slug is None:
        slug = _slug_of_its_own(conn, revision.sha256)
    batch.take(revision.sha256, slug)
    known = _known(conn, revision.sha256)
    if known is not None and known["state"] == "published":
        return _Place(known["slug"], stored=_stored(conn, batch, known))
    document_id = _superseded(conn, batch, slug, collection)
    moved = _move(conn, batch, document_id, visibility)
    # an earlier content comes back: it is written anew as the published one
    if known is not None:
        delete_revisions(conn, [known["id"]])
        batch.rows.look_again(revision.text)
    return _Place(slug, document_id, moved, beside)


def _known(conn: sqlite3.Connection, sha256: str) -> sqlite3.Row | None:
    """Return the content read from these bytes, the published one first; None where there
    is none.
    """
    found: sqlite3.Row | None = conn.execute(
        """SELECT r.id, r.state, d.id AS document_id, d.slug FROM origin o
           JOIN revision r ON r.origin_id = o.id JOIN document d ON d.id = r.document_id
           WHERE o.sha256 = ? ORDER BY r.state = 'published' DESC, r.id DESC""",
        [sha256],
    ).fetchone()
    return found


def _stored(
    conn: sqlite3.Connection,
    batch: Batch,
    known: sqlite3.Row,
) -> Added:
    document_id = int(known["document_id"])
    moved = _move(conn, batch, document_id, batch.visibility)
    return Added(
        document_id, known["slug"], created=False, superseded=False, moved=moved
    )


def _move(
    conn: sqlite3.Connection,
    batch: Batch,
    document_id: int | None,
    visibility: Visibility | None,
) -> VisibilityChange | None:
    if visibility is None or document_id is None:
        return None
    changed = set_visibility(conn, [document_id], visibility, batch.generation)
    return changed.get(document_id)


def _as_classified(conn: sqlite3.Connection, revision: Revision) -> Revision:
    """Return a correction nobody has recognised as the kind its document was classified as."""
    metadata = revision.metadata
    if metadata.kind != UNCLASSIFIED or metadata.slug is None:
        return revision
    row = conn.execute(
        """SELECT r.kind FROM document d
           JOIN revision r ON r.document_id = d.id AND r.state = 'published'
           WHERE d.slug = ?""",
        [metadata.slug],
    ).fetchone()
    if row is None or row["kind"] == UNCLASSIFIED:
        return revision
    kind = row["kind"]
    made = revision.derivation
    return replace(
        revision,
        metadata=replace(metadata, kind=kind),
        claims=with_kind(revision.claims, kind),
        derivation=None if made is None else replace(made, kind=kind),
    )


def put_again(
    conn: sqlite3.Connection,
    made: Iterable[tuple[Kept, Revision, NDArray[np.float32]]],
    embedder_name: str,
    generation: Callable[[], int],
) -> list[int]:
    """Put contents made anew of the same bytes in the place of the published ones;
    return the documents changed.
    """
    changed: list[int] = []
    for kept, revision, vectors in made:
        found = _published(conn, kept.document_id, revision.sha256)
        if found is None:
            continue
        title = collection_after(found["title"], found["kind"], revision.metadata.kind)
        conn.execute(
            "UPDATE document SET generation = ?, collection_id = ? WHERE id = ?",
            [generation(), collection_row(conn, title), kept.document_id],
        )
        forget_content(conn, kept.document_id)
        delete_revisions(conn, [found["id"]])
        rows = Rows(conn, [revision.text])
        rows.content(
            Content(
                kept.document_id,
                revision,
                vectors,
                file_id=found["file_id"],
                embedder_id=use_embedder(conn, embedder_name, vectors.shape[1]),
                collection=title,
                moment=found["added_at"],
            )
        )
        rows.write()
        changed.append(kept.document_id)
    return changed


def _published(
    conn: sqlite3.Connection,
    document_id: int,
    sha256: str,
) -> sqlite3.Row | None:
    """Return the published content of a document while it is still that of these bytes."""
    found: sqlite3.Row | None = conn.execute(
        """SELECT r.id, r.kind, o.file_id, r.added_at, c.title FROM document d
           JOIN revision r ON r.document_id = d.id AND r.state = 'published'
           JOIN origin o ON o.id = r.origin_id
           JOIN collection c ON c.id = d.collection_id
           WHERE d.id = ? AND o.sha256 = ?""",
        [document_id, sha256],
    ).fetchone()
    return found


def _of_case_number(
    conn: sqlite3.Connection,
    revision: Revision,
    collection: str,
) -> tuple[str | None, str | None]:
    """Find the document this is a new version of, and else another paper of the same case.

    Both are of the same collection, kind and case number; only the same paper is taken
    for a former version.
    """
    metadata = revision.metadata
    if not metadata.case_numbers:
        return None, None
    rows = conn.execute(
        """SELECT d.slug, r.decided_on, t.text FROM document d
           JOIN revision r ON r.document_id = d.id AND r.state = 'published'
           JOIN text t ON t.id = r.text_id JOIN collection c ON c.id = d.collection_id
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
    """Return a slug made of the content; a longer one where another paper stands under
    the short one.
    """
    short = f"d-{sha256[:16]}"
    taken = conn.execute("SELECT 1 FROM document WHERE slug = ?", [short]).fetchone()
    return short if taken is None else f"d-{sha256[:24]}"


def _superseded(
    conn: sqlite3.Connection,
    batch: Batch,
    slug: str,
    collection: str,
) -> int | None:
    """Return the document named `slug`, freed of its content for another; None when there
    is none.
    """
    found = conn.execute(
        """SELECT d.id, c.title FROM document d
           JOIN collection c ON c.id = d.collection_id WHERE d.slug = ?""",
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
    forget_content(conn, found["id"])
    return int(found["id"])
