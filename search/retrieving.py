"""What the indexes and the store say to a query before any filter."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from kb.embedding import Embedder
from kb.errors import EmbedderMismatch
from kb.messages.faults import Fault, words
from kb.messages.notices import Notice, NoticeCode
from kb.records import Filters
from kb.store import Store
from search.caches import Reading
from search.candidates import EMPTY, Candidates, within
from search.catalogue import Catalogue
from search.demands import (
    demanded_documents,
    notices_of_absent_words,
    unwanted_documents,
)
from search.expansion import text_to_embed
from search.facets import Columns
from search.id_sets import Ids
from search.indexes import Indexes
from search.named_documents import NamedDocuments, find_named_documents
from search.query import Query
from search.retriever import Allowed, Direction, Matching, Wanted
from search.understanding import Understood

#: Passages each retriever hands to fusion.
KEYWORD_DEPTH: Final = 200
VECTOR_DEPTH: Final = 100
#: To this depth of passages a document that the words put forward is also scored by its meaning.
SCORED_DEPTH: Final = 300
_ALL: Final = 1_000_000_000
_NO_MATCHES: Final = Matching(EMPTY, EMPTY)
_VECTORS_FOREIGN: Final = Notice(NoticeCode.VECTORS_FOREIGN)
_HAN: Final = re.compile("[㐀-鿿]")


class RetrievedQuery(Struct, frozen=True, kw_only=True, gc=False):
    """A query with what the caches and the store say to it before any filter.

    `near` are the passages nearest in meaning; without a direction meaning has no say.
    `of_roles` are the passages of the roles that filters asked for so far.
    """

    query: Query
    is_hybrid: bool
    indexes: Indexes
    catalogue: Catalogue
    direction: Direction | None
    near: Candidates
    matching: Matching
    named: NamedDocuments
    demanded: Ids | None
    unwanted: Ids
    of_roles: dict[tuple[str, ...], Ids] = field(default_factory=dict)

    def passages_of(self, store: Store, roles: tuple[str, ...]) -> Ids:
        """Return the visible passages in sections of these roles, ascending; read once."""
        if roles not in self.of_roles:
            found = store.passage_ids(Filters(roles=roles), _ALL)
            self.of_roles[roles] = np.empty(0, np.int64) if found is None else found
        return self.of_roles[roles]

    @property
    def columns(self) -> Columns:
        """Return the facet values of what the reader may see."""
        return self.catalogue.columns

    @property
    def wanted(self) -> Wanted:
        """Return what retrievers are asked for."""
        return Wanted(self.query, self.direction)

    @property
    def asked_for_words(self) -> bool:
        """Tell whether the keyword index was asked and had anything to look for."""
        matching = self.matching
        return matching.everything is not EMPTY or matching.best is not EMPTY

    @property
    def found_no_words(self) -> bool:
        """Tell whether no passage holds any of the words."""
        best, everything = self.matching.best, self.matching.everything
        return not len(best.passages) and not len(everything.passages)

    def with_all_in_order(self) -> RetrievedQuery:
        """Return the same with all that match in order, where they were only counted."""
        found = self.indexes.keyword.matching(self.query, None, KEYWORD_DEPTH)
        matching = Matching(found.everything, self.matching.best)
        return replace(self, matching=matching)


class Retrieving(Struct, frozen=True):
    """Asks everything that does not depend on filters, once.

    One retriever after the other: a thread for one of them costs more than it saves.
    Meaning comes last: it passes over all vectors, and what follows finds the processor's
    cache empty.
    """

    mode: str
    reading: Reading
    embedder: Embedder
    #: Whether the answer is divided, so that more than a page of it is read.
    is_divided: bool = False

    def retrieve(
        self,
        store: Store,
        understood: Understood,
    ) -> RetrievedQuery:
        """Return what the indexes and the store say to a query."""
        query, keyword = understood.query, self.reading.indexes.keyword
        retrieved = RetrievedQuery(
            query=query,
            is_hybrid=self.mode == "hybrid",
            indexes=self.reading.indexes,
            catalogue=self.reading.catalogue,
            direction=None,
            near=EMPTY,
            named=find_named_documents(store, query),
            matching=self._matching(understood),
            demanded=demanded_documents(query, keyword),
            unwanted=unwanted_documents(query, keyword),
        )
        if not self._is_near(query):
            return retrieved
        return self._with_meaning(retrieved)

    def notices(self, query: Query) -> tuple[Notice, ...]:
        """Return what to tell of words that occur nowhere, and of vectors and indexes that are not
        the store's.

        Raises EmbedderMismatch where nothing but foreign vectors was asked.
        """
        absent = notices_of_absent_words(query, self.reading.indexes.keyword)
        foreign: tuple[Notice, ...] = ()
        if self.mode != "keyword" and query.wants_text and self._is_foreign():
            if self.mode == "vector":
                raise EmbedderMismatch(words(Fault.VECTORS_FOREIGN))
            foreign = (_VECTORS_FOREIGN,)
        return absent + foreign + self.reading.notices

    def _matching(self, understood: Understood) -> Matching:
        query = understood.query
        if self.mode == "vector":
            return _NO_MATCHES
        # of both retrievers a fixed depth settles the order; the rest is counted
        is_counted_alone = self.mode == "hybrid" and not understood.filters
        is_counted_alone &= not self.is_divided
        is_ordered = not is_counted_alone or query.unwanted
        keyword = self.reading.indexes.keyword
        return keyword.matching(query, None, KEYWORD_DEPTH, is_ordered)

    def _is_near(self, query: Query) -> bool:
        """Tell whether meaning has a say."""
        return self.mode != "keyword" and query.wants_text and not self._is_foreign()

    def _is_foreign(self) -> bool:
        """Tell whether the vectors are another embedder's: `kb reembed` changed it beside this
        process.
        """
        made_by = self.reading.indexes.vector.embedder
        return made_by is not None and made_by != self.embedder.name

    def _with_meaning(self, retrieved: RetrievedQuery) -> RetrievedQuery:
        text = text_to_embed(retrieved.query, retrieved.indexes.keyword.occurs)
        is_in_letters = not _HAN.search(text)
        if retrieved.is_hybrid and retrieved.found_no_words and is_in_letters:
            # letters no document holds: a model of Chinese has nothing to say to them
            return retrieved
        retrieved = replace(retrieved, direction=self._direction(text))
        visible = retrieved.columns.ids
        allowed = within(visible, retrieved.demanded, retrieved.unwanted)
        near = retrieved.indexes.vector.candidates(
            retrieved.wanted, Allowed(allowed), SCORED_DEPTH
        )
        return replace(retrieved, near=near)

    def _direction(self, text: str) -> Direction:
        vector = self.embedder.embed_queries([text])[0]
        made_by = self.embedder.name
        unit = np.asarray(vector, dtype=np.float32)
        return Direction(unit, made_by)
