"""`kb purge` killed or hindered, and after what older versions left."""

import sqlite3
import subprocess
import sys

import pytest

from kb.commands import purging
from kb.store import Store
from tests.cli.purged import OPEN, SECRET, WANTED, Library, line, md
from tests.cli.running import ROOT, environment

STEPS = (
    "kb.commands.purging:_destroy",
    "kb.store.purging:Purging.replace_originals",
    "pathlib:Path.unlink",
    "kb.store.purging:Purging.destroy",
    "kb.store.purging:Purging.scrub",
    "kb.commands.purging:_forget_indexes",
    "shutil:rmtree",
    "search.searcher:Searcher.refresh",
    "kb.commands.purging:_Begun.end",
)
#: Runs `kb` and dies, as by SIGKILL, when it comes to one step.
DIES = """
import importlib, os, sys
from functools import reduce
module, _, name = sys.argv[1].partition(":")
*owners, last = name.split(".")
owner = reduce(getattr, owners, importlib.import_module(module))
setattr(owner, last, lambda *args, **options: os._exit(9))
from kb.__main__ import main
sys.exit(main(sys.argv[2:]))
"""


def kill(library: Library, step: str, *command: str) -> None:
    """Run a command that dies at a step."""
    died = subprocess.run(
        [sys.executable, "-c", DIES, step, *command],
        cwd=ROOT,
        env=environment(library.home),
        capture_output=True,
    )
    assert died.returncode == 9, died.stderr.decode()


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("way", ["corrected", "whole"])
def test_a_purge_killed_at_any_step_is_completed_by_the_same_command(
    library: Library, step: str, way: str
) -> None:
    library.add("many.jsonl", "\n".join([line("a", SECRET), line("b", "乙的内容")]))
    if way == "corrected":
        library.add("new.jsonl", line("a", OPEN))
    kill(library, step, "purge", "a", "--yes")

    library.kb("purge", "a", "--yes")

    assert library.traces(WANTED) == []
    assert sorted(library.slugs()) == (["a", "b"] if way == "corrected" else ["b"])
    assert not (library.home / "purge.unfinished").exists()
    assert library.is_sound()


def test_verify_names_a_purge_that_was_not_completed(library: Library) -> None:
    library.add("a.md", md(SECRET))
    kill(library, "kb.commands.purging:_forget_indexes", "purge", "a", "--yes")

    assert "上一次 kb purge 没有做完" in library.kb("verify")

    library.kb("purge", "a", "--yes")

    assert "没有做完" not in library.kb("verify")
    assert library.traces(WANTED) == []


def test_a_reader_that_keeps_the_log_busy_is_waited_for_and_then_told_of(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "WAIT_S", 0.05)
    library.add("a.md", md(SECRET))
    reader = sqlite3.connect(library.home / "kb.sqlite3")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM document").fetchone()

    told = library.kb("purge", "a", "--yes", status=2)
    reader.close()

    assert "其他进程正在读数据库" in told and "再次运行同一命令" in told
    library.kb("purge", "a", "--yes")
    assert library.traces(WANTED) == []
    assert library.is_sound()


def test_what_was_deleted_without_being_overwritten_goes_with_the_next_purge(
    library: Library,
) -> None:
    library.add("a.md", md(OPEN))
    library.add("b.md", md("乙").replace("slug: a", "slug: b"))
    conn = sqlite3.connect(library.home / "kb.sqlite3")
    conn.execute("PRAGMA secure_delete = OFF")
    conn.execute("INSERT INTO collection (title) VALUES (?)", [SECRET * 50])
    conn.commit()
    conn.execute("DELETE FROM collection WHERE title = ?", [SECRET * 50])
    conn.commit()
    conn.close()
    assert library.traces(WANTED)

    library.kb("purge", "b", "--yes")

    assert library.traces(WANTED) == []
    assert library.is_sound()


def test_what_is_deleted_is_overwritten_by_every_store_that_writes(
    library: Library,
) -> None:
    with Store(library.home) as store:
        assert store._conn.execute("PRAGMA secure_delete").fetchone()[0] == 1
