"""`kb backup` while others write, `kb restore` of what is whole, and of archives that were altered."""

from __future__ import annotations

import io
import shutil
import subprocess
import time
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tests.hostile import product, state, texts
from tests.hostile.attack import Attack, Ground, Note, Trial

_BEFORE: Final = 300
_DURING: Final = 4000


def back_up(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Back up while another process adds, restore elsewhere: a state that was committed, sound,
    every original there.
    """
    for number in numbers:
        home, archive = ground.fresh("home"), ground.fresh("backup") / "kb.zip"
        first, more = (
            ground.folder / f"{name}-{number}.jsonl" for name in ("first", "more")
        )
        first.write_text(texts.lines(range(_BEFORE)), "utf-8")
        more.write_text(texts.lines(range(_BEFORE, _BEFORE + _DURING)), "utf-8")
        product.kb(home, "add", first, "--quiet")
        writer = _writing(home, more)
        time.sleep(ground.chance("backup", number).uniform(0.3, 2.5))
        done = product.kb(home, "backup", archive)
        while_writing = writer.poll() is None
        writer.wait()
        what = "收入正在进行" if while_writing else "收入刚刚结束"
        yield Trial(
            number=number,
            what=f"备份时{what}",
            fault=done.fault() or _restored(ground, archive),
        )
        shutil.rmtree(home, ignore_errors=True)


def _writing(home: Path, file: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        product.command(home, "add", file, "--quiet"),
        cwd=product.ROOT,
        env=product.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _restored(ground: Ground, archive: Path) -> str:
    """Return what is wrong with what a backup restores to."""
    home = ground.fresh("restored") / "home"
    done = product.kb(home, "restore", archive)
    if fault := done.fault():
        return f"恢复:{fault}"
    _, documents = state.exported(home)
    count = len(documents)
    if count < _BEFORE or {str(fields["id"]) for fields in documents} != {
        f"n-{number}" for number in range(count)
    }:
        return f"恢复出 {count} 件,不是某一次写入之后的状态"
    fault, slugs = state.found(home, texts.own_word(count - 1))
    if fault or slugs != [f"n-{count - 1}"]:
        return fault or f"恢复后检索最后一件得到 {slugs}"
    return state.unsound(home)


def alter(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Alter an archive; restoring it is refused in words and leaves nothing, or what it restores is
    whole all the same.
    """
    home, file = ground.fresh("home"), ground.folder / "few.jsonl"
    file.write_text(texts.lines(range(20)), "utf-8")
    product.kb(home, "add", file, "--quiet")
    whole = ground.fresh("backup") / "kb.zip"
    if fault := product.kb(home, "backup", whole).fault():
        yield Trial(number=0, what="备份", fault=fault)
        return
    _, reference = state.exported(home)
    for number in numbers:
        what, data = _altered(ground, whole.read_bytes(), number)
        archive, target = (
            ground.fresh("altered") / "kb.zip",
            ground.fresh("target") / "home",
        )
        archive.write_bytes(data)
        done = product.kb(target, "restore", archive)
        fault = done.fault((0, 1, 2))
        if not fault and done.status == 0:
            fault = (
                ""
                if state.exported(target)[1] == reference
                else "恢复出与备份时不同的库"
            )
        elif (
            not fault
            and target.exists()
            and any(path.is_file() for path in target.rglob("kb.sqlite3"))
        ):
            fault = "拒绝后留下了数据库"
        yield Trial(
            number=number, what=f"备份文件{what}", fault=fault or _escaped(ground)
        )


def _altered(ground: Ground, data: bytes, number: int) -> tuple[str, bytes]:
    chance = ground.chance("backup-altered", number)
    kind = number % 6
    if kind == 0:
        return "截断", data[: chance.randrange(len(data))]
    if kind == 1:
        spoilt = bytearray(data)
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
        return "翻转一位", bytes(spoilt)
    if kind == 2:
        return "添了路径成员", _with_member(
            data,
            chance.choice(("../../kbx7", "/tmp/kbx7", "files/../../kbx7", "C:\\kbx7")),
        )
    if kind == 3:
        return "添了符号链接", _with_member(data, "files/aa/link", link="/etc/passwd")
    if kind == 4:
        return "少了一个成员", _without_member(data, chance.randrange(1000))
    return "换了一个成员的内容", _with_other_content(data, chance.randrange(1000))


def _with_member(data: bytes, name: str, link: str = "") -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo("x")
        info.filename = name
        info.external_attr = (0o120777 if link else 0o100644) << 16
        archive.writestr(info, link or "x")
    return out.getvalue()


def _rewritten(data: bytes, chosen: int, replacement: bytes | None) -> bytes:
    out = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w") as new,
    ):
        names = old.namelist()
        for name in names:
            content = old.read(name)
            if name == names[chosen % len(names)]:
                if replacement is None:
                    continue
                content = replacement + content[len(replacement) :]
            new.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def _without_member(data: bytes, chosen: int) -> bytes:
    return _rewritten(data, chosen, None)


