"""Pages kept until the store changes: those that hold nothing anyone has typed.

A page is the same for every reader of one clearance at one commit of the store and on one day.
What was searched for is never kept: an address with a query text is made anew each time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from datetime import date
from typing import TYPE_CHECKING, Any, Final, cast

from fastapi import Request, Response
from fastapi.routing import APIRoute
from msgspec import Struct

if TYPE_CHECKING:
    from web.deps import AppState

_MOST_BYTES: Final = 16 * 1024 * 1024
_LONGEST_ADDRESS: Final = 500
#: Parameters that hold what was typed.
_TYPED: Final = ("q", "plain")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class _Page(Struct, frozen=True):
    """What is sent again: the body, its type and whatever header the route set."""

    body: bytes
    headers: tuple[tuple[bytes, bytes], ...]


class PageCache:
    """Pages by commit, day and address, the least lately asked for dropped first.

    Shared by threads.
    """

    def __init__(self) -> None:
        """Keep none yet."""
        self._pages: OrderedDict[tuple[str, ...], _Page] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> Response | None:
        """Return the page of a key, if it is kept."""
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                return None
            self._pages.move_to_end(key)
        response = Response(page.body)
        response.raw_headers = list(page.headers)
        return response

    def put(self, key: tuple[str, ...], response: Response) -> None:
        """Keep a page; what is no page, or larger than all together may be, is not kept."""
        body = bytes(response.body)
        if response.status_code != 200 or len(body) > _MOST_BYTES:
            return
        with self._lock:
            before = self._pages.pop(key, None)
            self._bytes += len(body) - (len(before.body) if before else 0)
            self._pages[key] = _Page(body, tuple(response.raw_headers))
            while self._bytes > _MOST_BYTES:
                _, oldest = self._pages.popitem(last=False)
                self._bytes -= len(oldest.body)


class KeptRoute(APIRoute):
    """A route whose pages are kept, where their address holds nothing typed."""

    def get_route_handler(self) -> Handler:
        """Return the handler of the route, asked only for pages that are not kept."""
        make = super().get_route_handler()

        async def handle(request: Request) -> Response:
            state = cast("AppState", request.app.state.shared)
            key = _key(request, state)
            kept = None if key is None else state.pages.get(key)
            if kept is not None:
                return kept
            response = await make(request)
            if key is not None:
                state.pages.put(key, response)
            return response

        return handle


def _key(request: Request, state: AppState) -> tuple[str, ...] | None:
    """Return what a page depends on; None for a page that is not kept."""
    address = str(request.url)
    if len(address) > _LONGEST_ADDRESS or any(
        name in request.query_params for name in _TYPED
    ):
        return None
    with state.open_store() as store:
        return store.commit().id, date.today().isoformat(), address
