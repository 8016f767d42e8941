"""What is stored, made again from its original by today's rules: what would differ, and the content
made anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from ingest.faults import as_ours
from ingest.pipeline import Options, prepare, with_vectors
from ingest.raw import RawDocument
from ingest.readers import Opened
from kb.embedding import Embedder
from kb.errors import InvalidDocument, UserError
from kb.records import Citation, Derivation, Kept, Metadata, Revision
from kb.store.rederiving import Rederiving
from kb.vocabulary import UNCLASSIFIED

#: What other rooms use.
__all__ = ["Difference", "Remade", "put_in_place", "remake"]

#: What earlier versions called whatever they did not recognise.
_FORMER_DEFAULTS: Final = (UNCLASSIFIED, "guidance")


class Difference(Struct, frozen=True):
    """What a field was and would be; `field` is one of Metadata, or text, sections, citations,
    identifiers.
    """

    field: str
    before: Any
    after: Any


class Remade(Struct, frozen=True, kw_only=True):
    """A stored content and what today's rules make of the same bytes, or why they make nothing of
    it.
    """

    kept: Kept
    revision: Revision
    differences: tuple[Difference, ...] = ()
    error: UserError | None = None


def remake(
    opened: Opened,
    sought: frozenset[str],
    rederiving: Rederiving,
) -> Iterator[Remade]:
    """Make every sought content of an opened original anew, storing nothing, and close it."""
    left = set(sought)
    failure: UserError = InvalidDocument("原件里不再有这一件")
    try:
        for item in opened.documents():
            if isinstance(item, RawDocument) and item.sha256 in left:
                left.remove(item.sha256)
                kept = rederiving.kept(item.sha256)
                if kept is not None:
                    yield _remake(kept, item)
    except UserError as error:
        failure = error
    finally:
        opened.close()
    for sha256 in sorted(left):
        kept = rederiving.kept(sha256)
        if kept is not None:
            yield Remade(kept=kept, revision=kept.revision, error=failure)


def _remake(kept: Kept, raw: RawDocument) -> Remade:
    """Return a content made anew with what differs, or why it could not be made."""
    try:
        revision = _make_anew(kept.revision, raw)
    except UserError as error:
        return Remade(kept=kept, revision=kept.revision, error=error)
    except Exception as error:  # one document no one thought of stops no other
        return Remade(kept=kept, revision=kept.revision, error=as_ours(error))
    return Remade(
        kept=kept,
        revision=revision,
        differences=tuple(differences(kept.revision, revision)),
    )


def _make_anew(former: Revision, raw: RawDocument) -> Revision:
    """Make a content by today's rules; what a person said beside the file counts as it did."""
    if former.derivation is not None:
        return _prepare(former, raw, former.derivation)
    known = _derivation_of_former(former)
    made = _prepare(former, raw, known)
    if made.metadata.kind == UNCLASSIFIED:
        return _prepare(former, raw, replace(known, kind=former.metadata.kind))
    return made


def _prepare(
    former: Revision,
    raw: RawDocument,
    known: Derivation,
) -> Revision:
    asked = former.metadata.visibility
    visibility = None if asked is None else asked.name.lower()
    options = Options(kind=known.kind, visibility=visibility)
    return prepare(raw, known.file_name, former.original, options)


def _derivation_of_former(former: Revision) -> Derivation:
    """Return what is known of a content stored by an earlier version, which did not
    write down who said its kind.

    Its title stands for the name of its file, and any kind but the one given by default
    for a person's word.
    """
    kind = former.metadata.kind
    said_kind = None if kind in _FORMER_DEFAULTS else kind
    return Derivation("", f"{former.metadata.title}.", said_kind)


def differences(former: Revision, made: Revision) -> Iterator[Difference]:
    """Yield what differs between two contents made of the same bytes."""
    for field in Metadata.__struct_fields__:
        before, after = getattr(former.metadata, field), getattr(made.metadata, field)
        if before != after:
            yield Difference(field, before, after)
    if former.text != made.text:
        yield Difference("text", len(former.text), len(made.text))
    if (former.sections, former.passages) != (made.sections, made.passages):
        yield Difference("sections", _roles(former), _roles(made))
    if _sorted_citations(former) != _sorted_citations(made):
        yield Difference("citations", _articles(former), _articles(made))
    if set(former.identifiers) != set(made.identifiers):
        yield Difference("identifiers", _keys(former), _keys(made))


def _roles(revision: Revision) -> tuple[str, ...]:
    return tuple(section.role for section in revision.sections)


def _sorted_citations(revision: Revision) -> list[tuple[str, ...]]:
    """Return citations in an order that does not depend on that of their rows."""
    found = []
    for cited in revision.citations:
        place = (cited.start, cited.end)
        named = (cited.law, cited.version, cited.article, cited.target)
        found.append(tuple(map(repr, (*place, *named))))
    return sorted(found)


def _articles(revision: Revision) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_name_citation, revision.citations)))


def _name_citation(cited: Citation) -> str:
    version = f"({cited.version})" if cited.version else ""
    return cited.target or f"{cited.law}{version}{cited.article}"


def _keys(revision: Revision) -> tuple[str, ...]:
    return tuple(sorted({value for _, value in revision.identifiers}))


def put_in_place(
    batch: Sequence[Remade],
    rederiving: Rederiving,
    embedder: Embedder,
) -> int:
    """Store contents made anew where they differ, in one transaction; note of the
    others that these rules agree.

    Returns how many documents were changed. A content that nothing could be made of stays as it is.
    """
    differing = []
    agreed = []
    for remade in batch:
        if remade.error is not None:
            continue
        if remade.differences:
            differing.append(remade)
        else:
            agreed.append(remade.revision)
    vectors = with_vectors([remade.revision for remade in differing], embedder)
    replaced = []
    for remade, (revision, rows) in zip(differing, vectors, strict=True):
        replaced.append((remade.kept, revision, rows))
    changed = rederiving.replace(replaced, embedder.name)
    rederiving.confirm(agreed)
    return len(changed)
