"""Two wordings side by side: what only one of them says."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct


class Run(Struct, frozen=True, gc=False):
    """A run of one of two texts; `change` is "" where the other says it too, else "del" (before) or
    "ins" (after).
    """

    text: str
    change: str = ""


def cut_words(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[str]:
    """Cut a text into words that join to it again; of overlapping spans [start, end) the longest
    first one counts.
    """
    position = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start < position:
            continue
        yield from text[position:start]
        yield text[start:end]
        position = end
    yield from text[position:]


def word_diff(
    before: Sequence[str], after: Sequence[str]
) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Return both texts, given as words, in runs."""
    old: list[Run] = []
    new: list[Run] = []
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        same = tag == "equal"
        if a2 > a1:
            old.append(Run("".join(before[a1:a2]), "" if same else "del"))
        if b2 > b1:
            new.append(Run("".join(after[b1:b2]), "" if same else "ins"))
    return tuple(old), tuple(new)


def same_share(runs: Sequence[Run]) -> float:
    """Return how much of a text, 0 to 1, the other side says too; the text is not empty."""
    return sum(len(run.text) for run in runs if not run.change) / sum(
        len(run.text) for run in runs
    )
