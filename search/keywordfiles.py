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
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import tantivy
from msgspec import Struct
from numpy.typing import NDArray

from kb.analysis import dictionary_hash, portions
from kb.indexterms import index_terms
from kb.records import Changes, Commit, PassageToIndex
from kb.store import Store
from kb.vocabulary import Visibility
from search.checksums import changed, is_breakdown, marks, touched
from search.clauses import PASSAGE_BITS, places_of
from search.expansion_clauses import ExpansionClauses
from search.id_sets import member
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
_HEAP_BYTES: Final = 64_000_000
#: Characters of passages whose terms are made together: five hundred articles of a law.
_INDEXED_AT_ONCE: Final = 64_000
_LOCK_WAIT_S: Final = 120.0

Progress = Callable[[int, int], None]


class Opened(Struct, frozen=True):
    """An index as one moment saw it."""

    searcher: Any
    equivalents: ExpansionClauses
    stamp: Stamp


def schema() -> tantivy.Schema:
    """Return the fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("place", fast=True)
    builder.add_unsigned_field("document", indexed=True)
    builder.add_text_field("words", tokenizer_name="spaces", index_option="freq")
    builder.add_text_field("chars", tokenizer_name="spaces", index_option="position")
    builder.add_text_field("title", tokenizer_name="spaces", index_option="position")
    return builder.build()


def open_index(folder: Path) -> tantivy.Index:
    """Open the tantivy index in a folder, made when absent."""
    index = tantivy.Index(schema(), path=str(folder))
    index.register_tokenizer(
        "spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    )
    return index


def indexed(
    passages: Sequence[PassageToIndex], before: int
) -> Iterator[tantivy.Document]:
    """Yield what the index holds of passages; the title goes with the first of a document.

    `before` is the document of the passage before these.
    """
    made = index_terms([(passage.title, passage.text) for passage in passages])
    for passage, (words, title, text) in zip(passages, made, strict=True):
        document = tantivy.Document()
        document.add_unsigned(
            "place", passage.document_id << PASSAGE_BITS | passage.passage_id
        )
        document.add_unsigned("document", passage.document_id)
        document.add_text("words", words)
        document.add_text("chars", text)
        if passage.document_id != before:
            document.add_text("title", title)
        before = passage.document_id
        yield document


class KeywordFiles:
    """The keyword index of one scope of readers, on disk; what is opened is swapped whole."""

    def __init__(self, folder: Path, scope: Visibility) -> None:
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
        if opened is None or (opened.stamp.commit, opened.stamp.maker) != (
            commit.id,
            dictionary_hash(),
        ):
            return False
        return self._is_sound(opened.stamp)

    def refresh(
        self, store: Store, progress: Progress | None = None, wait: bool = False
    ) -> bool:
        """Bring the index up to the store; return whether it is.

        With `wait` another process's work is waited for; otherwise an older snapshot is
        kept while there is one. Raises IndexUnwritable where the disk is full or read-only.
        """
        commit = store.commit()
        if self.is_of(commit):
            return True
        self._load(store)
        if self.is_of(commit):
            return True
        with (
            writing(self._folder),
            locked(
                self._folder, _LOCK_WAIT_S if wait or not self.answers else 0.0
            ) as held,
        ):
            self._load(store)
            if held and not self.is_of(commit):
                self._update(store, progress)
        return self.is_of(commit)

    def verify(self, store: Store, repair: bool) -> list[str]:
        """Say what does not agree with the store, document by document, and mend it when asked."""
        stamp = read_stamp(self._folder)
        damaged = (
            [] if stamp is None else changed(self._folder / stamp.folder, stamp.files)
        )
        self._load(store)
        wrong, is_lost = [], True
        if damaged:
            wrong.append(f"关键词索引的文件与写入时不符({'、'.join(damaged)}),已重建")
        elif self._opened is None:
            wrong.append("关键词索引不存在、无法打开或不是此库的,已重建")
        elif self._opened.stamp.generation != store.generation():
            stopped = self._opened.stamp.generation
            wrong.append(
                f"关键词索引停在第 {stopped} 代,库在第 {store.generation()} 代,已更新"
            )
            is_lost = False
        elif told := _difference(self._places(), store.places(self._scope)):
            wrong.append(f"关键词索引{told},已重建")
        if wrong and repair:
            if is_lost:
                self.give_up()
            self.refresh(store, wait=True)
        return wrong

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
            raise IndexDamaged(
                "关键词索引的文件已损坏,已弃用,下次检索时自动重建。请再试一次"
            ) from error

    def _places(self) -> NDArray[np.int64]:
        """Return (document id, passage id) of all that is indexed, a row each, by passage."""
        assert self._opened is not None
        searcher = self._opened.searcher
        found = searcher.search(
            tantivy.Query.all_query(), limit=max(int(searcher.num_docs), 1), count=False
        ).hits
        passages, documents = places_of(searcher, [address for _, address in found])
        order = np.argsort(passages, kind="stable")
        return np.column_stack([documents[order], passages[order]])

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
        if stamp is None or (stamp.format, stamp.maker) != (FORMAT, dictionary_hash()):
            self._opened = None
        elif not store.is_ancestor(stamp.made_of) or self._is_damaged(stamp):
            self._opened = None
        elif self._opened is None or self._opened.stamp != stamp:
            self._opened = self._open(stamp)

    def _is_damaged(self, stamp: Stamp) -> bool:
        folder = self._folder / stamp.folder
        damaged = changed(folder, stamp.files) if touched(folder, stamp.files) else []
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
        return Opened(searcher, ExpansionClauses(self._schema, searcher), stamp)

    def _probe(self, searcher: Any, passages: int) -> None:
        """Touch every field's files; raises ValueError when one is missing or the index was
        emptied.
        """
        if passages != searcher.num_docs:
            raise ValueError("the index does not hold what its stamp says")
        for name in ("chars", "title"):
            searcher.search(
                tantivy.Query.phrase_query(self._schema, name, ["商", "业"]), limit=1
            )
        searcher.search(
            tantivy.Query.term_query(
                self._schema, "words", "商业", index_option="freq"
            ),
            limit=1,
        )

    # -- writing ---------------------------------------------------------------------------

    def _update(self, store: Store, progress: Progress | None) -> None:
        started = time.perf_counter()
        before = self._opened
        with store.snapshot():
            commit = store.commit()
            changes = store.changes_since(before.stamp.generation if before else 0)
            gone = self._present([*changes.changed, *changes.removed])
            if before is None or (gone and self._is_remade(store, gone, changes)):
                rows, count = self._make(store, commit, progress)
            else:
                passages = store.passages_to_index(list(changes.changed), self._scope)
                rows, count = self._catch_up(
                    before.stamp, commit, gone, passages, progress
                )
        self._clear(rows.folder)
        self._load(store)
        log.info(
            "keyword index passages=%d ms=%.0f",
            count,
            1000 * (time.perf_counter() - started),
        )

    def _present(self, documents: Sequence[int]) -> list[int]:
        """Return those of the documents that the open index holds."""
        if self._opened is None or not documents:
            return []
        query = tantivy.Query.term_set_query(self._schema, "document", list(documents))
        searcher = self._opened.searcher
        found = searcher.search(
            query, limit=max(int(searcher.num_docs), 1), count=False
        ).hits
        return sorted(
            set(places_of(searcher, [address for _, address in found])[1].tolist())
        )

    def _is_remade(self, store: Store, gone: Sequence[int], changes: Changes) -> bool:
        """Tell whether an index that has to forget documents is made anew, and not caught up."""
        assert self._opened is not None
        if self._opened.stamp.rows <= REMADE_LIMIT:
            return True
        changed = sorted(set(gone) & set(changes.changed))
        seen = {
            passage.document_id
            for passage in store.passages_to_index(changed, self._scope)
        }
        return len(seen) < len(changed)  # some were hidden from these readers

    def _make(
        self, store: Store, commit: Commit, progress: Progress | None
    ) -> tuple[Stamp, int]:
        folder = f"i{time.time_ns():x}"
        (self._folder / folder).mkdir(parents=True)
        total = store.counts()["passage"]
        try:
            count = self._write(
                folder, (), store.passages_to_index(scope=self._scope), total, progress
            )
        except BaseException:
            shutil.rmtree(self._folder / folder, ignore_errors=True)
            raise
        return self._stamped(folder, commit, {}), count

    def _catch_up(
        self,
        before: Stamp,
        commit: Commit,
        gone: Sequence[int],
        passages: Iterable[PassageToIndex],
        progress: Progress | None,
    ) -> tuple[Stamp, int]:
        count = self._write(before.folder, gone, passages, 0, progress)
        return self._stamped(before.folder, commit, before.files), count

    def _stamped(self, folder: str, commit: Commit, known: Any) -> Stamp:
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
        return stamp

    def _clear(self, kept: str) -> None:
        for old in self._folder.glob("i*"):
            if old.name != kept and old.is_dir():
                shutil.rmtree(old, ignore_errors=True)

    def _write(
        self,
        folder: str,
        forget: Sequence[int],
        passages: Iterable[PassageToIndex],
        total: int,
        progress: Progress | None,
    ) -> int:
        writer = open_index(self._folder / folder).writer(
            heap_size=_HEAP_BYTES, num_threads=1
        )
        count, before = 0, -1
        try:
            if (
                forget
            ):  # by query: deleting by term does nothing for numbers in tantivy-py
                writer.delete_documents_by_query(
                    tantivy.Query.term_set_query(self._schema, "document", list(forget))
                )
            for some in portions(
                passages,
                lambda passage: len(passage.title) + len(passage.text),
                _INDEXED_AT_ONCE,
            ):
                for document in indexed(some, before):
                    writer.add_document(document)
                count, before = count + len(some), some[-1].document_id
                if progress is not None:
                    progress(count, max(total, count))
            writer.commit()
            writer.wait_merging_threads()
        except BaseException:
            with contextlib.suppress(Exception):
                writer.rollback()
            raise
        if progress is not None and count:
            progress(count, count)
        return count


def _difference(indexed: NDArray[np.int64], stored: NDArray[np.int64]) -> str:
    """Return in words what an index lacks and what it has too much; '' where both hold the same
    passages.
    """
    lacking = stored[~member(stored[:, 1], indexed[:, 1])]
    too_much = indexed[~member(indexed[:, 1], stored[:, 1])]
    told = [f"缺 {len(lacking)} 个片段(文书 {_named(lacking)})"] if len(lacking) else []
    told += (
        [f"多出 {len(too_much)} 个片段(文书 {_named(too_much)})"]
        if len(too_much)
        else []
    )
    if not told and not np.array_equal(indexed, stored):
        told = ["的片段与文书对不上"]
    return "、".join(told)


def _named(places: NDArray[np.int64]) -> str:
    documents = sorted(set(places[:, 0].tolist()))
    return "、".join(map(str, documents[:5])) + ("…" if len(documents) > 5 else "")
