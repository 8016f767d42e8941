"""Pages into one text, with the places where pages start. Nothing is dropped in silence."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from kb.records import Page

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
    {
        chr(code): unicodedata.normalize("NFKC", chr(code))
        for code in range(0x2F00, 0x2FD6)
    }
    | _SUPPLEMENT
    | {"⼾": "户", "⾭": "青"}  # their mappings are the old forms 戶 and 靑
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Cleaned(Struct, frozen=True, gc=False):
    """One text and the offset each page starts at; without pages (plain text) `page_starts` is
    empty.
    """

    text: str
    page_starts: tuple[int, ...] = ()
    page_numbers: tuple[int, ...] = ()

    def page_of(self, offset: int) -> int | None:
        """Return the page the code point at `offset` stands on."""
        if not self.page_starts:
            return None
        return self.page_numbers[max(bisect_right(self.page_starts, offset) - 1, 0)]


def clean(pages: Sequence[Page]) -> Cleaned:
    """Join the pages of a file as they are: one ends with a line feed unless a
    paragraph goes on with the next.

    Control characters that no text needs are taken out and radicals become the characters
    they stand for; every other character stays.
    """
    parts: list[str] = []
    starts: list[int] = []
    numbers: list[int] = []
    length = 0
    for page in pages:
        text = page.text.translate(_RADICALS)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        body = _CONTROL.sub("", text)
        starts.append(length)
        numbers.append(page.number)
        parts.append(body)
        length += len(body)
    return Cleaned("".join(parts), tuple(starts), tuple(numbers))
