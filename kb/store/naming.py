"""Statements about what documents are called: titles, names, numbers, articles, words of their
facets.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

from kb.records import Name
from kb.store.access import MAY_SEE
from kb.vocabulary import Visibility

_PUBLISHED = """FROM document d
    JOIN revision r ON r.document_id = d.id AND r.state = 'published'"""


def _listed(kind: str, field: str) -> str:
    """Return the statement for the values of one list in the metadata."""
    # most have no such list
    listed = (
        f"CASE WHEN instr(r.metadata, '\"{field}\"') THEN r.metadata ELSE '{{}}' END"
    )
    return f"""SELECT '{kind}', v.value, d.id, ''
        {_PUBLISHED} JOIN json_each({listed}, '$.{field}') v WHERE {MAY_SEE}"""


_NAMES = " UNION ALL ".join(
    [
        f"SELECT 'title', r.title, d.id, r.kind {_PUBLISHED} WHERE {MAY_SEE}",
        _listed("alias", "aliases"),
        _listed("alias", "name_en"),
        f"""SELECT 'party', p.name, d.id, '' FROM party p JOIN document d ON d.id = p.document_id
           WHERE {MAY_SEE}""",
        _listed("doc_number", "doc_numbers"),
        _listed("citation", "citations"),
        f"""SELECT i.type, i.value, i.document_id, '' FROM identifier i JOIN document d
           ON d.id = i.document_id
           WHERE i.type IN ('case_number', 'guiding_case') AND {MAY_SEE}""",
    ]
)


def names(conn: sqlite3.Connection, clearance: Visibility) -> Iterator[Name]:
    """Yield every title, other name, party and number of the visible documents, as written."""
    for kind, text, document_id, note in conn.execute(
        _NAMES, {"clearance": int(clearance)}
    ):
        yield Name(kind, str(text), document_id, note)


def provisions(
    conn: sqlite3.Connection, clearance: Visibility
) -> list[tuple[str, str, str, str]]:
    """Return (law, version, article, what it provides) of the visible laws; the article
    is '' for a version whole.

    A version of which there are a digest and whole texts is named once, as its digest is.
    """
    rows = conn.execute(
        f"""SELECT law, version, '', title FROM (
             SELECT l.law, l.version, r.title, min(iif(l.wording = 'text', 1e12, 0) + d.id)
             FROM law_version l JOIN document d ON d.id = l.document_id
             JOIN revision r ON r.document_id = d.id AND r.state = 'published'
             WHERE l.version IS NOT NULL AND {MAY_SEE}
             GROUP BY l.law, l.version)
           UNION SELECT DISTINCT p.law, p.version, p.article, p.provision FROM provision p
           JOIN document d ON d.id = p.document_id WHERE {MAY_SEE}
           ORDER BY 1, 2, 3, 4""",
        {"clearance": int(clearance)},
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def facet_words(
    conn: sqlite3.Connection,
    clearance: Visibility,
    fields: Sequence[str],
) -> list[tuple[str, str, int]]:
    """Return (field, value, how many have it) of every value that visible documents have in any of
    `fields`.
    """
    rows = conn.execute(
        f"""SELECT f.field, f.value, count(*) FROM facet f JOIN document d ON d.id = f.document_id
           WHERE f.field IN (SELECT value FROM json_each(:fields)) AND {MAY_SEE}
           GROUP BY f.field, f.value ORDER BY f.field, f.value""",
        {"clearance": int(clearance), "fields": json.dumps(list(fields))},
    )
    return [(row[0], row[1], row[2]) for row in rows]
