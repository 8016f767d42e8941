"""A file on its way in: opened once, hashed once, and still the same when it is stored."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from kb.errors import UnreadableFile

_CHUNK_BYTES: Final = 1 << 20
_HEAD_BYTES: Final = 4096


class Incoming:
    """An open regular file with the sha256, the size and the first bytes of what is in it."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        """Open and hash a file; raises UnreadableFile when it is none, too large, or cannot be
        read.
        """
        try:
            if not stat.S_ISREG(
                path.stat().st_mode
            ):  # to open a device may already do something
                raise UnreadableFile("不是普通文件")
            # A pipe put here in the meantime would wait for someone to write to it.
            self.file: BinaryIO = open(path, "rb", opener=_without_waiting)
        except FileNotFoundError as error:
            raise UnreadableFile("文件不存在,或刚被移走") from error
        except (OSError, ValueError) as error:
            raise UnreadableFile(
                f"无法打开文件({getattr(error, 'strerror', None) or error})"
            ) from error
        try:
            self._seen = self._state()
            self._read(max_bytes)
        except BaseException:
            self.file.close()
            raise

    def _read(self, max_bytes: int) -> None:
        """Read the file through once: its digest, its size, its first bytes."""
        size = self._seen[0]
        if size > max_bytes:
            raise UnreadableFile(
                f"文件有 {size / 1048576:.0f} MB,超过上限 {max_bytes / 1048576:.0f} MB。"
                "请拆分,或调高环境变量 KB_MAX_FILE_MB"
            )
        digest = hashlib.sha256()
        self.head = b""
        self.size_bytes = 0
        self.is_blank = True
        try:
            while self.size_bytes <= size:
                chunk = self.file.read(_CHUNK_BYTES)
                if not chunk:
                    break
                digest.update(chunk)
                self.head = self.head or chunk[:_HEAD_BYTES]
                self.size_bytes += len(chunk)
                self.is_blank = self.is_blank and not chunk.strip()
            self.file.seek(0)
        except OSError as error:
            raise UnreadableFile(
                f"文件读到第 {self.size_bytes} 字节时出错({error.strerror})。请检查磁盘"
            ) from error
        self.sha256 = digest.hexdigest()
        self.require_unchanged()

    def require_unchanged(self) -> None:
        """Raise UnreadableFile when the file has been written to since it was opened."""
        if self._state() != self._seen or self.size_bytes != self._seen[0]:
            raise UnreadableFile(
                "读取时文件正被改写,余下的没有收入。请等它写完后再添加"
            )

    def chunks(self) -> Iterator[bytes]:
        """Yield the whole file piece by piece, wherever it is being read."""
        position = 0
        while chunk := os.pread(self.file.fileno(), _CHUNK_BYTES, position):
            yield chunk
            position += len(chunk)

    def _state(self) -> tuple[int, int]:
        found = os.fstat(self.file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableFile("不是普通文件")
        return found.st_size, found.st_mtime_ns

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class Made:
    """Bytes made of a file that came in, with the sha256 and the size of them; kept in its
    stead.
    """

    def __init__(self, data: bytes) -> None:
        """Hold some bytes."""
        self._data = data
        self.file: BinaryIO = io.BytesIO(data)
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.size_bytes = len(data)

    def require_unchanged(self) -> None:
        """Do nothing: what is in memory does not change."""

    def chunks(self) -> Iterator[bytes]:
        """Yield all of it."""
        yield self._data


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)
