"""案号 as a value: found however it is typed, written one way.

Since 2016: （收案年度）法院代字 + 专门审判代字 + 类型代字 + 编号 + 号, 法〔2015〕137号
as amended by 法〔2018〕335号. Before: （2013）民三终字第6号,
（2004）沪一中民五（知）初字第183号.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Final

from kb.covering import Covering
from kb.numerals import chinese_numeral

_WIDTH: Final = str.maketrans("０１２３４５６７８９（）［］", "0123456789()[]")
_NUMERALS: Final = "一二三四五六七八九十"
_BRACKETS: Final = str.maketrans("〔〕[]", "()()")
#: Kind of case and stage, without which there is nothing to look for.
_MAY_HOLD: Final = re.compile(r"[初终再申提抗辖监请重][\s字第]{0,6}[0-9０-９]")
_PATTERN: Final = re.compile(
    r"[(\[〔【〈﹝]\s{0,3}(?P<year>(?:19|20)\d{2})\s{0,3}年?\s{0,3}[)\]〕】〉﹞]\s{0,3}"
    r"(?P<body>(?:[一-鿿]|\d{1,6}(?=[一-鿿])|[(〔\[]\s{0,3}[一-鿿]{1,3}\s{0,3}[)〕\]]|"
    r"\s(?=[一-鿿\d(〔\[])){2,40}?)"
    r"\s{0,3}(?P<old>字?\s{0,3}第|字)?\s{0,3}(?P<number>\d{1,8})"
    r"(?P<more>(?:\s{0,3}(?:号\s{0,3}(?=[、-－—–~～至]))?[、,，和及与至－—–~～-]{1,2}\s{0,3}\d{1,8})*)\s{0,3}(?P<end>号)?"
    rf"(?P<parts>(?:\s{{0,3}}[、,，]?\s{{0,3}}之\s{{0,3}}(?:[{_NUMERALS}]{{1,3}}(?!审)|"
    rf"\d{{1,2}}(?!\d)))*)"
)
#: From one number to another all between them are meant; after 号 only a larger one
#: goes on (123号、5号楼).
_NUMBER: Final = re.compile(
    r"(?P<end>号)?\s*(?:(?P<to>[至－—–~～-])|[、,，和及与])*\s*(?P<number>\d+)"
)
_PART: Final = re.compile(rf"之\s*([{_NUMERALS}]+|\d+)")
_MEASURED: Final = re.compile(r"[.,，]?\d|[多余]?[万亿元]")
#: 26-1号 is 26号之一: what goes on from a number is larger than it.
_SUB_NUMBER: Final = re.compile(r"\s*[-－—–]\s*(\d{1,2})")
#: A longer range is more likely a slip than one case.
_MOST_NUMBERS: Final = 200
#: A body names a court and a kind of case; years in running text have neither.
_TYPE: Final = re.compile(r"[民刑行执破赔知商仲监初终再申提抗辖调复]")
#: Without 号 a number that counts or measures something is no case's.
_END: Final = r"(?:号|(?![\d.,%年月日元万亿倍次个件人名家条项起天台页]))"
#: What a query may leave out (brackets, 号, 字第) or put in (blanks) is only safe to understand
#: where court, kind of case and stage stand between year and number.
_LOOSE: Final = re.compile(
    r"[(\[〔【〈﹝]?(?<!\d)(?P<year>(?:19|20)\d{2})年?[)\]〕】〉﹞]?"
    r"(?P<body>(?:最高法|最高检|(?=[一-鿿()]{2,10}字第)|"
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼兵])"
    r"(?:[一-鿿()〔〕]|\d{1,6}(?=[一-鿿])){0,10}?[民刑行执破赔知商](?:[一-鿿]|"
    r"[(〔][一-鿿]{1,3}[)〕]){0,4}?[初终再申提抗辖监请重])"
    rf"(?P<old>字?第|字)?(?P<number>\d{{1,7}}){_END}"
)
#: Before 2016 the court's sign may be any place: 字第 left out too, only a short body of
#: court, kind and stage is safe to understand.
_LOOSE_OLD: Final = re.compile(
    r"[(\[〔【〈﹝]?(?<!\d)(?P<year>19[89]\d|200\d|201[0-5])年?[)\]〕】〉﹞]?"
    r"(?P<body>[一-鿿]{0,5}?[民刑行知执商][一二三四五六]?(?:[(〔\[][一-鿿]{1,2}[)〕\]])?[初终再申提抗监重])"
    rf"(?P<old>)(?P<number>\d{{1,6}}){_END}"
)


@dataclass(frozen=True, slots=True, order=True)
class CaseNumber:
    """Number of one proceeding in one court; `old` is the grammar before 2016.

    `part` (之一, 之二 …) tells apart papers of one proceeding: with it the number is another one.
    """

    year: int
    body: str
    number: int
    old: bool = False
    part: str = ""

    def __str__(self) -> str:
        """Return the number as courts write it, full-width brackets and no spaces."""
        body = self.body.replace("(", "（").replace(")", "）")
        return f"（{self.year}）{body}{'字第' if self.old else ''}{self.number}号{self.part}"


def find(text: str) -> list[tuple[int, int, CaseNumber]]:
    """Return (start, end, case number) of every number in `text`, in order.

    All brackets, widths and spaces are understood; 「第48、50号」 is two numbers of one span.
    """
    found: list[tuple[int, int, CaseNumber]] = []
    for match in _PATTERN.finditer(text.translate(_WIDTH)):
        body = re.sub(r"\s+", "", match["body"]).translate(_BRACKETS)
        if not _TYPE.search(body):
            continue
        if match["end"] is None and not _may_lack_its_end(match, body):
            continue
        for number, part in _numbered(match):
            value = CaseNumber(
                year=int(match["year"]),
                body=body,
                number=number,
                old=match["old"] is not None,
                part=part,
            )
            found.append((match.start(), match.end(), value))
    return found


def _may_lack_its_end(match: re.Match[str], body: str) -> bool:
    """Tell whether a number without 号 is one all the same: nothing is counted or measured by
    it.
    """
    return (match["old"] is not None or len(body) >= 4) and not _MEASURED.match(
        match.string, match.end()
    )


def _numbered(match: re.Match[str]) -> Iterable[tuple[int, str]]:
    """Return every number and part that is written before and behind 号; without 号 the
    first number alone.
    """
    if not match["end"]:
        return [(int(match["number"]), "")]
    sub = _SUB_NUMBER.fullmatch(match["more"])
    if sub and not match["parts"] and 0 < int(sub[1]) <= int(match["number"]):
        return [(int(match["number"]), f"之{chinese_numeral(int(sub[1]))}")]
    return product(_numbers(match["number"] + match["more"]), _parts(match["parts"]))


def _numbers(written: str) -> list[int]:
    """Return the numbers of 901、902 and of 901至905."""
    numbers: list[int] = []
    for match in _NUMBER.finditer(written):
        number = int(match["number"])
        if match["end"] and number <= numbers[-1]:
            break
        between = (
            range(numbers[-1] + 1, number) if match["to"] and numbers else range(0)
        )
        numbers += [*(between if len(between) < _MOST_NUMBERS else ()), number]
    return numbers


def _parts(written: str) -> list[str]:
    """Return 之一 for 之一 and for 之1; one that is no part where nothing is written."""
    parts = []
    for number in _PART.findall(written):
        if number.isdigit():
            number = chinese_numeral(int(number))
        parts.append(f"之{number}")
    return parts or [""]


def find_typed(text: str) -> list[tuple[int, int, CaseNumber]]:
    """Return what `find` does and numbers typed without brackets, 号 or 字第 or with blanks, in
    order.
    """
    found = find(text)
    if not _MAY_HOLD.search(text):
        return found
    covering = Covering(len(text))
    for start, end, _ in found:
        covering.take(start, end)
    places = [place for place, char in enumerate(text) if not char.isspace()]
    squeezed = "".join(text[place] for place in places).translate(_WIDTH)
    for pattern in (_LOOSE, _LOOSE_OLD):
        for match in pattern.finditer(squeezed):
            start, end = places[match.start()], places[match.end() - 1] + 1
            if not covering.is_free(start, end):
                continue
            covering.take(start, end)
            body = match["body"].translate(_BRACKETS)
            found.append(
                (
                    start,
                    end,
                    CaseNumber(
                        int(match["year"]),
                        body,
                        int(match["number"]),
                        bool(match["old"]),
                    ),
                )
            )
    return sorted(found, key=lambda item: item[0])


def parse(text: str) -> CaseNumber | None:
    """Return the case number that `text` is, apart from blanks around it; None for anything
    else.
    """
    stripped = text.strip()
    found = find(stripped)
    if found and found[0][0] == 0 and found[0][1] == len(stripped):
        return found[0][2]
    return None
