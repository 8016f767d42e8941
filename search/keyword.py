"""Keyword index: tantivy over terms made by kb.analysis, a cache of the store.

Two fields a passage: words (BM25) and characters with positions (exact substrings of any
length). The folder holds one tantivy index and a stamp; whatever the stamp does not match
is caught up or built anew. A lock keeps two processes from writing at once; who does not
get it searches what is there.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import tantivy
from msgspec.structs import replace

from kb.analysis import characters, dictionary_hash, portions
from kb.indexterms import index_terms
from kb.records import PassageToIndex
from kb.store import Store
from search.equivalents import Equivalents
from search.matches import EMPTY, Matches
from search.matching import GATHER_LIMIT, PASSAGE_BITS, all_of, any_of, best, enough, gathered, literally, scored_by
from search.query import Query
from search.soundness import IndexDamaged, changed, digests, is_breakdown

log = logging.getLogger(__name__)

FORMAT: Final = 3
#: A word in more than this share of the passages tells too little to make a passage a match.
TELLING_SHARE: Final = 0.05
#: A query whose words stand this often in the library matches its best passages by score
#: alone: counting the words of every passage would take ten times as long.
COSTLY_POSTINGS: Final = 30_000
RANKED_LIMIT: Final = 1_000
_HEAP_BYTES: Final = 64_000_000
#: Characters of passages whose terms are made together: five hundred articles of a law.
_INDEXED_AT_ONCE: Final = 64_000
_LOCK_WAIT_S: Final = 120.0

Progress = Callable[[int, int], None]


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("place", fast=True)
    builder.add_unsigned_field("document", indexed=True)
    builder.add_text_field("words", tokenizer_name="spaces", index_option="freq")
    builder.add_text_field("chars", tokenizer_name="spaces", index_option="position")
    builder.add_text_field("title", tokenizer_name="spaces", index_option="position")
    return builder.build()


def _open(folder: Path) -> tantivy.Index:
    index = tantivy.Index(_schema(), path=str(folder))
    index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


def indexed(passages: Sequence[PassageToIndex], before: int) -> Iterator[tantivy.Document]:
    """Yield what the index holds of passages; the title goes with the first of a document.

    `before` is the document of the passage before these.
    """
    made = index_terms([(passage.title, passage.text) for passage in passages])
    for passage, (words, title, text) in zip(passages, made, strict=True):
        document = tantivy.Document()
        document.add_unsigned("place", passage.document_id << PASSAGE_BITS | passage.passage_id)
        document.add_unsigned("document", passage.document_id)
        document.add_text("words", words)
        document.add_text("chars", text)
        if passage.document_id != before:
            document.add_text("title", title)
        before = passage.document_id
        yield document


class KeywordIndex:
    """The index on disk below `folder`, seen through one searcher that is swapped whole."""

    def __init__(self, folder: Path) -> None:
        """Use (and make when absent) the index below `folder`."""
        self._folder = folder
        self._schema = _schema()
        self._index: tantivy.Index | None = None
        self._searcher: Any = None
        self._equivalents: Equivalents | None = None
        self._generation = -1
        self._opened = ""

    # -- keeping up with the store ---------------------------------------------------------

    def is_of(self, generation: int) -> bool:
        """Tell whether the index is open and holds the store as of this generation."""
        return self._searcher is not None and self._generation == generation and self._stamp_fits()

    def refresh(self, store: Store, progress: Progress | None = None, wait: bool = False) -> bool:
        """Bring the index up to the store's generation; return whether it is.

        With `wait` another process's work is waited for; otherwise an older snapshot is
        kept while there is one.
        """
        generation = store.generation()
        if self.is_of(generation):
            return True
        self._load()
        if self._searcher is not None and self._generation == generation:
            return True
        with _locked(self._folder, _LOCK_WAIT_S if wait or self._searcher is None else 0.0) as held:
            self._load()
            if held and self._generation != generation:
                self._update(store, progress)
        return self._generation == generation

    def verify(self, store: Store, repair: bool) -> list[str]:
        """Say what does not agree with the store, and mend it when asked."""
        wrong: list[str] = []
        self._load()
        if self._searcher is None:
            wrong.append("关键词索引不存在或无法打开,已重建")
        elif self._generation != store.generation():
            wrong.append(f"关键词索引停在第 {self._generation} 代,库在第 {store.generation()} 代,已更新")
        elif self._searcher.num_docs != store.counts()["passage"]:
            wrong.append(f"关键词索引有 {self._searcher.num_docs} 个片段,库有 {store.counts()['passage']} 个,已重建")
            if repair:
                self._discard()
        elif damaged := self._damaged_files():
            wrong.append(f"关键词索引的文件与写入时不符({'、'.join(damaged)}),已重建")
            if repair:
                self._discard()
        if repair:
            self.refresh(store, wait=True)
        return wrong

    def _damaged_files(self) -> list[str]:
        stamp = self._stamp()
        return [] if stamp is None else changed(self._folder / stamp["folder"], stamp.get("files", {}))

    def _stamp_fits(self) -> bool:
        return self._opened == dictionary_hash()

    def _load(self) -> None:
        """Open what the pointer names, when it is of this format and dictionary."""
        stamp = self._stamp()
        if stamp is None or stamp["format"] != FORMAT or stamp["dictionary"] != dictionary_hash():
            self._searcher, self._generation = None, -1
            return
        if self._searcher is not None and self._generation == stamp["generation"] and self._stamp_fits():
            return
        try:
            index = _open(self._folder / stamp["folder"])
            index.reload()
            searcher = index.searcher()
            self._probe(searcher, int(stamp["passages"]))
        except BaseException as error:
            if not isinstance(error, (ValueError, OSError)) and not is_breakdown(error):
                raise
            log.warning("keyword index cannot be opened: %s", type(error).__name__)
            self._searcher, self._generation = None, -1
            return
        self._index, self._searcher = index, searcher
        self._equivalents = Equivalents(self._schema, searcher)
        self._generation, self._opened = int(stamp["generation"]), stamp["dictionary"]

    def _probe(self, searcher: Any, passages: int) -> None:
        """Touch every field's files; raises ValueError when one is missing or the index was emptied."""
        if passages and not searcher.num_docs:
            raise ValueError("the index is empty")
        for name in ("chars", "title"):
            searcher.search(tantivy.Query.phrase_query(self._schema, name, ["商", "业"]), limit=1)
        searcher.search(tantivy.Query.term_query(self._schema, "words", "商业", index_option="freq"), limit=1)

    def _stamp(self) -> dict[str, Any] | None:
        try:
            stamp = json.loads((self._folder / "stamp.json").read_text("utf-8"))
            return stamp if {"folder", "format", "dictionary", "generation", "passages"} <= stamp.keys() else None
        except (OSError, ValueError, AttributeError):
            return None

    def _write_stamp(self, folder: str, generation: int, passages: int) -> None:
        before = self._stamp() or {}
        known = before.get("files", {}) if before.get("folder") == folder else {}
        stamp = {
            "folder": folder,
            "format": FORMAT,
            "dictionary": dictionary_hash(),
            "generation": generation,
            "passages": passages,
            "files": digests(self._folder / folder, known),
        }
        waiting = self._folder / "stamp.json.new"
        waiting.write_text(json.dumps(stamp), "utf-8")
        waiting.replace(self._folder / "stamp.json")

    @contextlib.contextmanager
    def given_up_when_damaged(self) -> Iterator[None]:
        """Run a search; raises IndexDamaged when the files cannot be read: the next search makes them anew."""
        try:
            yield
        except BaseException as error:
            if not is_breakdown(error):
                raise
            self._discard()
            raise IndexDamaged("关键词索引的文件已损坏,已弃用,下次检索时自动重建。请再试一次") from error

    def _discard(self) -> None:
        (self._folder / "stamp.json").unlink(missing_ok=True)
        self._searcher, self._generation = None, -1

    def _update(self, store: Store, progress: Progress | None) -> None:
        started = time.perf_counter()
        stamp = self._stamp() if self._searcher is not None else None
        with store.snapshot():
            if stamp is None:
                folder, since, only = f"i{time.time_ns():x}", store.generation(), None
                (self._folder / folder).mkdir(parents=True)
                forget: Sequence[int] = ()
            else:
                changes = store.changes_since(int(stamp["generation"]))
                folder, since, only = stamp["folder"], changes.generation, list(changes.changed)
                forget = [*changes.changed, *changes.removed]
            held = store.counts()["passage"]
            total = held if only is None else 0
            count = self._write(folder, forget, store.passages_to_index(only), total, progress)
        self._write_stamp(folder, since, held)
        for old in self._folder.glob("i*"):
            if old.name != folder and old.is_dir():
                shutil.rmtree(old, ignore_errors=True)
        self._load()
        log.info("keyword index passages=%d ms=%.0f", count, 1000 * (time.perf_counter() - started))

    def _write(
        self,
        folder: str,
        forget: Iterable[int],
        passages: Iterable[PassageToIndex],
        total: int,
        progress: Progress | None,
    ) -> int:
        index = _open(self._folder / folder)
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        count, before = 0, -1
        try:
            if gone := list(forget):  # by query: deleting by term does nothing for numbers in tantivy-py
                writer.delete_documents_by_query(tantivy.Query.term_set_query(self._schema, "document", gone))
            for some in portions(passages, lambda passage: len(passage.title) + len(passage.text), _INDEXED_AT_ONCE):
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

    # -- searching -------------------------------------------------------------------------

    def search(
        self, query: Query, depth: int, allowed: Sequence[int] | None = None, gather: bool = True, ordered: bool = True
    ) -> tuple[Matches, Matches]:
        """Return (all that match, the best `depth` by any term).

        What matches holds the phrases and enough of the words; `allowed` restricts both to
        these documents before any cut. Without words to look for, both are empty. All that
        match need not be `ordered` where it is only counted: that spares scoring and sorting.
        """
        searcher = self._searcher  # one snapshot for both: another thread may swap it meanwhile
        if searcher is None or not query.wants_text:
            return EMPTY, EMPTY
        must, wider = self._demands(query), self._wider(query)
        words, chunks = self._words(query.terms), self._chunks(query)
        should = [*words.values(), *chunks]
        frequencies = {term: int(searcher.doc_freq("words", term)) for term in query.terms}
        counted = _counted(frequencies, searcher.num_docs)
        if allowed is not None:
            must.append(tantivy.Query.const_score_query(self._within(allowed), 0.0))
        if gather and _is_costly(query, [frequencies[term] for term in counted]):
            everything = best(searcher, all_of(must, should + wider, 1), RANKED_LIMIT)
            least = float(everything.scores[-1]) if not everything.complete else 0.0
            everything = replace(everything, complete=False, least=least)
            return everything, everything.first(depth)
        everything = EMPTY
        if gather:
            some = [*(words[term] for term in counted), *chunks]
            matching = all_of(must, some, enough(len(counted)), literally(query.chunks, chunks))
            if should and not ordered:  # without word clauses nothing else puts them in order
                everything = gathered(searcher, matching)
            else:
                others = [clause for term, clause in words.items() if term not in counted]
                everything = best(searcher, scored_by(matching, others + wider), GATHER_LIMIT)
        ranked = best(searcher, all_of(must, should + wider, 1), depth) if should else EMPTY
        return everything, ranked

    def _within(self, documents: Sequence[int]) -> tantivy.Query:
        return tantivy.Query.term_set_query(self._schema, "document", list(documents))

    def stands(self, term: str, visible: Sequence[int] | None = None) -> bool:
        """Tell whether a term stands in any passage, or in any of the `visible` documents."""
        if visible is None or not self.document_frequency(term):
            return bool(self.document_frequency(term))
        both = [(tantivy.Occur.Must, query) for query in (*self._words([term]).values(), self._within(visible))]
        return bool(self._searcher.search(tantivy.Query.boolean_query(both), limit=1, count=False).hits)

    def document_frequency(self, term: str) -> int:
        """Return how many passages hold a term; 0 in an index not yet made."""
        return int(self._searcher.doc_freq("words", term)) if self._searcher is not None else 0

    def held(self, query: Query, visible: Sequence[int] | None = None) -> Query:
        """Return the query without the equivalents that stand in no passage, or in none of the `visible` documents."""
        if not query.expansions or self._equivalents is None:
            return query
        within = None if visible is None else self._within(visible)
        known = [self._equivalents.held(expansion, within) for expansion in query.expansions]
        return replace(query, expansions=tuple(expansion for expansion in known if expansion.alternatives))

    @property
    def size(self) -> int:
        """Return how many passages are indexed."""
        return int(self._searcher.num_docs) if self._searcher is not None else 0

    def _demands(self, query: Query) -> list[tantivy.Query]:
        """Return a clause for each phrase, title and group of alternatives: what matches holds them all."""
        must = [self._anywhere(phrase) for phrase in query.phrases if characters(phrase)]
        must += [self._phrase("title", title) for title in query.titles if characters(title)]
        for group in query.alternatives:
            members = [self._anywhere(member) for member in group if characters(member)]
            must += [any_of(members)] if members else []
        return must

    def _words(self, terms: Sequence[str]) -> dict[str, tantivy.Query]:
        return {term: tantivy.Query.term_query(self._schema, "words", term, index_option="freq") for term in terms}

    def _chunks(self, query: Query) -> list[tantivy.Query]:
        return [self._anywhere(chunk) for chunk in query.short_chunks]

    def _wider(self, query: Query) -> list[tantivy.Query]:
        """Return a clause for each widened word; these score and find, but nothing is counted by them."""
        if self._equivalents is None:
            return []
        clauses = [self._equivalents.clause(expansion) for expansion in query.expansions]
        return [clause for clause in clauses if clause is not None]

    def _anywhere(self, text: str) -> tantivy.Query:
        return any_of([self._phrase("chars", text), self._phrase("title", text)])

    def _phrase(self, name: str, text: str) -> tantivy.Query:
        tokens: list[str | tuple[int, str]] = [token.term for token in characters(text)]
        if len(tokens) == 1:
            return tantivy.Query.term_query(self._schema, name, tokens[0], index_option="freq")
        return tantivy.Query.phrase_query(self._schema, name, tokens)


def _counted(frequencies: Mapping[str, int], passages: int) -> tuple[str, ...]:
    """Return the terms that make a passage a match: the telling ones, where more than two are."""
    telling = tuple(term for term, frequency in frequencies.items() if frequency <= TELLING_SHARE * passages)
    return telling if len(telling) > 2 else tuple(frequencies)


def _is_costly(query: Query, postings: Sequence[int]) -> bool:
    if enough(len(postings)) == 1 or query.phrases or query.alternatives or query.titles:
        return False
    return sum(postings) > COSTLY_POSTINGS


@contextlib.contextmanager
def _locked(folder: Path, wait_s: float) -> Iterator[bool]:
    """Hold the folder's lock, waiting at most `wait_s`; yields whether it is held.

    The system lets go of the lock when a process dies, however it dies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_s
    with (folder / "lock").open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    yield False
                    return
                time.sleep(0.05)
                continue
            yield True
            return
