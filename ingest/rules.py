"""Which rules read a text: a name that changes when any of them does."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

#: What other rooms use.
__all__ = ["rules_id"]

_NAME_CHARS: Final = 16
_ROOMS: Final = (Path(__file__).parent, Path(__file__).parent.parent / "kb")
_HOLD_RULES: Final = (".py", ".tsv", ".txt")


@cache
def rules_id() -> str:
    """Return the digest of the code and the word lists that make a text into a document.

    A digest and no number that somebody would have to raise: one that changes too often
    costs a look at documents that stay as they are, one that does not change leaves
    them behind.
    """
    found = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted([*room.iterdir(), *(room / "law").glob("*")]):
            if path.suffix in _HOLD_RULES:
                found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:_NAME_CHARS]
