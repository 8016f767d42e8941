"""How a call of `kb` is read: argparse speaks English, and people here read Chinese."""

from __future__ import annotations

import argparse
import re
from typing import Final, NoReturn

from kb.commands.common import EXIT_USER, say

_HEADINGS: Final = {
    "usage: ": "用法:",
    "positional arguments:": "参数:",
    "options:": "选项:",
}
_MISTAKES: Final = (
    (re.compile(r"the following arguments are required: (.*)"), r"缺少 \1"),
    (
        re.compile(r"argument (\S+): invalid choice: '?(.*?)'? \(choose from (.*)\)"),
        r"\1 没有「\2」,可用:\3",
    ),
    (re.compile(r"unrecognized arguments: (.*)"), r"不认识 \1"),
    (
        re.compile(r"argument (\S+): not allowed with argument (\S+)"),
        r"\1 不能与 \2 同用",
    ),
    (re.compile(r"argument (\S+): expected (\d+) arguments"), r"\1 后面应有 \2 个值"),
    (
        re.compile(r"argument (\S+): expected (?:one|at least one) argument"),
        r"\1 后面缺少值",
    ),
    (re.compile(r"argument (\S+): (.*)"), r"\1:\2"),
)


class ChineseParser(argparse.ArgumentParser):
    """argparse in Chinese: its headings, and what it says of a wrong call."""

    def format_help(self) -> str:
        """Return the help with Chinese headings."""
        text = (
            super()
            .format_help()
            .replace("show this help message and exit", "显示本说明")
        )
        for english, chinese in _HEADINGS.items():
            text = text.replace(english, chinese)
        return text

    def error(self, message: str) -> NoReturn:
        """Explain a wrong call in one line and leave with the status of a user's error."""
        for pattern, chinese in _MISTAKES:
            if pattern.match(message):
                message = pattern.sub(chinese, message).replace("'", "")
                break
        say(f"命令写法有误:{message}。用 {self.prog} --help 查看用法")
        raise SystemExit(EXIT_USER)
