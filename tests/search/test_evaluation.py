from math import log2

import numpy as np
import pytest

from search.evaluation import (
    DEPTH,
    METRICS,
    MOST_PAIRS,
    Measuring,
    _interval,
    ask,
    evaluate,
    group_of,
    measures,
    missing_from,
    overlap,
    report_on,
)
from search.request import SearchRequest
from search.trec import Run
from tests.search.conftest import Library


def test_measures_are_those_computed_by_hand() -> None:
    ranking = ["a", "b", "c", "d"] + [f"x{n}" for n in range(6)] + ["e"]
    grades = {"b": 2, "c": 1, "e": 1, "missing": 1, "a": 0, "negative": -1}

    found = measures(ranking, grades)

    gained = 3 / log2(3) + 1 / log2(4)
    ideal = 3 / log2(2) + 1 / log2(3) + 1 / log2(4) + 1 / log2(5)
    assert found == pytest.approx(
        {
            **{
                "nDCG@10": gained / ideal,
                "R@10": 2 / 4,
                "R@50": 3 / 4,
                "R@100": 3 / 4,
                "MRR@10": 1 / 2,
            },
            **{"success@1": 0, "success@5": 1},
        }
    )


@pytest.mark.parametrize(
    ("place", "reached"),
    [
        (1, ["R@10", "R@50", "R@100", "MRR@10", "success@1", "success@5"]),
        (5, ["R@10", "R@50", "R@100", "MRR@10", "success@5"]),
        (6, ["R@10", "R@50", "R@100", "MRR@10"]),
        (10, ["R@10", "R@50", "R@100", "MRR@10"]),
        (11, ["R@50", "R@100"]),
        (50, ["R@50", "R@100"]),
        (51, ["R@100"]),
        (100, ["R@100"]),
        (101, []),
    ],
)
def test_every_cutoff_is_where_its_name_says(place: int, reached: list[str]) -> None:
    found = measures([f"x{n}" for n in range(1, place)] + ["a"], {"a": 1})

    assert [name for name in found if found[name] and name != "nDCG@10"] == reached
    assert (found["nDCG@10"] > 0) == (place <= 10)


def test_a_minimum_grade_counts_for_everything_but_ndcg() -> None:
    loose, strict = (
        measures(["a", "b"], {"a": 1, "b": 2}),
        measures(["a", "b"], {"a": 1, "b": 2}, min_grade=2),
    )

    assert strict["nDCG@10"] == loose["nDCG@10"]
    assert (loose["MRR@10"], strict["MRR@10"], strict["R@10"]) == (1.0, 0.5, 1.0)
    assert (loose["success@1"], strict["success@1"], strict["success@5"]) == (
        1.0,
        0.0,
        1.0,
    )


@pytest.mark.parametrize(
    ("ranking", "grades"),
    [([], {"a": 1}), (["a"], {}), (["b"], {"a": 1}), (["a"], {"a": 0})],
)
def test_nothing_found_or_nothing_relevant_is_zero(
    ranking: list[str], grades: dict[str, int]
) -> None:
    assert set(measures(ranking, grades).values()) == {0.0}


def test_a_perfect_answer_is_one() -> None:
    assert set(measures(["b", "a"], {"a": 1, "b": 3}).values()) == {1.0}


def test_intervals_hold_the_mean_and_are_the_same_every_time() -> None:
    values = np.array([0.0, 1.0, 1.0, 0.5] * 20)
    made = _interval(values)

    assert made == _interval(values)
    assert made["mean"] == pytest.approx(0.625)
    assert 0.5 < made["low"] < made["mean"] < made["high"] < 0.75
    assert _interval(np.empty(0)) == {"mean": 0.0, "low": 0.0, "high": 0.0}
    assert _interval(np.array([0.3])) == pytest.approx(
        {"mean": 0.3, "low": 0.3, "high": 0.3}
    )


def test_every_topic_is_asked_in_every_mode_and_the_graded_ones_are_measured(
    library: Library,
) -> None:
    heads = list(library.store.heads(sorted(library.texts)[:3]).values())
    topics = {head.slug: head.title for head in heads} | {"ungraded": "离职"}
    qrels = {head.slug: {head.slug: 1} for head in heads} | {"no-topic": {"a": 1}}

    report = evaluate(library.searcher, library.store, topics, qrels)

    assert (report["topics"], report["asked"]) == (3, 4)
    assert set(report["modes"]) == {"hybrid", "keyword", "vector"}
    for mode in ("hybrid", "keyword"):
        measured = report["modes"][mode]
        assert list(measured) == [*METRICS, "zero_result_rate", "overlap@10", "p50_ms"]
        assert (
            measured["MRR@10"]
            == measured["success@1"]
            == {"mean": 1.0, "low": 1.0, "high": 1.0}
        )
        assert measured["p50_ms"] > 0


