"""Databases that are missing, empty, foreign or older than what stands beside them."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.hostile import product, state, texts
from tests.hostile.attack import Attack, Ground, Note, Trial

_OLD_S: Final = 2 * 3600.0


def filled(
    ground: Ground, name: str, numbers: Sequence[int], series: str = "n"
) -> Path:
    """Return a data folder with one file a document."""
    home = ground.fresh(name)
    add_files(ground, home, numbers, series)
    return home


def add_files(ground: Ground, home: Path, numbers: Sequence[int], series: str) -> None:
    """Add documents, one file and so one commit each."""
    folder = ground.fresh("files")
    for number in numbers:
        (folder / f"{series}-{number:04}.jsonl").write_text(
            texts.lines([number], series), "utf-8"
        )
    product.kb(home, "add", folder, "--quiet")


def originals(home: Path) -> set[str]:
    """Return the hash of the content of every file below a data folder that is neither index nor
    database.
    """
    return {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.rglob("*")
        if path.is_file()
        and "index" not in path.parts
        and not path.name.startswith("kb.sqlite3")
    }


def remove_database(home: Path) -> None:
    """Take a database away, its log too."""
    for path in home.glob("kb.sqlite3*"):
        path.unlink()


def _missing(home: Path, foreign: Path) -> None:
    remove_database(home)


def _empty(home: Path, foreign: Path) -> None:
    remove_database(home)
    (home / "kb.sqlite3").touch()


def _foreign(home: Path, foreign: Path) -> None:
    remove_database(home)
    shutil.copy(foreign / "kb.sqlite3", home / "kb.sqlite3")


def _new(home: Path, foreign: Path) -> None:
    """Lay the empty database that the program itself makes where there is none."""
    remove_database(home)
    elsewhere = home.parent / "elsewhere"
    product.kb(elsewhere, "search", "测试")
    shutil.copy(elsewhere / "kb.sqlite3", home / "kb.sqlite3")


def _tables_alone(home: Path, foreign: Path) -> None:
    """Lay a database with the right tables and not a row in them."""
    remove_database(home)
    with sqlite3.connect(foreign / "kb.sqlite3") as conn:
        made = conn.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        )
        script = "".join(f"{row[0]};" for row in made)
        version = conn.execute("PRAGMA user_version").fetchone()[0]
    with sqlite3.connect(home / "kb.sqlite3") as conn:
        conn.executescript(f"{script}PRAGMA user_version = {version};")


def _garbage(home: Path, foreign: Path) -> None:
    remove_database(home)
    (home / "kb.sqlite3").write_bytes("测试文本。这不是数据库。".encode() * 500)


def _log_alone(home: Path, foreign: Path) -> None:
    remove_database(home)
    (home / "kb.sqlite3-wal").write_bytes(bytes(5000))


_LOSSES: Final[Mapping[str, Callable[[Path, Path], None]]] = {
    "不见了": _missing,
    "成了空文件": _empty,
    "换成别的库": _foreign,
    "换成空的新库": _new,
    "只有表而没有内容": _tables_alone,
    "成了乱码": _garbage,
    "只剩日志": _log_alone,
}
_COMMANDS: Final[Sequence[Sequence[str]]] = (
    ("verify",),
    ("verify", "--json"),
    ("search", "客户名单"),
    ("export",),
    ("show", "1"),
    ("remove", "1", "--yes"),
)


def lose(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Take the database away or put another in its place, run a command: refused with advice,
    nothing deleted.
    """
    whole, foreign = (
        filled(ground, "whole", range(6)),
        filled(ground, "foreign", range(3), "other"),
    )
    _age(whole)
    pairs = [(loss, command) for loss in _LOSSES for command in _COMMANDS]
    for number in numbers:
        loss, command = pairs[number]
        home = ground.fresh("lost") / "home"
        shutil.copytree(whole, home)
        _LOSSES[loss](home, foreign)
        before = originals(home)
        done = product.kb(home, *command)
        fault = done.fault((2,)) or ("" if done.err.strip() else "拒绝而没有说明")
        if "完好" in done.out + done.err:
            fault = "说完好"
        if gone := before - originals(home):
            fault = f"删掉了 {len(gone)} 份原件"
        yield Trial(
            number=number, what=f"数据库{loss},kb {' '.join(command)}", fault=fault
        )
    if numbers[-1] == len(pairs) - 1:
        yield from _older(ground, whole, len(pairs))


def _older(ground: Ground, whole: Path, number: int) -> Iterator[Trial]:
    """Put an older database of the same library back: what it does not know is kept."""
    home = ground.fresh("older") / "home"
    shutil.copytree(whole, home)
    older = (home / "kb.sqlite3").read_bytes()
    add_files(ground, home, range(20, 24), "later")
    remove_database(home)
    (home / "kb.sqlite3").write_bytes(older)
    _age(home)
    before = originals(home)
    fault = state.unsound(home)
    if gone := before - originals(home):
        fault = f"删掉了 {len(gone)} 份原件"
    yield Trial(number=number, what="换回较旧的库后 kb verify", fault=fault)


def _age(home: Path) -> None:
    """Let every file be two hours old, links and the database too."""
    moment = time.time() - _OLD_S
    for path in home.rglob("*"):
        os.utime(path, (moment, moment))


# -- stale indexes -----------------------------------------------------------------------


def rewind(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Put an older database beside a newer index and go on until the numbers of commits are equal."""
    for number in numbers:
        chance = ground.chance("stale-index", number)
        kept, lost = chance.randrange(1, 6), chance.randrange(1, 6)
        gained = lost if number % 2 == 0 else chance.randrange(1, 9)
        home = filled(ground, "library", range(kept))
        older = (home / "kb.sqlite3").read_bytes()
        add_files(ground, home, range(100, 100 + lost), "lost")
        remove_database(home)
        (home / "kb.sqlite3").write_bytes(older)
        add_files(ground, home, range(200, 200 + gained), "new")
        what = f"{kept} 次写入后备份,又写 {lost} 次,换回备份,再写 {gained} 次"
        yield Trial(
            number=number, what=what, fault=_answers_as_it_is(home, kept, lost, gained)
        )


def _answers_as_it_is(home: Path, kept: int, lost: int, gained: int) -> str:
    """Return what is wrong where a store was put back: lost documents answer, new ones do not."""
    wanted = {
        texts.own_word(200 + gained - 1, "new"): [f"new-{200 + gained - 1}"],
        texts.own_word(100 + lost - 1, "lost"): [],
        texts.own_word(kept - 1): [f"n-{kept - 1}"],
    }
    for word, slugs in wanted.items():
        fault, found = state.found(home, word)
        if fault or found != slugs:
            return fault or f"检索 {word} 得到 {found},应为 {slugs}"
    return state.unsound(home)


ATTACKS: Final = (
    Attack(
        key="lost-database",
        name="数据库丢失后核对",
        what="数据库不见了、成了空文件或乱码、换成别的库、换成空的新库,或换回较旧的库,原件都在旁边;各命令拒绝并说明(退出码 2)而不说完好,原件一份不少",
        tries=len(_LOSSES) * len(_COMMANDS),
        few=0,
        run=lose,
    ),
    Attack(
        key="stale-index",
        name="恢复后的旧索引",
        what="备份数据库,继续收入,换回备份,再收入别的文书直到写入次数与索引相同;新文书找得到,丢失的不再出现,`kb verify` 完好",
        tries=12,
        few=0,
        run=rewind,
    ),
)
