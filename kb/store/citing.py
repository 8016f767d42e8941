"""Statements about who cites what. An article named without its version is read as that
of the day of the paper.

Nothing presumed is stored: a law that comes later, or that this reader may not see,
tells another version or none.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from kb.law.presumption import presume_versions
from kb.law.versions import Period, periods
from kb.records import Citation
from kb.store.rows import VISIBLE_LAWS, metadata_from_json
from kb.vocabulary import VERSION_UNSTATED, Visibility

_Periods = Mapping[str, Sequence[Period]]


def citing(
    conn: sqlite3.Connection,
    clearance: Visibility,
    *,
    law: str | None = None,
    version: str | None = None,
    article: str | None = None,
    target: str | None = None,
) -> list[int]:
    """Return the ids of visible documents that cite an article (of any version when None) or a
    document.
    """
    rows = conn.execute(
        """SELECT DISTINCT x.document_id FROM citation x JOIN document d ON d.id = x.document_id
           WHERE d.visibility <= :clearance AND (:law IS NULL OR x.law = :law)
             AND (:version IS NULL OR x.version = :version)
             AND (:article IS NULL OR x.article = :article)
             AND (:target IS NULL OR x.target = :target) ORDER BY x.document_id""",
        {
            "clearance": int(clearance),
            "law": law,
            "version": version,
            "article": article,
            "target": target,
        },
    )
    return [row[0] for row in rows]


def presumed(
    conn: sqlite3.Connection,
    clearance: Visibility,
    law: str,
    version: str,
    article: str,
) -> dict[int, str]:
    """Return the visible documents that are presumed to mean an article by what names
    no version, each with why.

    None is returned that cites the article of this version in so many words as well.
    """
    known = _periods(conn, clearance, [law])
    if all(period.version != version for period in known.get(law, ())):
        return {}
    rows = conn.execute(
        """SELECT DISTINCT x.document_id FROM citation x JOIN document d ON d.id = x.document_id
           JOIN revision r ON r.document_id = d.id AND r.state = 'published'
           WHERE d.visibility <= :clearance AND x.law = :law AND x.article = :article
           AND x.version = :unstated
             AND r.decided_on IS NOT NULL ORDER BY x.document_id""",
        {
            "clearance": int(clearance),
            "law": law,
            "article": article,
            "unstated": VERSION_UNSTATED,
        },
    )
    cited = of_documents(conn, clearance, [row[0] for row in rows], law)
    reasons = {
        document_id: _why(found, (law, version, article))
        for document_id, found in cited.items()
    }
    return {document_id: why for document_id, why in reasons.items() if why}


def _why(citations: Iterable[Citation], wanted: tuple[str, str, str]) -> str | None:
    """Return why citations are presumed to be of an article; None where none is, or one is so in
    words.
    """
    alike = [c.presumed for c in citations if (c.law, c.version, c.article) == wanted]
    return alike[0] if alike and all(alike) else None


def of_documents(
    conn: sqlite3.Connection,
    clearance: Visibility,
    ids: Iterable[int],
    law: str | None = None,
) -> dict[int, list[Citation]]:
    """Return the citations of each visible document among `ids`, as they stand in its
    text, then the others.

    Of one law alone where it is given.
    """
    rows = conn.execute(
        """SELECT x.document_id, r.decided_on, x.start, x."end", x.law, x.version,
           x.article, x.target
           FROM citation x JOIN document d ON d.id = x.document_id
           JOIN revision r ON r.document_id = d.id AND r.state = 'published'
           WHERE d.visibility <= :clearance AND x.document_id IN (SELECT value FROM json_each(:ids))
             AND (:law IS NULL OR x.law = :law)
           ORDER BY x.document_id, x.start IS NULL, x.start, x.id""",
        {"clearance": int(clearance), "ids": json.dumps(list(ids)), "law": law},
    )
    found: dict[int, list[Citation]] = defaultdict(list)
    days: dict[int, str] = {}
    for row in rows:
        found[row["document_id"]].append(
            Citation(
                row["start"],
                row["end"],
                row["law"],
                row["version"],
                row["article"],
                row["target"],
            )
        )
        if row["decided_on"]:
            days[row["document_id"]] = row["decided_on"]
    unstated = (
        c.law
        for document_id in days
        for c in found[document_id]
        if c.version == VERSION_UNSTATED
    )
    known = _periods(conn, clearance, {law for law in unstated if law})
    for document_id, day in days.items():
        found[document_id] = presume_versions(found[document_id], day, known)
    return dict(found)


def _periods(
    conn: sqlite3.Connection, clearance: Visibility, laws: Iterable[str]
) -> _Periods:
    """Return when the versions of some laws were in force, as far as this reader may know of
    them.
    """
    wanted = json.dumps(sorted(laws), ensure_ascii=False)
    rows = conn.execute(
        f"""SELECT l.law, r.metadata FROM {VISIBLE_LAWS}
            AND l.law IN (SELECT value FROM json_each(:laws)) ORDER BY d.id""",
        {"clearance": int(clearance), "laws": wanted},
    )
    versions = defaultdict(list)
    for row in rows:
        versions[row["law"]].append(metadata_from_json(row["metadata"]))
    return {law: periods(found) for law, found in versions.items()}
