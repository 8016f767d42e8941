import numpy as np
import pytest

from search.comparing import Pair, compare, paired
from search.evaluation import METRICS, Measuring
from search.trec import Run


def run(tag: str, **rankings: str) -> Run:
    """Make a run of documents named by one letter each."""
    return Run(
        tag,
        {
            t: [(d, -float(n)) for n, d in enumerate(documents)]
            for t, documents in rankings.items()
        },
    )


QRELS = {"q1": {"a": 2, "b": 1}, "q2": {"c": 1}, "q3": {"d": 3}, "q4": {"x": 0}}


def test_each_metric_has_both_values_and_their_difference() -> None:
    report = compare(
        Pair(
            run("A", q1="zab", q2="c", q3="d"),
            run("B", q1="ab", q2="zc", q3="d"),
        ),
        Measuring(list(QRELS), QRELS),
    )

    assert (report["topics"], report["asked"], report["a"], report["b"]) == (
        3,
        4,
        "A",
        "B",
    )
    assert list(report["metrics"]) == [*METRICS, "zero_result_rate", "overlap@10"]
    found = report["metrics"]["success@1"]
    assert (found["a"], found["b"], found["difference"]) == pytest.approx(
        (2 / 3, 2 / 3, 0.0)
    )
    assert report["metrics"]["MRR@10"]["a"] == pytest.approx((1 / 2 + 1 + 1) / 3)
    assert report["metrics"]["zero_result_rate"]["a"] == 1 / 4


def test_wins_losses_and_ties_are_of_the_second_run_largest_first() -> None:
    found = compare(
        Pair(
            run("A", q1="ab", q2="zc", q3="d"),
            run("B", q1="ba", q2="c", q3="d"),
        ),
        Measuring(list(QRELS), QRELS),
    )

    per_topic = found["per_topic"]
    assert (per_topic["wins"], per_topic["losses"], per_topic["ties"]) == (1, 1, 1)
    assert [value["topic"] for value in per_topic["values"]] == ["q2", "q1", "q3"]
    assert (per_topic["values"][0]["a"], per_topic["values"][0]["b"]) == pytest.approx(
        (1 / np.log2(3), 1.0)
    )


def test_hits_of_both_and_of_one_are_counted_within_the_depth_and_above_the_grade() -> (
    None
):
    first, second = (
        run("A", q1="ab", q2="zzzc", q3=""),
        run("B", q1="a", q2="c", q3="d"),
    )

    hits = compare(Pair(first, second), Measuring(list(QRELS), QRELS))["hits"]
    assert hits == {
        "common": 2,
        "only_a": [{"topic": "q1", "document": "b", "grade": 1}],
        "only_b": [{"topic": "q3", "document": "d", "grade": 3}],
    }
    shallow = compare(Pair(first, second), Measuring(list(QRELS), QRELS), depth=1)[
        "hits"
    ]
    assert (
        shallow["common"],
        shallow["only_a"],
        [h["topic"] for h in shallow["only_b"]],
    ) == (1, [], ["q2", "q3"])
    strict = compare(Pair(first, second), Measuring(list(QRELS), QRELS, min_grade=2))[
        "hits"
    ]
    assert (
        strict["common"],
        strict["only_a"],
        [h["topic"] for h in strict["only_b"]],
    ) == (1, [], ["q3"])


def test_a_topic_missing_from_a_run_counts_as_unanswered_there() -> None:
    report = compare(
        Pair(run("A", q1="a"), run("B", q1="a", q2="c")),
        Measuring(["q1", "q2"], QRELS),
    )

    assert (
        report["metrics"]["success@1"]["a"],
        report["metrics"]["success@1"]["b"],
    ) == (0.5, 1.0)
    assert report["metrics"]["zero_result_rate"]["difference"] == -0.5


def test_groups_are_compared_each_on_its_own() -> None:
    qrels = {"p-1": {"a": 1}, "p-2": {"a": 1}, "r-1": {"b": 1}, "none-1": {}}
    first = Run("A", {"p-1": [("a", 1.0)], "r-1": [("z", 1.0)]})
    second = Run("B", {"p-1": [("z", 1.0)], "r-1": [("b", 1.0)]})

    groups = compare(Pair(first, second), Measuring(list(qrels), qrels), by_group=True)[
        "groups"
    ]

    assert {name: group["topics"] for name, group in groups.items()} == {
        "p": 2,
        "r": 1,
        "none": 0,
    }
    assert (
        groups["p"]["metrics"]["success@1"]["difference"],
        groups["r"]["metrics"]["success@1"]["difference"],
    ) == (*(-0.5, 1.0),)
    assert "groups" not in compare(Pair(first, second), Measuring(list(qrels), qrels))


# -- the paired bootstrap --------------------------------------------------------------------


def test_a_run_against_itself_differs_by_nothing() -> None:
    values = np.random.default_rng(1).random((40, 2))

    for found in paired(values, values):
        assert (found["difference"], found["low"], found["high"], found["p"]) == (
            0.0,
            0.0,
            0.0,
            1.0,
        )


def test_a_steady_gain_is_told_from_chance_and_a_wavering_one_is_not() -> None:
    chance = np.random.default_rng(2)
    base = chance.random(200)
    steady, wavering = (
        base + 0.05 + chance.normal(0, 0.05, 200),
        base + 0.005 + chance.normal(0, 0.2, 200),
    )

    gain, noise = paired(
        np.stack([base, base], axis=1), np.stack([steady, wavering], axis=1)
    )

    assert 0 < gain["low"] < gain["difference"] < gain["high"] and gain["p"] < 0.001
    assert noise["low"] < 0 < noise["high"] and noise["p"] > 0.05


def test_p_and_interval_are_those_of_a_t_test_where_that_holds() -> None:
    chance = np.random.default_rng(3)
    differences = chance.normal(0.02, 0.15, 300)

    (found,) = paired(np.zeros((300, 1)), differences.reshape(-1, 1))

    error = differences.std(ddof=1) / np.sqrt(300)
    assert found["low"] == pytest.approx(
        differences.mean() - 1.96 * error, abs=0.1 * error
    )
    assert found["high"] == pytest.approx(
        differences.mean() + 1.96 * error, abs=0.1 * error
    )
    t = abs(differences.mean()) / error
    normal = 2 * (1 - 0.5 * (1 + np.tanh(np.sqrt(2 / np.pi) * (t + 0.044715 * t**3))))
    assert found["p"] == pytest.approx(normal, abs=0.01)


def test_pairing_is_what_finds_a_small_gain_on_topics_of_very_different_difficulty() -> (
    None
):
    hard_and_easy = np.concatenate([np.zeros(50), np.ones(50)])

    (found,) = paired(
        hard_and_easy.reshape(-1, 1),
        (hard_and_easy + np.tile([0.0, 0.02], 50)).reshape(-1, 1),
    )

    assert found["p"] < 0.001 and found["low"] > 0


def test_the_other_way_round_is_the_same_with_the_sign_turned() -> None:
    chance = np.random.default_rng(4)
    a, b = chance.random((60, 1)), chance.random((60, 1))

    (there,), (back,) = paired(a, b), paired(b, a)

    assert there["p"] == back["p"]
    assert (there["low"], there["high"]) == pytest.approx((-back["high"], -back["low"]))


def test_no_topic_at_all_is_no_difference() -> None:
    assert paired(np.empty((0, 1)), np.empty((0, 1)))[0]["p"] == 1.0
    report = compare(Pair(run("A", q9="a"), run("B", q9="a")), Measuring([], QRELS))
    assert (report["topics"], report["metrics"]["nDCG@10"]["difference"]) == (0, 0.0)
