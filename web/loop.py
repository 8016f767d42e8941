"""The event loop of one process among several that share a listening socket."""

from __future__ import annotations

import asyncio
from typing import Any, Final

#: Where asyncio hands over how many connections to accept at once.
_AT_ONCE: Final = 4


class OneByOne(asyncio.SelectorEventLoop):
    """Accepts one connection a turn: asyncio takes all that wait, and the process that wakes first has them all.

    A process at work then leaves what waits to the others.
    """

    def _accept_connection(self, *args: Any) -> Any:
        given = [*args[:_AT_ONCE], 1, *args[_AT_ONCE + 1 :]]
        accept = super()._accept_connection  # type: ignore[misc]
        return accept(*given)
