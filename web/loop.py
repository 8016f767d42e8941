"""The event loop of one process among several that share a listening socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

#: Where asyncio hands over the socket, and how many connections to accept at once.
_SOCKET: Final = 1
_AT_ONCE: Final = 4
#: So long a process leaves what waits to those who have less to do, and so often,
#: before it takes it after all: they may be stuck.
_LEAVES_S: Final = 0.002
_LEAVES: Final = 10


class OneByOne(asyncio.SelectorEventLoop):
    """Accepts one connection a turn: asyncio takes all that wait, and the process that
    wakes first has them all.

    A process at work then leaves what waits to the others, and so does one that has
    more connections than they.
    """

    def __init__(self, has_enough: Callable[[], bool] = lambda: False) -> None:
        """Accept as long as this process has not enough."""
        super().__init__()
        self._has_enough = has_enough
        self._left = 0

    def _accept_connection(self, *args: Any) -> Any:
        if self._has_enough() and self._left < _LEAVES:
            self._left += 1
            self._remove_reader(args[_SOCKET].fileno())  # type: ignore[attr-defined]
            self.call_later(_LEAVES_S, self._look_again, args)
            return None
        self._left = 0
        given = [*args[:_AT_ONCE], 1, *args[_AT_ONCE + 1 :]]
        accept = super()._accept_connection  # type: ignore[misc]
        return accept(*given)

    def _look_again(self, args: tuple[Any, ...]) -> None:
        if args[_SOCKET].fileno() >= 0:  # not closed meanwhile
            self._start_serving(*args)  # type: ignore[attr-defined]
