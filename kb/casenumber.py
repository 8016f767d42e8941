"""案号 as a value: found however it is typed, written one way.

Since 2016: （收案年度）法院代字 + 专门审判代字 + 类型代字 + 编号 + 号, 法〔2015〕137号 as amended by
法〔2018〕335号. Before: （2013）民三终字第6号, （2004）沪一中民五（知）初字第183号.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_WIDTH: Final = str.maketrans("０１２３４５６７８９（）［］", "0123456789()[]")
_PATTERN: Final = re.compile(
    r"[(\[〔【〈﹝]\s{0,3}(?P<year>(?:19|20)\d{2})\s{0,3}年?\s{0,3}[)\]〕】〉﹞]\s{0,3}"
    r"(?P<body>(?:[一-鿿]|\d{1,6}(?=[一-鿿])|[(〔\[]\s{0,3}[一-鿿]{1,3}\s{0,3}[)〕\]]|\s(?=[一-鿿\d])){2,30}?)"
    r"\s{0,3}(?P<old>字?\s{0,3}第|字)?\s{0,3}(?P<number>\d{1,8})"
    r"(?P<more>(?:\s{0,3}[、,，]\s{0,3}\d{1,8})*)\s{0,3}(?P<end>号)?(?P<sub>之[一二三四五六七八九十]{1,2})?"
)
#: A body names a court and a kind of case; years in running text have neither.
_TYPE: Final = re.compile(r"[民刑行执破赔知商仲监初终再申提抗辖调复]")
#: What a query may leave out (brackets, 号, 字第) or put in (blanks) is only safe to understand
#: where court, kind of case and stage stand between year and number.
_LOOSE: Final = re.compile(
    r"[(\[〔【〈﹝]?(?<!\d)(?P<year>(?:19|20)\d{2})年?[)\]〕】〉﹞]?"
    r"(?P<body>(?:最高法|最高检|(?=[一-鿿()]{2,10}字第)|[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼兵])"
    r"(?:[一-鿿()〔〕]|\d{1,6}(?=[一-鿿])){0,10}?[民刑行执破赔知商](?:[一-鿿]|[(〔][一-鿿]{1,3}[)〕]){0,4}?[初终再申提抗辖监请重])"
    r"(?P<old>字?第|字)?(?P<number>\d{1,7})(?:号|(?!\d))"
)


@dataclass(frozen=True, slots=True, order=True)
class CaseNumber:
    """Number of one proceeding in one court; `old` is the grammar before 2016."""

    year: int
    body: str
    number: int
    old: bool = False

    def __str__(self) -> str:
        """Return the number as courts write it, full-width brackets and no spaces."""
        body = self.body.replace("(", "（").replace(")", "）")
        return f"（{self.year}）{body}{'字第' if self.old else ''}{self.number}号"


def find(text: str) -> list[tuple[int, int, CaseNumber]]:
    """Return (start, end, case number) of every number in `text`, in order.

    All brackets, widths and spaces are understood; 「第48、50号」 is two numbers of one span.
    """
    found: list[tuple[int, int, CaseNumber]] = []
    for match in _PATTERN.finditer(text.translate(_WIDTH)):
        body = re.sub(r"\s+", "", match["body"]).translate(str.maketrans("〔〕[]", "()()"))
        if not _TYPE.search(body) or (match["end"] is None and match["old"] is None and len(body) < 4):
            continue
        for number in re.findall(r"\d+", match["number"] + (match["more"] if match["end"] else "")):
            value = CaseNumber(int(match["year"]), body, int(number), match["old"] is not None)
            found.append((match.start(), match.end(), value))
    return found


def find_typed(text: str) -> list[tuple[int, int, CaseNumber]]:
    """Return what `find` does, else numbers typed without brackets, 号 or 字第 or with blanks."""
    found = find(text)
    if found:
        return found
    places = [place for place, char in enumerate(text) if not char.isspace()]
    squeezed = "".join(text[place] for place in places).translate(_WIDTH)
    for match in _LOOSE.finditer(squeezed):
        body = match["body"].translate(str.maketrans("〔〕[]", "()()"))
        value = CaseNumber(int(match["year"]), body, int(match["number"]), match["old"] is not None)
        found.append((places[match.start()], places[match.end() - 1] + 1, value))
    return found


def parse(text: str) -> CaseNumber | None:
    """Return the case number that `text` is, apart from blanks around it; None for anything else."""
    stripped = text.strip()
    found = find(stripped)
    if found and found[0][0] == 0 and found[0][1] == len(stripped):
        return found[0][2]
    return None
