"""The process that forks the processes which parse files; `ingest.workers` starts it
and talks to them.

Starting a Python and importing the parsers costs a tenth of a second and more, forking one that has
done so a few milliseconds. This process itself never reads a byte of any file.
"""

from __future__ import annotations

import gc
import logging
import os
import resource
import select
import signal
import socket
import sys
import warnings
from typing import Final

import msgspec

from ingest import answers, confine, parsers
from ingest.answers import (
    LENGTH,
    NOT_STARTED,
    OUT_OF_MEMORY,
    STATUS,
    Answer,
    Failed,
    Refused,
    Start,
)
from ingest.faults import place_of
from kb.errors import InvalidDocument, UserError

_MOST_DESCRIPTORS: Final = 64


def main() -> int:
    """Fork what is asked for on the socket of argv until its other end is closed."""
    control = socket.socket(fileno=int(sys.argv[1]))
    confine.lower(resource.RLIMIT_NOFILE, _MOST_DESCRIPTORS)
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    confine.prepare()
    bell, ringer = socket.socketpair()
    ringer.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(ringer.fileno(), warn_on_full_buffer=False)
    running: dict[int, int] = {}  # process -> the pipe that waits for how it ends
    while True:
        ready, _, _ = select.select([control, bell], [], [])
        if bell in ready:
            bell.recv(4096)
            _bury(running)
        if control in ready:
            message, descriptors, _, _ = socket.recv_fds(control, 4096, 2)
            if not message:
                return 0
            _fork(
                msgspec.msgpack.decode(message, type=Start),
                descriptors[0],
                descriptors[1],
                running,
            )


def _fork(
    start: Start,
    jobs: int,
    end: int,
    running: dict[int, int],
) -> None:
    """Fork a process that answers jobs; `end` hears how it ended, or that it never began."""
    parsers.load(start.kind)
    gc.freeze()  # objects no child will look at are not copied into it
    try:
        process = os.fork()
    except OSError:
        _tell(end, NOT_STARTED)
    else:
        if not process:
            _live(start, jobs)
        running[process] = end
    os.close(jobs)


def _bury(running: dict[int, int]) -> None:
    while running:
        process, status = os.waitpid(-1, os.WNOHANG)
        if not process:
            return
        _tell(running.pop(process), status)


def _tell(end: int, status: int) -> None:
    try:
        os.write(end, STATUS.pack(status))
    except OSError:
        pass  # whoever asked has gone
    os.close(end)


def _live(start: Start, jobs: int) -> None:
    """Answer jobs until there are no more, then end this process: it must never go on
    as the one it was forked from.

    Nothing it inherited stays open but the way the jobs come.
    """
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        os.dup2(jobs, 3)
        os.closerange(4, _MOST_DESCRIPTORS)
        is_filtered = confine.confine(start.limits)
        with socket.socket(fileno=3) as way:
            while _answer_next(way, start, is_filtered):
                pass
        status = 0
    except MemoryError:
        status = OUT_OF_MEMORY
    finally:
        os._exit(status)


def _answer_next(
    way: socket.socket,
    start: Start,
    is_filtered: bool,
) -> bool:
    message, descriptors, _, _ = socket.recv_fds(way, 1, 1)
    if not message:
        return False
    confine.allow(start.limits)
    answer = answers.encode(_answer(start.kind, descriptors[0], is_filtered))
    confine.wait_for_others()
    way.sendall(LENGTH.pack(len(answer)))
    way.sendall(answer)
    return True


def _answer(
    kind: str,
    source: int,
    is_filtered: bool,
) -> Answer:
    """Return what a parser found in an open file, or why it found nothing."""
    try:
        with open(source, "rb") as file:
            # its place is shared with whoever opened it, and may be after a first
            # attempt
            if file.seekable():
                file.seek(0)
            return msgspec.structs.replace(
                parsers.parse(kind, file.read()), is_filtered=is_filtered
            )
    except UserError as error:
        return Refused(str(error), isinstance(error, InvalidDocument))
    except MemoryError:
        raise
    except BaseException as error:  # whatever a parser does is told
        return Failed(type(error).__name__, place_of(error))


if __name__ == "__main__":
    sys.exit(main())
