"""Read a folder of Word and PDF files of other people, and print what became of them.

python -m tests.certificate FOLDER            a table, a row for each folder below it
and each format python -m tests.certificate FOLDER --detail   and a line for each file
that was refused or lacks characters
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.certificate.rows import Row, row

_HEAD = "| 来源 | 格式 | 文件 | 读出 | 拒绝 | 意外出错 | 未核对 | 另一读取器的字 | 不在正文 | 其中没有交代 | 涉及文件 | 最慢(秒) |"


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.certificate",
        description="读出别人的 Word 与 PDF 文件并核对字数",
    )
    parser.add_argument("folder", type=Path, help="文件所在的文件夹,按下一级文件夹分行")
    parser.add_argument("--detail", action="store_true", help="逐个列出拒绝的和缺字的")
    return parser.parse_args(argv)


def rows(folder: Path) -> list[Row]:
    """Read every Word and PDF file below a folder, on all cores."""
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in (".pdf", ".docx") and path.is_file()
    )
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), mp_context=spawn) as pool:
        return list(pool.map(row, files))


def table(found: Sequence[Row], folder: Path) -> Iterator[str]:
    """Yield the rows of a Markdown table, then how often each reason was given."""
    yield _HEAD
    yield "| --- | --- |" + " ---: |" * 10
    groups: dict[tuple[str, str], list[Row]] = {}
    for one in found:
        below = one.path.relative_to(folder)
        groups.setdefault(
            (below.parts[0] if len(below.parts) > 1 else ".", one.format), []
        ).append(one)
    for (source, format), group in groups.items():
        yield f"| {source} | {format} | {_sums(group)} |"
    yield f"| 合计 | | {_sums(found)} |"
    yield ""
    for words, count in Counter(
        one.refused for one in found if one.refused
    ).most_common():
        yield f"- 拒绝 {count}:{words}"


def _sums(group: Sequence[Row]) -> str:
    read = [one for one in group if not one.refused]
    return " | ".join(
        (
            f"{len(group):,}",
            f"{len(read):,}",
            f"{len(group) - len(read):,}",
            f"{sum(one.is_unforeseen for one in group):,}",
            f"{sum(one.others is None for one in read):,}",
            f"{sum(one.others or 0 for one in read):,}",
            f"{sum(one.absent for one in read):,}",
            f"{sum(one.missing for one in read):,}",
            f"{sum(one.missing > 0 for one in read):,}",
            f"{max(one.seconds for one in group):.1f}",
        )
    )


def detail(found: Sequence[Row], folder: Path) -> Iterator[str]:
    """Yield a line for each file that was refused, or lacks characters without a reason."""
    for one in found:
        name = one.path.relative_to(folder)
        if one.refused:
            yield f"{name}\t拒绝\t{one.refused}\t另一读取器 {one.others} 字"
        elif one.missing:
            yield f"{name}\t缺 {one.missing}/{one.others}\t{one.which}\t{' '.join(one.warnings)[:150]}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; return 1 when an error came up that nobody foresaw."""
    args = _arguments(argv)
    found = rows(args.folder)
    lines = [
        *table(found, args.folder),
        *(detail(found, args.folder) if args.detail else ()),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(any(one.is_unforeseen for one in found))


if __name__ == "__main__":
    sys.exit(main())
