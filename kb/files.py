"""Original files, kept unchanged under the sha256 of their bytes."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path
from typing import Final

from kb.errors import StoreDamaged, UnreadableFile
from kb.permissions import make_folder

_FROM_BACKUP: Final = "请从备份取回,见运维手册「备份与恢复」"
_STORED: Final = "[0-9a-f][0-9a-f]/[!.]*"


def sha256_of(data: bytes) -> str:
    """Return the sha256 of `data` in hex."""
    return hashlib.sha256(data).hexdigest()


def _age_s(path: Path) -> float:
    try:
        return time.time() - path.lstat().st_mtime
    except FileNotFoundError:  # its writer has just given it its name
        return 0.0


class Files:
    """Folder of originals: `files/ab/abcdef…`, and beside them in `files/STORE` the id of the store
    they belong to.
    """

    def __init__(self, folder: Path, store_id: Callable[[], str]) -> None:
        """Keep originals of a store below `folder`, which need not exist yet; its id is asked when
        one is put.
        """
        self.folder = folder
        self.mark = folder / "STORE"
        self._store_id = store_id

    def path(self, sha256: str) -> Path:
        """Return where the original of this hash is or would be."""
        return self.folder / sha256[:2] / sha256

    def owner(self) -> str | None:
        """Return the id of the store these originals belong to; None when it was not written
        down.
        """
        try:
            return self.mark.read_text(encoding="ascii").strip() or None
        except (FileNotFoundError, UnicodeDecodeError):
            return None

    def claim(self, store_id: str) -> None:
        """Write down whose originals these are; synced to disk before any of them is."""
        if self.owner() == store_id:
            return
        make_folder(self.folder)
        descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".incoming-")
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(f"{store_id}\n")
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(name, self.mark)

    def any(self) -> bool:
        """Tell whether there are originals."""
        return next(self.folder.glob(_STORED), None) is not None

    def put(
        self,
        sha256: str,
        size_bytes: int,
        chunks: Iterable[bytes],
    ) -> None:
        """Store an original once under the hash it was read with; a crash leaves no
        half-written one.

        Raises UnreadableFile when the chunks are no longer what has that hash.
        """
        target = self.path(sha256)
        if target.exists() and target.stat().st_size == size_bytes:
            # young again: not taken for an unused one before its document is stored
            os.utime(target)
            return
        # before the first original: none is ever found without an owner
        self.claim(self._store_id())
        make_folder(target.parent)
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=".incoming-")
        try:
            written = hashlib.sha256()
            with os.fdopen(descriptor, "wb") as handle:
                for chunk in chunks:
                    written.update(chunk)
                    handle.write(chunk)
                handle.flush()
                os.fsync(handle.fileno())
            if written.hexdigest() != sha256:
                raise UnreadableFile("读取时文件正被改写,没有收入。请等它写完后再添加")
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def get(self, sha256: str) -> bytes:
        """Return the original; raises StoreDamaged when it is missing or altered."""
        self.require(sha256)
        return self.path(sha256).read_bytes()

    def require(self, sha256: str) -> None:
        """Raise StoreDamaged unless the original is there and whole."""
        try:
            with self.path(sha256).open("rb") as handle:
                found = hashlib.file_digest(handle, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise StoreDamaged(f"原件缺失:{sha256}。{_FROM_BACKUP}") from error
        except OSError as error:
            raise StoreDamaged(
                f"原件无法读取({error.strerror}):{sha256}。请检查磁盘与权限"
            ) from error
        if found != sha256:
            raise StoreDamaged(f"原件已损坏(校验不符):{sha256}。{_FROM_BACKUP}")

    def stored(self) -> Iterator[str]:
        """Yield the names of all originals on disk."""
        for path in sorted(self.folder.glob(_STORED)):
            yield path.name

    def strays(self, known: Container[str], older_than_s: float) -> Iterator[Path]:
        """Yield what was written more than `older_than_s` seconds ago and is no
        original that is `known`.

        That may be the original of a document that is gone, what an interrupted `put`
        left behind, or a file that somebody laid here.
        """
        for path in sorted(self.folder.rglob("*")):
            is_ours = path == self.mark or (
                path.name in known and path == self.path(path.name)
            )
            is_file = path.is_symlink() or not path.is_dir()
            if is_file and not is_ours and _age_s(path) >= older_than_s:
                yield path
