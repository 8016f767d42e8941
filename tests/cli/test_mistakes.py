"""What is said, and which status is left with, when something is wrong."""

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.settings import Settings
from kb.store import Store
from kb.vocabulary import Visibility
from tests.cli.running import ROOT, as_json, environment, kb
from tests.conftest import SAMPLES
from web import create_app


@pytest.mark.parametrize(
    "call",
    [
        ("show", "no-such"),
        ("similar", "999999"),
        ("search", "x", "--filter", "colour=red"),
        ("search", "x", "--mode", "best"),
        ("search", "x", "--sort", "best"),
        ("search", "x", "--limit", "0"),
        ("search",),
        ("no-such-command",),
        ("add", "/no/such/file.md"),
        ("evaluate", "--topics", "/no/such", "--qrels", "/no/such"),
        ("export", "--output", "/no/such/folder/out.jsonl"),
        (),
    ],
)
def test_what_the_person_can_mend_is_status_1_with_words_on_stderr_alone(
    home: Path, call: tuple[str, ...]
) -> None:
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
    victim = next(
        path for path in sorted((copy / "files").rglob("*")) if path.is_file()
    )
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


COMMANDS = (
    *("add", "check", "remove", "visibility", "purge"),
    *(
        "search",
        "show",
        "similar",
        "evaluate",
        "export",
        "verify",
        "quarantine",
        "serve",
    ),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(tmp_path: Path, command: str) -> None:
    text = kb(tmp_path, command, "--help").stdout

    assert f"kb {command}" in text
    assert any("一" <= char <= "鿿" for char in text)
    assert command in kb(tmp_path, "--help").stdout


@pytest.mark.parametrize(
    "call", ["search 商业秘密 --json --limit 100", "export", "show 1"]
)
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


def test_an_export_taken_back_is_the_same_library_part_by_part(
    fresh: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    kb(fresh, "add", ROOT / "corpus" / "guidance", ROOT / "corpus" / "laws", "--quiet")
    kb(fresh, "export", "--output", tmp_path / "all.jsonl")
    kb(other, "add", tmp_path / "all.jsonl", "--quiet")

    with (
        Store(fresh, Visibility.RESTRICTED) as before,
        Store(other, Visibility.RESTRICTED) as after,
    ):
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


def test_files_of_a_folder_that_nothing_reads_are_named(
    fresh: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "a.txt").write_text("测试文本。", "utf-8")
    (folder / "b.exe").write_bytes(b"MZ")

    done = kb(fresh, "add", folder)

    assert "跳过 1 个不支持的文件:b.exe" in done.stderr


def test_a_refused_file_leaves_nothing_behind(fresh: Path) -> None:
    kb(fresh, "add", SAMPLES / "scan.pdf", status=1)

    assert (
        not list((fresh / "files").rglob("*")) if (fresh / "files").exists() else True
    )


def test_help_speaks_chinese(home: Path) -> None:
    text = kb(home, "search", "--help").stdout

    assert "用法:" in text and "选项:" in text
    assert not {"usage", "options:", "positional", "show this"} & set(text.split())


@pytest.mark.parametrize("command", [("verify",), ("search", "商业秘密"), ("export",)])
def test_a_damaged_database_is_told_in_words(
    home: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    copy = Path(shutil.copytree(home, tmp_path / "copy"))
    data = bytearray((copy / "kb.sqlite3").read_bytes())
    half = len(data) // 2
    for start in range(half, len(data) - 4096, 4096):
        data[start : start + 1024] = b"\xa5" * 1024
    (copy / "kb.sqlite3").write_bytes(data)

    done = kb(copy, *command, status=2)

    assert "数据库已损坏" in done.stderr and "请从备份恢复" in done.stderr


def test_fields_of_another_shape_are_kept_and_told_of_three_times(
    home: Path, tmp_path: Path
) -> None:
    made = [
        {
            "id": f"t-{n}",
            "title": "测试文本",
            "text": f"第{n}件。",
            "kind": "civil",
            "amounts": "10万元",
        }
        for n in range(5)
    ]
    (tmp_path / "odd.jsonl").write_text(
        "\n".join(json.dumps(line, ensure_ascii=False) for line in made), "utf-8"
    )

    told = kb(tmp_path / "data", "add", tmp_path / "odd.jsonl").stderr

    assert told.count("行:提醒:字段 amounts 不是本库的写法") == 3
    assert "另有 2 件同样提醒" in told
    shown = as_json(tmp_path / "data", "show", "t-0")
    assert "10万元" in json.dumps(shown, ensure_ascii=False)


def test_checking_a_folder_names_what_it_skips(home: Path, tmp_path: Path) -> None:
    (tmp_path / "old.exe").write_bytes(b"x")

    assert (
        "跳过 1 个不支持的文件:old.exe" in kb(home, "check", tmp_path, status=1).stderr
    )


@pytest.mark.parametrize("command", ["add", "check"])
def test_documents_of_a_folder_that_cannot_be_read_are_named_with_what_to_do(
    fresh: Path, tmp_path: Path, command: str
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "a.txt").write_text("测试文本。", "utf-8")
    for name in ("b.doc", "c.wps", "d.ofd", "e.rtf"):
        (folder / name).write_bytes(b"\xd0\xcf\x11\xe0")
    (folder / "f.doc").write_text("<html><p>测试文本二。</p></html>", "utf-8")
    (folder / "~$b.docx").write_bytes(b"\x05owner")

    done = kb(fresh, command, folder, status=1)

    said = done.stdout + done.stderr
    for name, advice in (
        ("b.doc", "旧版 Word 文档(.doc)暂不能读取。请在 WPS 或 Word 中另存为 .docx"),
        ("c.wps", "WPS 文档(.wps)暂不能读取。请另存为 .docx"),
        (
            "d.ofd",
            "版式文件(.ofd)暂不能读取。请在 OFD 阅读器或 WPS 中另存为 PDF(要有文字层)或 .docx",
        ),
        ("e.rtf", "RTF 文档(.rtf)暂不能读取。请在 WPS 或 Word 中另存为 .docx"),
        ("f.doc", "扩展名是 .doc,内容是网页,已按网页读出"),
    ):
        assert any(name in line and advice in line for line in said.splitlines()), name
    assert "跳过" not in said and "~$" not in said


def test_digits_name_a_number_before_a_slug_in_an_address_and_either_on_the_command_line(
    tmp_path: Path,
) -> None:
    made = [
        {"id": slug, "title": f"测试{slug}", "text": f"{slug}。", "kind": "civil"}
        for slug in ("a", "1", "77")
    ]
    (tmp_path / "d.jsonl").write_text(
        "\n".join(json.dumps(line, ensure_ascii=False) for line in made), "utf-8"
    )
    kb(tmp_path / "data", "add", tmp_path / "d.jsonl")
    with TestClient(create_app(Settings(home=tmp_path / "data"))) as client:
        for key, named, title in (
            ("1", "编号:1", "测试a"),
            ("77", "77", "测试77"),
            ("a", "a", "测试a"),
        ):
            assert as_json(tmp_path / "data", "show", named)["title"] == title
            assert f"<h1>{title}</h1>" in client.get(f"/documents/{key}").text


def test_removing_asks_on_stderr_and_answers_in_json(
    home: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(home, tmp_path / "copy"))
    slug = as_json(copy, "search", "商业秘密", "--limit", 1)["hits"][0]["slug"]

    assert [
        gone["slug"] for gone in as_json(copy, "remove", slug, "--yes")["removed"]
    ] == [slug]
    assert "确定删除" in kb(home, "remove", slug, status=1).stderr


@pytest.mark.parametrize("command", ["export", "search 商业秘密"])
def test_output_that_cannot_be_written_is_told_in_words(
    home: Path, command: str
) -> None:
    with Path("/dev/full").open("wb") as out:
        full = subprocess.run(
            [sys.executable, "-m", "kb", *command.split()],
            cwd=ROOT,
            env=environment(home),
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    ascii_ = subprocess.run(
        [sys.executable, "-m", "kb", *command.split()],
        cwd=ROOT,
        env=environment(home) | {"PYTHONIOENCODING": "ascii:strict"},
        capture_output=True,
        timeout=60,
    )

    assert full.returncode == ascii_.returncode == 2
    assert (
        "无法写出(No space left on device)" in full.stderr
        and "Traceback" not in full.stderr
    )
    assert b"Traceback" not in ascii_.stderr and b"PYTHONUTF8=1" in ascii_.stderr
