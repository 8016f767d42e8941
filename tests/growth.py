"""How much more a longer text costs: two lengths beside each other, so that a slow machine is slow
for both.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

#: Of four times the length: in proportion is four, with the square sixteen.
_MOST = 9
#: What a clock and a busy machine add to a measurement.
_NOISE_S = 0.01
_RUNS = 3


def seconds(work: Callable[[], object]) -> float:
    """Return the least processor time of three runs of something."""
    measured = []
    for _ in range(_RUNS):
        before = time.process_time()
        work()
        measured.append(time.process_time() - before)
    return min(measured)


def grows_with_length(work: Callable[[int], object], length: int) -> bool:
    """Tell whether four times `length` costs at most about four times as much, and not its square."""
    once, four_times = (
        seconds(partial(work, length)),
        seconds(partial(work, 4 * length)),
    )
    return four_times <= _MOST * once + _NOISE_S
