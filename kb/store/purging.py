"""Destroying for good: what a slug stands for, what goes with it, and the statements that take it
away.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from kb import database
from kb.records import Doomed, Named, Original
from kb.store.changing import file_row
from kb.store.committing import next_generation
from kb.store.removing import delete_revisions, remove_documents
from kb.store.store import Store

_THESE: Final = "IN (SELECT value FROM json_each({}))"
#: Origins of the contents that go, by the sha256 of their bytes.
_GONE: Final = """IN (SELECT id FROM origin
    WHERE sha256 IN (SELECT value FROM json_each(:contents)))"""
#: Originals of one document each.
_SINGLE: Final = """f.media_type <> 'application/jsonl'
    AND NOT EXISTS (SELECT 1 FROM origin l WHERE l.file_id = f.id
    AND l.line_number IS NOT NULL)"""


class Purging:
    """A store seen as one who destroys sees it; the store must be opened for all to see."""

    def __init__(self, store: Store) -> None:
        """Work on an open store."""
        self._store = store
        self._conn = store._conn

    def removed_slugs(self, meant: int | str) -> list[str]:
        """Return the slugs of removed documents that left something and had this number (int) or
        slug (str).
        """
        column = "document_id" if isinstance(meant, int) else "slug"
        rows = self._conn.execute(
            f"SELECT DISTINCT slug FROM removal WHERE {column} = ? AND slug IS NOT NULL",
            [meant],
        )
        return [row[0] for row in rows]

    def named(self, slug: str) -> Named:
        """Return what stands under a slug."""
        document = self._store.document(slug)
        head = None if document is None else document.head
        number = -1 if head is None else head.id
        count = "SELECT count(*) FROM {} WHERE document_id = ?"
        return Named(
            slug=slug,
            head=head,
            earlier=self._conn.execute(
                f"{count.format('revision')} AND state <> 'published'", [number]
            ).fetchone()[0],
            removed=tuple(
                r[0]
                for r in self._conn.execute(
                    "SELECT document_id FROM removal WHERE slug = ?", [slug]
                )
            ),
            purged=bool(
                self._conn.execute(count.format("purge"), [number]).fetchone()[0]
            ),
        )

    def doomed(self, whole: Sequence[Named], earlier: Sequence[Named]) -> Doomed:
        """Return what goes when some documents go whole and others lose their earlier contents."""
        documents = tuple(named.head.id for named in whole if named.head is not None)
        corrected = tuple(named.head.id for named in earlier if named.head is not None)
        contents = self._hashes(f"document_id {_THESE.format(':ids')}", documents)
        contents |= self._hashes(
            f"document_id {_THESE.format(':ids')} AND r.state <> 'published'", corrected
        )
        return Doomed(
            slugs=frozenset(named.slug for named in (*whole, *earlier)),
            documents=documents,
            corrected=corrected,
            removed=tuple(
                number for named in (*whole, *earlier) for number in named.removed
            ),
            contents=contents,
            kept=self._hashes(
                f"document_id {_THESE.format(':ids')} AND r.state = 'published'",
                corrected,
            ),
        )

    def _hashes(self, where: str, ids: Sequence[int]) -> frozenset[str]:
        rows = self._conn.execute(
            f"""SELECT o.sha256 FROM revision r JOIN origin o ON o.id = r.origin_id
                WHERE r.{where}""",
            {"ids": json.dumps(ids)},
        )
        return frozenset(row[0] for row in rows)

    def single_originals(self) -> frozenset[str]:
        """Return the names of all originals of one document each."""
        return frozenset(
            row[0]
            for row in self._conn.execute(
                f"SELECT f.sha256 FROM file f WHERE {_SINGLE}"
            )
        )

    def originals(self, doomed: Doomed) -> frozenset[str]:
        """Return the names of originals that go whole: nothing that stays was read from them.

        One of many documents stays for another that was removed and not purged.
        """
        rows = self._conn.execute(
            f"""SELECT f.sha256 FROM file f
                WHERE (EXISTS (SELECT 1 FROM origin o WHERE o.file_id = f.id)
                    OR EXISTS (SELECT 1 FROM removed_file x WHERE x.file_id = f.id
                        AND x.document_id {_THESE.format(":removed")}))
                AND NOT EXISTS (SELECT 1 FROM origin o WHERE o.file_id = f.id
                AND o.id NOT {_GONE})
                AND (({_SINGLE}) OR NOT EXISTS (SELECT 1 FROM removed_file x WHERE x.file_id = f.id
                    AND x.document_id NOT {_THESE.format(":removed")}))""",
            _bound(doomed),
        )
        return frozenset(row[0] for row in rows)

    def replace_originals(self, doomed: Doomed, made: Mapping[str, Original]) -> None:
        """Say that what stays was read from other originals: `made` by the name of the former."""
        with database.transaction(self._conn):
            for former, original in made.items():
                self._replace_original(_bound(doomed) | {"former": former}, original)

    def _replace_original(
        self, values: dict[str, str | int], original: Original
    ) -> None:
        of_former = "file_id = (SELECT id FROM file WHERE sha256 = :former)"
        contents = f"{of_former} AND id NOT {_GONE}"
        claims = f"{of_former} AND document_id NOT {_THESE.format(':removed')}"
        stays = f"""SELECT EXISTS (SELECT 1 FROM origin WHERE {contents})
            OR EXISTS (SELECT 1 FROM removed_file WHERE {claims})"""
        # an original nobody knows of gets no row
        if not self._conn.execute(stays, values).fetchone()[0]:
            return
        values["new"] = file_row(self._conn, original)
        self._conn.execute(f"UPDATE origin SET file_id = :new WHERE {contents}", values)
        self._conn.execute(
            f"UPDATE OR REPLACE removed_file SET file_id = :new WHERE {claims}", values
        )

    def destroy(self, doomed: Doomed, originals: Collection[str]) -> None:
        """Delete every row of what is doomed and of the `originals` that are no more, in one
        transaction.
        """
        values = _bound(doomed)
        with database.transaction(self._conn):
            if doomed.documents:
                remove_documents(self._conn, doomed.documents)
            forgotten = json.dumps([*doomed.documents, *doomed.removed])
            self._conn.execute(
                f"DELETE FROM removed_file WHERE document_id {_THESE.format('?')}",
                [forgotten],
            )
            self._conn.execute(
                f"UPDATE removal SET slug = NULL WHERE document_id {_THESE.format('?')}",
                [forgotten],
            )
            rows = self._conn.execute(
                f"SELECT id FROM revision WHERE origin_id {_GONE}", values
            )
            delete_revisions(self._conn, [row["id"] for row in rows])
            self._conn.execute(
                f"""DELETE FROM file WHERE sha256 {_THESE.format("?")}
                    AND NOT EXISTS (SELECT 1 FROM origin WHERE file_id = file.id)""",
                [json.dumps(list(originals))],
            )
            self._conn.execute(
                "DELETE FROM collection WHERE id NOT IN (SELECT collection_id FROM document)"
            )
            generation = next_generation(self._conn)
            self._conn.executemany(
                "INSERT OR REPLACE INTO purge (document_id, generation) VALUES (?, ?)",
                [(document_id, generation) for document_id in doomed.corrected],
            )

    def scrub(self, wait_s: float) -> None:
        """Leave nothing deleted in the pages of the database and in its log.

        Raises StateError when others read or write for longer than `wait_s` seconds.
        """
        database.scrub(self._conn, wait_s)


def _bound(doomed: Doomed) -> dict[str, str | int]:
    return {
        "contents": json.dumps(sorted(doomed.contents)),
        "removed": json.dumps(doomed.removed),
    }
