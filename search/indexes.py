"""One pair of indexes for all readers who see the same documents.

An index holds what its readers may see and nothing else: no score, total, note or order can
then rest on a hidden document, and a hidden document costs a search nothing. Readers of a
higher clearance share the index of a lower one as long as nothing sets them apart.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from kb import deadline
from kb.store import Store
from kb.vocabulary import Visibility
from search.keyword import KeywordIndex
from search.stamps import IndexUnwritable
from search.vector import VectorIndex

log = logging.getLogger(__name__)

#: Where the first release kept its only index.
_FORMER: Final = ("keyword", "vector")
_BEHIND: Final = "索引暂时无法更新，结果可能缺少最近的改动；请管理员检查磁盘空间与权限"


class Indexes(Struct, frozen=True):
    """The keyword index and the vector index of one scope of readers."""

    keyword: KeywordIndex
    vector: VectorIndex


class IndexesByScope:
    """The indexes below one folder, each made when its readers first need it. Shared by threads."""

    def __init__(self, folder: Path) -> None:
        """Keep indexes in `folder`, a folder a scope."""
        self._folder = folder
        self._made = {scope: self._make(scope) for scope in Visibility}

    def _make(self, scope: Visibility) -> Indexes:
        folder = self._folder / scope.name.lower()
        return Indexes(
            KeywordIndex(folder / "keyword", scope),
            VectorIndex(folder / "vector", scope),
        )

    def of(self, store: Store) -> Indexes:
        """Return the indexes that serve the readers of a store, as they are."""
        return self._made[store.audience()]

    def current(self, store: Store) -> tuple[Indexes, list[str]]:
        """Return the indexes of a store's readers, caught up as far as no other process
        is at it, and what to tell.

        Raises IndexUnwritable where there is nothing to answer with and none can be made.
        """
        indexes, commit = self.of(store), store.commit()
        if indexes.keyword.is_of(commit) and indexes.vector.is_of(commit):
            return indexes, []
        with (
            deadline.unlimited()
        ):  # broken off halfway it would be begun anew by every request
            return indexes, self._catch_up(indexes, store)

    def _catch_up(self, indexes: Indexes, store: Store) -> list[str]:
        notes: list[str] = []
        try:
            indexes.keyword.refresh(store)
        except IndexUnwritable:
            if not indexes.keyword.answers:
                raise
            log.error("keyword index cannot be brought up to date")
            notes = [_BEHIND]
        indexes.vector.refresh(store)
        return notes

    def refresh(
        self, store: Store, progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Bring up to the store the indexes of its readers, and those on disk of readers who see
        less.
        """
        self._drop_former()
        own = store.audience()
        for scope, indexes in self._made.items():
            if scope == own or (scope < own and indexes.keyword.is_there):
                indexes.keyword.refresh(store, progress, wait=True)
        self._made[own].vector.refresh(store)

    def verify(self, store: Store, repair: bool) -> list[str]:
        """Return what the indexes got wrong, mended when `repair`; those that serve nobody any more
        are dropped.
        """
        own = store.audience()
        wrong: list[str] = []
        for scope, indexes in self._made.items():
            if scope == own or (scope < own and indexes.keyword.is_there):
                wrong += indexes.keyword.verify(store, repair)
            elif repair and indexes.keyword.is_there:
                shutil.rmtree(self._folder / scope.name.lower(), ignore_errors=True)
        return wrong

    @contextlib.contextmanager
    def given_up_when_damaged(self, store: Store) -> Iterator[None]:
        """Run a search; raises IndexDamaged when its files cannot be read: the next search makes
        them anew.
        """
        with self.of(store).keyword.given_up_when_damaged():
            yield

    def _drop_former(self) -> None:
        for name in _FORMER:
            shutil.rmtree(self._folder / name, ignore_errors=True)
