"""Who uses a data folder: all who have its store open share it; who puts another
library in its place has it alone.

The system lets go of a lock when a process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kb.errors import StateError
from kb.permissions import make_folder

#: A note in the data folder while libraries change places: what it says must be done
#: before anything is opened.
PENDING: Final = "restore.json"
_LOCK: Final = "commands.lock"
_RETRY_S: Final = 0.02


class Hold:
    """A lock on a data folder."""

    def __init__(self, descriptor: int) -> None:
        """Hold what is locked through an open file."""
        self._descriptor: int | None = descriptor

    def fileno(self) -> int:
        """Return the open file, as fcntl asks for it."""
        if self._descriptor is None:
            raise ValueError("let go already")
        return self._descriptor

    def release(self) -> None:
        """Let go; once more does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __del__(self) -> None:
        """Let go of what was forgotten."""
        self.release()


def share(home: Path) -> Hold:
    """Use the store of a data folder beside others, making the folder when absent.

    Raises StateError while a library is being put there, and after that was interrupted.
    """
    try:
        make_folder(home)
        hold = Hold(os.open(home, os.O_RDONLY | os.O_DIRECTORY))
    except OSError as error:
        raise StateError(
            f"数据库无法打开:{home}({error.strerror})。请检查目录权限与磁盘"
        ) from error
    is_shared, is_pending = _lock(hold, fcntl.LOCK_SH, 0.0), (home / PENDING).exists()
    if not is_shared or (is_pending and _is_being_restored(home)):
        raise StateError(f"数据目录 {home} 正在恢复备份。请稍后再试")
    if is_pending:
        raise StateError(
            f"数据目录 {home} 的恢复没有做完。请再次运行同一条 kb restore 命令,它会从中断处做完"
        )
    return hold


@contextmanager
def alone(home: Path, wait_s: float) -> Iterator[None]:
    """Have the store of a data folder alone; raises StateError when others have it open for longer
    than `wait_s`.
    """
    hold = Hold(os.open(home, os.O_RDONLY | os.O_DIRECTORY))
    try:
        if not _lock(hold, fcntl.LOCK_EX, wait_s):
            raise StateError(
                "别的程序一直打开着这个库,没有改动它。请停止网页服务或该程序后再试"
            )
        yield
    finally:
        hold.release()


@contextmanager
def at_work(home: Path) -> Iterator[None]:
    """Run a command on a data folder beside others; raises StateError while `kb restore` runs
    there.
    """
    with _commands(
        home,
        fcntl.LOCK_SH,
        0.0,
        "kb restore 正在此数据目录上运行。请等它完成,或先停止它",
    ):
        yield


@contextmanager
def restoring(home: Path) -> Iterator[None]:
    """Run `kb restore`; raises StateError while any other command runs on the data folder."""
    with _commands(
        home,
        fcntl.LOCK_EX,
        1.0,
        "另一个 kb 命令正在使用此数据目录。请等它完成,或先停止它,再恢复",
    ):
        yield


def _is_being_restored(home: Path) -> bool:
    """Tell whether the `kb restore` that left its note is still at work."""
    try:
        with at_work(home):
            return False
    except StateError:
        return True


def forget(home: Path) -> None:
    """Take the file of the locks away from a folder in which there is no store."""
    (home / _LOCK).unlink(missing_ok=True)


@contextmanager
def _commands(
    home: Path,
    how: int,
    wait_s: float,
    refusal: str,
) -> Iterator[None]:
    try:
        descriptor = os.open(home / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    # on a disk that is full or read-only there is nobody to keep out: restoring needs
    # to write
    except OSError:
        if how == fcntl.LOCK_EX:
            raise
        yield
        return
    hold = Hold(descriptor)
    try:
        if not _lock(hold, how, wait_s):
            raise StateError(refusal)
        yield
    finally:
        hold.release()


def _lock(
    hold: Hold,
    how: int,
    wait_s: float,
) -> bool:
    """Tell whether the lock could be had within `wait_s` seconds."""
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(hold, how | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_RETRY_S)
