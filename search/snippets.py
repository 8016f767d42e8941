"""What to show of a passage and which of its characters to mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from kb.analysis import Token, normalise
from kb.ligatures import Reading, unbroken, unfold
from kb.records import StoredPassage

#: [start, end) in a text.
Span: TypeAlias = tuple[int, int]
#: Words with where they stand in a text.
Places: TypeAlias = Mapping[str, Sequence[Span]]

_HAN: Final = re.compile("[㐀-鿿]+")
#: Between characters of one phrase: blanks, one line end at most.
_BLANKS: Final = r"[^\S\n]*\n?[^\S\n]*"
#: Shorter ones may stand astride two lines by chance.
_LEAST_BROKEN: Final = 3
_LATIN: Final = re.compile(r"[a-z0-9]+\Z")
#: Longer Latin needles are stems: they match words that go on.
_LONGEST_WHOLE: Final = 2


def body(passage: StoredPassage) -> str:
    """Return a passage's text without the heading line and blank lines around it."""
    stripped = passage.text.lstrip()
    if passage.heading and stripped.startswith(passage.heading):
        rest = stripped[len(passage.heading) :]
        if rest[:1] in ("\n", "\r"):
            stripped = rest
    return stripped.strip()


def marks(
    text: str,
    needles: Iterable[str],
) -> tuple[Span, ...]:
    """Return the spans [start, end) of `text` in which any needle stands, merged and in order.

    Needles are index terms or phrases, folded; Latin ones match at the start of a word,
    so a stem marks the word it was cut from.
    """
    places = places_in(normalise(text), needles)
    return merged(span for spans in places.values() for span in spans)


def places_in(
    folded: str,
    needles: Iterable[str],
) -> dict[str, list[Span]]:
    """Return for each needle that stands in a folded text its spans [start, end),
    blanks and line ends in it or not.

    It is looked for in the text as it reads, and where a line breaks a word of Latin
    letters, in the whole word too.
    """
    wanted = tuple(needles)
    found = _spans_in(unfold(folded), wanted)
    whole = unbroken(folded)
    if whole:
        latin = filter(_LATIN.match, wanted)
        for needle, spans in _spans_in(whole, latin).items():
            known = found.get(needle, [])
            found[needle] = list(merged([*known, *spans]))
    return found


def _spans_in(
    reading: Reading,
    needles: Iterable[str],
) -> dict[str, list[Span]]:
    folded = reading.text
    found: dict[str, list[Span]] = {}
    unbroken = "".join(folded.split())
    for needle in needles:
        if not needle:
            continue
        if needle in folded:
            spans = _spans_of(folded, needle)
        elif len(needle) >= _LEAST_BROKEN and needle in unbroken:
            spans = _broken_spans(folded, needle)
        else:  # most stand nowhere
            continue
        if spans and reading.places is not None:
            spans = [reading.span(*span) for span in spans]
        if spans:
            found[needle] = spans
    return found


def _spans_of(folded: str, needle: str) -> list[Span]:
    if _LATIN.match(needle):
        after = r"[a-z]*" if len(needle) > _LONGEST_WHOLE else r"(?![a-z0-9])"
        word = rf"(?<![a-z0-9]){re.escape(needle)}{after}"
        return [match.span() for match in re.finditer(word, folded)]
    spans: list[Span] = []
    length = len(needle)
    start = folded.find(needle)
    while start >= 0:
        spans.append((start, start + length))
        start = folded.find(needle, start + 1)
    return spans


def _broken_spans(
    folded: str,
    needle: str,
) -> list[Span]:
    """Return where a Chinese phrase stands with blanks, or a line end, between its characters."""
    if not _HAN.fullmatch(needle):
        return []
    with_blanks = _BLANKS.join(map(re.escape, needle))
    return [match.span() for match in re.finditer(with_blanks, folded)]


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, overlapping and touching ones joined."""
    ordered = sorted(spans)
    if not ordered:
        return ()
    joined: list[Span] = []
    first, last = ordered[0]
    for start, end in ordered:
        if start > last:
            joined.append((first, last))
            first, last = start, end
        elif end > last:
            last = end
    joined.append((first, last))
    return tuple(joined)


def astride(tokens: Sequence[Token]) -> set[str]:
    """Return the terms that stand only astride two others: 职员 of 离职|员工.

    They find, but nobody said them.
    """
    # where a token ends -> where the longest of these starts, and the other way round
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for _, start, end in tokens:
        first[end] = min(start, first.get(end, start))
        last[start] = max(end, last.get(start, end))
    across: set[str] = set()
    said: set[str] = set()
    for term, start, end in tokens:
        is_astride = False
        for seam in range(start + 1, end):
            begins_before = first.get(seam, start) < start
            ends_behind = last.get(seam, end) > end
            if begins_before and ends_behind:
                is_astride = True
                break
        (across if is_astride else said).add(term)
    return across - said


def telling_words(
    found: Iterable[str],
    needles: Sequence[str],
    limit: int,
) -> tuple[str, ...]:
    """Return the needles among `found`, in the order of `needles`, parts of longer ones left
    out.
    """
    present = set(found)
    kept = [needle for needle in needles if needle in present]
    joined = "\n".join(kept)
    telling = [needle for needle in kept if joined.count(needle) == 1]
    return tuple(telling[:limit])
