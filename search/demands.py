"""What a query demands of a document and what it refuses, and which of its words occur nowhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from kb.analysis import terms
from kb.messages.notices import Notice, NoticeCode
from search.id_sets import NO_IDS, Ids
from search.query import Query
from search.retriever import CountingRetriever

#: A longer query is a description of facts, not words that are looked for.
LONG_CHARS: Final = 60
#: 没签 is how a person says it, not a word whose absence from the library means anything.
_NEGATIONS: Final = "没不未无非别"


def notices_of_absent_words(
    query: Query,
    keyword: CountingRetriever,
) -> tuple[Notice, ...]:
    """Return a notice of the words that occur in no document the reader may see, whole or
    in part.

    None on an account of facts: it always has some such word, and none of them matters.
    """
    if len(query.text) > LONG_CHARS:
        return ()
    said = _terms_said(query)
    if all(map(keyword.occurs, said)):
        return ()
    present = set(filter(keyword.occurs, query.terms))
    absent = tuple(term for term in said if not _is_akin(term, present))
    if not absent or not present:
        return ()
    return (Notice(NoticeCode.WORDS_ABSENT, absent),)


def _terms_said(query: Query) -> list[str]:
    """Return the terms that were said: not as part of a number, nor in another language that is
    translated.
    """
    keys = ""
    for key in query.named_keys:
        keys += query.text[key.start : key.end]
    translated: set[str] = set()
    for expansion in query.expansions:
        if expansion.typed.isascii():
            translated.update(terms(expansion.typed))
    said = []
    for term in query.terms:
        is_word = len(term.lstrip(_NEGATIONS)) > 1
        if is_word and term not in keys and term not in translated:
            said.append(term)
    return said


def _is_akin(term: str, others: Iterable[str]) -> bool:
    """Tell whether a term holds another, or stands in it."""
    return any(other in term or term in other for other in others)


def demanded_documents(
    query: Query,
    keyword: CountingRetriever,
) -> Ids | None:
    """Return the documents that hold every phrase and title and one of each alternatives; None for
    no demand.
    """
    if not query.has_demands:
        return None
    demands = Query(
        text=query.text,
        phrases=query.phrases,
        alternatives=query.alternatives,
        titles=query.titles,
    )
    return np.unique(_documents_matching(demands, keyword))


def unwanted_documents(
    query: Query,
    keyword: CountingRetriever,
) -> Ids:
    """Return the documents that hold any excluded word anywhere, or an excluded title word in the
    title.
    """
    refused = []
    if query.excluded:
        anywhere = Query(query.text, alternatives=(query.excluded,))
        refused.append(_documents_matching(anywhere, keyword))
    for title in query.excluded_titles:
        titled = Query(query.text, titles=(title,))
        refused.append(_documents_matching(titled, keyword))
    return np.unique(np.concatenate(refused)) if refused else NO_IDS


def _documents_matching(
    query: Query,
    keyword: CountingRetriever,
) -> Ids:
    found = keyword.matching(query, allowed=None, limit=1, is_ordered=True)
    return found.everything.documents
