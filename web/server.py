"""The application behind a socket: everything a process that serves has to be told, one process or several."""

from __future__ import annotations

import ctypes
import os
import resource
from contextlib import suppress
from functools import partial
from typing import Final

import uvicorn
from fastapi import FastAPI

from kb.settings import Settings
from web.app import create_app
from web.logs import configure_logs
from web.processes import Processes
from web.protocol import MAX_HEAD_BYTES, Limits, Protocol

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
            connections=min(-(-settings.max_connections // workers_of(settings)), rest // 2),
            connections_per_client=settings.max_connections_per_client,
            farewells=min(_FAREWELLS, rest // 4),
            header_timeout_s=settings.header_timeout_s,
            idle_timeout_s=settings.idle_timeout_s,
        )
        self.farewells: set[Protocol] = set()
        super().__init__(
            partial(_app, settings),
            factory=True,
            host=settings.host,
            port=settings.port,
            http=Protocol,
            ws="none",
            loop="web.loop:OneByOne",
            proxy_headers=False,  # anyone can write X-Forwarded-For
            access_log=False,  # addresses hold what people search for
            log_config=None,
            server_header=False,
            # As many are accepted at once before any can be refused, each with a file.
            backlog=min(_BACKLOG, rest // 4),
            timeout_keep_alive=settings.idle_timeout_s,
            h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        )

    def configure_logging(self) -> None:
        """Ration the log; uvicorn calls this in every process."""
        configure_logs(self.settings.log_lines_per_minute)


def _app(settings: Settings) -> FastAPI:
    return create_app(settings)


def workers_of(settings: Settings) -> int:
    """Return how many processes serve: as many as the settings say, else one a core this process may use."""
    return settings.workers or len(os.sched_getaffinity(0))


def serve(settings: Settings) -> bool:
    """Serve until told to stop, by one process or by several behind one socket; return whether that could begin.

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
    listening = config.bind_socket()
    return Processes(workers, lambda: uvicorn.Server(config).run([listening])).run()


def _share_heap() -> None:
    """Let all threads have their memory from two heaps: glibc gives each its own, and keeps what was freed there."""
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
