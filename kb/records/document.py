"""A document as it is read and made ready: its text, its parts, what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


class Claim(Struct, frozen=True, gc=False):
    """One value of a content, and who says so.

    `field` is an attribute of Metadata, `value` one of its values as JSON. `maker` is
    BY_FILE (the head of the file), `rule:` and the rule, `person:` and who, or "" where
    an earlier version did not write it down. `start` and `end` are code points of the
    text where the value stands, None where it stands nowhere or nobody has looked.
    `confidence` is between 0 and 1, None for what nobody weighed.
    """

    field: str
    value: str
    maker: str
    start: int | None = None
    end: int | None = None
    confidence: float | None = None
    state: str = "accepted"


class Revision(Struct, frozen=True, kw_only=True, gc=False):
    """One document ready to be stored: text, its tiling, what is known of it, where it came from.

    `sha256` is of the bytes of this document alone (one line of a JSONL file);
    `original` is the whole file. `identifiers` are (type, normalised value) pairs,
    `claims` say of every value of the metadata who made it. A content that an earlier
    version of this program stored has no `derivation`.
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
    claims: tuple[Claim, ...] = ()
    derivation: Derivation | None = None
