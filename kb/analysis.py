"""Text into index terms: one function for documents and queries.

Chinese words come from jieba's dictionary in search mode (long words and the words in
them), with the legal words of kb/dictionary.txt. rjieba cuts them; jieba, whose tokens are
the same, does where no rjieba wheel exists. Latin and number runs are cut by our own rule
first, so that both libraries agree on every token.
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, count, islice
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np

from kb.ligatures import BROKEN, Reading, unfold

DICTIONARY: Final = Path(__file__).parent / "dictionary.txt"

HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\u3007\uf900-\ufaff\U00020000-\U0003ffff"
_NOT_HAN: Final = re.compile(f"[^{HAN}]")
#: Where no places are asked for: fewer blanks to cut.
_NOT_HAN_RUN: Final = re.compile(f"[^{HAN}]+")
_HAN_CHAR: Final = re.compile(f"[{HAN}]")
LATIN: Final = "a-z0-9à-ɏΑ-ϿЀ-ӿ぀-ヿ가-힣"
_LATIN_RUN: Final = re.compile(rf"[{LATIN}]+(?:[.\-_/&'’][a-z0-9à-ɏ]+)*")
_LATIN_PART: Final = re.compile(f"[{LATIN}]+")
_ENGLISH: Final = re.compile(r"[a-z]{3,}\Z")

_Item = TypeVar("_Item")
Cut = Callable[[str], list[tuple[str, int, int]]]
Words = Callable[[str], list[str]]
_Cuts = tuple[Cut, Words, Cut]
#: Word -> the words inside it, each with its place.
_Inner = dict[str, tuple[tuple[str, int], ...]]


class Token(NamedTuple):
    """A term and the span [start, end) of the original text it stands for."""

    term: str
    start: int
    end: int


#: Folding of every code point met so far (width, case, traditional forms); 0 is "not met yet".
_FOLDED: Final = np.zeros(sys.maxunicode + 1, dtype="<u4")


#: Characters of many texts that are folded together; what that takes grows with them.
_FOLDED_AT_ONCE: Final = 100_000
#: Texts up to this length are folded faster by str.translate.
_SHORT: Final = 32


def _fold(code: int) -> int:
    char = chr(code)
    folded = unicodedata.normalize("NFKC", char)
    if len(folded) != 1:
        folded = char
    if _HAN_CHAR.match(folded):
        folded = _simplify(folded)
    lower = folded.lower()
    return ord(lower) if len(lower) == 1 else ord(folded)


class _Folds(dict[int, int]):
    """Folding of every code point met so far, for str.translate."""

    def __missing__(self, code: int) -> int:
        self[code] = folded = _fold(code)
        return folded


_FOLDED_SHORT: Final = _Folds()


@lru_cache(maxsize=1)
def _converter() -> Callable[[str], str]:
    import opencc

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert


def _simplify(char: str) -> str:
    simple = _converter()(char)
    return simple if len(simple) == 1 else char


def normalise(text: str) -> str:
    """Fold width, case and traditional characters, one code point for one code point.

    Offsets of the result are offsets of `text`; what would grow (㎏, ß) stays as it is,
    see kb/ligatures.py.
    """
    if text.isascii():
        return text.lower()
    if len(text) <= _SHORT:
        return text.translate(_FOLDED_SHORT)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    folded = _FOLDED.take(
        codes
    )  # several times faster than str.translate where the text is long
    if np.count_nonzero(folded) < len(folded):
        for code in set(codes[folded == 0].tolist()):
            _FOLDED[code] = _fold(code)
        folded = _FOLDED.take(codes)
    return str(folded.tobytes(), "utf-32-le", "surrogatepass")


def normalise_all(texts: Iterable[str]) -> list[str]:
    """Return many texts folded, several times faster than one by one."""
    made: list[str] = []
    for some in portions(texts, len, _FOLDED_AT_ONCE):
        folded, ends = normalise("".join(some)), accumulate(map(len, some))
        made += [
            folded[end - len(text) : end] for text, end in zip(some, ends, strict=True)
        ]
    return made


def portions(
    items: Iterable[_Item],
    size: Callable[[_Item], int],
    most: int,
) -> Iterator[list[_Item]]:
    """Yield items in their order, as many at a time as have `most` characters together, at least
    one.
    """
    portion: list[_Item] = []
    held = 0
    for item in items:
        portion.append(item)
        held += size(item)
        if held >= most:
            yield portion
            portion, held = [], 0
    if portion:
        yield portion


class _Segmenter:
    """One loaded dictionary."""

    def __init__(self, path: Path) -> None:
        data = path.read_bytes() if path.exists() else b""
        self.hash = hashlib.sha256(data).hexdigest()[:16]
        self.words = tuple(_words_listed(data.decode("utf-8")))
        self.cut, self.words_of, self.cut_known = _rjieba(self.words) or _jieba(
            self.words
        )
        self.inner = _inner_words(self.words)


def _words_listed(lines: str) -> Iterator[str]:
    """Yield the words of a dictionary, one a line, folded; comments are left out."""
    for line in lines.splitlines():
        word = line.strip()
        if word and not word.startswith("#"):
            yield normalise(word)


def _inner_words(words: tuple[str, ...]) -> _Inner:
    """Return the legal words of four characters and more inside longer ones, with their place.

    Search mode gives parts of two and three characters alone: 商业秘密 would be lost in
    侵犯商业秘密.
    """
    long = [word for word in dict.fromkeys(words) if len(word) >= 4]
    inner: _Inner = {}
    for outer in long:
        inside = [word for word in long if word in outer and word != outer]
        if inside:
            inner[outer] = tuple((word, outer.find(word)) for word in inside)
    return inner


_MADE: Final = count()


def _rjieba(words: tuple[str, ...]) -> _Cuts | None:
    try:
        import rjieba
    except ImportError:
        return None
    # Importing the library loads its dictionary, into a segmenter that the module's
    # functions use. The first to ask gets that one; loading it again would take a tenth
    # of a second and as much memory once more.
    segmenter: Any = rjieba if next(_MADE) == 0 else rjieba.Jieba()
    for word in words:
        segmenter.add_word(word, None, None)
    return (
        lambda text: segmenter.tokenize(text, "search", True),
        segmenter.cut_for_search,
        lambda text: segmenter.tokenize(text, "default", False),
    )


def _jieba(words: tuple[str, ...]) -> _Cuts:
    import jieba

    jieba.setLogLevel(60)
    segmenter = jieba.Tokenizer()
    for word in words:
        segmenter.add_word(word)
    return (
        lambda text: list(segmenter.tokenize(text, mode="search", HMM=True)),
        segmenter.lcut_for_search,
        lambda text: list(segmenter.tokenize(text, HMM=False)),
    )


_current: _Segmenter | None = None


def load_dictionary(path: Path = DICTIONARY) -> None:
    """Use the words of `path` (UTF-8, one a line, # comments) from now on."""
    global _current
    _current = _Segmenter(path)


def dictionary_hash() -> str:
    """Return the hash of the words in use; an index made with other words is stale."""
    return _segmenter().hash


def dictionary_words() -> tuple[str, ...]:
    """Return the legal words in use, folded."""
    return _segmenter().words


def _segmenter() -> _Segmenter:
    if _current is None:
        load_dictionary()
    assert _current is not None
    return _current


@lru_cache(maxsize=1)
def _stemmer() -> Callable[[str], str]:
    import snowballstemmer

    stem: Callable[[str], str] = snowballstemmer.stemmer("english").stemWord
    return stem


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    return _stemmer()(word) if _ENGLISH.match(word) else word


def tokenize(text: str) -> list[Token]:
    """Return the index terms of `text`, by start, long words after the words in them."""
    reading, segmenter = unfold(normalise(text)), _segmenter()
    folded = reading.text
    tokens = [
        Token(word, start, end)
        for word, start, end in segmenter.cut(_NOT_HAN.sub(" ", folded))
        if word[0] != " "
    ]
    more = [*_words_inside(tokens, segmenter.inner), *_latin(folded)]
    if more:
        tokens += more
        tokens.sort(key=lambda token: (token.start, token.end))
    return _placed(tokens, reading)


def _words_inside(tokens: list[Token], inner: _Inner) -> Iterator[Token]:
    """Yield the legal words that stand inside longer ones among the tokens."""
    for token in tokens:
        for word, place in inner.get(token.term, ()):
            start = token.start + place
            yield Token(word, start, start + len(word))


def _placed(tokens: list[Token], reading: Reading) -> list[Token]:
    """Return tokens of a text as it reads where they stand in what was written."""
    if reading.places is None:
        return tokens
    return [
        Token(token.term, *reading.span(token.start, token.end)) for token in tokens
    ]


def terms(text: str) -> list[str]:
    """Return the terms of `tokenize` without their places, in any order."""
    folded = unfold(normalise(text)).text
    return [
        term for term in terms_of(_NOT_HAN_RUN.sub(" ", folded), folded) if term != " "
    ]


def terms_of(chinese: str, folded: str) -> list[str]:
    """Return the terms of a folded text, given also as its Chinese alone, a blank for
    each run of the rest.

    The blanks are returned too; where terms are joined by blanks they change nothing.
    """
    segmenter = _segmenter()
    found = segmenter.words_of(chinese)
    if not segmenter.inner.keys().isdisjoint(found):
        found += [
            word
            for outer in found
            if outer in segmenter.inner
            for word, _ in segmenter.inner[outer]
        ]
    found += [token.term for token in _latin(folded)]
    return found


def known_words(text: str) -> list[Token]:
    """Return the Chinese of a text cut one way into words the dictionaries hold, by start.

    No word is guessed: what they do not hold falls into single characters, as a slip of
    the pen does.
    """
    cut = _segmenter().cut_known(_NOT_HAN.sub(" ", normalise(text)))
    return [Token(word, start, end) for word, start, end in cut if word[0] != " "]


def spans(ranges: str) -> Iterator[range]:
    """Yield the code points of the inside of a regular-expression class: characters and ranges of
    them.
    """
    for first, last in re.findall(r"(.)(?:-(.))?", ranges, re.DOTALL):
        yield range(ord(first), ord(last or first) + 1)


def _latin(folded: str) -> list[Token]:
    tokens: list[Token] = []
    for run in _LATIN_RUN.finditer(folded):
        parts = list(_LATIN_PART.finditer(run[0]))
        if len(parts) > 1:
            tokens.append(Token(run[0], run.start(), run.end()))
        begin = run.start()
        for part in parts:
            tokens.append(
                Token(_stem(part[0]), begin + part.start(), begin + part.end())
            )
    if "-" in folded or "‐" in folded:
        for broken in BROKEN.finditer(folded):
            whole = _stem(broken["head"] + broken["rest"])
            tokens.append(Token(whole, broken.start(), broken.end()))
    return tokens


def latin_words(folded: str) -> list[Token]:
    """Return the Latin and number words of folded text, English ones stemmed, with their places."""
    return [
        Token(_stem(m[0]), m.start(), m.end()) for m in _LATIN_PART.finditer(folded)
    ]


def characters(text: str) -> list[Token]:
    """Return one token a Han character and one a Latin or number run: for exact substrings."""
    reading = unfold(normalise(text))
    return _placed(
        [Token(m[0], m.start(), m.end()) for m in _CHARACTERS.finditer(reading.text)],
        reading,
    )


def character_count(text: str, most: int) -> int:
    """Return how many tokens `characters` makes, counted up to `most`."""
    return sum(
        1 for _ in islice(_CHARACTERS.finditer(unfold(normalise(text)).text), most)
    )


_CHARACTERS: Final = re.compile(f"[{HAN}]|[{LATIN}]+")
