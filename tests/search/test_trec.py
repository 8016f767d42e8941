from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kb.errors import InvalidDocument, UnreadableFile, UserError
from search.trec import (
    Qrel,
    Run,
    read_qrel_lines,
    read_qrels,
    read_run,
    read_topics,
    write_runs,
)


def test_topics_and_qrels_are_read(tmp_path: Path) -> None:
    (tmp_path / "topics.tsv").write_text(
        "\ufeff1\t离职 员工\n\n2\t配方\t图纸\n", "utf-8"
    )
    (tmp_path / "qrels.txt").write_text("1 0 a 2\n1 0 b 0\n2\tQ0\tc\t-1\n", "utf-8")

    assert read_topics(tmp_path / "topics.tsv") == {"1": "离职 员工", "2": "配方\t图纸"}
    assert read_qrels(tmp_path / "qrels.txt") == {"1": {"a": 2, "b": 0}, "2": {"c": -1}}


def test_a_long_topic_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "topics.tsv").write_text(f"1\t{'长' * 5000}\n", "utf-8")

    assert read_topics(tmp_path / "topics.tsv") == {"1": "长" * 5000}


def test_a_line_of_qrels_may_end_in_a_reason(tmp_path: Path) -> None:
    (tmp_path / "qrels.tsv").write_text(
        "1 0 a 2 # 同一 #手段\n1 0 c#1 1\t#\n1 0 b 0\n", "utf-8"
    )

    assert read_qrel_lines(tmp_path / "qrels.tsv") == [
        Qrel("1", "a", 2, "同一 #手段", "qrels.tsv 第 1 行"),
        Qrel("1", "c#1", 1, "", "qrels.tsv 第 2 行"),
        Qrel("1", "b", 0, "", "qrels.tsv 第 3 行"),
    ]


def test_several_files_are_read_as_one_and_an_id_met_twice_is_named(
    tmp_path: Path,
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("1\t甲\n", "utf-8")
    second.write_text("2\t乙\n", "utf-8")
    assert list(read_topics(first, second)) == ["1", "2"]
    second.write_text("2\t乙\n1\t丙\n", "utf-8")
    with pytest.raises(InvalidDocument, match="second 第 2 行的编号「1」"):
        read_topics(first, second)

    first.write_text("1 0 a 1\n", "utf-8")
    second.write_text("1 0 b 1\n", "utf-8")
    assert read_qrels(first, second) == {"1": {"a": 1, "b": 1}}
    second.write_text("\n1 0 a 1\n", "utf-8")
    with pytest.raises(InvalidDocument, match="second 第 2 行:编号「1」的文书「a」"):
        read_qrels(first, second)


@pytest.mark.parametrize(
    "line", ["只有文字", "\t文字", "3\t", "3\t  ", "1\t重复的编号"]
)
def test_a_bad_topic_is_named_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "topics.tsv"
    path.write_text(f"1\t离职\u2028员工\n\n{line}\n", "utf-8")

    with pytest.raises(InvalidDocument, match=r"topics\.tsv 第 3 行"):
        read_topics(path)


@pytest.mark.parametrize(
    "line",
    [
        "1 0 b",
        "1 0 b 1 extra",
        "1 0 b x",
        "1 0 b --1",
        "1 0 b ²",
        "1 0 b 1.5",
        "1 0 b 1# 理由",
        "# 说明",
    ],
)
def test_a_bad_line_of_qrels_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "qrels.txt"
    path.write_text(f"1 0 a 1\n{line}\n", "utf-8")

    with pytest.raises(InvalidDocument, match=r"qrels\.txt 第 2 行"):
        read_qrels(path)


@pytest.mark.parametrize("read", [read_topics, read_qrels, read_run])
def test_a_file_that_is_no_text_or_not_there_is_named(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    (tmp_path / "bytes").write_bytes("编号".encode("gb18030"))
    for name in ("bytes", "missing"):
        with pytest.raises(UnreadableFile, match=name):
            read(tmp_path / name)


# -- runs ------------------------------------------------------------------------------------


def test_a_run_is_ordered_by_score_then_rank_then_place(tmp_path: Path) -> None:
    (tmp_path / "r").write_text(
        "1 Q0 low 1 0.5 sys\n1 Q0 high 9 2e1 sys\n1 Q0 tie3 4 0.5 sys\n2 0 b 1 -1 sys\n1 Q0 tie2 3 0.5 sys\n"
    )

    run = read_run(tmp_path / "r")

    assert run.tag == "sys"
    assert run.documents("1") == ["high", "low", "tie2", "tie3"]
    assert (run.documents("2"), run.documents("3")) == (["b"], [])


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("1 Q0 b 2 0.5", "现有 5 栏"),
        ("1 Q0 b 2 0.5 sys more", "现有 7 栏"),
        ("1 Q0 b zwei 0.5 sys", "名次「zwei」"),
        ("1 Q0 b 2.5 0.5 sys", "名次「2.5」"),
        ("1 Q0 b -2 0.5 sys", "名次「-2」"),
        ("1 Q0 b 2 hoch sys", "得分「hoch」"),
        ("1 Q0 b 2 nan sys", "得分「nan」"),
        ("1 Q0 b 2 inf sys", "得分「inf」"),
        ("1 Q0 a 2 0.5 sys", "文书「a」前面已有"),
    ],
)
def test_a_bad_line_of_a_run_is_named(tmp_path: Path, line: str, named: str) -> None:
    (tmp_path / "my.run").write_text(f"1 Q0 a 1 0.9 sys\n{line}\n", "utf-8")

    with pytest.raises(InvalidDocument, match=r"my\.run 第 2 行") as error:
        read_run(tmp_path / "my.run")
    assert named in str(error.value)


