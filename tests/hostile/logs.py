"""Write-ahead logs cut or garbled: the store opens at a state that was committed, with whole
documents.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.hostile import product, state, texts
from tests.hostile.attack import Attack, Ground, Note, Trial

#: Documents of each `kb add`; the first stand in the database, the others in the log alone.
_STEPS: Final = (40, 5, 1, 60)


def _cut(data: bytearray, chance: random.Random) -> bytearray:
    return data[: chance.randrange(len(data))]


def _flip(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.randrange(1, 20)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def _garble(data: bytearray, chance: random.Random) -> bytearray:
    start, length = chance.randrange(len(data)), chance.randrange(1, 20_000)
    data[start : start + length] = chance.randbytes(len(data[start : start + length]))
    return data


def _zero(data: bytearray, chance: random.Random) -> bytearray:
    start, length = chance.randrange(len(data)), chance.randrange(1, 50_000)
    data[start : start + length] = bytes(len(data[start : start + length]))
    return data


def _append(data: bytearray, chance: random.Random) -> bytearray:
    return data + chance.randbytes(chance.randrange(1, 30_000))


def _swap(data: bytearray, chance: random.Random) -> bytearray:
    """Exchange two pieces the size of a page with its header."""
    size = 8192 + 24
    first, second = sorted(chance.randrange(32, len(data) - size) for _ in range(2))
    data[first : first + size], data[second : second + size] = (
        data[second : second + size],
        data[first : first + size],
    )
    return data


def _head(data: bytearray, chance: random.Random) -> bytearray:
    data[: chance.randrange(1, 32)] = b""
    return data


_DAMAGES: Final[Mapping[str, Callable[[bytearray, random.Random], bytearray]]] = {
    "截断": _cut,
    "翻转若干位": _flip,
    "一段换成乱码": _garble,
    "一段清零": _zero,
    "末尾添乱码": _append,
    "两页对调": _swap,
    "去掉开头若干字节": _head,
}


def _with_log(ground: Ground) -> tuple[Path, list[set[str]]]:
    """Return a data folder most of which stands in its log, and the documents after each `kb add`."""
    home = ground.fresh("logged")
    states: list[set[str]] = []
    start = 0
    holder: sqlite3.Connection | None = None
    for step in _STEPS:
        file = ground.folder / f"log-{start}.jsonl"
        file.write_text(texts.lines(range(start, start + step)), "utf-8")
        product.kb(home, "add", file, "--quiet")
        start += step
        states.append({f"n-{number}" for number in range(start)})
        # While somebody has the database open, the next commands leave their log behind.
        holder = holder or sqlite3.connect(home / "kb.sqlite3")
        holder.execute("SELECT count(*) FROM meta").fetchall()
    copy = ground.fresh("copy") / "home"
    shutil.copytree(home, copy, ignore=shutil.ignore_patterns("*-shm"))
    if holder is not None:
        holder.close()
    return copy, states


def cut_logs(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Damage the log of a copy, open it by every reading command, and compare with what was
    committed.
    """
    whole, states = _with_log(ground)
    log = whole / "kb.sqlite3-wal"
    yield Note(
        f"日志 {log.stat().st_size // 1024:,} KB,{len(_STEPS)} 次写入,索引比损坏后的库新"
    )
    names = list(_DAMAGES)
    for number in numbers:
        chance = ground.chance("cut-log", number)
        how = names[number % len(names)]
        home = ground.fresh("cut") / "home"
        shutil.copytree(whole, home)
        damaged = _DAMAGES[how](bytearray(log.read_bytes()), chance)
        (home / "kb.sqlite3-wal").write_bytes(damaged)
        yield Trial(
            number=number, what=f"kb.sqlite3-wal {how}", fault=_opened(home, states)
        )
        shutil.rmtree(home.parent, ignore_errors=True)


def _opened(home: Path, states: Sequence[set[str]]) -> str:
    """Return what is wrong with a store whose log was damaged."""
    exporting, documents = state.exported(home)
    if fault := exporting.fault((0, 2)):
        return f"导出:{fault}"
    if exporting.status == 2:
        return "" if exporting.err.strip() else "拒绝时没有说明"
    slugs = {str(fields["id"]) for fields in documents}
    if slugs not in states:
        return f"{len(slugs)} 件,不是任何一次写入之后的状态"
    if broken := [fields["id"] for fields in documents if not _is_whole(fields)]:
        return f"文书不完整:{broken[:5]}"
    return _searched(home, slugs, states[-1]) or _verified(home)


def _is_whole(fields: Mapping[str, Any]) -> bool:
    made = texts.document(int(str(fields["id"]).partition("-")[2]))
    return all(json.dumps(fields[name]) == json.dumps(made[name]) for name in made)


def _searched(home: Path, here: set[str], ever: set[str]) -> str:
    """Look for one document that is there and for one that is not."""
    for slug in (max(here), *sorted(ever - here)[:1]):
        fault, slugs = state.found(home, texts.own_word(int(slug.partition("-")[2])))
        if fault or slugs != [slug] * (slug in here):
            return (
                fault
                or f"检索 {slug} 得到 {slugs},库中{'有' if slug in here else '没有'}"
            )
    return ""


def _verified(home: Path) -> str:
    done = product.kb(home, "verify", "--json")
    if fault := done.fault((0, 2)):
        return f"verify {fault}"
    report = product.as_json(done) or {}
    return (
        ""
        if done.status == 0 or report.get("wrong") or done.err.strip()
        else "verify 没有说明哪里损坏"
    )


ATTACKS: Final = (
    Attack(
        key="cut-log",
        name="日志截断与损坏",
        what=(
            "复制一个大半内容还在 `-wal` 里的库,把日志截断、翻转、清零、对调或添乱码;库应停在某一次写入之后,文书逐字完整,"
            "检索只找到库里有的,`kb verify` 完好或说明损坏"
        ),
        tries=46,
        few=1,
        run=cut_logs,
    ),
)
