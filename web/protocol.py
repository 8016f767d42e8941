"""One connection: how long it may keep us waiting, how many there may be, and how one too many is
told.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from web.limits import MAX_ADDRESS_BYTES, TOO_LONG, TOO_MANY_HEADERS
from web.middleware import SECURITY_HEADERS

if TYPE_CHECKING:
    from web.server import Config

log = logging.getLogger(__name__)

#: Bytes of an address with its headers; a header may repeat the address of a page as long.
MAX_HEAD_BYTES: Final = 2 * MAX_ADDRESS_BYTES + 65_536
#: Lines of headers parsed at all; `web/limits.py` allows fewer, of which it can tell in a page.
_MAX_LINES: Final = 1_000
#: A client that has been told no has this long to read it. Closing at once would take
#: the words back where it has sent something that was not read.
_FAREWELL_S: Final = 2.0
#: Who takes an answer up slower than this, in the time a request may take to arrive, is
#: not reading.
_LEAST_READ_BYTES: Final = 16_384

_HEAD: Final = "head"
_READING: Final = "reading"

_MALFORMED: Final = (
    "请求的写法不对，服务器没有看懂。"
    "请用浏览器打开管理员公布的网址；https 请改为 http。"
)
_LATE: Final = "请求没有在规定的时间内发完，连接已关闭。请再试一次。"
_FULL: Final = "正忙：连接太多，这一次没有处理。请过几秒再试。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many connections one process has, in all and of one address, and how long they may do
    nothing.
    """

    connections: int
    connections_per_client: int
    #: Connections that have been told no and may still read it.
    farewells: int
    header_timeout_s: float
    idle_timeout_s: int


class Protocol(H11Protocol):
    """uvicorn's connection, closed when its client keeps it waiting; uvicorn itself waits for
    ever.
    """

    config: Config

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Make a connection that is not open yet."""
        super().__init__(config, server_state, app_state, _loop)
        self._limits = config.limits
        self._farewells = config.farewells
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._has_sent_any = False
        self._lines = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let a connection in, or tell it that there are too many."""
        super().connection_made(transport)
        self.config.count(len(self.connections))
        if self._is_one_too_many():
            log.warning("connection refused open=%d", len(self.connections))
            self._refuse(503, _FULL)
        else:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._stop(_HEAD, _READING)
        self._farewells.discard(self)
        super().connection_lost(exc)
        self.config.count(len(self.connections))

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request, no more of it than is allowed."""
        if self in self._farewells:
            return
        self._has_sent_any = True
        if self.conn.their_state is h11.IDLE:
            self._await_head()
            self._lines += data.count(b"\n")
            if self._lines > _MAX_LINES:
                self._refuse(TOO_MANY_HEADERS.status, TOO_MANY_HEADERS.message)
                return
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._lines = 0
            self._stop(_HEAD)

    def send_400_response(self, msg: str) -> None:
        """Tell in words what is wrong with a request that cannot be parsed."""
        error = sys.exc_info()[1]
        if getattr(error, "error_status_hint", 400) != 431:
            self._refuse(400, _MALFORMED)
        elif b"\n" in self.conn.trailing_data[0][:MAX_ADDRESS_BYTES]:
            self._refuse(TOO_MANY_HEADERS.status, TOO_MANY_HEADERS.message)
        else:
            self._refuse(TOO_LONG.status, TOO_LONG.message)

    def on_response_complete(self) -> None:
        """Close a connection that still sends what nobody reads, watch one whose client does not
        read.
        """
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self.transport.close()
        if self.transport.get_write_buffer_size():
            self._await_reading()

    def pause_writing(self) -> None:
        """Wait for a client that reads slowly, but not for ever."""
        super().pause_writing()
        self._await_reading()

    def _is_one_too_many(self) -> bool:
        if len(self.connections) > self._limits.connections:
            return True
        address = self.client[0] if self.client else None
        clients = (getattr(other, "client", None) for other in self.connections)
        same = sum(1 for client in clients if client and client[0] == address)
        return same > self._limits.connections_per_client

    def _await_head(self) -> None:
        """Close the connection unless the head of a request is here in time, however it trickles
        in.
        """
        self._start(_HEAD, self._limits.header_timeout_s, self._head_is_late)

    def _head_is_late(self) -> None:
        # what is missing was not read from it, as it reads nothing itself
        if self.transport.get_write_buffer_size():
            self._abandon()
        elif self._has_sent_any:
            self._refuse(408, _LATE)
        else:  # browsers open connections they may not need
            self.transport.close()

    def _await_reading(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._start(
            _READING, self._limits.header_timeout_s, self._look_at_reading, left
        )

    def _look_at_reading(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left > before - _LEAST_READ_BYTES and left:
            self._abandon()
        elif left:
            self._await_reading()

    def _abandon(self) -> None:
        log.warning("connection closed, its client does not read")
        self.transport.abort()

    def _refuse(self, status: int, words: str) -> None:
        """Say no, read nothing more, and close when the client has had time to read it."""
        self._stop(_HEAD, _READING)
        self._unset_keepalive_if_required()
        self.connections.discard(self)
        if self.cycle is not None and not self.cycle.response_complete:
            # what is at work on an answer finds nobody to send it to
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if self.cycle.response_started:
                self.transport.abort()
                return
        self.transport.write(_refusal(status, words))
        if len(self._farewells) >= self._limits.farewells:
            self.transport.close()
            return
        self._farewells.add(self)
        with suppress(OSError, RuntimeError):  # the client has gone meanwhile
            self.transport.write_eof()
        self.flow.resume_reading()
        self._start(_READING, _FAREWELL_S, self.transport.abort)

    def _start(
        self,
        name: str,
        seconds: float,
        call: Callable[..., None],
        *arguments: object,
    ) -> None:
        """Call something later, unless a timer of this name is running."""

        def ring() -> None:
            del self._timers[name]
            call(*arguments)

        if name not in self._timers:
            self._timers[name] = self.loop.call_later(seconds, ring)

    def _stop(self, *names: str) -> None:
        for name in names:
            if name in self._timers:
                self._timers.pop(name).cancel()


def _refusal(status: int, words: str) -> bytes:
    """Return a whole answer of a server that has no request to answer."""
    body = f"{words}\n".encode()
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Connection": "close",
        **({"Retry-After": "5"} if status == 503 else {}),
        **SECURITY_HEADERS,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{head}\r\n".encode() + body
    )
