"""What the text of a law says of itself: which law, which version of it, since when, by
whom, under which number.

Read at its head and in its last articles. A version is named by the year in which it
was last passed, amended or published. Days written there may be those of an earlier
version: then the day of effect is not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

from msgspec import Struct

from ingest.dates import dates_in
from kb.mentions import law_name
from kb.records import Section
from kb.shadow import squeezed
from kb.vocabulary import VERSION_UNSTATED

_HEAD_CHARS: Final = 6_000
_LAST_ARTICLES: Final = 3
_LONGEST_TITLE: Final = 90
_LINES_OF_A_TITLE: Final = 3
#: A law is published at most so long after it was passed; a later day in a file's name
#: is that of another version.
_TO_PUBLISH: Final = timedelta(days=200)

_TITLE: Final = re.compile(
    r"(?!第[一二三四五六七八九十百]+[编章节]|[一二三四五六七八九十]+、)[^。；：:;]{1,80}?"
    r"(?:法|法典|条例|规定|解释|办法|规则|细则|规程|准则|守则|安排|决定|意见|批复|规范|通则|标准)"
    r"(?:[（(][^（）()]{1,20}[）)])*"
)
_CHAPTERS: Final = frozenset(
    ("总则", "分则", "附则", "目录", "一般规定", "其他规定", "基本规定")
)
#: Rules that a company gives itself are no law.
_OWN_RULES: Final = re.compile(
    r"(?!.*关于).{0,30}?(?:有限公司|有限责任公司|集团|[甲乙丙丁某]公司)"
)
#: A paper that changes or ends other laws is not these laws.
_CHANGES: Final = re.compile(
    r"关于(?:修改|修订|修正|废止|清理|停止执行).*的?决定|修正案(?:[（(].{1,4}[）)])?$"
)
_ISSUER_LINE: Final = re.compile(
    r"(?:中华人民共和国)?(?:最高人民法院|最高人民检察院|国务院|[一-鿿]{2,12}(?:部|"
    r"委员会|总局|人民政府))"
    r"(?:[、\s]?(?:最高人民检察院|最高人民法院|[一-鿿]{1,10}(?:部|委员会|总局)))*"
)
_NAME_DAY: Final = re.compile(
    r"[（(_\s](?P<year>(?:19|20)\d{2})-?(?P<month>\d{2})-?(?P<day>\d{2})[）)]?\Z"
)

_SUFFIX: Final = re.compile(r"\.[A-Za-z]{2,5}\Z")

#: The innermost of names within names.
_QUOTED: Final = re.compile(r"[《〈<][^《〈<》〉>]*[》〉>]")
#: A line that does not go on with the one before it.
_OPENS: Final = re.compile(r"为|目录$|第[一二三四五六七八九十百]+[编章节]")
_AMENDED: Final = re.compile(r"修正|修订|修改")
_PASSED: Final = re.compile(r"通过|批准")
_PUBLISHED: Final = re.compile(r"公布|发布|颁布|印发|令第?\d")
_BEGAN: Final = re.compile(r"施行|实施|执行|生效")
#: In the order in which they count where a day has several.
_KINDS: Final = (
    ("amended", _AMENDED),
    ("passed", _PASSED),
    ("published", _PUBLISHED),
    ("began", _BEGAN),
)
_AT_ONCE: Final = re.compile(r"自?(?:公布|发布|颁布|印发)之日起(?:施行|实施|执行|生效)")
_SITTING: Final = re.compile(r"第[一二三四五六七八九十百]{1,4}届")
_ISSUER: Final = re.compile(
    r"(?:中华人民共和国)?(?P<name>[一-鿿]{0,25}?(?:人民代表大会(?:常务委员会)?|国务院|"
    r"最高人民法院|最高人民检察院"
    r"|人民政府|委员会|[一-鿿]{2,10}(?:总局|部|局|署)))"
)
_NUMBER: Final = re.compile(
    r"法[释发]\s?[〔\[(（]\s?(?:19|20)\d{2}\s?[〕\])）]\s?\d{1,3}\s?号"
    r"|(?:中华人民共和国)?(?P<order>[一-鿿]{2,20}令)第?(?P<number>[0-9〇零一二三四五六七八九十百]{1,6})号"
)
_COURTS: Final = re.compile(
    r"(最高人民法院|最高人民检察院)(?:[、_与和]?(最高人民检察院|最高人民法院))?[^关]{0,12}关于"
)
_NO_VERSION: Final = "正文没有写明通过、修正或公布的日期,版本未注明"


class _Event(Struct, frozen=True):
    """Something that happened to a law on a day: `kind` is passed, amended, published or began."""

    kind: str
    day: str
    words: str


def fields_of_law(
    text: str,
    sections: Sequence[Section],
    names: Sequence[str],
) -> dict[str, Any]:
    """Return the fields of Metadata that a law's text, cut into articles, says; nothing
    where it names no law.

    `names` are what others call it, its file among them: a day of publication there, as
    public collections write it, tells the version of a text whose head was not brought
    up to date.
    """
    first = _first_article(sections)
    if first is None:
        return {}
    lines = _squeezed_lines(text[: min(first.start, _HEAD_CHARS)])
    title = _title(lines) or _title([_stem(name) for name in names])
    if title is None or not _is_law(title):
        return {}
    events = _events_of(lines)
    named = next(filter(None, map(_day_of_name, names)), None)
    version = _version_of(title, events, named)
    began, doubt = _began(events, _foot(text, sections), named)
    doubts = [_NO_VERSION] if version == VERSION_UNSTATED else []
    if doubt:
        doubts.append(doubt)
    found = {
        "title": title,
        "law": law_name(title),
        "version": version,
        "passed_on": _last_day(events, ("passed", "amended")),
        "effective_from": began,
        "authorities": _issuers(title, events),
        "doc_numbers": _numbers(lines),
        "uncertain": doubts,
    }
    return {field: value for field, value in found.items() if value}


def _is_law(title: str) -> bool:
    """Tell the title of a law from that of a paper that changes laws or of a company's rules."""
    return not _CHANGES.search(title) and not _OWN_RULES.match(title)


