"""What a query is widened by: equivalents of its plain words, shown and refused one by one.

Only words typed plainly are widened, never phrases, excluded words, titles or exact keys,
and no text long enough to say things in several words itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec.structs import replace

from kb.analysis import Token, latin_words, normalise
from kb.thesaurus import Thesaurus, thesaurus
from search.query import EXPANDED, MAX_TERMS, ExpansionChoice, Query

#: Longer texts are not widened: they name the matter in several words themselves.
MAX_CHARS: Final = 200
_HAN: Final = re.compile("[㐀-鿿]")


def widened(
    query: Query, widening: ExpansionChoice = EXPANDED, words: Thesaurus | None = None
) -> Query:
    """Return the query with the equivalents of its plain words; never fails."""
    if not widening.on or not query.plain or len(query.plain) > MAX_CHARS:
        return replace(query, widening=widening)
    taken = [(i.start, i.end) for i in query.identifiers if i.type != "name"]
    found = (words or thesaurus()).find(query.plain, query.tokens, taken)
    return replace(
        query,
        widening=widening,
        expansions=tuple(e for e in found if widening.allows(e.typed)),
    )


def said(query: Query) -> str:
    """Return the words of a query that mean something, without its syntax."""
    words = [
        query.plain,
        *query.phrases,
        *query.titles,
        *(m for group in query.alternatives for m in group),
    ]
    return normalise(" ".join(word for word in words if word))


def text_to_embed(query: Query, stands: Callable[[str], bool]) -> str:
    """Return the words whose direction stands for the query: the plain ones, and what
    the English ones are in Chinese.

    `stands` tells whether a term stands in any document. A Latin word among Chinese that stands
    in none is left out: in the pieces the model cuts it into it points somewhere by accident.

    Of a query without Chinese only its translations are left where it has any: the
    shipped model knows no other language. A word's first translation serves; more of
    them, or synonyms of Chinese words, moved the direction away from what was asked (25
    English topics of the gold set, hybrid: nDCG@10 0.605 with the first, 0.544 with
    all, 0.454 with the English words kept).
    """
    text = said(query)
    words = latin_words(text) if _HAN.search(text) else []
    distinct = {word.term for word in words}
    unheard = (
        {term for term in distinct if not stands(term)}
        if len(distinct) <= MAX_TERMS
        else set()
    )
    text = _without(text, [word for word in words if word.term in unheard])
    firsts = [e.translations[0] for e in query.expansions if e.translations]
    translated = normalise(" ".join(word for word in firsts if _HAN.search(word)))
    return (
        f"{text} {translated}"
        if translated and _HAN.search(text)
        else translated or text
    )


def _without(text: str, words: Sequence[Token]) -> str:
    """Return a text with a blank for each of these words, which are in order."""
    parts, end = [], 0
    for word in words:
        parts.append(text[end : word.start])
        end = word.end
    return " ".join([*parts, text[end:]])
