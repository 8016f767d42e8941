"""Read spoilt files of one format, and count what became of them."""

from __future__ import annotations

import logging
import random
import re
import resource
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ingest import workers
from ingest.pipeline import check_file
from tests.fuzz.formats import FORMATS
from tests.fuzz.structure import spoilt_inside
from tests.hostile.mutants import spoilt

#: A file no reader may take longer for, and which no reader is stopped at: that takes twice as long.
LIMIT_S: Final = 60.0
#: Words of errors that are no verdict about a file: a bug, a crash, a limit.
UNFORESEEN: Final = (
    "缺陷",
    "崩溃",
    "异常退出",
    "意外结束",
    "强行结束",
    "自相矛盾",
    "Traceback",
)
_STOPPED: Final = ("已停止",)


@dataclass(kw_only=True)
class Tally:
    """What became of files; `bad` holds number and words of what must not be."""

    read: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    bad: list[tuple[int, str]] = field(default_factory=list)
    slow: list[tuple[int, float]] = field(default_factory=list)
    slowest_s: float = 0.0
    peak_mb: float = 0.0

    def add(self, other: Tally) -> None:
        """Count what another counted too."""
        self.read += other.read
        self.refused += other.refused
        self.bad += other.bad
        self.slow += other.slow
        self.slowest_s = max(self.slowest_s, other.slowest_s)
        self.peak_mb = max(self.peak_mb, other.peak_mb)


def spoil(name: str, number: int, seed: int) -> bytes:
    """Return the spoilt file of a format and number, the same each time: even ones by bytes, odd
    ones by pieces.
    """
    chance = random.Random(f"{seed}/{name}/{number}")
    extension, made = FORMATS[name]
    files = made(number)
    good = files[number // 2 % len(files)]
    if number % 2:
        return spoilt_inside(extension, good, chance)
    _, others = FORMATS[chance.choice(list(FORMATS))]
    return spoilt(f"good.{extension}", good, chance.choice(others(number)), chance)[1]


def read_all(name: str, numbers: Iterable[int], seed: int) -> Tally:
    """Spoil and read the files with these numbers, in processes of their own as `kb check` does."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="kb-fuzz-") as folder:
        for number in numbers:
            path = Path(folder) / f"{number}.{FORMATS[name][0]}"
            path.write_bytes(spoil(name, number, seed))
            _read(path, number, tally)
            path.unlink()
    workers.stop()  # what its children used is known when it has ended
    used = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)
    )
    tally.peak_mb = max(used) / 1024
    return tally


def read_quietly(name: str, numbers: Iterable[int], seed: int) -> Tally:
    """Do as `read_all` does in a process of its own: what is logged of thousands of files is
    counted, not shown.
    """
    logging.disable(logging.CRITICAL)
    return read_all(name, numbers, seed)


def _read(path: Path, number: int, tally: Tally) -> None:
    started = time.monotonic()
    try:
        receipts = check_file(path)
    except Exception as error:  # whatever gets past the reader is what is looked for
        last = traceback.extract_tb(error.__traceback__)[-1]
        tally.bad.append(
            (
                number,
                f"Traceback {type(error).__name__} {Path(last.filename).name}:{last.lineno}",
            )
        )
        return
    taken_s = time.monotonic() - started
    errors = [str(receipt.error) for receipt in receipts if receipt.error is not None]
    tally.slowest_s = max(tally.slowest_s, taken_s)
    tally.bad += [
        (number, words) for words in errors if any(sign in words for sign in UNFORESEEN)
    ]
    if taken_s > LIMIT_S or any(sign in words for words in errors for sign in _STOPPED):
        tally.slow.append((number, taken_s))
    if len(errors) < len(receipts):  # of a file of many documents the others were read
        tally.read += 1
    else:
        tally.refused[reason(errors[0]) if errors else "没有文书"] += 1


def reason(words: str) -> str:
    """Return the kind of a refusal: its words up to the first pause, without what they count."""
    first = re.split(r"[,。:;((]", words, maxsplit=1)[0]
    return re.sub(r"「[^」]*」|(?<=第 )\d+|(?<=U\+)\w+|\b\d[\d,]+\b", "…", first)[:40]
