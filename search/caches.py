"""What is kept of a library to search it: indexes by scope of readers, catalogues by clearance."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager

from msgspec import Struct

from kb.messages.notices import Notice
from kb.store import Store
from search.catalogue import Catalogue, Catalogues
from search.facets import Columns
from search.indexes import Indexes, IndexesByScope
from search.keyword_writing import Progress


class Reading(Struct, frozen=True):
    """What one request reads from: indexes and catalogue of its readers, and what to tell of
    these.
    """

    indexes: Indexes
    catalogue: Catalogue
    notices: tuple[Notice, ...]

    @property
    def columns(self) -> Columns:
        """Return the facet values of what the reader may see."""
        return self.catalogue.columns


class Caches:
    """Indexes and catalogues of one data folder. Shared by threads."""

    def __init__(self, indexes: IndexesByScope) -> None:
        """Search these indexes; nothing is read yet."""
        self._by_scope = indexes
        self._catalogues = Catalogues()
        self._refreshing = threading.Lock()

    def indexes(self, store: Store) -> Indexes:
        """Return the indexes that serve a store's readers, as they are."""
        return self._by_scope.of(store)

    def catalogue(self, store: Store) -> Catalogue:
        """Return what a store's readers may list."""
        return self._catalogues.of(store)

    def reading(self, store: Store) -> Reading:
        """Return what a request reads from, brought up to the store as far as that can be done
        now.
        """
        # before the indexes: what is kept of a commit knows all of it
        catalogue = self.catalogue(store)
        notices: tuple[Notice, ...] = ()
        indexes = self.indexes(store)
        if not indexes.are_of(store.commit()):
            with self._refreshing:
                notices = self._by_scope.catch_up(store)
            indexes = self.indexes(store)
        return Reading(
            indexes=indexes,
            catalogue=catalogue,
            notices=notices,
        )

    def refresh(
        self,
        store: Store,
        progress: Progress | None = None,
    ) -> None:
        """Bring the caches up to the store, waiting for another process that does so."""
        with self._refreshing:
            self._by_scope.refresh(store, progress)

    def verify(
        self,
        store: Store,
        repair: bool,
    ) -> list[Notice]:
        """Return what the caches got wrong, mended when `repair`."""
        with self._refreshing:
            return self._by_scope.verify(store, repair)

    def given_up_when_damaged(self, store: Store) -> AbstractContextManager[None]:
        """Run a search; raises IndexDamaged where files cannot be read: they are made anew."""
        return self._by_scope.given_up_when_damaged(store)
