"""How well laws are recognised: `python -m tests.measure_statutes FILE.jsonl.gz|FOLDER`
prints the figures.

A record is {title, text}, its title a law's name with a day in brackets. What is
expected is read here by other means than in the program: the name from the title, the
year from the last date of the head or from the title's day, the day of effect from the
last sentence that has one.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ingest.derive import derive
from ingest.sections import find_sections
from kb.numerals import chinese_number
from kb.records import Section

_DAY = re.compile(r"(\d{4})年\s*(\d{1,2})月\s*(\d{1,2})日")
_TITLE_DAY = re.compile(r"\((\d{4})-\d\d-\d\d\)$")
_TAIL_DAY = re.compile(
    r"自\s*(\d{4})年\s*(\d{1,2})月\s*(\d{1,2})\s*日起?(?:施行|实施|执行)"
)
_HEAD_DAY = re.compile(r"(\d{4})年\s*(\d{1,2})月\s*(\d{1,2})日\s*起?(?:施行|实施)")
_AT_ONCE = re.compile(r"(?:公布|发布|颁布|印发|下发)之日起?(?:施行|实施|执行)")
_ARTICLE = re.compile(r"^[\s　]*第([一二三四五六七八九十百千零〇]+)条", re.M)
_FOLDED = re.compile(r"[《》〈〉<>\s_、]|中华人民共和国")


def records(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (title, text) of a JSONL file, packed or not, or of the texts of a folder."""
    if path.is_dir():
        for file in sorted(path.glob("*.txt")):
            yield file.stem, file.read_text("utf-8")
        return
    opened = (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8")
    )
    with opened as lines:
        for line in lines:
            record = json.loads(line)
            yield record["title"], record["text"]


def _iso(parts: tuple[str, ...]) -> str:
    year, month, day = map(int, parts)
    return f"{year:04}-{month:02}-{day:02}"


def missing_articles(text: str, sections: tuple[Section, ...]) -> list[int]:
    """Return the articles that lie between two cut ones, stand at the start of a line and are no
    section.
    """
    numbers = [
        chinese_number(s.heading[1:].split("条")[0])
        for s in sections
        if s.role == "article"
    ]
    written = {chinese_number(found) for found in _ARTICLE.findall(text)}
    return sorted(
        n for n in written - set(numbers) if numbers and min(numbers) < n < max(numbers)
    )


def _measure_law(title: str, text: str, figures: Counter[str], name: str) -> None:
    sections = find_sections(text)
    found = derive({}, text, sections, name).values
    if sum(section.role == "article" for section in sections) < 3:
        figures["no law (fewer than three articles)"] += 1
        figures["no law, yet named as one"] += "law" in found
        return
    figures["laws"] += 1
    figures["articles that are no section"] += len(missing_articles(text, sections))
    if "law" not in found:
        figures["not recognised"] += 1
        return
    wanted = _FOLDED.sub("", _TITLE_DAY.sub("", title))
    figures[
        "name right" if _FOLDED.sub("", found["title"]) == wanted else "name wrong"
    ] += 1
    _measure_version(title, text, found, figures)
    _measure_effect(text, found, figures)


def _head(text: str) -> str:
    article = _ARTICLE.search(text)
    return text[: article.start()] if article else ""


def _measure_version(
    title: str, text: str, found: dict[str, str], figures: Counter[str]
) -> None:
    version = found["version"]
    days = [
        _iso(day)
        for day in _DAY.findall(
            _HEAD_DAY.sub("", re.sub(r"自\s*\d{4}年[^日]*日", "", _head(text)))
        )
    ]
    if days:
        figures[f"version, head: {_verdict(version, max(days)[:4])}"] += 1
    day = _TITLE_DAY.search(title)
    if day:
        figures[f"version, title: {_verdict(version, day[1])}"] += 1


def _verdict(version: str, wanted: str) -> str:
    if version == wanted:
        return "right"
    return (
        "a number" if "〔" in version else "wrong" if version.isdigit() else "unstated"
    )


def _measure_effect(text: str, found: dict[str, str], figures: Counter[str]) -> None:
    head, began = _head(text), found.get("effective_from")
    written = [
        _iso(day)
        for day in (*_HEAD_DAY.findall(head), *_TAIL_DAY.findall(text[-1_500:])[-1:])
    ]
    made = max((_iso(day) for day in _DAY.findall(_HEAD_DAY.sub("", head))), default="")
    if began is not None:
        at_once = bool(_AT_ONCE.search(head + text[-1_500:])) and began in map(
            _iso, _DAY.findall(head)
        )
        figures[
            "day of effect right"
            if began in written or at_once
            else "day of effect not as expected"
        ] += 1
    elif not written:
        figures["day of effect not written"] += 1
    elif max(written) < made or found["version"] > max(written)[:4]:
        figures["day of effect rightly not taken: older than the version"] += 1
    else:
        figures["day of effect missed"] += 1


def main(arguments: list[str]) -> None:
    """Print the figures for texts without a name and, below, for files named as their titles are."""
    for named in (False, True):
        figures: Counter[str] = Counter()
        for title, text in records(Path(arguments[0])):
            _measure_law(title, text, figures, f"{title}.txt" if named else "x.txt")
        sys.stdout.write("named as the title\n" if named else "text alone\n")
        for what, count in sorted(figures.items()):
            sys.stdout.write(f"  {count:6} {what}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
