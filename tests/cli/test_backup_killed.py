"""`kb backup` and `kb restore` killed at any change they make to the disk."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kb import locks
from tests.cli.here import as_json, kb
from tests.cli.libraries import documents, whole
from tests.cli.running import ROOT, environment, lines

#: Runs commands in children that kill themselves at the n-th change they make to the disk.
KILLING = """
import json, os, signal, sys
from kb.__main__ import main
import kb.backup.making, kb.backup.restoring

def run(left, args):
    def hook(event, args):
        nonlocal left
        writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in ("os.rename", "os.mkdir", "os.rmdir", "os.remove"):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    return main(args)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os._exit(run(*json.loads(line)))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def killed() -> Iterator[Callable[..., int]]:
    """Return a function that runs a command and kills it before its n-th change to the disk; it
    returns the status.
    """
    with subprocess.Popen(
        [sys.executable, "-c", KILLING],
        cwd=ROOT,
        env=environment(Path("unused")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdin is not None and parent.stdout is not None
        yield lambda home, after, *args: _asked(
            parent, [after, ["--home", str(home), "--quiet", *map(str, args)]]
        )
        parent.stdin.close()


def _asked(parent: subprocess.Popen[str], request: list[Any]) -> int:
    assert parent.stdin is not None and parent.stdout is not None
    parent.stdin.write(json.dumps(request) + "\n")
    parent.stdin.flush()
    return int(parent.stdout.readline())


@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_restore_killed_at_any_change_leaves_the_old_or_the_new_library_or_goes_on(
    small: Path,
    saved: Path,
    tmp_path: Path,
    killed: Callable[..., int],
    is_replaced: bool,
) -> None:
    (tmp_path / "later.jsonl").write_text(lines(1, 9), "utf-8")
    new = documents(small)
    kb(small, "add", tmp_path / "later.jsonl", "--quiet")
    old = documents(small)
    seen: set[str] = set()
    for after in range(1000):
        home = tmp_path / f"killed-{after}"
        if is_replaced:
            shutil.copytree(small, home)
        status = killed(home, after, "restore", saved, "--replace")
        if status == 0:
            break
        assert status == -signal.SIGKILL
        seen.add(_outcome(home, old if is_replaced else {}))
        kb(home, "restore", saved, "--replace")
        assert whole(home) == new
        kept = [documents(aside) for aside in home.glob("replaced-*")]
        assert not is_replaced or old in kept
        shutil.rmtree(home)

    assert (status, seen) == (0, {"old", "refused"})
    assert documents(home) == new


def _outcome(home: Path, old: dict[str, Any]) -> str:
    if (home / locks.PENDING).exists():
        for command in (("search", "客户名单"), ("verify",), ("add", home)):
            told = kb(home, *command, status=2).stderr
            assert "恢复没有做完。请再次运行同一条 kb restore 命令" in told
        return "refused"
    there = documents(home) if (home / "kb.sqlite3").exists() else {}
    assert there == old
    return "old"


def test_a_backup_killed_at_any_change_leaves_no_backup_or_a_whole_one(
    small: Path, tmp_path: Path, killed: Callable[..., int]
) -> None:
    target = tmp_path / "backups" / "kb.zip"
    for after in range(1000):
        target.parent.mkdir()
        status = killed(small, after, "backup", target)
        if target.exists():
            shutil.rmtree(tmp_path / "other", ignore_errors=True)
            kb(tmp_path / "other", "restore", target)
        shutil.rmtree(target.parent)
        if status == 0:
            break

    assert status == 0 and after > 3
    assert documents(tmp_path / "other") == documents(small)


def test_an_interrupted_restore_is_gone_on_with_only_from_its_own_backup(
    small: Path, saved: Path, tmp_path: Path, killed: Callable[..., int]
) -> None:
    kb(small, "remove", "t-0", "--yes")
    kb(small, "backup", tmp_path / "other.zip")
    for after in range(1000):
        killed(small, after, "restore", saved, "--replace")
        if (small / locks.PENDING).exists():
            break

    assert (
        "请先用那一份备份"
        in kb(small, "restore", tmp_path / "other.zip", "--replace", status=2).stderr
    )
    kb(small, "restore", saved, "--replace")
    kb(small, "restore", tmp_path / "other.zip", "--replace")
    assert "t-0" not in documents(small)
    assert as_json(small, "verify")["wrong"] == []
