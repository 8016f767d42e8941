"""The laws at hand on one day: their versions, the one that is in force, and where a citation
leads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, NamedTuple

from msgspec import Struct

from kb.law.articles import Articles, base_article
from kb.law.concordance import Concordance, ConcordanceRow
from kb.law.transition import VersionRule, version_rules
from kb.law.versions import Standing, is_edited, is_in_force, since, standing
from kb.records import Citation, DocumentHead

NO_SECTIONS: Final[Mapping[int, Articles]] = MappingProxyType({})


class LawPlace(Struct, frozen=True, gc=False):
    """A law, one of its versions, or an article there; None where it is not said which."""

    law: str
    version: str | None = None
    article: str | None = None


class TextPlace(Struct, frozen=True, gc=False):
    """A section, counted from 0, of a document that is the whole text of a law."""

    document_id: int
    section: int


@dataclass(frozen=True, slots=True)
class LawBook:
    """The laws a reader may open, as they stand on `day`: versions of each, oldest first.

    `shown` is the version a law opens at; `current` has only laws of which a version is
    known, by its dates, to be in force on that day, and none that came after.
    `articles` are those of a version that are told of here. `texts` are the whole texts
    of a version that stand beside its digest, and `sections` the articles of texts by
    the number of their document.
    """

    day: str
    versions: Mapping[str, Sequence[DocumentHead]]
    shown: Mapping[str, str]
    current: Mapping[str, str]
    articles: Mapping[tuple[str, str], frozenset[str]]
    texts: Mapping[tuple[str, str], Sequence[DocumentHead]]
    sections: Mapping[int, Articles]

    def version_of(self, law: str, version: str) -> DocumentHead | None:
        """Return the document that stands for a version of a law; None where it is not here."""
        for head in self.versions.get(law, ()):
            if head.metadata.version == version:
                return head
        return None

    def standing_of(self, head: DocumentHead) -> Standing:
        """Return how a version stands on the day of this book."""
        law = head.metadata.law or ""
        return standing(head.metadata, self.current.get(law), self.day)

    def place_of(self, citation: Citation) -> LawPlace | TextPlace | None:
        """Return where what a citation names is told of; None where it is not.

        Of an article that is not here its version is the place only where the version
        was presumed: whoever wrote the version beside the article would take the link
        for one to the article.
        """
        if citation.law is None or citation.law not in self.versions:
            return None
        law = citation.law
        version = citation.version or ""
        head = self.version_of(law, version)
        if head is None:
            return LawPlace(law)
        article = base_article(citation.article or "")
        if not article or self._tells(head, article):
            return LawPlace(law, version, article)
        place = self.text_of(law, version, article)
        if place is None and citation.presumed:
            return LawPlace(law, version)
        return place

    def text_of(
        self,
        law: str,
        version: str,
        article: str,
    ) -> TextPlace | None:
        """Return where an article stands in a whole text beside the digest of a version."""
        for head in self.texts.get((law, version), ()):
            section = self._section(head, article)
            if section is not None:
                return TextPlace(head.id, section)
        return None

    def _tells(self, head: DocumentHead, article: str) -> bool:
        """Tell whether a version tells of an article, as a digest or in its own text."""
        version = (head.metadata.law or "", head.metadata.version or "")
        is_told = article in self.articles.get(version, ())
        return is_told or self._section(head, article) is not None

    def _section(self, head: DocumentHead, article: str) -> int | None:
        sections = self.sections.get(head.id)
        if sections is None:
            return None
        return sections.section_of(article)

    def provisions_of(self, law: str) -> list[str]:
        """Return the provisions of a law in the order of its newest version, those only older ones
        have at the end.
        """
        found: dict[str, None] = {}
        for head in reversed(self.versions[law]):
            for provision in head.metadata.provisions:
                found.setdefault(provision.provision)
        return list(found)

    def concordance_of(self, law: str, rows: Iterable[ConcordanceRow]) -> Concordance:
        """Return which article of which version provides what; `rows` are those of the law."""
        heads = self.versions.get(law, ())
        order = tuple(head.metadata.version or "" for head in heads)
        return Concordance(law=law, versions=order, rows=tuple(rows))

    def version_rules(self, case: DocumentHead) -> tuple[VersionRule, ...]:
        """Return the articles that say which version of a law applies in a case, of the versions
        laws open at.
        """
        shown = []
        for law, version in self.shown.items():
            head = self.version_of(law, version)
            if head is not None:
                shown.append(head.metadata)
        return version_rules(shown, case)


def make_law_book(
    heads: Iterable[DocumentHead],
    day: date,
    sections: Mapping[int, Articles] = NO_SECTIONS,
) -> LawBook:
    """Sort laws into their versions as of a day; `sections` are the articles of texts
    nobody has written a digest of.

    Documents that name a law but no version of it (single articles of a data set) are no law books.
    Of several documents of one version the digest, else the first, stands for it.
    """
    sorted_out = _by_version(heads)
    versions = sorted_out.versions
    today = day.isoformat()
    ordered = {law: sorted(versions[law], key=_since) for law in sorted(versions)}
    shown: dict[str, str] = {}
    current: dict[str, str] = {}
    for law, found in ordered.items():
        opened = _opened(found, today)
        shown[law] = opened.metadata.version or ""
        if _is_current(opened, found, today):
            current[law] = shown[law]
    return LawBook(
        day=today,
        versions=ordered,
        shown=shown,
        current=current,
        articles=sorted_out.articles,
        texts=sorted_out.texts,
        sections=sections,
    )


class _ByVersion(NamedTuple):
    """The document that stands for each version, by law; what it tells of; further texts."""

    versions: dict[str, list[DocumentHead]]
    articles: dict[tuple[str, str], frozenset[str]]
    texts: dict[tuple[str, str], list[DocumentHead]]


def _by_version(heads: Iterable[DocumentHead]) -> _ByVersion:
    found = _ByVersion({}, {}, {})
    for head in sorted(heads, key=lambda head: not is_edited(head.metadata)):
        law = head.metadata.law or ""
        version = head.metadata.version or ""
        if not version:
            continue
        if (law, version) in found.articles:
            found.texts.setdefault((law, version), []).append(head)
            continue
        found.versions.setdefault(law, []).append(head)
        found.articles[law, version] = _articles_told(head)
    return found


def _articles_told(head: DocumentHead) -> frozenset[str]:
    """Return the articles a version tells of, paragraphs and items taken with theirs."""
    return frozenset(base_article(p.article) for p in head.metadata.provisions)


def _opened(heads: Sequence[DocumentHead], day: str) -> DocumentHead:
    """Return the version a law opens at: the last digest that has begun, or of which
    nobody knows when it did.

    A text nobody has checked goes before none of these. Versions without dates count
    from their year.
    """
    begun = _begun(heads, day)
    undated = [head for head in heads if not _has_day(head)]
    digests = _digests(begun) or _digests(undated)
    return (digests or begun or heads[:1])[-1]


def _is_current(
    head: DocumentHead,
    heads: Sequence[DocumentHead],
    day: str,
) -> bool:
    """Tell whether a version is known to be in force and none has begun after it."""
    return is_in_force(head.metadata, day) and head is _begun(heads, day)[-1]


def _digests(heads: Iterable[DocumentHead]) -> list[DocumentHead]:
    return [head for head in heads if is_edited(head.metadata)]


def _begun(heads: Sequence[DocumentHead], day: str) -> list[DocumentHead]:
    return [head for head in heads if _since(head) <= day]


def _has_day(head: DocumentHead) -> bool:
    return since(head.metadata)[:1].isdigit()


def _since(head: DocumentHead) -> str:
    return since(head.metadata)
