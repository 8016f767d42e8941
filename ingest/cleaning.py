"""Pages into one text, with the places where pages start. Nothing is dropped in silence."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from kb.records import Page

#: A PDF breaks lines where the paper ends. A line that stops before the margin, ends a
#: sentence, or is followed by an indent or a list number ends a paragraph.
_ENDS: Final = "。！？；：:;!?”』」）)】》"
_OPENS: Final = re.compile(
    r"^(?:[ \t　]{2,}|　|第[一二三四五六七八九十百千零〇]+[条章节编]|[一二三四五六七八九十]+、"
    r"|[（(][一二三四五六七八九十\d]+[）)]"
    r"|\d+[.、．]|【|审判长|审判员|书记员|原告|被告|上诉人|当事人|本院认为|本局认为)"
)
#: Some PDF fonts give back a radical where the author wrote the character (⽤ for 用): same
#: shape, other code point, found by no search. Kangxi radicals have compatibility mappings
#: in Unicode; those of the CJK Radicals Supplement that stand for whole characters do not.
_SUPPLEMENT: Final = dict(
    zip(
        "⺁⺇⺌⺒⺓⺝⺟⺠⺩⺫⺬⺮⺶⺷⺸⺻⻁⻂⻄⻅⻆⻉⻊⻋⻑⻒⻓⻔⻘⻙⻚⻛⻜⻝⻞⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
        "厂几小巳幺月母民王罒示竹羊羊羊聿虎衤西见角贝足车长长长门青韦页风飞食食马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
        strict=True,
    )
)
_RADICALS: Final = str.maketrans(
    {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
    | _SUPPLEMENT
    | {"⼾": "户", "⾭": "青"}  # their mappings are the old forms 戶 and 靑
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Cleaned(Struct, frozen=True, gc=False):
    """One text and the offset each page starts at; without pages (plain text) `page_starts` is empty."""

    text: str
    page_starts: tuple[int, ...] = ()
    page_numbers: tuple[int, ...] = ()

    def page_of(self, offset: int) -> int | None:
        """Return the page the code point at `offset` stands on."""
        if not self.page_starts:
            return None
        return self.page_numbers[max(bisect_right(self.page_starts, offset) - 1, 0)]


def clean(pages: Sequence[Page]) -> Cleaned:
    """Join the pages of a file, mending lines the paper broke.

    Control characters that no text needs are taken out and radicals become the characters
    they stand for; every other character stays, line ends inside a paragraph excepted.
    """
    parts: list[str] = []
    starts: list[int] = []
    numbers: list[int] = []
    length = 0
    for page in pages:
        body = _mend(_CONTROL.sub("", page.text.translate(_RADICALS).replace("\r\n", "\n").replace("\r", "\n")))
        if parts:
            joint = "" if _continues(parts[-1], body) else "\n"
            parts.append(joint)
            length += len(joint)
        starts.append(length)
        numbers.append(page.number)
        parts.append(body)
        length += len(body)
    return Cleaned("".join(parts), tuple(starts), tuple(numbers))


def _mend(text: str) -> str:
    lines = text.strip("\n").split("\n")
    width = max((len(line.rstrip()) for line in lines), default=0)
    parts: list[str] = []
    before = ""  # the line as it stood on the paper, not as joined so far
    for number, line in enumerate(lines):
        line = line.rstrip()
        if number and _joins(before, line, width):
            parts += [_glue(parts[-1], line), line.lstrip()]
        else:
            parts += ["\n" if number else "", line]
        before = line
    return "".join(parts)


def _joins(before: str, line: str, width: int) -> bool:
    if not before.strip() or not line.strip() or before[-1] in _ENDS or _OPENS.match(line):
        return False
    return len(before) >= 0.8 * width


def _glue(before: str, line: str) -> str:
    """Return a space between Latin words, nothing between Chinese characters."""
    return " " if before[-1:].isascii() and line.lstrip()[:1].isascii() and before[-1:].isalnum() else ""


def _continues(before: str, after: str) -> bool:
    """Tell whether a paragraph runs over the end of a page."""
    head, tail = after.split("\n", 1)[0], before.rsplit("\n", 1)[-1].rstrip()
    return bool(tail and head.strip() and len(tail) >= 15 and tail[-1] not in _ENDS and not _OPENS.match(head))
