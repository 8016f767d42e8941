"""What a file may do to the program that reads it: nothing; and what the person is told of it."""

import logging
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest import workers
from ingest.answers import Limits, Parsed
from ingest.sandbox import LIMITS, Parsing, _check
from kb.errors import UnreadableFile
from tests.cli.running import ROOT

MEGABYTE = 1024 * 1024


@contextmanager
def source(data: bytes, folder: Path) -> Iterator[int]:
    (folder / "source").write_bytes(data)
    with (folder / "source").open("rb") as file:
        yield file.fileno()


def parsed(kind: str, data: bytes, folder: Path, limits: Limits = LIMITS) -> Parsed:
    with source(data, folder) as descriptor:
        return Parsing(kind, descriptor, limits).collect()


def refusal(kind: str, data: bytes, folder: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(UnreadableFile) as refused:
        parsed(kind, data, folder, limits)
    return str(refused.value)


@pytest.mark.parametrize("kind", ["txt", "md", "html"])
def test_a_file_that_swells_over_the_memory_limit_is_told_to_be_too_large_for_it(
    kind: str, tmp_path: Path
) -> None:
    limits = Limits(memory_bytes=48 * MEGABYTE)

    told = refusal(kind, "测试文本。".encode() * 500_000, tmp_path, limits)

    assert told.startswith("解析所需内存超过 48 MB,已停止。请拆分文件")


def test_a_parser_that_only_computes_is_stopped_by_processor_time(
    tmp_path: Path,
) -> None:
    told = refusal("html", b"<p>a" * 2_000_000, tmp_path, Limits(cpu_s=1))

    assert told.startswith("解析用满 1 秒处理器时间仍未完成,已停止。请拆分文件")


def test_time_is_counted_for_every_file_anew(tmp_path: Path) -> None:
    heavy = ("测试文本。\n[[a|b]]" * 90_000).encode()
    limits = Limits(cpu_s=1)

    assert {len(parsed("md", heavy, tmp_path, limits).links) for _ in range(8)} == {
        90_000
    }


@contextmanager
def endless() -> Iterator[int]:
    """A source that never comes to its end."""
    here, there = os.pipe()
    with open(here, "rb") as read, open(there, "wb"):
        yield read.fileno()


def test_a_parser_that_only_waits_is_stopped_too_and_told_to_have_timed_out() -> None:
    with endless() as waiting, pytest.raises(UnreadableFile) as refused:
        Parsing("txt", waiting, Limits(wall_s=0.2)).collect()

    assert str(refused.value).startswith("解析等了 0.2 秒仍未完成,已停止(超时)")


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (signal.SIGSEGV, "解析程序崩溃(信号 SIGSEGV),文件可能已损坏"),
        (signal.SIGKILL, "解析进程被系统强行结束,多半是机器的内存不足"),
    ],
)
def test_a_process_that_was_ended_by_a_signal_says_which(
    number: signal.Signals, told: str
) -> None:
    workers.stop()
    with endless() as waiting:
        parsing = Parsing("txt", waiting)
        nursery = workers._nurseries[0]._process.pid
        while not (
            children := Path(f"/proc/{nursery}/task/{nursery}/children").read_text()
        ):
            time.sleep(0.01)
        os.kill(int(children), number)
        with pytest.raises(UnreadableFile) as refused:
            parsing.collect()

    assert str(refused.value).startswith(told)


def test_a_file_waiting_behind_one_that_ended_its_process_is_read_all_the_same(
    tmp_path: Path,
) -> None:
    limits = Limits(wall_s=0.2)
    with endless() as waiting, source("测试文本".encode(), tmp_path) as good:
        first, second = Parsing("txt", waiting, limits), Parsing("txt", good, limits)
        with pytest.raises(UnreadableFile, match="超时"):
            first.collect()

        assert second.collect().text == "测试文本"


def test_a_file_is_read_after_one_before_it_was_given_up(tmp_path: Path) -> None:
    with endless() as waiting, source("测试文本".encode(), tmp_path) as good:
        first, second = Parsing("txt", waiting), Parsing("txt", good)
        first.close()

        assert second.collect().text == "测试文本"


def test_a_nursery_that_was_killed_is_replaced(tmp_path: Path) -> None:
    parsed("txt", b"a", tmp_path)
    os.killpg(workers._nurseries[0]._process.pid, signal.SIGKILL)
    workers._nurseries[0]._process.wait()

    assert parsed("html", "<p>测试文本</p>".encode(), tmp_path).text == "测试文本"
    assert parsed("txt", "测试文本".encode(), tmp_path).text == "测试文本"


