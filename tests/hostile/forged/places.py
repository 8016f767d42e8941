"""Hostile places: links out of the folder, pipes that nobody writes to, names that are no names."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tests.hostile.forged.shape import Forged, Trap

_TEXT: Final = "测试文本。离职员工带走客户名单,双方签有保密协议。\n"


def _laid(
    what: str, lay: Callable[[Path, Trap], Sequence[str]], refused: bool = False
) -> Forged:
    return Forged(what=f"位置:{what}", lay=lay, refused=refused)


def _link(
    name: str, to: Callable[[Path, Trap], Path]
) -> Callable[[Path, Trap], Sequence[str]]:
    def lay(folder: Path, trap: Trap) -> Sequence[str]:
        (folder / name).symlink_to(to(folder, trap))
        return ()

    return lay


def _chain(folder: Path, trap: Trap) -> Sequence[str]:
    (folder / "a.txt").symlink_to(folder / "b")
    (folder / "b").symlink_to(trap.secret)
    return ()


def _pipe(folder: Path, trap: Trap) -> Sequence[str]:
    os.mkfifo(folder / "forged.txt")
    return ()


def _named_pipe(folder: Path, trap: Trap) -> Sequence[str]:
    outside = folder.parent / f"{folder.name}-pipe.txt"
    os.mkfifo(outside)
    return (str(outside),)


def _socket(folder: Path, trap: Trap) -> Sequence[str]:
    with socket.socket(socket.AF_UNIX) as made:
        here = os.open(folder, os.O_PATH)
        made.bind(f"/proc/self/fd/{here}/forged.txt")
        os.close(here)
    return ()


def _folder_named_as_file(folder: Path, trap: Trap) -> Sequence[str]:
    (folder / "forged.txt").mkdir()
    return ()


def _sparse(size: int) -> Callable[[Path, Trap], Sequence[str]]:
    def lay(folder: Path, trap: Trap) -> Sequence[str]:
        with (folder / "forged.txt").open("wb") as out:
            out.truncate(size)
        return ()

    return lay


def _name(name: bytes) -> Callable[[Path, Trap], Sequence[str]]:
    def lay(folder: Path, trap: Trap) -> Sequence[str]:
        with open(os.fsencode(folder) + b"/" + name, "wb") as out:
            out.write((_TEXT + repr(name)).encode())
        return ()

    return lay


def _deep(folder: Path, trap: Trap) -> Sequence[str]:
    here = folder
    for _ in range(120):
        here = here / "d"
    here.mkdir(parents=True)
    (here / "forged.txt").write_text(_TEXT + "深处", "utf-8")
    return ()


def _named(*names: str) -> Callable[[Path, Trap], Sequence[str]]:
    return lambda folder, trap: names


def _twice(folder: Path, trap: Trap) -> Sequence[str]:
    (folder / "forged.txt").write_text(_TEXT + "两次", "utf-8")
    return (str(folder / "forged.txt"), f"{folder}/../{folder.name}/forged.txt")


FORGED: Final[tuple[Forged, ...]] = (
    _laid(
        "链接到目录外的文件",
        _link("forged.txt", lambda folder, trap: trap.secret),
        refused=True,
    ),
    _laid(
        "链接到目录外的目录",
        _link("outside", lambda folder, trap: trap.secret.parent),
        refused=True,
    ),
    _laid("链接的链接到目录外", _chain, refused=True),
    _laid(
        "链接到根目录",
        _link("root", lambda folder, trap: Path("/proc/self/task")),
        refused=True,
    ),
    _laid("链接到自己所在的目录", _link("loop", lambda folder, trap: folder)),
    _laid(
        "链接到自己", _link("forged.txt", lambda folder, trap: folder / "forged.txt")
    ),
    _laid(
        "链接到无尽的设备",
        _link("forged.txt", lambda folder, trap: Path("/dev/zero")),
        refused=True,
    ),
    _laid(
        "链接到没有的文件",
        _link("forged.txt", lambda folder, trap: folder / "none.txt"),
    ),
    _laid(
        "链接到系统账户文件",
        _link("forged.txt", lambda folder, trap: Path("/etc/passwd")),
        refused=True,
    ),
    _laid("目录里有管道", _pipe),
    _laid("点名管道", _named_pipe, refused=True),
    _laid("目录里有套接字", _socket),
    _laid("点名无尽的设备", _named("/dev/zero"), refused=True),
    _laid("点名没有的文件", _named("/nonexistent/测试.txt"), refused=True),
    _laid("目录以文件为名", _folder_named_as_file),
    _laid("九十九兆的空洞文件", _sparse(99 * 1024 * 1024), refused=True),
    _laid("五百吉的空洞文件", _sparse(500 * 1024**3), refused=True),
    _laid("名称不是 UTF-8", _name(b"\xff\xfe\xed\xa0\x80.txt")),
    _laid("名称有换行", _name("测\n试.txt".encode())),
    _laid("名称有终端控制序列", _name(b"\x1b[2J\x1b]0;x\x07.txt")),
    _laid("名称从右至左", _name("\u202etxt.测试.txt".encode())),
    _laid("名称以横线开头", _name(b"--home.txt")),
    _laid("名称二百五十字节", _name(b"x" * 246 + b".txt")),
    _laid("名称是标记", _name(b"<img src=x onerror=kbx7()>.txt")),
    _laid("名称是公式", _name(b"=1+1.txt")),
    _laid("目录深一百二十层", _deep),
    _laid("同一文件点名三次", _twice),
)
