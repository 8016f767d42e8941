"""Put a backup in the place of a library: checked whole beside it, then changed over by renaming.

    restoring/            the backup unpacked, beside the library that is still in use
    restore.json          from here on nobody opens the store (kb/locks.py)
    replaced-…/           what was there before, moved aside
    kb.sqlite3, files/    the backup, moved in

Killed before the note is written, the old library is whole; after, the same command
goes on where it stopped: a piece that is no longer in `restoring` is in place already.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

import msgspec

from kb import locks
from kb.backup import archive
from kb.errors import StateError, StoreDamaged, UnreadableFile, UserError
from kb.files import Files
from kb.permissions import make_folder
from kb.records import Commit
from kb.store.copying import Copied, inspect

STAGING: Final = "restoring"
REPLACED: Final = "replaced-"
#: What a library consists of. What is not unpacked from a backup belongs to the
#: database it stands beside.
_UNPACKED: Final = ("files", archive.DATABASE)
_PIECES: Final = ("kb.sqlite3-wal", "kb.sqlite3-shm", "index", *_UNPACKED)
#: Requests that are being answered when the change begins are done by then; a program
#: that holds the store open is not.
_WAIT_S: Final = 10.0


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """The note left while libraries change places: of which backup, and the folder the old library
    goes to.
    """

    seal: str
    made_at: str
    documents: int
    originals: int
    missing: tuple[str, ...]
    aside: str


def restore(
    path: Path,
    home: Path,
    replace: bool,
    progress: Callable[[int, int], None] = lambda done, members: None,
) -> Pending:
    """Put the backup at `path` into the data folder `home`; return what was done.

    A library that is there is moved aside when `replace`; otherwise the folder must
    hold none. Raises UnreadableFile for an archive that is not a whole backup,
    UserError where a library is in the way, and StateError when others use the store,
    there is no room, or another restore was interrupted.
    """
    with archive.read(path) as backup, _folder(home), locks.restoring(home):
        pending = _pending(home)
        if pending is not None and pending.seal != backup.seal:
            raise StateError(
                f"上一次恢复(备份于 {pending.made_at})没有做完。请先用那一份备份再次运行 kb restore"
            )
        if pending is None:
            if _library(home) and not replace:
                raise UserError(
                    f"{home} 里已有一个库。加 --replace 把它移到一旁再恢复,或用 --home "
                    f"换一个数据目录"
                )
            mounted = [name for name in _PIECES if (home / name).is_mount()]
            if mounted:
                raise StateError(
                    f"{home / mounted[0]} 是挂载点,不能移到一旁。没有改动任何东西。"
                    f"请先卸下或改为普通目录"
                )
            pending = _unpack(backup, home, progress)
            _note(home, pending)
        _change_over(home, pending)
    return pending


@contextmanager
def _folder(home: Path) -> Iterator[None]:
    """Make the data folder; where nothing could be restored, it is left as it was: absent, or
    empty.
    """
    was_there = home.exists()
    was_empty = not was_there or not any(home.iterdir())
    try:
        make_folder(home)
        yield
    except BaseException:
        if was_empty:
            locks.forget(home)
        if not was_there:
            with suppress(OSError):
                home.rmdir()
        raise


def _library(home: Path) -> list[str]:
    """Return the pieces of a library in a data folder; an empty folder for originals is none."""
    return [
        name
        for name in _PIECES
        if os.path.lexists(home / name) and not _is_empty_folder(home / name)
    ]


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.rglob("*"))


def _unpack(
    backup: archive.Reader,
    home: Path,
    progress: Callable[[int, int], None],
) -> Pending:
    """Unpack and check a backup beside the library; what is not whole is taken away again."""
    staging = home / STAGING
    # of a restore that was interrupted; the archive still has it
    shutil.rmtree(staging, ignore_errors=True)
    free = shutil.disk_usage(home).free
    if backup.size_bytes > free:
        raise StateError(
            f"磁盘空间不足:恢复需要 {backup.size_bytes >> 20} MB,{home} 只余 {free >> 20} MB"
        )
    try:
        make_folder(staging)
        return _checked(backup, staging, progress)
    except OSError as error:
        shutil.rmtree(staging, ignore_errors=True)
        raise StateError(
            f"恢复时无法写入 {home}({error.strerror})。没有改动原有的库。请检查磁盘空间与权限"
        ) from error
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise


def _checked(
    backup: archive.Reader,
    staging: Path,
    progress: Callable[[int, int], None],
) -> Pending:
    manifest = backup.manifest
    names = [
        archive.DATABASE,
        *(name for name in manifest.members if name != archive.DATABASE),
    ]
    backup.unpack(archive.DATABASE, staging / archive.DATABASE)
    copied = _agreeing(backup, staging / archive.DATABASE)
    files = Files(staging / "files", lambda: copied.store_id)
    files.claim(copied.store_id)
    for number, name in enumerate(names[1:], 1):
        progress(number, len(names))
        sha256 = manifest.members[name].sha256
        make_folder(files.path(sha256).parent)
        backup.unpack(name, files.path(sha256))
    progress(len(names), len(names))
    for folder in (*staging.rglob("*/"), staging):
        _sync(folder)
    return Pending(
        seal=backup.seal,
        made_at=manifest.made_at,
        documents=copied.documents,
        originals=len(names) - 1,
        missing=manifest.missing,
        aside=_free_name(staging.parent),
    )


def _free_name(home: Path) -> str:
    name = f"{REPLACED}{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(name for name in names if not (home / name).exists())


def _agreeing(backup: archive.Reader, database: Path) -> Copied:
    """Return what an unpacked database says of itself; raises UnreadableFile unless the manifest
    says the same.
    """
    manifest = backup.manifest
    try:
        copied = inspect(database)
    except StoreDamaged as error:
        raise UnreadableFile(
            f"备份里的{error}。没有恢复任何东西,请换一份备份"
        ) from error
    said = (
        manifest.store_id,
        Commit(manifest.generation, manifest.commit_id),
        manifest.schema_version,
    )
    originals: dict[str, int] = {}
    for name, member in manifest.members.items():
        if name != archive.DATABASE:
            originals[member.sha256] = member.size_bytes
    expected = dict(copied.files)
    for sha256 in manifest.missing:
        expected.pop(sha256, None)
    found = (copied.store_id, copied.commit, copied.schema_version)
    if said != found or originals != expected:
        raise UnreadableFile(
            "备份的清单与其中的数据库不符。没有恢复任何东西,请换一份备份"
        )
    return copied


def _pending(home: Path) -> Pending | None:
    try:
        return msgspec.json.decode((home / locks.PENDING).read_bytes(), type=Pending)
    except FileNotFoundError:
        return None


def _note(home: Path, pending: Pending) -> None:
    """Say that libraries are about to change places: from here on the new one is the truth."""
    waiting = home / STAGING / locks.PENDING
    with waiting.open("wb") as file:
        file.write(msgspec.json.encode(pending))
        file.flush()
        os.fsync(file.fileno())
    os.replace(waiting, home / locks.PENDING)
    _sync(home)


def _change_over(home: Path, pending: Pending) -> None:
    """Move the old library aside and the new one in, in an order that can be gone on with wherever
    it stops.
    """
    staging = home / STAGING
    left = list(staging.glob("*"))
    is_begun = (home / pending.aside).exists() or len(left) < len(_UNPACKED)
    try:
        with locks.alone(home, _WAIT_S):
            is_begun = True
            _move(home, staging, home / pending.aside)
            shutil.rmtree(staging, ignore_errors=True)
            (home / locks.PENDING).unlink()
            _sync(home)
    except OSError as error:
        raise StateError(
            f"换入备份时出错({error.strerror}),没有做完,各命令都拒绝打开此库。"
            f"请排除原因,再运行同一条 kb restore"
        ) from error
    except StateError:  # others have the store open
        if not is_begun:
            (home / locks.PENDING).unlink()
            shutil.rmtree(staging, ignore_errors=True)
        raise


def _move(
    home: Path,
    staging: Path,
    aside: Path,
) -> None:
    for name in _PIECES:
        is_old = name not in _UNPACKED or (staging / name).exists()
        if is_old and os.path.lexists(home / name):
            make_folder(aside)
            os.rename(home / name, aside / name)
    for name in _UNPACKED:
        if (staging / name).exists():
            os.rename(staging / name, home / name)
    _sync(home)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
