"""What a query is expanded by: equivalents of its plain words, shown and refused one by one.

Only words typed plainly are expanded, never phrases, excluded words, titles or exact
keys, and no text long enough to say things in several words itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec.structs import replace

from kb.analysis import Token, latin_words, normalise
from kb.messages import expansions
from kb.thesaurus import Thesaurus, thesaurus
from search.query import Query
from search.query_terms import MAX_TERMS
from search.request import EXPANDED, ExpansionChoice

#: Longer texts are not expanded: they name the matter in several words themselves.
MAX_CHARS: Final = 200
_HAN: Final = re.compile("[㐀-鿿]")


def expand(
    query: Query,
    choice: ExpansionChoice = EXPANDED,
    words: Thesaurus | None = None,
) -> Query:
    """Return the query with the equivalents of its plain words; never fails."""
    query = replace(query, expansion=choice)
    if not choice.on or not query.plain or len(query.plain) > MAX_CHARS:
        return query
    taken = [(key.start, key.end) for key in query.named_keys]
    known = words or thesaurus()
    found = known.find(query.plain, query.tokens, taken)
    allowed = filter(lambda expansion: choice.allows(expansion.typed), found)
    return replace(query, expansions=tuple(allowed))


def expansions_of(query: Query) -> tuple[expansions.Expansion, ...]:
    """Return what a query was expanded by, as it is told."""
    told = []
    for found in query.expansions:
        one = expansions.Expansion(found.typed, found.alternatives)
        told.append(one)
    return tuple(told)


def words_said(query: Query) -> str:
    """Return the words of a query that mean something, without its syntax."""
    words = [
        query.plain,
        *query.phrases,
        *query.titles,
        *query.alternative_words,
    ]
    return normalise(" ".join(filter(None, words)))


def text_to_embed(
    query: Query,
    occurs: Callable[[str], bool],
) -> str:
    """Return the words whose direction stands for the query: the plain ones, and what
    the English ones are in Chinese.

    `occurs` tells whether a term stands in any document. A Latin word among Chinese that
    stands in none is left out: in the pieces the model cuts it into it points somewhere
    by accident.

    Of a query without Chinese only its translations are left where it has any: the
    shipped model knows no other language. A word's first translation serves; more of
    them, or synonyms of Chinese words, moved the direction away from what was asked (25
    English topics of the gold set, hybrid: nDCG@10 0.605 with the first, 0.544 with
    all, 0.454 with the English words kept).
    """
    text = words_said(query)
    if _HAN.search(text):
        text = _without(text, _words_unheard_of(latin_words(text), occurs))
    translated = _first_translations(query)
    if translated and _HAN.search(text):
        return f"{text} {translated}"
    return translated or text


def _words_unheard_of(
    words: Sequence[Token],
    occurs: Callable[[str], bool],
) -> list[Token]:
    """Return the words that stand in no document; none where there are many to look for."""
    distinct = {word.term for word in words}
    if len(distinct) > MAX_TERMS:
        return []
    unheard = {term for term in distinct if not occurs(term)}
    return [word for word in words if word.term in unheard]


def _first_translations(query: Query) -> str:
    """Return what the words of another language are in Chinese, one translation each."""
    firsts = []
    for found in query.expansions:
        first = next(iter(found.translations), "")
        if _HAN.search(first):
            firsts.append(first)
    return normalise(" ".join(firsts))


def _without(text: str, words: Iterable[Token]) -> str:
    """Return a text with a blank for each of these words, which are in order."""
    parts: list[str] = []
    end = 0
    for word in words:
        parts.append(text[end : word.start])
        end = word.end
    return " ".join([*parts, text[end:]])
