"""What a line of the log may hold, and how many of one kind a minute may have."""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO

_PLACES: Final = 12
_MINUTE_S: Final = 60.0
_Kind = tuple[str, int, str, int]


def places(error: BaseException) -> str:
    """Return the type of an error and where in the code it passed, innermost first; nothing of what
    it says.
    """
    frames = reversed(traceback.extract_tb(error.__traceback__))
    passed = [
        f"{'/'.join(Path(f.filename).parts[-2:])}:{f.lineno} {f.name}" for f in frames
    ]
    told = f"error={type(error).__name__} at {'; '.join(passed[:_PLACES]) or '-'}"
    cause = error.__cause__ or (
        None if error.__suppress_context__ else error.__context__
    )
    return told if cause is None else f"{told}, after error={type(cause).__name__}"


class Formatter(logging.Formatter):
    """Writes a line without the text of an exception: that may hold what a document or a query
    says.
    """

    def __init__(self) -> None:
        """Write time, level, who speaks and what."""
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatException(self, ei: Any) -> str:
        """Return type and places only."""
        return places(ei[1]) if ei[1] is not None else ""


class RationedHandler(logging.StreamHandler[TextIO]):
    """Writes at most so many lines a minute of what one statement of a program says, then how many
    more there were.
    """

    def __init__(
        self,
        stream: TextIO,
        a_minute: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Write to `stream`; `clock` tells seconds."""
        super().__init__(stream)
        self.setFormatter(Formatter())
        self._a_minute = a_minute
        self._clock = clock
        self._since = clock()
        self._written: Counter[_Kind] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, or count it where its kind has had its share."""
        if self._clock() - self._since >= _MINUTE_S:
            self._turn()
        kind = (record.name, record.levelno, record.pathname, record.lineno)
        self._written[kind] += 1
        if self._written[kind] <= self._a_minute:
            super().emit(record)

    def close(self) -> None:
        """Tell what was only counted, and end."""
        self._turn()
        super().close()

    def _turn(self) -> None:
        """Begin another minute; tell of each kind how many lines were left out."""
        left = {
            kind: count - self._a_minute
            for kind, count in self._written.items()
            if count > self._a_minute
        }
        self._written.clear()
        self._since = self._clock()
        for (name, level, path, line), count in left.items():
            text = f"{Path(path).name}:{line} …另有 {count} 行"
            super().emit(logging.LogRecord(name, level, path, line, text, None, None))


def configure_logs(a_minute: int) -> None:
    """Send every line of this process to standard error, rationed, exceptions without their
    text.
    """
    handler = RationedHandler(sys.stderr, a_minute)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # tells in two lines which of its builds it loads
    logging.getLogger("faiss").setLevel(logging.WARNING)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    sys.excepthook = _log_uncaught


def _log_uncaught(
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    logging.getLogger(__name__).critical("ended %s", places(error))


def log_of_loop(_: object, context: dict[str, Any]) -> None:
    """Log what the event loop could not deliver to anyone: its words are the loop's own, the
    error's are left out.
    """
    error = context.get("exception")
    told = places(error) if isinstance(error, BaseException) else ""
    words = str(context.get("message", "")).partition(" callback ")[
        0
    ]  # behind it stand arguments
    logging.getLogger("asyncio").error("%s %s", words, told)
