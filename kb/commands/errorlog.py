"""Where commands that read files from outside write what is for whoever maintains the program, not
for the person.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Final

_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"
_MOST_BYTES: Final = 1 << 20


@contextmanager
def error_log(home: Path) -> Iterator[None]:
    """While the block runs, write warnings and errors of the program to `kb.log` in the
    data folder.

    They name types of errors and places in the code, never texts or files. Nothing is made
    where there is nothing to write, and at most two megabytes are kept.
    """
    from logging.handlers import RotatingFileHandler

    class Private(RotatingFileHandler):
        def _open(self) -> TextIOWrapper:
            home.mkdir(parents=True, exist_ok=True)
            return open(
                self.baseFilename, "a", encoding="utf-8", opener=_for_the_owner_alone
            )

        def handleError(self, record: logging.LogRecord) -> None:
            pass  # on a full disk the person hears of the file all the same

    handler = Private(home / "kb.log", maxBytes=_MOST_BYTES, backupCount=1, delay=True)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter(_FORMAT))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
        handler.close()


def _for_the_owner_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
