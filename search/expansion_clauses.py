"""Clauses for the equivalents of a typed word, weighed so that they never outvote it."""

from __future__ import annotations

import math
from typing import Any, Final

import tantivy
from msgspec import Struct
from msgspec.structs import replace

from kb.analysis import characters, tokenize
from kb.thesaurus import Expansion

#: What an equivalent is worth beside the typed word. On the 260 answered topics of the
#: gold set (kb evaluate) hybrid search has nDCG@10 0.563 without equivalents and 0.588,
#: 0.591, 0.597, 0.596 and 0.599 with 0.2, 0.4, 0.6, 0.8 and 1.0; beyond 0.6 officers'
#: descriptions lose (0.488 to 0.484).
WEIGHT: Final = 0.6


class _Clause(Struct, frozen=True, gc=False):
    """How an equivalent is found, in how many passages it stands, and the BM25 weight of its
    terms.
    """

    query: tantivy.Query
    frequency: int
    strength: float


class ExpansionClauses:
    """The words of the thesaurus as one snapshot of the index knows them; safe to share between
    threads.
    """

    def __init__(self, schema: tantivy.Schema, searcher: Any) -> None:
        """Look words up in `searcher`, each once."""
        self._schema = schema
        self._searcher = searcher
        self._known: dict[str, _Clause] = {}

    def present(self, expansion: Expansion) -> Expansion:
        """Return the expansion without the words of its own language, or into English,
        that stand nowhere.

        Translations into Chinese stay: they are also what the query means.
        """
        held = tuple(
            word for word in expansion.synonyms if self._clause(word).frequency
        )
        translations = expansion.translations
        if not expansion.typed.isascii():
            translations = tuple(
                word for word in translations if self._clause(word).frequency
            )
        return replace(expansion, synonyms=held, translations=translations)

    def clause(self, expansion: Expansion) -> tantivy.Query | None:
        """Return one clause for all equivalents, scored as the best of them; None when
        none stands anywhere.

        A rare equivalent scores no more than `WEIGHT` times what the typed word itself would.
        """
        typed = self._clause(expansion.typed)
        members = []
        for word in expansion.alternatives:
            other = self._clause(word)
            if other.frequency:
                share = (
                    min(1.0, self._rarity(typed.frequency) / other.strength)
                    if typed.frequency
                    else 1.0
                )
                members.append(tantivy.Query.boost_query(other.query, WEIGHT * share))
        if not members:
            return None
        return (
            members[0]
            if len(members) == 1
            else tantivy.Query.disjunction_max_query(members)
        )

    def _clause(self, word: str) -> _Clause:
        known = self._known.get(word)
        if known is None:
            known = self._known[word] = self._look_up(word)
        return known

    def _look_up(self, word: str) -> _Clause:
        tokens = tokenize(word)
        whole = [t.term for t in tokens if t.end - t.start == len(word.strip())]
        if whole and len(tokens) == 1 or whole and not word.isascii():
            name, terms = "words", whole[-1:]
            query = tantivy.Query.term_query(
                self._schema, name, terms[0], index_option="freq"
            )
        elif word.isascii():
            name, terms = (
                "words",
                list(dict.fromkeys(t.term for t in tokens if "-" not in t.term)),
            )
            musts = [
                tantivy.Query.term_query(self._schema, name, term, index_option="freq")
                for term in terms
            ]
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, must) for must in musts]
            )
        else:
            name, terms = "chars", [t.term for t in characters(word)]
            query = tantivy.Query.phrase_query(self._schema, name, list(terms))
        frequency = int(self._searcher.search(query, limit=1, count=True).count or 0)
        strength = sum(
            self._rarity(self._searcher.doc_freq(name, term)) for term in terms
        )
        return _Clause(query, frequency, strength)

    def _rarity(self, frequency: int) -> float:
        """Return BM25's inverse document frequency."""
        return math.log(
            1 + (self._searcher.num_docs - frequency + 0.5) / (frequency + 0.5)
        )
