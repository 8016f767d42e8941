"""Around every request: who may enter, headers that keep the page to itself, and a log line without
a word of it.
"""

from __future__ import annotations

import logging
import time
from asyncio import CancelledError
from collections.abc import Collection
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.vocabulary import Visibility
from web.hosts import check_host
from web.limits import check_size
from web.logs import places
from web.refusing import BUG, Refuse

log = logging.getLogger(__name__)

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def keeping(clearance: Visibility) -> str:
    """Return how long a browser may keep a page: not at all where its reader sees more than the
    public does.
    """
    return "private, no-cache" if clearance == Visibility.PUBLIC else "no-store"


class SecurityHeaders:
    """Turn away what may not enter, add the security headers, answer for bugs, log
    route, status and time.

    The log names the route, never the address: an address holds what was searched for. Of a bug it
    holds the type and the places in the code, never its message: that may hold a stored value.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str],
        keep: str,
        refuse: Refuse,
    ) -> None:
        """Wrap `app`; `keep` is the Cache-Control of what says nothing of its own."""
        self._app = app
        self._hosts = hosts
        self._keep = keep
        self._refuse = refuse

    async def __call__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        sent = _Sent(send, self._keep)
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # the server itself leaves the body out
        try:
            await self._answer(scope, receive, sent)
        finally:
            _log(scope, sent.status, 1000 * (time.perf_counter() - started))

    async def _answer(
        self,
        scope: Scope,
        receive: Receive,
        sent: _Sent,
    ) -> None:
        try:
            refusal = check_size(scope) or check_host(scope, self._hosts)
            app = self._app if refusal is None else self._refuse(scope, refusal)
            await app(scope, receive, sent)
        except (CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except (
            BaseException
        ) as error:  # a library in Rust that panics raises no Exception
            log.error("failed %s", places(error))
            if sent.status:
                # the server closes the connection
                raise RuntimeError("an answer broke off") from None
            await self._refuse(scope, BUG)(scope, receive, sent)


class _Sent:
    """What has been sent of an answer; puts the headers on."""

    def __init__(self, send: Send, keep: str) -> None:
        self._send = send
        self._keep = keep
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", self._keep)
        await self._send(message)


def _log(
    scope: Scope,
    status: int,
    ms: float,
) -> None:
    route = getattr(scope.get("route"), "path", "-")
    number = str(scope.get("path_params", {}).get("document_id", "-"))
    if not number.isdecimal():
        number = "-"
    log.info(
        "served route=%s document=%s status=%d ms=%.1f", route, number[:19], status, ms
    )
