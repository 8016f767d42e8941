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
#: How long a key is, one half of it, and whether that is the first.
_Half: TypeAlias = tuple[int, str, bool]
#: What entries are put in order by.
_Order: TypeAlias = tuple[int, bool, int, str, int, str]


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
    law, rest = _LAWS.get(alias, ""), key.removeprefix(alias)
    return _ARTICLE_DIGITS.sub(_in_chinese, law + year + rest)


def _in_chinese(match: re.Match[str]) -> str:
    return "第" + chinese_numeral(int(match[1] or match[2]))


class TermList:
    """Entries of one sort, best first, with their keys in one string that is searched whole."""

    def __init__(
        self,
        entries: Iterable[Entry],
        *,
        numbers: bool = False,
    ) -> None:
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
        keys: list[str] = []
        texts: list[str] = []
        notes: list[str] = []
        self._documents: Final = array("q")
        self._counts: Final = array("l")
        self._articles: Final[dict[int, ArticleKey]] = {}
        for place, (key, entry) in enumerate(keyed):
            # a key that is the text itself takes no room of its own
            keys.append(entry.text if entry.text == key else key)
            texts.append(entry.text)
            notes.append(entry.note)
            self._documents.append(entry.document)
            self._counts.append(entry.borne)
            if entry.article is not None:
                self._articles[place] = entry.article
        self.keys: Final = tuple(keys)
        self._texts: Final = tuple(texts)
        self._notes: Final = tuple(notes)
        self._joined: Final = "\n".join(["", *keys, ""])
        self._starts: Final = _starts_of(keys)

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self._texts)

    def __getitem__(self, place: int) -> Entry:
        """Return one entry."""
        return Entry(
            text=self._texts[place],
            note=self._notes[place],
            document=self._documents[place],
            borne=self._counts[place],
            article=self._articles.get(place),
        )

    def _place(self, at: int) -> int:
        """Return which entry stands at a place of the joined keys."""
        behind = bisect_right(self._starts, at)
        return min(behind, len(self._starts)) - 1

    # -- by spelling -----------------------------------------------------------------------

    def beginning(self, key: str, limit: int) -> Places:
        """Return the first entries whose key begins so."""
        return self._found(self._joined, "\n" + key, limit)

    def holding(self, key: str, limit: int) -> Places:
        """Return the first entries whose key holds this anywhere."""
        return self._found(self._joined, key, limit)

    def _found(
        self,
        among: str,
        needle: str,
        limit: int,
    ) -> Places:
        found: Places = []
        at = among.find(needle)
        while at >= 0 and len(found) < limit:
            place = self._place(at)
            found.append(place)
            length = len(self.keys[place])
            behind = self._starts[place] + length + 1
            at = among.find(needle, behind)
        return found

    def matching(
        self,
        pattern: str,
        limit: int,
        *,
        by_sound: bool = False,
    ) -> Places:
        """Return the first entries that a regular expression finds in their key or its sound; \\n
        is its edge.
        """
        found: dict[int, None] = {}
        among = self._sounds if by_sound else self._joined
        for match in re.finditer(pattern, among):
            place = self._place(match.start())
            found.setdefault(place)
            if len(found) >= limit:
                break
        return list(found)

    @cached_property
    def _by_length(self) -> dict[int, tuple[Places, list[str]]]:
        found: dict[int, tuple[Places, list[str]]] = {}
        for place, key in enumerate(self.keys):
            length = len(key)
            places, keys = found.setdefault(length, ([], []))
            places.append(place)
            keys.append(key)
        return found

    def spelt(
        self,
        key: str,
        far: int,
        limit: int,
    ) -> list[tuple[int, int]]:
        """Return the entries whose key is `far` characters off at most, with how many, nearest
        first.
        """
        from rapidfuzz import process  # 30 ms that only a slip has to pay
        from rapidfuzz.distance import OSA

        near: list[tuple[int, int]] = []
        shortest, longest = len(key) - far, len(key) + far
        for length in range(shortest, longest + 1):
            places, keys = self._by_length.get(length, ([], []))
            found = process.extract(
                key, keys, scorer=OSA.distance, score_cutoff=far, limit=limit
            )
            for _, distance, at in found:
                near.append((int(distance), places[at]))
        near.sort()
        return [(place, distance) for distance, place in near[:limit]]

    @cached_property
    def _by_half(self) -> dict[_Half, Places]:
        found: dict[_Half, Places] = {}
        for place, key in enumerate(self.keys):
            for half in _halves_of(key):
                found.setdefault(half, []).append(place)
        return found

    def one_off(self, text: str) -> Places:
        """Return the entries as long as a text whose key has another character in one place."""
        sharing_a_half: set[int] = set()
        for half in _halves_of(text):
            sharing_a_half.update(self._by_half.get(half, ()))
        found = []
        for place in sorted(sharing_a_half):
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
        end = start + len(self.keys[place])
        return self._sounds[start:end]

    def sounding(self, sound: str, limit: int) -> Places:
        """Return the first entries whose key sounds so."""
        return self._found(self._sounds, f"\n{sound}\n", limit)

    @cached_property
    def _by_sound(self) -> dict[str, Places]:
        found: dict[str, Places] = {}
        for place in range(len(self.keys)):
            sound = self.sound(place)
            found.setdefault(sound, []).append(place)
        return found

    def sounding_whole(self, sound: str) -> Places:
        """Return all entries whose key sounds so."""
        return self._by_sound.get(sound, [])


def _halves_of(key: str) -> tuple[_Half, _Half]:
    length = len(key)
    middle = length // 2
    beginning = (length, key[:middle], True)
    end = (length, key[middle:], False)
    return beginning, end


def _differences(text: str, key: str) -> int:
    """Return in how many places two texts of one length differ."""
    pairs = zip(text, key, strict=True)
    return sum(one != other for one, other in pairs)


def _starts_of(keys: Iterable[str]) -> array[int]:
    """Return where each key stands among the joined ones: at the line end before it."""
    starts, place = array("l"), 0
    for key in keys:
        starts.append(place)
        place += len(key) + 1
    return starts


def _order(keyed: tuple[str, Entry]) -> _Order:
    key, entry = keyed
    return (
        -entry.borne,
        entry.note == FROM_THESAURUS,
        len(key),
        key,
        entry.document,
        entry.text,
    )