def test_an_empty_run_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "my.run").write_text("\n")

    with pytest.raises(InvalidDocument, match=r"my\.run"):
        read_run(tmp_path / "my.run")


def test_what_is_written_is_read_back_in_the_same_order_even_in_single_precision(
    tmp_path: Path,
) -> None:
    ties = [
        ("a", 1e9),
        ("b", 1e9 - 1),
        ("c", 0.25),
        ("d", 0.25),
        ("e", 0.25 - 1e-12),
        ("f", 0.0),
        ("g", 0.0),
    ]
    run = Run("hybrid-my model@1", {"t-1": ties, "t-2": [], "t-3": [("z", 0.5)]})

    (path,) = write_runs(tmp_path / "new" / "folder", {"hybrid": run}, depth=100)

    cells = [line.split(" ") for line in path.read_text("utf-8").splitlines()]
    assert path == tmp_path / "new" / "folder" / "hybrid.run"
    assert [c[:4] for c in cells[:2]] == [
        ["t-1", "Q0", "a", "1"],
        ["t-1", "Q0", "b", "2"],
    ]
    assert {c[5] for c in cells} == {"hybrid-my_model@1"}
    scores = np.array([float(c[4]) for c in cells[:7]], dtype=np.float32)
    assert (np.diff(scores) < 0).all()
    assert read_run(path).documents("t-1") == [document for document, _ in ties]
    assert np.allclose(
        [score for _, score in read_run(path).rankings["t-1"]], [s for _, s in ties]
    )


def test_a_run_is_written_to_the_depth_asked(tmp_path: Path) -> None:
    run = Run("t", {"1": [(f"d{n}", -n) for n in range(20)], "2": [("d", 1.0)]})

    (path,) = write_runs(tmp_path, {"keyword": run}, depth=3)

    assert read_run(path).documents("1") == ["d0", "d1", "d2"]


@pytest.mark.parametrize("bad", [{"a b": [("d", 1.0)]}, {"a": [("d\u3000e", 1.0)]}])
def test_an_id_with_white_space_is_refused_and_nothing_is_written(
    tmp_path: Path, bad: dict[str, list[tuple[str, float]]]
) -> None:
    with pytest.raises(UserError, match="空白"):
        write_runs(
            tmp_path / "out",
            {"hybrid": Run("t", {"1": [("d", 1.0)]}), "keyword": Run("t", bad)},
            depth=10,
        )

    assert not (tmp_path / "out").exists()


def test_runs_are_written_all_or_not_at_all(tmp_path: Path) -> None:
    run = Run("t", {"1": [("new", 1.0)]})
    (tmp_path / "hybrid.run").write_text("old")
    (tmp_path / "keyword.run").mkdir()
    with pytest.raises(UserError, match=r"keyword\.run"):
        write_runs(tmp_path, {"hybrid": run, "keyword": run}, depth=10)

    assert (tmp_path / "hybrid.run").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "hybrid.run",
        "keyword.run",
    ]
    with pytest.raises(UserError, match="无法写入"):
        write_runs(tmp_path / "hybrid.run", {"hybrid": run}, depth=10)
