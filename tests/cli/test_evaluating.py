"""`kb evaluate`: what it prints, what it writes, what it says of bad input."""

from pathlib import Path
from typing import Any

import pytest

from search.evaluation import METRICS
from search.trec import read_run
from tests.cli.running import ROOT, as_json, kb


@pytest.fixture(scope="module")
def asked(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, ...]:
    """Options for three topics with the titles of documents, and one that no document answers."""
    folder = tmp_path_factory.mktemp("topics")
    hits = as_json(home, "search", "客户名单", "--limit", 3)["hits"]
    topics = [f"title-{n}\t{hit['title']}\n" for n, hit in enumerate(hits)]
    (folder / "topics.tsv").write_text("".join(topics), "utf-8")
    (folder / "none.tsv").write_text("none-1\tqqqq zzzz\n", "utf-8")
    (folder / "qrels.tsv").write_text(
        "".join(f"title-{n} 0 {hit['slug']} 2 # 题名\n" for n, hit in enumerate(hits)),
        "utf-8",
    )
    return (
        "--topics",
        folder / "topics.tsv",
        folder / "none.tsv",
        "--qrels",
        folder / "qrels.tsv",
    )


def test_the_report_has_every_mode_and_metric_with_intervals(
    home: Path, asked: tuple[Any, ...]
) -> None:
    report = as_json(home, "evaluate", *asked)

    assert (report["topics"], report["asked"], report["min_grade"]) == (3, 4, 1)
    assert list(report["modes"]) == ["hybrid", "keyword", "vector"]
    hybrid = report["modes"]["hybrid"]
    assert list(hybrid) == [*METRICS, "zero_result_rate", "overlap@10", "p50_ms"]
    assert (
        hybrid["MRR@10"]
        == hybrid["success@1"]
        == {"mean": 1.0, "low": 1.0, "high": 1.0}
    )
    assert hybrid["zero_result_rate"]["mean"] == 0.25
    assert "groups" not in report
    only = as_json(home, "evaluate", *asked, "--mode", "keyword", "--by-group")
    assert list(only["modes"]) == ["keyword"]
    assert list(only["groups"]) == ["title", "none"]


def test_the_tables_stand_on_stdout_and_the_words_on_stderr(
    home: Path, asked: tuple[Any, ...]
) -> None:
    done = kb(home, "evaluate", *asked, "--by-group")

    first, second = done.stdout.split("\n\n")
    assert first.splitlines()[0].split() == ["hybrid", "keyword", "vector"]
    assert [line.split()[0] for line in first.splitlines()[1:]] == [
        *(*METRICS, "zero_result_rate", "overlap@10", "p50_ms"),
    ]
    assert first.splitlines()[5].split()[:4] == [
        "MRR@10",
        "1.0000",
        "[1.0000,",
        "1.0000]",
    ]
    assert [line.split()[:3] for line in second.splitlines()[1:4:2]] == [
        *(["title", "3", "hybrid"], ["title", "3", "vector"]),
    ]
    assert second.splitlines()[4].split()[3:5] == ["–", "–"]
    assert "4 道题,其中 3 道有 1 级以上的标注" in done.stderr


