"""Are an index's files what was written? By a look at size and time, and by every byte."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

#: Rewritten by every commit under the same name; all other files of an index never change.
_REWRITTEN: Final = frozenset(("meta.json",))
_BYTES: Final = 16


class FileMark(Struct, frozen=True, gc=False):
    """What a file was when it was written: bytes, time of the last change in nanoseconds,
    digest.
    """

    size: int
    changed_ns: int
    digest: str


def marks(
    folder: Path,
    known: Mapping[str, FileMark],
) -> dict[str, FileMark]:
    """Return the mark of every file of an index by its name; those `known` and unchanging are not
    read again.
    """
    found: dict[str, FileMark] = {}
    for path in sorted(folder.iterdir()):
        name = path.name
        if not path.is_file() or name.startswith("."):
            continue
        is_known = name in known and name not in _REWRITTEN
        found[name] = known[name] if is_known else mark(path)
    return found


def mark(path: Path) -> FileMark:
    """Return the mark of one file."""
    status = path.stat()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, _new_digest)
    return FileMark(
        size=status.st_size,
        changed_ns=status.st_mtime_ns,
        digest=digest.hexdigest(),
    )


def _new_digest() -> hashlib.blake2b:
    return hashlib.blake2b(digest_size=_BYTES)


def changed(
    folder: Path,
    written: Mapping[str, FileMark],
) -> list[str]:
    """Return the files whose bytes are no longer what was written; one that is gone is missed when
    it is opened.
    """
    found = []
    for name, known in written.items():
        path = folder / name
        if path.is_file() and mark(path).digest != known.digest:
            found.append(name)
    return found


def touched(
    folder: Path,
    written: Mapping[str, FileMark],
) -> bool:
    """Tell whether any unchanging file was written to since: a look at each, without reading it."""
    for name, known in written.items():
        if name not in _REWRITTEN and _is_touched(folder / name, known):
            return True
    return False


def _is_touched(path: Path, known: FileMark) -> bool:
    try:
        status = path.stat()
    except FileNotFoundError:  # merged into another; who has it open goes on reading it
        return False
    now = (status.st_size, status.st_mtime_ns)
    return now != (known.size, known.changed_ns)


def is_breakdown(error: BaseException) -> bool:
    """Tell a panic of a library written in Rust; damaged files bring it about, and it is no
    Exception.
    """
    return type(error).__name__ == "PanicException"
