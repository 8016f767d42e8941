"""What may be suggested to one reader: words, laws, names, numbers and titles, once a commit.

Names, numbers, titles and facet values come from visible documents alone, so that nothing
a reader may not see can be completed or guessed at; beside them stand the public word
lists: the legal dictionary and the thesaurus.
"""

from __future__ import annotations

import re
import threading
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from kb.analysis import dictionary_words
from kb.fields import FACETS
from kb.identifiers import compact
from kb.lawnames import LAW_ALIASES
from kb.numerals import chinese_numeral
from kb.records import Name
from kb.store import Store
from kb.thesaurus import thesaurus
from search.pinyin import load_pinyin

#: Facets whose values are words that one may look for.
_WORD_FIELDS: Final = tuple(field.name for field in FACETS if field.suggested)
_SHELF_OF: Final = {"title": "title", "alias": "name", "party": "name"}
_CACHED: Final = 2
_MAX_KEY: Final = 80
#: Names of laws, longest first, without their brackets as keys are.
_LAWS: Final = {
    compact(name): compact(LAW_ALIASES[name])
    for name in sorted(LAW_ALIASES, key=len, reverse=True)
}
_YEAR_FIRST: Final = re.compile(r"((?:19|20)\d{2})年?(?:版|修正|修订)?的?(?=[^\d])(.+)")
_ARTICLE_DIGITS: Final = re.compile(r"第(\d{1,4})(?=条|\Z)|(?<!\d)(\d{1,3})(?=条)")


class Entry(NamedTuple):
    """One thing to suggest; `document` is 0 where several documents or none bear it.

    `note` is the kind of name (kb.records.Name), for a title the kind of its document, for a
    word "word" (of the dictionary), "term" (of the thesaurus) or the facet it is a value of,
    for a law `law|version|article|what it provides`.
    """

    text: str
    note: str
    document: int
    borne: int


def number_fold(text: str) -> str:
    """Return what is left of a number however it is typed: 2020最高法知民终1667."""
    return re.sub("[第字号]", "", compact(text)).replace("指导性案例", "指导案例")


def law_fold(text: str) -> str:
    """Return 反不正当竞争法2025第十条 for 2025年反法第10条 and its like."""
    key = compact(text)
    year_first = _YEAR_FIRST.fullmatch(key)
    year, key = (year_first[1], year_first[2]) if year_first else ("", key)
    alias = next((name for name in _LAWS if key.startswith(name)), "")
    key = _LAWS.get(alias, "") + year + key[len(alias) :] if alias else year + key
    return _ARTICLE_DIGITS.sub(lambda m: "第" + chinese_numeral(int(m[1] or m[2])), key)


