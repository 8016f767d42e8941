"""Good files of every format with bytes flipped, cut, put in, doubled or exchanged with another
file's.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.hostile import adding
from tests.hostile.attack import Attack, Ground, Note, Trial
from tests.hostile.goodfiles import docx, good_files

#: Files added by one command.
_BATCH: Final = 20
#: What parsers look for.
_TOKENS: Final = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"endobj",
        b"1 0 obj",
    ),
    *(
        b"stream\n",
        b"/Kids [1 0 R]",
        b"/Length 99999999999",
        b"/Filter /FlateDecode",
        b"<![CDATA[",
        b"<!--",
        b"&#0;",
    ),
    *(
        b"</w:t>",
        b"<table>" * 30,
        b"---\n",
        b"{",
        b"]" * 50,
        b"\\ud800",
        b'"',
        b"\r",
        b"\xe2\x80\xae",
        b"9" * 400,
    ),
)

Mutation = Callable[[bytearray, bytes, random.Random], bytearray]


def _flip(data: bytearray, other: bytes, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 1, 3, 20, 200))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def _set(data: bytearray, other: bytes, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 4, 40))):
        data[chance.randrange(len(data))] = chance.choice(
            (0, 0x0A, 0x20, 0x7F, 0x80, 0xFF, chance.randrange(256))
        )
    return data


def _cut(data: bytearray, other: bytes, chance: random.Random) -> bytearray:
    return data[: chance.randrange(1, len(data))]


def _drop(data: bytearray, other: bytes, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data))
    del data[start : start + chance.randrange(1, 400)]
    return data or bytearray(b" ")


def _insert(data: bytearray, other: bytes, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 2, 8))):
        place = chance.randrange(len(data))
        data[place:place] = chance.choice(
            (*_TOKENS, chance.randbytes(chance.randrange(1, 200)))
        )
    return data


def _repeat(data: bytearray, other: bytes, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data))
    piece = data[start : start + chance.randrange(1, 300)]
    data[start:start] = piece * chance.choice((2, 10, 300))
    return data


def _splice(data: bytearray, other: bytes, chance: random.Random) -> bytearray:
    return (
        data[: chance.randrange(1, len(data))] + other[chance.randrange(len(other)) :]
    )


_MUTATIONS: Final[dict[str, Mutation]] = {
    "翻转位": _flip,
    "改写字节": _set,
    "截断": _cut,
    "挖去一段": _drop,
    "插入": _insert,
    "重复一段": _repeat,
    "接上另一文件": _splice,
}


def _mutated(number: int, chance: random.Random) -> tuple[str, str, bytes]:
    """Return the name of a spoilt file, how it was spoilt, and its bytes."""
    whole = good_files(number)
    name = list(whole)[number % len(whole)]
    other = whole[chance.choice(list(whole))]
    how, data = spoilt(name, whole[name], other, chance)
    stem, _, extension = name.rpartition(".")
    return f"m{number:04}-{stem}.{extension}", how, data


def spoilt(
    name: str, good: bytes, other: bytes, chance: random.Random
) -> tuple[str, bytes]:
    """Return how a good file was spoilt and its bytes; of Word files half are spoilt inside their
    packing.
    """
    how = chance.choice(list(_MUTATIONS))
    if name.endswith(".docx") and chance.random() < 0.5:
        return f"包内{how}", _inside(good, other, how, chance)
    return how, bytes(_MUTATIONS[how](bytearray(good), other, chance))


def _inside(data: bytes, other: bytes, how: str, chance: random.Random) -> bytes:
    """Spoil one part of a Word file and pack it anew, so that the packing is sound."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice([name for name, part in parts.items() if part])
    parts[name] = bytes(_MUTATIONS[how](bytearray(parts[name]), other, chance))
    return docx(parts.pop("word/document.xml"), parts)


def mutate(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Add spoilt files in batches with good neighbours; a batch that ends badly is made again one
    by one.
    """
    taken, peak_mb = 0, 0.0
    for start in range(0, len(numbers), _BATCH):
        made = {
            number: _mutated(number, ground.chance("mutated", number))
            for number in numbers[start : start + _BATCH]
        }
        home, folder = ground.fresh("home"), ground.fresh("files")
        faults, accepted, used_mb = _added(home, folder, made)
        taken, peak_mb = taken + accepted, max(peak_mb, used_mb)
        for number, (name, how, _) in made.items():
            fault = faults.get(number, "")
            if -1 in faults:
                alone = {number: made[number]}
                found, _, _ = _added(ground.fresh("home"), ground.fresh("files"), alone)
                fault = next(iter(found.values()), "")
            yield Trial(number=number, what=f"{name} {how}", fault=fault)
        if -1 in faults:
            yield Trial(
                number=numbers[start],
                what=f"从第 {numbers[start]} 次起的一批",
                fault=faults[-1],
            )
    yield Note(f"收入 {taken} 个,其余拒绝并说明;最多用内存 {peak_mb:.0f} MB")


def _added(
    home: Path, folder: Path, made: dict[int, tuple[str, str, bytes]]
) -> tuple[dict[int, str], int, float]:
    """Return what is wrong by number (-1 for the whole), how many were taken in, and the memory
    used.
    """
    adding.neighbours(folder, min(made))
    for name, _, data in made.values():
        (folder / name).write_bytes(data)
    receipts, fault, done = adding.add(home, folder, [])
    fault = fault or adding.sound(home)
    if fault:
        return {-1: fault}, 0, done.peak_mb
    faults = {
        n: wrong
        for n, (name, _, _) in made.items()
        if (wrong := adding.unexplained(receipts.get(name, []), done.err))
    }
    accepted = sum(
        any(r["status"] != "failed" for r in receipts.get(name, []))
        for name, _, _ in made.values()
    )
    return faults, accepted, done.peak_mb


ATTACKS: Final = (
    Attack(
        key="mutated",
        name="变异文件",
        what=(
            "pdf、docx(包内外)、html、md、txt、jsonl 的好文件,翻转、改写、截断、挖去、插入、重复、拼接;与好文件放在一起 `kb add`:"
            f"好文件照收,坏的点名说明,没有 Traceback,内存不超过 {adding.MOST_MB:,} MB,之后 `kb verify` 完好、能导出"
        ),
        tries=400,
        few=6,
        run=mutate,
    ),
)