def test_runs_that_were_written_measure_and_compare_as_the_product_did(
    home: Path, asked: tuple[Any, ...], tmp_path: Path
) -> None:
    out = tmp_path / "runs"
    report = as_json(home, "evaluate", *asked, "--run-out", out, "--depth", 20)

    assert sorted(path.name for path in out.iterdir()) == [
        "hybrid.run",
        "keyword.run",
        "vector.run",
    ]
    run = read_run(out / "keyword.run")
    assert run.tag.startswith("keyword-zh-legal-static@")
    assert max(len(ranking) for ranking in run.rankings.values()) == 20
    again = as_json(home, "evaluate", *asked, "--run", out / "keyword.run")["modes"][
        "keyword"
    ]
    for name in ("nDCG@10", "MRR@10", "success@1", "zero_result_rate", "overlap@10"):
        assert again[name] == report["modes"]["keyword"][name], name
    compared = as_json(
        home, "evaluate", *asked, "--compare", out / "keyword.run", out / "hybrid.run"
    )
    assert (
        compared["metrics"]["nDCG@10"]["a"]
        == report["modes"]["keyword"]["nDCG@10"]["mean"]
    )
    assert (
        compared["metrics"]["nDCG@10"]["b"]
        == report["modes"]["hybrid"]["nDCG@10"]["mean"]
    )
    assert all(value["text"] for value in compared["per_topic"]["values"])


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    texts = {
        "qrels": "q-1 0 a 1 # 理由\nq-2 0 b 2 # 理由\n",
        "topics": f"q-1\t{'很长的题目' * 30}\nq-2\t第二题\n",
        "first": "q-1 Q0 a 1 3 甲系统\nq-2 Q0 x 1 3 甲系统\n",
        "second": "q-1 Q0 a 1 9 乙\nq-2 Q0 b 1 9 乙\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    return {name: tmp_path / name for name in texts}


def test_two_runs_of_other_systems_are_compared_without_a_store(
    tmp_path: Path, files: dict[str, Path]
) -> None:
    call = (
        "evaluate",
        "--compare",
        files["first"],
        files["second"],
        "--qrels",
        files["qrels"],
    )
    done = kb(tmp_path / "nowhere", *call, "--topics", files["topics"], "--by-group")

    assert "first(甲系统)" in done.stdout and "second(乙)" in done.stdout
    row = next(
        line.split()
        for line in done.stdout.splitlines()
        if line.startswith("success@1")
    )
    assert row[:4] == ["success@1", "0.5000", "1.0000", "+0.5000"]
    assert "B 高 1 题,A 高 0 题,相同 1 题" in done.stdout
    assert "第二题" in done.stdout and "q(2 题)" in done.stdout
    assert "两者都有 1,只有 A 有 0,只有 B 有 1" in done.stdout
    assert "只有 B  q-2  b(2 级)" in done.stdout
    assert not (tmp_path / "nowhere").exists()
    bare = as_json(tmp_path, *call)
    assert "text" not in bare["per_topic"]["values"][0]


def test_a_run_that_lacks_topics_is_told_and_counts_them_as_unanswered(
    tmp_path: Path, files: dict[str, Path]
) -> None:
    files["first"].write_text("q-1 Q0 a 1 3 甲系统\n", "utf-8")

    done = kb(tmp_path, "evaluate", "--run", files["first"], "--qrels", files["qrels"])

    assert "没有 1 道题的结果,算作没有命中:q-2" in done.stderr
    assert (
        next(
            line.split()[1]
            for line in done.stdout.splitlines()
            if line.startswith("zero_result")
        )
        == "0.5000"
    )


@pytest.mark.parametrize(
    ("changed", "call", "said"),
    [
        (
            {"second": "q-1 Q0 a 1 3\n"},
            ("--compare", "first", "second", "--qrels", "qrels"),
            "second 第 1 行",
        ),
        ({"first": ""}, ("--run", "first", "--qrels", "qrels"), "first 中没有一行"),
        (
            {"qrels": "broken\n"},
            ("--run", "first", "--qrels", "qrels"),
            "qrels 第 1 行",
        ),
        (
            {},
            ("--topics", "topics", "topics", "--qrels", "qrels"),
            "topics 第 1 行的编号「q-1」前面已有",
        ),
        (
            {},
            ("--topics", "topics", "--topics", "topics", "--qrels", "qrels"),
            "前面已有",
        ),
        (
            {},
            ("--topics", "topics", "--qrels", "qrels", "qrels"),
            "qrels 第 1 行:编号「q-1」的文书「a」前面已有",
        ),
        ({}, ("--qrels", "qrels"), "缺少 --topics"),
        ({}, ("--topics", "topics"), "缺少 --qrels"),
        ({}, ("--compare", "first", "--qrels", "qrels"), "--compare 后面应有 2 个值"),
        (
            {},
            ("--compare", "first", "second", "--run", "first", "--qrels", "qrels"),
            "不能与",
        ),
        (
            {},
            ("--run", "first", "--mode", "keyword", "--qrels", "qrels"),
            "不能与 --mode",
        ),
        (
            {},
            ("--run", "first", "--run-out", "out", "--qrels", "qrels"),
            "不能与 --mode",
        ),
        (
            {},
            ("--topics", "topics", "--qrels", "qrels", "--run-out", "first"),
            "--run-out 应为目录",
        ),
        ({}, ("--run", "missing", "--qrels", "qrels"), "无法读取"),
        ({}, ("--run", "first", "--qrels", "qrels", "--depth", "0"), "应为 1 至"),
    ],
)
def test_bad_input_is_named_with_file_and_line_and_changes_nothing(
    tmp_path: Path,
    files: dict[str, Path],
    changed: dict[str, str],
    call: tuple[str, ...],
    said: str,
) -> None:
    for name, text in changed.items():
        files[name].write_text(text, "utf-8")
    names = {*files, "out", "missing"}

    done = kb(
        tmp_path / "fresh",
        "evaluate",
        *(tmp_path / c if c in names else c for c in call),
        status=1,
    )

    assert done.stdout == "" and said in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == set(files)


def test_graded_documents_that_are_not_in_the_store_are_told(
    home: Path, files: dict[str, Path]
) -> None:
    done = kb(
        home,
        "evaluate",
        "--topics",
        files["topics"],
        "--qrels",
        files["qrels"],
        "--mode",
        "keyword",
    )

    assert "2 件不在库中,算作没有找到:a、b" in done.stderr


def test_topics_without_any_graded_document_are_told(
    home: Path, files: dict[str, Path]
) -> None:
    call = (
        "--topics",
        files["topics"],
        "--qrels",
        files["qrels"],
        "--min-grade",
        3,
        "--mode",
        "keyword",
    )

    assert "没有一道题可评" in kb(home, "evaluate", *call).stderr


# -- a set of topics beside documents ----------------------------------------------------------


def test_a_set_of_topics_beside_documents_is_neither_added_nor_complained_of(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "in" / "evaluation"
    folder.mkdir(parents=True)
    (tmp_path / "in" / "a.txt").write_text("测试文本。", "utf-8")
    (tmp_path / "in" / "table.tsv").write_text("x\ty\n", "utf-8")
    (folder / "parts").mkdir()
    for name in ("topics.tsv", "qrels.tsv", "parts/one.tsv"):
        (folder / name).write_text("x\n", "utf-8")

    assert (
        "跳过 1 个不支持的文件:table.tsv"
        in kb(tmp_path / "home", "add", tmp_path / "in").stderr
    )
    (folder / "qrels.tsv").unlink()
    assert (
        "跳过 3 个不支持的文件" in kb(tmp_path / "home", "add", tmp_path / "in").stderr
    )


def test_the_starter_corpus_is_added_and_checked_without_complaint(
    tmp_path: Path,
) -> None:
    assert "跳过" not in kb(tmp_path / "home", "add", ROOT / "corpus", "--quiet").stderr
    assert as_json(tmp_path / "home", "check", ROOT / "corpus")["problems"] == []
