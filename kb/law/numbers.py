"""Articles named by their number alone: of which law they may be, and what the number means in
which version.

A law that is asked for so says it itself (`bare_articles` of its documents), with the articles
that bear a number of interest in a version where they are about something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from kb.law.articles import ArticleKey, base_article
from kb.law.book import LawBook
from kb.records import DocumentHead, Provision
from kb.vocabulary import VERSION_UNSTATED


class Reading(Struct, frozen=True, gc=False):
    """What the number of an article may mean: an article of a version, and what it provides."""

    article: ArticleKey
    provision: str


class Renumbered(Struct, frozen=True, gc=False):
    """A provision whose number means something else in the next version, where it stands at
    another.
    """

    before: ArticleKey
    after: ArticleKey


def readings_of(book: LawBook, article: str) -> list[Reading]:
    """Return what a number of an article may mean, where its law is not named.

    Of each law first where the provision stands in the newest version, then the article itself,
    newest version first, then articles that merely bear the number.
    """
    found: list[Reading] = []
    for versions in _asked_by_number(book):
        told = _told(versions)
        alike = [*told, *_bare(versions)]
        named = [reading for reading in alike if reading.article.article == article]
        meant = {reading.provision for reading in named}
        newest = versions[0].metadata.version
        for reading in told:
            if reading.article.version == newest and reading.provision in meant:
                found.append(reading)
        found += named
    return found


def renumbered(book: LawBook) -> Renumbered | None:
    """Return the first provision of which an old number misleads; None where no number does."""
    for newest, *older in _asked_by_number(book):
        misleading = {one.article.article for one in _bare([newest])}
        stands = {one.provision: one.article for one in _told([newest])}
        for was in _told(older):
            if was.article.article in misleading and was.provision in stands:
                return Renumbered(was.article, stands[was.provision])
    return None


def _asked_by_number(book: LawBook) -> Iterator[list[DocumentHead]]:
    """Yield the versions of each law that is asked for by number, newest first: those that are
    stated and told of here.
    """
    for heads in book.versions.values():
        told = []
        for head in reversed(heads):
            known = head.metadata
            if known.provisions and known.version != VERSION_UNSTATED:
                told.append(head)
        if any(head.metadata.bare_articles for head in told):
            yield told


def _told(versions: Iterable[DocumentHead]) -> list[Reading]:
    """Return the articles of versions that are told of here."""
    found = []
    for head in versions:
        for provision in head.metadata.provisions:
            found.append(_reading(head, provision))
    return found


def _bare(versions: Iterable[DocumentHead]) -> list[Reading]:
    """Return the articles of versions that merely bear a number."""
    found = []
    for head in versions:
        for provision in head.metadata.bare_articles:
            found.append(_reading(head, provision))
    return found


def _reading(head: DocumentHead, provision: Provision) -> Reading:
    """Return an article with what it provides, a paragraph or item taken with its article."""
    law, version = head.metadata.law or "", head.metadata.version or ""
    article = ArticleKey(law, version, base_article(provision.article))
    return Reading(article, provision.provision)
