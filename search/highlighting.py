"""Which words of a query are marked in the texts that it found."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from kb.analysis import normalise
from kb.ligatures import unfold
from kb.mentions import ARTICLE
from search.expansion import expand
from search.query import Query, parse
from search.request import EXPANDED, ExpansionChoice
from search.snippets import astride, marks

__all__ = ["find_marks"]

_ARTICLE: Final = re.compile(ARTICLE)
_MAX_QUERY_CHARS: Final = 2_000


class Needles(Struct, frozen=True, gc=False):
    """Words to mark, and fallback words for a text that holds none of the former.

    `words` are phrases and short words whole, then terms, equivalents last; `fallback`
    are terms astride two others, which nobody said but which find.
    """

    words: tuple[str, ...]
    fallback: tuple[str, ...]


def needles_of(query: Query) -> Needles:
    """Return the words of a query to mark in texts."""
    across = astride(query.tokens)
    articles = _ARTICLE.findall(query.text)
    words = [
        *query.phrases,
        *query.alternative_words,
        *query.titles,
        *query.short_chunks,
        *articles,
        *_terms_to_mark(query, across, articles),
        *query.expanding_words,
    ]
    folded = normalise("\n".join(words)).split("\n")
    unfolded = (unfold(needle).text for needle in folded)
    fallback = tuple(term for term in query.terms if term in across)
    return Needles(tuple(dict.fromkeys(unfolded)), fallback)


def _terms_to_mark(
    query: Query,
    across: set[str],
    articles: list[str],
) -> list[str]:
    """Return the terms that were said; 九条 of 第九条 is not to be marked in 第三十九条."""
    terms = []
    for term in query.terms:
        is_of_article = any(term in article for article in articles)
        if term not in across and not is_of_article:
            terms.append(term)
    return terms


def find_marks(
    text: str,
    query_text: str,
    choice: ExpansionChoice = EXPANDED,
) -> tuple[tuple[int, int], ...]:
    """Return the spans of `text` that show what was searched for, equivalents and exact keys as
    typed included: the same marks as in the list of hits.
    """
    query = expand(parse(query_text[:_MAX_QUERY_CHARS]), choice)
    needles = needles_of(query)
    keys = []
    for identifier in query.identifiers:
        typed = query.plain[identifier.start : identifier.end]
        keys.append(normalise(typed))
    found = marks(text, (*needles.words, *keys))
    return found or marks(text, needles.fallback)
