"""The JSON of a document: `kb show --json` and `GET /api/documents/{id}` answer with it.

Its shape is these records; the JSON Schema of the API is made from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

import msgspec
from msgspec import UNSET, Struct, UnsetType, defstruct, structs

from kb.records import Document, DocumentHead, Metadata, Source

#: What only editors are told, and what is said otherwise than as it was entered.
_UNSAID: Final = ("visibility", "verified_in")
#: A source of this grade is counted and never named.
_UNNAMED: Final = "C"


class SourceAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Where a fact was read; a repost, of grade C, is not named."""

    name: str | None
    grade: str
    url: str | None


#: Any value of JSON, for keys of editors that this product does not know.
Plain: TypeAlias = str | int | float | bool | list[Any] | dict[str, Any] | None
#: Fields that an answer has otherwise than the record.
_TYPES: Final[dict[str, Any]] = {
    "sources": tuple[SourceAnswer, ...],
    "extra": dict[str, Plain],
}


def _answer_fields() -> list[tuple[str, Any, Any]]:
    """Return the fields of Metadata as an answer has them: what is not said is left out."""
    made: list[tuple[str, Any, Any]] = []
    for field in structs.fields(Metadata):
        type_ = _TYPES.get(field.name, field.type)
        if field.name not in _UNSAID:
            made.append((field.name, type_ | UnsetType, UNSET))
    return made


if TYPE_CHECKING:
    MetadataAnswer: TypeAlias = Any
else:
    #: What is known of a document. Made from the record, so that a new field is there.
    MetadataAnswer = defstruct(
        "MetadataAnswer", _answer_fields(), frozen=True, forbid_unknown_fields=True
    )


class SectionAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A part of the text, [start, end), with its role."""

    role: str
    heading: str
    start: int
    end: int


class TextPassageAnswer(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A passage of the text, [start, end), with its number and where it stands."""

    passage_id: int
    role: str
    start: int
    end: int
    paragraph: int
    page: int | None


class DocumentAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """A document whole; places are code points of `text`."""

    document_id: int
    slug: str
    title: str
    kind: str
    collection: str
    visibility: str
    case_number: str | None
    authority: str | None
    region: str | None
    decided_on: str | None
    url: str
    metadata: MetadataAnswer
    sections: tuple[SectionAnswer, ...]
    passages: tuple[TextPassageAnswer, ...]
    text: str


def document_url(head: DocumentHead) -> str:
    """Return the lasting address of a document on the web pages."""
    return f"/documents/{head.id}"


def metadata_to_dict(metadata: Metadata) -> dict[str, Any]:
    """Return what is known as plain values; what is not said is left out."""
    known: dict[str, Any] = {}
    for name, value in structs.asdict(metadata).items():
        if value not in (None, (), {}):
            known[name] = msgspec.to_builtins(value)
    return known


def document_to_dict(document: Document) -> dict[str, Any]:
    """Return a document as plain values, as it is written in JSON."""
    made: dict[str, Any] = msgspec.to_builtins(document_answer(document))
    return made


def document_answer(document: Document) -> DocumentAnswer:
    """Return a document as it is written in JSON; sources of grade C are counted, never named."""
    head = document.head
    return DocumentAnswer(
        document_id=head.id,
        slug=head.slug,
        title=head.title,
        kind=head.kind,
        collection=head.collection,
        visibility=head.visibility.name.lower(),
        case_number=head.case_number,
        authority=head.authority,
        region=head.region,
        decided_on=head.decided_on,
        url=document_url(head),
        metadata=_metadata_answer(head.metadata),
        sections=_sections(document),
        passages=_passages(document),
        text=document.text,
    )


def _metadata_answer(metadata: Metadata) -> MetadataAnswer:
    known: dict[str, Any] = {}
    for name, value in structs.asdict(metadata).items():
        if name not in _UNSAID and value not in (None, (), {}):
            known[name] = value
    known["sources"] = tuple(map(_source, metadata.sources))
    return MetadataAnswer(**known)


def _source(source: Source) -> SourceAnswer:
    if source.grade == _UNNAMED:
        return SourceAnswer(None, source.grade, None)
    return SourceAnswer(source.name, source.grade, source.url)


def _sections(document: Document) -> tuple[SectionAnswer, ...]:
    made = []
    for section in document.sections:
        start, end = section.start, section.end
        made.append(SectionAnswer(section.role, section.heading, start, end))
    return tuple(made)


def _passages(document: Document) -> tuple[TextPassageAnswer, ...]:
    made = []
    for passage in document.passages:
        answer = TextPassageAnswer(
            passage_id=passage.id,
            role=passage.role,
            start=passage.start,
            end=passage.end,
            paragraph=passage.paragraph,
            page=passage.page,
        )
        made.append(answer)
    return tuple(made)
