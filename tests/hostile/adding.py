"""Add bad files beside good ones, and look at what became of all of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from tests.hostile import product, state, texts

#: No file here has a right to so much, whatever it claims to hold: the limit of a parser and what the parent needs.
MOST_MB: Final = 2_000
_NEIGHBOURS: Final = ("before.txt", "zz-after.md")


def neighbours(folder: Path, number: int) -> None:
    """Write two good files, one that is read before and one that is read after all others."""
    first, last = (texts.document(number, series)["text"] for series in ("nba", "nbz"))
    (folder / _NEIGHBOURS[0]).write_text(f"{first}\n", "utf-8")
    (folder / _NEIGHBOURS[1]).write_text(
        f"---\nslug: neighbour-{number}\ntitle: 测试文本邻居{number}\nkind: civil\n---\n## 要旨\n{last}\n",
        "utf-8",
    )


def add(
    home: Path, folder: Path, names: Sequence[str]
) -> tuple[Mapping[str, list[dict[str, Any]]], str, product.Done]:
    """Add a folder and `names` besides; return what became of each file, and what is wrong with the
    whole.
    """
    done = product.kb(home, "add", folder, *names, "--json", "--quiet")
    return *judged(done, MOST_MB), done


def judged(
    done: product.Done, most_mb: float
) -> tuple[Mapping[str, list[dict[str, Any]]], str]:
    """Return what became of each file by name, and what is wrong with the whole command."""
    if fault := done.fault((0, 1)):
        return {}, fault
    if done.peak_mb > most_mb:
        return {}, f"用了 {done.peak_mb:.0f} MB 内存"
    report = product.as_json(done)
    if report is None:
        return {}, f"没有回执:{product.last_line(done.err)}"
    receipts: dict[str, list[dict[str, Any]]] = {}
    for receipt in report["documents"]:
        receipts.setdefault(os.path.basename(receipt["path"]), []).append(receipt)
    return receipts, _neighbours_fault(receipts)


def _neighbours_fault(receipts: Mapping[str, list[dict[str, Any]]]) -> str:
    for name in _NEIGHBOURS:
        statuses = [receipt["status"] for receipt in receipts.get(name, [])]
        if statuses != ["added"]:
            return f"旁边的好文件 {name} 没有收入:{statuses}"
    return ""


def unexplained(receipts: Sequence[Mapping[str, Any]], err: str) -> str:
    """Return what is wrong with the words about one file, "" for nothing: refused means named, with
    a reason.
    """
    if not receipts:
        return "没有回执"
    for receipt in receipts:
        if receipt["status"] == "failed" and not str(receipt["error"] or "").strip():
            return "拒绝而没有说明"
        if "Traceback" in str(receipt["error"]):
            return f"说明里有 Traceback:{receipt['error']}"
    failed = any(receipt["status"] == "failed" for receipt in receipts)
    return "" if not failed or err.strip() else "拒绝而标准错误里没有话"


def sound(home: Path) -> str:
    """Return what is wrong with a store after all this: it verifies clean, and what it holds can be
    taken out.
    """
    exporting, _ = state.exported(home)
    return state.unsound(home) or exporting.fault()
