"""What people put round a name when they ask for it, and what they leave out of a 文号."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_YEAR: Final = r"(?:19|20)\d{2}"
_S: Final = r"\s{0,3}"
#: Without 号 only a number that ends the words, or is asked about, is the number of a document.
_END: Final = rf"(?:{_S}号|(?![\d一-鿿.,%-])|(?=的|怎么|如何|讲|是))"
#: 文号 as people shorten them -> how they are written in full.
_SHORTENED: Final = (
    (
        re.compile(
            rf"(法[释发]){_S}[〔\[(（]?{_S}({_YEAR}){_S}年?{_S}[〕\])）]?{_S}第?{_S}(\d{{1,3}})(?!\d)(?!{_S}[年月日条]){_S}号?"
        ),
        r"\1〔\2〕\3号",
    ),
    (
        re.compile(
            rf"(?<![指命勒禁责口喝])令{_S}第?{_S}(\d{{1,4}})(?![\d号./])(?!{_S}[年月日元万天人个名家件台])"
        ),
        r"令第\1号",
    ),
    (re.compile(rf"(?<!\d)(\d{{1,4}}){_S}号{_S}令"), r"令第\1号"),
    (
        re.compile(
            rf"([一-鿿]{{2,8}}\d{{0,4}}{_S}[〔\[【（(]{_S}{_YEAR}{_S}[〕\]】）)]{_S}第?{_S}\d{{1,6}})"
            rf"(?![\d号])(?!{_S}[年月日元万号条])"
        ),
        r"\1号",
    ),
    # No brackets, or 年 within them: the letters of a 文号 end in what kind of paper it is.
    (
        re.compile(
            rf"([一-鿿]{{1,14}}[字处复发函罚释办规告])(\d{{0,4}}?){_S}[〔\[【（(]?{_S}({_YEAR}){_S}年?{_S}[〕\]】）)]?"
            rf"{_S}第?{_S}(\d{{1,5}}){_END}"
        ),
        r"\1\2〔\3〕\4号",
    ),
    (re.compile(rf"(参考性案例){_S}第?{_S}(\d{{1,4}})(?![\d号])"), r"\1\2号"),
)
#: All that can be shortened holds one of these and a number; nothing else is looked at.
_LETTER: Final = re.compile("[法令字处复发函罚释办规告例]")
_DIGIT: Final = re.compile(r"\d")

_BEFORE: Final = re.compile(
    r"(?:请问|请教|你好|您好|麻烦|请|帮我|帮忙|给我|我想要?|我要|想要?|要|能不能|可以)*"
    r"(?:查一下|查查|查询|查找|查到|查|检索|搜索|搜一下|搜|找一下|找找|找到|找|看一下|看看|看|了解|介绍|问|知道)?"
    r"(?:一下|关于)?[\s,，:：、]*"
)
_AFTER: Final = re.compile(
    r"(?:这一|这个|这份|这件|那个|那份|那件)?(?:一案|案件|案子|案例|案)?(?:里|中)?(?:的|是|被)?"
    r"(?:最后|到底|究竟)?(?:怎么(?:判决?|处理|处罚|规定|说|样|回事)|如何(?:判决?|处理|处罚|规定)|"
    r"(?:讲|说|规定|判)了?(?:些|的)?(?:什么|啥)|什么(?:内容|案子|案件|案|意思)?|内容|全文|原文|判决书?|裁定书?|决定书?|结果|在哪里?)?"
    r"(?:的|了)?[吗呢呀啊]?[\s?？。!！,，]*$"
)
_ASKED_CHARS: Final = 120


def shortened(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, 文号 in full) of every 文号 that lacks brackets, 号 or 第.

    Spans are code points of `text`, which is taken to be half-width.
    """
    if not (_LETTER.search(text) and _DIGIT.search(text)):
        return
    for pattern, full in _SHORTENED:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), match.expand(full)


def core(text: str) -> tuple[int, int]:
    """Return the span of what is asked for: 帮我找…, 请问…怎么判的 without the words of asking.

    The whole of `text` where it is long, or nothing would be left.
    """
    if len(text) > _ASKED_CHARS:
        return 0, len(text)
    before = _BEFORE.match(text)
    start = before.end() if before else 0
    after = _AFTER.search(text, start)
    end = after.start() if after else len(text)
    return (start, end) if start < end else (0, len(text))
