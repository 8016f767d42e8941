"""The read walk: one query in, one answer out.

Query text is used and forgotten: nothing of it is stored or logged.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from kb.embedding import Embedder
from kb.errors import EmbedderMismatch, InvalidQuery
from kb.records import NO_FILTERS, Filters
from kb.store import Store
from search import answers, likeness
from search.catalogue import Catalogue, Catalogues
from search.demands import demanded, unheard, unwanted
from search.exact import exact_documents
from search.expansion import said, text_to_embed, widened
from search.filtering import as_meant, joined, unknown_values
from search.fusion import followed
from search.ids import member
from search.indexes import Indexes, IndexesByScope
from search.matches import EMPTY, Matches, joined_for_counting, ranked, within
from search.query import WIDENING, Query, Widening, parse
from search.ranking import Order, Question, Ranking, joined_rankings, reordered_as
from search.reranking import DEPTH as RERANK_DEPTH
from search.reranking import Reranker, reordered
from search.results import FACET_FIELDS, MODES, SORTS, Hit, SearchResult
from search.retrieval import KEYWORD_DEPTH, SCORED_DEPTH, fuse, near_matches

log = logging.getLogger(__name__)

#: Above this many allowed documents a filter is applied to gathered passages, not
#: handed to the index.
_ALLOWED_LIMIT: Final = 5_000
_HAN: Final = re.compile("[㐀-鿿]")


class Searcher:
    """Searches any store of one data folder. Shared by threads; each brings its own store."""

    def __init__(
        self,
        home: Path,
        embedder: Embedder,
        reranker: Reranker | None = None,
        rerank_depth: int = RERANK_DEPTH,
    ) -> None:
        """Keep caches below `home`/index; a reranker reorders the first `rerank_depth`
        documents.
        """
        self._embedder = embedder
        self._reranker = reranker
        self._rerank_depth = rerank_depth
        self._by_scope = IndexesByScope(home / "index")
        self._catalogues = Catalogues()
        self._refreshing = threading.Lock()

    # -- caches ----------------------------------------------------------------------------

    def indexes(self, store: Store) -> Indexes:
        """Return the indexes that serve a store's readers, as they are."""
        return self._by_scope.of(store)

    def catalogue(self, store: Store) -> Catalogue:
        """Return what a store's readers may list."""
        return self._catalogues.of(store)

    def refresh(
        self, store: Store, progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Bring the caches up to the store, waiting for another process that does so."""
        with self._refreshing:
            self._by_scope.refresh(store, progress)

    def verify(self, store: Store, repair: bool) -> list[str]:
        """Return what the caches got wrong, mended when `repair`."""
        with self._refreshing:
            return self._by_scope.verify(store, repair)

    def _current(self, store: Store) -> tuple[Indexes, list[str]]:
        """Return the indexes, brought up to the store as far as that can be done now, and what to
        tell of them.
        """
        indexes, commit = self.indexes(store), store.commit()
        if indexes.keyword.is_of(commit) and indexes.vector.is_of(commit):
            return indexes, []
        with self._refreshing:
            return self._by_scope.current(store)

    def _is_foreign(self, indexes: Indexes) -> bool:
        """Tell whether the vectors are another embedder's: `kb reembed` changed it beside this
        process.
        """
        return indexes.vector.embedder not in (None, self._embedder.name)

    # -- searching -------------------------------------------------------------------------

    def search(
        self,
        store: Store,
        text: str,
        filters: Filters = NO_FILTERS,
        *,
        mode: str = "hybrid",
        sort: str = "relevance",
        offset: int = 0,
        limit: int = 10,
        each: str = "",
        widening: Widening = WIDENING,
    ) -> SearchResult:
        """Answer a query with one page of documents, counts over all that match, and reasons.

        `each` names a field: then the first
        `limit` documents of each of its values are shown, and `documents` stand by value.

        Sorting by date, or by the sum a case came to, takes all that match; documents
        without one come last. Raises InvalidQuery for a mode, sort, offset or limit
        that makes no sense, never for text; and EmbedderMismatch for a search by
        meaning alone when the vectors are another embedder's.
        """
        started = time.perf_counter()
        if mode not in MODES or sort not in SORTS or offset < 0 or limit < 1:
            ways = f"检索方式应为 {'、'.join(MODES)},排序应为 {'、'.join(SORTS)}"
            raise InvalidQuery(f"{ways},offset 不小于 0,limit 不小于 1")
        with self._by_scope.given_up_when_damaged(store):
            indexes, behind = self._current(store)
            catalogue = self.catalogue(store)
            columns = catalogue.columns
            query, reread = as_meant(store, parse(text), columns)
            query = indexes.keyword.present(widened(query, widening))
            filters, notes = joined(filters, query, columns)
            notes += reread or (
                unknown_values(filters.include, columns) if not notes else []
            )
            if not query.wants_text and not query.identifiers and not query.unwanted:
                result = answers.listing(
                    store, catalogue, filters, sort, slice(offset, offset + limit), each
                )
                shown = answers.with_openings(store, result.hits)
                result = replace(result, query=query.view(), mode=mode, hits=shown)
            else:
                notes += (
                    unheard(query, indexes.keyword)
                    + self._deaf(query, mode, indexes)
                    + behind
                )
                result = self._answer(
                    store,
                    query,
                    (indexes, catalogue),
                    filters,
                    mode,
                    sort,
                    offset,
                    limit,
                    each,
                )
        took_ms = 1000 * (time.perf_counter() - started)
        log.info(
            "searched mode=%s terms=%d documents=%d ms=%.1f",
            mode,
            len(query.terms),
            result.total,
            took_ms,
        )
        return replace(
            result, query=answers.told_of(result.query, notes), took_ms=took_ms
        )

    def totals(
        self,
        store: Store,
        text: str,
        several: Sequence[Filters],
        *,
        mode: str = "hybrid",
        widening: Widening = WIDENING,
    ) -> list[int]:
        """Return how many documents a query finds under each of some filters, looked for once."""
        with self._by_scope.given_up_when_damaged(store):
            caches = self._current(store)[0], self.catalogue(store)
            columns = caches[1].columns
            query, _ = as_meant(store, parse(text), columns)
            query = caches[0].keyword.present(widened(query, widening))
            several = [joined(filters, query, columns)[0] for filters in several]
            if not query.wants_text and not query.identifiers and not query.unwanted:
                return [len(columns.passing(filters)) for filters in several]
            question = self._question(store, query, caches, mode, several[0], True)
            return [
                len(self._rank(store, question, filters).documents)
                for filters in several
            ]

    def listing(
        self,
        store: Store,
        filters: Filters,
        sort: str | None,
        offset: int,
        limit: int,
        each: str = "",
    ) -> SearchResult:
        """List a page of everything the filters keep, with counts over all of it; `limit` and
        `each` as for a search.
        """
        started = time.perf_counter()
        found = answers.listing(
            store,
            self.catalogue(store),
            filters,
            sort or "",
            slice(offset, offset + limit),
            each,
        )
        return replace(found, took_ms=1000 * (time.perf_counter() - started))

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
        with self._by_scope.given_up_when_damaged(store):
            # before the indexes: what is kept of a commit knows all of it
            catalogue = self.catalogue(store)
            indexes, behind = self._current(store)

            def find() -> tuple[Hit, ...]:
                return likeness.similar(
                    store, indexes, document_id, catalogue.passing(filters), limit
                )

            return (
                find()
                if filters or behind
                else catalogue.similar.of((document_id, limit), find)
            )

    def _answer(
        self,
        store: Store,
        query: Query,
        caches: tuple[Indexes, Catalogue],
        filters: Filters,
        mode: str,
        sort: str,
        offset: int,
        limit: int,
        each: str,
    ) -> SearchResult:
        question = self._question(store, query, caches, mode, filters, bool(each))
        is_reranked = mode != "keyword" and query.wants_text and sort == "relevance"
        reranker = self._reranker if is_reranked else None
        order = Order(sort, reranker, slice(offset, offset + limit))
        question, ranking = self._in_order(store, question, filters, order)
        facets = self._facets(store, question, filters, ranking)
        documents, shown = ranking.documents, ranking.part(order.page)
        if each:
            parts = self._by_value(store, question, filters, order, each, documents)
            documents = np.concatenate([documents[:0], *(p.documents for p in parts)])
            shown = joined_rankings([p.part(order.page) for p in parts], ranking)
        hits = answers.hits(
            store,
            query,
            shown.documents,
            shown.scores,
            shown.keyword,
            shown.vector,
            question.exact,
            first_rank=offset + 1,
        )
        view = answers.told_of(
            query.view(), question.exact.notes, question.exact.expanded
        )
        return SearchResult(
            view,
            mode,
            len(documents),
            ranking.complete,
            0.0,
            hits,
            facets,
            documents=documents,
        )

    def _by_value(
        self,
        store: Store,
        question: Question,
        filters: Filters,
        order: Order,
        field: str,
        documents: NDArray[np.int64],
    ) -> list[Ranking]:
        """Rank the documents of each value of a field as if filtered by it, of what was found
        once.
        """
        found = dict(question.columns.count(field, documents))
        return [
            self._in_order(store, question, filters.only(field, value), order)[1]
            for value in question.columns.in_order(field)
            if value in found
        ]

    def _in_order(
        self, store: Store, question: Question, filters: Filters, order: Order
    ) -> tuple[Question, Ranking]:
        """Rank documents under one set of filters, the page that is read in the order asked for;
        return what was asked of the caches to that end too.
        """
        ranking = self._rank(store, question, filters)
        read = order.page.stop
        if order.reranker is not None:
            read = max(read, self._window(question, ranking)[1])
        if order.sort != "relevance":
            read = len(ranking.documents)  # those behind come forward
        if min(read, len(ranking.documents)) > ranking.ordered:
            everything = question.indexes.keyword.search(question.query, KEYWORD_DEPTH)[
                0
            ]
            question = replace(question, everything=everything)
            ranking = self._rank(store, question, filters)
        reranker = order.reranker
        if reranker and order.page.start < self._window(question, ranking)[1]:
            ranking = self._reranked(store, reranker, question, ranking)
        if order.sort != "relevance":
            by_sort = question.catalogue.in_order(store, ranking.documents, order.sort)
            ranking = reordered_as(ranking, by_sort)
        return question, ranking

    def _question(
        self,
        store: Store,
        query: Query,
        caches: tuple[Indexes, Catalogue],
        mode: str,
        filters: Filters,
        is_ordered: bool,
    ) -> Question:
        """Ask everything that does not depend on filters, once; `is_ordered` where more than a
        page is read.

        One retriever after the other: a thread for one of them costs more than it saves. Meaning
        comes last: it passes over all vectors, and what follows finds the processor's cache empty.
        """
        indexes, catalogue = caches
        exact = exact_documents(store, query)
        # a fixed depth settles the order
        counted_alone = mode == "hybrid" and not filters and not query.unwanted
        counted_alone &= not is_ordered
        everything = best = EMPTY
        if mode != "vector":
            everything, best = indexes.keyword.search(
                query, KEYWORD_DEPTH, ordered=not counted_alone
            )
        embedded = text_to_embed(query, indexes.keyword.occurs)
        is_near = (
            mode != "keyword" and query.wants_text and not self._is_foreign(indexes)
        )
        vector = self._embed(embedded) if is_near else None
        wanted, refused = (
            demanded(query, indexes.keyword),
            unwanted(query, indexes.keyword),
        )
        near = EMPTY
        if vector is not None:
            near = indexes.vector.search(
                vector,
                SCORED_DEPTH,
                within(catalogue.columns.ids, wanted, refused),
                made_by=self._embedder.name,
            )
        if (
            mode == "hybrid"
            and not len(best.passages)
            and not len(everything.passages)
            and not _HAN.search(embedded)
        ):
            # letters no document holds: a model of Chinese has nothing to say to them
            vector = None
        return Question(
            query=query,
            hybrid=mode == "hybrid",
            indexes=indexes,
            catalogue=catalogue,
            vector=vector,
            near=near,
            everything=everything,
            best=best,
            exact=exact,
            demanded=wanted,
            unwanted=refused,
            made_by=self._embedder.name,
        )

    def _deaf(self, query: Query, mode: str, indexes: Indexes) -> list[str]:
        """Return a note when meaning had no say because the vectors are another embedder's."""
        if mode == "keyword" or not query.wants_text or not self._is_foreign(indexes):
            return []
        if mode == "vector":
            raise EmbedderMismatch(
                "向量模型已更换，暂时不能按语义检索；请改用智能或精确检索，并请管理员重启服务"
            )
        return ["向量模型已更换，本次仅按关键词检索；请管理员重启服务"]

    def _embed(self, text: str) -> NDArray[np.float32]:
        return np.asarray(self._embedder.embed_queries([text])[0], dtype=np.float32)

    def _window(self, question: Question, ranking: Ranking) -> tuple[int, int]:
        """Return which places are reranked: those after the documents named outright, whatever the
        page.
        """
        start = int(
            np.count_nonzero(
                np.isin(
                    ranking.documents, np.array(question.exact.order, dtype=np.int64)
                )
            )
        )
        return start, start + self._rerank_depth

    def _reranked(
        self, store: Store, reranker: Reranker, question: Question, ranking: Ranking
    ) -> Ranking:
        documents, scores = reordered(
            store,
            reranker,
            said(question.query),
            ranking.documents,
            ranking.scores,
            self._window(question, ranking),
            (ranking.keyword, ranking.vector),
        )
        return replace(ranking, documents=documents, scores=scores)

    def _allowed(self, question: Question, filters: Filters) -> NDArray[np.int64]:
        """Return the documents the reader may see and the filters keep, less the unwanted."""
        allowed = question.columns.passing(filters) if filters else question.columns.ids
        return within(allowed, None, question.unwanted)

    def _rank(self, store: Store, question: Question, filters: Filters) -> Ranking:
        """Rank documents under one set of filters; both retrievers are cut only after filtering."""
        allowed = self._allowed(question, filters)
        if question.query.only_excludes:
            return Ranking(
                allowed[::-1], np.zeros(len(allowed)), EMPTY, EMPTY, True, len(allowed)
            )
        everything, best = question.everything, question.best
        keyword_index, vector_index = question.indexes.keyword, question.indexes.vector
        if not everything.complete and len(allowed) <= min(
            _ALLOWED_LIMIT, vector_index.document_count - 1
        ):
            everything, best = keyword_index.search(
                question.query, KEYWORD_DEPTH, allowed.tolist()
            )
            everything = everything.of_score(question.everything.least)
        everything, best = (
            matches.kept(self._among(question, matches, allowed))
            for matches in (everything, best)
        )
        keyword = ranked(best, everything) if everything.ordered else best
        if filters.roles:
            of_roles = question.passages_of(store, filters.roles)
            keyword = keyword.kept(member(keyword.passages, of_roles))
        near = near_matches(store, question, keyword, allowed, filters)
        documents, scores = fuse(question, keyword, near)
        ordered = len(documents)
        if not everything.ordered:
            documents, scores = followed(documents, scores, everything.documents)
            keyword = joined_for_counting(best, everything)
        documents, scores = question.exact.put_first(documents, scores, allowed)
        ordered = ordered if not everything.ordered else len(documents)
        return Ranking(documents, scores, keyword, near, everything.complete, ordered)

    def _among(
        self, question: Question, matches: Matches, allowed: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Tell which matches are of documents among `allowed` (ascending)."""
        if allowed is question.columns.ids:  # nothing is filtered: a look-up serves
            return question.columns.visible(matches.documents)
        return member(matches.documents, allowed)

    def _facets(
        self, store: Store, question: Question, filters: Filters, ranking: Ranking
    ) -> dict[str, tuple[tuple[str, int], ...]]:
        """Count every field over all matching documents, each under the other fields' filters."""
        columns = question.columns
        plain = [field for field in FACET_FIELDS if field not in filters.include]
        counted = columns.count_all(plain, ranking.documents)
        for field in filters.include:
            if field in FACET_FIELDS:
                without = self._rank(store, question, filters.without(field))
                counted[field] = columns.count(field, without.documents)
        return {field: counted[field] for field in FACET_FIELDS}
