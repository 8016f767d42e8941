import numpy as np

from search.candidates import EMPTY, Candidates, ranked


def matches(*pairs: tuple[int, float], complete: bool = True) -> Candidates:
    passages = np.array([passage for passage, _ in pairs], dtype=np.int64)
    return Candidates(
        passages, passages + 100, np.array([score for _, score in pairs]), complete
    )


def test_the_best_keep_their_order_and_scores_where_a_second_search_differs_in_the_last_digit() -> (
    None
):
    best = matches((7, 3.0), (1, 2.0000001), (2, 2.0000001))
    everything = matches(
        (7, 3.0), (2, 2.0000002), (1, 2.0000001), (9, 1.0), (4, 0.5), complete=False
    )

    found = ranked(best, everything)

    assert found.passages.tolist() == [7, 1, 2, 9, 4]
    assert found.documents.tolist() == [107, 101, 102, 109, 104]
    assert found.scores.tolist() == [3.0, 2.0000001, 2.0000001, 1.0, 0.5]
    assert not found.complete


def test_what_is_empty_adds_nothing() -> None:
    some = matches((3, 1.0))

    assert ranked(EMPTY, some) is some
    assert ranked(some, EMPTY).passages.tolist() == [3]