def _with_other_content(data: bytes, chosen: int) -> bytes:
    return _rewritten(data, chosen, b"x" * 40)


def _escaped(ground: Ground) -> str:
    return (
        "写到了目录以外"
        if any(ground.folder.parent.rglob("kbx7*")) or any(Path("/tmp").glob("kbx7*"))
        else ""
    )


# -- killed while restoring --------------------------------------------------------------


def kill_restoring(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Kill a restore that replaces a library: the old or the new one is there whole, or the same
    command completes it.
    """
    old, new = (_small_library(ground, series) for series in ("old", "new"))
    archive = ground.fresh("backup") / "kb.zip"
    product.kb(new, "backup", archive)
    whole = {
        name: state.exported(home)[1] for name, home in (("old", old), ("new", new))
    }
    started = time.monotonic()
    product.kb(
        Path(shutil.copytree(old, ground.fresh("timed") / "home")),
        "restore",
        archive,
        "--replace",
    )
    whole_s = time.monotonic() - started
    for number in numbers:
        home = Path(shutil.copytree(old, ground.fresh("killed") / "home"))
        after_s = ground.chance("restore-killed", number).uniform(0.0, whole_s)
        product.killed_after(after_s, home, "restore", archive, "--replace")
        fault = _either(home, archive, whole)
        yield Trial(number=number, what=f"{after_s:.2f} 秒后 kill -9", fault=fault)
        shutil.rmtree(home.parent, ignore_errors=True)


def _small_library(ground: Ground, series: str) -> Path:
    home, file = ground.fresh(series), ground.folder / f"{series}.jsonl"
    file.write_text(texts.lines(range(200), series), "utf-8")
    product.kb(home, "add", file, "--quiet")
    return home


def _either(home: Path, archive: Path, whole: dict[str, list[dict[str, Any]]]) -> str:
    done, documents = state.exported(home)
    if fault := done.fault((0, 2)):
        return f"导出:{fault}"
    if done.status == 0 and documents not in whole.values():
        return f"{len(documents)} 件,既不是旧库也不是新库"
    if done.status == 0 and (fault := state.unsound(home)):
        return fault
    again = product.kb(home, "restore", archive, "--replace")
    if fault := again.fault():
        return f"再次恢复:{fault}"
    return state.unsound(home) or (
        "" if state.exported(home)[1] == whole["new"] else "再次恢复后与备份不同"
    )


ATTACKS: Final = (
    Attack(
        key="backup",
        name="写入时备份,再恢复",
        what="`kb add` 正在写入时 `kb backup`,恢复到空目录:是某一次写入之后的状态,文书、原件、检索齐全,`kb verify` 完好",
        tries=12,
        few=0,
        run=back_up,
    ),
    Attack(
        key="backup-altered",
        name="被改动的备份文件",
        what="截断、翻转、添路径或符号链接成员、去掉或换掉成员;`kb restore` 拒绝并说明,不留下半个库,不写到目录以外",
        tries=60,
        few=0,
        run=alter,
    ),
    Attack(
        key="restore-killed",
        name="恢复时 kill -9",
        what="`kb restore --replace` 在任意时刻被杀死;旧库或新库完整地在,或各命令拒绝并说明,再次运行同一命令即完成,与备份逐件相等",
        tries=30,
        few=0,
        run=kill_restoring,
    ),
)
