from collections.abc import Callable
from math import log2
from pathlib import Path

import numpy as np
import pytest

from kb.errors import InvalidDocument, UnreadableFile
from search.evaluation import _interval, evaluate, measures, read_qrels, read_topics
from tests.search.conftest import Library


def test_measures_are_those_computed_by_hand() -> None:
    ranking = ["a", "b", "c", "d"] + [f"x{n}" for n in range(6)] + ["e"]
    grades = {"b": 2, "c": 1, "e": 1, "missing": 1, "a": 0, "negative": -1}

    found = measures(ranking, grades)

    gained = 3 / log2(3) + 1 / log2(4)
    ideal = 3 / log2(2) + 1 / log2(3) + 1 / log2(4) + 1 / log2(5)
    assert found == pytest.approx({"nDCG@10": gained / ideal, "R@10": 2 / 4, "R@100": 3 / 4, "MRR@10": 1 / 2})


def test_a_minimum_grade_counts_only_for_recall_and_reciprocal_rank() -> None:
    loose, strict = measures(["a", "b"], {"a": 1, "b": 2}), measures(["a", "b"], {"a": 1, "b": 2}, min_grade=2)

    assert strict["nDCG@10"] == loose["nDCG@10"]
    assert (loose["MRR@10"], strict["MRR@10"], strict["R@10"]) == (1.0, 0.5, 1.0)


@pytest.mark.parametrize(("ranking", "grades"), [([], {"a": 1}), (["a"], {}), (["b"], {"a": 1}), (["a"], {"a": 0})])
def test_nothing_found_or_nothing_relevant_is_zero(ranking: list[str], grades: dict[str, int]) -> None:
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
    assert _interval(np.array([0.3])) == pytest.approx({"mean": 0.3, "low": 0.3, "high": 0.3})


def test_files_in_trec_formats_are_read(tmp_path: Path) -> None:
    (tmp_path / "topics.tsv").write_text("\ufeff1\t离职 员工\n\n2\t配方\t图纸\n", "utf-8")
    (tmp_path / "qrels.txt").write_text("1 0 a 2\n1 0 b 0\n2\tQ0\tc\t-1\n", "utf-8")

    assert read_topics(tmp_path / "topics.tsv") == {"1": "离职 员工", "2": "配方\t图纸"}
    assert read_qrels(tmp_path / "qrels.txt") == {"1": {"a": 2, "b": 0}, "2": {"c": -1}}


@pytest.mark.parametrize("line", ["只有文字", "\t文字", "3\t", "3\t  ", "1\t重复的编号"])
def test_a_bad_topic_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "topics.tsv"
    path.write_text(f"1\t离职\u2028员工\n\n{line}\n", "utf-8")

    with pytest.raises(InvalidDocument, match=r"topics\.tsv 第 3 行"):
        read_topics(path)


@pytest.mark.parametrize("line", ["1 0 a", "1 0 a 1 extra", "1 0 a x", "1 0 a --1", "1 0 a ²", "1 0 a 1.5"])
def test_a_bad_judgment_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "qrels.txt"
    path.write_text(f"1 0 a 1\n{line}\n", "utf-8")

    with pytest.raises(InvalidDocument, match=r"qrels\.txt 第 2 行"):
        read_qrels(path)


@pytest.mark.parametrize("read", [read_topics, read_qrels])
def test_a_file_that_is_no_text_or_not_there_is_named(tmp_path: Path, read: Callable[[Path], object]) -> None:
    (tmp_path / "bytes").write_bytes("编号".encode("gb18030"))
    for name in ("bytes", "missing"):
        with pytest.raises(UnreadableFile, match=name):
            read(tmp_path / name)


def test_every_judged_topic_is_asked_in_every_mode(library: Library) -> None:
    heads = list(library.store.heads(sorted(library.texts)[:3]).values())
    topics = {head.slug: head.title for head in heads} | {"unjudged": "离职"}
    qrels = {head.slug: {head.slug: 1} for head in heads} | {"no-topic": {"a": 1}}
    steps: list[tuple[int, int]] = []

    report = evaluate(
        library.searcher, library.store, topics, qrels, progress=lambda done, total: steps.append((done, total))
    )

    assert report["topics"] == 3
    assert steps == [(n, 9) for n in range(1, 10)]
    assert set(report["modes"]) == {"hybrid", "keyword", "vector"}
    for mode in ("hybrid", "keyword"):
        assert set(report["modes"][mode]) == {"nDCG@10", "R@10", "R@100", "MRR@10"}
        assert report["modes"][mode]["MRR@10"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
