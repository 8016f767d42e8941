"""Rows of documents not yet written: gathered document by document, written table by table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kb.records import Revision
from kb.store.rows import facet_values, metadata_to_json
from kb.vocabulary import Visibility

#: Table -> its statement, in the order in which rows refer to each other.
_STATEMENTS: Final = {
    "document": """INSERT INTO document (id, slug, collection_id, visibility, generation, added_at)
        VALUES (?, ?, ?, ?, ?, ?)""",
    "revision": """INSERT INTO revision (id, document_id, file_id, line_number, sha256,
            is_current, kind, title,
            case_number, authority, region, decided_on, completeness, law, version,
            effective_from, effective_to,
            text, metadata, added_at)
        VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
    "derivation": "INSERT INTO derivation (revision_id, rules, file_name, kind) VALUES "
    "(?, ?, ?, ?)",
    "section": """INSERT INTO section (id, revision_id, ordinal, role, heading, start, "end")
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
    "passage": """INSERT INTO passage (id, revision_id, section_id, document_id, start,
        "end", paragraph, page)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
    "vector": "INSERT INTO vector (embedder_id, passage_id, data) VALUES (?, ?, ?)",
    "facet": "INSERT INTO facet (document_id, field, value) VALUES (?, ?, ?)",
    "identifier": "INSERT INTO identifier (document_id, type, value) VALUES (?, ?, ?) "
    "ON CONFLICT DO NOTHING",
    "citation": """INSERT INTO citation (document_id, start, "end", law, version, article, target)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
    "provision": """INSERT INTO provision (document_id, law, version, article, provision, note)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
}
#: The highest number given so far; documents and passages that are gone keep theirs.
_LAST: Final = """SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'document') AS document,
    (SELECT seq FROM sqlite_sequence WHERE name = 'passage') AS passage,
    (SELECT max(id) FROM revision) AS revision, (SELECT max(id) FROM section) AS section"""


class Rows:
    """Rows that wait for `write`; their numbers are given at once.

    One statement a table for a batch of documents takes two thirds of the time of one a row. No
    other statement may add rows to these tables between the first row and `write`.
    """

    def __init__(self, conn: sqlite3.Connection) -> None:
        """Wait for rows."""
        self._conn = conn
        self._last: dict[str, int] = {}
        self._waiting: dict[str, list[tuple[Any, ...]]] = {
            table: [] for table in _STATEMENTS
        }

    def write(self) -> None:
        """Write what waits."""
        for table, rows in self._waiting.items():
            if rows:
                self._conn.executemany(_STATEMENTS[table], rows)
                rows.clear()
        self._last = {}

    def document(
        self,
        slug: str,
        collection_id: int,
        visibility: Visibility,
        generation: int,
        moment: str,
    ) -> int:
        """Add a document without content and return its number."""
        document_id = self._next("document")
        self._waiting["document"].append(
            (document_id, slug, collection_id, int(visibility), generation, moment)
        )
        return document_id

    def content(
        self,
        document_id: int,
        revision: Revision,
        vectors: NDArray[np.float32],
        *,
        file_id: int,
        embedder_id: int,
        collection: str,
        moment: str,
    ) -> None:
        """Add a document's current content: text, sections, passages with their vectors, all that
        is derived.
        """
        revision_id = self._next("revision")
        self._waiting["revision"].append(
            _revision_row(revision_id, document_id, file_id, revision, moment)
        )
        made = revision.derivation
        if made is not None:
            self._waiting["derivation"].append(
                (revision_id, made.rules, made.file_name, made.kind)
            )
        section_ids = []
        for ordinal, section in enumerate(revision.sections):
            section_ids.append(self._next("section"))
            self._waiting["section"].append(
                (
                    section_ids[-1],
                    revision_id,
                    ordinal,
                    section.role,
                    section.heading,
                    section.start,
                    section.end,
                )
            )
        for passage, vector in zip(
            revision.passages, vectors.astype("<f2"), strict=True
        ):
            passage_id = self._next("passage")
            section_id = section_ids[passage.section]
            self._waiting["passage"].append(
                (
                    passage_id,
                    revision_id,
                    section_id,
                    document_id,
                    passage.start,
                    passage.end,
                    passage.paragraph,
                    passage.page,
                )
            )
            self._waiting["vector"].append((embedder_id, passage_id, vector.tobytes()))
        self._derived(document_id, revision, collection)

    def _derived(self, document_id: int, revision: Revision, collection: str) -> None:
        metadata = revision.metadata
        self._extend("facet", document_id, facet_values(metadata, collection))
        self._extend("identifier", document_id, revision.identifiers)
        self._extend(
            "citation",
            document_id,
            (
                (c.start, c.end, c.law, c.version, c.article, c.target)
                for c in revision.citations
            ),
        )
        if metadata.law and metadata.version:
            self._extend(
                "provision",
                document_id,
                (
                    (metadata.law, metadata.version, p.article, p.provision, p.note)
                    for p in metadata.provisions
                ),
            )

    def _extend(
        self, table: str, document_id: int, rows: Iterable[tuple[Any, ...]]
    ) -> None:
        self._waiting[table] += [(document_id, *row) for row in rows]

    def _next(self, table: str) -> int:
        if not self._last:
            last = self._conn.execute(_LAST).fetchone()
            self._last = {
                name: last[name] or 0
                for name in ("document", "passage", "revision", "section")
            }
        self._last[table] += 1
        return self._last[table]


def _revision_row(
    revision_id: int, document_id: int, file_id: int, revision: Revision, moment: str
) -> tuple[int | str | None, ...]:
    metadata = revision.metadata
    return (
        revision_id,
        document_id,
        file_id,
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
        moment,
    )
