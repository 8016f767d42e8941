"""Several processes behind one socket, forked from one that has loaded what they share."""

from __future__ import annotations

import gc
import logging
import os
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Final

log = logging.getLogger(__name__)

#: A process that ends sooner than this after its start has failed to start; so many of
#: them end the parent.
_EARLY_S: Final = 10.0
_MOST_EARLY: Final = 5
_ENDING: Final = (signal.SIGINT, signal.SIGTERM)


class Processes:
    """Keeps `count` processes at work, each of which runs `work` with its number, from
    0, and nothing else.

    What the parent has loaded by then stands in memory once: the model, the words, the program.
    """

    def __init__(self, count: int, work: Callable[[int], None]) -> None:
        """Start none yet."""
        self._count = count
        self._work = work
        self._started: dict[int, tuple[int, float]] = {}
        self._is_ending = False
        self._early = 0

    def run(self) -> bool:
        """Keep the processes at work until told to stop; return whether they could start at all."""
        before = {number: signal.signal(number, self._end) for number in _ENDING}
        gc.collect()
        gc.freeze()  # what is shared is not to be written to by looking through it
        try:
            for number in range(self._count):
                self._start(number)
            while self._started:
                self._replace(*os.wait())
        finally:
            gc.unfreeze()
            for number, handler in before.items():
                signal.signal(number, handler)
        return self._early < _MOST_EARLY

    def _start(self, number: int) -> None:
        process = os.fork()
        if process:
            self._started[process] = (number, time.monotonic())
            return
        status = 1
        try:
            for ending in _ENDING:
                signal.signal(ending, signal.SIG_DFL)
            self._work(number)
            status = 0
        except KeyboardInterrupt:
            status = 0
        finally:
            os._exit(status)  # the parent's work is not the child's to finish

    def _replace(self, process: int, status: int) -> None:
        if process not in self._started:
            return
        number, started = self._started.pop(process)
        if self._is_ending:
            return
        log.error("process ended status=%d", os.waitstatus_to_exitcode(status))
        self._early = self._early + 1 if time.monotonic() - started < _EARLY_S else 0
        if self._early >= _MOST_EARLY:
            self._end(signal.SIGTERM, None)
        else:
            self._start(number)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._is_ending = True
        for process in self._started:
            os.kill(process, signal.SIGTERM)
