"""Files made by hand to do harm, each added beside two good ones to the same store, which is then
read.
"""

from __future__ import annotations

import secrets
import shutil
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.hostile import adding, product, seeing, state
from tests.hostile.attack import Attack, Ground, Note, Trial
from tests.hostile.forged import lines, office, places, plain, portable
from tests.hostile.forged.shape import Forged, Trap

FORGED: Final[tuple[Forged, ...]] = (
    *lines.FORGED,
    *plain.FORGED,
    *office.FORGED,
    *portable.FORGED,
    *places.FORGED,
)


@contextmanager
def _trap(folder: Path) -> Iterator[tuple[Trap, socket.socket]]:
    """Lay a secret file beside, and listen on a port nobody has a reason to connect to."""
    word = f"ZQSECRET{secrets.token_hex(6)}"
    secret = folder / "outside" / "secret.txt"
    secret.parent.mkdir(parents=True)
    secret.write_text(f"测试文本 {word}\n", "utf-8")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        listener.setblocking(False)
        yield Trap(port=listener.getsockname()[1], secret=secret, word=word), listener


def _connected(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def add_forged(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
    """Add one file after another; at the end read all that was taken in by command and over the
    web.
    """
    home, taken, peak_mb = ground.fresh("home"), 0, 0.0
    with _trap(ground.folder) as (trap, listener):
        for number in numbers:
            forged, folder = FORGED[number], ground.fresh("files")
            adding.neighbours(folder, number)
            extra = _laid(forged, folder, trap)
            receipts, fault, done = adding.add(home, folder, extra)
            fault = fault or _fault(forged, receipts, done)
            if _connected(listener):
                fault = fault or "解析时连接了网络"
            accepted = (
                sum(
                    r["status"] != "failed"
                    for all_of_one in receipts.values()
                    for r in all_of_one
                )
                - 2
            )
            taken, peak_mb = taken + (accepted > 0), max(peak_mb, done.peak_mb)
            shutil.rmtree(folder, ignore_errors=True)
            yield Trial(number=number, what=forged.what, fault=fault)
        for place, (what, fault) in enumerate(
            _afterwards(home, ground.folder / "serve.log", trap), 1
        ):
            if fault:
                yield Trial(
                    number=numbers[-1] + place, what=f"全部收入之后{what}", fault=fault
                )
    yield Note(f"收入 {taken} 个,其余拒绝并说明;最多用内存 {peak_mb:.0f} MB")


def _laid(forged: Forged, folder: Path, trap: Trap) -> Sequence[str]:
    if forged.lay is not None:
        return forged.lay(folder, trap)
    assert forged.make is not None
    (folder / forged.name).write_bytes(forged.make(trap))
    return ()


def _fault(
    forged: Forged, receipts: Mapping[str, list[dict[str, Any]]], done: product.Done
) -> str:
    others = [
        r for name, found in receipts.items() if not _is_neighbour(name) for r in found
    ]
    if forged.refused and any(receipt["status"] != "failed" for receipt in others):
        return "收入了不该收入的"
    if forged.name and (
        fault := adding.unexplained(receipts.get(forged.name, []), done.err)
    ):
        return "" if _is_named(forged, done) else fault
    return ""


def _is_neighbour(name: str) -> bool:
    return name in ("before.txt", "zz-after.md")


def _is_named(forged: Forged, done: product.Done) -> bool:
    """Tell whether a file no receipt speaks of is named among the formats not read."""
    return forged.name in done.err


def _afterwards(home: Path, log: Path, trap: Trap) -> Iterator[tuple[str, str]]:
    """Yield what was looked at in the store at the end, and what is wrong with it."""
    yield "核对与导出", adding.sound(home)
    exporting, documents = state.exported(home)
    outside = trap.word in exporting.out or "root:x:0" in exporting.out
    yield "看库里", "库里有目录以外文件的内容" if outside else ""
    with product.serving(home, log, {"KB_CLEARANCE": "restricted"}) as server:
        yield "打开各页", _unreadable(server, len(documents) * 2)
    yield "看日志", seeing.in_log(log.read_text("utf-8", "replace"))


def _unreadable(server: product.Server, most: int) -> str:
    bad = [
        f"{target} 答 {status}"
        for number in range(1, most)
        for target in (f"/documents/{number}", f"/api/documents/{number}")
        if (status := server.get(target).status) not in (200, 404)
    ]
    return f"{len(bad)} 页打不开:{'、'.join(bad[:5])}" if bad else ""


ATTACKS: Final = (
    Attack(
        key="handmade",
        name="手工恶意文件",
        what=(
            "压缩炸弹、层层压缩、实体炸弹与外部实体、嵌套、YAML 别名与标签、页树与交叉引用成环、巨大的数、坏编码、控制字符、链接、管道、"
            "路径为名、公式、各字段里的脚本等;逐个与好文件一起 `kb add`:好文件照收,坏的拒绝并说明,不读目录以外的文件,不连网络,"
            f"内存不超过 {adding.MOST_MB:,} MB;最后 `kb verify`、`kb export`,每件的网页与接口都能打开"
        ),
        tries=len(FORGED),
        few=2,
        run=add_forged,
    ),
)
