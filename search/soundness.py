"""Are an index's files what was written, and did the library that reads them break down over them?"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kb.errors import StateError

#: Rewritten by every commit under the same name; all other files of an index never change.
_REWRITTEN: Final = frozenset(("meta.json",))
_BYTES: Final = 16


def digests(folder: Path, known: Mapping[str, str]) -> dict[str, str]:
    """Return the digest of every file of an index by its name; those `known` and unchanging are not read again."""
    return {
        path.name: known[path.name] if path.name in known and path.name not in _REWRITTEN else _digest(path)
        for path in sorted(folder.iterdir())
        if path.is_file() and not path.name.startswith(".")
    }


def changed(folder: Path, written: Mapping[str, str]) -> list[str]:
    """Return the files that are no longer what was written; one that is gone is missed when the index is opened."""
    paths = ((folder / name, digest) for name, digest in written.items())
    return [path.name for path, digest in paths if path.is_file() and _digest(path) != digest]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_BYTES)).hexdigest()


class IndexDamaged(StateError):
    """An index cannot be read and was given up; it is made anew when next needed."""


def is_breakdown(error: BaseException) -> bool:
    """Tell a panic of a library written in Rust; damaged files bring it about, and it is no Exception."""
    return type(error).__name__ == "PanicException"
