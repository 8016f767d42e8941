"""One pair of indexes for all readers who see the same documents.

An index holds what its readers may see and nothing else: no score, total, note or order can
then rest on a hidden document, and a hidden document costs a search nothing. Readers of a
higher clearance share the index of a lower one as long as nothing sets them apart.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from kb import deadline
from kb.messages.notices import Notice, NoticeCode
from kb.records import Commit
from kb.store import Store
from kb.vocabulary import Visibility
from search.keyword import KeywordIndex
from search.keyword_writing import Progress
from search.stamps import IndexUnwritable
from search.vector import VectorIndex

log = logging.getLogger(__name__)

#: Where the first release kept its only index.
_FORMER: Final = ("keyword", "vector")
_BEHIND: Final = Notice(NoticeCode.INDEX_BEHIND)


class Indexes(Struct, frozen=True):
    """The keyword index and the vector index of one scope of readers."""

    keyword: KeywordIndex
    vector: VectorIndex

    def are_of(self, commit: Commit) -> bool:
        """Tell whether both hold the store as of this commit."""
        return self.keyword.is_of(commit) and self.vector.is_of(commit)


class IndexesByScope:
    """The indexes below one folder, each made when its readers first need it. Shared by threads."""

    def __init__(self, folder: Path) -> None:
        """Keep indexes in `folder`, a folder a scope."""
        self._folder = folder
        self._made = {scope: self._make(scope) for scope in Visibility}

    def _make(self, scope: Visibility) -> Indexes:
        folder = self._folder_of(scope)
        keyword = KeywordIndex(folder / "keyword", scope)
        return Indexes(keyword, VectorIndex(folder / "vector", scope))

    def _folder_of(self, scope: Visibility) -> Path:
        return self._folder / scope.name.lower()

    def of(self, store: Store) -> Indexes:
        """Return the indexes that serve the readers of a store, as they are."""
        return self._made[store.audience()]

    def catch_up(self, store: Store) -> tuple[Notice, ...]:
        """Bring the indexes of a store's readers up to it as far as no other process is at it;
        return what to tell.

        Raises IndexUnwritable where there is nothing to answer with and none can be made.
        """
        indexes = self.of(store)
        if indexes.are_of(store.commit()):
            return ()
        with deadline.unlimited():  # broken off halfway every request would begin anew
            notices = _catch_up_keyword(indexes.keyword, store)
            indexes.vector.refresh(store)
        return notices

    def refresh(
        self,
        store: Store,
        progress: Progress | None = None,
    ) -> None:
        """Bring up to the store the indexes of its readers, and those on disk of readers who see
        less.
        """
        self._drop_former()
        own = store.audience()
        for scope, indexes in self._made.items():
            if self._serves(scope, own):
                indexes.keyword.refresh(store, progress, wait=True)
        self._made[own].vector.refresh(store)

    def verify(
        self,
        store: Store,
        repair: bool,
    ) -> list[Notice]:
        """Return what the indexes got wrong, mended when `repair`; those that serve nobody any more
        are dropped.
        """
        own = store.audience()
        wrong: list[Notice] = []
        for scope, indexes in self._made.items():
            if self._serves(scope, own):
                wrong += indexes.keyword.verify(store, repair)
            elif repair and indexes.keyword.is_there:
                shutil.rmtree(self._folder_of(scope), ignore_errors=True)
        return wrong

    def _serves(
        self,
        scope: Visibility,
        own: Visibility,
    ) -> bool:
        """Tell whether readers of a scope have an index to keep up, beside those of `own`."""
        if scope >= own:
            return scope == own
        return self._made[scope].keyword.is_there

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


def _catch_up_keyword(
    keyword: KeywordIndex,
    store: Store,
) -> tuple[Notice, ...]:
    try:
        keyword.refresh(store)
    except IndexUnwritable:
        if not keyword.answers:
            raise
        log.error("keyword index cannot be brought up to date")
        return (_BEHIND,)
    return ()
