"""Reordering the first documents: by any object that scores, and by a tiny CrossEncoder where torch
is there.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from starlette.testclient import TestClient

from kb.analysis import normalise
from kb.embedding import Embedder
from kb.errors import StateError
from kb.records import Filters
from kb.settings import Settings
from kb.vocabulary import Visibility
from search.evaluation import evaluate
from search.opening import make_searcher
from search.request import SearchRequest
from search.reranking import CrossEncoderReranker, Reranking, load_reranking
from search.results import SearchResult
from tests.cli.running import ROOT, environment
from tests.models import cross_encoder
from tests.search.conftest import Library
from tests.search.told import because
from web import create_app

QUERIES = (
    "离职员工带走客户名单 没签保密协议",
    "反不正当竞争法（2019）第九条 客户信息",
    '"客户名单" 赔偿五十万元及合理开支',
    "源代码 OR 图纸 -竞业",
    "trade secret misappropriation",
)
ALL = 10_000


class Overlap:
    """Scores a text by how many of the query's characters it holds: small, real, with many equal
    scores.
    """

    name = "overlap"

    def __init__(self) -> None:
        self.read: list[str] = []
        self.best: dict[str, float] = {}

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.read += texts
        wanted = set(query.replace(" ", ""))
        made = np.array(
            [len(wanted & set(normalise(text))) for text in texts], dtype=np.float32
        )
        for text, score in zip(texts, made.tolist(), strict=True):
            title = text.split("\n")[0]
            self.best[title] = max(self.best.get(title, 0.0), score)
        return made


class Constant(Overlap):
    """Finds every text equally good."""

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.full(len(texts), 3.0, dtype=np.float32)


class Silent(Overlap):
    """Gives no number for every other text."""

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        made = super().scores(query, texts)
        made[::2] = np.nan
        return made


def ids(result: SearchResult) -> list[int]:
    return [hit.document.id for hit in result.hits]


def by_overlap(plain: SearchResult, window: slice, reranker: Overlap) -> list[int]:
    """The places of a window by their documents' best score, equal scores in their old order."""
    places = range(len(plain.hits))[window]
    titles = {place: plain.hits[place].document.title for place in places}
    assert len(set(titles.values())) == len(places)
    return sorted(places, key=lambda place: (-reranker.best[titles[place]], place))


def named(result: SearchResult) -> int:
    """How many of the first documents are there because the query names them."""
    return sum(hit.score > 100_000 for hit in result.hits)


@pytest.mark.parametrize("mode", ["hybrid", "vector"])
@pytest.mark.parametrize("query", QUERIES)
def test_the_first_documents_are_reordered_by_score_and_everything_else_stays(
    library: Library, model: Embedder, mode: str, query: str
) -> None:
    reranker = Overlap()
    plain = library.searcher.search(
        library.store, SearchRequest(query, mode=mode, limit=ALL)
    )
    result = make_searcher(library.home, model, Reranking(reranker, 15)).search(
        library.store, SearchRequest(query, mode=mode, limit=ALL)
    )
    start = named(plain)
    window = slice(start, start + 15)

    assert ids(result)[:start] == ids(plain)[:start]
    assert sorted(ids(result)[window]) == sorted(ids(plain)[window])
    assert ids(result)[window.stop :] == ids(plain)[window.stop :]
    assert ids(result)[window] == [
        plain.hits[place].document.id for place in by_overlap(plain, window, reranker)
    ]
    assert [hit.rank for hit in result.hits] == list(range(1, len(result.hits) + 1))
    scores = [hit.score for hit in result.hits]
    assert scores == sorted(scores, reverse=True)
    assert (result.total, result.facets) == (plain.total, plain.facets)
    before = {hit.document.id: (because(hit), hit.passages) for hit in plain.hits}
    assert {
        hit.document.id: (because(hit), hit.passages) for hit in result.hits
    } == before


def test_the_order_is_that_of_the_best_passage_read_and_equal_scores_keep_their_places(
    library: Library, model: Embedder
) -> None:
    reranker = Overlap()
    plain = library.searcher.search(library.store, SearchRequest(QUERIES[0], limit=20))
    result = make_searcher(library.home, model, Reranking(reranker)).search(
        library.store, SearchRequest(QUERIES[0], limit=20)
    )
    titles = [hit.document.title for hit in plain.hits]

    assert (
        len(set(titles)) == 20 == len(reranker.best)
        and len(set(reranker.best.values())) < 20
    )
    wanted = by_overlap(plain, slice(20), reranker)
    assert (
        [hit.document.title for hit in result.hits]
        == [titles[place] for place in wanted]
        != titles
    )
    assert 20 <= len(reranker.read) <= 40


def test_scores_that_are_all_equal_change_no_place(
    library: Library, model: Embedder
) -> None:
    for query in QUERIES:
        plain = library.searcher.search(library.store, SearchRequest(query, limit=50))
        assert ids(
            make_searcher(library.home, model, Reranking(Constant())).search(
                library.store, SearchRequest(query, limit=50)
            )
        ) == ids(plain)


def test_a_text_without_a_score_loses_its_place_but_no_document_is_lost(
    library: Library, model: Embedder
) -> None:
    plain = library.searcher.search(library.store, SearchRequest(QUERIES[0], limit=50))
    result = make_searcher(library.home, model, Reranking(Silent())).search(
        library.store, SearchRequest(QUERIES[0], limit=50)
    )

    assert sorted(ids(result)) == sorted(ids(plain))
    assert all(np.isfinite(hit.score) for hit in result.hits)


