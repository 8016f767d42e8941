"""Disks that fill up at any moment, and disks that take nothing at all."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.hostile import product, seeing, state, texts
from tests.hostile.attack import Attack, Ground, Note, Trial

_SIZES_KB: Final = (
    512,
    1024,
    1536,
    2048,
    3072,
    4096,
    5120,
    6144,
    8192,
    10240,
    12288,
    14336,
    16384,
    20480,
)
_DOCUMENTS: Final = 1500
_COMMANDS: Final[Sequence[Sequence[object]]] = (
    ("search", "客户名单"),
    ("show", "n-3"),
    ("export", "--quiet"),
    ("verify",),
    ("add", "FILE"),
    ("remove", "n-3", "--yes"),
)


@contextmanager
def _disk(ground: Ground, size_kb: int) -> Iterator[Path | None]:
    """Yield a small file system of its own; None where nobody here may mount one."""
    place = ground.fresh("disk")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", place],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=False)


def _remount(place: Path, options: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{options}", place], check=True)


def _source(ground: Ground) -> Path:
    file = ground.folder / "many.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        file.write_text(texts.lines(range(_DOCUMENTS)), "utf-8")
    return file


def fill_up(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Add to a disk that fills up, look, make room, and go on: nothing lost, nothing but words."""
    file, reference_home = _source(ground), ground.fresh("whole")
    product.kb(reference_home, "add", file, "--quiet")
    _, reference = state.exported(reference_home)
    for number in numbers:
        with _disk(ground, _SIZES_KB[number]) as place:
            if place is None:
                yield Note("此处不能挂载小磁盘,未试")
                return
            fault = _filled(place, file, reference)
            yield Trial(
                number=number,
                what=f"{_SIZES_KB[number] / 1024:g} MB 的磁盘",
                fault=fault,
            )


def _filled(place: Path, file: Path, reference: list[dict[str, Any]]) -> str:
    home, settings = place / "home", {"TMPDIR": str(place)}
    for args in (("add", file, "--quiet"), ("search", "客户名单"), ("verify",)):
        done = product.kb(home, *args, settings=settings)
        if fault := done.fault((0, 2)) or (
            "" if done.status == 0 or done.err.strip() else "失败而没有说明"
        ):
            return f"满时 kb {args[0]}:{fault}"
    _remount(place, "size=300m")
    if fault := state.unsound(home):
        return f"有空间后 {fault}"
    if fault := product.kb(home, "add", file, "--quiet").fault():
        return f"有空间后接着收入:{fault}"
    return state.unsound(home) or (
        "" if state.exported(home)[1] == reference else "收完后与未满的库不同"
    )


def read_only(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Run commands and ask pages on a disk that was made read-only: reading goes on, writing is
    refused in words.
    """
    with _disk(ground, 300 * 1024) as place:
        if place is None:
            yield Note("此处不能挂载只读磁盘,未试")
            return
        home, file = place / "home", _source(ground)
        product.kb(home, "add", file, "--quiet")
        other = ground.folder / "other.jsonl"
        other.write_text(texts.lines(range(5), "other"), "utf-8")
        _remount(place, "ro")
        for number in numbers:
            yield Trial(
                number=number,
                what=_said(number),
                fault=_read_only_fault(ground, home, other, number),
            )
        _remount(place, "rw")
        if fault := state.unsound(home):
            yield Trial(number=len(numbers), what="可写之后", fault=fault)


_PAGES: Final = ("/", "/api/search?q=%E5%AE%A2%E6%88%B7", "/documents/1", "/browse")


def _said(number: int) -> str:
    if number < len(_COMMANDS):
        return f"只读磁盘上 kb {' '.join(map(str, _COMMANDS[number]))}"
    return "只读磁盘上 kb serve"


def _read_only_fault(ground: Ground, home: Path, other: Path, number: int) -> str:
    if number < len(_COMMANDS):
        args = [other if one == "FILE" else one for one in _COMMANDS[number]]
        done = product.kb(home, *args)
        reads = args[0] in ("search", "show", "export")
        allowed = (0,) if reads else (2,) if args[0] in ("add", "remove") else (0, 2)
        return done.fault(allowed) or (
            "" if done.status == 0 or done.err.strip() else "失败而没有说明"
        )
    with product.serving(home, ground.folder / "serve.log") as server:
        for page in _PAGES:
            answer = server.get(page)
            if answer.status != 200:
                return seeing.failed(answer) or f"{page} 答 {answer.status}"
    return ""


ATTACKS: Final = (
    Attack(
        key="full-disk",
        name="写满的磁盘",
        what=f"在 0.5 至 20 MB 的磁盘上收入 {_DOCUMENTS:,} 件,满时 `add`、`search`、`verify` 只说话(退出码 0 或 2);腾出空间后完好,接着收入,与未满的库逐件相等",
        tries=len(_SIZES_KB),
        few=0,
        run=fill_up,
    ),
    Attack(
        key="read-only-disk",
        name="只读的磁盘",
        what="磁盘改为只读后的各命令与服务:检索、阅读、导出照常(退出码 0,网页 200),写入拒绝并说明(退出码 2),没有 Traceback",
        tries=len(_COMMANDS) + 1,
        few=0,
        run=read_only,
    ),
)
