"""Making contents anew by other rules: which were made by former ones, how they stand, how they are
put back.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb import database
from kb.records import (
    Citation,
    Claim,
    Derivation,
    Kept,
    Metadata,
    Original,
    Passage,
    Revision,
    Section,
)
from kb.store.committing import next_generation
from kb.store.content import CLAIM_STATEMENT, claim_rows
from kb.store.rows import facet_values, metadata_from_json
from kb.store.store import Store
from kb.store.writing import put_again

#: Published contents that were not made by the rules :rules, of all documents or of some.
_OUTDATED: Final = """revision r JOIN document d ON d.id = r.document_id
    JOIN origin o ON o.id = r.origin_id JOIN file f ON f.id = o.file_id
    LEFT JOIN derivation v ON v.revision_id = r.id
    WHERE r.state = 'published' AND (v.rules IS NULL OR v.rules <> :rules)
    AND (:ids IS NULL OR d.id IN (SELECT value FROM json_each(:ids)))"""


class Rederiving:
    """A store seen as one who tries better rules on it sees it; the store must be opened for all to
    see.
    """

    def __init__(self, store: Store) -> None:
        """Work on an open store."""
        self.files = store.files
        self._conn = store._conn

    def count_outdated(self, rules: str) -> int:
        """Return how many current contents were not made by these rules."""
        row = self._conn.execute(
            f"SELECT count(*) FROM {_OUTDATED}", {"rules": rules, "ids": None}
        ).fetchone()
        return int(row[0])

    def outdated(
        self, rules: str, ids: Sequence[int] | None = None
    ) -> list[tuple[Original, frozenset[str]]]:
        """Return every original with the sha256 of its current contents that were not
        made by these rules.

        `ids` are the documents looked at, all when None.
        """
        rows = self._conn.execute(
            f"""SELECT f.sha256, f.media_type, f.size_bytes, o.sha256 AS content
                FROM {_OUTDATED} ORDER BY f.id""",
            {"rules": rules, "ids": None if ids is None else json.dumps(list(ids))},
        )
        found: dict[str, tuple[Original, set[str]]] = {}
        for row in rows:
            original = Original(
                sha256=row["sha256"],
                media_type=row["media_type"],
                size_bytes=row["size_bytes"],
            )
            found.setdefault(original.sha256, (original, set()))[1].add(row["content"])
        return [
            (original, frozenset(contents)) for original, contents in found.values()
        ]

    def kept(self, sha256: str) -> Kept | None:
        """Return the current content of these bytes as it stands; None where it is current no
        more.
        """
        row = self._conn.execute(
            """SELECT r.id, r.document_id, r.metadata, d.slug, t.text, o.sha256, o.line_number,
                      f.sha256 AS original, f.media_type, f.size_bytes,
                      v.rules, v.file_name, v.kind AS said_kind
               FROM origin o JOIN revision r ON r.origin_id = o.id AND r.state = 'published'
               JOIN document d ON d.id = r.document_id JOIN text t ON t.id = r.text_id
               JOIN file f ON f.id = o.file_id
               LEFT JOIN derivation v ON v.revision_id = r.id
               WHERE o.sha256 = ?""",
            [sha256],
        ).fetchone()
        return (
            None
            if row is None
            else Kept(row["document_id"], row["slug"], self._revision(row))
        )

    def _revision(self, row: sqlite3.Row) -> Revision:
        made = None
        if row["rules"] is not None:
            made = Derivation(row["rules"], row["file_name"], row["said_kind"])
        return Revision(
            sha256=row["sha256"],
            original=Original(
                sha256=row["original"],
                media_type=row["media_type"],
                size_bytes=row["size_bytes"],
            ),
            line_number=row["line_number"],
            text=row["text"],
            metadata=metadata_from_json(row["metadata"]),
            sections=self._sections(row["id"]),
            passages=self._passages(row["id"]),
            citations=self._citations(row["document_id"]),
            identifiers=tuple(
                (found["type"], found["value"])
                for found in self._rows("identifier", row["document_id"])
            ),
            claims=self._claims(row["id"]),
            derivation=made,
        )

    def _claims(self, revision_id: int) -> tuple[Claim, ...]:
        rows = self._conn.execute(
            """SELECT field, value, maker, start, "end", confidence, state FROM claim
               WHERE revision_id = ? ORDER BY ordinal""",
            [revision_id],
        )
        return tuple(Claim(*row) for row in rows)

    def _rows(self, table: str, document_id: int) -> sqlite3.Cursor:
        return self._conn.execute(
            f"SELECT * FROM {table} WHERE document_id = ?", [document_id]
        )

    def _citations(self, document_id: int) -> tuple[Citation, ...]:
        """Return what is stored of citations: no version is presumed there."""
        return tuple(
            Citation(
                row["start"],
                row["end"],
                row["law"],
                row["version"],
                row["article"],
                row["target"],
            )
            for row in self._rows("citation", document_id)
        )

    def _sections(self, revision_id: int) -> tuple[Section, ...]:
        rows = self._conn.execute(
            "SELECT * FROM section WHERE revision_id = ? ORDER BY ordinal",
            [revision_id],
        )
        return tuple(
            Section(row["role"], row["heading"], row["start"], row["end"])
            for row in rows
        )

    def _passages(self, revision_id: int) -> tuple[Passage, ...]:
        rows = self._conn.execute(
            """SELECT s.ordinal, p.start, p."end", p.paragraph, p.page
               FROM passage p JOIN section s ON s.id = p.section_id WHERE p.revision_id = ?
               ORDER BY p.start""",
            [revision_id],
        )
        return tuple(
            Passage(
                row["ordinal"], row["start"], row["end"], row["paragraph"], row["page"]
            )
            for row in rows
        )

    def confirm(self, made: Iterable[Revision]) -> None:
        """Say of published contents that they are what these rules make of the same bytes,
        and who made which value, in one transaction.
        """
        with database.transaction(self._conn):
            for revision in made:
                row = self._conn.execute(
                    """SELECT r.id FROM origin o
                       JOIN revision r ON r.origin_id = o.id AND r.state = 'published'
                       WHERE o.sha256 = ?""",
                    [revision.sha256],
                ).fetchone()
                if row is not None:
                    self._confirm(row["id"], revision)

    def _confirm(self, revision_id: int, revision: Revision) -> None:
        self._derive_facets(revision_id, revision.metadata)
        made = revision.derivation
        if made is not None:
            self._conn.execute(
                """INSERT INTO derivation (revision_id, rules, file_name, kind)
                   VALUES (?, ?, ?, ?) ON CONFLICT (revision_id) DO UPDATE
                   SET rules = excluded.rules, file_name = excluded.file_name,
                   kind = excluded.kind""",
                [revision_id, made.rules, made.file_name, made.kind],
            )
        self._conn.execute("DELETE FROM claim WHERE revision_id = ?", [revision_id])
        self._conn.executemany(
            CLAIM_STATEMENT, claim_rows(revision_id, revision.claims)
        )

    def _derive_facets(self, revision_id: int, metadata: Metadata) -> None:
        """Write anew what a document can be filtered by, where another field has become one."""
        row = self._conn.execute(
            """SELECT d.id, c.title FROM revision r JOIN document d ON d.id = r.document_id
               JOIN collection c ON c.id = d.collection_id WHERE r.id = ?""",
            [revision_id],
        ).fetchone()
        wanted = set(facet_values(metadata, row["title"]))
        stored = {(r["field"], r["value"]) for r in self._rows("facet", row["id"])}
        if stored == wanted:
            return
        self._conn.execute("DELETE FROM facet WHERE document_id = ?", [row["id"]])
        self._conn.executemany(
            "INSERT INTO facet (document_id, field, value) VALUES (?, ?, ?)",
            [(row["id"], field, value) for field, value in sorted(wanted)],
        )
        self._conn.execute(
            "UPDATE document SET generation = ? WHERE id = ?",
            [next_generation(self._conn), row["id"]],
        )

    def replace(
        self,
        made: Iterable[tuple[Kept, Revision, NDArray[np.float32]]],
        embedder_name: str,
    ) -> list[int]:
        """Put contents made anew, each with its vectors, in the place of those of the
        same bytes, in one transaction.

        Number, slug, visibility and the day a document came in stay. Returns the
        documents that were changed; one that was corrected or removed meanwhile is left
        alone.
        """
        with database.transaction(self._conn):
            generation = cache(partial(next_generation, self._conn))
            return put_again(self._conn, made, embedder_name, generation)
