"""Text into sections by role: corpus headings, articles of a law, parts of a court's document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from kb.identifiers import ARTICLE
from kb.records import Section
from kb.vocabulary import ROLE_HEADINGS

ARTICLE_LINE: Final = re.compile(rf"^[ \t　]*({ARTICLE})(?=[ \t　]|$)", re.M)
_CHAPTER_LINE: Final = re.compile(r"^[ \t　]*第[一二三四五六七八九十百]{1,5}[章节编][ \t　　]")

#: First words of a line -> role it opens. Parts of a judgment: 法〔2016〕221号; parts of a
#: reported case: 体例 2012; parts of a penalty decision: 市场监管行政处罚文书格式.
_CUES: Final = (
    (r"【?(?:裁判要点|裁判要旨|案例要旨|案件要旨)】?", "gist"),
    (r"【(?:基本案情|案情|案情简介|简要案情)】|(?:一、|二、)?基本案情$", "facts"),
    (r"【(?:裁判结果|处理结果)】", "disposition"),
    (r"【(?:裁判理由|评析|典型意义|案例评析)】", "reasoning"),
    (r"【(?:相关法条|法律依据|关联索引)】", "legal_basis"),
    (r"【(?:争议焦点)】|本案(?:的)?(?:二审|再审)?争议焦点", "issues"),
    (r"(?:再审申请人|申诉人|上诉人|原告|公诉机关|申请人|起诉人)[（(:：].{0,80}", "parties"),
    (r"当事人(?:基本情况)?[:：].{0,80}", "parties"),
    (r".{0,60}(?:向本院申请再审称|上诉请求|上诉称|向本院提出诉讼请求|诉称|申诉称|起诉称|指控[:：，,])", "claims"),
    (
        r"(?:(?:一审|二审|原审)?法院(?:经)?(?:审理)?查明|经(?:审理|本局|本院)?查明|本院(?:经审理|再审)?查明|经查[,，])",
        "facts",
    ),
    (r"(?:上述(?:违法)?事实,?，?(?:有|主要有)|证据(?:如下|目录)[:：])", "evidence"),
    (r"(?:本院(?:经审查|再审|二审)?认为|本局认为|我局认为)", "reasoning"),
    (r"(?:综上|据此).{0,160}(?:判决|裁定|决定)如下[:：]?$|.{0,200}(?:判决|裁定|决定)如下[:：]$", "legal_basis"),
    (r"(?:审判长|代理审判员|审判员)[ \t　]*[一-鿿]", "footer"),
)
#: All of them at once: the group that matches is the first one that does, counted from 1.
_ANY_CUE: Final = re.compile("|".join(f"({pattern})" for pattern, _ in _CUES))
#: So many articles make a law.
_LEAST_ARTICLES: Final = 3
#: A later part never follows an earlier one again: the footer ends a judgment.
_AFTER: Final = {"legal_basis": "disposition"}


class _Cut(Struct, frozen=True, gc=False):
    start: int
    role: str
    heading: str


def sections_by_heading(text: str, headings: Sequence[tuple[int, str]]) -> tuple[Section, ...]:
    """Make sections of a text whose headings are known: (offset of the heading's line, heading)."""
    cuts = [_Cut(start, role_of(heading), heading) for start, heading in headings]
    return _tile(text, cuts, "overview" if headings else "body")


def role_of(heading: str) -> str:
    """Return the role a heading of a corpus file stands for; unknown headings are plain text."""
    if heading in ROLE_HEADINGS:
        return ROLE_HEADINGS[heading]
    if ARTICLE_LINE.match(heading):
        return "article"
    first = heading.split(" ", 1)[0]
    return ROLE_HEADINGS.get(first, "body")


def find_sections(text: str) -> tuple[Section, ...]:
    """Find the parts of a law, a judgment or a penalty decision by their own first words.

    Cues count only at the start of a line; what no cue claims stays with the part before
    it, and a text without cues is one section. The sections tile the text.
    """
    articles = list(ARTICLE_LINE.finditer(text)) if text.count("条") >= _LEAST_ARTICLES else ()
    if len(articles) >= _LEAST_ARTICLES and _in_sequence([m.group(1) for m in articles]):
        return _tile(text, list(_article_cuts(text)), "overview")
    cuts = list(_court_cuts(text))
    return _tile(text, cuts, "header" if cuts else "body")


def _article_cuts(text: str) -> Iterator[_Cut]:
    offset = 0
    pending: int | None = None  # a chapter's heading belongs to the article below it
    for line in text.split("\n"):
        match = ARTICLE_LINE.match(line)
        if match:
            yield _Cut(offset if pending is None else pending, "article", match.group(1))
            pending = None
        elif _CHAPTER_LINE.match(line):
            pending = offset if pending is None else pending
        offset += len(line) + 1


def _court_cuts(text: str) -> Iterator[_Cut]:
    offset, role = 0, "header"
    for line in text.split("\n"):
        content = line.strip()
        if content:
            cue = _cue(content) or _AFTER.get(role)
            if cue and cue != role and not (role == "footer"):
                role = cue
                yield _Cut(offset, role, "")
        offset += len(line) + 1


def _cue(line: str) -> str | None:
    found = _ANY_CUE.match(line)
    return _CUES[found.lastindex - 1][1] if found is not None and found.lastindex is not None else None


def _tile(text: str, cuts: Sequence[_Cut], before: str) -> tuple[Section, ...]:
    """Turn cuts into sections that cover the text; what stands before the first gets role `before`."""
    if not text:
        return ()
    if not cuts:
        return (Section("body", "", 0, len(text)),)
    cuts = [cut for position, cut in enumerate(cuts) if position == 0 or cut.start > cuts[position - 1].start]
    if cuts[0].start > 0:
        cuts = [_Cut(0, before, ""), *cuts]
    ends = [cut.start for cut in cuts[1:]] + [len(text)]
    return tuple(Section(cut.role, cut.heading, cut.start, end) for cut, end in zip(cuts, ends, strict=True))


def _in_sequence(labels: Sequence[str]) -> bool:
    """Tell whether article numbers mostly rise by one, as a law's do and citations do not."""
    values = [chinese_number(label[1:].split("条", 1)[0]) for label in labels]
    rising = sum(b - a in (0, 1) for a, b in zip(values, values[1:], strict=False))
    return rising >= 0.8 * (len(values) - 1)


def chinese_number(text: str) -> int:
    """Return the value of a Chinese numeral below ten thousand, such as 二百一十九."""
    digits = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0}
    units = {"十": 10, "百": 100, "千": 1000}
    total, digit = 0, 0
    for char in text:
        if char in units:
            total += (digit or 1) * units[char]
            digit = 0
        else:
            digit = digits.get(char, 0)
    return total + digit
