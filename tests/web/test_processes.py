"""Several processes behind one port: one that dies is replaced, and all end together."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.store import Store
from kb.vocabulary import Visibility
from tests.web.serving import Server, serving


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    Store(made, Visibility.RESTRICTED).close()
    return made


def children(parent: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(parent)], capture_output=True, text=True)
    return sorted(map(int, found.stdout.split()))


def parent_of(server: Server) -> int:
    found = subprocess.run(["pgrep", "-of", f"serve --port {server.port}"], capture_output=True, text=True)
    return int(found.stdout.split()[0])


def until(holds: Callable[[], bool]) -> bool:
    for _ in range(600):
        if holds():
            return True
        time.sleep(0.1)
    return False


def test_a_process_that_is_killed_is_replaced_and_pages_are_answered_meanwhile(home: Path, tmp_path: Path) -> None:
    with serving(home, tmp_path, {"KB_WORKERS": 3}) as server:
        parent = parent_of(server)
        before = children(parent)
        os.kill(before[0], signal.SIGKILL)
        answers = [server.get("/about") for _ in range(5)]

        assert len(before) == 3
        assert {answer.partition("\r\n")[0] for answer in answers} == {"HTTP/1.1 200 OK"}
        assert until(lambda: len(children(parent)) == 3 and before[0] not in children(parent))


def test_all_processes_end_with_their_parent_when_told_to_stop(home: Path, tmp_path: Path) -> None:
    with serving(home, tmp_path, {"KB_WORKERS": 2}) as server:
        parent = parent_of(server)
        made = children(parent)
        assert server.get("/about").startswith("HTTP/1.1 200")

    assert until(lambda: not any(Path(f"/proc/{process}").exists() for process in (parent, *made)))


def test_connections_that_come_at_once_are_shared_among_the_processes(home: Path, tmp_path: Path) -> None:
    """asyncio takes all that wait at once: one process would have nearly every connection."""
    with serving(home, tmp_path, {"KB_WORKERS": 2}) as server:
        assert until(lambda: server.get("/about").startswith("HTTP/1.1 200"))
        workers = children(parent_of(server))
        for process in workers:
            os.kill(process, signal.SIGSTOP)
        held = [server.connect() for _ in range(40)]
        for process in workers:
            os.kill(process, signal.SIGCONT)
        shares = [0, 0]

        def counted() -> bool:
            shares[:] = [len([f for f in Path(f"/proc/{p}/fd").iterdir() if _is_socket(f)]) for p in workers]
            return sum(shares) >= 40

        assert until(counted)
        for one in held:
            one.close()
    assert min(shares) >= 8


def _is_socket(descriptor: Path) -> bool:
    try:
        return os.readlink(descriptor).startswith("socket:")
    except OSError:
        return False


def test_a_server_that_cannot_start_says_so_once_and_ends(home: Path, tmp_path: Path) -> None:
    broken = tmp_path / "thesaurus.txt"
    broken.write_text("只有一个词\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="the server ended"), serving(home, tmp_path, {"KB_THESAURUS": broken}):
        pass

    (log,) = tmp_path.glob("*.log")
    said = log.read_text(encoding="utf-8")
    assert "thesaurus.txt" in said and "Traceback" not in said
    assert len(re.findall("thesaurus.txt", said)) == 1
