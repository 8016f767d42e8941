"""Between rows and records: metadata as JSON, heads of documents, SQL fragments they share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Final

import msgspec

from kb.fields import FACETS
from kb.law.articles import ArticleKey
from kb.records import DocumentHead, Metadata, PassageToIndex, StoredPassage
from kb.store.access import MAY_SEE
from kb.vocabulary import LONGEST_FACET_VALUE, UNLABELLED, Visibility

HEAD_COLUMNS: Final = """d.id, d.slug, d.visibility,
    c.title AS collection, r.title, r.kind, r.completeness,
    r.case_number, r.authority, r.region, r.decided_on, r.metadata"""

_PUBLISHED: Final = """document d
    JOIN revision r ON r.document_id = d.id AND r.state = 'published'
    JOIN collection c ON c.id = d.collection_id"""

#: Published contents of documents the reader may see; binds :clearance.
VISIBLE: Final = f"{_PUBLISHED} WHERE {MAY_SEE}"
#: Those among them that are versions of laws.
VISIBLE_LAWS: Final = f"""{_PUBLISHED} JOIN law_version l ON l.document_id = d.id
    WHERE {MAY_SEE}"""

#: Articles asked about, as rows (law, version, article); binds :articles, made by `as_json`.
ASKED: Final = """(SELECT json_extract(value, '$.law') AS law,
    json_extract(value, '$.version') AS version,
    json_extract(value, '$.article') AS article FROM json_each(:articles)) asked"""

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Metadata).decode


def metadata_to_json(metadata: Metadata) -> str:
    """Write what is known as JSON; what is not said is left out."""
    return str(_encode(metadata), "utf-8")


@lru_cache(
    maxsize=500
)  # the same documents are read again and again, and records do not change
def metadata_from_json(text: str) -> Metadata:
    """Read what `metadata_to_json` wrote."""
    try:
        return _decode(text)
    except (
        msgspec.ValidationError
    ):  # an integer of 4,300 digits, taken in by an earlier version
        return msgspec.convert(json.loads(text), Metadata)


def as_json(articles: Iterable[ArticleKey]) -> str:
    """Write articles as ASKED reads them."""
    return str(_encode(list(articles)), "utf-8")


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


#: Facets that metadata tell; the collection is the store's to know.
_TOLD: Final = tuple(field for field in FACETS if field.name != "collection")
_NAMED: Final = tuple((field.name, field.several) for field in _TOLD)
#: All at once: of every document added they are read, and one by one that took half as long again.
_values_told: Final = attrgetter(*(field.attribute for field in _TOLD))


def facet_values(metadata: Metadata, collection: str) -> list[tuple[str, str]]:
    """Return the (field, value) pairs a document can be filtered by; a value that says 未标注 is
    none.
    """
    pairs = {("collection", collection[:LONGEST_FACET_VALUE]): None}
    for (name, several), told in zip(_NAMED, _values_told(metadata), strict=True):
        if told is None or told == ():
            continue
        for value in told if several else (str(told),):
            pairs[name, value[:LONGEST_FACET_VALUE]] = None
    return [pair for pair in pairs if pair[1] and pair[1] != UNLABELLED]


def passages_of_rows(
    conn: sqlite3.Connection, rows: Iterable[sqlite3.Row]
) -> Iterator[PassageToIndex]:
    """Yield the passages of rows (id, document_id, role, start, end, revision_id,
    title, text), each text read once.

    The text is that of the whole revision, or None where it is still to be read.
    """
    revision_id, text = None, ""
    for row in rows:
        if row["revision_id"] != revision_id:
            revision_id = row["revision_id"]
            text = row["text"]
            if text is None:
                text = conn.execute(
                    "SELECT t.text FROM revision r JOIN text t ON t.id = r.text_id WHERE r.id = ?",
                    [revision_id],
                ).fetchone()[0]
        yield PassageToIndex(
            row["id"],
            row["document_id"],
            row["role"],
            row["title"],
            text[row["start"] : row["end"]],
        )
