"""How a word sounds: pinyin without tones, one code point for one character.

An input aid alone: what is found and how it is ranked never depends on it. The readings are
pypinyin's. Its two tables are read from the package's own files, because importing it holds
56 MB for phrases that are of no use here; what is kept of them takes 3 MB.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, TypeAlias

from kb.analysis import normalise

#: Syllables stand as private code points, so that a sound is a string as long as its word.
_FIRST_CODE: Final = 0xE000
_MAX_LETTERS: Final = 48
#: Four bytes a code point, without a mark in front.
_UTF: Final = "utf-32-le"
_BYTES: Final = 4
#: Ways to read a run of letters that are tried: xian is 县 and 西安.
_WAYS: Final = 4
_READING: Final = re.compile(r'"(\d+)": "([^",]+)')
_PHRASE: Final = re.compile(r'"([^"]{2,3})": (\[\n\[[^:]*?\n\]\n\])')
_HAN: Final = (0x3007, *range(0x4E00, 0xA000))
_TYPED: Final = re.compile(r"[a-zü' ]+\Z")
_FEWEST_LETTERS: Final = 2
_LONGEST_SYLLABLE: Final = 6
_VOWELS: Final = frozenset("aeiouv")
_DOUBLE_INITIALS: Final = ("zh", "ch", "sh")
_WORD_LENGTHS: Final = (2, 3)
#: ü is typed v, with whatever tone.
_V: Final = {ord(letter): "v" for letter in "ǖǘǚǜ"}
#: Tones are marks behind their letter.
_FIRST_MARK: Final = "\u0300"


#: The readings of all characters, and of words in which some of them are read otherwise.
Readings: TypeAlias = dict[int, str]
Phrases: TypeAlias = dict[str, tuple[str, ...]]
#: Typed letters cut into syllables and first letters.
Way: TypeAlias = tuple[str, ...]


class Pinyin:
    """The readings of Chinese characters, in a word where the word decides (银行, not 银形)."""

    def __init__(
        self,
        readings: Readings,
        phrases: Phrases,
    ) -> None:
        """Take the reading of each code point, and of words that are read otherwise."""
        alone = set(readings.values())
        known = alone.union(*phrases.values())
        self.syllables: Final = tuple(sorted(known))
        self._code: Final[dict[str, str]] = {}
        for number, syllable in enumerate(self.syllables):
            self._code[syllable] = chr(_FIRST_CODE + number)
        self._typed: Final = {
            syllable: code
            for syllable, code in self._code.items()
            if _is_typed(syllable)
        }
        self._table: Final = {
            char: self._code[syllable] for char, syllable in readings.items()
        }
        self._phrases: Final[dict[str, str]] = {}
        for word, said in phrases.items():
            codes = [self._code[one] for one in said]
            self._phrases[word] = "".join(codes)
        self._odd: Final = self._read_otherwise()

    def _read_otherwise(self) -> re.Pattern[str] | None:
        """Return what matches a character that some word gives another reading."""
        odd: set[str] = set()
        for word, said in self._phrases.items():
            for char, code in zip(word, said, strict=True):
                if self._table[ord(char)] != code:
                    odd.add(char)
        return re.compile(f"[{''.join(sorted(odd))}]") if odd else None

    def sound(self, text: str) -> str:
        """Return a string as long as `text`: a code for each Chinese character, all else folded as
        it is.
        """
        folded = normalise(text)
        said = folded.translate(self._table)
        if self._odd is None:
            return said
        # a list of characters takes twenty times the room
        codes = bytearray(said.encode(_UTF, "surrogatepass"))
        for place, code in self._said_otherwise(folded):
            start = _BYTES * place
            codes[start : start + _BYTES] = code.encode(_UTF)
        return codes.decode(_UTF, "surrogatepass")

    def _said_otherwise(self, folded: str) -> Iterator[tuple[int, str]]:
        """Yield the places of characters whose word gives them another reading, longer words
        last.
        """
        assert self._odd is not None
        for match in self._odd.finditer(folded):
            place = match.start()
            for length in _WORD_LENGTHS:
                earliest = max(place - length + 1, 0)
                for start in range(earliest, place + 1):
                    said = self._phrases.get(folded[start : start + length])
                    if said:
                        yield place, said[place - start]

    def pattern(
        self,
        typed: str,
        *,
        open_end: bool,
    ) -> str | None:
        """Return a regular expression over `sound` for typed pinyin, or None where it is none.

        Whole syllables, first letters (khmd) or both; `open_end` leaves the last syllable
        unfinished, as when one is still typing.
        """
        folded = typed.lower()
        letters = re.sub("[' ]", "", folded.replace("ü", "v"))
        if not _FEWEST_LETTERS <= len(letters) <= _MAX_LETTERS:
            return None
        if not _TYPED.match(folded):
            return None
        ways = []
        for pieces in self._ways(letters):
            ways.append(self._classes(pieces, open_end=open_end))
        return f"(?:{'|'.join(ways)})" if ways else None

    def _classes(
        self,
        pieces: Sequence[str],
        *,
        open_end: bool,
    ) -> str:
        classes = []
        for piece in pieces:
            whole = self._typed.get(piece)
            classes.append(whole or self._class(piece))
        if open_end:
            classes[-1] = self._class(pieces[-1])
        return "".join(classes)

    @lru_cache(maxsize=1_000)  # noqa: B019 - one Pinyin lives as long as the process
    def _class(self, start: str) -> str:
        """Return the class of all syllables that begin so."""
        codes = []
        for syllable, code in self._code.items():
            if syllable.startswith(start):
                codes.append(code)
        return f"[{''.join(codes)}]"

    def _ways(self, letters: str) -> list[Way]:
        """Return readings of the letters as syllables, first letters and an unfinished end, fewest
        pieces first.
        """
        length = len(letters)
        best: dict[int, list[Way]] = {length: [()]}
        for start in reversed(range(length)):
            found: list[Way] = []
            longest = min(start + _LONGEST_SYLLABLE, length)
            for end in range(longest, start, -1):
                piece = letters[start:end]
                if self._may_be(piece, last=end == length):
                    found.extend((piece, *rest) for rest in best[end])
            found.sort(key=len)
            best[start] = found[:_WAYS]
        return best[0]

    def _may_be(self, piece: str, *, last: bool) -> bool:
        if piece in self._typed or piece in _DOUBLE_INITIALS:
            return True
        if not last and len(piece) > 1:
            return False
        begins = (syllable.startswith(piece) for syllable in self._typed)
        return any(begins)


def _is_typed(syllable: str) -> bool:
    """Tell the syllables that people type: nobody types one without a vowel (嗯 is n), or means 啊
    by an a among first letters.
    """
    has_vowel = not _VOWELS.isdisjoint(syllable)
    return len(syllable) > 1 and has_vowel


@lru_cache(maxsize=1)
def load_pinyin() -> Pinyin:
    """Read pypinyin's tables; about 0.2 seconds, once, when the first suggestion is wanted."""
    spec = find_spec("pypinyin")
    assert spec is not None and spec.origin is not None  # a dependency of this project
    folder = Path(spec.origin).parent
    readings = _read_readings(folder / "pinyin_dict.json")
    return Pinyin(readings, _read_phrases(folder / "phrases_dict.json", readings))


def _read_readings(path: Path) -> Readings:
    """Return the first reading of each Chinese character, by code point."""
    text = path.read_text(encoding="utf-8")
    written = dict(_READING.findall(text))
    readings: Readings = {}
    for char in _HAN:
        reading = written.get(str(char))
        if reading is not None:
            readings[char] = _without_tone(reading)
    return readings


def _read_phrases(
    path: Path,
    readings: Readings,
) -> Phrases:
    """Return the words in which a character is read otherwise than alone."""
    phrases: Phrases = {}
    text = path.read_text(encoding="utf-8")
    for match in _PHRASE.finditer(text):
        word, written = match.groups()
        syllables = [first for first, *_ in json.loads(written)]
        said = tuple(map(_without_tone, syllables))
        alone = tuple(readings.get(ord(char)) for char in word)
        if None in alone or len(said) != len(word):
            continue
        if said != alone:
            phrases[word] = said
    return phrases


@lru_cache(maxsize=4_000)
def _without_tone(reading: str) -> str:
    bare = reading.replace("ü", "v").translate(_V)
    letters = unicodedata.normalize("NFD", bare)
    return "".join(letter for letter in letters if letter < _FIRST_MARK)
