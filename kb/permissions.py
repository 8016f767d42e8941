"""What stands in a data folder is for its owner alone: folders 0700, files 0600."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

#: What nobody but the owner gets, as a umask.
PRIVATE: Final = 0o077


def make_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for the owner alone; one that is there
    stays as it is.
    """
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)


def make_file(path: Path) -> None:
    """Make an empty file for the owner alone; one that is there is not opened, so that no lock on
    it is lost.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def tighten(home: Path) -> tuple[int, list[Path]]:
    """Take every right in a data folder from all but the owner; links are not followed out of it.

    Returns how many paths were too open, and which could not be changed.
    """
    tightened, refused = 0, []
    for path in _paths(home.resolve()):
        mode = path.lstat().st_mode
        if not mode & PRIVATE:
            continue
        try:
            path.chmod(mode & 0o7777 & ~PRIVATE)
            tightened += 1
        except PermissionError:
            refused.append(path)
    return tightened, refused


def _paths(home: Path) -> Iterator[Path]:
    yield home
    for folder, folders, files in os.walk(home):
        yield from (
            path
            for name in (*folders, *files)
            if not (path := Path(folder, name)).is_symlink()
        )