KILLED = """
import os, signal, sys
from ingest import workers
from ingest.sandbox import Parsing
waiting = Parsing("pdf", int(sys.argv[1]))
nursery = workers._nurseries[0]._process.pid
children = f"/proc/{nursery}/task/{nursery}/children"
while not (found := open(children).read()):
    pass
print(nursery, found, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def _runs(process: str) -> bool:
    try:
        return (
            Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
            != "Z"
        )
    except FileNotFoundError:
        return False


def test_no_process_outlives_a_program_that_was_killed() -> None:
    with endless() as waiting:
        command = [sys.executable, "-c", KILLED, str(waiting)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            timeout=60,
            pass_fds=[waiting],
        )
        left = done.stdout.split()
        for _ in range(1000):
            if not any(map(_runs, left)):
                break
            time.sleep(0.01)

        assert len(left) == 2
        assert [process for process in left if _runs(process)] == []


def test_an_error_nobody_foresaw_is_logged_by_type_and_place_and_told_without_the_text(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        told = refusal("no such kind", "测试文本".encode(), tmp_path)

    assert told.startswith("解析时出错(KeyError),文件可能已损坏")
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "parser failed error=KeyError at=nursery.py"
    ]
    assert "parsers.py" in caplog.text and "no such kind" not in caplog.text


def test_an_answer_no_parser_gives_is_not_taken() -> None:
    for odd in (
        Parsed(text="测试", headings=[(1, "b"), (0, "a")]),
        Parsed(text="测试", headings=[(2, "b")]),
        Parsed(text="测试", links=[(0, 3, "a")]),
        Parsed(text="测试", links=[(-1, 1, "a")]),
    ):
        with pytest.raises(UnreadableFile, match="自相矛盾"):
            _check(odd)


LOOK_AROUND = """
import os, socket, sys
from ingest import confine, nursery, parsers
from ingest.answers import LENGTH, Limits, Parsed, Start, decode

def attempt(work):
    try:
        work()
    except OSError as error:
        return os.strerror(error.errno)
    return "done"

def look(data):
    tried = {
        "socket": lambda: socket.socket(),
        "pair": lambda: socket.socketpair(),
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "fork": lambda: os.fork() or os._exit(0),
        "kill": lambda: os.kill(os.getppid(), 0),
        "write": lambda: open(sys.argv[1], "a"),
        "make": lambda: open(sys.argv[1] + ".new", "x"),
        "unlink": lambda: os.unlink(sys.argv[1]),
        "rename": lambda: os.rename(sys.argv[1], sys.argv[1] + ".moved"),
        "chmod": lambda: os.chmod(sys.argv[1], 0o777),
        "limit of another": lambda: __import__("resource").prlimit(os.getppid(), 4, (0, 0)),
        "read": lambda: open(sys.argv[1]).read(),
    }
    found = {name: attempt(work) for name, work in tried.items()}
    return Parsed(text=data.decode(), values=found | {"open": sorted(os.listdir("/proc/self/fd"), key=int)})

parsers._PARSERS["txt"] = look
confine.prepare()
ours, theirs = socket.socketpair()
if not os.fork():
    ours.close()
    nursery._live(Start("txt", Limits()), theirs.fileno())
theirs.close()
socket.send_fds(ours, [b"."], [os.open(sys.argv[1], os.O_RDONLY)])
(length,) = LENGTH.unpack(ours.recv(8))
answer = decode(ours.recv(length, socket.MSG_WAITALL))
print(answer.text, answer.is_filtered, answer.values)
"""


def test_the_process_that_parses_can_read_and_compute_and_nothing_else(
    tmp_path: Path,
) -> None:
    (tmp_path / "victim").write_text("untouched")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(LOOK_AROUND), str(tmp_path / "victim")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    text, is_filtered, found = done.stdout.split(" ", 2)

    assert (text, is_filtered) == ("untouched", "True"), done.stderr
    refused = (
        "socket",
        "pair",
        "exec",
        "fork",
        "kill",
        "write",
        "make",
        "unlink",
        "rename",
        "chmod",
    )
    assert eval(found) == {
        **dict.fromkeys((*refused, "limit of another"), "Operation not permitted"),
        "read": "done",
        # nothing to read or write, the way jobs come, the file, and the folder that is being listed
        "open": ["0", "1", "2", "3", "4", "5"],
    }
    assert [path.name for path in tmp_path.iterdir()] == ["victim"]


def test_the_process_that_parses_knows_nothing_of_the_environment(
    tmp_path: Path,
) -> None:
    parsed("txt", b"a", tmp_path)
    process = Path(f"/proc/{workers._nurseries[0]._process.pid}")

    assert (process / "environ").read_bytes() == b""
