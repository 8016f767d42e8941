"""Documents like a document: by meaning, by its telling words, by articles and conducts they
share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

import numpy as np
from msgspec.structs import replace

from kb.analysis import tokenize
from kb.law.articles import ArticleKey
from kb.messages.reasons import Reason, ReasonCode, SharedArticle
from kb.records import Citation, Document, DocumentHead
from kb.store import Store
from kb.vocabulary import QUESTIONS_ROLE
from search.candidates import Candidates
from search.fusion import best_by_document, reciprocal_rank_fusion
from search.hits import Page, make_hits
from search.id_sets import Ids, member
from search.indexes import Indexes
from search.keyword import KeywordIndex
from search.named_documents import NamedDocuments
from search.query import Query
from search.reasons import reason_of_conducts
from search.results import Hit
from search.retriever import ALL, Allowed, Direction, Wanted

_TELLING: Final = 24
#: Of the terms of a document, the most frequent are looked at.
_FREQUENT: Final = 200
_DEPTH: Final = 300
#: A word in more than this share of the passages tells nothing of a document.
_COMMON: Final = 0.1
#: Articles that a reason names.
_ARTICLES_NAMED: Final = 3

#: Articles under all versions in which they provide the same, as a reason names them.
_Alike: TypeAlias = dict[ArticleKey, SharedArticle]


def find_similar(
    store: Store,
    indexes: Indexes,
    document_id: int,
    allowed: Ids,
    limit: int,
) -> tuple[Hit, ...]:
    """Return the most similar visible documents among `allowed`, the document itself left out."""
    document = store.document(document_id)
    if document is None:
        return ()
    allowed = allowed[allowed != document_id]
    terms = telling_terms(document, indexes.keyword)
    query = Query(document.head.title, terms=terms)
    wanted = Wanted(query, _mean_direction(store, document_id))
    near = indexes.vector.candidates(wanted, Allowed(allowed), _DEPTH)
    words = indexes.keyword.candidates(wanted, ALL, _DEPTH)
    words = words.kept(member(words.documents, allowed))
    page = _first_page(words, near, limit)
    hits = make_hits(store, query, NamedDocuments(), page)
    return _with_what_is_shared(store, document, hits)


def _mean_direction(
    store: Store,
    document_id: int,
) -> Direction | None:
    with store.snapshot():
        embedder, mean = store.embedder(), store.mean_vector(document_id)
    if embedder is None or mean is None:
        return None
    return Direction(mean, made_by=embedder[1])


def _first_page(
    words: Candidates,
    near: Candidates,
    limit: int,
) -> Page:
    """Return the first documents of both retrievers' rankings."""
    rankings = []
    for found in (near, words):
        rankings.append(best_by_document(found.documents, found.scores).documents)
    documents, scores = reciprocal_rank_fusion(rankings)
    return Page(
        documents=documents[:limit],
        scores=scores[:limit],
        keyword=words,
        vector=near,
    )


def telling_terms(
    document: Document,
    keyword: KeywordIndex,
) -> tuple[str, ...]:
    """Return the terms that set a document apart: frequent in it, rare in the library."""
    counts = _counted_terms(document)
    size = max(keyword.size, 1)
    frequent = sorted(counts, key=lambda term: -counts[term])
    weights: dict[str, float] = {}
    for term in frequent[:_FREQUENT]:
        frequency = keyword.document_frequency(term)
        if frequency < _COMMON * size:
            rarity = np.log(size / (1 + frequency))
            weights[term] = counts[term] * rarity
    telling = sorted(weights, key=lambda term: (-weights[term], term))
    return tuple(telling[:_TELLING])


def _counted_terms(document: Document) -> dict[str, int]:
    """Return how often each longer term stands in a document, its questions left out."""
    texts = [document.head.title]
    for section in document.sections:
        if section.role != QUESTIONS_ROLE:
            texts.append(document.text[section.start : section.end])
    counts: dict[str, int] = {}
    for token in tokenize("\n".join(texts)):
        if len(token.term) > 1:
            term = token.term
            counts[term] = counts.get(term, 0) + 1
    return counts


def _with_what_is_shared(
    store: Store,
    document: Document,
    hits: Iterable[Hit],
) -> tuple[Hit, ...]:
    """Return the hits with the articles and conducts that they share with a document."""
    hits = tuple(hits)
    alike = _articles_alike(store, document)
    documents = [hit.document.id for hit in hits]
    cited = store.citations_of(documents)
    made = []
    for hit in hits:
        citations = cited.get(hit.document.id, ())
        articles = _shared_articles(citations, alike)
        made.append(_with_reasons(hit, document.head, articles))
    return tuple(made)


def _articles_alike(
    store: Store,
    document: Document,
) -> _Alike:
    """Return the articles a document cites, and the concordant articles of other versions."""
    alike: _Alike = {}
    cited = filter(None, map(_cited_article, document.citations))
    articles = list(dict.fromkeys(cited))
    if not articles:
        return alike
    counterparts = store.counterparts(articles)
    for own in articles:
        alike[own] = SharedArticle(own)
        for found in counterparts[own]:
            other = ArticleKey(own.law, found.version, found.article)
            alike.setdefault(other, SharedArticle(own, other))
    return alike


def _cited_article(citation: Citation) -> ArticleKey | None:
    law, version, article = citation.law, citation.version, citation.article
    if law is None or version is None or article is None:
        return None
    return ArticleKey(law, version, article)


def _shared_articles(
    citations: Iterable[Citation],
    alike: Mapping[ArticleKey, SharedArticle],
) -> tuple[SharedArticle, ...]:
    """Return what a document cites among `alike`, in its order, each once."""
    found: dict[SharedArticle, None] = {}
    for citation in citations:
        cited = _cited_article(citation)
        if cited is not None and cited in alike:
            shared = replace(alike[cited], presumed=citation.presumed or None)
            found[shared] = None
    return tuple(found)


def _with_reasons(
    hit: Hit,
    origin: DocumentHead,
    articles: tuple[SharedArticle, ...],
) -> Hit:
    reasons = []
    for reason in hit.reasons:
        if reason.code != ReasonCode.CONDUCT:
            reasons.append(reason)
    if articles:
        named = articles[:_ARTICLES_NAMED]
        reasons.append(Reason(ReasonCode.ARTICLE, articles=named))
    here = (*origin.metadata.conducts, *origin.metadata.relationships)
    reasons += reason_of_conducts(here, hit.document)
    return replace(hit, reasons=tuple(reasons))
