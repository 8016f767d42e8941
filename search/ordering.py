"""How far a ranking is read, and in which order its documents are shown."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from kb.records import Filters
from kb.store import Store
from search.hits import Page
from search.ranking import Ranking, joined_rankings, rank, reordered_as
from search.request import SearchRequest
from search.reranking import Reranking
from search.retrieving import RetrievedQuery


class Ordering(Struct, frozen=True):
    """The order a request wants: by worth, after a reranker where there is one, or another."""

    request: SearchRequest
    reranking: Reranking | None

    def reads_beyond(
        self,
        asked: RetrievedQuery,
        ranking: Ranking,
    ) -> bool:
        """Tell whether documents are read of which no order is known yet."""
        read = len(ranking.documents)  # in another order those behind come forward
        if self.request.is_by_relevance:
            reranked = self._count_reranked(asked, ranking)
            read = min(read, max(self.request.end, reranked))
        return read > ranking.ordered

    def _count_reranked(
        self,
        asked: RetrievedQuery,
        ranking: Ranking,
    ) -> int:
        """Return how many documents the reranker reaches, from the first; 0 where it has no say."""
        reranking = self.reranking
        if reranking is None or not reranking.serves(self.request, asked.query):
            return 0
        return int(reranking.window(asked, ranking).stop)

    def apply(
        self,
        store: Store,
        asked: RetrievedQuery,
        ranking: Ranking,
    ) -> Ranking:
        """Return the ranking in the order that is wanted."""
        request, documents = self.request, ranking.documents
        if not request.is_by_relevance:
            ordered = asked.catalogue.in_order(store, documents, request.sort)
            return reordered_as(ranking, ordered)
        reranked = self._count_reranked(asked, ranking)
        if self.reranking is not None and request.offset < reranked:
            return self.reranking.reorder(store, asked, ranking)
        return ranking

    def rank(
        self,
        store: Store,
        asked: RetrievedQuery,
        filters: Filters,
    ) -> tuple[RetrievedQuery, Ranking]:
        """Rank documents under one set of filters, as far as they are read; return what was
        asked of the caches to that end too.
        """
        ranking = rank(store, asked, filters)
        if self.reads_beyond(asked, ranking):
            asked = asked.with_all_in_order()
            ranking = rank(store, asked, filters)
        return asked, ranking

    def divide(
        self,
        store: Store,
        asked: RetrievedQuery,
        filters: Filters,
        whole: Ranking,
    ) -> list[Ranking]:
        """Return the whole ranking alone, or where a field divides the answer, one of the
        documents of each of its values, as if filtered by it, of what was found once.
        """
        each = self.request.each
        if not each or not len(whole.documents):
            return [whole]
        counted = dict(asked.columns.count(each, whole.documents))
        parts = []
        for value in asked.columns.in_order(each):
            if value in counted:
                asked, ranking = self.rank(store, asked, filters.only(each, value))
                parts.append(self.apply(store, asked, ranking))
        return parts

    def page(self, parts: Sequence[Ranking]) -> Page:
        """Return the wanted page of each part, as hits are made of."""
        shown = joined_rankings([part.part(self.request.page) for part in parts])
        return Page(
            documents=shown.documents,
            scores=shown.scores,
            keyword=shown.keyword,
            vector=shown.vector,
            first_rank=self.request.offset + 1,
        )
