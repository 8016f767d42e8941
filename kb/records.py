"""The nouns that travel between rooms: frozen, named, and None means "the text does not say".

A record cannot come to hold itself, so the collector of cycles need not look at it
(`gc=False`): of a large file added, that was a twentieth of the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec import Struct, field

from kb.vocabulary import Visibility


class Page(Struct, frozen=True, gc=False):
    """Text of one page of a file; pages count from 1."""

    number: int
    text: str


class Section(Struct, frozen=True, gc=False):
    """Span [start, end) of a text with one role; sections tile the text."""

    role: str
    heading: str
    start: int
    end: int


class Passage(Struct, frozen=True, gc=False):
    """Retrieval unit inside one section; passages tile the text.

    `section` is the index of its section, `paragraph` the number (from 1) of its first
    paragraph, `page` the page of the file its first character stands on.
    """

    section: int
    start: int
    end: int
    paragraph: int
    page: int | None = None


class Citation(Struct, frozen=True, gc=False):
    """Mention of an article (law, version, article) or of a document (target = slug).

    `start` and `end` are code points of the text; None when only the metadata cite it.
    `presumed` is set where the version is not written beside the law but presumed: by
    the day of the paper (BY_DATE), or because the paper names one version of the law
    elsewhere (BY_TEXT).
    """

    start: int | None = None
    end: int | None = None
    law: str | None = None
    version: str | None = None
    article: str | None = None
    target: str | None = None
    presumed: str | None = None


class Source(Struct, frozen=True, gc=False):
    """Where a fact was read. Grade A official, B established, C unidentified repost."""

    name: str
    grade: str
    url: str | None = None


class Amount(Struct, frozen=True, gc=False):
    """A sum of money the case turns on; `value` in units of `currency` (ISO 4217)."""

    type: str
    value: float
    currency: str
    text: str


class Provision(Struct, frozen=True, gc=False):
    """What one article of one version of a law is about; shared names are the concordance.

    `version_rule` is the track (administrative, civil, criminal) in whose cases this
    article says which version of a law applies to conduct before a new one.
    """

    article: str
    provision: str
    note: str | None = None
    version_rule: str | None = None


class Metadata(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is known of a document. None or an empty tuple means "not said".

    Dates are ISO 8601 and may stop at the year or month. `extra` keeps every key this
    product does not know, so that nothing an editor wrote is lost. `visibility` is what was asked
    for when the content came in; who may see the document is said by its head. `bare_articles`
    of a law that is asked for by numbers of articles alone are those that are told of nowhere
    here and bear the number of one that is, in another version.
    """

    title: str
    slug: str | None = None
    kind: str = "guidance"
    collection: str | None = None
    visibility: Visibility | None = None
    completeness: str = "full"
    confidence: str | None = None
    name_en: str | None = None
    aliases: tuple[str, ...] = ()
    decided_on: str | None = None
    published_on: str | None = None
    date_note: str | None = None
    checked_on: str | None = None
    regions: tuple[str, ...] = ()
    place: str | None = None
    jurisdiction: str | None = None
    authorities: tuple[str, ...] = ()
    case_numbers: tuple[str, ...] = ()
    earlier_case_numbers: tuple[str, ...] = ()
    doc_numbers: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    guiding_case: int | None = None
    tier: str | None = None
    industries: tuple[str, ...] = ()
    secret_types: tuple[str, ...] = ()
    conducts: tuple[str, ...] = ()
    relationships: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    amounts: tuple[Amount, ...] = ()
    parties: tuple[str, ...] = ()
    statutes: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    verified_in: str | None = None
    law: str | None = None
    version: str | None = None
    passed_on: str | None = None
    effective_from: str | None = None
    effective_to: str | None = None
    provisions: tuple[Provision, ...] = ()
    bare_articles: tuple[Provision, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def year(self) -> str | None:
        """Year the case was decided in, else published in, else the law took effect."""
        date = (
            self.decided_on
            or self.published_on
            or self.effective_from
            or self.passed_on
        )
        return date[:4] if date else None


class Original(Struct, frozen=True, kw_only=True, gc=False):
    """Bytes a document was read from, named by their sha256 (hex)."""

    sha256: str
    media_type: str
    size_bytes: int


class Derivation(Struct, frozen=True, gc=False):
    """How a content was made of its bytes: by which rules, of a file called what; `kind` is what a
    person said.
    """

    rules: str
    file_name: str
    kind: str | None = None


class Revision(Struct, frozen=True, kw_only=True, gc=False):
    """One document ready to be stored: text, its tiling, what is known of it, where it came from.

    `sha256` is of the bytes of this document alone (one line of a JSONL file);
    `original` is the whole file. `identifiers` are (type, normalised value) pairs. A
    content that an earlier version of this program stored has no `derivation`.
    """

    sha256: str
    original: Original
    line_number: int | None
    text: str
    metadata: Metadata
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    citations: tuple[Citation, ...]
    identifiers: tuple[tuple[str, str], ...]
    derivation: Derivation | None = None


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


class Filters(Struct, frozen=True, kw_only=True, gc=False):
    """Restriction that never changes a score.

    `include` and `exclude` map a facet field to values: values of one field are
    alternatives, fields are conjunctive. 未标注 stands for "has no value".
    `roles` restricts passages to sections of these roles.
    """

    include: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    roles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything is restricted."""
        return bool(self.include or self.exclude or self.roles)

    def only(self, name: str, value: str) -> Filters:
        """Return the same restriction with `value` as the only one of field `name`."""
        include = {**self.include, name: (value,)}
        return Filters(include=include, exclude=self.exclude, roles=self.roles)

    def without(self, name: str) -> Filters:
        """Return the same restriction with nothing included by field `name`.

        Facet counts of a field are taken under all other filters; what is excluded stays out.
        """
        include = {k: v for k, v in self.include.items() if k != name}
        return Filters(include=include, exclude=self.exclude, roles=self.roles)


NO_FILTERS: Final = Filters()


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


class Name(NamedTuple):
    """Something a visible document is called or bears.

    `kind` is title (its `note` is the kind of document), alias, party, case_number,
    doc_number, guiding_case (the number alone) or citation.
    """

    kind: str
    text: str
    document_id: int
    note: str


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
