"""The write walk: one file in, a receipt for every document in it."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from ingest.cleaning import Cleaned, clean
from ingest.derive import derive
from ingest.faults import as_ours
from ingest.metadata import read_metadata
from ingest.passages import split_passages
from ingest.raw import BadLine, RawDocument
from ingest.readers import Opened, open_file
from ingest.receipts import (
    Receipt,
    receipt_of_checked,
    receipt_of_known,
    receipt_of_stored,
)
from ingest.rules import rules_id
from ingest.sections import sections_of
from kb import identifiers, mentions
from kb.analysis import portions
from kb.claims import BY_PERSON, BY_RULE, claims_of
from kb.database import as_ours as as_state
from kb.embedding import Embedder, passage_texts
from kb.errors import InvalidDocument, KbError, UserError
from kb.records import (
    Added,
    Citation,
    Derivation,
    Original,
    Revision,
    VisibilityChange,
)
from kb.store import Store
from kb.vocabulary import Visibility

#: What other rooms use of this one; `ingest.readers` opens what is handed to it.
__all__ = [
    "NO_OPTIONS",
    "Options",
    "Receipt",
    "check",
    "check_file",
    "ingest",
    "ingest_file",
    "prepare",
]

log = logging.getLogger(__name__)

#: Characters stored in one transaction, a document counting for so many at least.
_BATCH_CHARACTERS: Final = 1_024_000
_LEAST_CHARACTERS: Final = 1_000
#: Of one document. Paragraphs of a text of the greatest length have half as many; a
#: line of two characters each a part of its own, as a hostile text has, many times
#: more, every one with its vector.
_MOST_PASSAGES: Final = 20_000


class Options(Struct, frozen=True, kw_only=True):
    """What the person who adds files decides for all of them."""

    collection: str | None = None
    kind: str | None = None
    visibility: str | None = None
    max_bytes: int = 100 * 1024 * 1024


NO_OPTIONS: Final = Options()
#: Where a document that is only checked is from.
_NOWHERE: Final = Original(sha256="0" * 64, media_type="", size_bytes=0)


def ingest_file(
    path: Path,
    store: Store,
    embedder: Embedder,
    options: Options = NO_OPTIONS,
    progress: Callable[[int], None] = lambda documents: None,
) -> Iterator[Receipt]:
    """Add every document of a file; each is stored whole or not at all.

    Yields one receipt a document, refused ones included: a bad line stops neither the
    lines after it nor the other files. `progress` hears how many documents of the file are done.
    """
    return ingest(
        open_file(path, options.max_bytes), store, embedder, options, progress
    )


def ingest(
    opened: Opened,
    store: Store,
    embedder: Embedder,
    options: Options = NO_OPTIONS,
    progress: Callable[[int], None] = lambda documents: None,
) -> Iterator[Receipt]:
    """Add every document of an opened file, as `ingest_file` does, and close it."""
    started = time.perf_counter()
    walk = _Walk(opened, store, embedder, options)
    count = 0
    try:
        for batch in portions(opened.documents(), _weight, _BATCH_CHARACTERS):
            yield from walk.add(batch)
            count += len(batch)
            progress(count)
    except UserError as error:
        yield Receipt(path=opened.path, error=error)
    finally:
        opened.close()
    log.info(
        "added documents=%d ms=%.0f", count, 1000 * (time.perf_counter() - started)
    )


def check_file(path: Path, max_bytes: int = 100 * 1024 * 1024) -> list[Receipt]:
    """Read and validate a file as `ingest_file` would, storing nothing."""
    return check(open_file(path, max_bytes))


def check(opened: Opened) -> list[Receipt]:
    """Validate every document of an opened file as `ingest` would, storing nothing, and close
    it.
    """
    receipts: list[Receipt] = []
    try:
        for item in opened.documents():
            made = _prepare(opened.path, item, _NOWHERE, NO_OPTIONS)
            if isinstance(made, Revision):
                made = receipt_of_checked(opened.path, item, made)
            receipts.append(made)
    except UserError as error:
        receipts.append(Receipt(path=opened.path, error=error))
    finally:
        opened.close()
    return receipts


class _Walk:
    """What the documents of one file share on their way into a store."""

    def __init__(
        self,
        opened: Opened,
        store: Store,
        embedder: Embedder,
        options: Options,
    ) -> None:
        self._path = opened.path
        self._opened = opened
        self._store = store
        self._embedder = embedder
        self._options = options
        self._is_kept = False

    def add(self, batch: Sequence[RawDocument | BadLine]) -> list[Receipt]:
        """Store some documents; where that fails for a reason nobody foresaw, one by one, to name
        the one.
        """
        try:
            return list(self._add(batch))
        except (KbError, OSError):
            raise
        except Exception as error:
            if as_state(error) is not None:
                raise
            if len(batch) == 1:
                line = batch[0].line_number
                return [
                    Receipt(path=self._path, line_number=line, error=as_ours(error))
                ]
        receipts = []
        for item in batch:
            receipts += self.add([item])
        return receipts

    def _add(self, batch: Sequence[RawDocument | BadLine]) -> Iterator[Receipt]:
        """Store the documents that are new; yield a receipt for each in the order of the batch."""
        original = self._original()
        known = self._find_known(batch)
        made: list[Revision | Receipt | None] = []
        for item, added in zip(batch, known, strict=True):
            ready = None
            if added is None:
                ready = _prepare(self._path, item, original, self._options)
            made.append(ready)
        revisions = [item for item in made if isinstance(item, Revision)]
        self._keep(revisions)
        moved = self._move(known)
        stored = self._store_all(revisions)
        for item, added, ready in zip(batch, known, made, strict=True):
            if added is not None:
                change = moved.pop(added.document_id, None)
                yield receipt_of_known(self._path, item, added, change)
            elif isinstance(ready, Revision):
                yield receipt_of_stored(self._path, item, ready, next(stored))
            elif ready is not None:
                yield ready

    def _find_known(self, batch: Sequence[RawDocument | BadLine]) -> list[Added | None]:
        """Return for each document what is stored of the same bytes, None where nothing is."""
        digests = [item.sha256 for item in batch if isinstance(item, RawDocument)]
        here = self._store.has_revisions(digests)
        known = []
        for item in batch:
            digest = item.sha256 if isinstance(item, RawDocument) else ""
            known.append(here.get(digest))
        return known

    def _asked_visibility(self) -> Visibility | None:
        asked = self._options.visibility
        return None if asked is None else Visibility[asked.upper()]

    def _move(self, known: Sequence[Added | None]) -> dict[int, VisibilityChange]:
        """Give documents that are here already the visibility a person asked for, if any."""
        asked = self._asked_visibility()
        documents = [added.document_id for added in known if added is not None]
        if asked is None or not documents:
            return {}
        return self._store.set_visibilities(list(dict.fromkeys(documents)), asked)

    def _store_all(self, revisions: Sequence[Revision]) -> Iterator[Added | UserError]:
        return iter(
            self._store.add_revisions(
                with_vectors(revisions, self._embedder),
                self._options.collection,
                self._embedder.name,
                self._asked_visibility(),
            )
        )

    def _keep(self, revisions: Sequence[Revision]) -> None:
        """Keep the original, once; only a file something is taken from is kept, and only as it was
        read.
        """
        kept = self._opened.kept
        if not revisions or kept is None:
            return
        if not self._is_kept:
            self._store.files.put(
                kept.content.sha256, kept.content.size_bytes, kept.content.chunks()
            )
            self._is_kept = True
        kept.content.require_unchanged()

    def _original(self) -> Original:
        """Return what is kept of the file, which is known once it gave its first document."""
        kept = self._opened.kept
        if kept is None:
            return _NOWHERE
        content = kept.content
        return Original(
            sha256=content.sha256,
            media_type=kept.media_type,
            size_bytes=content.size_bytes,
        )


def _weight(item: RawDocument | BadLine) -> int:
    length = len(item.text) if isinstance(item, RawDocument) else 0
    return max(length, _LEAST_CHARACTERS)


def with_vectors(
    revisions: Sequence[Revision], embedder: Embedder
) -> list[tuple[Revision, NDArray[np.float32]]]:
    """Embed the passages of several documents at once; return each document with its rows."""
    vectors = embedder.embed(passage_texts(_titled_passages(revisions)))
    found = []
    start = 0
    for revision in revisions:
        end = start + len(revision.passages)
        found.append((revision, vectors[start:end]))
        start = end
    return found


def _titled_passages(revisions: Sequence[Revision]) -> Iterator[tuple[str, str]]:
    """Yield every passage with the title of its document."""
    for revision in revisions:
        for passage in revision.passages:
            words = revision.text[passage.start : passage.end]
            yield revision.metadata.title, words


def _prepare(
    path: Path,
    item: RawDocument | BadLine,
    original: Original,
    options: Options,
) -> Revision | Receipt:
    if isinstance(item, BadLine):
        return Receipt(path=path, line_number=item.line_number, error=item.error)
    try:
        return prepare(item, _name(path), original, options)
    except UserError as error:
        return Receipt(path=path, line_number=item.line_number, error=error)
    except Exception as error:  # one document no one thought of stops no other
        return Receipt(path=path, line_number=item.line_number, error=as_ours(error))


def _name(path: Path) -> str:
    """Return the name of a file as text; one that is no UTF-8 was most likely packed on a Chinese
    Windows.
    """
    name = os.fsencode(path.name)
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("gb18030", "replace")


def prepare(
    raw: RawDocument,
    name: str,
    original: Original,
    options: Options,
) -> Revision:
    """Make a revision of what a reader found: the table of contents of ingesting."""
    cleaned = clean(raw.pages) if raw.pages is not None else Cleaned(raw.text)
    text = cleaned.text
    if not text.strip():
        raise InvalidDocument("没有正文")
    sections = sections_of(text, raw.headings)
    derived = derive(dict(raw.values), text, sections, name)
    metadata = read_metadata(
        _as_asked(derived.values, options), keep_unknown=raw.keep_unknown
    )
    passages = split_passages(text, sections, cleaned.page_of)
    if len(passages) > _MOST_PASSAGES:
        raise InvalidDocument(
            f"切成 {len(passages):,} 个片段,超过一件文书的上限 {_MOST_PASSAGES:,} 个。请拆成几件"
        )
    return Revision(
        sha256=raw.sha256,
        original=original,
        line_number=raw.line_number,
        text=text,
        metadata=metadata,
        sections=sections,
        passages=passages,
        citations=_citations(raw, metadata.statutes, text),
        identifiers=identifiers.of_document(metadata, text),
        claims=claims_of(metadata, _makers(derived.rules, options), text),
        derivation=Derivation(rules_id(), name, options.kind),
    )


def _as_asked(values: dict[str, Any], options: Options) -> dict[str, Any]:
    """Return values with what the person who adds the file decides for all of its documents."""
    asked = {"kind": options.kind, "visibility": options.visibility}
    return values | {name: value for name, value in asked.items() if value is not None}


def _makers(rules: Mapping[str, str], options: Options) -> dict[str, str]:
    """Return by field who made its values, where that was not the file."""
    makers = {field: f"{BY_RULE}{rule}" for field, rule in rules.items()}
    if options.kind is not None:
        makers["kind"] = BY_PERSON
    return makers


def _citations(
    raw: RawDocument,
    statutes: tuple[str, ...],
    text: str,
) -> tuple[Citation, ...]:
    """Return links, articles mentioned in the text, and articles only the metadata name."""
    mentioned = tuple(mentions.citations(text))
    seen = {(cited.law, cited.version, cited.article) for cited in mentioned}
    named = {}
    for statute in statutes:
        cited = mentions.parse_statute(statute)
        if cited is None:
            continue
        key = (cited.law, cited.version, cited.article)
        if key not in seen:
            # Offsets there are of the metadata's words, not of the text.
            named[key] = replace(cited, start=None, end=None)
    return (*raw.links, *mentioned, *named.values())
