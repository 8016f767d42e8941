"""`kb add` killed at any moment."""

import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import ROOT, as_json, environment, lines


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
    "while the index is made": lambda home: any(
        (home / "index" / "public" / "keyword").glob("i*")
    ),
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_adding_killed_at_any_moment_verifies_clean_and_goes_on(
    fresh: Path, tmp_path: Path, moment: Callable[[Path], bool]
) -> None:
    count = 4000
    (tmp_path / "many.jsonl").write_text(lines(count), "utf-8")
    command = [
        sys.executable,
        "-m",
        "kb",
        "add",
        str(tmp_path / "many.jsonl"),
        "--quiet",
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(fresh), stdout=subprocess.DEVNULL
    )
    while process.poll() is None and not moment(fresh):
        time.sleep(0.002)
    process.kill()
    assert process.wait() == -signal.SIGKILL, (
        "the process was done before it could be killed"
    )
    kept = stored(fresh)

    report = as_json(fresh, "verify")
    assert (report["wrong"], report["counts"]["document"]) == ([], kept)
    done = as_json(fresh, "add", tmp_path / "many.jsonl")
    assert (done["failed"], done["unchanged"], done["added"]) == (0, kept, count - kept)
    clean = as_json(fresh, "verify")
    assert (clean["wrong"], clean["mended"], clean["counts"]["document"]) == (
        [],
        [],
        count,
    )
    assert (
        as_json(fresh, "search", "第3999份", "--mode", "keyword", "--limit", 1)["hits"][
            0
        ]["slug"]
        == "t-3999"
    )


# -- statuses ----------------------------------------------------------------------------
