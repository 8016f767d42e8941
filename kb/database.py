"""Connect to SQLite, bring the schema up to date, run transactions. Knows no table."""

from __future__ import annotations

import hashlib
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from kb import deadline
from kb.errors import KbError, StateError, StoreDamaged, StoreTooNew
from kb.permissions import make_file, make_folder

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_BUSY_TIMEOUT_S: Final = 30.0
_RETRY_S: Final = 0.02
#: Instructions of SQLite, some milliseconds of them, between two looks at the deadline.
_LOOK_EVERY: Final = 100_000
_PROBE_BYTES: Final = 65_536
_ENDING: Final = ("COMMIT", "ROLLBACK", "RELEASE")

Admit = Callable[[sqlite3.Connection], None]


class _Connection(sqlite3.Connection):
    """A connection that begins no statement after the deadline, and breaks off one that outlasts
    it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_progress_handler(deadline.is_over, _LOOK_EVERY)

    def execute(
        self,
        sql: str,
        parameters: Any = (),
        /,
    ) -> sqlite3.Cursor:
        """Run one statement; raises OutOfTime instead where it would begin something too late."""
        if not sql.startswith(_ENDING):
            deadline.check()
        return super().execute(sql, parameters)


def connect(
    path: Path,
    admit: Admit = lambda conn: None,
    *,
    to_read: bool = False,
) -> sqlite3.Connection:
    """Open the database at `path`, creating and migrating it.

    The connection is in autocommit; use `transaction` to write. Readers never wait for a
    writer (WAL). What `admit` raises leaves the database as it was. Opened `to_read`, or where
    the disk is full or read-only, it is neither created nor migrated, and every write is
    refused. Raises StoreTooNew or StoreDamaged, StateError where it cannot be opened at all.
    """
    try:
        return _open_to_read(path, admit) if to_read else _open(path, admit)
    except (sqlite3.OperationalError, OSError) as error:
        raise StateError(
            f"数据库无法打开:{path}({error})。请检查目录权限、磁盘空间和其他进程。"
        ) from error
    except sqlite3.DatabaseError as error:
        raise StoreDamaged(f"数据库无法打开:{path}({error})。请从备份恢复。") from error


def _open(path: Path, admit: Admit) -> sqlite3.Connection:
    try:
        make_folder(path.parent)
        make_file(path)  # SQLite gives the files beside it the same mode
        conn = _connect(path)
        _admit(conn, path, admit)
        _set_up(conn)
    except (sqlite3.OperationalError, StateError, OSError):
        if not _is_made(path) or not is_unwritable(path):
            raise
        return _open_to_read(path, admit)
    return conn


def _set_up(conn: sqlite3.Connection) -> None:
    # Half as many pages to write, log and copy as of 4 KB; a database that has its
    # pages already keeps them.
    conn.execute("PRAGMA page_size = 8192")
    _use_log(conn)
    # What is deleted is overwritten with zeros: it may be what was redacted.
    conn.execute("PRAGMA secure_delete = ON")
    # Pages that one commit after another changes (the ends of indexes) are copied from the
    # log into the database every 32 MB instead of every 8 MB.
    conn.execute("PRAGMA wal_autocheckpoint = 4000")
    conn.execute("PRAGMA temp_store = MEMORY")
    conn.execute("PRAGMA cache_size = -16000")
    # Synced to disk, so that no original is ever beside a database without tables. A
    # table that is made anew must not take with it what refers to it: foreign keys hold
    # from here on.
    _migrate(conn)
    conn.execute("PRAGMA foreign_keys = ON")
    # WAL with NORMAL loses no committed row when the process dies; a power cut may lose
    # the last commits but leaves the database whole, and `kb add` can be run again.
    conn.execute("PRAGMA synchronous = NORMAL")


def _use_log(conn: sqlite3.Connection) -> None:
    """Write to a log beside the database; waits for others who are about to do the same, as SQLite
    does not here.
    """
    until = time.monotonic() + _BUSY_TIMEOUT_S
    while True:
        try:
            conn.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if (
                error.sqlite_errorcode != sqlite3.SQLITE_BUSY
                or time.monotonic() >= until
            ):
                raise
        time.sleep(_RETRY_S)


def _open_to_read(path: Path, admit: Admit) -> sqlite3.Connection:
    """Open a database that is there already, without writing a byte of it."""
    if not _is_made(path):
        raise StateError(f"没有数据库:{path}。请先用 kb add 收入文书")
    try:
        conn = _connect(path, "mode=ro")
        current = version(conn)
    except sqlite3.OperationalError:
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise
        # The disk holds no log and takes none: nobody can be writing, and the file is all there is.
        conn = _connect(path, "mode=ro&immutable=1")
        current = version(conn)
    _admit(conn, path, admit)
    _require_current(current)
    conn.execute("PRAGMA temp_store = MEMORY")
    conn.execute("PRAGMA cache_size = -4000")  # of each thread that reads
    return conn


def _connect(path: Path, how: str = "mode=rwc") -> sqlite3.Connection:
    conn = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=_BUSY_TIMEOUT_S,
        isolation_level=None,
        factory=_Connection,
        check_same_thread=False,  # one thread at a time, but not always the same
    )
    conn.row_factory = sqlite3.Row
    conn.create_function("sha256", 1, _sha256, deterministic=True)
    return conn


def _sha256(text: str) -> str:
    """Return the digest of a text's UTF-8, hex; migrations name texts by it."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _is_made(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def is_unwritable(path: Path) -> bool:
    """Tell whether the disk below a folder or file is full or read-only, by writing there."""
    folder = path if path.is_dir() else path.parent
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
    except OSError:
        return folder.is_dir()
    return False


