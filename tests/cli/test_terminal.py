"""What `kb` shows on a terminal, and what it writes into a file meanwhile."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.cli.running import ROOT, environment, lines


def on_a_terminal(home: Path, written: Path, *args: str) -> str:
    """Run `kb` with stderr on a terminal and stdout into a file; return what the terminal was sent."""
    terminal, end = pty.openpty()
    with written.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "kb", *args], cwd=ROOT, env=environment(home), stdin=end, stdout=file, stderr=end
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

    seen = on_a_terminal(tmp_path / "data", tmp_path / "out.txt", "add", str(tmp_path / "many.jsonl"))

    told = (tmp_path / "out.txt").read_text("utf-8").splitlines()
    assert [line.split("\t")[1:3] for line in told] == [["added", f"t-{n}"] for n in range(1200)]
    assert "added" not in seen
    assert "收入文书 已处理 1,200 件" in seen
    assert "新增 1200 件" in seen


def test_output_closed_beside_a_terminal_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text(lines(1), "utf-8")
    terminal, end = pty.openpty()

    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "kb", "add", str(tmp_path / "one.jsonl")],
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
