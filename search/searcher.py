"""The read walk: one query in, one answer out.

Query text is used and forgotten: nothing of it is stored or logged.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from msgspec.structs import replace

from kb.embedding import Embedder
from kb.messages.notices import Notice
from kb.records import NO_FILTERS, Filters
from kb.store import Store
from search.caches import Caches, Reading
from search.catalogue import Catalogue
from search.counting import count_facets, count_totals
from search.expansion import expansions_of
from search.hits import make_hits
from search.indexes import Indexes
from search.keyword_writing import Progress
from search.listing import list_documents, list_instead
from search.more_like_this import find_similar
from search.ordering import Ordering
from search.ranking import joined_rankings
from search.request import SearchRequest
from search.reranking import Reranking
from search.results import Hit, SearchResult
from search.retrieving import Retrieving
from search.understanding import Understood, understand

__all__ = ["Searcher"]

log = logging.getLogger(__name__)


class Searcher:
    """Searches any store of one data folder. Shared by threads; each brings its own store."""

    def __init__(
        self,
        caches: Caches,
        embedder: Embedder,
        reranking: Reranking | None = None,
    ) -> None:
        """Search these caches; queries are embedded as the passages were."""
        self._caches = caches
        self._embedder = embedder
        self._reranking = reranking

    def indexes(self, store: Store) -> Indexes:
        """Return the indexes that serve a store's readers, as they are."""
        return self._caches.indexes(store)

    def catalogue(self, store: Store) -> Catalogue:
        """Return what a store's readers may list."""
        return self._caches.catalogue(store)

    def refresh(self, store: Store, progress: Progress | None = None) -> None:
        """Bring the caches up to the store, waiting for another process that does so."""
        self._caches.refresh(store, progress)

    def verify(self, store: Store, repair: bool) -> list[Notice]:
        """Return what the caches got wrong, mended when `repair`."""
        return self._caches.verify(store, repair)

    def search(self, store: Store, request: SearchRequest) -> SearchResult:
        """Answer a query with one page of documents, counts over all that match, and reasons.

        Raises EmbedderMismatch for a search by meaning alone when the vectors are another
        embedder's.
        """
        started = time.perf_counter()
        with self._caches.given_up_when_damaged(store):
            reading = self._caches.reading(store)
            understood = understand(store, request, reading)
            if understood.query.wants_anything:
                result = self._answer(store, request, reading, understood)
            else:
                result = list_instead(store, request, reading, understood)
        result = _timed(result, started)
        told = (request.mode, len(understood.query.terms), result.total, result.took_ms)
        log.info("searched mode=%s terms=%d documents=%d ms=%.1f", *told)
        return result

    def _answer(
        self,
        store: Store,
        request: SearchRequest,
        reading: Reading,
        understood: Understood,
    ) -> SearchResult:
        query, filters = understood.query, understood.filters
        ordering = Ordering(request, self._reranking)
        retrieving = self._retrieving(request, reading)
        notices = understood.notices + retrieving.notices(query)
        asked = retrieving.retrieve(store, understood)
        asked, ranking = ordering.rank(store, asked, filters)
        facets = count_facets(store, asked, filters, ranking)
        ranking = ordering.apply(store, asked, ranking)
        parts = ordering.divide(store, asked, filters, ranking)
        documents = joined_rankings(parts).documents
        hits = make_hits(store, query, asked.named, ordering.page(parts))
        return SearchResult(
            query=query.view(),
            mode=request.mode,
            total=len(documents),
            total_is_exact=ranking.complete,
            hits=hits,
            facets=facets,
            notices=query.notices + asked.named.notices + notices,
            expansions=expansions_of(query) + asked.named.expansions,
            documents=documents,
        )

    def _retrieving(self, request: SearchRequest, reading: Reading) -> Retrieving:
        is_divided = bool(request.each)
        return Retrieving(request.mode, reading, self._embedder, is_divided)

    def totals(
        self,
        store: Store,
        request: SearchRequest,
        several: Sequence[Filters],
    ) -> list[int]:
        """Return how many documents a request finds under each of some filters instead of its
        own, looked for once.
        """
        with self._caches.given_up_when_damaged(store):
            reading = self._caches.reading(store)
            query = understand(store, request, reading).query
            retrieving = Retrieving(request.mode, reading, self._embedder, True)
            return count_totals(store, retrieving, query, several)

    def listing(self, store: Store, request: SearchRequest) -> SearchResult:
        """List a page of everything the filters keep, with counts over all of it."""
        started, catalogue = time.perf_counter(), self.catalogue(store)
        found = list_documents(store, catalogue, request.filters, request)
        return _timed(found, started)

    def similar(
        self,
        store: Store,
        document_id: int,
        filters: Filters = NO_FILTERS,
        *,
        limit: int = 10,
    ) -> tuple[Hit, ...]:
        """Return the documents most like one document, itself left out; empty when it is not
        visible.
        """
        with self._caches.given_up_when_damaged(store):
            reading = self._caches.reading(store)
            allowed = reading.catalogue.passing(filters)

            def find() -> tuple[Hit, ...]:
                return find_similar(store, reading.indexes, document_id, allowed, limit)

            if filters or reading.notices:
                return find()
            return reading.catalogue.similar.of((document_id, limit), find)


def _timed(result: SearchResult, started: float) -> SearchResult:
    return replace(result, took_ms=1000 * (time.perf_counter() - started))
