"""Every command on a whole library."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kb.commands import options
from search import request
from tests.cli.running import KINDS, ROOT, as_json, environment, kb, lines
from tests.conftest import SAMPLES


def test_search_answers_in_the_shape_that_is_the_contract(home: Path) -> None:
    answer = as_json(
        home,
        "search",
        "客户名单 刑法第二百一十九条",
        "--limit",
        3,
        "--offset",
        1,
        "--mode",
        "keyword",
    )

    assert {"query", "mode", "total", "took_ms", "hits", "facets"} <= set(answer)
    assert {"text", "terms", "identifiers", "expanded"} <= set(answer["query"])
    assert answer["query"]["text"] == "客户名单 刑法第二百一十九条"
    assert answer["mode"] == "keyword"
    assert [hit["rank"] for hit in answer["hits"]] == [2, 3, 4]
    for hit in answer["hits"]:
        assert list(hit) == [
            *(
                "rank",
                "score",
                "document_id",
                "slug",
                "title",
                "kind",
                "case_number",
                "authority",
                "region",
            ),
            *("decided_on", "url", "reasons", "because", "passages"),
        ]
        assert hit["kind"] in KINDS
        for passage in hit["passages"]:
            assert list(passage) == [
                "passage_id",
                "role",
                "text",
                "marks",
                "paragraph",
                "page",
            ]
            assert all(
                0 <= start < end <= len(passage["text"])
                for start, end in passage["marks"]
            )
    assert dict(answer["facets"]["kind"])["criminal"] >= 3
    assert answer["total"] == sum(count for _, count in answer["facets"]["kind"])


@pytest.mark.parametrize("kind", ["criminal", "statute", "civil"])
def test_search_keeps_to_a_kind(home: Path, kind: str) -> None:
    answer = as_json(home, "search", "商业秘密", "--kind", kind, "--limit", 100)

    assert {hit["kind"] for hit in answer["hits"]} == (
        {kind} if kind != "civil" else set()
    )


def test_search_filters_and_excludes_by_name_or_label(home: Path) -> None:
    included = as_json(
        home, "search", "商业秘密", "--filter", "地区=上海", "--limit", 100
    )
    excluded = as_json(
        home, "search", "商业秘密", "--exclude", "region=上海", "--limit", 100
    )

    assert included["total"] and all(
        "上海" in hit["region"] for hit in included["hits"]
    )
    assert not {hit["slug"] for hit in included["hits"]} & {
        hit["slug"] for hit in excluded["hits"]
    }


def test_search_without_json_prints_a_line_a_hit_and_words_to_stderr(
    home: Path,
) -> None:
    done = kb(home, "search", "第九条", "--limit", 4)

    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == [
        "1",
        "2",
        "3",
        "4",
    ]
    assert "是哪部法律" in done.stderr and "件,用时" in done.stderr


def test_a_query_of_broken_bytes_is_answered(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kb", "search", b"\xff\xfe", "--json"],
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
    )

    assert (done.returncode, json.loads(done.stdout)["mode"]) == (0, "hybrid")


def test_show_gives_the_document_by_slug_or_number(home: Path) -> None:
    (hit,) = as_json(home, "search", "客户名单", "--limit", 1)["hits"]
    shown = as_json(home, "show", hit["slug"])

    assert shown == as_json(home, "show", hit["document_id"])
    assert (shown["slug"], shown["title"], shown["url"]) == (
        hit["slug"],
        hit["title"],
        hit["url"],
    )
    assert shown["text"][shown["passages"][0]["start"] :].startswith(shown["text"][:5])
    assert shown["text"] in kb(home, "show", hit["slug"]).stdout


def test_similar_lists_others_with_reasons(home: Path) -> None:
    (hit,) = as_json(home, "search", "客户名单", "--limit", 1)["hits"]
    answer = as_json(home, "similar", hit["slug"], "--limit", 5)

    assert answer["slug"] == hit["slug"]
    assert len(answer["hits"]) == 5 and hit["slug"] not in {
        other["slug"] for other in answer["hits"]
    }
    assert all(other["reasons"] for other in answer["hits"])


# -- in and out --------------------------------------------------------------------------


def test_what_is_exported_and_added_elsewhere_is_the_same(
    home: Path, fresh: Path, tmp_path: Path
) -> None:
    out = tmp_path / "all.jsonl"
    kb(home, "export", "--output", out)
    assert kb(home, "export").stdout == out.read_text("utf-8")
    report = as_json(fresh, "add", out)
    kb(fresh, "export", "--output", tmp_path / "again.jsonl")

    before = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    after = [
        json.loads(line)
        for line in (tmp_path / "again.jsonl").read_text("utf-8").splitlines()
    ]
    assert report["added"] == len(before) > 30 and report["failed"] == 0
    assert after == before
    slug = before[0]["id"]
    ours, theirs = as_json(home, "show", slug), as_json(fresh, "show", slug)
    for name in (
        "title",
        "kind",
        "collection",
        "visibility",
        "case_number",
        "authority",
        "text",
    ):
        assert theirs[name] == ours[name], name
    assert theirs["metadata"] == ours["metadata"] | {"collection": ours["collection"]}


def test_a_bad_file_and_a_bad_line_are_named_and_the_others_are_added(
    fresh: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(SAMPLES / "encrypted.pdf", folder)
    shutil.copy(SAMPLES / "note.docx", folder)
    (folder / "many.jsonl").write_text(
        lines(2) + "{broken\n" + lines(1, start=2), "utf-8"
    )
    (folder / "ignored.xyz").write_text("x")

    report = as_json(fresh, "add", folder, folder / "ignored.xyz", status=1)
    again = kb(fresh, "add", folder, status=1)

    assert {
        name: report[name] for name in ("added", "updated", "unchanged", "failed")
    } == {
        "added": 4,
        "updated": 0,
        "unchanged": 0,
        "failed": 3,
    }
    failed = {
        (Path(d["path"]).name, d["line"]): d["error"]
        for d in report["documents"]
        if d["status"] == "failed"
    }
    assert set(failed) == {
        ("encrypted.pdf", None),
        ("many.jsonl", 3),
        ("ignored.xyz", None),
    }
    assert (
        "encrypted.pdf:PDF 已加密" in again.stderr
        and "many.jsonl 第 3 行:" in again.stderr
    )
    assert [line.split("\t")[1] for line in again.stdout.splitlines()] == [
        "unchanged"
    ] * 4
    assert "新增 0 件,更新 0 件,未变 4 件,失败 2 件" in again.stderr
    assert as_json(fresh, "verify")["wrong"] == []


def test_check_finds_problems_and_stores_nothing(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(2), "utf-8")
    assert as_json(fresh, "check", tmp_path / "a.jsonl") == {
        "documents": 2,
        "problems": [],
    }
    (tmp_path / "b.jsonl").write_text(
        lines(1) + '{"id": "x", "title": "无正文"}\n', "utf-8"
    )

    report = as_json(fresh, "check", tmp_path, status=1)
    assert [Path(p["where"].split(" ")[0]).name for p in report["problems"]][
        0
    ] == "b.jsonl"
    assert sum("标识 t-0 重复" in p["problem"] for p in report["problems"]) == 2
    assert not (fresh / "kb.sqlite3").exists()


def test_remove_asks_and_then_deletes(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(3), "utf-8")
    kb(fresh, "add", tmp_path / "a.jsonl", "--quiet")

    assert "--yes" in kb(fresh, "remove", "t-0", status=1).stderr
    assert as_json(fresh, "search", "客户名单")["total"] == 3
    kb(fresh, "remove", "t-0", "t-2", "--yes")
    assert [hit["slug"] for hit in as_json(fresh, "search", "客户名单")["hits"]] == [
        "t-1"
    ]
    assert as_json(fresh, "verify")["wrong"] == []


def test_expansions_are_told_on_stderr_and_can_be_refused(home: Path) -> None:
    wide = kb(home, "search", "客户信息")
    plain = kb(home, "search", "客户信息", "--no-expand")

    assert "已扩展:客户信息→" in wide.stderr
    assert "已扩展" not in plain.stderr
    assert as_json(home, "search", "客户信息", "--no-expand")["query"]["expanded"] == []


def test_a_bad_line_of_the_thesaurus_is_named_and_nothing_is_answered(
    home: Path, tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("客户名单, 客户信息\n跳槽\n", "utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "kb", "search", "x"],
        cwd=ROOT,
        env=environment(home) | {"KB_THESAURUS": str(words)},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert f"{words} 第 2 行" in done.stderr


def test_the_ways_to_search_are_those_the_searcher_knows() -> None:
    assert (options.MODES, options.SORTS) == (request.MODES, request.SORTS)