@pytest.mark.parametrize("limit", [1, 4, 7, 10])
def test_pages_together_are_the_whole_answer(
    library: Library, model: Embedder, limit: int
) -> None:
    searcher = make_searcher(library.home, model, Reranking(Overlap(), 10))
    for query in QUERIES[:2]:
        whole = searcher.search(library.store, SearchRequest(query, limit=30)).hits
        pages = [
            searcher.search(
                library.store, SearchRequest(query, offset=o, limit=limit)
            ).hits
            for o in range(0, 30, limit)
        ]
        assert tuple(hit for page in pages for hit in page)[:30] == whole


def test_a_page_behind_the_depth_and_a_search_by_words_ask_for_no_scores(
    library: Library, model: Embedder
) -> None:
    reranker = Overlap()
    searcher = make_searcher(library.home, model, Reranking(reranker, 10))
    plain = library.searcher
    for query, asked in (
        ("客户名单", {"offset": 10}),
        ("客户名单", {"mode": "keyword"}),
        ("-客户", {}),
        ("地区:上海", {}),
    ):
        assert (
            searcher.search(library.store, SearchRequest(query, **asked)).hits
            == plain.search(library.store, SearchRequest(query, **asked)).hits
        )  # type: ignore[arg-type]
    assert reranker.read == []


def test_only_what_the_reader_may_see_is_read(
    opened: Callable[..., Library], model: Embedder
) -> None:
    library = opened()
    for document in sorted(library.texts)[::2]:
        library.store.set_visibility(document, Visibility.RESTRICTED)
    reader, reranker = opened(Visibility.PUBLIC), Overlap()
    titles = {head.title for head in reader.store.heads(reader.texts).values()}
    for query in QUERIES:
        make_searcher(library.home, model, Reranking(reranker)).search(
            reader.store, SearchRequest(query, Filters(include={"kind": ("civil",)}))
        )

    assert reranker.read and {text.split("\n")[0] for text in reranker.read} <= titles


@pytest.mark.parametrize(
    "name", ["no-such-reranker", "nobody/no-such-reranker", "./no/folder"]
)
def test_a_reranker_that_is_not_here_stops_the_start_and_says_so(
    library: Library, name: str
) -> None:
    with pytest.raises(StateError, match=f"本机没有模型「{name}」"):
        create_app(Settings(home=library.home, reranker=name))


def test_the_commands_that_answer_refuse_a_missing_reranker_and_a_depth_of_nothing(
    library: Library,
) -> None:
    for variables, status, words in (
        ({"KB_RERANKER": "no-such"}, 2, "本机没有模型「no-such」"),
        ({"KB_RERANK_DEPTH": "0"}, 1, "KB_RERANK_DEPTH 应为正整数"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "kb", "search", "客户"],
            cwd=ROOT,
            env=environment(library.home) | variables,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stdout) == (status, "") and words in done.stderr


def test_no_name_is_no_reranker() -> None:
    assert load_reranking("") is None


# -- a CrossEncoder ----------------------------------------------------------------------

with_torch = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None,
    reason="reorders by a CrossEncoder, which the extra [transformers] installs",
)


@with_torch
def test_a_cross_encoder_scores_as_sentence_transformers_does(tmp_path: Path) -> None:
    from sentence_transformers import CrossEncoder

    folder = cross_encoder(tmp_path / "cross")
    ours = CrossEncoderReranker(str(folder))
    texts = [f"客户名单{n}" * n for n in range(40)]

    assert ours.name.startswith("cross@")
    made = ours.scores("离职员工", texts)
    theirs = CrossEncoder(str(folder), device="cpu").predict(
        [("离职员工", text) for text in texts]
    )
    assert (
        made.dtype == np.float32
        and np.allclose(made, theirs, atol=1e-5)
        and len(set(made.tolist())) > 20
    )
    assert ours.scores("离职员工", []).shape == (0,)


@with_torch
def test_a_cross_encoder_reorders_pages_interface_and_evaluation_alike(
    library: Library, model: Embedder, tmp_path: Path
) -> None:
    folder = str(cross_encoder(tmp_path / "cross"))
    query = QUERIES[0]
    plain = library.searcher.search(library.store, SearchRequest(query, limit=30))
    searcher = make_searcher(library.home, model, load_reranking(folder, 10))
    result = searcher.search(library.store, SearchRequest(query, limit=30))
    with TestClient(
        create_app(
            Settings(
                home=library.home,
                reranker=folder,
                rerank_depth=10,
                clearance=Visibility.RESTRICTED,
            )
        )
    ) as client:
        answer: dict[str, Any] = client.get(
            "/api/search", params={"q": query, "limit": 30}
        ).json()

    assert (
        sorted(ids(result)[:10]) == sorted(ids(plain)[:10])
        and ids(result)[:10] != ids(plain)[:10]
    )
    assert ids(result)[10:] == ids(plain)[10:]
    assert [hit["document_id"] for hit in answer["hits"]] == ids(result)
    first = result.hits[0].document.slug
    report = evaluate(
        searcher,
        library.store,
        {"t": query},
        {"t": {first: 1}},
        modes=("hybrid", "keyword"),
    )
    assert report["modes"]["hybrid"]["MRR@10"]["mean"] == 1.0


@with_torch
def test_a_model_that_is_no_cross_encoder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="不是重排模型"):
        load_reranking(str(cross_encoder(tmp_path / "three", labels=3)))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{}")
    with pytest.raises(StateError, match="无法加载"):
        load_reranking(str(tmp_path / "broken"))
