"""The fields of a keyword index, and passages written into one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import tantivy
from msgspec import Struct

from kb.analysis import portions
from kb.indexterms import index_terms
from kb.records import PassageToIndex
from search.clauses import CHARS, PASSAGE_BITS, TITLE, WORDS

HEAP_BYTES: Final = 64_000_000
#: Characters of passages whose terms are made together: five hundred articles of a law.
_INDEXED_AT_ONCE: Final = 64_000
_TOKENIZER: Final = "spaces"
#: The document before the first.
_NO_DOCUMENT: Final = -1

#: Told how many passages are done, and how many there are in all.
Progress = Callable[[int, int], None]


class Work(Struct, frozen=True):
    """What is to be done to an index: documents to forget, passages to add.

    `total` is how many passages are expected, where that is known.
    """

    passages: Iterable[PassageToIndex]
    forget: Sequence[int] = ()
    total: int = 0
    progress: Progress | None = None

    def tell(self, done: int) -> None:
        """Tell how many passages are done."""
        if self.progress is not None:
            self.progress(done, max(self.total, done))

    def tell_end(self, done: int) -> None:
        """Tell that nothing is left to do."""
        if self.progress is not None and done:
            self.progress(done, done)


def schema() -> tantivy.Schema:
    """Return the fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("place", fast=True)
    builder.add_unsigned_field("document", indexed=True)
    builder.add_text_field(WORDS, tokenizer_name=_TOKENIZER, index_option="freq")
    builder.add_text_field(CHARS, tokenizer_name=_TOKENIZER, index_option="position")
    builder.add_text_field(TITLE, tokenizer_name=_TOKENIZER, index_option="position")
    return builder.build()


def open_index(folder: Path) -> tantivy.Index:
    """Open the tantivy index in a folder, made when absent."""
    index = tantivy.Index(schema(), path=str(folder))
    blanks = tantivy.Tokenizer.whitespace()
    analyzer = tantivy.TextAnalyzerBuilder(blanks).build()
    index.register_tokenizer(_TOKENIZER, analyzer)
    return index


def write(folder: Path, work: Work) -> int:
    """Do some work on the index in a folder; return how many passages were added."""
    index = open_index(folder)
    writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
    try:
        if work.forget:
            # by query: deleting by term does nothing for numbers in tantivy-py
            documents = list(work.forget)
            forgotten = tantivy.Query.term_set_query(schema(), "document", documents)
            writer.delete_documents_by_query(forgotten)
        count = _add_all(writer, work)
        writer.commit()
        writer.wait_merging_threads()
    except BaseException:
        with contextlib.suppress(Exception):
            writer.rollback()
        raise
    work.tell_end(count)
    return count


def _add_all(
    writer: tantivy.IndexWriter,
    work: Work,
) -> int:
    count, before = 0, _NO_DOCUMENT
    for passages in portions(work.passages, _size, _INDEXED_AT_ONCE):
        for document in _indexed(passages, before):
            writer.add_document(document)
        count += len(passages)
        before = passages[-1].document_id
        work.tell(count)
    return count


def _size(passage: PassageToIndex) -> int:
    return len(passage.title) + len(passage.text)


def _indexed(
    passages: Sequence[PassageToIndex],
    before: int,
) -> Iterator[tantivy.Document]:
    """Yield what the index holds of passages; the title goes with the first of a document.

    `before` is the document of the passage before these.
    """
    texts = [(passage.title, passage.text) for passage in passages]
    rows = zip(passages, index_terms(texts), strict=True)
    for passage, terms in rows:
        place = passage.document_id << PASSAGE_BITS | passage.passage_id
        document = tantivy.Document()
        document.add_unsigned("place", place)
        document.add_unsigned("document", passage.document_id)
        document.add_text(WORDS, terms.words)
        document.add_text(CHARS, terms.text)
        if passage.document_id != before:
            document.add_text(TITLE, terms.title)
        before = passage.document_id
        yield document
