"""A store while it is open: its connection, its originals, its hold on the data folder."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from kb import database, locks
from kb.files import Files
from kb.store import identity
from kb.vocabulary import Visibility


class OpenStore:
    """One connection with one clearance, opened, lent, closed."""

    def __init__(
        self,
        home: Path,
        clearance: Visibility = Visibility.PUBLIC,
        *,
        to_read: bool = False,
    ) -> None:
        """Open (creating it when absent) the store in the data folder `home`; `to_read`, one that
        is there already.
        """
        self.home = home
        self.clearance = clearance
        self.files = Files(home / "files", self.id)
        self._hold = locks.share(home)
        try:
            self._conn = _connect(home / "kb.sqlite3", self.files, to_read)
        except BaseException:
            self._hold.release()
            raise

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection; raises StoreDamaged, or StateError, for what SQLite could not read
        or write.
        """
        self.close()
        if error is not None and (ours := database.as_ours(error)) is not None:
            raise ours from error

    def close(self) -> None:
        """Close the connection."""
        self._conn.close()
        self._hold.release()

    def rest(self) -> None:
        """Stay open for later use, and let who must have the data folder alone have it
        meanwhile.
        """
        self._hold.release()

    def resume(self) -> None:
        """Use the data folder again; raises StateError while a library is being put there."""
        self._hold = locks.share(self.home)

    def snapshot(self) -> AbstractContextManager[None]:
        """Return a context in which all reads see one state of the store."""
        return database.snapshot(self._conn)

    def id(self) -> str:
        """Return which store this is; it stands beside the originals too."""
        return identity.store_id(self._conn) or ""


def _connect(
    path: Path,
    files: Files,
    to_read: bool,
) -> sqlite3.Connection:
    """Open the database of these originals; raises StoreForeign when it is not theirs."""
    identity.require_database(path, files)
    return database.connect(
        path,
        lambda conn: identity.require_own_files(conn, path, files),
        to_read=to_read,
    )
