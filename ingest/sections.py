"""Text into sections by role: corpus headings, articles of a law, parts of a court's document."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

from ingest import statutes
from kb.identifiers import article_label
from kb.mentions import ARTICLE
from kb.numerals import chinese_number
from kb.papers import paper_of
from kb.records import Section
from kb.shadow import squeezed
from kb.vocabulary import ROLE_HEADINGS

#: What other rooms use.
__all__ = ["sections_by_heading"]

ARTICLE_LINE: Final = re.compile(rf"^[ \t　]*({ARTICLE})(?=[ \t　]|$)", re.M)
#: An article's line in any way it is printed, squeezed: 第一条（定义）, 【第一条】,
#: **第一条**, 第1条：.
_ARTICLE: Final = re.compile(
    rf"(?:\*\*|[【\[（(〔])?({ARTICLE}|第\d{{1,4}}条)(?:\*\*|[】\]）)〕])?"
    r"(?![、，,及或的之款]|第(?!三人|[一二]审|[一二三四]类)|和(?!解)|项(?!目)|与(?!.{0,25}[有相]关)"
    r"|规定(?:的|[，,。])|所(?:称|列|指)(?:的)?[^，。]{0,12}[，。]?$)"
)
#: In the middle of a line, behind the end of a sentence.
_RUN_ON: Final = re.compile(
    rf"(?<=[。；])[ \t　]*({ARTICLE})(?![第、，,和及或与的之款项规所])"
)
#: Behind a number and a blank the words of an article may begin with any of these,
#: other than as mentions go on.
_ARTICLE_APART: Final = re.compile(
    rf"[ \t　]*({ARTICLE})[ \t　]+(?=[第与和及项])(?!第[^审人]{{1,6}}[款项]|[和及与]第)"
)
_CHAPTER_LINE: Final = re.compile(
    r"(?:#{1,6})?第[一二三四五六七八九十百\d]{1,5}[章节编分](?![^一-鿿]|.{30})"
)
_APPENDIX: Final = re.compile(
    r"附(?:[:：录件表]|本案|(?:相关|有关|适用)?(?:法律|法条)|判决|裁定)|附$|"
    r"[（(]?(?:相关|适用的?)法律条文[）)]?[:：]?$"
)

#: First words of a line -> role it opens. Parts of a judgment: 法〔2016〕221号; parts of a
#: reported case: 体例 2012; parts of a penalty decision: 市场监管行政处罚文书格式.
_CUES: Final = (
    (r"【?(?:裁判要点|裁判要旨|案例要旨|案件要旨)】?", "gist"),
    (r"【(?:基本案情|案情|案情简介|简要案情)】|(?:一、|二、)?基本案情$", "facts"),
    (r"【(?:裁判结果|处理结果)】", "disposition"),
    (r"【(?:裁判理由|评析|典型意义|案例评析)】", "reasoning"),
    (r"【(?:相关法条|法律依据|关联索引)】", "legal_basis"),
    (r"【(?:争议焦点)】|本案(?:的)?(?:二审|再审)?争议焦点", "issues"),
    (
        r"(?:再审申请人|申诉人|上诉人|原告|公诉机关|申请人|起诉人|自诉人)[（(:：].{0,80}",
        "parties",
    ),
    (
        r"公诉机关(?!指控|认为|提供|出示|当庭|提交|建议|的)[一-鿿]{2,30}检察院",
        "parties",
    ),
    (r"当事人(?:基本情况)?[:：].{0,80}", "parties"),
    (
        r".{0,60}(?:向本院申请再审称|上诉请求|上诉称|向本院提出诉讼请求|诉称|申诉称|"
        r"起诉称|指控[:：，,])",
        "claims",
    ),
    (
        r"(?:(?:一审|二审|原审)?法院(?:经)?(?:审理)?查明|经(?:审理|本局|本院)?查明|"
        r"本院(?:经审理|再审)?查明|经查[,，])",
        "facts",
    ),
    (r"(?:上述(?:违法)?事实,?，?(?:有|主要有)|证据(?:如下|目录)[:：])", "evidence"),
    (r"(?:本院(?:经审查|再审|二审)?认为|本局认为|我局认为)", "reasoning"),
    (
        r"(?:综上|据此).{0,400}(?:判决|裁定|决定|裁决)(?:处罚)?如下[:：]?$"
        r"|.{0,600}(?:(?:判决|裁定|决定|裁决)(?:处罚)?如下|(?:作出|给予|处以)(?:如下|"
        r"以下).{0,8}(?:处罚|处理|决定|裁决)|处罚如下|达成如下协议)[:：]$",
        "legal_basis",
    ),
    (
        r"(?:本局|我局|本院|现)?(?:依法)?决定(?:对.{1,40})?不予(?:行政)?处罚",
        "disposition",
    ),
    (r"(?:审判长|代理审判员|审判员|独任审判员)[一-鿿]", "footer"),
    (r"(?:检察员|首席仲裁员|仲裁员)[一-鿿]{2,4}$", "footer"),
)
#: All of them at once: the group that matches is the first one that does, counted from 1.
_ANY_CUE: Final = re.compile("|".join(f"({pattern})" for pattern, _ in _CUES))
#: Roles of a section of which nothing is known.
_UNTOLD: Final = frozenset(("body", "overview", "header"))
#: So many articles make a law.
_LEAST_ARTICLES: Final = 3
#: What comes after the line that says so is what was decided.
_ENDS_IN: Final = re.compile(r"(?:如下|(?:如下|以下).{0,8}(?:处罚|处理|决定))[:：]$")
_AFTER: Final = {"legal_basis": "disposition"}


class _Cut(Struct, frozen=True, gc=False):
    start: int
    role: str
    heading: str


def sections_of(
    text: str, headings: Sequence[tuple[int, str]] | None
) -> tuple[Section, ...]:
    """Make the sections of a text, by its own headings where these say what stands below them.

    Chapters of a law in Markdown do not: its articles are its parts.
    """
    if headings is None:
        return find_sections(text)
    given = sections_by_heading(text, headings)
    if _tell_roles(given):
        return given
    found = find_sections(text)
    return found if _tell_roles(found) else given


def _tell_roles(sections: Sequence[Section]) -> bool:
    return any(section.role not in _UNTOLD for section in sections)


def sections_by_heading(
    text: str, headings: Sequence[tuple[int, str]]
) -> tuple[Section, ...]:
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
    it, and a text without cues is one section. What calls itself a paper is no law, whatever
    articles are appended to it. The sections tile the text.
    """
    articles = [] if paper_of(text) else _articles(text)
    if _is_law(text, articles):
        return _tile(text, list(_article_cuts(text, articles)), "overview")
    cuts = list(_court_cuts(text))
    return _tile(text, cuts, "header" if cuts else "body")


