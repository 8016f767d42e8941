"""What was read in each paper by a person: facts, keyed by the digest of the text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, convert

FILE: Final = Path(__file__).with_name("labels.jsonl")
_BRACKETS: Final = str.maketrans("（）〔〕［］【】﹝﹞[]", "()()()()()()")
_BLANKS: Final = re.compile(r"[\s_]+")
#: 字第00053号 and 53号, as numbers of cases are written and as they are kept.
_BEFORE_NUMBER: Final = re.compile(r"(?<![\d字第])字?第?0*(?=[1-9]\d*(?:-\d+)?号)")
#: 26号之一 and 26-1号 are one.
_PART: Final = re.compile(r"号之([一二三四五六七八九])$")
_STATE: Final = "中华人民共和国"


class Label(Struct, frozen=True, kw_only=True):
    """One paper: `allowed` are values that are no fault to find, `unscored` fields nobody can tell.

    `extent` is "excerpt" where only parts of the paper were to be had. `parties` by
    side: first, second, other.
    """

    sha256: str
    id: str
    source: str
    extent: str
    kind: str
    paper: str | None
    numbers: tuple[str, ...]
    earlier_case_numbers: tuple[str, ...]
    authority: str | None
    decided_on: str | None
    parties: dict[str, tuple[str, ...]]
    causes: tuple[str, ...]
    amounts: tuple[tuple[str, float], ...]
    outcomes: tuple[str, ...]
    allowed: dict[str, tuple[Any, ...]] = {}
    unscored: tuple[str, ...] = ()

    @property
    def half(self) -> str:
        """Return the half a paper is of: rules are mended on `dev` and on nothing else."""
        return "dev" if int(self.sha256[0], 16) < 8 else "held"


def load(path: Path = FILE) -> dict[str, Label]:
    """Return every label by the digest of its text."""
    rows = (
        convert(json.loads(line), Label)
        for line in path.read_text("utf-8").splitlines()
    )
    return {row.sha256: row for row in rows}


def papers(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield digest and text of every .txt of a folder."""
    for path in sorted(folder.glob("*.txt")):
        data = path.read_bytes()
        yield hashlib.sha256(data).hexdigest(), data.decode("utf-8")


def plain(value: str) -> str:
    """Return a value without blanks, with one kind of brackets and without the state's name."""
    return _BLANKS.sub("", value).translate(_BRACKETS).removeprefix(_STATE)


def plain_number(value: str) -> str:
    """Return the number of a case or paper as one writing of it."""
    number = _BEFORE_NUMBER.sub("", plain(value))
    return _PART.sub(
        lambda part: f"-{'一二三四五六七八九'.index(part[1]) + 1}号", number
    )


def hashed(sha256: str, name: str) -> str:
    """Return what stands for a party of one paper: its name is nobody's business here."""
    return hashlib.sha256(f"{sha256}:{plain(name)}".encode()).hexdigest()[:16]
