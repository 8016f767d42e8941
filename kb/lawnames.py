"""What people call a law -> the name it has in metadata: the lines of `lawnames.tsv`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).with_suffix(".tsv")


def _lines() -> Iterator[tuple[str, str, str]]:
    """Yield (what people call a law, its name, what may not stand before)."""
    for line in _FILE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            called, law, *rest = line.split("\t")
            yield called, law, "".join(rest)


#: Names people type -> name used in metadata.
LAW_ALIASES: Final[dict[str, str]] = {called: law for called, law, _ in _lines()}
#: Names that are none behind some characters: 反法 is no law in 违反法.
NOT_AFTER: Final[dict[str, str]] = {
    called: before for called, _, before in _lines() if before
}
