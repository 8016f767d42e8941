"""Between rows and records: metadata as JSON, heads of documents, SQL fragments they share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import msgspec

from kb.records import DocumentHead, Metadata, PassageToIndex, StoredPassage
from kb.vocabulary import LONGEST_FACET_VALUE, UNLABELLED, Visibility

HEAD_COLUMNS: Final = """d.id, d.slug, d.visibility, c.title AS collection, r.title, r.kind, r.completeness,
    r.case_number, r.authority, r.region, r.decided_on, r.metadata"""

#: Current revisions of documents the reader may see; binds :clearance.
VISIBLE: Final = """document d
    JOIN revision r ON r.document_id = d.id AND r.is_current = 1
    JOIN collection c ON c.id = d.collection_id
    WHERE d.visibility <= :clearance"""

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Metadata).decode


def metadata_to_json(metadata: Metadata) -> str:
    """Write what is known as JSON; what is not said is left out."""
    return str(_encode(metadata), "utf-8")


@lru_cache(maxsize=500)  # the same documents are read again and again, and records do not change
def metadata_from_json(text: str) -> Metadata:
    """Read what `metadata_to_json` wrote."""
    try:
        return _decode(text)
    except msgspec.ValidationError:  # an integer of 4,300 digits, taken in by an earlier version
        return msgspec.convert(json.loads(text), Metadata)


def head(row: sqlite3.Row) -> DocumentHead:
    """Make the record of a row with HEAD_COLUMNS."""
    return DocumentHead(
        id=row["id"],
        slug=row["slug"],
        title=row["title"],
        kind=row["kind"],
        collection=row["collection"],
        visibility=Visibility(row["visibility"]),
        completeness=row["completeness"],
        case_number=row["case_number"],
        authority=row["authority"],
        region=row["region"],
        decided_on=row["decided_on"],
        metadata=metadata_from_json(row["metadata"]),
    )


def passage(row: sqlite3.Row) -> StoredPassage:
    """Make the record of a passage row joined with its section and text."""
    return StoredPassage(
        id=row["id"],
        document_id=row["document_id"],
        role=row["role"],
        heading=row["heading"],
        start=row["start"],
        end=row["end"],
        paragraph=row["paragraph"],
        page=row["page"],
        text=row["text"],
    )


def facet_values(metadata: Metadata, collection: str) -> list[tuple[str, str]]:
    """Return the (field, value) pairs a document can be filtered by; a value that says 未标注 is none."""
    single = (
        ("kind", metadata.kind),
        ("collection", collection),
        ("tier", metadata.tier),
        ("year", metadata.year),
        ("jurisdiction", metadata.jurisdiction),
        ("completeness", metadata.completeness),
    )
    pairs = [(field, value) for field, value in single if value]
    for field, values in (
        ("region", metadata.regions),
        ("authority", metadata.authorities),
        ("industry", metadata.industries),
        ("secret_type", metadata.secret_types),
        ("conduct", metadata.conducts),
        ("relationship", metadata.relationships),
        ("element", metadata.elements),
        ("outcome", metadata.outcomes),
        ("statute", metadata.statutes),
    ):
        pairs += [(field, value) for value in values if value]
    cut = ((field, value[:LONGEST_FACET_VALUE]) for field, value in pairs if value != UNLABELLED)
    return list(dict.fromkeys(cut))


def passages_of_rows(conn: sqlite3.Connection, rows: Iterable[sqlite3.Row]) -> Iterator[PassageToIndex]:
    """Yield the passages of rows (id, document_id, role, start, end, revision_id, title, text), each text read once.

    The text is that of the whole revision, or None where it is still to be read.
    """
    revision_id, text = None, ""
    for row in rows:
        if row["revision_id"] != revision_id:
            revision_id = row["revision_id"]
            text = row["text"]
            if text is None:
                text = conn.execute("SELECT text FROM revision WHERE id = ?", [revision_id]).fetchone()[0]
        yield PassageToIndex(row["id"], row["document_id"], row["role"], row["title"], text[row["start"] : row["end"]])
