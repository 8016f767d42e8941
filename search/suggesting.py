"""What a query that found nothing may have meant: numbers, names and words close by
spelling or sound.

An input aid, never a ranking signal. Candidates come from the reader's own lexicon, and
each is offered only when visible documents hold it within the reader's filters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import numpy as np
from msgspec import Struct

from kb.analysis import known_words, normalise
from kb.messages.notices import MISSED
from kb.messages.suggestions import Suggestion
from kb.records import NO_FILTERS, Filters
from kb.store import Store
from search.completing import Completion, complete
from search.guessing import Guess, guesses_for, slips_of
from search.lexicon import Lexicons
from search.request import SearchRequest
from search.results import Hit, SearchResult
from search.searcher import Searcher

__all__ = ["Suggester"]

MAX_SUGGESTIONS: Final = 5
MAX_MISSPELT: Final = 60
#: Guesses looked up in the indexes at most, nearest first.
_TRIED: Final = 8
#: Shorter numbers stand in many texts by chance.
_LEAST_DIGITS: Final = 3
_OPERATORS: Final = re.compile(r'["“”:：]|(?<!\S)[-－]|\b(?:OR|AND|NOT)\b')


class Suggester:
    """Guesses and completions over any store of one data folder.

    Shared by threads; each brings its own store.
    """

    def __init__(self) -> None:
        """Start with no lexicon; each is made when first needed."""
        self._lexicons = Lexicons()

    def complete(
        self,
        store: Store,
        text: str,
        limit: int = 8,
    ) -> tuple[Completion, ...]:
        """Return what the text may be the beginning of, from visible documents and public words."""
        return complete(store, self._lexicons.of(store), text, limit)

    def suggest(
        self,
        searcher: Searcher,
        store: Store,
        result: SearchResult,
        filters: Filters = NO_FILTERS,
    ) -> tuple[Suggestion, ...]:
        """Return other queries near this one, nearest first; none where its words were found."""
        text = result.query.text
        if not _may_be_misspelt(text) or not _missed(result):
            return ()
        proof = _Proof(searcher, store, filters)
        proved: dict[str, _Proved] = {}
        guesses = guesses_for(self._lexicons.of(store), text)
        for guess in _nearest(guesses)[:_TRIED]:
            count = proof.count(guess, text)
            said = guess.put_into(text)
            if count and said != text:
                proved.setdefault(
                    said,
                    _Proved(
                        distance=guess.distance,
                        fewer=-count,
                        said=said,
                        guess=guess,
                    ),
                )
        best = sorted(proved.values(), key=lambda one: one.order)
        return tuple(one.suggestion for one in best[:MAX_SUGGESTIONS])


def _may_be_misspelt(text: str) -> bool:
    """Tell a few typed words from a long text and from a query with operators."""
    if not text or len(text) > MAX_MISSPELT or "\n" in text:
        return False
    return not _OPERATORS.search(text)


def _nearest(guesses: Iterable[Guess]) -> list[Guess]:
    """Return each guess once, for its nearest reason, nearest first."""
    distinct: dict[tuple[str, int, int], Guess] = {}
    for guess in sorted(guesses, key=lambda one: one.order):
        place = (guess.said, guess.start, guess.end)
        distinct.setdefault(place, guess)
    return list(distinct.values())


class _Proved(Struct, frozen=True):
    """A whole query that finds something, and the guess it came from."""

    distance: int
    fewer: int
    said: str
    guess: Guess

    @property
    def order(self) -> tuple[int, int, str]:
        """Return what suggestions are put in order by: the nearest, then what finds most."""
        return self.distance, self.fewer, self.said

    @property
    def suggestion(self) -> Suggestion:
        """Return the suggestion as it is told."""
        return Suggestion(
            text=self.said,
            code=self.guess.code,
            distance=self.guess.off,
        )


def _missed(result: SearchResult) -> bool:
    """Tell whether something was typed that the answer does not hold."""
    codes = {notice.code for notice in result.notices}
    if not result.total or not MISSED.isdisjoint(codes):
        return True
    if not result.hits:
        return False
    texts = map(_words_shown, result.hits)
    shown = normalise(" ".join(texts))
    return any(word not in shown for word in _words_to_be_found(result))


def _words_shown(hit: Hit) -> str:
    texts = [passage.text for passage in hit.passages]
    return f"{hit.document.title} {' '.join(texts)}"


def _words_to_be_found(result: SearchResult) -> list[str]:
    """Return the numbers of a query, and what no dictionary knows in it."""
    words = []
    for term in result.query.terms:
        if len(term) >= _LEAST_DIGITS and term.isdigit():
            words.append(term)
    folded = normalise(result.query.text)
    for start, end in slips_of(known_words(folded)):
        words.append(folded[start:end])
    return words


class _Proof:
    """Counts what visible documents hold, as any search of the reader would."""

    def __init__(
        self,
        searcher: Searcher,
        store: Store,
        filters: Filters,
    ) -> None:
        self._searcher, self._store, self._filters = searcher, store, filters
        self._counted: dict[tuple[str, bool], int] = {}

    def count(self, guess: Guess, text: str) -> int:
        """Return how many documents within the filters hold the guess; 0 too where what was typed
        is no slip.
        """
        if guess.document:
            is_allowed = not self._filters or guess.document in self._allowed()
            return int(is_allowed)
        typed = text[guess.start : guess.end]
        if self._count(typed, NO_FILTERS):
            return 0
        return self._count(guess.said, self._filters)

    def _count(self, words: str, filters: Filters) -> int:
        key = (words, bool(filters))
        if key not in self._counted:
            phrase = '"' + words.replace('"', " ") + '"'
            request = SearchRequest(
                text=phrase,
                mode="keyword",
            )
            (total,) = self._searcher.totals(self._store, request, [filters])
            self._counted[key] = total
        return self._counted[key]

    def _allowed(self) -> set[int]:
        documents = np.asarray(self._store.document_ids(self._filters))
        return set(documents.tolist())
