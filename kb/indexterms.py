"""Terms of many texts at once, for an index: the same as kb.analysis makes of each, in half the
time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.analysis import HAN, LATIN, normalise, spans, terms_of
from kb.ligatures import is_odd, unfold

#: Kinds of code points: of no token, a token alone, one of a run that is a token.
_NONE: Final = 0
_HAN: Final = 1
_LATIN: Final = 2
_BLANK: Final = ord(" ")
#: Stands behind every text; the code points of texts that are of no token become
#: blanks, this one too.
_END: Final = "\n"

_Codes = NDArray[np.uint32]
_Places = NDArray[np.int64]


class IndexTerms(NamedTuple):
    """What an index holds of a passage, between blanks: terms of title and text; characters of
    each.
    """

    words: str
    title: str
    text: str


def index_terms(passages: Sequence[tuple[str, str]]) -> list[IndexTerms]:
    """Return what an index holds of passages, given as (title, text): `terms` and `characters`."""
    if not passages:
        return []
    parts = [part for passage in passages for part in passage]
    # a code point stays one, so that parts can be told apart again
    folded = normalise(_END.join(parts) + _END)
    if is_odd(folded):
        parts = [unfold(normalise(part)).text for part in parts]
        folded = _END.join(parts) + _END
    ends = np.cumsum([len(part) + 1 for part in parts]) - 1
    codes: _Codes = np.frombuffer(
        folded.encode("utf-32-le", "surrogatepass"), dtype="<u4"
    )
    kinds = _kinds().take(codes)
    characters = _characters(codes, kinds, ends)
    words = _words(folded, codes, kinds, ends[1::2])
    return list(map(IndexTerms, words, characters[::2], characters[1::2]))


def _words(
    folded: str,
    codes: _Codes,
    kinds: NDArray[np.uint8],
    ends: _Places,
) -> Iterator[str]:
    """Yield the terms of passages, title and text together, which end at `ends`."""
    starts = np.append(0, ends[:-1] + 1)
    has_latin = np.logical_or.reduceat(kinds == _LATIN, starts).tolist()
    chinese = _chinese(codes, kinds, ends)
    places = zip(starts.tolist(), ends.tolist(), strict=True)
    for han, latin, (start, end) in zip(chinese, has_latin, places, strict=True):
        yield " ".join(terms_of(han, folded[start:end] if latin else ""))


def _characters(
    codes: _Codes,
    kinds: NDArray[np.uint8],
    ends: _Places,
) -> list[str]:
    """Return the tokens of `characters` of each text, between blanks."""
    spaced = np.full(
        (len(codes), 2), _BLANK, dtype="<u4"
    )  # a blank behind every character
    np.copyto(spaced[:, 0], codes, where=kinds != _NONE)
    spaced[ends, 0] = ord(_END)
    latin = kinds == _LATIN
    kept = np.ones(spaced.shape, dtype=bool)
    kept[:-1, 1] = ~(latin[:-1] & latin[1:])  # but for those in a run of Latin
    kept[ends, 1] = False
    return _split(spaced[kept])


def _chinese(
    codes: _Codes,
    kinds: NDArray[np.uint8],
    ends: _Places,
) -> list[str]:
    """Return the Chinese of each text, one blank for every run of other characters."""
    han = kinds == _HAN
    written = np.where(han, codes, np.uint32(_BLANK))
    written[ends] = ord(_END)
    kept = han.copy()
    kept[1:] |= han[:-1]
    kept[ends] = True
    return _split(written[kept])


def _split(written: _Codes) -> list[str]:
    """Return the texts of code points in which every text ends with _END."""
    texts = str(
        written.astype("<u4", copy=False).tobytes(), "utf-32-le", "surrogatepass"
    ).split(_END)
    texts.pop()
    return texts


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.uint8]:
    """Return the kind of every code point."""
    kinds = np.full(sys.maxunicode + 1, _NONE, dtype=np.uint8)
    for kind, ranges in ((_HAN, HAN), (_LATIN, LATIN)):
        for span in spans(ranges):
            kinds[span.start : span.stop] = kind
    return kinds
