"""Show what the product answers otherwise than when it was frozen; freeze it anew on purpose.

python -m tests.golden            show
python -m tests.golden --write    freeze what is answered now
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.golden.freezer import (
    ANSWERS,
    PAGES,
    answers_now,
    changed,
    fill,
    pages_now,
    read,
    write,
)


def main() -> int:
    """Print the differences; return 1 when there are any and they are not frozen."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.golden", description="答复与页面是否与冻结时相同"
    )
    parser.add_argument(
        "--write", action="store_true", help="把现在的答复与页面冻结下来"
    )
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        tempfile.TemporaryDirectory() as incoming,
    ):
        settings = fill(Path(home), Path(incoming))
        found = {ANSWERS: answers_now(settings), PAGES: pages_now(settings)}
    different = 0
    for path, now in found.items():
        before = read(path) if path.exists() else {}
        for words in changed(before, now):
            different += 1
            sys.stdout.write(f"{words}\n\n")
        if args.write:
            write(path, now)
    asked = sum(len(now) for now in found.values())
    sys.stdout.write(f"答复与页面 {asked} 个,与冻结时不同 {different} 个\n")
    return int(bool(different) and not args.write)


if __name__ == "__main__":
    sys.exit(main())
