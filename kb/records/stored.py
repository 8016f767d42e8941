"""What the store gives back, and what it says it has done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from kb.records.document import Citation, Metadata, Revision
from kb.vocabulary import Visibility


class DocumentHead(Struct, frozen=True, kw_only=True, gc=False):
    """A document in a list: what a card shows."""

    id: int
    slug: str
    title: str
    kind: str
    collection: str
    visibility: Visibility
    completeness: str
    case_number: str | None
    authority: str | None
    region: str | None
    decided_on: str | None
    metadata: Metadata


class StoredSection(Struct, frozen=True, kw_only=True, gc=False):
    """Section of a stored document."""

    id: int
    role: str
    heading: str
    start: int
    end: int


class StoredPassage(Struct, frozen=True, kw_only=True, gc=False):
    """Passage with its own text and where it stands."""

    id: int
    document_id: int
    role: str
    heading: str
    start: int
    end: int
    paragraph: int
    page: int | None
    text: str


class Document(Struct, frozen=True, kw_only=True, gc=False):
    """A whole stored document, current revision."""

    head: DocumentHead
    text: str
    sections: Sequence[StoredSection]
    passages: Sequence[StoredPassage]
    citations: Sequence[Citation]
    media_type: str
    added_at: str


class Name(NamedTuple):
    """Something a visible document is called or bears.

    `kind` is title (its `note` is the kind of document), alias, party, case_number,
    doc_number, guiding_case (the number alone) or citation.
    """

    kind: str
    text: str
    document_id: int
    note: str


class Kept(Struct, frozen=True, gc=False):
    """A document's current content as the store has it."""

    document_id: int
    slug: str
    revision: Revision


class VisibilityChange(NamedTuple):
    """Who might see a document before, and who may now."""

    before: Visibility
    after: Visibility

    @property
    def widens(self) -> bool:
        """Tell whether more readers see the document than before."""
        return self.after < self.before


class Added(Struct, frozen=True, gc=False):
    """What the store did with a revision. `created` is False when the same bytes were there.

    `moved` is set where a stored document's visibility was changed; `beside` is the slug of another
    document of the same case number, which this one was not taken for a correction of.
    """

    document_id: int
    slug: str
    created: bool
    superseded: bool
    moved: VisibilityChange | None = None
    beside: str | None = None


class Replaced(Struct, frozen=True, kw_only=True, gc=False):
    """An earlier content of a document that is another paper than the present one, titled `by`.

    `original` is the sha256 of the file it was read from.
    """

    slug: str
    by: str
    title: str
    original: str
    media_type: str


class Named(Struct, frozen=True, kw_only=True, gc=False):
    """What the store holds under one slug: a document or none, how many earlier
    contents, what was removed.

    `removed` are the numbers of documents of this slug that were removed and left something;
    `purged` tells whether earlier contents of the present one were destroyed before.
    """

    slug: str
    head: DocumentHead | None
    earlier: int
    removed: tuple[int, ...]
    purged: bool


class Doomed(Struct, frozen=True, kw_only=True, gc=False):
    """What a purge destroys.

    `documents` go whole, `corrected` keep their present content, `removed` were removed before;
    numbers all. `contents` are the revisions that go, by their sha256, and `kept` the sha256 of
    those of the same slugs that stay.
    """

    slugs: frozenset[str]
    documents: tuple[int, ...]
    corrected: tuple[int, ...]
    removed: tuple[int, ...]
    contents: frozenset[str]
    kept: frozenset[str]


class PassageToIndex(Struct, frozen=True, gc=False):
    """What an index needs of one passage; `text` is the passage's own text."""

    passage_id: int
    document_id: int
    role: str
    title: str
    text: str


class Commit(Struct, frozen=True, gc=False):
    """One commit of the store: its generation, and an id that no other commit has.

    A restored database counts its generations anew; the id tells its commits from those
    that were lost.
    """

    generation: int
    id: str


class Changes(Struct, frozen=True, gc=False):
    """What happened after a generation: documents to index again, documents to forget."""

    generation: int
    changed: Sequence[int]
    removed: Sequence[int]


class EmbedderVectors(Struct, frozen=True, gc=False):
    """An embedder the store knows: the length of its vectors, how many there are, whether searches
    use them.
    """

    name: str
    dim: int
    vectors: int
    in_use: bool

    @property
    def megabytes(self) -> float:
        """Return the size of the vectors, two bytes a number."""
        return self.vectors * self.dim * 2 / 1_000_000
