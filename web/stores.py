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
        """Lend a store for one request; one whose database was replaced meanwhile is not lent
        again.
        """
        file, store = self._lend()
        try:
            yield store
        except BaseException:
            with store:  # closes it, and says in words what SQLite could not do
                raise
        if file is not None and len(self._waiting) < _KEPT:
            store.rest()
            self._waiting.append((file, store))
        else:
            store.close()

    def _lend(self) -> tuple[_File | None, Store]:
        while self._waiting:
            known, store = self._waiting.pop()
            store.resume()  # from here on no other library can be put in its place
            if known == self._file():
                return known, store
            store.close()
        store = Store(self._home, self._clearance, to_read=True)
        return self._file(), store

    def _file(self) -> _File | None:
        try:
            status = (self._home / "kb.sqlite3").stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino
