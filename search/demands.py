"""What a query demands of a document and what it refuses, and which of its words stand nowhere."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.analysis import terms
from search.keyword import KeywordIndex
from search.query import Query

#: A longer query is a description of facts, not words that are looked for.
LONG_CHARS: Final = 60
#: 没签 is how a person says it, not a word whose absence from the library means anything.
_NEGATIONS: Final = "没不未无非别"


def unheard(query: Query, keyword: KeywordIndex) -> list[str]:
    """Return a note on words of the query that stand in no document the reader may see,
    whole or in part.

    None on an account of facts: it always has some such word, and none of them matters.
    """
    if len(query.text) > LONG_CHARS:
        return []
    named = "".join(
        query.text[i.start : i.end] for i in query.identifiers if i.type != "name"
    )
    translated = [terms(e.typed) for e in query.expansions if e.typed.isascii()]
    said = [t for t in query.terms if len(t.lstrip(_NEGATIONS)) > 1 and t not in named]
    said = [t for t in said if not any(t in meant for meant in translated)]
    if all(keyword.occurs(term) for term in said):
        return []
    held = {term for term in query.terms if keyword.occurs(term)}
    unheard = [
        term for term in said if not any(part in term or term in part for part in held)
    ]
    return [f"没有文书写到：{'、'.join(unheard)}"] if unheard and held else []


def demanded(query: Query, keyword: KeywordIndex) -> NDArray[np.int64] | None:
    """Return the documents that hold every phrase and title and one of each alternatives; None for
    no demand.
    """
    if not (query.phrases or query.alternatives or query.titles):
        return None
    demands = Query(
        query.text,
        phrases=query.phrases,
        alternatives=query.alternatives,
        titles=query.titles,
    )
    return np.unique(keyword.search(demands, 1)[0].documents)


def unwanted(query: Query, keyword: KeywordIndex) -> NDArray[np.int64]:
    """Return the documents that hold any excluded word anywhere, or an excluded title word in the
    title.
    """
    asked = (
        [Query(query.text, alternatives=(query.excluded,))] if query.excluded else []
    )
    asked += [Query(query.text, titles=(title,)) for title in query.excluded_titles]
    held = [keyword.search(one, 1)[0].documents for one in asked]
    return np.unique(np.concatenate(held)) if held else np.empty(0, np.int64)
