"""Articles of laws that a text mentions, however it names the law:
《反不正当竞争法》（2019）第九条, 反法第九条.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kb.lawnames import LAW_ALIASES, NOT_AFTER
from kb.records import Citation
from kb.vocabulary import (
    JURISDICTIONS,
    VERSION_FORMER,
    VERSION_OF_THE_ACT,
    VERSION_UNSTATED,
)

_NUMERAL: Final = "一二三四五六七八九十百千零〇"
#: An article's number as laws write it, for patterns elsewhere.
ARTICLE: Final = rf"第[{_NUMERAL}]{{1,9}}条(?:之[{_NUMERAL}]{{1,3}})?"
#: The paragraph and item behind it.
REST: Final = (
    rf"(?:第[{_NUMERAL}]+款)?(?:(?:第?[（(][{_NUMERAL}]+[）)])+项?|第[{_NUMERAL}]+项)?"
)
YEAR: Final = r"(?:19|20)\d{2}"

#: Full-width digits, letters, square brackets and blanks -> half-width, one for one.
_WIDTH: Final = str.maketrans(
    {
        code: chr(code - 0xFEE0)
        for code in (
            *range(0xFF10, 0xFF1A),
            *range(0xFF21, 0xFF3B),
            *range(0xFF41, 0xFF5B),
        )
    }
    | {0xFF3B: "[", 0xFF3D: "]", 0xFF0E: ".", 0xFF0D: "-", 0x3000: " "}
)
_WIDE: Final = re.compile(f"[{re.escape(''.join(map(chr, _WIDTH)))}]")

#: The law named last.
_THAT_LAW: Final = "该法"
_FASHI: Final = rf"法[释发][〔\[(（]\s*{YEAR}\s*[〕\])）]\s*\d{{1,3}}\s*号"
_FASHI_ALONE: Final = re.compile(_FASHI)
#: Blanks between the parts of a citation. Without a bound, a pattern that fails behind
#: a run of them is tried again from every one of them.
_GAP: Final = r"\s{0,9}"
_BRACKETS: Final = str.maketrans("()", "（）")


def _pattern(name: str) -> str:
    """Return a pattern for a name; its brackets may be of either width."""
    return re.escape(name).replace("（", "[（(]").replace("）", "[）)]")


_LAW_NAMES: Final = "|".join(
    map(_pattern, sorted((*LAW_ALIASES, _THAT_LAW), key=len, reverse=True))
)
_LAW: Final = re.compile(
    rf"(?:(?P<before>{YEAR})年?(?:版|修正|修订)?的?)?"
    r"(?:(?P<former>旧|(?:修[订正改]之?|修法)前的?)"
    r"|(?P<then>(?:行为(?:发生)?时|案发时|当时)(?:有效|施行|适用|生效|实施)?的?))?"
    rf"(?:《(?P<title>[^《》\n]{{2,60}}(?:《[^《》\n]{{2,40}}》[^《》\n]{{0,40}})?)》|"
    rf"(?P<fashi>{_FASHI})"
    rf"|(?:中华人民共和国)?(?P<name>{_LAW_NAMES}))"
    rf"(?:{_GAP}[（(\[]{_GAP}(?:(?P<version>{YEAR})[^（）()\n]{{0,12}}|(?P<number>{_FASHI})|(?P<unstated>{VERSION_UNSTATED})"
    rf"|以下简称[^（）()\n]{{1,20}}|"
    rf"(?P<other>[^（）()\n]{{1,20}})){_GAP}[）)\]])?{_GAP}(?:的|中的?|之(?=第))?{_GAP}"
)
_LIST: Final = re.compile(
    rf"(?P<article>{ARTICLE}){REST}(?P<joint>\s*(?:[、，,和及与]|以及|或)\s*(?:[《]?同法[》]?)?)?"
)
_SAME_ARTICLE: Final = re.compile(rf"第[{_NUMERAL}]+[款项]|[（(][{_NUMERAL}]+[）)]项?")
_JOINT: Final = re.compile(r"\s*[、，,和及与]\s*")
_LAW_TITLE: Final = re.compile(
    rf"(?:法|法典|通则|总则|条例|规定|解释|办法|规则|细则|意见|决定|指引|准则|"
    rf"{_FASHI})(?:[（(][^（）()]{{1,10}}[）)])*$"
)
#: At the end of a title: 反不正当竞争法（2019修正）.
_YEAR_INSIDE: Final = re.compile(rf"[（(]({YEAR})[^（）()]*[）)]$")
#: Brackets round names, names within names included.
_MARKS: Final = re.compile(r"[《》〈〉<>＜＞﹤﹥\s_]")
_ELSEWHERE: Final = tuple(name for code, name in JURISDICTIONS.items() if code != "CN")
_LONGEST_BEFORE: Final = 10


def narrow(text: str) -> str:
    """Return a text with half-width digits, letters and the like, one for one."""
    # looking takes a tenth of the time of translating
    return text.translate(_WIDTH) if _WIDE.search(text) else text


def law_name(text: str) -> str:
    """Return the short name of a law: without 《》, the state's name and the year behind it."""
    name = _MARKS.sub("", text).removeprefix("中华人民共和国")
    name = re.sub(rf"[（(](?:{YEAR}[^（）()]*|{VERSION_UNSTATED})[）)]$", "", name)
    return LAW_ALIASES.get(name) or LAW_ALIASES.get(name.translate(_BRACKETS), name)