def _version_of(
    title: str,
    events: Sequence[_Event],
    named: str | None,
) -> str:
    """Return which version a law is; one that has a number in its name is the only one."""
    law = law_name(title)
    if _NUMBER.fullmatch(law):
        return law
    last = _last_day(events, ("passed", "amended", "published"))
    return _version(last, named)


def _last_day(events: Sequence[_Event], kinds: Sequence[str]) -> str | None:
    """Return the last day on which something of some kinds happened."""
    days = [event.day for event in events if event.kind in kinds]
    return max(days, default=None)


def title_of(head: str) -> str | None:
    """Return the name of a law that stands on a line of its own in what comes before its
    articles.
    """
    return _title(_squeezed_lines(head[:_HEAD_CHARS]))


def _squeezed_lines(text: str) -> list[str]:
    """Return the lines of a text that say something, squeezed."""
    return list(filter(None, map(squeezed, text.split("\n"))))


def _first_article(sections: Sequence[Section]) -> Section | None:
    for section in sections:
        if section.role == "article":
            return section
    return None


def _foot(text: str, sections: Sequence[Section]) -> list[str]:
    """Return the last articles, the last one first, squeezed."""
    articles: list[str] = []
    for section in reversed(sections):
        if section.role == "article" and len(articles) < _LAST_ARTICLES:
            articles.append(squeezed(text[section.start : section.end]))
    return articles


def _stem(name: str) -> str:
    return squeezed(_NAME_DAY.sub("", _without_suffix(name)))


def _without_suffix(name: str) -> str:
    return _SUFFIX.sub("", name.strip())


def _title(lines: Sequence[str]) -> str | None:
    """Return the name a law gives itself: a line, or up to three that are one name."""
    for place in range(len(lines)):
        title = _first_title(lines[place : place + _LINES_OF_A_TITLE])
        if title is not None:
            return title
    return None


def _first_title(lines: Sequence[str]) -> str | None:
    """Return the name that the first line is, alone or with those behind it."""
    joined = ""
    for line in lines:
        joined += line
        if len(joined) > _LONGEST_TITLE or _has_date(joined):
            return None
        if _is_title(joined):
            return joined
        if not _begins_title(lines[0]):
            return None
    return None


def _has_date(line: str) -> bool:
    return next(dates_in(line), None) is not None


def _is_title(line: str) -> bool:
    if line in _CHAPTERS or _is_issuer(line):
        return False
    return _TITLE.fullmatch(line) is not None


def _begins_title(line: str) -> bool:
    """Tell the first line of a name that has several: who made the law, or what it is about."""
    return "关于" in line or _is_issuer(line)


def _is_issuer(line: str) -> bool:
    return _ISSUER_LINE.fullmatch(line) is not None


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """Return lines joined where one goes on with the one before it, names of other papers taken
    out.
    """
    joined: list[str] = []
    ended = True
    for line in lines:
        if ended or _OPENS.match(line):
            joined.append(line)
        else:
            joined[-1] += line
        ended = line.endswith(("。", "：", ":"))
    return [_without_quotes(paragraph) for paragraph in joined]


