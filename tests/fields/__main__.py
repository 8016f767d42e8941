"""Read the papers of a folder without front matter and print precision, recall and F1 of every
field.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.fields.labels import load, papers
from tests.fields.measuring import FIELDS, Verdict, judge, total


def main(argv: Sequence[str] | None = None) -> int:
    """Print a table; with --errors every value missed or made up before it."""
    parser = argparse.ArgumentParser(prog="python -m tests.fields", description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="folder of the labelled papers as .txt"
    )
    parser.add_argument("--half", choices=["dev", "held"])
    parser.add_argument("--field", choices=FIELDS, help="only the errors of one field")
    parser.add_argument("--errors", action="store_true")
    args = parser.parse_args(argv)
    labels = load()
    verdicts: list[Verdict] = []
    read = 0
    for sha256, text in papers(args.folder):
        label = labels.get(sha256)
        if label is None or args.half not in (None, label.half):
            continue
        read += 1
        judged = judge(label, text)
        verdicts += judged
        if args.errors:
            _print_errors(
                label.id, [v for v in judged if args.field in (None, v.field)]
            )
    _say(f"{read} papers of {len(labels)}")
    _say(f"{'field':22} {'n':>4} {'precision':>9} {'recall':>7} {'F1':>6}")
    for field, score in total(verdicts).items():
        _say(
            f"{field:22} {score.labelled:4} {score.precision:9.3f} {score.recall:7.3f} {score.f1:6.3f}"
        )
    return 0


def _print_errors(name: str, verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        if verdict.missed or verdict.wrong:
            _say(
                f"{name} {verdict.field}: missed {sorted(verdict.missed)} wrong {sorted(verdict.wrong)}"
            )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
