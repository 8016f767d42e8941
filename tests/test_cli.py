"""The `kb` command as people and scripts run it: a process, its status, its two outputs."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.store import Store
from kb.vocabulary import Visibility
from tests.conftest import CORPUS, SAMPLES

ROOT = Path(__file__).resolve().parent.parent
KINDS = ("administrative", "civil", "criminal", "foreign_case", "foreign_guide", "statute", "guidance")


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    return kept | {"KB_HOME": str(home), "PYTHONUTF8": "1"}


def kb(home: Path, *args: object, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "kb", *map(str, args)],
        cwd=ROOT,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == status, (args, done.returncode, done.stderr[-2000:])
    assert "Traceback" not in done.stderr
    return done


def as_json(home: Path, *args: object, status: int = 0) -> Any:
    return json.loads(kb(home, *args, "--json", status=status).stdout)


def lines(count: int, start: int = 0) -> str:
    made = (
        {
            "id": f"t-{n}",
            "title": f"测试文本{n}",
            "text": f"甲公司第{n}份客户名单被离职员工带走。\n未签保密协议。",
            "kind": "civil",
        }
        for n in range(start, start + count)
    )
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in made)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the criminal cases and the laws, to be read only."""
    folder = tmp_path_factory.mktemp("cli")
    kb(folder, "add", CORPUS / "cases" / "criminal", CORPUS / "laws", "--quiet")
    return folder


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return tmp_path / "fresh"


# -- the contract ------------------------------------------------------------------------


def test_search_answers_in_the_shape_that_is_the_contract(home: Path) -> None:
    answer = as_json(home, "search", "客户名单 刑法第二百一十九条", "--limit", 3, "--offset", 1, "--mode", "keyword")

    assert {"query", "mode", "total", "took_ms", "hits", "facets"} <= set(answer)
    assert {"text", "terms", "identifiers", "expanded"} <= set(answer["query"])
    assert answer["query"]["text"] == "客户名单 刑法第二百一十九条"
    assert answer["mode"] == "keyword"
    assert [hit["rank"] for hit in answer["hits"]] == [2, 3, 4]
    for hit in answer["hits"]:
        assert list(hit) == [
            *("rank", "score", "document_id", "slug", "title", "kind", "case_number", "authority", "region"),
            *("decided_on", "url", "reasons", "passages"),
        ]
        assert hit["kind"] in KINDS
        for passage in hit["passages"]:
            assert list(passage) == ["passage_id", "role", "text", "marks", "paragraph", "page"]
            assert all(0 <= start < end <= len(passage["text"]) for start, end in passage["marks"])
    assert dict(answer["facets"]["kind"])["criminal"] >= 3
    assert answer["total"] == sum(count for _, count in answer["facets"]["kind"])


@pytest.mark.parametrize("kind", ["criminal", "statute", "civil"])
def test_search_keeps_to_a_kind(home: Path, kind: str) -> None:
    answer = as_json(home, "search", "商业秘密", "--kind", kind, "--limit", 100)

    assert {hit["kind"] for hit in answer["hits"]} == ({kind} if kind != "civil" else set())


def test_search_filters_and_excludes_by_name_or_label(home: Path) -> None:
    included = as_json(home, "search", "商业秘密", "--filter", "地区=上海", "--limit", 100)
    excluded = as_json(home, "search", "商业秘密", "--exclude", "region=上海", "--limit", 100)

    assert included["total"] and all("上海" in hit["region"] for hit in included["hits"])
    assert not {hit["slug"] for hit in included["hits"]} & {hit["slug"] for hit in excluded["hits"]}


def test_search_without_json_prints_a_line_a_hit_and_words_to_stderr(home: Path) -> None:
    done = kb(home, "search", "第九条", "--limit", 4)

    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == ["1", "2", "3", "4"]
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
    assert (shown["slug"], shown["title"], shown["url"]) == (hit["slug"], hit["title"], hit["url"])
    assert shown["text"][shown["passages"][0]["start"] :].startswith(shown["text"][:5])
    assert shown["text"] in kb(home, "show", hit["slug"]).stdout


