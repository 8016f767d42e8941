"""Processes that parse files, seen from the program that needs them: started, asked, ended.

`ingest.nursery` is what they are forked from. It is started once and again whenever it has died.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from ingest.answers import LENGTH, MOST_BYTES, STATUS, Limits, Start
from kb.errors import StateError

#: What other rooms use.
__all__ = ["start"]

#: Formats read by parsers in Python, where one process takes files one after another,
#: so many at most. Parsers written in C are the ones a file may take over or spoil:
#: there every file has a process of its own.
_SHARED: Final = frozenset(("txt", "md"))
_MOST_FILES: Final = 64
#: How long after its own last resort a process may take to end.
_GRACE_S: Final = 30.0
_ROOT: Final = Path(__file__).resolve().parent.parent


class Ended(Exception):
    """The process ended without an answer; `status` as waitpid says it, None when nobody knows."""

    def __init__(self, status: int | None) -> None:
        """Tell how it ended."""
        super().__init__(status)
        self.status = status


class TooLong(Exception):
    """The process promised more than any answer has."""


class Worker:
    """A process that parses files of one kind, one after another, and answers in their order."""

    def __init__(self, kind: str, limits: Limits) -> None:
        """Have it forked; raises StateError or OSError when that cannot be asked for."""
        self._kind = kind
        self._limits = limits
        self._owes = 0
        self._left = _MOST_FILES if kind in _SHARED else 1
        self._way, theirs = socket.socketpair()
        here, end = os.pipe()
        self._end = open(here, "rb", buffering=0)
        try:
            _nursery().send(Start(kind, limits), theirs.fileno(), end)
        except BaseException:
            self.close()
            raise
        finally:
            theirs.close()
            os.close(end)

    @property
    def is_closed(self) -> bool:
        """Tell whether it has been given up."""
        return self._way.fileno() < 0

    def takes(self, kind: str, limits: Limits) -> bool:
        """Tell whether it can be asked to parse one more file of this kind."""
        return (
            not self.is_closed
            and self._left > 0
            and (self._kind, self._limits) == (kind, limits)
        )

    def ask(self, source: int) -> None:
        """Have the open file `source` parsed from its start."""
        self._left -= 1
        self._owes += 1
        # one that has died since is noticed when its answer is awaited
        with contextlib.suppress(OSError):
            socket.send_fds(self._way, [b"."], [source])

    def answer(self) -> bytes:
        """Wait for the next answer; raises Ended, TooLong, or TimeoutError, after which it is
        closed.
        """
        until = time.monotonic() + self._limits.wall_s + _GRACE_S
        try:
            (length,) = LENGTH.unpack(self._receive(LENGTH.size, until))
            if length > MOST_BYTES:
                raise TooLong
            answer = self._receive(length, until)
        except BaseException:
            self.close()
            raise
        self._owes -= 1
        if not self._owes and not self._left:
            self.close()
        return answer

    def _receive(self, length: int, until: float) -> bytes:
        """Return so many bytes of an answer; raises TimeoutError, or Ended with how it ended."""
        received = bytearray()
        while len(received) < length:
            if not _is_ready(self._way, until):
                stop()
                raise TimeoutError
            try:
                chunk = self._way.recv(min(length - len(received), 1 << 20))
            except ConnectionError:
                chunk = b""
            if not chunk:
                raise Ended(self._status(until))
            received += chunk
        return bytes(received)

    def _status(self, until: float) -> int | None:
        """Return how the process ended; None where nobody says."""
        if not _is_ready(self._end, until):
            return None
        written = self._end.read(STATUS.size)
        return STATUS.unpack(written)[0] if written else None

    def retire(self) -> None:
        """Take no more files; it ends when those it has been asked for are answered."""
        self._left = 0
        if not self._owes:
            self.close()

    def close(self) -> None:
        """Wait for no answer; a process that waits for a file or for its answer to be taken
        ends.
        """
        self._way.close()
        self._end.close()


class _Nursery:
    """A running `ingest.nursery`."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                self._process = subprocess.Popen(
                    [
                        sys.executable,
                        "-X",
                        "utf8",
                        "-m",
                        "ingest.nursery",
                        str(theirs.fileno()),
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    cwd=_ROOT,
                    env={},
                    pass_fds=[theirs.fileno()],
                    # what the person types, Ctrl-C too, is for this process alone
                    start_new_session=True,
                )
            except OSError as error:
                self._control.close()
                raise _cannot_start(error) from error

    def send(
        self,
        start: Start,
        jobs: int,
        end: int,
    ) -> None:
        """Have a process forked that takes jobs from one descriptor; how it ends is told to the
        other.
        """
        try:
            socket.send_fds(self._control, [msgspec.msgpack.encode(start)], [jobs, end])
        except OSError as error:
            raise _cannot_start(error) from error

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        self._control.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


_lock: Final = threading.RLock()
_nurseries: Final[list[_Nursery]] = []
_shared: Final[dict[tuple[int, str], Worker]] = {}


def start() -> None:
    """Start the process that workers are forked from, if none runs; the first file starts it
    otherwise.
    """
    _nursery()


@atexit.register
def stop() -> None:
    """End all workers and the process they are forked from; the next file starts another."""
    with _lock:
        while _shared:
            _shared.popitem()[1].close()
        while _nurseries:
            _nurseries.pop().stop()


def worker_for(kind: str, limits: Limits) -> Worker:
    """Return a worker that takes a file of this kind; one that this thread alone asks."""
    with _lock:
        place = (threading.get_ident(), kind)
        worker = _shared.get(place)
        if worker is None or not worker.takes(kind, limits):
            if worker is not None:
                worker.retire()
            try:
                worker = Worker(kind, limits)
            except OSError as error:
                raise _cannot_start(error) from error
            if kind in _SHARED:
                _shared[place] = worker
        return worker


def _nursery() -> _Nursery:
    with _lock:
        if _nurseries and not _nurseries[0].is_alive():
            stop()
        if not _nurseries:
            _nurseries.append(_Nursery())
        return _nurseries[0]


def _cannot_start(error: OSError) -> StateError:
    return StateError(
        f"无法启动解析文件的进程({error.strerror})。请检查内存与进程数的限制"
    )


def _is_ready(source: socket.socket | BinaryIO, until: float) -> bool:
    return bool(select.select([source], [], [], max(until - time.monotonic(), 0))[0])
