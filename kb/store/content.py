"""Rows of documents not yet written: gathered document by document, written table by table."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kb.records import Claim, Metadata, Passage, Revision, Section
from kb.store.rows import facet_values, metadata_to_json
from kb.vocabulary import Visibility

#: Table -> its columns, in the order in which rows refer to each other.
_TABLES: Final = {
    "document": "id, slug, collection_id, visibility, generation, added_at",
    "text": "id, sha256, text",
    "origin": "id, sha256, file_id, line_number, first_page, last_page",
    "revision": "id, document_id, text_id, origin_id, state, kind, title, case_number, "
    "authority, region, decided_on, listed_on, completeness, metadata, added_at",
    "derivation": "revision_id, rules, file_name, kind",
    "claim": 'revision_id, ordinal, field, value, maker, start, "end", confidence, state',
    "section": 'id, revision_id, ordinal, role, heading, start, "end"',
    "article": "section_id, document_id, article",
    "passage": 'id, revision_id, section_id, document_id, start, "end", paragraph, page',
    "vector": "embedder_id, passage_id, data",
    "facet": "document_id, field, value",
    "identifier": "document_id, type, value",
    "citation": 'document_id, start, "end", law, version, article, target',
    "amount": "document_id, ordinal, type, value, currency, text",
    "party": "document_id, ordinal, name",
    "proceeding": "document_id, ordinal, number, stage",
    "law_version": "document_id, law, version, passed_on, effective_from, effective_to, wording",
    "provision": "document_id, law, version, article, provision, note",
}
#: Where a document may say the same twice.
_SAID_ONCE: Final = ("identifier", "provision")
#: Tables of what is derived from a document's published content.
DERIVED: Final = (
    *("article", "facet", "identifier", "citation", "amount", "party"),
    *("proceeding", "law_version", "provision"),
)
#: The highest number given so far; documents and passages that are gone keep theirs.
_LAST: Final = """SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'document') AS document,
    (SELECT seq FROM sqlite_sequence WHERE name = 'passage') AS passage,
    (SELECT max(id) FROM revision) AS revision, (SELECT max(id) FROM section) AS section,
    (SELECT max(id) FROM text) AS text, (SELECT max(id) FROM origin) AS origin"""


def _statement(table: str) -> str:
    columns = _TABLES[table]
    marks = ", ".join("?" * (columns.count(",") + 1))
    once = " ON CONFLICT DO NOTHING" if table in _SAID_ONCE else ""
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}){once}"


_STATEMENTS: Final = {table: _statement(table) for table in _TABLES}
#: Adds one claim; binds a row of `claim_rows`.
CLAIM_STATEMENT: Final = _STATEMENTS["claim"]


class Content(Struct, frozen=True, gc=False):
    """A content on its way into the store: with its vectors, a row a passage, and where it goes.

    `moment` is when it came in, ISO 8601.
    """

    document_id: int
    revision: Revision
    vectors: NDArray[np.float32]
    file_id: int
    embedder_id: int
    collection: str
    moment: str


class Rows:
    """Rows that wait for `write`; their numbers are given at once.

    One statement a table for a batch of documents takes two thirds of the time of one a row. No
    other statement may add rows to these tables between the first row and `write`.
    """

    def __init__(self, conn: sqlite3.Connection, texts: Iterable[str]) -> None:
        """Wait for the rows of contents with these texts."""
        self._conn = conn
        self._last: dict[str, int] = {}
        self._digests = {text: _digest(text) for text in texts}
        #: Texts that are there or wait, by their sha256.
        self._texts = _known_texts(conn, self._digests.values())
        self._waiting: dict[str, list[tuple[Any, ...]]] = {
            table: [] for table in _TABLES
        }

    def write(self) -> None:
        """Write what waits."""
        for table, rows in self._waiting.items():
            if rows:
                self._conn.executemany(_STATEMENTS[table], rows)
                rows.clear()
        self._last = {}

    def look_again(self, text: str) -> None:
        """Forget what is known of a text: the content that had it may be gone."""
        self._texts.pop(_digest(text), None)
        self._texts |= _known_texts(self._conn, [_digest(text)])

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

    def content(self, content: Content) -> None:
        """Add a document's published content: text, sections, passages, all that is derived."""
        revision_id = self._revision(content)
        self._claims(revision_id, content.revision.claims)
        section_ids = self._sections(revision_id, content)
        self._passages(revision_id, section_ids, content)
        self._derived(content)

    def _revision(self, content: Content) -> int:
        revision = content.revision
        revision_id = self._next("revision")
        text_id = self._text(revision.text)
        origin_id = self._origin(revision, content.file_id)
        self._waiting["revision"].append(
            (
                revision_id,
                content.document_id,
                text_id,
                origin_id,
                "published",
                *_head(revision.metadata),
                content.moment,
            )
        )
        made = revision.derivation
        if made is not None:
            row = (revision_id, made.rules, made.file_name, made.kind)
            self._waiting["derivation"].append(row)
        return revision_id

    def _text(self, text: str) -> int:
        """Return the number of a text, which may be there already."""
        sha256 = self._digests.get(text) or _digest(text)
        if sha256 in self._texts:
            return self._texts[sha256]
        text_id = self._next("text")
        self._texts[sha256] = text_id
        self._waiting["text"].append((text_id, sha256, text))
        return text_id

    def _origin(self, revision: Revision, file_id: int) -> int:
        origin_id = self._next("origin")
        pages = [passage.page for passage in revision.passages if passage.page]
        first, last = (min(pages), max(pages)) if pages else (None, None)
        self._waiting["origin"].append(
            (origin_id, revision.sha256, file_id, revision.line_number, first, last)
        )
        return origin_id

    def _claims(self, revision_id: int, claims: Iterable[Claim]) -> None:
        self._waiting["claim"] += claim_rows(revision_id, claims)

    def _sections(self, revision_id: int, content: Content) -> list[int]:
        """Add the sections of a content, those of articles by their names; return their numbers."""
        numbers = []
        for ordinal, section in enumerate(content.revision.sections):
            number = self._next("section")
            numbers.append(number)
            self._waiting["section"].append(
                (
                    number,
                    revision_id,
                    ordinal,
                    section.role,
                    section.heading,
                    section.start,
                    section.end,
                )
            )
            article = _article(section)
            if article:
                self._waiting["article"].append((number, content.document_id, article))
        return numbers

    def _passages(
        self,
        revision_id: int,
        section_ids: list[int],
        content: Content,
    ) -> None:
        passages: tuple[Passage, ...] = content.revision.passages
        halves = content.vectors.astype("<f2")
        for passage, vector in zip(passages, halves, strict=True):
            passage_id = self._next("passage")
            self._waiting["passage"].append(
                (
                    passage_id,
                    revision_id,
                    section_ids[passage.section],
                    content.document_id,
                    passage.start,
                    passage.end,
                    passage.paragraph,
                    passage.page,
                )
            )
            self._waiting["vector"].append(
                (content.embedder_id, passage_id, vector.tobytes())
            )

    def _derived(self, content: Content) -> None:
        revision = content.revision
        metadata = revision.metadata
        document_id = content.document_id
        self._extend("facet", document_id, facet_values(metadata, content.collection))
        self._extend("identifier", document_id, revision.identifiers)
        for c in revision.citations:
            row = (document_id, c.start, c.end, c.law, c.version, c.article, c.target)
            self._waiting["citation"].append(row)
        for ordinal, a in enumerate(metadata.amounts):
            amount = (document_id, ordinal, a.type, a.value, a.currency, a.text)
            self._waiting["amount"].append(amount)
        self._extend("party", document_id, enumerate(metadata.parties))
        self._proceedings(document_id, metadata)
        self._law(document_id, metadata)

    def _proceedings(self, document_id: int, metadata: Metadata) -> None:
        own = [(number, "own") for number in metadata.case_numbers]
        earlier = [(number, "earlier") for number in metadata.earlier_case_numbers]
        for ordinal, (number, stage) in enumerate([*own, *earlier]):
            self._waiting["proceeding"].append((document_id, ordinal, number, stage))

    def _law(self, document_id: int, metadata: Metadata) -> None:
        if metadata.law is None:
            return
        self._waiting["law_version"].append(
            (
                document_id,
                metadata.law,
                metadata.version,
                metadata.passed_on,
                metadata.effective_from,
                metadata.effective_to,
                "digest" if metadata.provisions else "text",
            )
        )
        if not metadata.version:
            return
        for p in metadata.provisions:
            row = (
                document_id,
                metadata.law,
                metadata.version,
                p.article,
                p.provision,
                p.note,
            )
            self._waiting["provision"].append(row)

    def _extend(
        self,
        table: str,
        document_id: int,
        rows: Iterable[tuple[Any, ...]],
    ) -> None:
        self._waiting[table] += [(document_id, *row) for row in rows]

    def _next(self, table: str) -> int:
        if not self._last:
            last = self._conn.execute(_LAST).fetchone()
            self._last = {name: last[name] or 0 for name in last.keys()}
        self._last[table] += 1
        return self._last[table]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _known_texts(conn: sqlite3.Connection, digests: Iterable[str]) -> dict[str, int]:
    """Return those of some texts that are stored already, by sha256, with their numbers."""
    rows = conn.execute(
        "SELECT sha256, id FROM text WHERE sha256 IN (SELECT value FROM json_each(?))",
        [json.dumps(list(digests))],
    )
    return {row["sha256"]: row["id"] for row in rows}


def claim_rows(revision_id: int, claims: Iterable[Claim]) -> list[tuple[Any, ...]]:
    """Return the rows of the claims of one content, in order."""
    return [
        (
            revision_id,
            ordinal,
            claim.field,
            claim.value,
            claim.maker,
            claim.start,
            claim.end,
            claim.confidence,
            claim.state,
        )
        for ordinal, claim in enumerate(claims)
    ]


def _article(section: Section) -> str:
    """Return 第九条 of a section headed 第九条 侵犯商业秘密; nothing where it is no article."""
    return section.heading.split(" ", 1)[0] if section.role == "article" else ""


def _head(metadata: Metadata) -> tuple[str | None, ...]:
    """Return what a card shows, as columns, and all that is known, as JSON."""
    listed_on = metadata.decided_on or metadata.published_on or metadata.effective_from
    return (
        metadata.kind,
        metadata.title,
        metadata.case_numbers[0] if metadata.case_numbers else None,
        "、".join(metadata.authorities) or None,
        "、".join(metadata.regions) or None,
        metadata.decided_on,
        listed_on,
        metadata.completeness,
        metadata_to_json(metadata),
    )
