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
from typing import Final

from kb.analysis import normalise

#: Syllables stand as private code points, so that a sound is a string as long as its word.
_FIRST_CODE: Final = 0xE000
_MAX_LETTERS: Final = 48
#: Four bytes a code point, without a mark in front.
_UTF: Final = "utf-32-le"
#: Ways to read a run of letters that are tried: xian is 县 and 西安.
_WAYS: Final = 4
_READING: Final = re.compile(r'"(\d+)": "([^",]+)')
_PHRASE: Final = re.compile(r'"([^"]{2,3})": (\[\n\[[^:]*?\n\]\n\])')
_HAN: Final = (0x3007, *range(0x4E00, 0xA000))
_TYPED: Final = re.compile(r"[a-zü' ]+\Z")


class Pinyin:
    """The readings of Chinese characters, in a word where the word decides (银行, not 银形)."""

    def __init__(
        self, readings: dict[int, str], phrases: dict[str, tuple[str, ...]]
    ) -> None:
        """Take the reading of each code point, and of words that are read otherwise."""
        self.syllables: Final = tuple(
            sorted(set(readings.values()).union(*phrases.values()))
        )
        self._code: Final = {
            s: chr(_FIRST_CODE + n) for n, s in enumerate(self.syllables)
        }
        #: Nobody types a sound without a vowel (嗯 is n), or means 啊 by an a among first letters.
        self._typed: Final = {
            s: c for s, c in self._code.items() if len(s) > 1 and set(s) & set("aeiouv")
        }
        self._table: Final = {
            char: self._code[syllable] for char, syllable in readings.items()
        }
        self._phrases: Final = {
            w: "".join(self._code[s] for s in said) for w, said in phrases.items()
        }
        odd = {
            c
            for w, said in self._phrases.items()
            for c, s in zip(w, said, strict=True)
            if self._table[ord(c)] != s
        }
        self._odd: Final = re.compile(f"[{''.join(sorted(odd))}]") if odd else None

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
            codes[4 * place : 4 * place + 4] = code.encode(_UTF)
        return codes.decode(_UTF, "surrogatepass")

    def _said_otherwise(self, folded: str) -> Iterator[tuple[int, str]]:
        """Yield the places of characters whose word gives them another reading, longer words
        last.
        """
        assert self._odd is not None
        for match in self._odd.finditer(folded):
            place = match.start()
            for length in (2, 3):
                for start in range(max(place - length + 1, 0), place + 1):
                    said = self._phrases.get(folded[start : start + length])
                    if said:
                        yield place, said[place - start]

    def pattern(self, typed: str, *, open_end: bool) -> str | None:
        """Return a regular expression over `sound` for typed pinyin, or None where it is none.

        Whole syllables, first letters (khmd) or both; `open_end` leaves the last syllable
        unfinished, as when one is still typing.
        """
        letters = re.sub("[' ]", "", typed.lower().replace("ü", "v"))
        if not 2 <= len(letters) <= _MAX_LETTERS or not _TYPED.match(typed.lower()):
            return None
        ways = [
            self._classes(pieces, open_end=open_end) for pieces in self._ways(letters)
        ]
        return f"(?:{'|'.join(ways)})" if ways else None

    def _classes(self, pieces: Sequence[str], *, open_end: bool) -> str:
        whole = [self._typed.get(piece) or self._class(piece) for piece in pieces]
        return "".join(whole[:-1]) + (
            self._class(pieces[-1]) if open_end else whole[-1]
        )

    @lru_cache(maxsize=1_000)  # noqa: B019 - one Pinyin lives as long as the process
    def _class(self, start: str) -> str:
        """Return the class of all syllables that begin so."""
        codes = (
            code for syllable, code in self._code.items() if syllable.startswith(start)
        )
        return f"[{''.join(codes)}]"

    def _ways(self, letters: str) -> list[tuple[str, ...]]:
        """Return readings of the letters as syllables, first letters and an unfinished end, fewest
        pieces first.
        """
        best: list[list[tuple[str, ...]]] = [[] for _ in letters] + [[()]]
        for start in range(len(letters) - 1, -1, -1):
            found = [
                (letters[start:end], *rest)
                for end in range(min(start + 6, len(letters)), start, -1)
                if self._may_be(letters[start:end], last=end == len(letters))
                for rest in best[end]
            ]
            best[start] = sorted(found, key=len)[:_WAYS]
        return best[0]

    def _may_be(self, piece: str, *, last: bool) -> bool:
        if piece in self._typed or piece in ("zh", "ch", "sh"):
            return True
        return (last or len(piece) == 1) and any(
            s.startswith(piece) for s in self._typed
        )


@lru_cache(maxsize=1)
def load_pinyin() -> Pinyin:
    """Read pypinyin's tables; about 0.2 seconds, once, when the first suggestion is wanted."""
    spec = find_spec("pypinyin")
    assert spec is not None and spec.origin is not None  # a dependency of this project
    folder = Path(spec.origin).parent
    written = dict(
        _READING.findall((folder / "pinyin_dict.json").read_text(encoding="utf-8"))
    )
    plain = {reading: _without_tone(reading) for reading in set(written.values())}
    readings = {
        char: plain[written[str(char)]] for char in _HAN if str(char) in written
    }
    phrases = {}
    for match in _PHRASE.finditer(
        (folder / "phrases_dict.json").read_text(encoding="utf-8")
    ):
        said = tuple(_without_tone(one[0]) for one in json.loads(match[2]))
        if len(said) == len(match[1]) and said != tuple(
            readings.get(ord(c)) for c in match[1]
        ):
            phrases[match[1]] = said
    known = {
        word: said
        for word, said in phrases.items()
        if all(ord(c) in readings for c in word)
    }
    return Pinyin(readings, known)


@lru_cache(maxsize=4_000)
def _without_tone(reading: str) -> str:
    letters = unicodedata.normalize(
        "NFD", reading.replace("ü", "v").translate({ord(c): "v" for c in "ǖǘǚǜ"})
    )
    return "".join(c for c in letters if c < "\u0300")
