"""A server as in life: a process of its own, with settings, its log and plain sockets to it."""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cli.running import ROOT, environment

SERVE = ("-m", "kb", "serve", "--port")


@dataclass(frozen=True)
class Server:
    port: int
    log_path: Path
    pid: int

    @property
    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8")

    def connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        made.settimeout(30)
        return made

    def say(self, text: str | bytes) -> str:
        """Send all of a request and return all that comes back until the server closes."""
        with self.connect() as made:
            made.sendall(text.encode() if isinstance(text, str) else text)
            return read(made)

    def get(self, target: str) -> str:
        return self.say(
            f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )


def read(made: socket.socket) -> str:
    """Return what comes until the other side closes."""
    parts = []
    try:
        while part := made.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        parts.append(b"<reset>")
    return b"".join(parts).decode()


@contextmanager
def serving(
    home: Path,
    folder: Path,
    settings: Mapping[str, object],
    command: Sequence[str] = SERVE,
    files: int | None = None,
) -> Iterator[Server]:
    """Serve `home` by one process until the block ends; `files` is how many the system lets it
    open.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = {"KB_WORKERS": "1"} | {name: str(value) for name, value in settings.items()}
    log_path = folder / f"{port}.log"
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *command, str(port)],
            cwd=ROOT,
            env=environment(home) | names,
            stdout=log,
            stderr=log,
            preexec_fn=None if files is None else _limited_to(files),
        )
    try:
        _await_port(process, port)
        yield Server(port, log_path, process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _limited_to(files: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))


def _await_port(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the server did not start")
