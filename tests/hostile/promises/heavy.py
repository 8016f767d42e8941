"""Files of ninety-eight megabytes where a process may have four gigabytes of addresses, good files
between them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final

from tests.hostile import adding, product, texts
from tests.hostile.attack import Attack, Ground, Note, Trial

_LIMIT_KB: Final = 4_000_000
_SIZE: Final = 98 * 1024 * 1024
_SENTENCE: Final = "测试文本。离职员工带走客户名单,双方签有保密协议。\n".encode()
_LIMIT_S: Final = 1_800.0


def _fill(out: BinaryIO, piece: bytes, size: int = _SIZE) -> None:
    block = piece * (1_000_000 // len(piece) + 1)
    for _ in range(size // len(block)):
        out.write(block)


def _text(out: BinaryIO) -> None:
    _fill(out, _SENTENCE)


def _one_word(out: BinaryIO) -> None:
    _fill(out, "测".encode())


def _headings(out: BinaryIO) -> None:
    out.write("---\nslug: heavy\ntitle: 测试文本\nkind: civil\n---\n".encode())
    _fill(out, "## 要旨\n测试文本\n".encode())


def _page(out: BinaryIO) -> None:
    out.write(b"<meta charset=utf-8><p>")
    _fill(out, b"<div><b>" + _SENTENCE.strip() + b"</b></div>\n")


def _one_line(out: BinaryIO) -> None:
    out.write('{"id":"heavy-line","title":"测试文本","text":"'.encode())
    _fill(out, _SENTENCE.strip())
    out.write(b'"}\n')


def _array(out: BinaryIO) -> None:
    out.write('{"id":"heavy-array","title":"测试文本","text":"测试文本","x":['.encode())
    _fill(out, b"[],")
    out.write(b"[]]}\n")


def _bad_lines(out: BinaryIO) -> None:
    _fill(out, b"{bad\n", 4 * 1024 * 1024)


def _lines(out: BinaryIO) -> None:
    """Write few documents of many megabytes and some of usual size."""
    for number in range(1000):
        out.write(
            texts.as_line(texts.document(number, "heavyrow", paragraphs=300)).encode()
        )


_HEAVY: Final[dict[str, Callable[[BinaryIO], None]]] = {
    "b-text.txt": _text,
    "c-word.txt": _one_word,
    "d-headings.md": _headings,
    "e-page.html": _page,
    "f-line.jsonl": _one_line,
    "g-array.jsonl": _array,
    "h-bad.jsonl": _bad_lines,
    "i-lines.jsonl": _lines,
}


def add_heavy(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Add each heavy file with good neighbours under the limit: the neighbours go in, the heavy one
    goes in or is named.
    """
    for number in numbers:
        name = list(_HEAVY)[number]
        home, folder = ground.fresh("home"), ground.fresh("files")
        adding.neighbours(folder, number)
        with (folder / name).open("wb") as out:
            _HEAVY[name](out)
        done = product.kb(
            home, "add", folder, "--json", "--quiet", limit_s=_LIMIT_S, under=_LIMIT_KB
        )
        receipts, fault = adding.judged(done, _LIMIT_KB / 1024)
        fault = (
            fault
            or adding.unexplained(receipts.get(name, []), done.err)
            or adding.sound(home)
        )
        size_mb = os.path.getsize(folder / name) / 1024**2
        (folder / name).unlink()
        yield Trial(number=number, what=f"{name}({size_mb:.0f} MB)", fault=fault)


ATTACKS: Final = (
    Attack(
        key="heavy",
        name="很大的文件与 4 GB 内存",
        what=f"`ulimit -v {_LIMIT_KB}` 之下,98 MB 的 txt、md、html 与一行、嵌套、坏行、长行的 jsonl,各与好文件一起 `kb add`;好文件照收,大的收入或点名说明,没有 Traceback",
        tries=len(_HEAVY),
        few=0,
        run=add_heavy,
    ),
)
