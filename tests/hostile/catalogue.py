"""All attacks, in the order of the page."""

from __future__ import annotations

from typing import Final

from tests.hostile import flooding, handmade, injecting, killing, logs, mutants
from tests.hostile.attack import Attack
from tests.hostile.promises import (
    backups,
    closed,
    disks,
    heavy,
    lost,
    naming,
    small,
    tested,
)

ATTACKS: Final[tuple[Attack, ...]] = (
    *killing.ATTACKS,
    *logs.ATTACKS,
    *mutants.ATTACKS,
    *handmade.ATTACKS,
    *injecting.ATTACKS,
    *flooding.ATTACKS,
    *lost.ATTACKS,
    *backups.ATTACKS,
    *naming.ATTACKS,
    *heavy.ATTACKS,
    *disks.ATTACKS,
    *closed.ATTACKS,
    *small.ATTACKS,
    *tested.ATTACKS,
)
