"""The folder of one keyword index: opened, brought up to the store, watched for damage.

The folder holds one tantivy index and a stamp; whatever the stamp does not match is caught
up or built anew. A lock keeps two processes from writing at once; who does not get it
searches what is there.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import tantivy
from msgspec import Struct

from kb.analysis import dictionary_hash
from kb.messages.faults import Fault, words
from kb.messages.notices import Notice, NoticeCode
from kb.records import Changes, Commit
from kb.store import Store
from kb.vocabulary import Visibility
from search.checksums import FileMark, changed, is_breakdown, marks, touched
from search.clauses import CHARS, TITLE, WORDS, phrase, places_of, term
from search.expansion_clauses import ExpansionClauses
from search.id_sets import Ids, member
from search.keyword_writing import Progress, Work, open_index, schema, write
from search.stamps import (
    IndexDamaged,
    Stamp,
    drop_stamp,
    locked,
    openable,
    read_stamp,
    write_stamp,
    writing,
)

log = logging.getLogger(__name__)

FORMAT: Final = 5
#: Up to so many passages an index that has to forget documents is made anew: tantivy counts
#: the words of a forgotten passage until it happens to merge its files, and scores would
#: depend on what is gone. Beyond, that is borne, unless it was hidden from these readers.
REMADE_LIMIT: Final = 100_000
#: Files are looked at for damage once in so many seconds.
_LOOK_EVERY_S: Final = 1.0
_LOCK_WAIT_S: Final = 120.0
#: Documents that a notice names at most.
_NAMED: Final = 5
_UNUSABLE: Final = Notice(NoticeCode.INDEX_UNUSABLE)


class Opened(Struct, frozen=True):
    """An index as one moment saw it."""

    searcher: Any
    expansions: ExpansionClauses
    stamp: Stamp


class KeywordFiles:
    """The keyword index of one scope of readers, on disk; what is opened is swapped whole."""

    def __init__(
        self,
        folder: Path,
        scope: Visibility,
    ) -> None:
        """Use (and make when absent) the index below `folder`, of the documents that readers of
        `scope` may see.
        """
        self._folder = folder
        self._scope = scope
        self._schema = schema()
        self._opened: Opened | None = None
        self._looked_s = 0.0

    # -- keeping up with the store ---------------------------------------------------------

    @property
    def is_there(self) -> bool:
        """Tell whether there is an index on disk, current or not."""
        return read_stamp(self._folder) is not None

    @property
    def answers(self) -> bool:
        """Tell whether an index is open, current or not."""
        return self._opened is not None

    def is_of(self, commit: Commit) -> bool:
        """Tell whether the index is open, undamaged at a look, and holds the store as of this
        commit.
        """
        opened = self._opened
        if opened is None or opened.stamp.commit != commit.id:
            return False
        if opened.stamp.maker != dictionary_hash():
            return False
        return self._is_sound(opened.stamp)

    def refresh(
        self,
        store: Store,
        progress: Progress | None = None,
        wait: bool = False,
    ) -> bool:
        """Bring the index up to the store; return whether it is.

        With `wait` another process's work is waited for; otherwise an older snapshot is
        kept while there is one. Raises IndexUnwritable where the disk is full or
        read-only.
        """
        commit = store.commit()
        if self.is_of(commit):
            return True
        self._load(store)
        if self.is_of(commit):
            return True
        wait_s = _LOCK_WAIT_S if wait or not self.answers else 0.0
        with writing(self._folder), locked(self._folder, wait_s) as has_lock:
            self._load(store)
            if has_lock and not self.is_of(commit):
                self._update(store, progress)
        return self.is_of(commit)

    def verify(
        self,
        store: Store,
        repair: bool,
    ) -> list[Notice]:
        """Return what does not agree with the store, document by document, and mend it when
        asked.
        """
        stamp = read_stamp(self._folder)
        damaged: list[str] = []
        if stamp is not None:
            damaged = changed(self._folder / stamp.folder, stamp.files)
        self._load(store)
        if damaged:
            wrong: Notice | None = Notice(NoticeCode.INDEX_CHANGED, tuple(damaged))
        else:
            wrong = self._disagreement(store)
        if wrong is None:
            return []
        if repair:
            if wrong.code != NoticeCode.INDEX_STOPPED:
                self.give_up()
            self.refresh(store, wait=True)
        return [wrong]

    def _disagreement(self, store: Store) -> Notice | None:
        if self._opened is None:
            return _UNUSABLE
        stopped, now = self._opened.stamp.generation, store.generation()
        if stopped != now:
            generations = (str(stopped), str(now))
            return Notice(NoticeCode.INDEX_STOPPED, generations)
        stored = store.places(self._scope)
        return _difference(self._places(), stored)

    def give_up(self) -> None:
        """Drop the index; it is made anew when next needed."""
        drop_stamp(self._folder)
        self._opened = None

    @contextlib.contextmanager
    def given_up_when_damaged(self) -> Iterator[None]:
        """Run a search; raises IndexDamaged when the files cannot be read: the next search makes
        them anew.
        """
        try:
            yield
        except BaseException as error:
            if not is_breakdown(error):
                raise
            self.give_up()
            raise IndexDamaged(words(Fault.INDEX_DAMAGED)) from error

    def _places(self) -> Ids:
        """Return (document id, passage id) of all that is indexed, a row each, by passage."""
        assert self._opened is not None
        passages, documents = self._found(tantivy.Query.all_query())
        order = np.argsort(passages, kind="stable")
        return np.column_stack([documents[order], passages[order]])

    def _found(self, query: tantivy.Query) -> tuple[Ids, Ids]:
        """Return all passages that match, in no order, and their documents."""
        assert self._opened is not None
        searcher = self._opened.searcher
        most = max(int(searcher.num_docs), 1)
        hits = searcher.search(query, limit=most, count=False).hits
        return places_of(searcher, [address for _, address in hits])

    def _is_sound(self, stamp: Stamp) -> bool:
        """Tell, once in a while by a look, whether the files are still those that were opened."""
        now = time.monotonic()
        if now - self._looked_s < _LOOK_EVERY_S:
            return True
        self._looked_s = now
        return not self._is_damaged(stamp)

    def _load(self, store: Store) -> None:
        """Open what the stamp names, when it is of this format and dictionary and of this store's
        own history.
        """
        stamp = read_stamp(self._folder)
        if stamp is None or not _is_readable(stamp):
            self._opened = None
        elif not store.is_ancestor(stamp.made_of) or self._is_damaged(stamp):
            self._opened = None
        elif self._opened is None or self._opened.stamp != stamp:
            self._opened = self._open(stamp)

    def _is_damaged(self, stamp: Stamp) -> bool:
        folder = self._folder / stamp.folder
        if not touched(folder, stamp.files):
            return False
        damaged = changed(folder, stamp.files)
        if damaged:
            log.error("keyword index damaged files=%d", len(damaged))
        return bool(damaged)

    def _open(self, stamp: Stamp) -> Opened | None:
        try:
            index = open_index(openable(self._folder / stamp.folder))
            index.reload()
            searcher = index.searcher()
            self._probe(searcher, stamp.rows)
        except BaseException as error:
            if not isinstance(error, (ValueError, OSError)) and not is_breakdown(error):
                raise
            log.warning("keyword index cannot be opened: %s", type(error).__name__)
            return None
        self._looked_s = time.monotonic()
        return Opened(
            searcher=searcher,
            expansions=ExpansionClauses(self._schema, searcher),
            stamp=stamp,
        )

    def _probe(self, searcher: Any, passages: int) -> None:
        """Touch every field's files; raises ValueError when one is missing or the index was
        emptied.
        """
        if passages != searcher.num_docs:
            raise ValueError("the index does not hold what its stamp says")
        for name in (CHARS, TITLE):
            anything = phrase(self._schema, name, ["商", "业"])
            searcher.search(anything, limit=1)
        anything = term(self._schema, WORDS, "商业")
        searcher.search(anything, limit=1)

    # -- writing ---------------------------------------------------------------------------

    def _update(
        self,
        store: Store,
        progress: Progress | None,
    ) -> None:
        started = time.perf_counter()
        before = self._opened
        with store.snapshot():
            commit = store.commit()
            changes = store.changes_since(before.stamp.generation if before else 0)
            gone = self._present([*changes.changed, *changes.removed])
            if before is None or (gone and self._is_remade(store, gone, changes)):
                folder, count = self._make(store, commit, progress)
            else:
                passages = store.passages_to_index(list(changes.changed), self._scope)
                folder = before.stamp.folder
                work = Work(
                    passages=passages,
                    forget=gone,
                    progress=progress,
                )
                count = write(self._folder / folder, work)
                self._put_stamp(folder, commit, before.stamp.files)
        self._clear(folder)
        self._load(store)
        took_ms = 1000 * (time.perf_counter() - started)
        log.info("keyword index passages=%d ms=%.0f", count, took_ms)

    def _present(self, documents: Sequence[int]) -> list[int]:
        """Return those of the documents that the open index holds."""
        if self._opened is None or not documents:
            return []
        wanted = list(documents)
        among = tantivy.Query.term_set_query(self._schema, "document", wanted)
        _, found = self._found(among)
        return sorted(set(found.tolist()))

    def _is_remade(
        self,
        store: Store,
        gone: Sequence[int],
        changes: Changes,
    ) -> bool:
        """Tell whether an index that has to forget documents is made anew, and not caught up."""
        assert self._opened is not None
        if self._opened.stamp.rows <= REMADE_LIMIT:
            return True
        changed = sorted(set(gone) & set(changes.changed))
        seen = set()
        for passage in store.passages_to_index(changed, self._scope):
            seen.add(passage.document_id)
        return len(seen) < len(changed)  # some were hidden from these readers

    def _make(
        self,
        store: Store,
        commit: Commit,
        progress: Progress | None,
    ) -> tuple[str, int]:
        """Make an index of all passages in a folder of its own; return which, and how many."""
        name = f"i{time.time_ns():x}"
        folder = self._folder / name
        folder.mkdir(parents=True)
        passages = store.passages_to_index(scope=self._scope)
        total = store.counts()["passage"]
        try:
            count = write(
                folder,
                Work(
                    passages=passages,
                    forget=(),
                    total=total,
                    progress=progress,
                ),
            )
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self._put_stamp(name, commit, {})
        return name, count

    def _put_stamp(
        self,
        folder: str,
        commit: Commit,
        known: Mapping[str, FileMark],
    ) -> None:
        index = open_index(self._folder / folder)
        index.reload()
        stamp = Stamp(
            format=FORMAT,
            maker=dictionary_hash(),
            generation=commit.generation,
            commit=commit.id,
            rows=int(index.searcher().num_docs),
            folder=folder,
            files=marks(self._folder / folder, known),
        )
        write_stamp(self._folder, stamp)

    def _clear(self, kept: str) -> None:
        for old in self._folder.glob("i*"):
            if old.name != kept and old.is_dir():
                shutil.rmtree(old, ignore_errors=True)


def _is_readable(stamp: Stamp) -> bool:
    """Tell whether an index is of this format, by the dictionary in use."""
    return stamp.format == FORMAT and stamp.maker == dictionary_hash()


def _difference(
    indexed: Ids,
    stored: Ids,
) -> Notice | None:
    """Return what an index lacks and what it holds too much; None where both hold the same
    passages.
    """
    indexed_passages, stored_passages = indexed[:, 1], stored[:, 1]
    lacking = stored[~member(stored_passages, indexed_passages)]
    too_much = indexed[~member(indexed_passages, stored_passages)]
    if len(lacking) and len(too_much):
        values = (*_counted(lacking), *_counted(too_much))
        return Notice(NoticeCode.INDEX_DIFFERS, values)
    if len(lacking):
        return Notice(NoticeCode.INDEX_LACKS, _counted(lacking))
    if len(too_much):
        return Notice(NoticeCode.INDEX_HOLDS_MORE, _counted(too_much))
    if not np.array_equal(indexed, stored):
        return Notice(NoticeCode.INDEX_MISPLACED)
    return None


def _counted(places: Ids) -> tuple[str, str]:
    """Return how many passages there are, and the first of their documents."""
    documents = np.unique(places[:, 0]).tolist()
    named = "、".join(map(str, documents[:_NAMED]))
    rest = "…" if len(documents) > _NAMED else ""
    return str(len(places)), named + rest
