"""Errors nobody foresaw: named to the person by type, told to the log by place, without a word of
any text.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Final

from kb.errors import UnreadableFile

log = logging.getLogger(__name__)

_INNERMOST: Final = 4


def as_ours(error: Exception) -> UnreadableFile:
    """Return what to tell the person of an error that is a bug of ours or a lack of memory, and log
    where it was.
    """
    log.error("failed error=%s at=%s", type(error).__name__, place_of(error))
    if isinstance(error, MemoryError):
        return UnreadableFile("内存不足,没有收入。请拆分文件,或关闭别的程序后再次运行")
    return UnreadableFile(
        f"处理时出错({type(error).__name__}),没有收入。这是本程序的缺陷:详情记在日志里,不含文件内容,请交给维护者"
    )


def place_of(error: BaseException) -> str:
    """Return file, line and function of the innermost frames, the innermost last:
    「readers.py:88 read」.

    The message is left out, because it may quote the text that was being read.
    """
    frames = [
        (frame.f_code, line) for frame, line in traceback.walk_tb(error.__traceback__)
    ][-_INNERMOST:]
    return " > ".join(
        f"{Path(code.co_filename).name}:{line} {code.co_name}" for code, line in frames
    )
