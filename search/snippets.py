"""What to show of a passage and which of its characters to mark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from kb.analysis import normalise
from kb.records import StoredPassage

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
    return marks_in(normalise(text), needles)


def marks_in(folded: str, needles: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Return the same of a text that is folded already."""
    spans: list[tuple[int, int]] = []
    for needle in needles:
        if not needle:
            continue
        if _LATIN.match(needle):
            pattern = (
                rf"(?<![a-z0-9]){re.escape(needle)}[a-z]*"
                if len(needle) > 2
                else rf"(?<![a-z0-9]){re.escape(needle)}(?![a-z0-9])"
            )
            spans += [m.span() for m in re.finditer(pattern, folded)]
            continue
        start = folded.find(needle)
        while start >= 0:
            spans.append((start, start + len(needle)))
            start = folded.find(needle, start + 1)
    return merged(spans)


def merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return spans in order, overlapping and touching ones joined."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)


def found_words(texts: Iterable[str], needles: Sequence[str], limit: int = 6) -> tuple[str, ...]:
    """Return the needles that stand in any of the folded texts, parts of longer ones left out."""
    folded = "\0".join(texts)
    found = [needle for needle in dict.fromkeys(needles) if needle in folded]
    return tuple(n for n in found if not any(n in other and n != other for other in found))[:limit]
