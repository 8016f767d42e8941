"""What `kb` shows on a terminal, and what it writes into a file meanwhile."""

import ast
import json
import os
import pty
import subprocess
import sys
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kb.commands.common import shown
from tests.cli.running import ROOT, as_json, environment, kb, lines


def on_a_terminal(home: Path, written: Path, *args: str) -> str:
    """Run `kb` with stderr on a terminal and stdout into a file; return what the terminal was sent."""
    terminal, end = pty.openpty()
    with written.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "kb", *args],
            cwd=ROOT,
            env=environment(home),
            stdin=end,
            stdout=file,
            stderr=end,
        )
    os.close(end)
    sent = b""
    with open(terminal, "rb", buffering=0) as reader:
        try:
            while part := reader.read(65536):
                sent += part
        except OSError:  # the other end is closed
            pass
    assert process.wait(timeout=60) == 0, sent.decode()
    return sent.decode()


def test_lines_for_a_file_reach_the_file_though_a_bar_is_shown(tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_text(lines(1200), "utf-8")

    seen = on_a_terminal(
        tmp_path / "data", tmp_path / "out.txt", "add", str(tmp_path / "many.jsonl")
    )

    told = (tmp_path / "out.txt").read_text("utf-8").splitlines()
    assert [line.split("\t")[1:3] for line in told] == [
        ["added", f"t-{n}"] for n in range(1200)
    ]
    assert "added" not in seen
    assert "收入文书 已处理 1,200 件" in seen
    assert "新增 1200 件" in seen


def test_output_closed_beside_a_terminal_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(lines(1), "utf-8")
    terminal, end = pty.openpty()

    done = subprocess.run(
        [
            "sh",
            "-c",
            'exec "$@" >&-',
            "sh",
            sys.executable,
            "-m",
            "kb",
            "add",
            str(tmp_path / "one.jsonl"),
        ],
        cwd=ROOT,
        env=environment(tmp_path / "data"),
        stdin=end,
        stderr=end,
        timeout=60,
    )
    os.close(end)
    sent = os.read(terminal, 65536).decode()
    os.close(terminal)

    assert "Traceback" not in sent
    assert done.returncode == 0


# -- characters that steer a terminal --------------------------------------------------------

#: What C0, DEL, C1, bidi controls, separators of lines and half characters there are, one or more of each.
STEERING = "\x00\x07\x08\x1b\x1f\x7f\x80\x9b\x9f\u061c\u200e\u202a\u202e\u2028\u2029\u2066\u2069\udc9b"


def steering(text: str) -> list[str]:
    """Return what in a text is a control character or the like; line feeds and tabs are not."""
    return [
        char
        for char in text
        if char not in "\n\t"
        and (unicodedata.category(char) in STEERED or char in STEERING)
    ]


STEERED = ("Cc", "Cs", "Zl", "Zp")


def test_whatever_would_steer_a_terminal_is_spelt_out() -> None:
    spelt = shown(f"甲{STEERING}\t\n\r乙 é😀")

    assert spelt == (
        r"甲\x00\x07\x08\x1b\x1f\x7f\x80\x9b\x9f\u061c\u200e\u202a\u202e\u2028\u2029\u2066\u2069\udc9b\x09\x0a\x0d乙 é😀"
    )


@given(st.text(st.characters()))
def test_no_text_whatever_steers_a_terminal(text: str) -> None:
    assert steering(shown(text)) == [] and not {"\n", "\t"} & set(shown(text))


def test_only_one_module_prints() -> None:
    printing = {
        path.name
        for path in [
            *(ROOT / "kb" / "commands").glob("*.py"),
            ROOT / "kb" / "__main__.py",
        ]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    }

    assert printing == {"common.py"}


HOSTILE = "\x1b]0;改了标题\x07\u202e文测\u2028\t\n\x9b31m"


def test_what_is_stored_steers_no_terminal_and_keeps_its_columns(
    tmp_path: Path,
) -> None:
    made = {
        "id": f"a\u202e{HOSTILE.translate(dict.fromkeys(range(32)))}",
        "title": f"测试文本{HOSTILE.translate({27: None, 7: None})}",
        "text": "测试文本,客户名单。\n\u202e\x9b31m\u2028第二行\t列。",
        "kind": "civil",
        "collection": "甲\u202e集",
        "authorities": ["法院\x9b2J\t\u2066"],
        "decided_on": "2099",
    }
    (tmp_path / "a.jsonl").write_text(
        json.dumps(made, ensure_ascii=False) + "\n", "utf-8"
    )
    home = tmp_path / "home"
    told = [kb(home, "add", tmp_path / "a.jsonl")]
    told += [
        kb(home, *command)
        for command in (("show", "1"), ("visibility", "1"), ("search", "客户名单"))
    ]
    told += [kb(home, "remove", "1", status=1), kb(home, "purge", "1", status=1)]

    for done in told:
        assert steering(done.stdout + done.stderr) == [], done.args
    rows = [told[n].stdout.splitlines() for n in (0, 2, 3)]
    assert [len(of) for of in rows] == [1, 1, 1]
    assert [of[0].count("\t") for of in rows] == [3, 1, 4]
    assert "\n\\u202e\\x9b31m\\u2028第二行\t列。\n" in told[1].stdout
    assert as_json(home, "show", "1")["title"] == made["title"].replace(
        "\u2028\t\n", " "
    )


def test_names_of_files_steer_no_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in (
        ("好\x1b[2J\u202e.txt", "测试文本。"),
        ("坏\n\x9b.txt", ""),
        ("不收\u2028\x07.xyz", "x"),
    ):
        (folder / name).write_text(text, "utf-8")
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff\x1b.txt"))).write_text(
        "测试文本,名称不是文字。", "utf-8"
    )

    added = kb(tmp_path / "home", "add", folder, status=1)
    checked = kb(tmp_path / "home", "check", folder, status=1)
    shown_ = kb(tmp_path / "home", "show", "\x1b[2J\u202e", status=1)
    half = subprocess.run(
        [sys.executable, "-m", "kb", "show", b"\xff\x1b"],
        cwd=ROOT,
        env=environment(tmp_path / "home"),
        capture_output=True,
        text=True,
    )
    report = as_json(tmp_path / "home", "add", folder, status=1)

    for done in (added, checked, shown_, half):
        assert steering(done.stdout + done.stderr) == []
    assert sorted(
        line.split("\t")[3].rsplit("/")[-1] for line in added.stdout.splitlines()
    ) == [
        r"\xff\x1b.txt",
        r"好\x1b[2J\u202e.txt",
    ]
    assert (
        r"坏\x0a\x9b.txt:文件是空的" in added.stderr
        and r"不收\u2028\x07.xyz" in added.stderr
    )
    assert (half.returncode, "没有编号或标识为" in half.stderr) == (1, True)
    assert sorted(Path(one["path"]).name for one in report["documents"]) == sorted(
        ["\\xff\x1b.txt", "坏\n\x9b.txt", "好\x1b[2J\u202e.txt"]
    )
