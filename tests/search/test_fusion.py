from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.fusion import best_by_document, reciprocal_rank_fusion

RANKINGS = st.lists(st.lists(st.integers(1, 30), unique=True, max_size=20), max_size=3)


def fuse(*rankings: Sequence[int]) -> tuple[list[int], list[float]]:
    ids, sums = reciprocal_rank_fusion([np.array(r, dtype=np.int64) for r in rankings])
    return ids.tolist(), sums.tolist()


def test_sums_of_reciprocal_ranks_order_the_documents() -> None:
    ids, sums = fuse([7, 3, 9], [3, 8])

    assert ids == [3, 7, 8, 9]
    assert sums == pytest.approx([1 / 62 + 1 / 61, 1 / 61, 1 / 62, 1 / 63])


def test_equal_sums_are_ordered_by_id() -> None:
    assert fuse([5, 2], [2, 5])[0] == [2, 5]
    assert fuse([9], [4])[0] == [4, 9]


@pytest.mark.parametrize("rankings", [[], [[]], [[], []]])
def test_nothing_fused_is_nothing(rankings: list[list[int]]) -> None:
    assert fuse(*rankings) == ([], [])


@given(RANKINGS)
def test_every_document_comes_once_in_a_total_order_that_ignores_the_order_of_rankings(
    rankings: list[list[int]],
) -> None:
    ids, sums = fuse(*rankings)

    assert sorted(ids) == sorted({i for ranking in rankings for i in ranking})
    expected = {i: sum(1 / (61 + r.index(i)) for r in rankings if i in r) for i in ids}
    assert sums == pytest.approx([expected[i] for i in ids])
    assert all(sums[n] > sums[n + 1] or (sums[n] == sums[n + 1] and ids[n] < ids[n + 1]) for n in range(len(ids) - 1))
    if len(rankings) == 2:
        assert fuse(*reversed(rankings)) == (ids, sums)


@given(st.lists(st.tuples(st.integers(1, 8), st.floats(0, 9).map(lambda s: round(s, 1))), max_size=30))
def test_a_document_stands_where_its_best_passage_stands(rows: list[tuple[int, float]]) -> None:
    rows.sort(key=lambda row: -row[1])
    documents, scores = best_by_document(
        np.array([d for d, _ in rows], dtype=np.int64), np.array([s for _, s in rows], dtype=np.float64)
    )
    best = {d: max(s for e, s in rows if e == d) for d, _ in rows}

    assert list(zip(documents.tolist(), scores.tolist(), strict=True)) == sorted(
        best.items(), key=lambda item: (-item[1], item[0])
    )