def is_appendix(line: str) -> bool:
    """Tell whether a squeezed line begins what is appended to a paper."""
    return _APPENDIX.match(line) is not None


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield every line squeezed, with where it starts."""
    offset = 0
    for line in text.split("\n"):
        yield offset, squeezed(line)
        offset += len(line) + 1


def _articles(text: str) -> list[tuple[int, str]]:
    """Return where each article of a law starts, with its number as laws write it."""
    if text.count("条") < _LEAST_ARTICLES:
        return []
    found: list[tuple[int, str]] = []
    for offset, line in _lines(text):
        match = _ARTICLE.match(line) or _ARTICLE_APART.match(text, offset)
        if match:
            found.append((offset, article_label(match[1])))
    return _with_run_on(text, found) if found else []


def _with_run_on(text: str, articles: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return articles with those that run on in the line of the one before, each the next in
    number.
    """
    found: list[tuple[int, str]] = []
    end_of_text = (len(text), "")
    for (start, label), (end, _) in pairwise([*articles, end_of_text]):
        found.append((start, label))
        for match in _RUN_ON.finditer(text, start, end):
            if _value(match[1]) == _value(found[-1][1]) + 1:
                found.append((match.start(1), match[1]))
    return found


def _article_cuts(text: str, articles: Sequence[tuple[int, str]]) -> Iterator[_Cut]:
    """Yield where each article begins: with the headings of chapters that stand above it."""
    headings = [offset for offset, line in _lines(text) if _CHAPTER_LINE.match(line)]
    after = 0
    for offset, label in articles:
        start = offset
        first = bisect_left(headings, after)
        if first < len(headings):
            start = min(start, headings[first])
        yield _Cut(start, "article", label)
        after = offset


def _court_cuts(text: str) -> Iterator[_Cut]:
    role, before = "header", ""
    for offset, line in _lines(text):
        if not line:
            continue
        cue = _next(role, line, before)
        if cue and cue != role:
            role = cue
            yield _Cut(offset, role, "")
        before = line


def _next(
    role: str,
    line: str,
    before: str,
) -> str | None:
    """Return the part a line opens, where it opens one: after the footer only the appendix
    comes.
    """
    if is_appendix(line) and role in ("footer", "disposition"):
        return "appendix"
    if role in ("footer", "appendix"):
        return None
    if _ENDS_IN.search(before):
        return "disposition"
    return _cue(line) or _AFTER.get(role)


def _cue(line: str) -> str | None:
    found = _ANY_CUE.match(line)
    if found is None or found.lastindex is None:
        return None
    return _CUES[found.lastindex - 1][1]


def _tile(
    text: str,
    cuts: Sequence[_Cut],
    before: str,
) -> tuple[Section, ...]:
    """Turn cuts into sections that cover the text; what stands before the first gets role
    `before`.
    """
    if not text:
        return ()
    if not cuts:
        return (Section("body", "", 0, len(text)),)
    kept = [cuts[0]]
    for last, cut in pairwise(cuts):
        if cut.start > last.start:
            kept.append(cut)
    if kept[0].start > 0:
        kept.insert(0, _Cut(0, before, ""))
    ends = [cut.start for cut in kept[1:]]
    ends.append(len(text))
    sections = []
    for cut, end in zip(kept, ends, strict=True):
        sections.append(Section(cut.role, cut.heading, cut.start, end))
    return tuple(sections)


def _is_law(text: str, articles: Sequence[tuple[int, str]]) -> bool:
    """Tell whether articles are those of a law: their numbers rise by one, or rise
    under the name of a law.

    Of an extract some are left out; what a paper mentions neither rises nor has such a
    name above it.
    """
    if len(articles) < _LEAST_ARTICLES:
        return False
    values = [_value(label) for _, label in articles]
    steps = [after - before for before, after in pairwise(values)]
    by_one = steps.count(0) + steps.count(1)
    if by_one >= 0.8 * len(steps):
        return True
    return min(steps) >= 0 and statutes.title_of(text[: articles[0][0]]) is not None


def _value(label: str) -> int:
    return chinese_number(label[1:].split("条", 1)[0])
