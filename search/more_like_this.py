"""Documents like a document: by meaning, by its telling words, by articles and conducts they
share.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.analysis import tokenize
from kb.records import Citation, Document, DocumentHead
from kb.store import Store
from kb.vocabulary import PRESUMED, QUESTIONS_ROLE
from search.answers import hits
from search.candidates import Candidates
from search.fusion import best_by_document, reciprocal_rank_fusion
from search.indexes import Indexes
from search.keyword import KeywordIndex
from search.named_documents import NamedDocuments
from search.query import Query
from search.results import Hit

_TELLING: Final = 24
_DEPTH: Final = 300
#: A word in more than this share of the passages tells nothing of a document.
_COMMON: Final = 0.1


def similar(
    store: Store,
    indexes: Indexes,
    document_id: int,
    allowed: NDArray[np.int64],
    limit: int,
) -> tuple[Hit, ...]:
    """Return the most similar visible documents among `allowed`, the document itself left out."""
    document = store.document(document_id)
    if document is None:
        return ()
    allowed = allowed[allowed != document_id]
    with store.snapshot():
        embedder, mean = store.embedder(), store.mean_vector(document_id)
    near = Candidates(*_empty())
    if embedder is not None and mean is not None:
        near = indexes.vector.search(mean, _DEPTH, allowed, made_by=embedder[1])
    query = Query(document.head.title, terms=telling_terms(document, indexes.keyword))
    _, words = indexes.keyword.search(query, _DEPTH, gather=False)
    keep = np.isin(words.documents, allowed)
    words = Candidates(words.passages[keep], words.documents[keep], words.scores[keep])
    rankings = [best_by_document(m.documents, m.scores)[0] for m in (near, words)]
    documents, scores = reciprocal_rank_fusion(rankings)
    page = documents[:limit]
    found = hits(
        store, query, page, scores[:limit], words, near, NamedDocuments(), first_rank=1
    )
    shared = _shared_articles(store, document, [hit.document.id for hit in found])
    return tuple(
        _with_reasons(hit, document.head, shared.get(hit.document.id, ()))
        for hit in found
    )


def telling_terms(document: Document, keyword: KeywordIndex) -> tuple[str, ...]:
    """Return the terms that set a document apart: frequent in it, rare in the library."""
    counts: dict[str, int] = {}
    own = [
        document.text[s.start : s.end]
        for s in document.sections
        if s.role != QUESTIONS_ROLE
    ]
    for token in tokenize("\n".join([document.head.title, *own])):
        if len(token.term) > 1:
            counts[token.term] = counts.get(token.term, 0) + 1
    size = max(keyword.size, 1)
    frequent = sorted(counts, key=lambda t: -counts[t])[:200]
    held = {t: keyword.document_frequency(t) for t in frequent}
    weights = {
        t: counts[t] * np.log(size / (1 + n))
        for t, n in held.items()
        if n < _COMMON * size
    }
    return tuple(sorted(weights, key=lambda t: (-weights[t], t))[:_TELLING])


def _shared_articles(
    store: Store, document: Document, ids: list[int]
) -> dict[int, tuple[str, ...]]:
    """Return for each document the articles both cite, concordant articles of other versions
    included.
    """
    own = dict.fromkeys(
        (c.law, c.version, c.article) for c in document.citations if c.law
    )
    alike: dict[tuple[str | None, str | None, str | None], str] = {}
    for law, version, article in own:
        assert law is not None and version is not None and article is not None
        alike[law, version, article] = f"{law}（{version}）{article}"
        for other in store.counterparts(law, version, article):
            alike.setdefault(
                (law, other.version, other.article),
                f"{law}（{version}{article}＝{other.version}{other.article}）",
            )
    return {
        d: tuple(dict.fromkeys(_named(cited, alike)))
        for d, cited in store.citations_of(ids).items()
    }


def _named(
    cited: object, alike: dict[tuple[str | None, str | None, str | None], str]
) -> list[str]:
    assert isinstance(cited, list)
    found: list[str] = []
    for citation in cited:
        assert isinstance(citation, Citation)
        name = alike.get((citation.law, citation.version, citation.article))
        if name:
            found.append(
                f"{name}（{PRESUMED[citation.presumed]}）"
                if citation.presumed
                else name
            )
    return found


def _with_reasons(hit: Hit, origin: DocumentHead, articles: tuple[str, ...]) -> Hit:
    reasons = [r for r in hit.reasons if not r.startswith("同一行为类型")]
    if articles:
        reasons.append(f"同一法条：{'、'.join(articles[:3])}")
    here, there = origin.metadata, hit.document.metadata
    shared = [
        c
        for c in (*here.conducts, *here.relationships)
        if c in (*there.conducts, *there.relationships)
    ]
    if shared:
        reasons.append(f"同一行为类型：{'、'.join(shared)}")
    return Hit(hit.rank, hit.score, hit.document, tuple(reasons), hit.passages)


def _empty() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
