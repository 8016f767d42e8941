"""The gold set keeps its rules, and what is measured with it does not fall below the gate."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kb.errors import InvalidDocument, UnreadableFile, UserError
from search.trec import Qrel, Run
from tests.gold import gate, goldset
from tests.gold.asking import answers
from tests.gold.gate import ALL, MODE, Limit
from tests.gold.goldset import GoldSet

# -- the set ---------------------------------------------------------------------------------


@cache
def gold() -> GoldSet:
    return goldset.load()


@cache
def documents() -> Mapping[str, str]:
    return goldset.corpus_texts()


def test_the_set_has_two_hundred_topics_of_all_groups() -> None:
    assert goldset.too_few(gold()) == []


def test_an_officers_topic_is_an_account_of_a_case() -> None:
    assert goldset.wrong_lengths(gold()) == []


def test_every_graded_line_names_a_topic_a_document_and_a_reason() -> None:
    assert goldset.wrong_qrels(gold(), documents()) == []


def test_every_topic_has_an_answer_but_those_meant_to_have_none() -> None:
    assert goldset.wrong_answers(gold()) == []


def test_no_topic_borrows_a_phrase_of_its_answer() -> None:
    assert goldset.borrowed_phrases(gold(), documents()) == []


# -- the gate --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def gold_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The answers of the product as it ships, on a store of the corpus."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("KB_")]:
            patch.delenv(name)
        return answers(gold(), tmp_path_factory.mktemp("gold"), [MODE])[MODE]


def test_nothing_falls_below_the_gate(gold_run: Run) -> None:
    found = gate.report(gold(), {MODE: gold_run})

    broken = gate.fallen(gate.read_gate(), found, gold(), gold_run)

    assert not broken, (
        f"检索质量跌破 corpus/evaluation/gate.toml 的界限\n{broken}\n\n用 make gold 看全表"
    )


def test_the_gate_watches_what_it_must() -> None:
    watched = {(limit.scope, limit.metric): limit for limit in gate.read_gate()}

    assert {
        (ALL, name) for name in ("nDCG@10", "R@50", "success@5", "zero_result_rate")
    } <= set(watched)
    assert watched["identifier", "success@1"].limit == 1.0
    assert watched[ALL, "overlap@10"].limit <= 0.1


def test_no_limit_was_loosened_without_a_reason() -> None:
    assert gate.loosened_silently(gate.read_gate()) == []


# -- the rules, each broken once -------------------------------------------------------------

SMALL = GoldSet(
    {"officer-1": "甲" * 100, "identifier-1": "（2099）测01民终1号", "none-1": "天气"},
    [
        Qrel("officer-1", "a", 3, "理由", "q 第 1 行"),
        Qrel("identifier-1", "b", 2, "理由", "q 第 2 行"),
    ],
)
TEXTS = {"a": "乙", "b": goldset.folded("（2099）测01民终1号")}


def qrel(**changes: Any) -> GoldSet:
    return replace(SMALL, qrels=[replace(SMALL.qrels[0], **changes), *SMALL.qrels[1:]])


def test_a_set_that_keeps_the_rules_is_left_in_peace() -> None:
    assert (
        goldset.wrong_lengths(SMALL)
        == goldset.wrong_qrels(SMALL, TEXTS)
        == goldset.wrong_answers(SMALL)
        == []
    )
    assert goldset.borrowed_phrases(SMALL, TEXTS) == []
    assert len(goldset.too_few(SMALL)) == 1 + len(goldset.GROUPS) - 3


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (qrel(topic="officer-2"), "没有题目 officer-2"),
        (qrel(document="c"), "没有文书 c"),
        (qrel(reason=""), "没有理由"),
        (qrel(grade=4), "等级 4"),
        (qrel(grade=-1), "等级 -1"),
    ],
)
def test_a_wrong_line_of_the_qrels_is_named(broken: GoldSet, named: str) -> None:
    (note,) = goldset.wrong_qrels(broken, TEXTS)

    assert note.startswith("q 第 1 行:") and named in note


@pytest.mark.parametrize("length", [99, 801])
def test_an_officers_topic_too_short_or_too_long_is_named(length: int) -> None:
    broken = replace(SMALL, topics=SMALL.topics | {"officer-1": "甲" * length})

    assert goldset.wrong_lengths(broken) == [f"officer-1:{length} 字,应为 100 至 800"]


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (qrel(grade=1), "officer-1:没有 2 级"),
        (qrel(topic="none-1"), "none-1:是无答案"),
    ],
)
def test_a_topic_without_the_answer_it_should_have_is_named(
    broken: GoldSet, named: str
) -> None:
    assert any(note.startswith(named) for note in goldset.wrong_answers(broken))


@pytest.mark.parametrize(
    ("topic", "document", "shared"),
    [
        ("他说:带走 客户名单,去投案", "员工带走客户名单去年", "带走客户名单去"),
        ("带走客户名单去", "带走客户名单。去", "带走客户名单去"),
        ("带走客户名单走", "带走客户名单去", ""),
        ("employee contract", "the employee contracts", ""),
        ("用ABCDEF图", "用ａｂｃｄｅｆ", "用abcdef"),
    ],
)
def test_a_shared_run_of_seven_characters_is_found_through_punctuation_and_width(
    topic: str, document: str, shared: str
) -> None:
    assert goldset.shared_run(topic, goldset.folded(document)) == shared


def test_a_borrowed_phrase_is_named_with_its_topic_and_document() -> None:
    borrowed = replace(
        SMALL, topics=SMALL.topics | {"officer-1": "甲" * 93 + "带走客户名单去"}
    )

    assert goldset.borrowed_phrases(borrowed, {"a": "带走客户名单去"}) == [
        "officer-1 与 a 有相同的「带走客户名单去」"
    ]


@pytest.mark.parametrize(
    ("topics", "qrels", "error"),
    [
        ("a-1\t文字\na-1\t文字\n", "", InvalidDocument),
        ("a-1\t文字\n", "a-1 0 x 1 # 理由\na-1 0 x 2 # 理由\n", InvalidDocument),
        ("a-1\t文字\n", None, UnreadableFile),
    ],
)
def test_an_id_met_twice_or_a_missing_file_stops_the_set(
    tmp_path: Path, topics: str, qrels: str | None, error: type[UserError]
) -> None:
    (tmp_path / "topics.tsv").write_text(topics, "utf-8")
    if qrels is not None:
        (tmp_path / "qrels.tsv").write_text(qrels, "utf-8")

    with pytest.raises(error):
        goldset.load(tmp_path)


RUN = Run("t", {"officer-1": [("x", 2.0), ("a", 1.0)], "identifier-1": [("b", 1.0)]})


def limits(**others: float) -> list[Limit]:
    found = {
        "nDCG@10": 0.8,
        "R@50": 1.0,
        "success@5": 1.0,
        "zero_result_rate": 0.4,
        "overlap@10": 0.1,
    } | others
    return [Limit(ALL, metric, limit, limit) for metric, limit in found.items()] + [
        Limit("identifier", "success@1", 1.0, 1.0, fixed="理由")
    ]


def test_what_is_as_good_as_its_limit_passes() -> None:
    assert gate.fallen(limits(), gate.report(SMALL, {MODE: RUN}), SMALL, RUN) == ""


@pytest.mark.parametrize(
    ("run", "changed", "named"),
    [
        (
            RUN,
            {"nDCG@10": 0.9},
            [
                "all\tnDCG@10\t界限 0.9\t现为 0.8155",
                "officer-1\t0.631\t首件相关第 2 名",
            ],
        ),
        (
            RUN,
            {"zero_result_rate": 0.3},
            ["界限 0.3\t现为 0.3333", "none-1\t没有命中\t天气"],
        ),
        (
            Run(
                "t",
                {"officer-1": [("a", 1.0)], "identifier-1": [("a", 2.0), ("b", 1.0)]},
            ),
            {},
            [
                "identifier\tsuccess@1\t界限 1.0\t现为 0.0000",
                "identifier-1\t0.000\t首件相关第 2 名",
            ],
        ),
        (
            Run(
                "t",
                {topic: [(f"x{n}", -n) for n in range(10)] for topic in SMALL.topics},
            ),
            {"nDCG@10": 0, "R@50": 0, "success@5": 0},
            ["all\toverlap@10\t界限 0.1\t现为 1.0000", "x0\t在 3 道题的前十名"],
        ),
    ],
)
def test_what_falls_is_named_with_the_worst_topics(
    run: Run, changed: dict[str, float], named: list[str]
) -> None:
    told = gate.fallen(limits(**changed), gate.report(SMALL, {MODE: run}), SMALL, run)

    assert all(part in told for part in named), told
    assert "\t1.000\t" not in told


def test_a_gate_that_names_what_is_not_measured_is_no_gate() -> None:
    with pytest.raises(UserError, match="nobody"):
        gate.fallen(
            [Limit("nobody", "nDCG@10", 0.1, 0.1)],
            gate.report(SMALL, {MODE: RUN}),
            SMALL,
            RUN,
        )


def test_limits_are_raised_to_what_is_measured_and_never_lowered_without_a_reason(
    tmp_path: Path,
) -> None:
    good = gate.report(SMALL, {MODE: RUN})
    bad = gate.report(SMALL, {MODE: Run("t", {"identifier-1": [("b", 1.0)]})})
    path = tmp_path / "gate.toml"

    def moved(
        before: list[Limit], found: Mapping[str, Any], reason: str = ""
    ) -> dict[tuple[str, str], Limit]:
        gate.write_gate(gate.tightened(before, found, reason), path)
        return {(one.scope, one.metric): one for one in gate.read_gate(path)}

    first = moved([], good)
    assert (first[ALL, "nDCG@10"].limit, first[ALL, "zero_result_rate"].limit) == (
        0.815,
        0.334,
    )
    assert (first[ALL, "overlap@10"].limit, first["identifier", "success@1"].limit) == (
        0.1,
        1.0,
    )
    assert moved(list(first.values()), bad) == first

    lowered = moved(list(first.values()), bad, "换了「题」")
    assert (lowered[ALL, "nDCG@10"].limit, lowered[ALL, "nDCG@10"].best) == (0.5, 0.815)
    assert lowered[ALL, "nDCG@10"].reason == "换了「题」"
    assert gate.loosened_silently(list(lowered.values())) == []
    silent = [replace(one, reason=" ") for one in lowered.values()]
    assert [note.split(":")[0] for note in gate.loosened_silently(silent)] == [
        *("all nDCG@10", "all R@50", "all success@5", "all zero_result_rate"),
    ]
    assert moved(list(lowered.values()), good) == first


def test_a_missing_gate_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        gate.read_gate(tmp_path / "gate.toml")