def _without_quotes(text: str) -> str:
    while (without := _QUOTED.sub("", text)) != text:
        text = without
    return text


def _events_of(lines: Sequence[str]) -> list[_Event]:
    """Return what happened to a law, in the order of its head."""
    events: list[_Event] = []
    for paragraph in _paragraphs(lines):
        events += _events(paragraph)
    return events


def _events(line: str) -> Iterator[_Event]:
    """Yield what a line says happened on the days it names."""
    dates: list[tuple[int, int, str | None]] = []
    position = 0
    for written, day in dates_in(line):
        start = line.find(written, position)
        position = start + len(written)
        dates.append((start, position, day))
    for place, (start, end, day) in enumerate(dates, 1):
        until = dates[place][0] if place < len(dates) else len(line)
        words = line[end:until]
        kind = _kind(words, line[:start].endswith("自"))
        if kind is None or not day:
            continue
        yield _Event(kind, day, words)
        if kind == "published" and _AT_ONCE.search(words):
            yield _Event("began", day, words)


def _kind(words: str, is_since: bool) -> str | None:
    """Return what the words behind a day say happened on it."""
    if is_since:
        return "began" if _BEGAN.search(words) else None
    for kind, pattern in _KINDS:
        if pattern.search(words):
            return kind
    return None


def _version(last: str | None, named: str | None) -> str:
    """Return the year of the last thing that happened; a head not brought up to date is told by the
    file's name.
    """
    if last is None or (named is not None and _is_well_before(last, named)):
        last = named
    return last[:4] if last else VERSION_UNSTATED


def _is_well_before(day: str, other: str) -> bool:
    """Tell whether more lies between two days than between passing a law and publishing it."""
    try:
        return date.fromisoformat(other) - date.fromisoformat(day) > _TO_PUBLISH
    except ValueError:  # a day of which only the month can be read
        return day[:4] < other[:4]


def _day_of_name(name: str) -> str | None:
    """Return the day public collections write behind the name of a law: 条例(2019-04-23).docx,
    条例_20190423.docx.
    """
    named = _NAME_DAY.search(_without_suffix(name))
    if named is None:
        return None
    year, month, day = int(named["year"]), int(named["month"]), int(named["day"])
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _began(
    events: Sequence[_Event],
    foot: Sequence[str],
    named: str | None,
) -> tuple[str | None, str | None]:
    """Return the day this version took effect, or why none of those written is it."""
    days = [event.day for event in events if event.kind == "began"]
    days += _began_at_foot(events, foot)
    if not days:
        return None, None
    began = max(days)
    unknown = "本版本的施行日期未写明"
    if named is not None and _is_well_before(began, named):
        return None, f"正文所写施行日期{began}早于文件名所写公布日期{named},{unknown}"
    made = _last_day(events, ("passed", "amended")) or ""
    if began < made:
        return None, f"正文所写施行日期{began}早于最后一次通过或修正({made}),{unknown}"
    return began, None


def _began_at_foot(events: Sequence[_Event], foot: Sequence[str]) -> list[str]:
    """Return the day on which the last articles say the law begins."""
    for article in foot:
        said = list(_events(_without_quotes(article)))
        began = _last_day(said, ("began",))
        if began is not None:
            return [began]
        if _AT_ONCE.search(article):
            published = [event.day for event in events if event.kind == "published"]
            return published[-1:]
    return []


def _issuers(title: str, events: Sequence[_Event]) -> list[str]:
    """Return who made a law: the courts its name begins with, else who passed it last, else who
    published it.
    """
    courts = _COURTS.match(title)
    if courts:
        return [court for court in courts.groups() if court]
    for kinds in (("passed", "amended"), ("published",)):
        for event in reversed(events):
            words = _SITTING.sub("", event.words)
            issuer = _ISSUER.match(words)
            if event.kind in kinds and "批准" not in words and issuer:
                return [issuer["name"]]
    return []


def _numbers(lines: Sequence[str]) -> list[str]:
    """Return the numbers under which a law was published, in the order of its head."""
    found: list[str] = []
    for line in lines:
        for match in _NUMBER.finditer(_without_days(_without_quotes(line))):
            number = match[0]
            if match["order"]:
                number = f"{match['order']}第{match['number']}号"
            found.append(number)
    return list(dict.fromkeys(found))


def _without_days(line: str) -> str:
    for written, _ in dates_in(line):
        line = line.replace(written, " ")
    return line