def parse_statute(text: str) -> Citation | None:
    """Return the article that one entry of `statutes` names, or None when it names none."""
    return next(iter(_articles(text, is_entry=True)), None)


def citations(text: str) -> list[Citation]:
    """Return the articles mentioned in running text, each with its law's version.

    The version is the year or number written beside the law's name, there or where the
    text first names the law so; otherwise it is 版本未注明. A law called the former one, or that
    of the time of the act, is of the version 修订前 or 行为时. Spans are code points of `text`.
    """
    if "条" not in text:
        return []
    return list(_articles(text))


def _articles(text: str, *, is_entry: bool = False) -> Iterator[Citation]:
    stated: dict[str, str] = {}
    text = narrow(text)
    position = 0
    last: tuple[str, str] | None = None
    while law := _LAW.search(text, position):
        position = law.end()
        if not is_entry and not _is_meant(law, text):
            continue
        named = last if law["name"] == _THAT_LAW else _law_and_version(law, stated)
        if named is None:
            continue
        last = named
        found, position = _listed(text, law, named)
        yield from found


def _is_meant(law: re.Match[str], text: str) -> bool:
    """Tell whether what looks like a law's name is one of this country, and no part of a longer
    word.
    """
    if law["title"] and not _LAW_TITLE.search(law_name(law["title"])):
        return False
    before = text[max(law.start() - _LONGEST_BEFORE, 0) : law.start()]
    if law["name"] and before and before[-1] in NOT_AFTER.get(law["name"], ""):
        return False
    return not before.rstrip("的 ").endswith(_ELSEWHERE)


def _listed(
    text: str,
    law: re.Match[str],
    named: tuple[str, str],
) -> tuple[list[Citation], int]:
    """Return the articles that stand behind a law's name, and where they end."""
    name, version = named
    found: list[Citation] = []
    position = law.end()
    start: int | None = law.start()
    while match := _LIST.match(
        text, position
    ):  # what it holds (《同法》) names no law of its own
        named_from = match.start() if start is None else start
        found.append(
            Citation(named_from, match.end("article"), name, version, match["article"])
        )
        position, start = match.end(), None
        if not match["joint"]:
            break
        while same := _SAME_ARTICLE.match(
            text, position
        ):  # 第一款、第二款 of the same article
            position = same.end()
            joint = _JOINT.match(text, position)
            position = joint.end() if joint else position
    return found, position


def _law_and_version(law: re.Match[str], stated: dict[str, str]) -> tuple[str, str]:
    """Return a law and the version named beside it, else where the text first named one: these are
    `stated`.
    """
    name, version = _named(law)
    if version != VERSION_UNSTATED:
        stated.setdefault(name, version)
    if law["former"] or law["then"]:
        return name, VERSION_FORMER if law["former"] else VERSION_OF_THE_ACT
    if version == VERSION_UNSTATED and not law["unstated"]:
        version = stated.get(name, VERSION_UNSTATED)
    return name, version


def _named(law: re.Match[str]) -> tuple[str, str]:
    if law["fashi"]:
        number = _fashi(law["fashi"])
        return number, number
    name = law_name(law["title"] or law["name"])
    if _FASHI_ALONE.fullmatch(name):
        return name, name  # its number is its version
    if law["former"] or law["then"]:
        # a year beside it is that of the version that came after
        return name, VERSION_UNSTATED
    return name, _version_beside(law) or VERSION_UNSTATED


def _version_beside(law: re.Match[str]) -> str | None:
    """Return the number or the year that stands beside a law's name or in it."""
    if law["number"]:
        return _fashi(law["number"])
    year = law["version"] or law["before"]
    if year:
        return year
    inside = _YEAR_INSIDE.search(law["title"] or "")
    return inside[1] if inside else law["other"]


def _fashi(text: str) -> str:
    year, number = re.findall(r"\d+", text)
    return f"{text.strip()[:2]}〔{year}〕{number}号"