def _admit(
    conn: sqlite3.Connection,
    path: Path,
    admit: Admit,
) -> None:
    try:
        admit(conn)
    except BaseException:
        log = path.with_name(path.name + "-wal")
        # the last to close would write it into the database; a reader cannot
        if log.exists() and log.stat().st_size:
            reader = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
            with suppress(sqlite3.Error):
                reader.execute("PRAGMA schema_version").fetchone()
            conn.close()
            reader.close()
        conn.close()
        raise


def as_ours(error: BaseException) -> KbError | None:
    """Return what an error of the engine is to a person: too late, damage, or a state to mend; None
    for a bug.
    """
    if (
        isinstance(error, sqlite3.OperationalError)
        and error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT
    ):
        return deadline.out_of_time()
    if isinstance(error, sqlite3.OperationalError):
        return StateError(f"数据库无法读写({error})。请检查磁盘、目录权限和其他进程")
    if type(error) is sqlite3.DatabaseError:
        return StoreDamaged(
            f"数据库已损坏({error})。请从备份恢复,见运维手册「备份与恢复」"
        )
    return None


@contextmanager
def transaction(conn: sqlite3.Connection) -> Iterator[None]:
    """Run a block in one write transaction: all of it or nothing.

    Raises StateError when the disk is full or read-only, or another process keeps the
    database locked.
    """
    try:
        conn.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if conn.in_transaction:  # a full disk has rolled back already
                conn.execute("ROLLBACK")
            raise
        conn.execute("COMMIT")
    except sqlite3.OperationalError as error:
        raise StateError(
            f"数据库写入失败({error}),本次写入已撤销。请检查磁盘空间、目录权限和其他进程"
        ) from error


@contextmanager
def savepoint(conn: sqlite3.Connection) -> Iterator[None]:
    """Run a block inside a transaction so that its failure undoes the block alone."""
    conn.execute("SAVEPOINT block")
    try:
        yield
    except BaseException:
        if conn.in_transaction:  # a full disk has rolled back already
            conn.execute("ROLLBACK TO block")
            conn.execute("RELEASE block")
        raise
    conn.execute("RELEASE block")


@contextmanager
def snapshot(conn: sqlite3.Connection) -> Iterator[None]:
    """Run several reads on one state of the database."""
    if conn.in_transaction:
        yield
        return
    conn.execute("BEGIN")
    try:
        yield
    finally:
        conn.execute("COMMIT")


def scrub(conn: sqlite3.Connection, wait_s: float = _BUSY_TIMEOUT_S) -> None:
    """Write the database anew without what was deleted, and empty its log.

    Waits for other readers and writers; raises StateError when they take longer than
    `wait_s` seconds, or there is no room for a second database. Does no harm when done
    again.
    """
    try:
        conn.execute(f"PRAGMA busy_timeout = {int(wait_s * 1000)}")
        with _temporary_files(conn):
            conn.execute("VACUUM")
        is_busy = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError as error:
        raise StateError(
            f"数据库未能重写({error})。请检查磁盘空间与其他进程,然后再次运行同一命令"
        ) from error
    if is_busy:
        raise StateError(
            "其他进程正在读数据库,日志还不能清空。请稍后,或停止网页服务与其他 kb 命令,"
            "再次运行同一命令"
        )


@contextmanager
def _temporary_files(conn: sqlite3.Connection) -> Iterator[None]:
    """Keep what is temporary in files beside the database: in memory a copy of it may take more
    than there is.
    """
    folder = str(
        Path(conn.execute("PRAGMA database_list").fetchone()["file"]).parent
    ).replace("'", "''")
    conn.execute("PRAGMA temp_store = FILE")
    conn.execute(f"PRAGMA temp_store_directory = '{folder}'")
    try:
        yield
    finally:
        conn.execute("PRAGMA temp_store_directory = ''")
        conn.execute("PRAGMA temp_store = MEMORY")


def _migrate(conn: sqlite3.Connection) -> None:
    scripts = _scripts()
    if version(conn) == len(scripts):
        return
    with transaction(conn):
        current = version(conn)  # another process may have migrated while we waited
        require_known(current)
        for script in scripts[current:]:
            for statement in _statements(script.read_text(encoding="utf-8")):
                conn.execute(statement)
            conn.execute(f"PRAGMA user_version = {int(script.name[:4])}")


def _require_current(current: int) -> None:
    require_known(current)
    if current < len(_scripts()):
        raise StateError(
            f"数据库版本 {current} 要先升级,而现在只能读。请检查磁盘空间与权限,"
            f"然后运行一次 kb verify"
        )


def require_known(current: int) -> None:
    """Raise StoreTooNew when a schema is one this program does not know yet."""
    newest = len(_scripts())
    if current > newest:
        raise StoreTooNew(
            f"数据库版本 {current} 比程序支持的 {newest} 新。请升级程序,或从备份恢复。"
        )


@cache
def _scripts() -> tuple[Path, ...]:
    return tuple(sorted(_MIGRATIONS.glob("[0-9][0-9][0-9][0-9]_*.sql")))


def version(conn: sqlite3.Connection) -> int:
    """Return which schema a database has."""
    return int(conn.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script; executescript() would commit on its own."""
    pending = ""
    for line in re.sub(r"--[^\n]*", "", script).splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
