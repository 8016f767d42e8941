import json
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kb.commands.reembedding import change_embedder
from kb.embedding import Embedder, load_embedder
from kb.store import Store
from kb.vocabulary import Visibility
from search import nearest
from search import vector as vector_module
from search.candidates import Candidates
from search.query import Query
from search.retriever import Allowed, Direction, Wanted
from search.vector import VectorIndex
from tests.models import static_model
from tests.search.conftest import Library

QUERIES = (
    "离职员工带走客户名单",
    "没有签保密协议",
    "源代码被下载到个人硬盘",
    "行政处罚罚款",
    "trade secret misappropriation",
    "惩罚性赔偿的计算",
    "反向工程抗辩",
    "竞业限制协议",
)


def brute_force(
    library: Library,
    query: NDArray[np.float32],
    depth: int,
    allowed: set[int] | None,
    passages: set[int] | None = None,
) -> list[tuple[int, float]]:
    """Passages by inner product in plain Python order: score down, id up."""
    ids, documents, matrix = library.store.vectors()
    scores = matrix.astype(np.float32) @ query
    rows = [
        (int(p), float(s))
        for p, d, s in zip(ids, documents, scores, strict=True)
        if (allowed is None or int(d) in allowed)
        and (passages is None or int(p) in passages)
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0]))[:depth]


def near(
    index: VectorIndex,
    vector: NDArray[np.float32],
    depth: int,
    allowed: NDArray[np.int64] | None = None,
    passages: NDArray[np.int64] | None = None,
    made_by: str | None = None,
) -> Candidates:
    direction = Direction(vector, made_by or index.embedder or "")
    among = Allowed(allowed, passages)
    return index.candidates(Wanted(Query(""), direction), among, depth)


def same(found: Candidates, truth: list[tuple[int, float]]) -> None:
    """Equal up to the rounding of scores: every passage scores what it should and none better is
    missing.
    """
    assert len(found.passages) == len(truth) == len(set(found.passages.tolist()))
    assert np.allclose(found.scores, [score for _, score in truth], atol=1e-4)
    worst = truth[-1][1] if truth else 0.0
    clear = {p for p, score in truth if score > worst + 1e-4}
    assert clear <= set(found.passages.tolist())


ALLOWED: dict[str, Callable[[Library], set[int] | None]] = {
    "no filter": lambda library: None,
    "all": lambda library: set(library.texts),
    "every second": lambda library: set(sorted(library.texts)[::2]),
    "a few": lambda library: set(sorted(library.texts)[5:8]),
    "one": lambda library: {min(library.texts)},
    "none": lambda library: set(),
    "unknown": lambda library: {10**9},
}


@pytest.mark.parametrize("small", [10**9, 1], ids=["numpy", "faiss"])
@pytest.mark.parametrize("name", ALLOWED)
def test_both_exact_ways_find_what_brute_force_finds_filters_before_the_cut(
    library: Library,
    model: Embedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    small: int,
    name: str,
) -> None:
    monkeypatch.setattr(vector_module, "_SMALL", small)
    index = VectorIndex(tmp_path, Visibility.PUBLIC)
    index.refresh(library.store)
    allowed = ALLOWED[name](library)
    given = None if allowed is None else np.array(sorted(allowed), dtype=np.int64)

    for query in model.embed(QUERIES):
        same(near(index, query, 20, given), brute_force(library, query, 20, allowed))


@pytest.mark.parametrize("small", [10**9, 1], ids=["numpy", "faiss"])
def test_passages_of_some_parts_alone_are_found_before_the_cut(
    library: Library,
    model: Embedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    small: int,
) -> None:
    monkeypatch.setattr(vector_module, "_SMALL", small)
    index = VectorIndex(tmp_path, Visibility.PUBLIC)
    index.refresh(library.store)
    ids = library.store.vectors()[0]
    wanted = ids[::7]
    allowed = np.array(sorted(library.texts)[::2], dtype=np.int64)

    for query in model.embed(QUERIES):
        found = near(index, query, 15, allowed, wanted)
        same(
            found,
            brute_force(
                library, query, 15, set(allowed.tolist()), set(wanted.tolist())
            ),
        )


