"""Is a database that of the originals beside it?

Asked before anything is written, created or deleted.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from kb.errors import StoreForeign
from kb.files import Files

_ADVICE: Final = (
    "没有改动任何东西。请用 kb restore 备份文件 --replace 恢复,或把原来的 kb.sqlite3 放回;"
    "要另建新库,请用 --home 换一个数据目录"
)


def require_database(path: Path, files: Files) -> None:
    """Raise StoreForeign when originals lie beside no database, or beside an empty file."""
    # Asked twice: another process may have made the database, then put the first
    # original, in between.
    if _is_missing(path) and files.any() and _is_missing(path):
        what = "没有数据库" if not path.exists() else "数据库是空文件(0 字节)"
        raise StoreForeign(f"{files.folder} 里有原件,{what}:{path}。{_ADVICE}")


def require_own_files(
    conn: sqlite3.Connection,
    path: Path,
    files: Files,
) -> None:
    """Raise StoreForeign when the originals are another database's, or this one was never filled.

    Originals without a mark are of the first release: a database that knows any of them is theirs,
    and its mark is put beside them.
    """
    if _is_theirs(conn, files) or not files.any() or _is_theirs(conn, files):
        return
    own, marked = store_id(conn), files.owner()
    if marked is not None:
        raise StoreForeign(
            f"{files.folder} 里的原件属于另一个库:{files.mark} 写着 {marked},数据库 "
            f"{path} 的编号是 {own or '无'}。"
            f"{_ADVICE}。确知两者同属一库时,删除 {files.mark} 再试"
        )
    if not _knows_any(conn, files):
        raise StoreForeign(
            f"数据库 {path} 不认识 {files.folder} 里的任何一份原件:它是空的,"
            f"或属于另一个库。{_ADVICE}"
        )
    if own is not None:
        with suppress(OSError):  # a full disk may wait: the next to open asks again
            files.claim(own)


def store_id(conn: sqlite3.Connection) -> str | None:
    """Return which store a database is; None for an empty one and one of the first release."""
    try:
        row = conn.execute("SELECT store_id FROM meta").fetchone()
        return None if row is None else str(row[0])
    except sqlite3.OperationalError as error:
        if not str(error).startswith("no such"):
            raise
        return None


def _is_missing(path: Path) -> bool:
    return not path.exists() or path.stat().st_size == 0


def _is_theirs(conn: sqlite3.Connection, files: Files) -> bool:
    own = store_id(conn)
    return own is not None and own == files.owner()


def _knows_any(conn: sqlite3.Connection, files: Files) -> bool:
    if (
        conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'file'").fetchone()
        is None
    ):
        return False
    named = json.dumps(list(files.stored()))
    known = conn.execute(
        "SELECT 1 FROM file WHERE sha256 IN (SELECT value FROM json_each(?)) LIMIT 1",
        [named],
    )
    return known.fetchone() is not None
