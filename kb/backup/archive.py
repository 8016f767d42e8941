"""The format of a backup: a zip of the database, the originals and a manifest, sealed
by a digest of all its bytes.

    kb.sqlite3            the database, without a log
    files/ab/abcdef…      the originals it refers to, where they stand in a data folder
    MANIFEST.json         what the library was, and sha256 and size of each of these

The comment at the end of the zip is the sha256 of every byte before it.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from kb.errors import KbError, StateError, UnreadableFile

FORMAT: Final = 1
DATABASE: Final = "kb.sqlite3"
_MANIFEST: Final = "MANIFEST.json"
_ORIGINAL: Final = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_SEAL_CHARS: Final = 64
_AT_ONCE: Final = 1 << 20
_LONGEST_MANIFEST: Final = 64 << 20
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, msgspec.MsgspecError),
    *(EOFError, NotImplementedError, RuntimeError, ValueError, KeyError),
)


class Member(msgspec.Struct, frozen=True):
    """What one file in the archive must be."""

    sha256: str
    size_bytes: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is of; `missing` are originals the library itself no longer had whole."""

    format: int
    store_id: str
    generation: int
    commit_id: str
    schema_version: int
    program: str
    made_at: str
    members: dict[str, Member]
    missing: tuple[str, ...] = ()


def original_name(sha256: str) -> str:
    """Return where an original stands in the archive."""
    return f"files/{sha256[:2]}/{sha256}"


class Writer:
    """An archive being written."""

    def __init__(self, path: Path) -> None:
        """Begin a new archive at `path`."""
        self._path = path
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self.members: dict[str, Member] = {}

    def add(self, name: str, source: BinaryIO) -> Member:
        """Copy a file into the archive; return what it was."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(_info(name), "w", force_zip64=True) as target:
            while chunk := source.read(_AT_ONCE):
                digest.update(chunk)
                size += len(chunk)
                target.write(chunk)
        self.members[name] = Member(digest.hexdigest(), size)
        return self.members[name]

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and the seal, and all of it to disk."""
        self._zip.writestr(
            _info(_MANIFEST),
            msgspec.json.format(msgspec.json.encode(manifest), indent=1),
        )
        self._zip.comment = b"0" * _SEAL_CHARS
        self._zip.close()
        seal = _digest(self._path)
        with self._path.open("r+b") as file:
            file.seek(-_SEAL_CHARS, os.SEEK_END)
            file.write(seal.encode("ascii"))
            file.flush()
            os.fsync(file.fileno())


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, time.localtime()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info


class Reader:
    """An archive whose seal, names and sizes are as they should be; contents are checked as they
    are unpacked.
    """

    def __init__(
        self,
        archive: zipfile.ZipFile,
        manifest: Manifest,
        seal: str,
    ) -> None:
        """Read from an open archive."""
        self._zip = archive
        self.manifest = manifest
        self.seal = seal

    @property
    def size_bytes(self) -> int:
        """Return how much room the contents take."""
        return sum(member.size_bytes for member in self.manifest.members.values())

    def unpack(self, name: str, target: Path) -> None:
        """Write one member to a new file and to disk; raises UnreadableFile when it is not what the
        manifest says.
        """
        digest = hashlib.sha256()
        with (
            _words(self._zip.filename),
            self._zip.open(name) as source,
            target.open("xb") as file,
        ):
            while chunk := source.read(_AT_ONCE):
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != self.manifest.members[name].sha256:
            raise _altered(self._zip.filename, f"{name} 与其 sha256 不符")


@contextmanager
def read(path: Path) -> Iterator[Reader]:
    """Open an archive; raises UnreadableFile when it is none, is not whole, or holds what a backup
    never does.
    """
    if not path.is_file():
        raise UnreadableFile(f"备份文件不存在,或不是普通文件:{path}")
    try:
        with _words(str(path)):
            seal, archive = _seal(path), zipfile.ZipFile(path)
    except OSError as error:
        raise UnreadableFile(f"无法读取 {path}({error.strerror})") from error
    with archive:
        with _words(str(path)):
            manifest = _manifest(path, archive)
            _check(path, archive.infolist(), manifest)
        yield Reader(archive, manifest, seal)


