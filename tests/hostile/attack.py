"""What an attack is: tries made one after another, each of which held or did not."""

from __future__ import annotations

import itertools
import math
import random
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

#: Faults told in full; a try that fails for the same reason a thousand times needs no thousand lines.
MOST_TOLD = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One try: its number from 0, what was done in words, and what went wrong ("" when it held)."""

    number: int
    what: str
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something the table says of an attack: what was measured, or why nothing could be tried here."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where attacks take place: a temporary folder, the seed of all chance, and a number of tries."""

    folder: Path
    seed: int
    _names: Iterator[int] = field(default_factory=itertools.count)

    def fresh(self, name: str) -> Path:
        """Return a new empty folder."""
        made = self.folder / f"{next(self._names):03}-{name}"
        made.mkdir(parents=True)
        return made

    def chance(self, key: str, number: int) -> random.Random:
        """Return the chance of one try, the same each time it is made."""
        return random.Random(f"{self.seed}/{key}/{number}")


Run = Callable[[Ground, Sequence[int]], Iterator[Trial | Note]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One kind of attack; `run` makes the tries with the given numbers, of which a
    whole run has `tries`.

    `few` is how many make a look that takes seconds; 0 where the normal suite has tests of its own.
    """

    key: str
    name: str
    what: str
    tries: int
    run: Run
    few: int = 1

    def numbers(self, scale: float) -> Sequence[int]:
        """Return the numbers of the tries to make at a scale, at least one."""
        return range(max(1, math.ceil(self.tries * scale)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an attack."""

    attack: Attack
    tried: int
    faults: tuple[Trial, ...]
    notes: tuple[str, ...]

    @property
    def failed(self) -> int:
        """Return how many tries failed."""
        return len(self.faults)


def execute(
    attack: Attack,
    ground: Ground,
    numbers: Sequence[int],
    tell: Callable[[Trial], None] = lambda trial: None,
) -> Outcome:
    """Make the tries and count; an attack that breaks off has failed."""
    tried = 0
    faults: list[Trial] = []
    notes: list[str] = []
    try:
        for made in attack.run(ground, numbers):
            if isinstance(made, Note):
                notes.append(made.text)
                continue
            tried += 1
            tell(made)
            faults += [made] if made.fault else []
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}:{last.lineno}"
        faults.append(
            Trial(
                number=tried,
                what="攻击中断",
                fault=f"{type(error).__name__}({error}),{where}",
            )
        )
        tried += 1
    return Outcome(attack=attack, tried=tried, faults=tuple(faults), notes=tuple(notes))


def temporary() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that goes when the run is over, whatever stands in it."""
    return tempfile.TemporaryDirectory(prefix="kb-hostile-", ignore_cleanup_errors=True)
