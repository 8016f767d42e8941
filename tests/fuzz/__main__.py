"""`make fuzz`: spoil files of every format, read them all, and print what became of them.

python -m tests.fuzz                                   2,000 of each format
python -m tests.fuzz --only PDF --only HTML --tries 50 some
python -m tests.fuzz --only PDF --keep 17 FILE         write the spoilt file of a number, to look at
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.fuzz.formats import FORMATS
from tests.fuzz.reading import Tally, read_quietly, spoil

_TOLD = 20


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="变异文件,逐种格式读出并计数"
    )
    parser.add_argument(
        "--only", action="append", choices=list(FORMATS), help="只做一种格式,可重复"
    )
    parser.add_argument(
        "--tries", type=int, default=2_000, help="每种格式多少个(默认 2000)"
    )
    parser.add_argument("--seed", type=int, default=2099, help="随机数的种子")
    parser.add_argument(
        "--keep", nargs=2, metavar=("NUMBER", "FILE"), help="写出某一号变异文件,不读"
    )
    return parser.parse_args(argv)


def run(names: Sequence[str], tries: int, seed: int) -> dict[str, Tally]:
    """Read `tries` files of each format on all cores; memory is that of the largest process, a
    format.
    """
    cores = len(os.sched_getaffinity(0))
    tallies = {name: Tally() for name in names}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, mp_context=spawn, max_tasks_per_child=1) as pool:
        asked = [
            (name, pool.submit(read_quietly, name, range(at, tries, cores), seed))
            for name in names
            for at in range(cores)
        ]
        for name, answer in asked:
            tallies[name].add(answer.result())
    return tallies


def table(tallies: dict[str, Tally]) -> str:
    """Return the tallies as rows of a Markdown table, and below it the reasons and what is bad."""
    lines = [
        "| 格式 | 读出 | 拒绝 | 意外出错 | 超时 | 最慢(秒) | 最多内存(MB) |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, tally in tallies.items():
        refused = tally.refused.total()
        lines.append(
            f"| {name} | {tally.read:,} | {refused:,} | {len(tally.bad)} | {len(tally.slow)} "
            f"| {tally.slowest_s:.1f} | {tally.peak_mb:.0f} |"
        )
    for name, tally in tallies.items():
        lines += [
            "",
            f"{name}:"
            + ";".join(
                f"{words} {count}" for words, count in tally.refused.most_common()
            ),
        ]
        lines += [
            f"- 意外 {name} {number}:{words}" for number, words in tally.bad[:_TOLD]
        ]
        lines += [
            f"- 超时 {name} {number}:{taken_s:.0f} 秒"
            for number, taken_s in tally.slow[:_TOLD]
        ]
    return "\n".join(lines) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; return 1 when something was read that must not happen."""
    args = _arguments(argv)
    names = args.only or list(FORMATS)
    if args.keep:
        Path(args.keep[1]).write_bytes(spoil(names[0], int(args.keep[0]), args.seed))
        return 0
    tallies = run(names, args.tries, args.seed)
    sys.stdout.write(table(tallies))
    return int(any(tally.bad or tally.slow for tally in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