def _seal(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(-min(_SEAL_CHARS, path.stat().st_size), os.SEEK_END)
        written = file.read()
    if written.decode("latin-1") != _digest(path):
        raise _altered(str(path), "与其末尾的校验码不符")
    return written.decode("ascii")


def _digest(path: Path) -> str:
    """Return the sha256 of all bytes but the seal itself."""
    digest, left = hashlib.sha256(), max(path.stat().st_size - _SEAL_CHARS, 0)
    with path.open("rb") as file:
        while left and (chunk := file.read(min(_AT_ONCE, left))):
            digest.update(chunk)
            left -= len(chunk)
    return digest.hexdigest()


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(_MANIFEST).file_size > _LONGEST_MANIFEST:
        raise _altered(str(path), f"{_MANIFEST} 过大")
    text = archive.read(_MANIFEST)
    number = msgspec.json.decode(text, type=dict[str, msgspec.Raw]).get(
        "format", msgspec.Raw(b"0")
    )
    if bytes(number) != str(FORMAT).encode():
        raise StateError(
            f"备份的格式是 {bytes(number)[:20].decode('latin-1')},本程序只懂 {FORMAT}。"
            f"请用更新的程序恢复"
        )
    return msgspec.json.decode(text, type=Manifest)


def _check(
    path: Path,
    found: list[zipfile.ZipInfo],
    manifest: Manifest,
) -> None:
    """Raise UnreadableFile unless the archive has the members of the manifest, each once, and
    nothing else.
    """
    if not _are_listed(found, manifest):
        raise _altered(str(path), "其中的文件与清单不符")
    if sum(info.compress_size for info in found) > path.stat().st_size:
        raise _altered(str(path), "其中的文件互相重叠")
    for info in found:
        if not _is_plain_file(info):
            raise _altered(str(path), f"{info.filename!a} 不是普通文件")
    for name, member in manifest.members.items():
        if not _is_backed_up(name, member):
            raise _altered(str(path), f"{name!a} 不该在备份里")
    if not _are_of_their_size(found, manifest):
        raise _altered(str(path), "其中文件的大小与清单不符")


def _are_listed(found: list[zipfile.ZipInfo], manifest: Manifest) -> bool:
    """Tell whether the members are those of the manifest, the database among them, each once."""
    names = sorted(info.filename for info in found)
    listed = sorted([*manifest.members, _MANIFEST])
    return names == listed and DATABASE in names


def _is_plain_file(info: zipfile.ZipInfo) -> bool:
    """Tell a file that is stored as a backup stores it from links, folders and locked ones."""
    is_locked = info.flag_bits & 1
    if is_locked or info.compress_type not in _METHODS:
        return False
    # 0: written elsewhere than on Unix
    return stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG)


def _is_backed_up(name: str, member: Member) -> bool:
    """Tell the name of the database, or of an original by its contents."""
    if name == DATABASE:
        return True
    original = _ORIGINAL.fullmatch(name)
    return original is not None and original.group(2) == member.sha256


def _are_of_their_size(found: list[zipfile.ZipInfo], manifest: Manifest) -> bool:
    """Tell whether each listed member is as large as the manifest says."""
    for info in found:
        if info.filename == _MANIFEST:
            continue
        if info.file_size != manifest.members[info.filename].size_bytes:
            return False
    return True


@contextmanager
def _words(path: str | None) -> Iterator[None]:
    """Tell what the libraries find wrong with an archive in words."""
    try:
        yield
    except KbError:
        raise
    except _BROKEN as error:
        raise _altered(path, str(error)) from error


def _altered(path: str | None, what: str) -> UnreadableFile:
    return UnreadableFile(
        f"不是 kb backup 写的备份,或不完整、被改动过:{path}({what})。没有恢复任何东西,请换一份备份"
    )