class TermList:
    """Entries of one sort, best first, with their keys in one string that is searched whole."""

    def __init__(self, entries: Iterable[Entry], *, numbers: bool = False) -> None:
        """Put entries in order: borne by most documents, terms of the thesaurus last, then
        shortest.
        """
        fold = number_fold if numbers else compact
        keyed = [
            (key, entry) for entry in entries if (key := fold(entry.text)[:_MAX_KEY])
        ]
        keyed.sort(key=_order)
        self._texts: Final = tuple(entry.text for _, entry in keyed)
        self._notes: Final = tuple(entry.note for _, entry in keyed)
        self._documents: Final = array("q", (entry.document for _, entry in keyed))
        self._counts: Final = array("l", (entry.borne for _, entry in keyed))
        self.keys: Final = tuple(
            entry.text if entry.text == key else key for key, entry in keyed
        )
        self._joined: Final = "\n" + "".join(f"{key}\n" for key in self.keys)
        starts, place = array("l"), 0
        for key in self.keys:
            starts.append(place)
            place += len(key) + 1
        self._starts: Final = starts

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
        )

    @cached_property
    def _sounds(self) -> str:
        return load_pinyin().sound(self._joined)

    def sound(self, place: int) -> str:
        """Return the sound of one key."""
        start = self._starts[place] + 1
        return self._sounds[start : start + len(self.keys[place])]

    def beginning(self, key: str, limit: int) -> list[int]:
        """Return the first entries whose key begins so."""
        return self._found(self._joined, "\n" + key, limit)

    def holding(self, key: str, limit: int) -> list[int]:
        """Return the first entries whose key holds this anywhere."""
        return self._found(self._joined, key, limit)

    def _found(self, among: str, needle: str, limit: int) -> list[int]:
        found: list[int] = []
        at = among.find(needle)
        while at >= 0 and len(found) < limit:
            place = self._place(at)
            found.append(place)
            at = among.find(needle, self._starts[place] + len(self.keys[place]) + 1)
        return found

    def matching(
        self, pattern: str, limit: int, *, by_sound: bool = False
    ) -> list[int]:
        """Return the first entries that a regular expression finds in their key or its sound; \\n
        is its edge.
        """
        found: dict[int, None] = {}
        for match in re.finditer(pattern, self._sounds if by_sound else self._joined):
            found.setdefault(self._place(match.start()))
            if len(found) >= limit:
                break
        return list(found)

    @cached_property
    def _by_length(self) -> dict[int, tuple[list[int], list[str]]]:
        found: dict[int, tuple[list[int], list[str]]] = {}
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
            near += [(int(distance), places[at]) for _, distance, at in found]
        return [(place, distance) for distance, place in sorted(near)[:limit]]

    @cached_property
    def _by_sound(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place in range(len(self.keys)):
            found.setdefault(self.sound(place), []).append(place)
        return found

    def sounding_whole(self, sound: str) -> list[int]:
        """Return all entries whose key sounds so."""
        return self._by_sound.get(sound, [])

    @cached_property
    def _by_half(self) -> dict[tuple[int, str, bool], list[int]]:
        found: dict[tuple[int, str, bool], list[int]] = {}
        for place, key in enumerate(self.keys):
            half = len(key) // 2
            found.setdefault((len(key), key[:half], True), []).append(place)
            found.setdefault((len(key), key[half:], False), []).append(place)
        return found

    def one_off(self, text: str) -> list[int]:
        """Return the entries as long as a text whose key has another character in one place."""
        half = len(text) // 2
        alike = {*self._by_half.get((len(text), text[:half], True), ())}
        alike |= {*self._by_half.get((len(text), text[half:], False), ())}
        return sorted(
            p
            for p in alike
            if sum(a != b for a, b in zip(text, self.keys[p], strict=True)) == 1
        )

    def sounding(self, sound: str, limit: int) -> list[int]:
        """Return the first entries whose key sounds so."""
        return self._found(self._sounds, f"\n{sound}\n", limit)

    def _place(self, at: int) -> int:
        return min(bisect_right(self._starts, at), len(self._starts)) - 1


def _order(keyed: tuple[str, Entry]) -> tuple[int, bool, int, str, int, str]:
    key, entry = keyed
    return -entry.borne, entry.note == "term", len(key), key, entry.document, entry.text


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All lists of one reader."""

    word: TermList
    law: TermList
    name: TermList
    number: TermList
    title: TermList


class Lexicons:
    """Lexicons by clearance, made when one is first asked for and again when the store has
    grown.
    """

    def __init__(self) -> None:
        """Start with none made."""
        self._made: dict[tuple[str, str, int], Lexicon] = {}
        self._making: Final = threading.Lock()

    def of(self, store: Store) -> Lexicon:
        """Return the lexicon for the store's last commit and clearance."""
        key = (str(store.home), store.commit().id, int(store.clearance))
        with self._making:
            found = self._made.get(key)
            if found is None:
                found = self._make(store)
                kept = {k: v for k, v in self._made.items() if k[:2] == key[:2]}
                self._made = dict(list(kept.items())[1 - _CACHED :]) | {key: found}
            return found

    def _make(self, store: Store) -> Lexicon:
        with store.snapshot():
            names = _by_shelf(store.names())
            laws = [_law(*row) for row in store.provisions()]
            words = {term: Entry(term, "term", 0, 0) for term in thesaurus().words}
            words |= {
                word: Entry(word, "word", 0, 0)
                for word in dictionary_words()
                if len(word) > 1
            }
            words |= {
                value: Entry(value, field, 0, held)
                for field, value, held in store.facet_words(_WORD_FIELDS)
            }
        return Lexicon(
            word=TermList(words.values()),
            law=TermList(laws),
            name=TermList(_merged(names["name"])),
            number=TermList(_merged(names["number"]), numbers=True),
            title=TermList(names["title"]),
        )


def _by_shelf(names: Iterable[Name]) -> dict[str, list[Entry]]:
    lists: dict[str, list[Entry]] = {"title": [], "name": [], "number": []}
    for name in names:
        text = f"指导性案例{name.text}号" if name.kind == "guiding_case" else name.text
        note = name.note if name.kind == "title" else name.kind
        lists[_SHELF_OF.get(name.kind, "number")].append(
            Entry(text, note, name.document_id, 1)
        )
    return lists


def _merged(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield each text once: with its document where it is the only one, else with their number."""
    bearing: dict[str, tuple[str, set[int]]] = {}
    for entry in entries:
        bearing.setdefault(entry.text, (entry.note, set()))[1].add(entry.document)
    for text, (note, documents) in bearing.items():
        yield Entry(
            text,
            note,
            next(iter(documents)) if len(documents) == 1 else 0,
            len(documents),
        )


def _law(law: str, version: str, article: str, provides: str) -> Entry:
    named = law if law == version else f"{law}（{version}）"  # 法释〔2025〕5号 is both
    return Entry(named + article, f"{law}|{version}|{article}|{provides}", 0, 1)
