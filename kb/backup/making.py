"""Make a backup: the database as it stands now, while others write, and the originals it refers
to.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Final

from msgspec import Struct

from kb.backup.archive import DATABASE, FORMAT, Manifest, Writer, original_name
from kb.errors import StateError, StoreDamaged
from kb.store import Store
from kb.store.committing import now
from kb.store.copying import Copied, inspect

_PACKAGE: Final = "trade-secret-kb"


class Made(Struct, frozen=True, kw_only=True):
    """What was backed up, and what is missing because the library itself no longer has it whole."""

    copied: Copied
    originals: int
    missing: dict[str, str]
    size_bytes: int


def make(
    store: Store,
    target: Path,
    copying: Callable[[int, int], None] = lambda done, pages: None,
    packing: Callable[[int, int], None] = lambda done, originals: None,
) -> Made:
    """Write a backup of the whole library to `target`, which appears whole or not at all.

    `copying` hears pages of the database, `packing` originals. Raises StoreDamaged when
    the database could not be restored from, StateError when the backup cannot be
    written.
    """
    try:
        with tempfile.TemporaryDirectory(
            prefix=f"{target.name}.new-", dir=target.parent
        ) as folder:
            waiting = Path(folder)
            store.copy_to(waiting / DATABASE, copying)
            copied = inspect(waiting / DATABASE)
            missing = _pack(store, copied, waiting, packing)
            size_bytes = (waiting / "archive").stat().st_size
            os.replace(waiting / "archive", target)
    except OSError as error:
        raise StateError(
            f"备份无法写入 {target}({error.strerror})。请检查磁盘空间与权限"
        ) from error
    return Made(
        copied=copied,
        originals=len(copied.files) - len(missing),
        missing=missing,
        size_bytes=size_bytes,
    )


def _pack(
    store: Store,
    copied: Copied,
    waiting: Path,
    packing: Callable[[int, int], None],
) -> dict[str, str]:
    """Write the archive; return by sha256 why an original is not in it."""
    writer = Writer(waiting / "archive")
    with (waiting / DATABASE).open("rb") as file:
        writer.add(DATABASE, file)
    missing: dict[str, str] = {}
    for number, sha256 in enumerate(sorted(copied.files)):
        packing(number, len(copied.files))
        try:
            store.files.require(sha256)
        except StoreDamaged as error:
            missing[sha256] = str(error)
            continue
        with store.files.path(sha256).open("rb") as file:
            if writer.add(original_name(sha256), file).sha256 != sha256:
                raise StateError(
                    f"备份时原件 {sha256} 正被改动,没有写备份。请查明是什么程序在改,再试"
                )
    packing(len(copied.files), len(copied.files))
    writer.finish(
        Manifest(
            format=FORMAT,
            store_id=copied.store_id,
            generation=copied.commit.generation,
            commit_id=copied.commit.id,
            schema_version=copied.schema_version,
            program=_version(),
            made_at=now(),
            members=writer.members,
            missing=tuple(missing),
        )
    )
    return missing


def _version() -> str:
    try:
        return metadata.version(_PACKAGE)
    except metadata.PackageNotFoundError:  # run from a folder, not installed
        return ""
