"""The last answers of something that takes long and stays true until the store changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

Answer = TypeVar("Answer")


class Kept(Generic[Answer]):
    """So many answers by what they are of, the least lately asked for dropped first.

    Shared by threads.
    """

    def __init__(self, most: int) -> None:
        """Keep none yet, and `most` at most."""
        self._most = most
        self._found: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock: Final = threading.Lock()

    def of(
        self,
        key: Hashable,
        find: Callable[[], Answer],
    ) -> Answer:
        """Return the answer that is kept, else what `find` finds."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        found = find()
        with self._lock:
            self._found[key] = found
            if len(self._found) > self._most:
                self._found.popitem(last=False)
        return found
