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
from search import answers, more_like_this
from search.candidates import EMPTY, Candidates, joined_for_counting, ranked, within
from search.catalogue import Catalogue, Catalogues
from search.demands import LONG_CHARS, demanded, unheard, unwanted
from search.expansion import said, text_to_embed, widened
from search.filtering import as_meant, joined, unknown_values
from search.fusion import best_by_document, followed, summed_by_document, weighted_sum
from search.id_sets import member
from search.indexes import Indexes, IndexesByScope
from search.named_documents import find_named_documents
from search.query import EXPANDED, ExpansionChoice, Query, parse
from search.ranking import Ranking, RetrievedQuery, reordered_as
from search.reranking import DEPTH as RERANK_DEPTH
from search.reranking import Reranker, reordered
from search.results import FACET_FIELDS, MODES, SORTS, Hit, SearchResult

log = logging.getLogger(__name__)

#: Passages each retriever hands to fusion.
KEYWORD_DEPTH: Final = 200
VECTOR_DEPTH: Final = 100
#: To this depth of passages a document that the words put forward is also scored by its meaning.
SCORED_DEPTH: Final = 300
#: What the words weigh in the sum of both retrievers' scores; the rest is meaning.
WORDS_WEIGHT: Final = 0.25
#: In a description of facts the words weigh more: the mean of so many words points
#: nowhere in particular.
LONG_WORDS_WEIGHT: Final = 0.4
#: Above this many allowed documents a filter is applied to gathered passages, not
#: handed to the index.
_ALLOWED_LIMIT: Final = 5_000
#: Documents shown, nearest in meaning first, when filters leave nothing that matches.
_FEW: Final = 10
#: The same vectors scored by FAISS and by numpy differ by less than this.
_ROUNDING: Final = 1e-5
_ALL: Final = 1_000_000_000
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
        widening: ExpansionChoice = EXPANDED,
    ) -> SearchResult:
        """Answer a query with one page of documents, counts over all that match, and reasons.

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
                    store, catalogue, filters, sort, slice(offset, offset + limit)
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

    def listing(
        self, store: Store, filters: Filters, sort: str | None, offset: int, limit: int
    ) -> SearchResult:
        """List a page of everything the filters keep, with counts over all of it."""
        started = time.perf_counter()
        found = answers.listing(
            store,
            self.catalogue(store),
            filters,
            sort or "",
            slice(offset, offset + limit),
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
                return more_like_this.similar(
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
    ) -> SearchResult:
        question = self._question(store, query, caches, mode, filters)
        ranking = self._rank(store, question, filters)
        reranker = (
            self._reranker
            if mode != "keyword" and query.wants_text and sort == "relevance"
            else None
        )
        read = (
            offset + limit
            if reranker is None
            else max(offset + limit, self._window(question, ranking)[1])
        )
        read = (
            read if sort == "relevance" else len(ranking.documents)
        )  # those behind come forward
        if min(read, len(ranking.documents)) > ranking.ordered:
            question = replace(
                question,
                everything=question.indexes.keyword.search(query, KEYWORD_DEPTH)[0],
            )
            ranking = self._rank(store, question, filters)
        facets = self._facets(store, question, filters, ranking)
        if reranker is not None and offset < self._window(question, ranking)[1]:
            ranking = self._reranked(store, reranker, question, ranking)
        if sort != "relevance":
            ordered = question.catalogue.in_order(store, ranking.documents, sort)
            ranking = reordered_as(ranking, ordered)
        page = slice(offset, offset + limit)
        hits = answers.hits(
            store,
            query,
            ranking.documents[page],
            ranking.scores[page],
            ranking.keyword,
            ranking.vector,
            question.exact,
            first_rank=offset + 1,
        )
        view = answers.told_of(
            query.view(), question.exact.notes, question.exact.expanded
        )
        return SearchResult(
            view,
            mode,
            len(ranking.documents),
            ranking.complete,
            0.0,
            hits,
            facets,
            documents=ranking.documents,
        )

    def _question(
        self,
        store: Store,
        query: Query,
        caches: tuple[Indexes, Catalogue],
        mode: str,
        filters: Filters,
    ) -> RetrievedQuery:
        """Ask everything that does not depend on filters, once.

        One retriever after the other: a thread for one of them costs more than it saves. Meaning
        comes last: it passes over all vectors, and what follows finds the processor's cache empty.
        """
        indexes, catalogue = caches
        exact = find_named_documents(store, query)
        # a fixed depth settles the order
        counted_alone = mode == "hybrid" and not filters and not query.unwanted
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
        return RetrievedQuery(
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

    def _window(self, question: RetrievedQuery, ranking: Ranking) -> tuple[int, int]:
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
        self,
        store: Store,
        reranker: Reranker,
        question: RetrievedQuery,
        ranking: Ranking,
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

    def _allowed(self, question: RetrievedQuery, filters: Filters) -> NDArray[np.int64]:
        """Return the documents the reader may see and the filters keep, less the unwanted."""
        allowed = question.columns.passing(filters) if filters else question.columns.ids
        return within(allowed, None, question.unwanted)

    def _rank(
        self, store: Store, question: RetrievedQuery, filters: Filters
    ) -> Ranking:
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
            keyword = _of_roles(store, keyword, filters)
        near = self._near(store, question, keyword, allowed, filters)
        documents, scores = self._fused(question, keyword, near)
        ordered = len(documents)
        if not everything.ordered:
            documents, scores = followed(documents, scores, everything.documents)
            keyword = joined_for_counting(best, everything)
        documents, scores = question.exact.put_first(documents, scores, allowed)
        ordered = ordered if not everything.ordered else len(documents)
        return Ranking(documents, scores, keyword, near, everything.complete, ordered)

    def _fused(
        self, question: RetrievedQuery, keyword: Candidates, near: Candidates
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return documents best first: both retrievers on a fixed depth, then what else holds the
        words.
        """
        meaning = best_by_document(near.documents, near.scores)
        if question.everything is EMPTY and question.best is EMPTY:
            return meaning
        depth = KEYWORD_DEPTH if question.hybrid else len(keyword.passages)
        head = keyword.first(depth)
        words = summed_by_document(
            head.documents, head.scores, question.indexes.vector.sizes
        )
        fused = (
            words
            if question.vector is None
            else weighted_sum(words, meaning, _weight(question.query))
        )
        return followed(*fused, keyword.documents[depth:])

    def _among(
        self, question: RetrievedQuery, matches: Candidates, allowed: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Tell which matches are of documents among `allowed` (ascending)."""
        if allowed is question.columns.ids:  # nothing is filtered: a look-up serves
            return question.columns.visible(matches.documents)
        return member(matches.documents, allowed)

    def _near(
        self,
        store: Store,
        question: RetrievedQuery,
        keyword: Candidates,
        allowed: NDArray[np.int64],
        filters: Filters,
    ) -> Candidates:
        """Return the passages near in meaning among `allowed`, cut only after filtering.

        What counts as near is settled without filters (the score of the last of the depth),
        so that choosing a facet's value leaves as many documents as it promised; only when
        filters leave nothing at all is the nearest that is left shown all the same. Documents
        that the words put forward are scored by their meaning to a greater depth.
        """
        if question.vector is None:
            return EMPTY
        near = question.near
        if filters:
            wanted = within(allowed, question.demanded, None)
            of_roles = (
                store.passage_ids(Filters(roles=filters.roles), _ALL)
                if filters.roles
                else None
            )
            near = question.indexes.vector.search(
                question.vector,
                SCORED_DEPTH,
                wanted,
                of_roles,
                made_by=self._embedder.name,
            )
        scores = question.near.scores
        least = float(scores[VECTOR_DEPTH - 1]) if len(scores) >= VECTOR_DEPTH else -1.0
        enough = near.scores >= least - _ROUNDING
        if filters:
            named = np.array(question.exact.order, dtype=np.int64)
            have = np.union1d(
                keyword.documents,
                np.union1d(near.documents[enough], named[np.isin(named, allowed)]),
            )
            if not len(have):
                enough |= np.isin(
                    near.documents,
                    best_by_document(near.documents, near.scores)[0][:_FEW],
                )
        return near.kept(
            enough | member(near.documents, np.sort(keyword.documents[:KEYWORD_DEPTH]))
        )

    def _facets(
        self, store: Store, question: RetrievedQuery, filters: Filters, ranking: Ranking
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


def _weight(query: Query) -> float:
    return LONG_WORDS_WEIGHT if len(query.text) > LONG_CHARS else WORDS_WEIGHT


def _of_roles(store: Store, matches: Candidates, filters: Filters) -> Candidates:
    """Return the passages that stand in sections of the wanted roles."""
    found: Sequence[int] = [
        p.id
        for p in store.passages(matches.passages.tolist()).values()
        if p.role in filters.roles
    ]
    return matches.kept(np.isin(matches.passages, np.array(found, dtype=np.int64)))
