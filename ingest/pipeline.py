"""The write walk: one file in, a receipt for every document in it."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from ingest.cleaning import Cleaned, clean
from ingest.derive import derive
from ingest.faults import as_ours
from ingest.metadata import kept_aside, read_metadata
from ingest.passages import split_passages
from ingest.raw import BadLine, RawDocument
from ingest.readers import Opened, open_file
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
from kb.vocabulary import ROLES, Visibility

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


class Receipt(Struct, frozen=True, kw_only=True):
    """What became of one document: stored, already here, or refused with a reason."""

    path: Path
    line_number: int | None = None
    document_id: int | None = None
    slug: str | None = None
    title: str | None = None
    kind: str | None = None
    created: bool = False
    superseded: bool = False
    moved: VisibilityChange | None = None
    passages: int = 0
    warnings: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    error: UserError | None = None


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
            warnings = item.warnings if isinstance(item, RawDocument) else ()
            receipts.append(
                made
                if isinstance(made, Receipt)
                else _receipt(opened.path, made, warnings)
            )
    except UserError as error:
        receipts.append(Receipt(path=opened.path, error=error))
    finally:
        opened.close()
    return receipts


class _Walk:
    """What the documents of one file share on their way into a store."""

    def __init__(
        self, opened: Opened, store: Store, embedder: Embedder, options: Options
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
            if len(batch) > 1:
                return [receipt for item in batch for receipt in self.add([item])]
            return [
                Receipt(
                    path=self._path,
                    line_number=batch[0].line_number,
                    error=as_ours(error),
                )
            ]

    def _add(self, batch: Sequence[RawDocument | BadLine]) -> Iterator[Receipt]:
        original = self._original()
        here = self._store.has_revisions(
            item.sha256 for item in batch if isinstance(item, RawDocument)
        )
        made = [
            (item, here.get(item.sha256) if isinstance(item, RawDocument) else None)
            for item in batch
        ]
        prepared = [
            _prepare(self._path, item, original, self._options)
            if known is None
            else item
            for item, known in made
        ]
        revisions = [item for item in prepared if isinstance(item, Revision)]
        self._keep(revisions)
        asked = (
            None
            if self._options.visibility is None
            else Visibility[self._options.visibility.upper()]
        )
        there = [known.document_id for known in here.values()]
        moved = (
            self._store.set_visibilities(there, asked)
            if asked is not None and there
            else {}
        )
        vectors = with_vectors(revisions, self._embedder)
        stored = iter(
            self._store.add_revisions(
                vectors, self._options.collection, self._embedder.name, asked
            )
        )
        for (item, known), ready in zip(made, prepared, strict=True):
            if known is not None:
                yield _unchanged(
                    self._path, item, known, moved.pop(known.document_id, None)
                )
            elif isinstance(ready, Revision):
                warnings = (
                    (*item.warnings, *kept_aside(ready.metadata))
                    if isinstance(item, RawDocument)
                    else ()
                )
                yield _stored(self._path, ready, next(stored), warnings)
            elif isinstance(ready, Receipt):
                yield ready

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


def _unchanged(
    path: Path,
    item: RawDocument | BadLine,
    known: Added,
    moved: VisibilityChange | None,
) -> Receipt:
    return Receipt(
        path=path,
        line_number=item.line_number,
        document_id=known.document_id,
        slug=known.slug,
        moved=moved,
        warnings=_told_of(moved),
    )


def _told_of(moved: VisibilityChange | None) -> tuple[str, ...]:
    if moved is None:
        return ()
    way = "可见范围放宽:" if moved.widens else "可见范围"
    return (f"{way}由「{moved.before.label}」改为「{moved.after.label}」",)


def _beside(added: Added) -> tuple[str, ...]:
    if added.beside is None:
        return ()
    return (
        f"与「{added.beside}」同一案号,文书种类、日期或内容不同,作为另一件收入。若是它的更正,"
        f"请先 kb remove {added.slug},再以 slug: {added.beside} 写在文件头收入",
    )


def _weight(item: RawDocument | BadLine) -> int:
    return (
        max(len(item.text), _LEAST_CHARACTERS)
        if isinstance(item, RawDocument)
        else _LEAST_CHARACTERS
    )


def with_vectors(
    revisions: Sequence[Revision], embedder: Embedder
) -> list[tuple[Revision, NDArray[np.float32]]]:
    """Embed the passages of several documents at once; return each document with its rows."""
    passages = (
        (r.metadata.title, r.text[p.start : p.end])
        for r in revisions
        for p in r.passages
    )
    vectors = embedder.embed(passage_texts(passages))
    ends = list(accumulate(len(revision.passages) for revision in revisions))
    return [
        (r, vectors[end - len(r.passages) : end])
        for r, end in zip(revisions, ends, strict=True)
    ]


def _stored(
    path: Path, revision: Revision, added: Added | UserError, warnings: tuple[str, ...]
) -> Receipt:
    if isinstance(added, UserError):
        return Receipt(
            path=path,
            line_number=revision.line_number,
            title=revision.metadata.title,
            error=added,
        )
    return Receipt(
        path=path,
        line_number=revision.line_number,
        document_id=added.document_id,
        slug=added.slug,
        title=revision.metadata.title,
        created=added.created,
        kind=revision.metadata.kind,
        superseded=added.superseded,
        moved=added.moved,
        passages=len(revision.passages),
        warnings=(*_told_of(added.moved), *_beside(added), *warnings),
    )


def _prepare(
    path: Path, item: RawDocument | BadLine, original: Original, options: Options
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
    raw: RawDocument, name: str, original: Original, options: Options
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
    raw: RawDocument, statutes: tuple[str, ...], text: str
) -> tuple[Citation, ...]:
    """Return links, articles mentioned in the text, and articles only the metadata name."""
    mentioned = tuple(mentions.citations(text))
    keys = {(c.law, c.version, c.article) for c in mentioned}
    parsed = (mentions.parse_statute(statute) for statute in statutes)
    # Offsets there are of the metadata's words, not of the text.
    named = {
        (c.law, c.version, c.article): replace(c, start=None, end=None)
        for c in parsed
        if c is not None
    }
    return (*raw.links, *mentioned, *(c for key, c in named.items() if key not in keys))


def _receipt(path: Path, revision: Revision, warnings: tuple[str, ...]) -> Receipt:
    unknown = {s.role for s in revision.sections} - set(ROLES)
    warnings = (*warnings, *kept_aside(revision.metadata))
    warnings += (f"未知部分 {'、'.join(sorted(unknown))}",) if unknown else ()
    return Receipt(
        path=path,
        line_number=revision.line_number,
        slug=revision.metadata.slug,
        title=revision.metadata.title,
        passages=len(revision.passages),
        warnings=warnings,
        targets=tuple(c.target for c in revision.citations if c.target)
        + revision.metadata.related,
    )
