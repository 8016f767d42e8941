"""`make gold`: measure the gold set on a fresh store of the corpus, show it beside the
gate, tighten the gate.

python -m tests.gold                        show python -m tests.gold --write
raise the limits that were surpassed python -m tests.gold --write --reason "…"   also
loosen those that were missed, the reason beside each
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from kb.commands.evaluating import by_group_table, mode_table, print_table
from tests.gold import gate
from tests.gold.asking import answers
from tests.gold.goldset import load


def main() -> int:
    """Print the tables; return 1 when something is worse than its limit."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.gold", description="标准题集的评测与下限"
    )
    parser.add_argument(
        "--write", action="store_true", help="把被超过的下限收紧到测得的值"
    )
    parser.add_argument(
        "--reason", default="", help="连同 --write:放宽未达到的下限,理由写在旁边"
    )
    args = parser.parse_args()
    gold = load()
    with tempfile.TemporaryDirectory() as folder:
        runs = answers(gold, Path(folder))
    found = gate.report(gold, runs)
    print_table(mode_table(found))
    sys.stdout.write("\n")
    print_table(by_group_table(found["groups"]))
    limits = gate.read_gate() if gate.FILE.exists() else []
    if args.write:
        limits = gate.tightened(limits, found, args.reason)
        gate.write_gate(limits)
    sys.stdout.write("\n")
    rows = [
        [one.scope, one.metric, str(one.limit), f"{gate.value_of(found, one):.4f}"]
        for one in limits
    ]
    print_table([["范围", "指标", "界限", "现在"], *rows])
    broken = gate.fallen(limits, found, gold, runs[gate.MODE])
    if broken:
        sys.stdout.write(f"\n跌破界限:\n{broken}\n")
    return int(bool(broken) or not limits)


if __name__ == "__main__":
    sys.exit(main())
