"""What a file made by hand is, and what lies in wait for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """What no file may reach: a port nobody has a reason to connect to, a file with a word of its
    own.
    """

    port: int
    secret: Path
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """One hostile file: what it is, and either its bytes under a name, or how it is
    laid into a folder.

    `refused` says that nothing of it may be taken in; otherwise either is right. `lay` returns
    what is named on the command line besides the folder.
    """

    what: str
    name: str = ""
    make: Callable[[Trap], bytes] | None = None
    lay: Callable[[Path, Trap], Sequence[str]] | None = None
    refused: bool = False


def made(
    what: str,
    name: str,
    data: str | bytes | Callable[[Trap], bytes],
    *,
    refused: bool = False,
) -> Forged:
    """Return a hostile file of these bytes."""
    if callable(data):
        return Forged(what=what, name=name, make=data, refused=refused)
    whole = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return Forged(what=what, name=name, make=lambda trap: whole, refused=refused)
