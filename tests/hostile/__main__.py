"""`make test-hostile`: attack the product as the page docs/tested.md says, and write that page.

python -m tests.hostile                          all attacks, whole
python -m tests.hostile --only kill-add          one of them
python -m tests.hostile --only kill-add --try 7  one try of it again
python -m tests.hostile --write                  all, and write docs/tested.md
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.hostile import page
from tests.hostile.attack import Attack, Ground, Outcome, Trial, execute, temporary
from tests.hostile.catalogue import ATTACKS

SEED = 2099


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.hostile", description="攻击本程序,数失败的次数"
    )
    known = [attack.key for attack in ATTACKS]
    parser.add_argument(
        "--only",
        action="append",
        choices=known,
        metavar="攻击",
        help="只做这一种,可多次",
    )
    parser.add_argument(
        "--scale", type=float, default=1.0, help="次数的倍数,如 0.1(默认 1)"
    )
    parser.add_argument(
        "--seed", type=int, default=SEED, help=f"随机数种子(默认 {SEED})"
    )
    parser.add_argument(
        "--try",
        dest="numbers",
        type=int,
        action="append",
        help="连同 --only:只重做这一次,可多次",
    )
    parser.add_argument(
        "--write", action="store_true", help="写出 docs/tested.md(只在做全部攻击时)"
    )
    parser.add_argument("--list", action="store_true", help="列出各种攻击")
    args = parser.parse_args(argv)
    if args.write and (args.only or args.numbers):
        parser.error("--write 只在做全部攻击时可用")
    return args


def _chosen(args: argparse.Namespace) -> list[tuple[Attack, Sequence[int]]]:
    attacks = [attack for attack in ATTACKS if not args.only or attack.key in args.only]
    return [(a, args.numbers or a.numbers(args.scale)) for a in attacks]


def _tell(trial: Trial) -> None:
    if trial.fault:
        _say(f"  第 {trial.number} 次({trial.what}):{trial.fault}")


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def run(
    chosen: Sequence[tuple[Attack, Sequence[int]]], seed: int, folder: Path
) -> list[Outcome]:
    """Make all attacks, one after another."""
    outcomes = []
    for attack, numbers in chosen:
        started = time.monotonic()
        _say(f"{attack.key}:{attack.name}")
        ground = Ground(folder=folder / attack.key, seed=seed)
        outcomes.append(execute(attack, ground, numbers, _tell))
        _say(
            f"  {outcomes[-1].tried:,} 次,失败 {outcomes[-1].failed} 次,{time.monotonic() - started:.0f} 秒"
        )
    return outcomes


def main(argv: Sequence[str] | None = None) -> int:
    """Attack and print the table; return 1 when something failed."""
    args = _arguments(argv)
    if args.list:
        sys.stdout.write(
            "".join(
                f"{attack.key}\t{attack.tries}\t{attack.name}\n" for attack in ATTACKS
            )
        )
        return 0
    # servers and folders of ours go with us
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with temporary() as folder:
        outcomes = run(_chosen(args), args.seed, Path(folder))
    sys.stdout.write(page.table(outcomes, args.seed))
    if args.write:
        page.FILE.write_text(
            page.render(outcomes, args.seed, args.scale) + page.kept(), encoding="utf-8"
        )
    return int(any(outcome.failed for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
