"""Marks of Markdown that are no text: comments and emphasis."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_OPEN: Final = "<!--"
_CLOSE: Final = "-->"
_FENCE: Final = re.compile(r"[ \t]*(```|~~~)")
#: At most so far apart, in one line, with no blank inside.
_STRONG: Final = re.compile(
    r"(?<![*\\])(\*{2,3})(?![*\s])([^\n]{1,500}?)(?<![\s*\\])\1(?!\*)"
)
_NUMERAL: Final = "[一二三四五六七八九十百千零〇]+"
_LABEL: Final = re.compile(
    rf"\A([ \t　]*(?:#{{1,6}}[ \t]+)?)(\*|__?)(第(?:{_NUMERAL}|"
    rf"\d+)[编章节条](?:之{_NUMERAL})?)\2(?![*_])"
)
#: After a character of a word two stars may stand for a name that was left out: 张**、上海**公司.
_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤某"
)
_OF_A_NAME: Final = frozenset("省市县区州镇乡村路街巷号楼室院所局厂店公有股集某")
_STOPS: Final = re.compile("[，。；：、,;:]")
_LONGEST_INSIDE: Final = 20


def without_comments(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines without `<!-- -->`; a line that was nothing else is none.

    What is never closed stays.
    """
    last = -1
    for number, line in enumerate(lines):
        if _CLOSE in line:
            last = number
    fence, is_inside = "", False
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if not is_inside and (fence or mark):
            fence = _fence_after(fence, mark)
            yield line
            continue
        began_inside = is_inside
        kept, is_inside = _outside(line, is_inside, number < last)
        if kept.strip() or kept == line and not began_inside:
            yield kept


def _fence_after(fence: str, mark: re.Match[str] | None) -> str:
    """Return which fence is open after a line that opens one, closes it or lies inside."""
    if mark is None:
        return fence
    if not fence:
        return mark[1]
    return "" if mark[1] == fence else fence


def _outside(
    line: str,
    is_inside: bool,
    closes_later: bool,
) -> tuple[str, bool]:
    """Return what of a line stands outside comments, and whether its end stands in one."""
    kept: list[str] = []
    last_close = line.rfind(_CLOSE)
    at = 0
    while at < len(line):
        if is_inside:
            end = line.find(_CLOSE, at)
            if end < 0:
                break
            at, is_inside = end + len(_CLOSE), False
            continue
        opened = line.find(_OPEN, at)
        is_inside = opened >= 0 and (last_close >= opened + len(_OPEN) or closes_later)
        kept.append(line[at:opened] if is_inside else line[at:])
        at = opened + len(_OPEN) if is_inside else len(line)
    return "".join(kept), is_inside


def without_emphasis(line: str) -> str:
    """Return a line without the stars around what is set bold, and without any marks
    around the name of an article.

    Stars that stand for something left out, as in 张**, stay.
    """
    if "*" not in line and "_" not in line:
        return line
    return _LABEL.sub(r"\1\3", _STRONG.sub(_inside, line))


def _inside(found: re.Match[str]) -> str:
    """Return what stands between stars, or all of it where they stand for something left out."""
    before = found.string[found.start() - 1 : found.start()]
    inside = found[2]
    if before.isalnum() and (
        len(inside) > _LONGEST_INSIDE
        or _STOPS.search(inside)
        or before in _SURNAMES
        or inside[0] in _OF_A_NAME
        or inside[-1] in _SURNAMES
    ):
        return found[0]
    return inside
