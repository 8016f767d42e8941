"""Entries of one sort, best first, searched by spelling and by sound."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from typing import Final, NamedTuple, TypeAlias

from kb.identifiers import compact
from kb.law.articles import ArticleKey
from kb.lawnames import LAW_ALIASES
from kb.numerals import chinese_numeral
from search.pinyin import load_pinyin

FROM_DICTIONARY: Final = "word"
FROM_THESAURUS: Final = "term"
_MAX_KEY: Final = 80
_YEAR_FIRST: Final = re.compile(r"((?:19|20)\d{2})年?(?:版|修正|修订)?的?(?=[^\d])(.+)")
_ARTICLE_DIGITS: Final = re.compile(r"第(\d{1,4})(?=条|\Z)|(?<!\d)(\d{1,3})(?=条)")

#: Places of entries in a list.
Places: TypeAlias = list[int]


class Entry(NamedTuple):
    """One thing to suggest; `document` is 0 where several documents or none bear it.

    `note` is the kind of name (kb.records.Name), for a title the kind of its document, for a
    word where it is from or the facet it is a value of, for a law what it provides;
    `article` is that of a law, or the law whole.
    """

    text: str
    note: str
    document: int = 0
    borne: int = 0
    article: ArticleKey | None = None


def number_fold(text: str) -> str:
    """Return what is left of a number however it is typed: 2020最高法知民终1667."""
    bare = re.sub("[第字号]", "", compact(text))
    return bare.replace("指导性案例", "指导案例")


def _known_laws() -> dict[str, str]:
    """Return names of laws, longest first, without their brackets as keys are."""
    names = sorted(LAW_ALIASES, key=len, reverse=True)
    return {compact(name): compact(LAW_ALIASES[name]) for name in names}


_LAWS: Final = _known_laws()


def law_fold(text: str) -> str:
    """Return 反不正当竞争法2025第十条 for 2025年反法第10条 and its like."""
    key = compact(text)
    year = ""
    year_first = _YEAR_FIRST.fullmatch(key)
    if year_first:
        year, key = year_first.groups()
    alias = next(filter(key.startswith, _LAWS), "")
    key = _LAWS.get(alias, "") + year + key[len(alias) :]
    return _ARTICLE_DIGITS.sub(_in_chinese, key)


def _in_chinese(match: re.Match[str]) -> str:
    return "第" + chinese_numeral(int(match[1] or match[2]))


class TermList:
    """Entries of one sort, best first, with their keys in one string that is searched whole."""

    def __init__(self, entries: Iterable[Entry], *, numbers: bool = False) -> None:
        """Put entries in order: borne by most documents, terms of the thesaurus last, then
        shortest.
        """
        fold = number_fold if numbers else compact
        keyed = []
        for entry in entries:
            key = fold(entry.text)[:_MAX_KEY]
            if key:
                keyed.append((key, entry))
        keyed.sort(key=_order)
        self._texts: Final = tuple(entry.text for _, entry in keyed)
        self._notes: Final = tuple(entry.note for _, entry in keyed)
        self._documents: Final = array("q", (entry.document for _, entry in keyed))
        self._counts: Final = array("l", (entry.borne for _, entry in keyed))
        self._articles: Final = _articles_by_place(entry for _, entry in keyed)
        # a key that is the text itself takes no room of its own
        self.keys: Final = tuple(
            entry.text if entry.text == key else key for key, entry in keyed
        )
        self._joined: Final = "\n" + "".join(f"{key}\n" for key in self.keys)
        self._starts: Final = _starts_of(self.keys)

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self._texts)

    def __getitem__(self, place: int) -> Entry:
        """Return one entry."""
        return Entry(
            self._texts[place],
            self._notes[place],
            self._documents[place],
            self._counts[place],
            self._articles.get(place),
        )

    def _place(self, at: int) -> int:
        """Return which entry stands at a place of the joined keys."""
        return min(bisect_right(self._starts, at), len(self._starts)) - 1

    # -- by spelling -----------------------------------------------------------------------

    def beginning(self, key: str, limit: int) -> Places:
        """Return the first entries whose key begins so."""
        return self._found(self._joined, "\n" + key, limit)

    def holding(self, key: str, limit: int) -> Places:
        """Return the first entries whose key holds this anywhere."""
        return self._found(self._joined, key, limit)

    def _found(self, among: str, needle: str, limit: int) -> Places:
        found: Places = []
        at = among.find(needle)
        while at >= 0 and len(found) < limit:
            place = self._place(at)
            found.append(place)
            behind = self._starts[place] + len(self.keys[place]) + 1
            at = among.find(needle, behind)
        return found

    def matching(self, pattern: str, limit: int, *, by_sound: bool = False) -> Places:
        """Return the first entries that a regular expression finds in their key or its sound; \\n
        is its edge.
        """
        found: dict[int, None] = {}
        among = self._sounds if by_sound else self._joined
        for match in re.finditer(pattern, among):
            found.setdefault(self._place(match.start()))
            if len(found) >= limit:
                break
        return list(found)

    @cached_property
    def _by_length(self) -> dict[int, tuple[Places, list[str]]]:
        found: dict[int, tuple[Places, list[str]]] = {}
        for place, key in enumerate(self.keys):
            places, keys = found.setdefault(len(key), ([], []))
            places.append(place)
            keys.append(key)
        return found

    def spelt(self, key: str, far: int, limit: int) -> list[tuple[int, int]]:
        """Return the entries whose key is `far` characters off at most, with how many, nearest
        first.
        """
        from rapidfuzz import process  # 30 ms that only a slip has to pay
        from rapidfuzz.distance import OSA

        near: list[tuple[int, int]] = []
        for length in range(len(key) - far, len(key) + far + 1):
            places, keys = self._by_length.get(length, ([], []))
            found = process.extract(
                key, keys, scorer=OSA.distance, score_cutoff=far, limit=limit
            )
            for _, distance, at in found:
                near.append((int(distance), places[at]))
        near.sort()
        return [(place, distance) for distance, place in near[:limit]]

    @cached_property
    def _by_half(self) -> dict[tuple[int, str, bool], Places]:
        found: dict[tuple[int, str, bool], Places] = {}
        for place, key in enumerate(self.keys):
            half = len(key) // 2
            found.setdefault((len(key), key[:half], True), []).append(place)
            found.setdefault((len(key), key[half:], False), []).append(place)
        return found

    def one_off(self, text: str) -> Places:
        """Return the entries as long as a text whose key has another character in one place."""
        half = len(text) // 2
        with_beginning = self._by_half.get((len(text), text[:half], True), ())
        with_end = self._by_half.get((len(text), text[half:], False), ())
        found = []
        for place in sorted({*with_beginning, *with_end}):
            if _differences(text, self.keys[place]) == 1:
                found.append(place)
        return found

    # -- by sound --------------------------------------------------------------------------

    @cached_property
    def _sounds(self) -> str:
        return load_pinyin().sound(self._joined)

    def sound(self, place: int) -> str:
        """Return the sound of one key."""
        start = self._starts[place] + 1
        return self._sounds[start : start + len(self.keys[place])]

    def sounding(self, sound: str, limit: int) -> Places:
        """Return the first entries whose key sounds so."""
        return self._found(self._sounds, f"\n{sound}\n", limit)

    @cached_property
    def _by_sound(self) -> dict[str, Places]:
        found: dict[str, Places] = {}
        for place in range(len(self.keys)):
            found.setdefault(self.sound(place), []).append(place)
        return found

    def sounding_whole(self, sound: str) -> Places:
        """Return all entries whose key sounds so."""
        return self._by_sound.get(sound, [])


def _differences(text: str, key: str) -> int:
    """Return in how many places two texts of one length differ."""
    return sum(a != b for a, b in zip(text, key, strict=True))


def _articles_by_place(entries: Iterable[Entry]) -> dict[int, ArticleKey]:
    found = {}
    for place, entry in enumerate(entries):
        if entry.article is not None:
            found[place] = entry.article
    return found


def _starts_of(keys: Iterable[str]) -> array[int]:
    """Return where each key stands among the joined ones: at the line end before it."""
    starts, place = array("l"), 0
    for key in keys:
        starts.append(place)
        place += len(key) + 1
    return starts


def _order(keyed: tuple[str, Entry]) -> tuple[int, bool, int, str, int, str]:
    key, entry = keyed
    is_of_thesaurus = entry.note == FROM_THESAURUS
    return -entry.borne, is_of_thesaurus, len(key), key, entry.document, entry.text
