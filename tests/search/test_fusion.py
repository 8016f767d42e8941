from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.fusion import (
    Ranked,
    best_by_document,
    followed,
    reciprocal_rank_fusion,
    summed_by_document,
    weighted_sum,
)

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
    assert all(
        sums[n] > sums[n + 1] or (sums[n] == sums[n + 1] and ids[n] < ids[n + 1])
        for n in range(len(ids) - 1)
    )
    if len(rankings) == 2:
        assert fuse(*reversed(rankings)) == (ids, sums)


@given(
    st.lists(
        st.tuples(st.integers(1, 8), st.floats(0, 9).map(lambda s: round(s, 1))),
        max_size=30,
    )
)
def test_a_document_stands_where_its_best_passage_stands(
    rows: list[tuple[int, float]],
) -> None:
    rows.sort(key=lambda row: -row[1])
    documents, scores = best_by_document(
        np.array([d for d, _ in rows], dtype=np.int64),
        np.array([s for _, s in rows], dtype=np.float64),
    )
    best = {d: max(s for e, s in rows if e == d) for d, _ in rows}

    assert list(zip(documents.tolist(), scores.tolist(), strict=True)) == sorted(
        best.items(), key=lambda item: (-item[1], item[0])
    )


def ranked(*rows: tuple[int, float]) -> Ranked:
    documents = np.array([d for d, _ in rows], dtype=np.int64)
    return Ranked(documents, np.array([s for _, s in rows], dtype=np.float64))


def test_scores_of_two_retrievers_are_summed_by_weight_each_in_its_own_range() -> None:
    ids, sums = weighted_sum(
        ranked((7, 12.0), (3, 8.0), (9, 4.0)), ranked((3, 0.8), (8, 0.52)), 0.25
    )

    assert ids.tolist() == [3, 8, 7, 9]
    assert sums.tolist() == pytest.approx([0.25 * 0.5 + 0.75, 0.75 * 0.5, 0.25, 0.0])


def test_one_retriever_alone_keeps_its_order_and_nothing_gives_nothing() -> None:
    none = ranked()

    assert weighted_sum(ranked((4, 2.0), (2, 1.0)), none, 0.3)[0].tolist() == [4, 2]
    assert weighted_sum(none, ranked((4, 0.5)), 0.3)[0].tolist() == [4]
    assert weighted_sum(none, none, 0.3)[0].tolist() == []


def test_a_document_that_matches_in_three_parts_stands_before_one_that_matches_best_in_one() -> (
    None
):
    documents, scores = np.array([5, 2, 2, 2, 2]), np.array([10.0, 9.5, 8.0, 7.0, 6.0])
    sizes = {5: 1, 2: 8}
    ids, sums = summed_by_document(
        documents, scores, lambda d: np.array([sizes[i] for i in d.tolist()])
    )

    assert ids.tolist() == [2, 5]
    assert sums.tolist() == pytest.approx([(9.5 + 4 + 1.75) / 1.75**0.7, 10.0])


def test_followers_come_behind_once_each_at_falling_scores() -> None:
    ids, scores = followed(
        np.array([3, 1]), np.array([2.0, 1.0]), np.array([1, 9, 9, 4])
    )

    assert ids.tolist() == [3, 1, 9, 4]
    assert all(a > b for a, b in zip(scores, scores[1:], strict=False))
