"""Files are parsed in processes of their own, with limits on what these may use and do
(`ingest.confine`).

A file comes from outside. A parser that loops, swells or crashes must not take the program with
it, so it works elsewhere and hands back plain text. To begin and to collect are two calls, so that
the next file is parsed while this one is stored.
"""

from __future__ import annotations

import logging
import os
import signal
from functools import cache
from typing import Final

import msgspec

from ingest import answers
from ingest.answers import NOT_STARTED, OUT_OF_MEMORY, Failed, Limits, Parsed, Refused
from ingest.workers import Ended, TooLong, Worker, worker_for
from kb.errors import InvalidDocument, UnreadableFile

log = logging.getLogger(__name__)

LIMITS: Final = Limits()
_RESAVE: Final = "文件可能已损坏,请用原来的软件打开后重新保存"
_PROGRAM_ERROR: Final = (
    "。也可能是本程序的缺陷:详情记在日志里,不含文件内容,可交给维护者"
)


class Parsing:
    """A file that is being parsed elsewhere; `collect` waits for what is found, `close` gives it
    up.
    """

    def __init__(
        self,
        kind: str,
        source: int,
        limits: Limits = LIMITS,
    ) -> None:
        """Have the open file `source` parsed from its start; it must stay open."""
        self._kind = kind
        self._source = source
        self._limits = limits
        self._is_collected = False
        self._worker = self._ask()

    def collect(self) -> Parsed:
        """Wait for what the parser found; raises UnreadableFile or InvalidDocument with
        the true reason.

        Files begun earlier must have been collected or closed.
        """
        self._is_collected = True
        if self._worker.is_closed:  # it ended with the file before this one
            self._worker = self._ask()
        try:
            return _read(self._answer())
        except TooLong as error:
            raise UnreadableFile("解析出的内容过多," + _RESAVE) from error
        except TimeoutError as error:
            raise UnreadableFile(_say_waited(self._limits)) from error
        except Ended as error:
            raise UnreadableFile(_reason(error.status, self._limits)) from error

    def close(self) -> None:
        """Wait no longer."""
        if not self._is_collected:
            self._worker.close()

    def _ask(self) -> Worker:
        worker = worker_for(self._kind, self._limits)
        worker.ask(self._source)
        return worker

    def _answer(self) -> bytes:
        try:
            return self._worker.answer()
        except Ended as error:
            if error.status is not None:
                raise
        self._worker = (
            self._ask()
        )  # it was ended with another, whose file took too long
        return self._worker.answer()


def _read(data: bytes) -> Parsed:
    """Return what a process answered; raises UnreadableFile or InvalidDocument as it says."""
    try:
        answer = answers.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnreadableFile("解析的结果残缺," + _RESAVE + _PROGRAM_ERROR) from error
    if isinstance(answer, Refused):
        raise (InvalidDocument if answer.is_invalid else UnreadableFile)(answer.message)
    if isinstance(answer, Failed):
        log.error("parser failed error=%s at=%s", answer.error, answer.place)
        raise UnreadableFile(f"解析时出错({answer.error})," + _RESAVE + _PROGRAM_ERROR)
    if not answer.is_filtered:
        _tell_of_no_filter()
    return _check(answer)


def _reason(status: int | None, limits: Limits) -> str:
    """Say why a process ended that did not answer."""
    if status is None:
        return "解析文件的进程意外结束。请再次运行;若仍如此,请检查机器的内存"
    if status == NOT_STARTED:
        return "无法启动解析文件的进程(内存或进程数不足)。请关闭别的程序后再次运行"
    code = os.waitstatus_to_exitcode(status)
    if code == OUT_OF_MEMORY:
        return (
            f"解析所需内存超过 {limits.memory_bytes // 1048576} MB,已停止。"
            f"请拆分文件,或重新导出后再添加"
        )
    if code == -signal.SIGXCPU:
        return (
            f"解析用满 {limits.cpu_s} 秒处理器时间仍未完成,已停止。请拆分文件;"
            f"文件不大时请重新导出后再添加"
        )
    if code == -signal.SIGALRM:
        return _say_waited(limits)
    if code == -signal.SIGKILL:
        return "解析进程被系统强行结束,多半是机器的内存不足。请拆分文件,或关闭别的程序后再次运行"
    if code < 0:
        return f"解析程序崩溃(信号 {signal.Signals(-code).name})," + _RESAVE
    return f"解析程序异常退出(状态 {code})," + _RESAVE


def _say_waited(limits: Limits) -> str:
    return (
        f"解析等了 {limits.wall_s:g} 秒仍未完成,已停止(超时)。"
        f"机器繁忙时请稍后再次运行,否则请重新导出文件"
    )


def _check(found: Parsed) -> Parsed:
    """Return what a parser found if it is what a parser can find: its process may have been taken
    over.
    """
    starts = [start for start, _ in found.headings or ()]
    fits = starts == sorted(starts) and all(
        0 <= start < len(found.text) for start in starts
    )
    if not fits or not all(
        0 <= start <= end <= len(found.text) for start, end, _ in found.links
    ):
        raise UnreadableFile(
            "解析的结果自相矛盾,文件可能带有攻击解析程序的内容,没有收入。请告知管理员"
        )
    return found


@cache
def _tell_of_no_filter() -> None:
    log.warning(
        "parsing without a filter of system calls: this kernel or machine has none; the limits hold"
    )