@pytest.mark.parametrize("name", ALLOWED)
def test_chosen_by_short_codes_rows_are_still_those_that_brute_force_finds(
    library: Library,
    model: Embedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setattr(vector_module, "_SMALL", 1)
    monkeypatch.setattr(nearest, "_WORTH_CODES", 1)
    index = VectorIndex(tmp_path, Visibility.PUBLIC)
    index.refresh(library.store)
    allowed = ALLOWED[name](library)
    given = None if allowed is None else np.array(sorted(allowed), dtype=np.int64)
    vectors = model.embed(QUERIES)
    before = [near(index, query, 20, given) for query in vectors]
    index.settle()

    for query, first in zip(vectors, before, strict=True):
        truth = brute_force(library, query, 20, allowed)
        found = near(index, query, 20, given)
        same(first, truth)
        assert len(found.passages) == len(truth)
        assert len({p for p, _ in truth} & set(found.passages.tolist())) >= 0.95 * len(
            truth
        )
        scores = dict(zip(first.passages.tolist(), first.scores.tolist(), strict=True))
        assert all(
            abs(s - scores.get(p, s)) < 1e-6
            for p, s in zip(found.passages, found.scores, strict=True)
        )


def test_codes_are_made_once_it_is_worth_it_and_searches_go_on_meanwhile(
    library: Library, model: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_module, "_SMALL", 1)
    monkeypatch.setattr(nearest, "_WORTH_CODES", 3)
    made: list[int] = []
    may_be_made = threading.Event()
    make = nearest.Coded._make_codes

    def slowly(coded: nearest.Coded) -> None:
        may_be_made.wait()
        make(coded)
        made.append(1)

    monkeypatch.setattr(nearest.Coded, "_make_codes", slowly)
    index = VectorIndex(tmp_path, Visibility.PUBLIC)
    index.refresh(library.store)
    query = model.embed([QUERIES[0]])[0]
    expected = near(index, query, 20).passages.tolist()

    assert all(near(index, query, 20).passages.tolist() == expected for _ in range(10))
    assert made == []
    may_be_made.set()
    index.settle()
    assert all(near(index, query, 20).passages.tolist() == expected for _ in range(10))
    assert made == [1]


@pytest.fixture
def inverted(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], tuple[VectorIndex, Path]]:
    """Make the index of a large library out of a small one, by lowering the limit."""
    monkeypatch.setattr(vector_module, "_SMALL", 1)
    monkeypatch.setattr(vector_module, "EXACT_LIMIT", 1000)

    def make() -> tuple[VectorIndex, Path]:
        index = VectorIndex(tmp_path / "vector", Visibility.PUBLIC)
        index.refresh(library.store)
        return index, tmp_path / "vector"

    return make


def test_inverted_lists_recall_nine_in_ten_with_and_without_a_filter(
    library: Library, model: Embedder, inverted: Callable[[], tuple[VectorIndex, Path]]
) -> None:
    index, folder = inverted()
    assert (folder / "vectors.faiss").is_file()
    half = np.array(sorted(library.texts)[::2], dtype=np.int64)
    for given, allowed in ((None, None), (half, set(half.tolist()))):
        recalls = []
        for query in model.embed(QUERIES):
            truth = {p for p, _ in brute_force(library, query, 20, allowed)}
            found = near(index, query, 20, given)
            assert allowed is None or set(found.documents.tolist()) <= allowed
            recalls.append(len(truth & set(found.passages.tolist())) / 20)
        assert np.mean(recalls) >= 0.9


