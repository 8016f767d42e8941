"""What a query was expanded by, word by word."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class ExpansionKind(StrEnum):
    """What is looked for too: words that mean the same, or an article's counterparts."""

    WORD = "word"
    ARTICLE = "article"


class Expansion(Struct, frozen=True, gc=False):
    """A word, or an article, as typed, and what else was looked for in its place."""

    typed: str
    alternatives: tuple[str, ...]
    kind: ExpansionKind = ExpansionKind.WORD


def words(expansion: Expansion) -> str:
    """Return an expansion as people read it: 源码→源代码、源程序."""
    return f"{expansion.typed}→{'、'.join(expansion.alternatives)}"
