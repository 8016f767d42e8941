"""Numbers, names and words of a lexicon that are near to a text by spelling or sound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final, TypeAlias

from msgspec import Struct

from kb.analysis import Token, known_words, normalise
from kb.identifiers import Identifier, compact, find
from kb.messages.suggestions import SuggestionCode
from search.lexicon import Lexicon
from search.pinyin import load_pinyin
from search.termlist import Entry, TermList, number_fold

_SPELT: Final = 20
_SOUNDING: Final = 10
_MATCHING: Final = 5
#: Words of two characters are too short to tell that one of them is another's.
_LEAST_ONE_OFF: Final = 3
_LONGEST_WORD: Final = 24
#: Fewer digits are no number of a document.
_LEAST_DIGITS: Final = 3
#: Runs of letters that are read as pinyin.
_RUNS: Final = 2
#: From so many characters on one, and two, may differ.
_ONE_OFF_FROM: Final = 3
_TWO_OFF_FROM: Final = 8
_NUMBERS: Final = ("case_number", "doc_number", "guiding_case")
_CASE: Final = re.compile(r"((?:19|20)\d{2})(.*\D)(\d+)")
_YEAR: Final = r"(?:19|20)\d\d"
_LATIN: Final = re.compile(r"[a-zA-Z][a-zA-Z' ]*[a-zA-Z]")
_HAN: Final = re.compile("[㐀-鿿]")
_CODES: Final = tuple(SuggestionCode)

#: [start, end) of a text.
_Span: TypeAlias = tuple[int, int]


class Guess(Struct, frozen=True, gc=False):
    """What is put for text[start:end], how near that is and why, and the document that bears it,
    or 0.

    `off` is how many characters differ, where that is what makes it near.
    """

    distance: int
    said: str
    code: SuggestionCode
    start: int
    end: int
    document: int = 0
    off: int = 0

    @property
    def order(self) -> tuple[int, str, int, int, int, int]:
        """Return what guesses are put in order by, nearest first."""
        code = _CODES.index(self.code)
        return (
            self.distance,
            self.said,
            code,
            self.start,
            self.end,
            self.document,
        )

    def put_into(self, text: str) -> str:
        """Return the text with the guess in its place."""
        before, behind = text[: self.start], text[self.end :]
        return before + self.said + behind


def guesses_for(
    lexicon: Lexicon,
    text: str,
) -> Iterator[Guess]:
    """Yield all guesses for a text, in no order."""
    yield from _near_numbers(lexicon.number, text)
    yield from _near_names(lexicon, text)
    yield from _words_inside(lexicon.word, text)
    yield from _typed_by_sound(lexicon, text)


def slips_of(words: Sequence[Token]) -> list[_Span]:
    """Return where two characters stand alone side by side: no dictionary knows 名但 of
    客户名但.
    """
    slips = []
    for first, second in pairwise(words):
        are_alone = len(first.term) == len(second.term) == 1
        if are_alone and first.end == second.start:
            slips.append((first.start, second.end))
    return slips


# -- numbers ---------------------------------------------------------------------------------


def _near_numbers(
    terms: TermList,
    text: str,
) -> Iterator[Guess]:
    """Yield numbers that are another way, one character, another year or another court from what
    was typed.
    """
    for identifier in _numbers_in(text):
        start, end = identifier.start, identifier.end
        typed = number_fold(text[start:end])
        is_named = identifier.type != "name"
        if is_named and terms.matching(_whole(re.escape(typed)), 1):
            continue
        for near in _numbers_near(terms, typed):
            entry = terms[near.place]
            yield Guess(
                distance=near.distance,
                said=entry.text,
                code=near.code,
                start=start,
                end=end,
                document=entry.document,
            )


def _numbers_in(text: str) -> list[Identifier]:
    """Return the numbers of a text, or the whole of it where it has digits and names none."""
    named = [key for key in find(text) if key.type in _NUMBERS]
    digits = sum(map(str.isdigit, text))
    if not named and digits >= _LEAST_DIGITS:
        whole = Identifier("name", compact(text), 0, len(text), text)
        return [whole]
    return named


def _whole(pattern: str) -> str:
    """Return what matches a whole key."""
    return rf"\n{pattern}(?=\n)"


class _Near(Struct, frozen=True, gc=False):
    """An entry near to what was typed: its place in the list, how near, and why."""

    place: int
    distance: int
    code: SuggestionCode


def _numbers_near(
    terms: TermList,
    typed: str,
) -> Iterator[_Near]:
    for place, distance in terms.spelt(typed, 1, _SPELT):
        is_whole = not distance
        code = SuggestionCode.NUMBER_MISSPELT
        yield _Near(
            place=place,
            distance=distance,
            code=SuggestionCode.NUMBER_WHOLE if is_whole else code,
        )
    case = _CASE.fullmatch(typed)
    if case is None:
        return
    year, court, number = case.groups()
    of_other_year = _whole(rf"{_YEAR}{re.escape(court)}{number}")
    for place in terms.matching(of_other_year, _MATCHING):
        yield _Near(
            place=place,
            distance=2,
            code=SuggestionCode.OTHER_YEAR,
        )
    of_other_court = _whole(rf"{year}[^\n]*[^\n\d]{number}")
    for place in terms.matching(of_other_court, _MATCHING):
        yield _Near(
            place=place,
            distance=3,
            code=SuggestionCode.OTHER_COURT,
        )


# -- names -----------------------------------------------------------------------------------


def _near_names(
    lexicon: Lexicon,
    text: str,
) -> Iterator[Guess]:
    """Yield words, names, titles and articles that the whole text sounds like or nearly spells."""
    key = compact(text)
    if len(key) < 2:
        return
    nearest = 1 + _characters_off(key)
    for terms in (lexicon.word, lexicon.name, lexicon.law, lexicon.title):
        near = _near_in(terms, key)
        nearest = min([nearest, *near.values()])
        for place, distance in near.items():
            if terms.keys[place] != key and distance <= nearest:
                yield _guess_of_name(terms[place], distance, len(text))


def _characters_off(key: str) -> int:
    """Return how many characters of a name may differ."""
    if len(key) < _ONE_OFF_FROM:
        return 0
    return 1 if len(key) < _TWO_OFF_FROM else 2


def _near_in(
    terms: TermList,
    key: str,
) -> dict[int, int]:
    """Return entries that sound like a key, or nearly spell it, with how near: 1 for the same
    sound.
    """
    near: dict[int, int] = {}
    if _HAN.search(key):
        sound = load_pinyin().sound(key)
        near = dict.fromkeys(terms.sounding(sound, _SOUNDING), 1)
    far = _characters_off(key)
    if not far:
        return near
    for place, off in terms.spelt(key, far, _SPELT):
        if off:
            near.setdefault(place, 1 + off)
    return near


def _guess_of_name(
    entry: Entry,
    distance: int,
    length: int,
) -> Guess:
    off = distance - 1
    code = SuggestionCode.MISSPELT if off else SuggestionCode.SAME_SOUND
    return Guess(
        distance=distance,
        said=entry.text,
        code=code,
        start=0,
        end=length,
        document=entry.document,
        off=off,
    )


# -- words -----------------------------------------------------------------------------------


def _words_inside(
    terms: TermList,
    text: str,
) -> Iterator[Guess]:
    """Yield words for the slips in a text that sound like them or differ by one character.

    Only where there is a slip: else 解除 of 解除合同 would be taken for 接触. Where words
    sound alike, those that merely look alike are left out.
    """
    folded = normalise(text)
    words = known_words(folded)
    said = load_pinyin().sound(folded)
    for start, end in _around(words, slips_of(words)):
        typed, sound = folded[start:end], said[start:end]
        for place, off in _like(terms, typed, sound, said):
            if terms.keys[place] not in folded:
                word = terms[place].text
                code = SuggestionCode.MISSPELT if off else SuggestionCode.SAME_SOUND
                yield Guess(
                    distance=1 + off,
                    said=word,
                    code=code,
                    start=start,
                    end=end,
                    off=off,
                )


def _like(
    terms: TermList,
    typed: str,
    sound: str,
    sound_of_all: str,
) -> Iterator[tuple[int, int]]:
    """Yield words that sound like the typed ones, else words that look like them; with how many
    characters differ where they look alike.
    """
    alike = _in_chinese(terms, terms.sounding_whole(sound))
    for place in alike:
        yield place, 0
    if alike or len(typed) < _LEAST_ONE_OFF:
        return
    for place in _in_chinese(terms, terms.one_off(typed)):
        if terms.sound(place) not in sound_of_all:
            yield place, 1


def _in_chinese(
    terms: TermList,
    places: Iterable[int],
) -> list[int]:
    return [place for place in places if _HAN.search(terms.keys[place])]


def _around(
    words: Sequence[Token],
    slips: Iterable[_Span],
) -> list[_Span]:
    """Return the runs of whole words, as long as a word may be, that hold a slip."""
    starts = [token.start for token in words]
    ends = [token.end for token in words]
    runs: set[_Span] = set()
    for first, last in slips:
        for start in starts:
            if start <= first:
                longest = start + _LONGEST_WORD
                runs.update((start, end) for end in ends if last <= end <= longest)
    return sorted(runs)


def _typed_by_sound(
    lexicon: Lexicon,
    text: str,
) -> Iterator[Guess]:
    """Yield what a run of letters spells in pinyin, in full or by first letters."""
    for run in list(_LATIN.finditer(text))[:_RUNS]:
        pattern = load_pinyin().pattern(normalise(run[0]), open_end=False)
        if pattern is None:
            continue
        lists = [lexicon.word]
        if run[0] == text:
            lists += [lexicon.name, lexicon.title]
        for terms in lists:
            for place in terms.matching(_whole(pattern), _MATCHING, by_sound=True):
                entry = terms[place]
                code = SuggestionCode.PINYIN
                yield Guess(
                    distance=1,
                    said=entry.text,
                    code=code,
                    start=run.start(),
                    end=run.end(),
                    document=entry.document,
                )
