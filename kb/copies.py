"""Files below the data folder that hold contents to be destroyed: originals, what is in quarantine,
leftovers.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from kb.errors import StoreDamaged
from kb.files import sha256_of
from kb.records import Doomed


class Copy(Struct, frozen=True):
    """A file that holds doomed content: `lines` of it go and `others` stay; without others it goes
    whole.
    """

    path: Path
    lines: int = 0
    others: int = 0


class _Line(Struct):
    id: Any = None
    slug: Any = None


_read: Final = msgspec.json.Decoder(_Line).decode


def find_copies(
    home: Path,
    doomed: Doomed,
    originals: Collection[str],
    unread: Collection[str],
) -> list[Copy]:
    """Return every file of originals or of the quarantine that holds doomed content.

    `originals` are the names (sha256) of files that go whole; those in `unread` are of
    one document each and need not be read. Raises StoreDamaged for an original that
    holds some and is not what was stored.
    """
    files = list(_files(home))
    held: list[Copy] = []
    unopened: list[Copy] = []
    for path in files:
        if _stored_as(path) not in unread:
            copy = _copy(path, doomed, originals)
            if copy is not None:
                held.append(copy)
        elif _stored_as(path) in originals:
            unopened.append(Copy(path))
    held += unopened
    return [*_alike(files, held), *held]


def _alike(files: Iterable[Path], held: list[Copy]) -> Iterator[Copy]:
    """Yield files that bear the name of one with doomed content, or are the beginning of one."""
    known = {copy.path for copy in held}
    names = set(map(_stored_as, known))
    for path in files:
        if path in known:
            continue
        if _stored_as(path) in names or _is_part_of(path, held):
            yield Copy(path)


def blanked(data: bytes, doomed: Doomed) -> bytes:
    """Return the bytes of a file of many lines with the doomed ones empty; the others keep their
    numbers.
    """
    lines = data.split(b"\n")
    for number, line in enumerate(lines):
        if _is_doomed(line, doomed):
            lines[number] = b""
    return b"\n".join(lines)


def _files(home: Path) -> Iterator[Path]:
    for folder in (home / "files", home / "quarantine"):
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def _stored_as(path: Path) -> str:
    """Return what a file was named when it was stored; set aside beside one of its name it has ~2
    behind it.
    """
    return path.name.partition("~")[0]


def _copy(
    path: Path,
    doomed: Doomed,
    originals: Collection[str],
) -> Copy | None:
    data = path.read_bytes()
    sha256 = sha256_of(data)
    if {_stored_as(path), sha256} & {*originals, *doomed.contents}:
        return Copy(path)
    counted = _count_lines(path, data, doomed)
    if not counted.lines:
        return None
    if _is_unfinished(path):
        return Copy(path)
    if not counted.others or _is_as_stored(path, sha256):
        return counted
    # set aside because it is damaged: nobody can put it back
    if path.parent.parent.name != "files":
        return Copy(path)
    raise StoreDamaged(
        f"原件已损坏(校验不符):{path.name}。其中有要清除的内容,请先从备份恢复它,再次运行同一命令"
    )


def _count_lines(
    path: Path,
    data: bytes,
    doomed: Doomed,
) -> Copy:
    """Return a file with how many of its lines go and how many stay."""
    lines = [line for line in data.split(b"\n") if line.strip()]
    gone = sum(_is_doomed(line, doomed) for line in lines)
    return Copy(path, gone, len(lines) - gone)


def _is_as_stored(path: Path, sha256: str) -> bool:
    """Tell whether a file has the contents it is named by, or is not named by its contents."""
    stored_as = _stored_as(path)
    return stored_as == sha256 or len(stored_as) != len(sha256)


def _is_unfinished(path: Path) -> bool:
    """Tell whether a file is what a `put` that was interrupted left behind, in its place or set
    aside.
    """
    return path.name.lstrip(".").startswith("incoming-")


def _is_doomed(line: bytes, doomed: Doomed) -> bool:
    if not line.strip():
        return False
    sha256 = sha256_of(line)
    return sha256 in doomed.contents or (
        sha256 not in doomed.kept and _slug(line) in doomed.slugs
    )


def _slug(line: bytes) -> str | None:
    """Return the slug that a line of a file of many documents gives its document, one that was
    refused included.
    """
    try:
        read = _read(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        read = _read_again(line)
    slug = read.id if read.slug is None else read.slug
    return None if slug is None else str(slug).strip()


def _read_again(line: bytes) -> _Line:
    """Read what msgspec does not: a byte order mark, half characters."""
    try:
        values = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return _Line()
    if not isinstance(values, dict):
        return _Line()
    return _Line(values.get("id"), values.get("slug"))


def _is_part_of(path: Path, held: list[Copy]) -> bool:
    """Tell whether a file is the beginning of one with doomed content: its writer was stopped half
    way.
    """
    if not _is_unfinished(path) or not path.stat().st_size:
        return False
    part = path.read_bytes()
    return any(copy.path.read_bytes().startswith(part) for copy in held)