def test_the_answers_to_a_topic_are_those_of_a_search_at_the_depth_asked(
    library: Library,
) -> None:
    run = ask(library.searcher, library.store, {"t": "商业秘密"}, "keyword", depth=150)
    hits = library.searcher.search(
        library.store, SearchRequest("商业秘密", mode="keyword", limit=150)
    ).hits

    assert (
        run.rankings["t"] == [(hit.document.slug, hit.score) for hit in hits]
        and len(hits) > DEPTH
    )
    assert run.tag.startswith("keyword-zh-legal-static@")
    assert (
        len(
            ask(
                library.searcher, library.store, {"t": "商业秘密"}, "keyword", depth=1
            ).rankings["t"]
        )
        == DEPTH
    )


def ranking(*documents: str) -> list[tuple[str, float]]:
    return [(document, -float(place)) for place, document in enumerate(documents)]


def test_a_topic_without_hits_counts_whether_or_not_it_has_an_answer() -> None:
    run = Run("t", {"a-1": ranking("x"), "a-2": [], "none-1": []})

    qrels = {"a-1": {"x": 1}, "a-2": {"y": 1}}
    against = Measuring(["a-1", "a-2", "none-1", "b"], qrels)
    report = report_on({"t": run}, against, by_group=True)

    assert report["modes"]["t"]["zero_result_rate"]["mean"] == 3 / 4
    assert report["modes"]["t"]["success@1"]["mean"] == 1 / 2
    assert "p50_ms" not in report["modes"]["t"]
    assert {
        group: (part["topics"], part["asked"])
        for group, part in report["groups"].items()
    } == {
        **{"a": (2, 2), "none": (0, 1), "其他": (0, 1)},
    }
    assert report["groups"]["a"]["modes"]["t"]["success@1"]["mean"] == 1 / 2
    assert report["groups"]["none"]["modes"]["t"]["zero_result_rate"]["mean"] == 1.0


@pytest.mark.parametrize(
    ("topic", "group"),
    [("officer-001", "officer"), ("a-b-3", "a-b"), ("3817", "其他"), ("-1", "其他")],
)
def test_a_group_is_what_stands_before_the_last_dash(topic: str, group: str) -> None:
    assert group_of(topic) == group


def test_overlap_is_the_share_of_common_documents_of_topics_that_are_not_related() -> (
    None
):
    tens = {
        "1": [f"a{n}" for n in range(10)],
        "2": [f"a{n}" for n in range(5)] + [f"b{n}" for n in range(5)] + ["a9"],
        "3": [f"c{n}" for n in range(10)],
        "short": ["a0"],
    }

    assert overlap(tens, {}) == {"mean": pytest.approx(0.5 / 3), "pairs": 3}
    assert overlap(tens, {"1": {"x": 1}, "2": {"x": 2}}) == {"mean": 0.0, "pairs": 2}
    assert overlap(tens, {"1": {"x": 1}, "2": {"x": 0}})["pairs"] == 3
    assert overlap({"short": ["a0"]}, {}) == {"mean": 0.0, "pairs": 0}


def test_of_very_many_pairs_the_same_ones_are_drawn_and_no_topic_is_paired_with_itself() -> (
    None
):
    same = {str(n): [f"a{i}" for i in range(10)] for n in range(2)}
    many = {str(n): [f"{n}-{i}" for i in range(10)] for n in range(400)}

    assert overlap(same, {}) == {"mean": 1.0, "pairs": 1}
    assert overlap(many, {}) == {"mean": 0.0, "pairs": MOST_PAIRS}
    half = many | {str(n): same["0"] for n in range(0, 400, 2)}
    assert overlap(half, {}) == overlap(half, {})
    assert overlap(half, {})["mean"] == pytest.approx(0.25, abs=0.01)


def test_relevant_documents_the_store_does_not_hold_are_named(library: Library) -> None:
    (head,) = library.store.heads([min(library.texts)]).values()

    qrels = {"1": {head.slug: 2, "no-such-b": 2, "no-such-c": 1}, "2": {"no-such-a": 3}}

    assert missing_from(library.store, qrels, min_grade=2) == ["no-such-a", "no-such-b"]
