"""Stores of one process, opened once and used by one request after another."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kb.store import Store
from kb.vocabulary import Visibility

#: Stores kept open between requests, at most; each holds pages of the database in memory.
_KEPT: Final = 8
#: Which file a database is: another one stands in its place once it was restored or destroyed.
_File = tuple[int, int]


class Stores:
    """Stores of one data folder and clearance, to read only. Shared by threads."""

    def __init__(self, home: Path, clearance: Visibility) -> None:
        """Open none yet."""
        self._home = home
        self._clearance = clearance
        self._waiting: deque[tuple[_File, Store]] = deque()

    @contextmanager
    def open(self) -> Iterator[Store]:
        """Lend a store for one request; one whose database was replaced meanwhile is not lent again."""
        file = self._file()
        store = self._waiting_for(file)
        if store is None:
            store = Store(self._home, self._clearance, to_read=True)
        try:
            yield store
        except BaseException:
            with store:  # closes it, and says in words what SQLite could not do
                raise
        if file is not None and len(self._waiting) < _KEPT:
            self._waiting.append((file, store))
        else:
            store.close()

    def _waiting_for(self, file: _File | None) -> Store | None:
        while self._waiting:
            known, store = self._waiting.pop()
            if known == file:
                return store
            store.close()
        return None

    def _file(self) -> _File | None:
        try:
            status = (self._home / "kb.sqlite3").stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino
