"""What to show of a passage and which of its characters to mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from kb.analysis import Token, normalise
from kb.ligatures import Reading, unbroken, unfold
from kb.records import StoredPassage

_HAN: Final = re.compile("[㐀-鿿]+")
#: Between characters of one phrase: blanks, one line end at most.
_BLANKS: Final = r"[^\S\n]*\n?[^\S\n]*"
#: Shorter ones may stand astride two lines by chance.
_LEAST_BROKEN: Final = 3
_LATIN: Final = re.compile(r"[a-z0-9]+\Z")


def body(passage: StoredPassage) -> str:
    """Return a passage's text without the heading line and blank lines around it."""
    text = passage.text
    stripped = text.lstrip()
    if passage.heading and stripped.startswith(passage.heading):
        rest = stripped[len(passage.heading) :]
        if rest[:1] in ("\n", "\r"):
            stripped = rest
    return stripped.strip()


def marks(text: str, needles: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Return the spans [start, end) of `text` in which any needle stands, merged and in order.

    Needles are index terms or phrases, folded; Latin ones match at the start of a word, so
    a stem marks the word it was cut from.
    """
    return merged(
        span for spans in places_in(normalise(text), needles).values() for span in spans
    )


def places_in(folded: str, needles: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
    """Return for each needle that stands in a folded text its spans [start, end),
    blanks and line ends in it or not.

    It is looked for in the text as it reads, and where a line breaks a word of Latin
    letters, in the whole word too.
    """
    reading, whole, wanted = unfold(folded), unbroken(folded), tuple(needles)
    found = _spans_in(reading, wanted)
    for needle, spans in (
        _spans_in(whole, filter(_LATIN.match, wanted)) if whole else {}
    ).items():
        found[needle] = list(merged([*found.get(needle, ()), *spans]))
    return found


def _spans_in(
    reading: Reading, needles: Iterable[str]
) -> dict[str, list[tuple[int, int]]]:
    folded = reading.text
    found: dict[str, list[tuple[int, int]]] = {}
    unbroken = "".join(folded.split())
    for needle in needles:
        if not needle:
            continue
        if needle in folded:
            spans = (
                _latin_places(folded, needle)
                if _LATIN.match(needle)
                else _places(folded, needle)
            )
        elif len(needle) >= _LEAST_BROKEN and needle in unbroken:
            spans = _broken_places(folded, needle)
        else:  # most stand nowhere
            continue
        if spans:
            found[needle] = (
                spans
                if reading.places is None
                else [reading.span(*span) for span in spans]
            )
    return found


def _broken_places(folded: str, needle: str) -> list[tuple[int, int]]:
    """Return where a Chinese phrase stands with blanks, or a line end, between its characters."""
    if not _HAN.fullmatch(needle):
        return []
    return [
        match.span()
        for match in re.finditer(_BLANKS.join(map(re.escape, needle)), folded)
    ]


def _places(folded: str, needle: str) -> list[tuple[int, int]]:
    spans, length = [], len(needle)
    start = folded.find(needle)
    while start >= 0:
        spans.append((start, start + length))
        start = folded.find(needle, start + 1)
    return spans


def _latin_places(folded: str, needle: str) -> list[tuple[int, int]]:
    after = r"[a-z]*" if len(needle) > 2 else r"(?![a-z0-9])"
    return [
        match.span()
        for match in re.finditer(rf"(?<![a-z0-9]){re.escape(needle)}{after}", folded)
    ]


def merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return spans in order, overlapping and touching ones joined."""
    ordered = sorted(spans)
    if not ordered:
        return ()
    out = []
    first, last = ordered[0]
    for start, end in ordered:
        if start > last:
            out.append((first, last))
            first, last = start, end
        elif end > last:
            last = end
    return (*out, (first, last))


def astride(tokens: Sequence[Token]) -> set[str]:
    """Return the terms that stand only astride two others: 职员 of 离职|员工.

    They find, but nobody said them.
    """
    first: dict[
        int, int
    ] = {}  # where a token ends -> where the longest of these starts
    last: dict[int, int] = {}
    for _, start, end in tokens:
        first[end] = min(start, first.get(end, start))
        last[start] = max(end, last.get(start, end))
    across: set[str] = set()
    said: set[str] = set()
    for term, start, end in tokens:
        for seam in range(start + 1, end):
            if first.get(seam, start) < start and last.get(seam, end) > end:
                across.add(term)
                break
        else:
            said.add(term)
    return across - said


def telling_words(
    found: Iterable[str], needles: Sequence[str], limit: int
) -> tuple[str, ...]:
    """Return the needles among `found`, in the order of `needles`, parts of longer ones left
    out.
    """
    held = set(found)
    kept = [needle for needle in needles if needle in held]
    joined = "\n".join(kept)
    return tuple([needle for needle in kept if joined.count(needle) == 1][:limit])
