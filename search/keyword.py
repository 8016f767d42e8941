"""Keyword index: tantivy over terms made by kb.analysis, a cache of the store.

Two fields a passage: words (BM25) and characters with positions (exact substrings of any
length). It holds the documents of one scope of readers and nothing else, so that no score,
count or note rests on what they may not see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import tantivy
from msgspec.structs import replace

from kb.analysis import characters
from search.candidates import EMPTY, Candidates
from search.clauses import (
    GATHER_LIMIT,
    all_of,
    any_of,
    best,
    enough,
    gathered,
    literally,
    scored_by,
)
from search.keywordfiles import KeywordFiles
from search.query import Query

#: A word in more than this share of the passages tells too little to make a passage a match.
TELLING_SHARE: Final = 0.05
#: A query whose words stand this often in the library matches its best passages by score
#: alone: counting the words of every passage would take ten times as long.
COSTLY_POSTINGS: Final = 30_000
RANKED_LIMIT: Final = 1_000


class KeywordIndex(KeywordFiles):
    """The index of one scope of readers, searched."""

    def search(
        self,
        query: Query,
        depth: int,
        allowed: Sequence[int] | None = None,
        gather: bool = True,
        ordered: bool = True,
    ) -> tuple[Candidates, Candidates]:
        """Return (all that match, the best `depth` by any term).

        What matches holds the phrases and enough of the words; `allowed` restricts both to
        these documents before any cut. Without words to look for, both are empty. All that
        match need not be `ordered` where it is only counted: that spares scoring and sorting.
        """
        searcher = (
            self._searcher()
        )  # one snapshot for both: another thread may swap it meanwhile
        if searcher is None or not query.wants_text:
            return EMPTY, EMPTY
        must, wider = self._demands(query), self._wider(query)
        words, chunks = self._words(query.terms), self._chunks(query)
        should = [*words.values(), *chunks]
        frequencies = {
            term: int(searcher.doc_freq("words", term)) for term in query.terms
        }
        counted = _counted(frequencies, searcher.num_docs)
        if allowed is not None:
            must.append(tantivy.Query.const_score_query(self._within(allowed), 0.0))
        if gather and _is_costly(query, [frequencies[term] for term in counted]):
            everything = best(searcher, all_of(must, should + wider, 1), RANKED_LIMIT)
            least = float(everything.scores[-1]) if not everything.complete else 0.0
            everything = replace(everything, complete=False, least=least)
            return everything, everything.first(depth)
        everything = EMPTY
        if gather:
            some = [*(words[term] for term in counted), *chunks]
            matching = all_of(
                must, some, enough(len(counted)), literally(query.chunks, chunks)
            )
            if (
                should and not ordered
            ):  # without word clauses nothing else puts them in order
                everything = gathered(searcher, matching)
            else:
                others = [
                    clause for term, clause in words.items() if term not in counted
                ]
                everything = best(
                    searcher, scored_by(matching, others + wider), GATHER_LIMIT
                )
        ranked = (
            best(searcher, all_of(must, should + wider, 1), depth) if should else EMPTY
        )
        return everything, ranked

    def _within(self, documents: Sequence[int]) -> tantivy.Query:
        return tantivy.Query.term_set_query(self._schema, "document", list(documents))

    def occurs(self, term: str) -> bool:
        """Tell whether a term stands in any passage."""
        return bool(self.document_frequency(term))

    def document_frequency(self, term: str) -> int:
        """Return how many passages hold a term; 0 in an index not yet made."""
        searcher = self._searcher()
        return 0 if searcher is None else int(searcher.doc_freq("words", term))

    def present(self, query: Query) -> Query:
        """Return the query without the equivalents that stand in no passage."""
        opened = self._opened
        if not query.expansions or opened is None:
            return query
        known = [
            opened.equivalents.present(expansion) for expansion in query.expansions
        ]
        return replace(
            query,
            expansions=tuple(
                expansion for expansion in known if expansion.alternatives
            ),
        )

    @property
    def size(self) -> int:
        """Return how many passages are indexed."""
        searcher = self._searcher()
        return 0 if searcher is None else int(searcher.num_docs)

    def _searcher(self) -> Any:
        return None if self._opened is None else self._opened.searcher

    def _demands(self, query: Query) -> list[tantivy.Query]:
        """Return a clause for each phrase, title and group of alternatives: what matches holds them
        all.
        """
        must = [
            self._anywhere(phrase) for phrase in query.phrases if characters(phrase)
        ]
        must += [
            self._phrase("title", title) for title in query.titles if characters(title)
        ]
        for group in query.alternatives:
            members = [self._anywhere(member) for member in group if characters(member)]
            must += [any_of(members)] if members else []
        return must

    def _words(self, terms: Sequence[str]) -> dict[str, tantivy.Query]:
        return {
            term: tantivy.Query.term_query(
                self._schema, "words", term, index_option="freq"
            )
            for term in terms
        }

    def _chunks(self, query: Query) -> list[tantivy.Query]:
        return [self._anywhere(chunk) for chunk in query.short_chunks]

    def _wider(self, query: Query) -> list[tantivy.Query]:
        """Return a clause for each widened word; these score and find, but nothing is counted by
        them.
        """
        opened = self._opened
        if opened is None:
            return []
        clauses = [
            opened.equivalents.clause(expansion) for expansion in query.expansions
        ]
        return [clause for clause in clauses if clause is not None]

    def _anywhere(self, text: str) -> tantivy.Query:
        return any_of([self._phrase("chars", text), self._phrase("title", text)])

    def _phrase(self, name: str, text: str) -> tantivy.Query:
        tokens: list[str | tuple[int, str]] = [token.term for token in characters(text)]
        if len(tokens) == 1:
            return tantivy.Query.term_query(
                self._schema, name, tokens[0], index_option="freq"
            )
        return tantivy.Query.phrase_query(self._schema, name, tokens)


def _counted(frequencies: Mapping[str, int], passages: int) -> tuple[str, ...]:
    """Return the terms that make a passage a match: the telling ones, where more than two are."""
    telling = tuple(
        term
        for term, frequency in frequencies.items()
        if frequency <= TELLING_SHARE * passages
    )
    return telling if len(telling) > 2 else tuple(frequencies)


def _is_costly(query: Query, postings: Sequence[int]) -> bool:
    if (
        enough(len(postings)) == 1
        or query.phrases
        or query.alternatives
        or query.titles
    ):
        return False
    return sum(postings) > COSTLY_POSTINGS