def test_similar_lists_others_with_reasons(home: Path) -> None:
    (hit,) = as_json(home, "search", "客户名单", "--limit", 1)["hits"]
    answer = as_json(home, "similar", hit["slug"], "--limit", 5)

    assert answer["slug"] == hit["slug"]
    assert len(answer["hits"]) == 5 and hit["slug"] not in {other["slug"] for other in answer["hits"]}
    assert all(other["reasons"] for other in answer["hits"])


def test_evaluate_reports_every_mode_with_intervals(home: Path, tmp_path: Path) -> None:
    hits = as_json(home, "search", "客户名单", "--limit", 3)["hits"]
    (tmp_path / "topics.tsv").write_text("".join(f"{n}\t{hit['title']}\n" for n, hit in enumerate(hits)), "utf-8")
    (tmp_path / "qrels.txt").write_text("".join(f"{n} 0 {hit['slug']} 1\n" for n, hit in enumerate(hits)), "utf-8")
    asked = ("evaluate", "--topics", tmp_path / "topics.tsv", "--qrels", tmp_path / "qrels.txt")

    report = as_json(home, *asked)
    assert report["topics"] == 3
    assert set(report["modes"]) == {"hybrid", "keyword", "vector"}
    assert report["modes"]["hybrid"]["MRR@10"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert [line.split("\t")[0] for line in kb(home, *asked).stdout.splitlines()] == [
        "mode",
        "hybrid",
        "keyword",
        "vector",
    ]
    (tmp_path / "qrels.txt").write_text("broken\n")
    assert "qrels.txt 第 1 行" in kb(home, *asked, status=1).stderr


# -- in and out --------------------------------------------------------------------------


def test_what_is_exported_and_added_elsewhere_is_the_same(home: Path, fresh: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.jsonl"
    kb(home, "export", "--output", out)
    assert kb(home, "export").stdout == out.read_text("utf-8")
    report = as_json(fresh, "add", out)
    kb(fresh, "export", "--output", tmp_path / "again.jsonl")

    before = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    after = [json.loads(line) for line in (tmp_path / "again.jsonl").read_text("utf-8").splitlines()]
    assert report["added"] == len(before) > 30 and report["failed"] == 0
    assert after == before
    slug = before[0]["id"]
    ours, theirs = as_json(home, "show", slug), as_json(fresh, "show", slug)
    for name in ("title", "kind", "collection", "visibility", "case_number", "authority", "text"):
        assert theirs[name] == ours[name], name
    assert theirs["metadata"] == ours["metadata"] | {"collection": ours["collection"]}


def test_a_bad_file_and_a_bad_line_are_named_and_the_others_are_added(fresh: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(SAMPLES / "encrypted.pdf", folder)
    shutil.copy(SAMPLES / "note.docx", folder)
    (folder / "many.jsonl").write_text(lines(2) + "{broken\n" + lines(1, start=2), "utf-8")
    (folder / "ignored.xyz").write_text("x")

    report = as_json(fresh, "add", folder, folder / "ignored.xyz", status=1)
    again = kb(fresh, "add", folder, status=1)

    assert {name: report[name] for name in ("added", "updated", "unchanged", "failed")} == {
        "added": 4,
        "updated": 0,
        "unchanged": 0,
        "failed": 3,
    }
    failed = {(Path(d["path"]).name, d["line"]): d["error"] for d in report["documents"] if d["status"] == "failed"}
    assert set(failed) == {("encrypted.pdf", None), ("many.jsonl", 3), ("ignored.xyz", None)}
    assert "encrypted.pdf:PDF 已加密" in again.stderr and "many.jsonl 第 3 行:" in again.stderr
    assert [line.split("\t")[1] for line in again.stdout.splitlines()] == ["unchanged"] * 4
    assert "新增 0 件,更新 0 件,未变 4 件,失败 2 件" in again.stderr
    assert as_json(fresh, "verify")["wrong"] == []


def test_check_finds_problems_and_stores_nothing(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(2), "utf-8")
    assert as_json(fresh, "check", tmp_path / "a.jsonl") == {"documents": 2, "problems": []}
    (tmp_path / "b.jsonl").write_text(lines(1) + '{"id": "x", "title": "无正文"}\n', "utf-8")

    report = as_json(fresh, "check", tmp_path, status=1)
    assert [Path(p["where"].split(" ")[0]).name for p in report["problems"]][0] == "b.jsonl"
    assert sum("标识 t-0 重复" in p["problem"] for p in report["problems"]) == 2
    assert not (fresh / "kb.sqlite3").exists()


def test_remove_asks_and_then_deletes(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(3), "utf-8")
    kb(fresh, "add", tmp_path / "a.jsonl", "--quiet")

    assert "--yes" in kb(fresh, "remove", "t-0", status=1).stderr
    assert as_json(fresh, "search", "客户名单")["total"] == 3
    kb(fresh, "remove", "t-0", "t-2", "--yes")
    assert [hit["slug"] for hit in as_json(fresh, "search", "客户名单")["hits"]] == ["t-1"]
    assert as_json(fresh, "verify")["wrong"] == []


def stored(home: Path) -> int:
    try:
        with sqlite3.connect(f"file:{home}/kb.sqlite3?mode=ro", uri=True) as conn:
            return int(conn.execute("SELECT count(*) FROM document").fetchone()[0])
    except sqlite3.Error:
        return -1


MOMENTS: dict[str, Callable[[Path], bool]] = {
    "as soon as there is a database": lambda home: stored(home) >= 0,
    "after the first documents": lambda home: stored(home) > 0,
    "half way": lambda home: stored(home) > 2000,
    "while the index is made": lambda home: any((home / "index" / "keyword").glob("i*")),
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_adding_killed_at_any_moment_verifies_clean_and_goes_on(
    fresh: Path, tmp_path: Path, moment: Callable[[Path], bool]
) -> None:
    count = 4000
    (tmp_path / "many.jsonl").write_text(lines(count), "utf-8")
    command = [sys.executable, "-m", "kb", "add", str(tmp_path / "many.jsonl"), "--quiet"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(fresh), stdout=subprocess.DEVNULL)
    while process.poll() is None and not moment(fresh):
        time.sleep(0.002)
    process.kill()
    assert process.wait() == -signal.SIGKILL, "the process was done before it could be killed"
    kept = stored(fresh)

    report = as_json(fresh, "verify")
    assert (report["wrong"], report["counts"]["document"]) == ([], kept)
    done = as_json(fresh, "add", tmp_path / "many.jsonl")
    assert (done["failed"], done["unchanged"], done["added"]) == (0, kept, count - kept)
    clean = as_json(fresh, "verify")
    assert (clean["wrong"], clean["mended"], clean["counts"]["document"]) == ([], [], count)
    assert as_json(fresh, "search", "第3999份", "--mode", "keyword", "--limit", 1)["hits"][0]["slug"] == "t-3999"


# -- statuses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        ("show", "no-such"),
        ("similar", "999999"),
        ("search", "x", "--filter", "colour=red"),
        ("search", "x", "--mode", "best"),
        ("search", "x", "--limit", "0"),
        ("search",),
        ("no-such-command",),
        ("add", "/no/such/file.md"),
        ("evaluate", "--topics", "/no/such", "--qrels", "/no/such"),
        ("export", "--output", "/no/such/folder/out.jsonl"),
        (),
    ],
)
def test_what_the_person_can_mend_is_status_1_with_words_on_stderr_alone(home: Path, call: tuple[str, ...]) -> None:
    done = kb(home, *call, status=1)

    assert done.stdout == ""
    assert any("一" <= char <= "鿿" for char in done.stderr)


def test_what_the_operator_must_mend_is_status_2(tmp_path: Path, home: Path) -> None:
    (tmp_path / "kb.sqlite3").write_bytes(b"not a database" * 100)
    assert "请从备份恢复" in kb(tmp_path, "search", "x", status=2).stderr

    done = subprocess.run(
        [sys.executable, "-m", "kb", "search", "x"],
        cwd=ROOT,
        env=environment(home) | {"KB_EMBEDDER": str(tmp_path / "no-model")},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")


def test_a_missing_original_is_found_by_verify(home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(home, copy)
    victim = next(path for path in sorted((copy / "files").rglob("*")) if path.is_file())
    victim.unlink()

    report = as_json(copy, "verify", status=2)
    assert len(report["wrong"]) == 1 and "原件缺失" in report["wrong"][0]


def test_a_fresh_folder_starts_empty(fresh: Path) -> None:
    answer = as_json(fresh, "search", "客户名单")

    assert (answer["total"], answer["hits"]) == (0, [])
    assert kb(fresh, "export").stdout == ""


def test_the_home_option_wins_over_the_environment(home: Path, fresh: Path) -> None:
    assert as_json(fresh, "search", "商业秘密", "--home", home)["total"] > 0
    assert not fresh.exists()


COMMANDS = ("add", "check", "remove", "search", "show", "similar", "evaluate", "export", "verify", "serve")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(tmp_path: Path, command: str) -> None:
    text = kb(tmp_path, command, "--help").stdout

    assert f"kb {command}" in text
    assert any("一" <= char <= "鿿" for char in text)
    assert command in kb(tmp_path, "--help").stdout


@pytest.mark.parametrize("call", ["search 商业秘密 --json --limit 100", "export", "show 1"])
def test_a_reader_that_has_seen_enough_is_no_error(home: Path, call: str) -> None:
    done = subprocess.run(
        f"set -o pipefail; {sys.executable} -m kb {call} | head -c 1",
        shell=True,
        executable="/bin/bash",
        cwd=ROOT,
        env=environment(home),
        capture_output=True,
    )

    assert (done.returncode, len(done.stdout)) == (0, 1)
    assert b"Traceback" not in done.stderr and b"BrokenPipe" not in done.stderr


def test_an_export_taken_back_is_the_same_library_part_by_part(fresh: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    kb(fresh, "add", ROOT / "corpus" / "guidance", ROOT / "corpus" / "laws", "--quiet")
    kb(fresh, "export", "--output", tmp_path / "all.jsonl")
    kb(other, "add", tmp_path / "all.jsonl", "--quiet")

    with Store(fresh, Visibility.RESTRICTED) as before, Store(other, Visibility.RESTRICTED) as after:
        for document_id in before.document_ids().tolist():
            first = before.document(document_id)
            assert first is not None
            second = after.document(first.head.slug)
            assert second is not None
            assert second.text == first.text
            assert [(s.role, s.heading, s.start, s.end) for s in second.sections] == [
                (s.role, s.heading, s.start, s.end) for s in first.sections
            ]
            assert second.citations == first.citations
            assert second.head.metadata.sources == first.head.metadata.sources


def test_a_busy_port_is_named_before_anything_is_promised(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = kb(home, "serve", "--port", port, status=2)

    assert f"无法在 127.0.0.1:{port} 监听" in done.stderr
    assert "提供服务" not in done.stderr


def test_files_of_a_folder_that_nothing_reads_are_named(fresh: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "a.txt").write_text("测试文本。", "utf-8")
    (folder / "b.exe").write_bytes(b"MZ")

    done = kb(fresh, "add", folder)

    assert "跳过 1 个不支持的文件:b.exe" in done.stderr


def test_a_refused_file_leaves_nothing_behind(fresh: Path) -> None:
    kb(fresh, "add", SAMPLES / "scan.pdf", status=1)

    assert not list((fresh / "files").rglob("*")) if (fresh / "files").exists() else True


def test_help_speaks_chinese(home: Path) -> None:
    text = kb(home, "search", "--help").stdout

    assert "用法:" in text and "选项:" in text
    assert not {"usage", "options:", "positional", "show this"} & set(text.split())
