"""The store as its readers see it: what is there, with one clearance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kb.law.articles import ArticleKey, Articles
from kb.law.concordance import ConcordanceRow
from kb.records import (
    NO_FILTERS,
    Citation,
    Document,
    DocumentHead,
    Filters,
    Name,
    StoredPassage,
)
from kb.store import citing, laws, naming, reading, sums, vectors
from kb.store.opening import OpenStore


class VisibleStore(OpenStore):
    """What readers ask: every answer holds only what the clearance may see, counts and
    facets included.
    """

    def document(self, key: int | str) -> Document | None:
        """Return a visible document by id (int) or slug (str)."""
        with self.snapshot():
            return reading.document(self._conn, self.clearance, key=key)

    def heads(self, ids: Iterable[int]) -> dict[int, DocumentHead]:
        """Return the visible documents among `ids`."""
        return reading.heads(self._conn, self.clearance, ids)

    def documents(self, ids: Iterable[int]) -> dict[int, Document]:
        """Return the visible documents among `ids`, whole."""
        with self.snapshot():
            return reading.documents(self._conn, self.clearance, ids)

    def heads_by_slug(self, slugs: Iterable[str]) -> dict[str, DocumentHead]:
        """Return the visible documents among `slugs`, by slug."""
        return reading.heads_by_slug(self._conn, self.clearance, slugs)

    def passages(self, ids: Iterable[int]) -> dict[int, StoredPassage]:
        """Return the visible passages among `ids`."""
        return reading.passages(self._conn, self.clearance, ids)

    def article_passages(self, articles: Mapping[int, str]) -> dict[int, int]:
        """Return by document its first passage of the article named beside it, where it is visible
        and has one.
        """
        return reading.article_passages(self._conn, self.clearance, articles)

    def listing(
        self,
        filters: Filters = NO_FILTERS,
        *,
        order: str = "newest",
        offset: int = 0,
        limit: int = 20,
    ) -> tuple[list[DocumentHead], int]:
        """Return one page of visible documents and their total; `order` is a key of
        reading.ORDERS.
        """
        return reading.listing(
            self._conn, self.clearance, filters, order, offset, limit
        )

    def in_order(self, ids: Sequence[int], order: str) -> NDArray[np.int64]:
        """Return the visible documents among `ids` in an order that is a key of reading.ORDERS."""
        return reading.in_order(self._conn, self.clearance, ids, order)

    def result_sums(self) -> list[tuple[int, str, float]]:
        """Return (document id, type of RESULT_SUMS, sum in yuan) of what visible
        documents came to, ascending by sum.

        A document has one sum a type, its largest of that type.
        """
        return sums.by_document(self._conn, self.clearance)

    def document_ids(self, filters: Filters = NO_FILTERS) -> NDArray[np.int64]:
        """Return the ids of visible documents that pass `filters`, ascending."""
        return reading.document_ids(self._conn, self.clearance, filters)

    def passage_ids(self, filters: Filters, limit: int) -> NDArray[np.int64] | None:
        """Return the ids of visible passages that pass `filters`, or None when more than
        `limit`.
        """
        return reading.passage_ids(self._conn, self.clearance, filters, limit)

    def facet_documents(self) -> Iterator[tuple[str, str, NDArray[np.int64]]]:
        """Yield every field and value with the ids of the visible documents that have it."""
        return reading.facet_documents(self._conn, self.clearance)

    def by_identifier(
        self, pairs: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], list[int]]:
        """Return the visible documents that bear each (type, value)."""
        return reading.by_identifier(self._conn, self.clearance, pairs)

    def citing(self, law: str, article: str) -> list[int]:
        """Return the visible documents that cite an article of any version of a law."""
        return citing.citing(self._conn, self.clearance, law, article)

    def citing_document(self, slug: str) -> dict[int, DocumentHead]:
        """Return the visible documents that name another one."""
        return citing.citing_document(self._conn, self.clearance, slug)

    def citing_articles(
        self, articles: Iterable[ArticleKey]
    ) -> dict[ArticleKey, list[int]]:
        """Return by article the visible documents that cite it; [] for one nobody cites."""
        return citing.citing_articles(self._conn, self.clearance, articles)

    def presumed_to_cite(
        self, articles: Iterable[ArticleKey]
    ) -> dict[ArticleKey, dict[int, str]]:
        """Return by article the visible documents that name it without a version and are
        presumed to mean this one.

        Each comes with why: BY_DATE or BY_TEXT.
        """
        return citing.presumed(self._conn, self.clearance, articles)

    def citations_of(self, ids: Iterable[int]) -> Mapping[int, Sequence[Citation]]:
        """Return the citations of each visible document among `ids`."""
        return citing.of_documents(self._conn, self.clearance, ids)

    def laws(self) -> list[DocumentHead]:
        """Return all visible versions of all laws."""
        return laws.laws(self._conn, self.clearance)

    def versions(self, law: str) -> list[DocumentHead]:
        """Return the visible versions of a law, oldest first."""
        return laws.versions(self._conn, self.clearance, law)

    def articles(self, ids: Iterable[int]) -> dict[int, Articles]:
        """Return by visible document its articles, where it has any."""
        return laws.articles(self._conn, self.clearance, ids)

    def concordances(self, names: Iterable[str]) -> dict[str, list[ConcordanceRow]]:
        """Return by law which article of which version holds each provision."""
        return laws.concordances(self._conn, self.clearance, names)

    def counterparts(
        self, articles: Iterable[ArticleKey]
    ) -> dict[ArticleKey, list[ConcordanceRow]]:
        """Return by article those of other versions that provide the same."""
        return laws.counterparts(self._conn, self.clearance, articles)

    def names(self) -> Iterator[Name]:
        """Yield every title, other name, party and number of the visible documents, as written."""
        return naming.names(self._conn, self.clearance)

    def provisions(self) -> list[tuple[str, str, str, str]]:
        """Return (law, version, article, what it provides) of the visible laws; '' for a version
        whole.
        """
        return naming.provisions(self._conn, self.clearance)

    def facet_words(self, fields: Sequence[str]) -> list[tuple[str, str, int]]:
        """Return (field, value, how many have it) of the values visible documents have in any of
        `fields`.
        """
        return naming.facet_words(self._conn, self.clearance, fields)

    def embedder(self) -> tuple[int, str, int] | None:
        """Return id, name and dimension of the embedder in use; None in an empty store."""
        return vectors.in_use(self._conn)

    def mean_vector(self, document_id: int) -> NDArray[np.float32] | None:
        """Return the unit mean of a visible document's vectors; None when it has none."""
        embedder = self.embedder()
        if embedder is None:
            return None
        return vectors.mean_vector(self._conn, self.clearance, embedder[0], document_id)
