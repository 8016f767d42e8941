"""What every route needs: the state with its one searcher, and a store for this request."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, cast

from fastapi import Depends, Request
from jinja2 import Environment

from kb.law.book import LawBook
from kb.records import Commit
from kb.settings import Settings
from kb.store import Store
from search.catalogue import Catalogue
from search.searcher import Searcher
from search.suggesting import Suggester
from web.linking import read_law_book
from web.pagecache import PageCache
from web.stores import Stores
from web.views.common import Coverage, read_coverage


@dataclass(slots=True)
class AppState:
    """Things shared by all requests; everything in it is safe to use from many threads."""

    settings: Settings
    searcher: Searcher
    templates: Environment
    suggester: Suggester = field(default_factory=Suggester)
    pages: PageCache = field(default_factory=PageCache)
    _coverage: tuple[Commit, Coverage] | None = field(default=None)
    _laws: tuple[Commit, date, LawBook] | None = field(default=None)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stores: Stores = field(init=False)

    def __post_init__(self) -> None:
        """Lend stores of the data folder in the settings."""
        self._stores = Stores(self.settings.home, self.settings.clearance)

    def open_store(self) -> AbstractContextManager[Store]:
        """Lend a store for one request."""
        return self._stores.open()

    def catalogue(self, store: Store) -> Catalogue:
        """Return what this reader may list, held in memory."""
        return self.searcher.catalogue(store)

    def coverage(self, store: Store) -> Coverage:
        """Return what the store holds for this reader, read once a commit; a restored store may
        count as before.
        """
        commit = store.commit()
        known = self._coverage
        if known is not None and known[0] == commit:
            return known[1]
        with self._lock:
            made = read_coverage(store, self.catalogue(store))
            self._coverage = (commit, made)
        return made

    def law_book(self, store: Store) -> LawBook:
        """Return the laws this reader may open, read once a commit and day."""
        commit, today = store.commit(), date.today()
        known = self._laws
        if known is not None and known[:2] == (commit, today):
            return known[2]
        with self._lock:
            made = read_law_book(store, today)
            self._laws = (commit, today, made)
        return made


def _state(request: Request) -> AppState:
    return cast(AppState, request.app.state.shared)


StateDep = Annotated[AppState, Depends(_state)]
