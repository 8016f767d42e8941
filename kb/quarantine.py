"""Files nobody asked for, set aside instead of deleted: `quarantine/2099-01-31/abcdef…`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Final

from msgspec import Struct

from kb.files import Files, sha256_of
from kb.permissions import make_folder

_ORIGINAL: Final = re.compile(r"[0-9a-f]{64}(?=$|~)")


class Held(Struct, frozen=True, kw_only=True):
    """One file set aside; `sha256` is what it was stored under, None for the leftover of an
    interrupted write.
    """

    path: Path
    found_on: date
    size_bytes: int
    sha256: str | None

    @property
    def name(self) -> str:
        """Return folder and name as people see it, characters that a terminal would obey
        escaped.
        """
        name = "".join(
            char if char.isprintable() else repr(char)[1:-1] for char in self.path.name
        )
        return f"{self.path.parent.name}/{name}"


def size_of(held: Iterable[Held]) -> int:
    """Return how much room files that were set aside take, in bytes."""
    return sum(item.size_bytes for item in held)


class Quarantine:
    """Folder of files set aside, one folder a day."""

    def __init__(self, home: Path) -> None:
        """Keep them in the data folder `home`, where nothing need exist yet."""
        self.folder = home / "quarantine"

    def take(self, path: Path) -> None:
        """Move a file here; what was set aside before under its name stays beside it."""
        day = self.folder / datetime.now(UTC).date().isoformat()
        make_folder(day)
        name = path.name.lstrip(".") or "unnamed"
        names = (name if number == 1 else f"{name}~{number}" for number in count(1))
        shutil.move(
            path, next(day / name for name in names if not (day / name).exists())
        )

    def held(self) -> list[Held]:
        """Return what was set aside, oldest first."""
        return sorted(self._held(), key=lambda item: (item.found_on, item.path.name))

    def _held(self) -> Iterator[Held]:
        for day, found_on in self._days():
            for path in day.iterdir():
                original = _ORIGINAL.match(path.name)
                yield Held(
                    path=path,
                    found_on=found_on,
                    size_bytes=path.lstat().st_size,
                    sha256=original.group() if original else None,
                )

    def _days(self) -> Iterator[tuple[Path, date]]:
        for path in self.folder.glob("*/"):
            with suppress(ValueError):  # not a folder of ours
                yield path, date.fromisoformat(path.name)

    def put_back(self, item: Held, files: Files) -> bool:
        """Move an original to where it stood, and what stands there to here.

        Returns False when its bytes are not what its name says.
        """
        if item.sha256 is None or not _is_whole(item.path, item.sha256):
            return False
        target = files.path(item.sha256)
        if target.exists():
            self.take(target)
        make_folder(target.parent)
        shutil.move(item.path, target)
        target.touch()  # young again: not set aside before it can be used
        self._forget_empty_days()
        return True

    def delete(self, item: Held) -> None:
        """Delete one file for good."""
        item.path.unlink(missing_ok=True)
        self._forget_empty_days()

    def _forget_empty_days(self) -> None:
        for day, _ in self._days():
            if not any(day.iterdir()):
                day.rmdir()


def _is_whole(path: Path, sha256: str) -> bool:
    return (
        path.is_file()
        and not path.is_symlink()
        and sha256_of(path.read_bytes()) == sha256
    )
