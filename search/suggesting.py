"""What a query that found nothing may have meant: numbers, names and words close by
spelling or sound.

An input aid, never a ranking signal. Candidates come from the reader's own lexicon, and
each is offered only when visible documents hold it within the reader's filters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from kb.analysis import Token, known_words, normalise
from kb.identifiers import Identifier, compact, find
from kb.records import NO_FILTERS, Filters
from kb.store import Store
from search.completing import Completion, complete
from search.lexicon import Lexicon, Lexicons, TermList, number_fold
from search.pinyin import load_pinyin
from search.results import SearchResult, Suggestion
from search.searcher import Searcher

MAX_SUGGESTIONS: Final = 5
MAX_MISSPELT: Final = 60
#: Candidates looked up in the indexes at most, nearest first.
_TRIED: Final = 8
_SPELT: Final = 20
#: Words of two characters are too short to tell that one of them is another's.
_LEAST_ONE_OFF: Final = 3
_LONGEST_WORD: Final = 24
_NUMBERS: Final = ("case_number", "doc_number", "guiding_case")
_MISSING: Final = ("库中没有「", "没有文书写到")
_CASE: Final = re.compile(r"((?:19|20)\d{2})(.*\D)(\d+)")
_LATIN: Final = re.compile(r"[a-zA-Z][a-zA-Z' ]*[a-zA-Z]")
_HAN: Final = re.compile("[㐀-鿿]")
_OPERATORS: Final = re.compile(r'["“”:：]|(?<!\S)[-－]|\b(?:OR|AND|NOT)\b')


class _Candidate(NamedTuple):
    """A guess: what it puts for text[start:end], how far off that was, and the document that bears
    it, or 0.
    """

    closeness: int
    said: str
    reason: str
    start: int
    end: int
    document: int


class Suggester:
    """Guesses and completions over any store of one data folder.

    Shared by threads; each brings its own store.
    """

    def __init__(self) -> None:
        """Start with no lexicon; each is made when first needed."""
        self._lexicons = Lexicons()

    def complete(
        self, store: Store, text: str, limit: int = 8
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
        if (
            not text
            or len(text) > MAX_MISSPELT
            or "\n" in text
            or _OPERATORS.search(text)
        ):
            return ()
        if not _missed(result):
            return ()
        lexicon = self._lexicons.of(store)
        proof = _Proof(searcher, store, filters)
        proved: dict[str, tuple[int, int, str, str]] = {}
        nearest = {
            (c.said, c.start, c.end): c
            for c in sorted(_candidates(lexicon, text), reverse=True)
        }
        for candidate in sorted(nearest.values())[:_TRIED]:
            held = proof.of(candidate, text)
            said = text[: candidate.start] + candidate.said + text[candidate.end :]
            if held and said != text:
                proved.setdefault(
                    said, (candidate.closeness, -held, said, candidate.reason)
                )
        return tuple(
            Suggestion(said, reason)
            for _, _, said, reason in sorted(proved.values())[:MAX_SUGGESTIONS]
        )


def _missed(result: SearchResult) -> bool:
    """Tell whether something was typed that the answer does not hold."""
    if not result.total or any(
        warning.startswith(_MISSING) for warning in result.query.warnings
    ):
        return True
    shown = normalise(
        " ".join(
            f"{h.document.title} {' '.join(p.text for p in h.passages)}"
            for h in result.hits
        )
    )
    folded = normalise(result.query.text)
    numbers = [term for term in result.query.terms if len(term) > 2 and term.isdigit()]
    wanted = (
        *numbers,
        *(folded[start:end] for start, end in _slips(known_words(folded))),
    )
    return bool(result.hits) and not all(term in shown for term in wanted)


def _slips(cut: Sequence[Token]) -> list[tuple[int, int]]:
    """Return where two characters stand alone side by side: no dictionary knows 名但 of
    客户名但.
    """
    return [
        (a.start, b.end)
        for a, b in pairwise(cut)
        if len(a.term) == len(b.term) == 1 and a.end == b.start
    ]


class _Proof:
    """Counts what visible documents hold, as any search of the reader would."""

    def __init__(self, searcher: Searcher, store: Store, filters: Filters) -> None:
        self._searcher, self._store, self._filters = searcher, store, filters
        self._counted: dict[tuple[str, bool], int] = {}

    def of(self, candidate: _Candidate, text: str) -> int:
        """Return how many documents within the filters hold the guess; 0 too where what was typed
        is no slip.
        """
        if candidate.document:
            return int(not self._filters or candidate.document in self._allowed())
        typed = text[candidate.start : candidate.end]
        if self._count(typed, NO_FILTERS):
            return 0
        return self._count(candidate.said, self._filters)

    def _count(self, words: str, filters: Filters) -> int:
        key = (words, bool(filters))
        if key not in self._counted:
            phrase = '"' + words.replace('"', " ") + '"'
            found = self._searcher.search(
                self._store, phrase, filters, mode="keyword", limit=1
            )
            self._counted[key] = found.total
        return self._counted[key]

    def _allowed(self) -> set[int]:
        return set(np.asarray(self._store.document_ids(self._filters)).tolist())


def _candidates(lexicon: Lexicon, text: str) -> Iterator[_Candidate]:
    yield from _near_numbers(lexicon.number, text)
    yield from _near_names(lexicon, text)
    yield from _words_inside(lexicon.word, text)
    yield from _typed_by_sound(lexicon, text)


def _near_numbers(terms: TermList, text: str) -> Iterator[_Candidate]:
    """Yield numbers that are another way, one character, another year or another court from what
    was typed.
    """
    named = [i for i in find(text) if i.type in _NUMBERS]
    if not named and sum(c.isdigit() for c in text) >= 3:
        named = [Identifier("name", compact(text), 0, len(text), text)]
    for identifier in named:
        typed = number_fold(text[identifier.start : identifier.end])
        if (
            terms.matching(f"\n{re.escape(typed)}(?=\n)", 1)
            and identifier.type != "name"
        ):
            continue
        for closeness, place, reason in _numbers(terms, typed):
            entry = terms[place]
            yield _Candidate(
                closeness,
                entry.text,
                reason,
                identifier.start,
                identifier.end,
                entry.document,
            )


def _numbers(terms: TermList, typed: str) -> Iterator[tuple[int, int, str]]:
    for place, distance in terms.spelt(typed, 1, _SPELT):
        yield distance, place, "编号差一字" if distance else "编号的完整写法"
    case = _CASE.fullmatch(typed)
    if case:
        year, body, number = case.groups()
        for place in terms.matching(
            rf"\n(?:19|20)\d\d{re.escape(body)}{number}(?=\n)", 5
        ):
            yield 2, place, "同一编号，另一年份"
        for place in terms.matching(rf"\n{year}[^\n]*[^\n\d]{number}(?=\n)", 5):
            yield 3, place, "同年同号，另一法院或程序"


def _near_names(lexicon: Lexicon, text: str) -> Iterator[_Candidate]:
    """Yield words, names, titles and articles that the whole text sounds like or nearly spells."""
    key = compact(text)
    if len(key) < 2:
        return
    said = load_pinyin().sound(key)
    far = 0 if len(key) < 3 else 1 if len(key) < 8 else 2
    nearest = 1 + far
    for terms in (lexicon.word, lexicon.name, lexicon.law, lexicon.title):
        places = dict.fromkeys(terms.sounding(said, 10)) if _HAN.search(key) else {}
        near = {place: 1 for place in places}
        if far:
            near |= {
                place: 1 + d
                for place, d in terms.spelt(key, far, _SPELT)
                if place not in near and d
            }
        nearest = min([nearest, *near.values()])
        for place, closeness in near.items():
            entry = terms[place]
            reason = "读音相同" if closeness == 1 else f"差 {closeness - 1} 字"
            if terms.keys[place] != key and closeness <= nearest:
                yield _Candidate(
                    closeness, entry.text, reason, 0, len(text), entry.document
                )


def _words_inside(terms: TermList, text: str) -> Iterator[_Candidate]:
    """Yield words for the slips in a text that sound like them or differ by one character.

    Only where there is a slip: else 解除 of 解除合同 would be taken for 接触. Where words sound
    alike, those that merely look alike are left out.
    """
    folded = normalise(text)
    cut = known_words(folded)
    said = load_pinyin().sound(folded)
    for start, end in _around(cut, _slips(cut)):
        typed, sound = folded[start:end], said[start:end]
        alike = [
            place
            for place in terms.sounding_whole(sound)
            if _HAN.search(terms.keys[place])
        ]
        closeness, reason = (1, "读音相同") if alike else (2, "差 1 字")
        if not alike and len(typed) >= _LEAST_ONE_OFF:
            alike = [
                p
                for p in terms.one_off(typed)
                if _HAN.search(terms.keys[p]) and terms.sound(p) not in said
            ]
        for place in alike:
            if terms.keys[place] not in folded:
                yield _Candidate(closeness, terms[place].text, reason, start, end, 0)


def _around(
    cut: Sequence[Token], slips: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Return the runs of whole words, as long as a word may be, that hold a slip."""
    starts, ends = [token.start for token in cut], [token.end for token in cut]
    runs = {
        (start, end)
        for first, last in slips
        for start in starts
        for end in ends
        if start <= first and last <= end <= start + _LONGEST_WORD
    }
    return sorted(runs)


def _typed_by_sound(lexicon: Lexicon, text: str) -> Iterator[_Candidate]:
    """Yield what a run of letters spells in pinyin, in full or by first letters."""
    for run in list(_LATIN.finditer(text))[:2]:
        pattern = load_pinyin().pattern(normalise(run[0]), open_end=False)
        if pattern is None:
            continue
        whole = run[0] == text
        for terms in (
            (lexicon.word, lexicon.name, lexicon.title) if whole else (lexicon.word,)
        ):
            for place in terms.matching(f"\n{pattern}(?=\n)", 5, by_sound=True):
                entry = terms[place]
                yield _Candidate(
                    1, entry.text, "拼音", run.start(), run.end(), entry.document
                )
