"""The application behind a socket: everything a process that serves has to be told, one process or
several.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

import uvicorn
from fastapi import FastAPI

from kb.settings import Settings
from web.app import create_app
from web.logs import configure_logs
from web.loop import OneByOne
from web.processes import Processes
from web.protocol import MAX_HEAD_BYTES, Limits, Protocol
from web.seats import Seats

#: Files one process has open at most; beyond this a limit is none, and some systems set no other.
_MOST_FILES: Final = 65_536
#: Files that are no connections: the database of each request at work, indexes, the log.
_OTHER_FILES: Final = 256
_BACKLOG: Final = 1_024
_FAREWELLS: Final = 100
#: M_ARENA_MAX of glibc's mallopt.
_ARENAS: Final = -8


class Config(uvicorn.Config):
    """uvicorn's configuration with our limits."""

    def __init__(self, settings: Settings) -> None:
        """Configure a server over the store in `settings.home`."""
        files = raise_file_limit()
        rest = files - min(_OTHER_FILES, files // 2)
        self.settings = settings
        self.limits = Limits(
            connections=min(
                -(-settings.max_connections // workers_of(settings)), rest // 2
            ),
            connections_per_client=settings.max_connections_per_client,
            farewells=min(_FAREWELLS, rest // 4),
            header_timeout_s=settings.header_timeout_s,
            idle_timeout_s=settings.idle_timeout_s,
        )
        self.farewells: set[Protocol] = set()
        self._seat: tuple[Seats, int] | None = None
        super().__init__(
            partial(_app, settings),
            factory=True,
            host=settings.host,
            port=settings.port,
            http=Protocol,
            ws="none",
            proxy_headers=False,  # anyone can write X-Forwarded-For
            access_log=False,  # addresses hold what people search for
            log_config=None,
            server_header=False,
            # As many are accepted at once before any can be refused, each with a file.
            backlog=min(_BACKLOG, rest // 4),
            timeout_keep_alive=settings.idle_timeout_s,
            h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        )

    def get_loop_factory(self) -> Callable[[], asyncio.AbstractEventLoop]:
        """Let processes share connections evenly."""
        return lambda: OneByOne(self._has_enough)

    def sit(self, seats: Seats, number: int) -> None:
        """Be process `number` of several."""
        self._seat = (seats, number)
        self.count(0)

    def count(self, connections: int) -> None:
        """Tell the other processes how many connections this one has."""
        if self._seat is not None:
            seats, number = self._seat
            seats.put(number, connections)

    def _has_enough(self) -> bool:
        if self._seat is None:
            return False
        seats, number = self._seat
        return seats.has_more_than_another(number)

    def configure_logging(self) -> None:
        """Ration the log; uvicorn calls this in every process."""
        configure_logs(self.settings.log_lines_per_minute)


def _app(settings: Settings) -> FastAPI:
    return create_app(settings)


def workers_of(settings: Settings) -> int:
    """Return how many processes serve: as many as the settings say, else one a core this process
    may use.
    """
    return settings.workers or len(os.sched_getaffinity(0))


def serve(settings: Settings) -> bool:
    """Serve until told to stop, by one process or by several behind one socket; return
    whether that could begin.

    Raises KbError where words or a model cannot be loaded.
    """
    workers = workers_of(settings)
    _share_heap()
    config = Config(settings)
    config.load()
    if workers == 1:
        server = uvicorn.Server(config)
        server.run()
        return server.started
    listening, seats = config.bind_socket(), Seats(workers)

    def work(number: int) -> None:
        config.sit(seats, number)
        uvicorn.Server(config).run([listening])

    return Processes(workers, work).run()


def _share_heap() -> None:
    """Let all threads have their memory from two heaps: glibc gives each its own, and keeps what
    was freed there.
    """
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(_ARENAS, 2)


def raise_file_limit() -> int:
    """Let this process have as many files open as the system allows; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft < most and soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    return _MOST_FILES if soft == resource.RLIM_INFINITY else soft
