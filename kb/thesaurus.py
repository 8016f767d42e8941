"""Which words of a text have equivalents, and which? Editable files, matched longest first.

`thesaurus.txt` holds groups of equivalent words and one-way lines, `glossary.tsv` pairs of
Chinese and English terms with the instrument the English term stands in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path
from typing import Final

from msgspec import Struct

from kb.analysis import Token, characters, latin_words, normalise
from kb.errors import UserError

THESAURUS: Final = Path(__file__).parent / "thesaurus.txt"
GLOSSARY: Final = Path(__file__).parent / "glossary.tsv"

#: More equivalents of one word than this dilute it; those of the first lines stay.
MAX_ALTERNATIVES: Final = 8
_MAX_WORD_CHARS: Final = 40
_MAX_LATIN_WORDS: Final = 6
_SEPARATORS: Final = re.compile("[,\uff0c、]")
_HAN: Final = re.compile("[㐀-鿿]")
_LETTER: Final = re.compile("[a-z]")


@dataclass(frozen=True, slots=True)
class Group:
    """One line of a thesaurus: who types one of `typed` also looks for `meant`.

    Of equivalents both are the same words.
    """

    typed: tuple[str, ...]
    meant: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a glossary; `source` names the instrument in which the English term stands."""

    chinese: str
    english: str
    source: str


class Expansion(Struct, frozen=True, gc=False):
    """A word of a text as it stands there, in [start, end), and what else means it.

    `synonyms` are in the word's own language, `translations` in the other.
    """

    typed: str
    start: int
    end: int
    synonyms: tuple[str, ...] = ()
    translations: tuple[str, ...] = ()

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Return synonyms, then translations."""
        return self.synonyms + self.translations


@dataclass(slots=True)
class _Entry:
    """Equivalents as written -> folded."""

    synonyms: dict[str, str]
    translations: dict[str, str]


class Thesaurus:
    """Groups and pairs, ready to be found in texts. Words are folded; Latin ones are stemmed."""

    def __init__(
        self, groups: Iterable[Group] = (), pairs: Iterable[Pair] = ()
    ) -> None:
        """Gather every word's equivalents, in the order of the lines."""
        groups, pairs = tuple(groups), tuple(pairs)
        self.words: tuple[str, ...] = tuple(dict.fromkeys(_written(groups, pairs)))
        self._entries: dict[str, _Entry] = {}
        # "" has one line
        folded = dict(
            zip(self.words, normalise("\n".join(self.words)).split("\n"), strict=False)
        )
        for group in groups:
            for word in group.typed:
                for other in group.meant:
                    self._add(folded[word], other, folded[other])
        for pair in pairs:
            self._add(folded[pair.chinese], pair.english, folded[pair.english])
            self._add(folded[pair.english], pair.chinese, folded[pair.chinese])
        self._lengths: dict[str, tuple[int, ...]] = {}
        for key in filter(_HAN.search, self._entries):
            lengths = {*self._lengths.get(key[0], ()), len(key)}
            self._lengths[key[0]] = tuple(sorted(lengths, reverse=True))

    def _add(
        self,
        word: str,
        other: str,
        folded: str,
    ) -> None:
        entry = self._entries.setdefault(word, _Entry({}, {}))
        same_language = bool(_HAN.search(word)) == bool(_HAN.search(folded))
        if folded != word:
            (entry.synonyms if same_language else entry.translations)[other] = folded

    @cached_property
    def _stemmed(self) -> dict[str, _Entry]:
        """Return the entries of Latin words by their stems; made when a text first has Latin
        letters.
        """
        made: dict[str, _Entry] = {}
        for word, entry in self._entries.items():
            if not _HAN.search(word):
                same = made.setdefault(_stems(word), _Entry({}, {}))
                same.synonyms.update(entry.synonyms)
                same.translations.update(entry.translations)
        return made

    def find(
        self,
        text: str,
        tokens: Sequence[Token],
        taken: Collection[tuple[int, int]] = (),
    ) -> tuple[Expansion, ...]:
        """Return the words of `text` that have equivalents, longest first, none over
        another, in order.

        A word with Chinese characters must start and end where one of `tokens` does. Spans
        `taken` are left alone. Equivalents that stand in `text` themselves are left out, and
        each word counts once. Never fails.
        """
        folded = normalise(text)
        spans = [*self._han(folded, tokens)]
        if _LETTER.search(folded):
            spans += self._latin(folded)
        found: dict[int, Expansion] = {}
        end = 0
        for start, stop, entry in sorted(spans, key=lambda span: (span[0], -span[1])):
            if start < end or _is_taken(start, stop, taken):
                continue
            end = stop
            if id(entry) not in found:
                found[id(entry)] = _expansion(text, folded, start, stop, entry)
        return tuple(
            expansion for expansion in found.values() if expansion.alternatives
        )

    def _han(
        self, folded: str, tokens: Sequence[Token]
    ) -> Iterator[tuple[int, int, _Entry]]:
        ends = {token.end for token in tokens}
        after = 0
        for start in sorted({token.start for token in tokens}):
            if start < after:
                continue
            for length in self._lengths.get(folded[start : start + 1], ()):
                entry = self._entries.get(folded[start : start + length])
                if entry is not None and start + length in ends:
                    after = start + length
                    yield start, after, entry
                    break

    def _latin(self, folded: str) -> Iterator[tuple[int, int, _Entry]]:
        words = latin_words(folded)
        after = 0
        for place in range(len(words)):
            if place < after:
                continue
            most = min(_MAX_LATIN_WORDS, len(words) - place)
            for count in range(most, 0, -1):
                some = words[place : place + count]
                entry = self._stemmed.get(_joined(some))
                if entry is not None and self._runs_on(folded, some):
                    after = place + count
                    yield some[0].start, some[-1].end, entry
                    break

    @staticmethod
    def _runs_on(folded: str, words: Sequence[Token]) -> bool:
        """Tell whether nothing but blanks and marks inside words stands between them."""
        for one, other in pairwise(words):
            if folded[one.end : other.start].strip(" '’-./&"):
                return False
        return True


