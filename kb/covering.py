"""Which parts of a text are taken, asked in a time that grows with the part asked about alone."""

from __future__ import annotations


class Covering:
    """Marks the code points of a text that something found has taken."""

    def __init__(self, length: int) -> None:
        """Take nothing of a text of so many code points."""
        self._taken = bytearray(length)

    def is_free(self, start: int, end: int) -> bool:
        """Tell whether nothing of [start, end) is taken."""
        return self._taken.find(1, start, end) < 0

    def take(self, start: int, end: int) -> None:
        """Mark [start, end) as taken."""
        self._taken[start:end] = b"\x01" * (end - start)
