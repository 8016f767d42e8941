"""Clauses for the equivalents of a typed word, weighed so that they never outvote it."""

from __future__ import annotations

import math
from typing import Any, Final

import tantivy
from msgspec import Struct
from msgspec.structs import replace

from kb.analysis import Token, characters, tokenize
from kb.thesaurus import Expansion
from search.clauses import CHARS, WORDS, every, phrase, term

#: What an equivalent is worth beside the typed word. On the 260 answered topics of the
#: gold set (kb evaluate) hybrid search has nDCG@10 0.563 without equivalents and 0.588,
#: 0.591, 0.597, 0.596 and 0.599 with 0.2, 0.4, 0.6, 0.8 and 1.0; beyond 0.6 officers'
#: descriptions lose (0.488 to 0.484).
WEIGHT: Final = 0.6


class _Clause(Struct, frozen=True, gc=False):
    """How an equivalent is found, in how many passages it occurs, and the BM25 weight of its
    terms.
    """

    query: tantivy.Query
    frequency: int
    strength: float


class ExpansionClauses:
    """The words of the thesaurus as one snapshot of the index knows them.

    Safe to share between threads.
    """

    def __init__(
        self,
        schema: tantivy.Schema,
        searcher: Any,
    ) -> None:
        """Look words up in `searcher`, each once."""
        self._schema = schema
        self._searcher = searcher
        self._known: dict[str, _Clause] = {}

    def present(self, expansion: Expansion) -> Expansion:
        """Return the expansion without the words of its own language, or into English,
        that occur nowhere.

        Translations into Chinese stay: they are also what the query means.
        """
        synonyms = self._occurring(expansion.synonyms)
        translations = expansion.translations
        if not expansion.typed.isascii():
            translations = self._occurring(translations)
        return replace(expansion, synonyms=synonyms, translations=translations)

    def _occurring(self, words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word for word in words if self._clause(word).frequency)

    def clause(self, expansion: Expansion) -> tantivy.Query | None:
        """Return one clause for all equivalents, scored as the best of them; None when
        none occurs anywhere.

        A rare equivalent scores no more than `WEIGHT` times what the typed word itself
        would.
        """
        typed = self._clause(expansion.typed)
        members = []
        for word in expansion.alternatives:
            other = self._clause(word)
            if other.frequency:
                weight = WEIGHT * self._share(typed, other)
                members.append(tantivy.Query.boost_query(other.query, weight))
        if not members:
            return None
        if len(members) == 1:
            return members[0]
        return tantivy.Query.disjunction_max_query(members)

    def _share(
        self,
        typed: _Clause,
        other: _Clause,
    ) -> float:
        """Return which share of its own score an equivalent keeps beside the typed word."""
        if not typed.frequency:
            return 1.0
        return min(1.0, self._rarity(typed.frequency) / other.strength)

    def _clause(self, word: str) -> _Clause:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._look_up(word)
        return known

    def _look_up(self, word: str) -> _Clause:
        tokens = tokenize(word)
        whole = _terms_of_whole(word, tokens)
        if whole and (len(tokens) == 1 or not word.isascii()):
            longest = whole[-1]
            query = term(self._schema, WORDS, longest)
            return self._found(WORDS, [longest], query)
        if word.isascii():
            terms = _unhyphenated(tokens)
            clauses = [term(self._schema, WORDS, one) for one in terms]
            query = every(clauses)
            return self._found(WORDS, terms, query)
        spelt = [token.term for token in characters(word)]
        query = phrase(self._schema, CHARS, spelt)
        return self._found(CHARS, spelt, query)

    def _found(
        self,
        name: str,
        terms: list[str],
        query: tantivy.Query,
    ) -> _Clause:
        counted = self._searcher.search(query, limit=1, count=True)
        strength = 0.0
        for one in terms:
            frequency = self._searcher.doc_freq(name, one)
            strength += self._rarity(frequency)
        return _Clause(
            query=query,
            frequency=int(counted.count or 0),
            strength=strength,
        )

    def _rarity(self, frequency: int) -> float:
        """Return BM25's inverse document frequency."""
        without = self._searcher.num_docs - frequency
        return math.log(1 + (without + 0.5) / (frequency + 0.5))


def _terms_of_whole(
    word: str,
    tokens: list[Token],
) -> list[str]:
    """Return the terms that stand for the whole of a word."""
    length = len(word.strip())
    return [token.term for token in tokens if token.end - token.start == length]


def _unhyphenated(tokens: list[Token]) -> list[str]:
    """Return distinct terms, those with a hyphen left out: their parts are terms too."""
    terms = (token.term for token in tokens if "-" not in token.term)
    return list(dict.fromkeys(terms))
