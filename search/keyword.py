"""Keyword index: tantivy over terms made by kb.analysis, a cache of the store.

Two fields a passage: words (BM25) and characters with positions (exact substrings of any
length). It holds the documents of one scope of readers and nothing else, so that no score,
count or note rests on what they may not see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import tantivy
from msgspec import Struct
from msgspec.structs import replace

from kb.analysis import characters
from search.candidates import EMPTY, Candidates
from search.clauses import (
    CHARS,
    GATHER_LIMIT,
    TITLE,
    WORDS,
    Clauses,
    all_of,
    any_of,
    best,
    enough,
    gathered,
    literally,
    phrase,
    scored_by,
    term,
)
from search.id_sets import Ids, member
from search.keywordfiles import KeywordFiles
from search.query import Query
from search.retriever import Allowed, Matching, Wanted

#: A word in more than this share of the passages tells too little to make a passage a match.
TELLING_SHARE: Final = 0.05
#: A query whose words stand this often in the library matches its best passages by score
#: alone: counting the words of every passage would take ten times as long.
COSTLY_POSTINGS: Final = 30_000
RANKED_LIMIT: Final = 1_000
#: Of no more telling words than these all words count.
_FEW_TELLING: Final = 2
_NOTHING: Final = Matching(EMPTY, EMPTY)


class _Clauses(Struct, frozen=True):
    """The clauses of a query: what has to be there, what is scored, what it is expanded by.

    `frequencies` say in how many passages each of `words` occurs.
    """

    must: Clauses
    words: Mapping[str, tantivy.Query]
    chunks: Clauses
    expansions: Clauses
    frequencies: Mapping[str, int]

    @property
    def should(self) -> Clauses:
        """Return a clause for each word, whole chunks included."""
        return [*self.words.values(), *self.chunks]

    @property
    def by_any_word(self) -> tantivy.Query:
        """Return what matches a passage that holds any word or what stands for it."""
        return all_of(self.must, self.should + self.expansions, 1)


class KeywordIndex(KeywordFiles):
    """The index of one scope of readers, searched."""

    def candidates(
        self,
        wanted: Wanted,
        allowed: Allowed,
        limit: int,
    ) -> Candidates:
        """Return the best `limit` passages by any word."""
        searcher = self._searcher()
        if searcher is None or not wanted.query.wants_text:
            return EMPTY
        clauses = self._clauses(searcher, wanted.query, allowed)
        if not clauses.should:
            return EMPTY
        if allowed.passages is None:
            return best(searcher, clauses.by_any_word, limit)
        everything = max(int(searcher.num_docs), 1)
        found = best(searcher, clauses.by_any_word, everything)
        is_allowed = member(found.passages, allowed.passages)
        return found.kept(is_allowed).first(limit)

    def matching(
        self,
        query: Query,
        allowed: Ids | None,
        limit: int,
        is_ordered: bool = True,
    ) -> Matching:
        """Return all that match, and the best `limit` by any term.

        What matches holds the phrases and enough of the words; `allowed` restricts both
        to these documents before any cut. Without words to look for, both are empty. All
        that match need not be in order where it is only counted: that spares scoring and
        sorting.
        """
        # one snapshot for both: another thread may swap it meanwhile
        searcher = self._searcher()
        if searcher is None or not query.wants_text:
            return _NOTHING
        clauses = self._clauses(searcher, query, Allowed(allowed))
        counted = _counted(clauses.frequencies, searcher.num_docs)
        if _is_costly(query, clauses.frequencies, counted):
            return _best_alone(searcher, clauses, limit)
        matches = _all_that_match(query, clauses, counted)
        # without clauses of words nothing else puts them in order
        if clauses.should and not is_ordered:
            everything = gathered(searcher, matches)
        else:
            others = _uncounted(clauses, counted) + clauses.expansions
            everything = best(searcher, scored_by(matches, others), GATHER_LIMIT)
        if not clauses.should:
            return Matching(everything, EMPTY)
        first = best(searcher, clauses.by_any_word, limit)
        return Matching(everything, first)

    def occurs(self, term: str) -> bool:
        """Tell whether a term occurs in any passage."""
        return bool(self.document_frequency(term))

    def document_frequency(self, term: str) -> int:
        """Return how many passages hold a term; 0 in an index not yet made."""
        searcher = self._searcher()
        return 0 if searcher is None else int(searcher.doc_freq(WORDS, term))

    def present(self, query: Query) -> Query:
        """Return the query without the equivalents that occur in no passage."""
        opened = self._opened
        if not query.expansions or opened is None:
            return query
        kept = []
        for expansion in query.expansions:
            present = opened.expansions.present(expansion)
            if present.alternatives:
                kept.append(present)
        return replace(query, expansions=tuple(kept))

    @property
    def size(self) -> int:
        """Return how many passages are indexed."""
        searcher = self._searcher()
        return 0 if searcher is None else int(searcher.num_docs)

    def _searcher(self) -> Any:
        return None if self._opened is None else self._opened.searcher

    def _clauses(
        self,
        searcher: Any,
        query: Query,
        allowed: Allowed,
    ) -> _Clauses:
        words: dict[str, tantivy.Query] = {}
        frequencies: dict[str, int] = {}
        for one in query.terms:
            words[one] = term(self._schema, WORDS, one)
            frequencies[one] = int(searcher.doc_freq(WORDS, one))
        return _Clauses(
            must=self._demands(query) + self._within(allowed),
            words=words,
            chunks=list(map(self._anywhere, query.short_chunks)),
            expansions=self._expansions(query),
            frequencies=frequencies,
        )

    def _within(self, allowed: Allowed) -> Clauses:
        """Return a clause for the documents that are allowed, and none where all are."""
        if allowed.documents is None:
            return []
        documents = allowed.documents.tolist()
        among = tantivy.Query.term_set_query(self._schema, "document", documents)
        return [tantivy.Query.const_score_query(among, 0.0)]

    def _demands(self, query: Query) -> Clauses:
        """Return a clause for each phrase, title and group of alternatives.

        What matches holds them all.
        """
        phrases = filter(characters, query.phrases)
        must = list(map(self._anywhere, phrases))
        for title in filter(characters, query.titles):
            must.append(self._literal(TITLE, title))
        for group in query.alternatives:
            words = filter(characters, group)
            members = list(map(self._anywhere, words))
            if members:
                must.append(any_of(members))
        return must

    def _expansions(self, query: Query) -> Clauses:
        """Return a clause for each expanded word; these score and find, but nothing is
        counted by them.
        """
        opened = self._opened
        if opened is None:
            return []
        found = map(opened.expansions.clause, query.expansions)
        return [clause for clause in found if clause is not None]

    def _anywhere(self, text: str) -> tantivy.Query:
        in_text = self._literal(CHARS, text)
        in_title = self._literal(TITLE, text)
        return any_of([in_text, in_title])

    def _literal(
        self,
        name: str,
        text: str,
    ) -> tantivy.Query:
        terms = [token.term for token in characters(text)]
        if len(terms) == 1:
            return term(self._schema, name, terms[0])
        return phrase(self._schema, name, terms)


def _best_alone(
    searcher: Any,
    clauses: _Clauses,
    limit: int,
) -> Matching:
    """Return the best as all that match: those of at least the score of the last of them."""
    found = best(searcher, clauses.by_any_word, RANKED_LIMIT)
    least = 0.0 if found.complete else float(found.scores[-1])
    found = replace(found, complete=False, least=least)
    return Matching(found, found.first(limit))


def _all_that_match(
    query: Query,
    clauses: _Clauses,
    counted: Iterable[str],
) -> tantivy.Query:
    words = [clauses.words[one] for one in counted]
    wanted = enough(len(words))
    whole = literally(query.chunks, clauses.chunks)
    return all_of(clauses.must, words + clauses.chunks, wanted, whole)


def _uncounted(
    clauses: _Clauses,
    counted: tuple[str, ...],
) -> Clauses:
    """Return the clauses of the words that only score."""
    words = clauses.words.items()
    return [clause for one, clause in words if one not in counted]


def _counted(
    frequencies: Mapping[str, int],
    passages: int,
) -> tuple[str, ...]:
    """Return the terms that make a passage a match: the telling ones, where more than two
    are.
    """
    most = TELLING_SHARE * passages
    telling = tuple(one for one, often in frequencies.items() if often <= most)
    return telling if len(telling) > _FEW_TELLING else tuple(frequencies)


def _is_costly(
    query: Query,
    frequencies: Mapping[str, int],
    counted: tuple[str, ...],
) -> bool:
    if enough(len(counted)) == 1 or query.has_demands:
        return False
    return sum(frequencies[one] for one in counted) > COSTLY_POSTINGS
