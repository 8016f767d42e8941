"""A folded text as it reads: letters that print joins taken apart, what takes no room
left out, offsets kept.

One character may stand for several (ﬃ, ㎡, ℃, ⑩), and several for none: a soft hyphen,
a zero-width blank.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain
from typing import Final, NamedTuple

#: Where characters that stand for several are: letters and figures joined, in circles
#: and squares, units.
_SPANS: Final = (
    *(
        (0x0132, 0x0134),
        (0x01C4, 0x01CD),
        (0x2100, 0x2190),
        (0x2460, 0x24FF),
        (0x3200, 0x3400),
    ),
    *((0xFB00, 0xFB07), (0x1F100, 0x1F16D)),
)


def _apart() -> dict[str, str]:
    """Return each character that stands for several, with those it stands for."""
    found: dict[str, str] = {}
    for code in chain.from_iterable(range(*span) for span in _SPANS):
        letters = unicodedata.normalize("NFKC", chr(code)).lower()
        if len(letters) > 1:
            found[chr(code)] = letters
    return found


_APART: Final = _apart()
_UNSEEN_CODES: Final = (0xAD, *range(0x200B, 0x2010), *range(0x2060, 0x2065), 0xFEFF)
_UNSEEN: Final = "".join(map(chr, _UNSEEN_CODES))
#: A soft hyphen at the end of a line breaks a word as no other hyphen surely does.
_ODD: Final = re.compile(
    f"(?P<apart>[{re.escape(''.join(_APART))}])|\u00ad[ \t]*\r?\n[ \t]*(?=[a-z])|[{_UNSEEN}]"
)
#: No text without any of these matches `_ODD`, and they are told in a third of its time.
_MAY_BE_ODD: Final = frozenset(_APART) | frozenset(map(chr, _UNSEEN_CODES))
_MAY_BE_BROKEN: Final = re.compile(r"[-‐][ \t]*\r?\n")
#: A word of which a line's end holds one part; of a compound, its two words read as one
#: beside themselves.
BROKEN: Final = re.compile(
    r"(?<![a-z0-9])(?P<head>[a-z]{2,})[-‐][ \t]*\r?\n[ \t]*(?P<rest>[a-z]{2,})(?![a-z0-9])"
)


class Reading(NamedTuple):
    """A text as it reads; `places` are the offsets of its characters in what was written, None
    where all are kept.
    """

    text: str
    places: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in what was written a part of the text stands."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def is_odd(folded: str) -> bool:
    """Tell whether a folded text reads otherwise than it is written."""
    if folded.isascii() or _MAY_BE_ODD.isdisjoint(folded):
        return False
    return _ODD.search(folded) is not None


def unfold(folded: str) -> Reading:
    """Return how a folded text reads."""
    return _read(folded, _ODD) if is_odd(folded) else Reading(folded)


def unbroken(folded: str) -> Reading | None:
    """Return how a folded text reads with its words whole that lines break; None where no line
    does.
    """
    if not _MAY_BE_BROKEN.search(folded):
        return None
    reading = unfold(folded)
    text, places = reading.text, reading.places or range(len(folded))
    parts: list[str] = []
    kept: list[int] = []
    position = 0
    for found in BROKEN.finditer(text):
        parts.append(text[position : found.end("head")])
        kept += places[position : found.end("head")]
        position = found.start("rest")
    if not parts:
        return None
    parts.append(text[position:])
    kept += places[position:]
    return Reading("".join(parts), kept)


def _read(folded: str, odd: re.Pattern[str]) -> Reading:
    parts: list[str] = []
    places: list[int] = []
    position = 0
    for found in odd.finditer(folded):
        parts.append(folded[position : found.start()])
        places += range(position, found.start())
        letters = _APART[found[0]] if found["apart"] else ""
        parts.append(letters)
        places += [found.start()] * len(letters)
        position = found.end()
    parts.append(folded[position:])
    places += range(position, len(folded))
    return Reading("".join(parts), places)
