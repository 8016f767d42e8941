"""What `kb add` and `kb check` find below the folders a person names, and what they leave out and
why.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

#: How files begin that nobody put there: hidden ones, and what Word and WPS write
#: beside a document that is open.
_NOBODYS = (".", "~$")
#: Files left out that are named; the others are counted.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Listing:
    """Files to read, in order, and what is left out of folders; errors stand beside what could not
    be looked into.
    """

    files: list[Path] = field(default_factory=list)
    unknown: list[Path] = field(default_factory=list)
    outside: list[Path] = field(default_factory=list)
    odd: list[Path] = field(default_factory=list)
    unreadable: list[tuple[Path, OSError]] = field(default_factory=list)

    def words(self) -> Iterator[str]:
        """Yield a line for each kind of thing that was left out."""
        for kind, paths in (
            ("不支持的文件", self.unknown),
            ("指向目录以外的链接", self.outside),
            ("失效的链接、管道或设备", self.odd),
        ):
            if paths:
                yield f"跳过 {len(paths)} 个{kind}:{_named(paths)}"


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands in a folder and the folders below it, links not followed."""

    files: list[Path] = field(default_factory=list)
    links: list[Path] = field(default_factory=list)
    odd: list[Path] = field(default_factory=list)


def list_files(paths: Iterable[Path]) -> Listing:
    """Return files as named, and from folders every file of a known format, README.md excepted.

    What a person names may be a link. A link inside a folder is not followed out of it, and
    what it points to inside is listed once.
    """
    listing = Listing()
    for path in paths:
        if os.path.isdir(path):
            _list_folder(path, listing)
        else:
            listing.files.append(path)
    return listing


def shown(path: Path) -> str:
    """Return a path that can be printed: bytes of its name that are no UTF-8 as \\xNN."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _named(paths: Sequence[Path]) -> str:
    """Return the names of the first few files."""
    names = "、".join(shown(Path(path.name)) for path in paths[:_NAMED])
    return f"{names}…" if len(paths) > _NAMED else names


def _list_folder(root: Path, listing: Listing) -> None:
    from ingest.readers import EXTENSIONS

    found = _walk(root, listing)
    listing.odd.extend(found.odd)
    files = found.files + _inside(root, found, listing)
    for path in sorted(files):
        if path.suffix.lower() not in EXTENSIONS:
            if not _in_topic_set(path, root):
                listing.unknown.append(path)
        elif path.name != "README.md":
            listing.files.append(path)


def _walk(root: Path, listing: Listing) -> _Found:
    found = _Found()
    folders = [root]
    while (
        folders
    ):  # a loop and not a recursion: folders may be nested deeper than Python calls
        folder = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    _sort(entry, folders, found)
        except OSError as error:
            listing.unreadable.append((folder, error))
    return found


def _sort(
    entry: os.DirEntry[str],
    folders: list[Path],
    found: _Found,
) -> None:
    path = Path(entry.path)
    if entry.is_dir(follow_symlinks=False):
        folders.append(path)
    elif entry.name.startswith(_NOBODYS):
        return
    elif entry.is_symlink():
        found.links.append(path)
    elif entry.is_file(follow_symlinks=False):
        found.files.append(path)
    else:
        found.odd.append(path)


def _inside(
    root: Path,
    found: _Found,
    listing: Listing,
) -> list[Path]:
    """Return the links that lead to a file below `root` no other path leads to; tell of those that
    lead elsewhere.
    """
    real_root = os.path.realpath(root)
    listed = {os.path.join(real_root, path.relative_to(root)) for path in found.files}
    kept = []
    for link in sorted(found.links):
        try:
            target = os.path.realpath(link, strict=True)
            mode = os.stat(target).st_mode
        except OSError:  # it leads nowhere, or in a circle
            listing.odd.append(link)
            continue
        if os.path.commonpath((real_root, target)) != real_root:
            listing.outside.append(link)
        elif stat.S_ISREG(mode) and target not in listed:
            listed.add(target)
            kept.append(link)
        elif not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            listing.odd.append(link)
    return kept


def _in_topic_set(path: Path, root: Path) -> bool:
    """Tell whether a file below `root` stands in what `kb evaluate` reads: topics.tsv and qrels.tsv
    side by side.
    """
    for below in path.relative_to(root).parents:
        folder = root / below
        if (folder / "topics.tsv").is_file() and (folder / "qrels.tsv").is_file():
            return True
    return False