def _written(groups: Iterable[Group], pairs: Iterable[Pair]) -> Iterator[str]:
    """Yield every word of the lines as it is written there."""
    for group in groups:
        yield from (*group.typed, *group.meant)
    for pair in pairs:
        yield from (pair.chinese, pair.english)


def _is_taken(
    start: int,
    end: int,
    taken: Iterable[tuple[int, int]],
) -> bool:
    """Tell whether a span has a character in common with one that is taken."""
    return any(start < last and first < end for first, last in taken)


def _expansion(
    text: str,
    folded: str,
    start: int,
    end: int,
    entry: _Entry,
) -> Expansion:
    synonyms = _absent(entry.synonyms, folded)[:MAX_ALTERNATIVES]
    room = MAX_ALTERNATIVES - len(synonyms)
    translations = _absent(entry.translations, folded)[:room]
    return Expansion(text[start:end], start, end, synonyms, translations)


def _absent(words: Mapping[str, str], folded: str) -> tuple[str, ...]:
    """Return the words that do not stand in a folded text themselves."""
    return tuple([word for word, fold in words.items() if fold not in folded])


def _stems(folded: str) -> str:
    return _joined(latin_words(folded))


def _joined(words: Iterable[Token]) -> str:
    return " ".join(word.term for word in words)


def read_groups(path: Path) -> list[Group]:
    """Read a thesaurus; raises UserError naming file and line."""
    groups = []
    for number, line in _lines(path):
        sides = [_words_of(side) for side in line.split("#")[0].split("=>")]
        if fault := _fault(sides):
            raise UserError(f"同义词表 {path} 第 {number} 行:{fault}")
        groups.append(Group(tuple(sides[0]), tuple(sides[-1])))
    return groups


def _words_of(side: str) -> list[str]:
    return [word.strip() for word in _SEPARATORS.split(side)]


def _fault(sides: Sequence[Sequence[str]]) -> str | None:
    if len(sides) > 2:
        return "一行只能有一个 =>"
    for word in chain.from_iterable(sides):
        if not word:
            return "有空的词,请检查多余的逗号"
        if not 2 <= len(word) <= _MAX_WORD_CHARS or not characters(word):
            return f"「{word[:_MAX_WORD_CHARS]}」应为 2 至 {_MAX_WORD_CHARS} 个字的词"
    for side in sides:
        if len(set(map(normalise, side))) < len(side):
            return "同一个词写了两次"
    if len(sides) == 1 and len(sides[0]) < 2:
        return "一组至少要有两个词,用逗号隔开;单向写作 甲 => 乙"
    return None


def read_pairs(path: Path) -> list[Pair]:
    """Read a glossary; raises UserError naming file and line."""
    pairs = []
    for number, line in _lines(path):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != 3 or not all(cells):
            raise UserError(
                f"术语对照 {path} 第 {number} 行:应为 中文、英文、出处 三列,用制表符隔开"
            )
        if (
            not _HAN.search(cells[0])
            or _HAN.search(cells[1])
            or not _LETTER.search(normalise(cells[1]))
        ):
            raise UserError(
                f"术语对照 {path} 第 {number} 行:第一列应为中文,第二列应为英文"
            )
        pairs.append(Pair(*cells))
    return pairs


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Return the lines that say something, with their numbers from 1."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise UserError(
            f"无法读取 {path}({error.strerror})。请检查设置 KB_THESAURUS 与 KB_GLOSSARY"
        ) from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} 不是 UTF-8 文本,请另存为 UTF-8 后重试") from error
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


_current: Thesaurus | None = None


def load_thesaurus(path: Path = THESAURUS, glossary: Path = GLOSSARY) -> None:
    """Use these files from now on; raises UserError when a line cannot be understood."""
    global _current
    _current = Thesaurus(read_groups(path), read_pairs(glossary))


def thesaurus() -> Thesaurus:
    """Return the thesaurus in use, the shipped one when none was loaded."""
    if _current is None:
        load_thesaurus()
    assert _current is not None
    return _current
