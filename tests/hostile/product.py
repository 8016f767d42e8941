"""The product as an attacker meets it: commands of this checkout, and a server on a port of this
machine.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
#: No command here has so much to do; one that is still at it hangs.
LIMIT_S: Final = 180.0
_START_LIMIT_S: Final = 90.0


def environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a command: this one's, without settings of the product but the
    given ones.
    """
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("KB_")
    }
    return kept | {"PYTHONUTF8": "1"} | dict(settings or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a command ended; `status` is None where it had to be stopped."""

    status: int | None
    out: str
    err: str
    peak_mb: float

    def fault(self, allowed: Sequence[int] = (0,)) -> str:
        """Return what is wrong with the end of a command, "" for nothing."""
        if self.status is None:
            return "没有结束"
        if (
            "Traceback (most recent call last)" in self.err
            or "Exception ignored" in self.err
        ):
            return f"出现 Traceback:{last_line(self.err)}"
        if self.status not in allowed:
            return f"退出码 {self.status}:{last_line(self.err)}"
        return ""


def last_line(text: str) -> str:
    """Return the last line with words, cut."""
    return next((line for line in reversed(text.splitlines()) if line.strip()), "")[
        :300
    ]


def command(home: Path, *args: object) -> list[str]:
    """Return the command line of `kb` for one data folder."""
    return [sys.executable, "-m", "kb", "--home", str(home), *map(str, args)]


def kb(
    home: Path,
    *args: object,
    settings: Mapping[str, str] | None = None,
    limit_s: float = LIMIT_S,
    under: int = 0,
) -> Done:
    """Run a command to its end, or stop it with all it started when it does not come to one.

    `under` bounds the addresses of each of its processes, KB; 0 does not.
    """
    bounded = ["sh", "-c", f'ulimit -v {under} && exec "$@"', "sh"] if under else []
    with _outputs() as (out, err):
        process = subprocess.Popen(
            [*bounded, *command(home, *args)],
            cwd=ROOT,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        try:
            status, peak_kb = _wait(process, limit_s)
        except BaseException:  # whoever stops the attack stops what it started
            kill(process)
            raise
        return Done(
            status=status, out=_text(out), err=_text(err), peak_mb=peak_kb / 1024
        )


def as_json(done: Done) -> Any:
    """Return what a command wrote as JSON; None where it wrote none."""
    try:
        return json.loads(done.out)
    except ValueError:
        return None


@contextmanager
def _outputs() -> Iterator[tuple[int, int]]:
    made = [os.memfd_create(name) for name in ("out", "err")]
    try:
        yield made[0], made[1]
    finally:
        for one in made:
            os.close(one)


def _text(handle: int) -> str:
    return os.pread(handle, os.fstat(handle).st_size, 0).decode("utf-8", "replace")


def _wait(process: subprocess.Popen[bytes], limit_s: float) -> tuple[int | None, int]:
    """Return the status of a process (None where it was stopped) and the most memory it or its
    children held, KB.
    """
    deadline = time.monotonic() + limit_s
    pause = 0.002
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, used.ru_maxrss
        if time.monotonic() > deadline:
            kill(process)
            return None, 0
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)


def killed_after(after_s: float, home: Path, *args: object) -> bool:
    """Run a command and kill it after a time; False where it was done before."""
    process = subprocess.Popen(
        command(home, *args),
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        kill(process)
        return True
    return False


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and what it started, as a power cut would: no one of them hears of it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered; `status` is 0 where it closed the connection without a word."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A `kb serve` that answers."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def get(
        self,
        target: str,
        headers: Mapping[str, str] | None = None,
        limit_s: float = 60.0,
    ) -> Answer:
        """Ask for an address exactly as written, which need not be one."""
        given = {"Host": f"127.0.0.1:{self.port}", "Connection": "close"} | dict(
            headers or {}
        )
        lines = [
            f"GET {target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in given.items()),
            "",
            "",
        ]
        return self.send("\r\n".join(lines).encode("utf-8", "surrogateescape"), limit_s)

    def send(self, request: bytes, limit_s: float = 60.0) -> Answer:
        """Send bytes and read the answer; raises TimeoutError where none comes."""
        with socket.create_connection(
            ("127.0.0.1", self.port), timeout=limit_s
        ) as connection:
            try:
                connection.sendall(request)
            except ConnectionError:
                pass  # refused before all was read: the answer may be there all the same
            response = http.client.HTTPResponse(
                connection, method=request[:4].decode("latin-1").strip()
            )
            try:
                response.begin()
                return Answer(
                    status=response.status,
                    headers=_headers(response),
                    body=response.read(),
                )
            except (http.client.HTTPException, ConnectionError):
                return Answer(status=0, headers={}, body=b"")

    def cpu_s(self) -> float:
        """Return the processor time all processes of the server have used."""
        return sum(_ticks(pid) for pid in _session(self.process.pid)) / os.sysconf(
            "SC_CLK_TCK"
        )

    def memory_mb(self) -> float:
        """Return the memory of all processes of the server, pages they share counted once."""
        return sum(_pss_kb(pid) for pid in _session(self.process.pid)) / 1024


def _headers(response: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def begin(home: Path, log: Path, settings: Mapping[str, str] | None = None) -> Server:
    """Start `kb serve` and return before it answers."""
    port = free_port()
    with log.open("ab") as out:
        process = subprocess.Popen(
            command(home, "serve", "--port", port),
            cwd=ROOT,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    return Server(process=process, port=port, log=log)


def until_answering(server: Server) -> bool:
    """Wait until a server answers; False where it ended or never does."""
    deadline = time.monotonic() + _START_LIMIT_S
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if server.get("/static/app.css", limit_s=10.0).status:
                return True
        except OSError:
            time.sleep(0.02)
    return False


@contextmanager
def serving(
    home: Path, log: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Serve a data folder while the block runs; raises RuntimeError where nobody answers."""
    server = begin(home, log, settings)
    try:
        if not until_answering(server):
            raise RuntimeError(
                f"kb serve 没有应答:{last_line(log.read_text('utf-8', 'replace'))}"
            )
        yield server
    finally:
        kill(server.process)


def _session(leader: int) -> list[int]:
    """Return the processes of a session."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (
                int((folder / "stat").read_text().rpartition(")")[2].split()[3])
                == leader
            ):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def _ticks(pid: int) -> int:
    try:
        return sum(
            map(
                int,
                Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13],
            )
        )
    except OSError:
        return 0


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
