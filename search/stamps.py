"""The stamp of an index on disk: what it was made of, and what its files were then."""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from kb.errors import StateError
from kb.messages.faults import Fault, words
from kb.records import Commit
from search.checksums import FileMark

_NAME: Final = "stamp.json"
_LOOK_AT_LOCK_EVERY_S: Final = 0.05


class Stamp(Struct, frozen=True, kw_only=True):
    """What an index holds: a commit of the store, in a format, by a maker (dictionary or embedder),
    in a folder.
    """

    format: int
    maker: str
    generation: int
    commit: str
    rows: int
    folder: str = ""
    files: Mapping[str, FileMark] = field(default_factory=dict)

    @property
    def made_of(self) -> Commit:
        """Return the commit of the store it holds."""
        return Commit(self.generation, self.commit)


class IndexDamaged(StateError):
    """An index cannot be read and was given up; it is made anew when next needed."""


class IndexUnwritable(StateError):
    """An index has to be brought up to date and its folder cannot be written: a full or read-only
    disk.
    """


def read_stamp(folder: Path) -> Stamp | None:
    """Return the stamp of the index below `folder`; None where there is none that can be read."""
    try:
        return msgspec.json.decode((folder / _NAME).read_bytes(), type=Stamp)
    except (OSError, ValueError, RecursionError):
        return None


def write_stamp(folder: Path, stamp: Stamp) -> None:
    """Put a stamp in place of the one before, in one step."""
    waiting = folder / f"{_NAME}.new"
    waiting.write_bytes(msgspec.json.encode(stamp))
    waiting.replace(folder / _NAME)


def drop_stamp(folder: Path) -> None:
    """Give up the index below `folder`: it is made anew when next needed."""
    with contextlib.suppress(FileNotFoundError):
        (folder / _NAME).unlink()


def openable(folder: Path) -> Path:
    """Return a folder tantivy can open an index in: it takes a lock there, which a
    read-only disk has no room for.

    Elsewhere it stands for the folder itself; the links it holds go with the process.
    """
    if os.access(folder, os.W_OK):
        return folder
    linked = tempfile.TemporaryDirectory(prefix="kb-index-")
    atexit.register(linked.cleanup)
    for path in folder.iterdir():
        if not path.name.endswith(".lock"):
            Path(linked.name, path.name).symlink_to(path.absolute())
    return Path(linked.name)


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Write below `folder`; raises IndexUnwritable, in words, for what the system or a library
    could not write.
    """
    try:
        yield
    # tantivy and FAISS tell a full disk by the latter two
    except (OSError, ValueError, RuntimeError) as error:
        message = words(Fault.INDEX_UNWRITABLE, reason=_reason_of(error))
        raise IndexUnwritable(message) from error


def _reason_of(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return type(error).__name__


@contextlib.contextmanager
def locked(
    folder: Path,
    wait_s: float,
) -> Iterator[bool]:
    """Hold the folder's lock, waiting at most `wait_s`; yields whether it was got.

    The system lets go of the lock when a process dies, however it dies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_s
    with (folder / "lock").open("w") as handle:
        has_lock = _lock(handle.fileno())
        while not has_lock and time.monotonic() < deadline:
            time.sleep(_LOOK_AT_LOCK_EVERY_S)
            has_lock = _lock(handle.fileno())
        yield has_lock


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
