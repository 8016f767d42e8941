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


def marks(folder: Path, known: Mapping[str, FileMark]) -> dict[str, FileMark]:
    """Return the mark of every file of an index by its name; those `known` and unchanging are not
    read again.
    """
    return {
        path.name: known[path.name]
        if path.name in known and path.name not in _REWRITTEN
        else mark(path)
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".")
    }


def mark(path: Path) -> FileMark:
    """Return the mark of one file."""
    status = path.stat()
    with path.open("rb") as file:
        digest = hashlib.file_digest(
            file, lambda: hashlib.blake2b(digest_size=_BYTES)
        ).hexdigest()
    return FileMark(status.st_size, status.st_mtime_ns, digest)


def changed(folder: Path, written: Mapping[str, FileMark]) -> list[str]:
    """Return the files whose bytes are no longer what was written; one that is gone is missed when
    it is opened.
    """
    paths = ((folder / name, known) for name, known in written.items())
    return [
        path.name
        for path, known in paths
        if path.is_file() and mark(path).digest != known.digest
    ]


def touched(folder: Path, written: Mapping[str, FileMark]) -> bool:
    """Tell whether any unchanging file was written to since: a look at each, without reading it."""
    return any(
        _is_touched(folder / name, known)
        for name, known in written.items()
        if name not in _REWRITTEN
    )


def _is_touched(path: Path, known: FileMark) -> bool:
    try:
        status = path.stat()
    except FileNotFoundError:  # merged into another; who has it open goes on reading it
        return False
    return (status.st_size, status.st_mtime_ns) != (known.size, known.changed_ns)


def is_breakdown(error: BaseException) -> bool:
    """Tell a panic of a library written in Rust; damaged files bring it about, and it is no
    Exception.
    """
    return type(error).__name__ == "PanicException"
