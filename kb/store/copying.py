"""Statements for backups: a database copied while it is written, and what a copy says of itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from kb import database
from kb.errors import StateError, StoreDamaged
from kb.records import Commit
from kb.store import checking, identity, indexing

_PAGES_AT_ONCE: Final = 1_000


class Copied(Struct, frozen=True, kw_only=True):
    """What a copied database says of itself; `files` are sha256 and size in bytes of the originals
    it refers to.
    """

    store_id: str
    commit: Commit
    schema_version: int
    documents: int
    files: dict[str, int]


def copy(
    conn: sqlite3.Connection,
    path: Path,
    progress: Callable[[int, int], None],
) -> None:
    """Write the present state of a database to a new file without a log beside it; raises
    StateError.
    """
    with database.snapshot(conn):
        # from here on what others commit is not seen
        conn.execute("SELECT generation FROM meta").fetchone()
        target = sqlite3.connect(path)
        try:
            conn.backup(
                target,
                pages=_PAGES_AT_ONCE,
                progress=lambda _, rest, pages: progress(pages - rest, pages),
            )
            target.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            raise StateError(
                f"备份无法写入 {path.parent}({error})。请检查磁盘空间与权限"
            ) from error
        finally:
            target.close()


def inspect(path: Path) -> Copied:
    """Return what a copied database says of itself, checked whole.

    Raises StoreDamaged when it is no whole database of this product, StoreTooNew when
    its schema is unknown.
    """
    conn = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    conn.row_factory = sqlite3.Row
    try:
        conn.execute("PRAGMA trusted_schema = OFF")
        database.require_known(database.version(conn))
        return _inspected(conn)
    except sqlite3.DatabaseError as error:
        raise StoreDamaged(f"数据库已损坏,或不是本系统的数据库({error})") from error
    finally:
        conn.close()


def _inspected(conn: sqlite3.Connection) -> Copied:
    strange = conn.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view')"
    ).fetchone()
    if strange is not None:
        raise StoreDamaged(f"数据库里有不属于本系统的「{strange['name']}」")
    found = checking.damage(conn)
    if found:
        raise StoreDamaged(f"数据库已损坏({found[0]})")
    own = identity.store_id(conn)
    if not own:
        raise StoreDamaged("数据库没有编号,不是本系统的数据库")
    return Copied(
        store_id=own,
        commit=indexing.commit(conn),
        schema_version=database.version(conn),
        documents=checking.counts(conn)["document"],
        files=checking.files(conn),
    )
