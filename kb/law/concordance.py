"""Which article of which version of a law provides what; what came after an article, and what was
before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from kb.law.articles import ArticleKey, base_article


class ConcordanceRow(Struct, frozen=True, gc=False):
    """One article of one version of a law under the name of what it provides."""

    provision: str
    version: str
    article: str
    note: str | None
    document_id: int


class Concordance(Struct, frozen=True, gc=False):
    """The concordance of one law: its versions, oldest first, and the rows of all of them."""

    law: str
    versions: tuple[str, ...]
    rows: tuple[ConcordanceRow, ...]

    def provisions(self, version: str, article: str) -> list[str]:
        """Return what an article of a version provides."""
        return [
            row.provision
            for row in self.rows
            if (row.version, row.article) == (version, article)
        ]

    def articles(self, version: str, provision: str) -> list[str]:
        """Return the articles of a version that hold a provision."""
        return [
            row.article
            for row in self.rows
            if (row.version, row.provision) == (version, provision)
        ]

    def provided(self, version: str) -> dict[str, list[str]]:
        """Return what each article of a version provides, paragraphs and items taken with their
        article.
        """
        found: dict[str, list[str]] = {}
        for row in self.rows:
            if row.version == version:
                found.setdefault(base_article(row.article), []).append(row.provision)
        return found

    def without_own(
        self, version: str, told: Sequence[str]
    ) -> dict[str, tuple[str, ...]]:
        """Return by article of `told` the articles of a version that are not told of, and whose
        provision is one of its own.
        """
        provided = self.provided(version)
        hosts: dict[str, str] = {}
        for article in told:
            for provision in provided.get(article, ()):
                hosts.setdefault(provision, article)
        beside: dict[str, tuple[str, ...]] = {}
        for article, provisions in provided.items():
            host = hosts.get(provisions[-1])
            if host is not None and article not in told:
                beside[host] = (*beside.get(host, ()), article)
        return beside

    def counterparts(
        self,
        version: str,
        article: str,
        other: str,
    ) -> tuple[ArticleKey, ...]:
        """Return the articles of version `other` that provide what an article of `version`
        provides, by their names.
        """
        provided = self.provisions(version, article)
        found: set[str] = set()
        for row in self.rows:
            if row.version == other and row.provision in provided:
                found.add(row.article)
        return tuple(ArticleKey(self.law, other, name) for name in sorted(found))

    def successors(self, version: str, article: str) -> tuple[ArticleKey, ...]:
        """Return the counterparts in the next version that has any; none of a version that is not
        here.
        """
        return self._nearest(version, article, self._around(version)[1])

    def predecessors(self, version: str, article: str) -> tuple[ArticleKey, ...]:
        """Return the counterparts in the last version before that has any; none of a version that
        is not here.
        """
        return self._nearest(version, article, self._around(version)[0])

    def _around(self, version: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the versions before one and those after it, the nearest first; none around one
        that is not here.
        """
        if version not in self.versions:
            return (), ()
        place = self.versions.index(version)
        return self.versions[:place][::-1], self.versions[place + 1 :]

    def _nearest(
        self,
        version: str,
        article: str,
        others: Iterable[str],
    ) -> tuple[ArticleKey, ...]:
        for other in others:
            found = self.counterparts(version, article, other)
            if found:
                return found
        return ()
