"""How many connections each of several processes has, in memory they share."""

from __future__ import annotations

import mmap
from typing import Final

#: Connections in an unsigned number of four bytes, which is written in one piece.
_FORM: Final = "I"
_BYTES: Final = 4


class Seats:
    """A number a process, written by it alone and read by all; made before they are forked."""

    def __init__(self, count: int) -> None:
        """Make room for `count` processes without a connection."""
        self._taken = memoryview(mmap.mmap(-1, count * _BYTES)).cast(_FORM)

    def put(self, number: int, connections: int) -> None:
        """Say how many connections process `number` has."""
        self._taken[number] = connections

    def has_more_than_another(self, number: int) -> bool:
        """Tell whether process `number` has more connections than some other."""
        return self._taken[number] > min(self._taken)