def test_a_trained_index_is_read_again_and_a_stale_or_damaged_one_is_trained_anew(
    inverted: Callable[[], tuple[VectorIndex, Path]], model: Embedder
) -> None:
    first, folder = inverted()
    query = model.embed([QUERIES[0]])[0]
    expected = near(first, query, 20).passages.tolist()
    written = (folder / "vectors.faiss").stat().st_mtime_ns
    assert near(inverted()[0], query, 20).passages.tolist() == expected
    assert (folder / "vectors.faiss").stat().st_mtime_ns == written

    stamp = json.loads((folder / "stamp.json").read_text())
    for damage in (
        lambda: (folder / "vectors.faiss").write_bytes(b"\0" * 100),
        lambda: (folder / "vectors.faiss").write_bytes(
            (folder / "vectors.faiss").read_bytes()[:5000]
        ),
        lambda: (folder / "vectors.faiss").unlink(),
        lambda: (folder / "stamp.json").write_text("{"),
        lambda: (folder / "stamp.json").write_text(
            json.dumps(stamp | {"maker": "other"})
        ),
    ):
        damage()
        assert near(inverted()[0], query, 20).passages.tolist() == expected
        again = json.loads((folder / "stamp.json").read_text())
        assert again | {"files": {}} == stamp | {"files": {}}


def test_vectors_of_another_model_are_taken_over_whole_and_never_mixed_with_queries_of_the_first(
    opened: Callable[[], Library],
    model: Embedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vector_module, "_SMALL", 1)
    monkeypatch.setattr(vector_module, "EXACT_LIMIT", 1000)
    library, folder = opened(), tmp_path / "vector"
    index = VectorIndex(folder, Visibility.PUBLIC)
    index.refresh(library.store)
    first = json.loads((folder / "stamp.json").read_text())
    # as long: no error would tell
    other = load_embedder(str(static_model(tmp_path / "other", dim=model.dim)))
    change_embedder(library.store, other, False, lambda done, total=None: None)
    fresh = VectorIndex(folder, Visibility.PUBLIC)
    index.refresh(library.store)
    fresh.refresh(library.store)

    assert (index.embedder, fresh.embedder, first["maker"]) == (
        other.name,
        other.name,
        model.name,
    )
    assert json.loads((folder / "stamp.json").read_text())["maker"] == other.name
    for question in QUERIES:
        ours = other.embed_queries([question])[0]
        found = near(index, ours, 20, made_by=other.name)
        truth = {p for p, _ in brute_force(library, ours, 20, None)}
        assert len(truth & set(found.passages.tolist())) >= 10
        assert (
            found.passages.tolist()
            == near(fresh, ours, 20, made_by=other.name).passages.tolist()
        )
        assert (
            len(
                near(
                    index, model.embed_queries([question])[0], 20, made_by=model.name
                ).passages
            )
            == 0
        )


def test_a_snapshot_that_caught_up_equals_one_made_anew(
    opened: Callable[[], Library], model: Embedder, tmp_path: Path
) -> None:
    library = opened()
    index = VectorIndex(tmp_path, Visibility.PUBLIC)
    index.refresh(library.store)
    ids = sorted(library.texts)
    library.store.remove_document(ids[0])
    library.store.remove_document(ids[7])
    library.store.set_visibility(ids[3], Visibility.INTERNAL)
    index.refresh(library.store)
    fresh = VectorIndex(tmp_path, Visibility.PUBLIC)
    fresh.refresh(library.store)

    assert sorted(index.documents.tolist()) == sorted(fresh.documents.tolist())
    for query in model.embed(QUERIES):
        caught, anew = near(index, query, 30), near(fresh, query, 30)
        assert caught.passages.tolist() == anew.passages.tolist()
        assert np.allclose(caught.scores, anew.scores, atol=1e-5)


def test_a_query_of_unknown_words_and_an_empty_store_are_near_to_nothing(
    library: Library, model: Embedder, tmp_path: Path
) -> None:
    index = VectorIndex(tmp_path, Visibility.PUBLIC)
    assert len(near(index, model.embed(["商业秘密"])[0], 10).passages) == 0
    index.refresh(library.store)
    assert len(near(index, np.zeros(model.dim, np.float32), 10).passages) == 0
    with Store(tmp_path / "empty") as empty:
        index.refresh(empty)
    assert len(near(index, model.embed(["商业秘密"])[0], 10).passages) == 0
