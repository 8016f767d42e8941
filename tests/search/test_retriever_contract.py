"""What every engine must do to be searched beside others: one body, run over each of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from kb.analysis import normalise
from kb.embedding import Embedder
from kb.store import Store
from search.candidates import EMPTY, Candidates, in_order
from search.id_sets import Ids, member
from search.query import Query, parse
from search.retriever import ALL, Allowed, Direction, Retriever, Wanted
from tests.search.conftest import Library

QUERIES = (
    "离职员工带走客户名单",
    "源代码",
    "保密措施 竞业限制",
    "惩罚性赔偿的计算",
    "商业秘密",
)
EVERYTHING = 1_000_000


class InMemory:
    """The least that fulfils the contract: how many terms of a query each passage holds."""

    def __init__(self, store: Store) -> None:
        passages = store.passages_to_index()
        self._rows = [
            (one.passage_id, one.document_id, normalise(one.text)) for one in passages
        ]

    def candidates(self, wanted: Wanted, allowed: Allowed, limit: int) -> Candidates:
        terms = wanted.query.terms
        found = []
        for passage, document, text in self._rows:
            score = sum(term in text for term in terms)
            if score:
                found.append((-float(score), passage, document))
        found.sort()
        scores = np.array([-score for score, _, _ in found], dtype=np.float64)
        passages = np.array([passage for _, passage, _ in found], dtype=np.int64)
        documents = np.array([document for _, _, document in found], dtype=np.int64)
        if not found:
            return EMPTY
        made = in_order(passages, documents, scores)
        if allowed.documents is not None:
            made = made.kept(member(made.documents, allowed.documents))
        if allowed.passages is not None:
            made = made.kept(member(made.passages, allowed.passages))
        return made.first(limit)


@dataclass(frozen=True)
class Engine:
    """A retriever, and how it is asked in words."""

    retriever: Retriever
    embedder: Embedder

    def ask(self, text: str, allowed: Allowed = ALL, limit: int = 20) -> Candidates:
        return self.retriever.candidates(self.wanted(text), allowed, limit)

    def wanted(self, text: str) -> Wanted:
        vector = self.embedder.embed_queries([text])[0]
        return Wanted(parse(text), Direction(vector, self.embedder.name))


@pytest.fixture(scope="module", params=["keyword", "vector", "in memory"])
def engine(request: pytest.FixtureRequest, library: Library, model: Embedder) -> Engine:
    library.searcher.refresh(library.store)
    indexes = library.searcher.indexes(library.store)
    engines: dict[str, Retriever] = {
        "keyword": indexes.keyword,
        "vector": indexes.vector,
        "in memory": InMemory(library.store),
    }
    return Engine(engines[request.param], model)


def rows(found: Candidates) -> list[tuple[int, int]]:
    return list(zip(found.passages.tolist(), found.documents.tolist(), strict=True))


@pytest.mark.parametrize("text", QUERIES)
def test_the_best_come_first_each_once_and_equal_scores_by_their_ids(
    engine: Engine, text: str
) -> None:
    found = engine.ask(text, limit=200)

    assert len(found.passages) == len(set(found.passages.tolist())) > 0
    keys = list(zip((-found.scores).tolist(), found.passages.tolist(), strict=True))
    assert keys == sorted(keys)


@pytest.mark.parametrize("text", QUERIES)
def test_every_passage_comes_with_its_document(
    engine: Engine, library: Library, text: str
) -> None:
    found = engine.ask(text)
    stored = library.store.passages(found.passages.tolist())

    assert {one.id: one.document_id for one in stored.values()} == dict(rows(found))


@pytest.mark.parametrize("text", QUERIES)
@pytest.mark.parametrize("limit", [1, 7, 50])
def test_fewer_answers_are_the_first_of_more_and_never_too_many(
    engine: Engine, text: str, limit: int
) -> None:
    few, more = engine.ask(text, limit=limit), engine.ask(text, limit=100)

    assert len(few.passages) == min(limit, len(more.passages))
    assert rows(few) == rows(more)[:limit]


@pytest.mark.parametrize("text", QUERIES)
def test_what_is_asked_twice_is_answered_twice_the_same_way(
    engine: Engine, text: str
) -> None:
    first, second = engine.ask(text), engine.ask(text)

    assert rows(first) == rows(second)
    assert first.scores.tolist() == second.scores.tolist()


def every_third(ids: Ids) -> Ids:
    return np.unique(ids)[::3]


@pytest.mark.parametrize("text", QUERIES)
def test_documents_that_are_not_allowed_are_left_out_before_the_cut(
    engine: Engine, text: str
) -> None:
    everything = engine.ask(text, limit=EVERYTHING)
    documents = every_third(everything.documents)
    wanted = everything.kept(member(everything.documents, documents))
    found = engine.ask(text, Allowed(documents), limit=30)

    assert rows(found) == rows(wanted)[:30] != []


@pytest.mark.parametrize("text", QUERIES)
def test_passages_that_are_not_allowed_are_left_out_before_the_cut(
    engine: Engine, text: str
) -> None:
    everything = engine.ask(text, limit=EVERYTHING)
    passages = every_third(everything.passages)
    wanted = everything.kept(member(everything.passages, passages))
    found = engine.ask(text, Allowed(passages=passages), limit=30)

    assert rows(found) == rows(wanted)[:30] != []


def test_nothing_allowed_and_nothing_wanted_is_nothing_found(engine: Engine) -> None:
    none = np.empty(0, dtype=np.int64)

    assert not len(engine.ask(QUERIES[0], Allowed(none)).passages)
    assert not len(engine.ask(QUERIES[0], Allowed(passages=none)).passages)
    nothing = engine.retriever.candidates(Wanted(Query("")), ALL, 10)
    assert not len(nothing.passages)
