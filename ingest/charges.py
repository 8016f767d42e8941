"""Who is charged with what, where a paper tells it in a sentence: 指控被告人某甲犯某罪一案."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from ingest.crimes import CRIMES

_ACCUSED: Final = r"(?:原审)?(?:被告人|被告单位)"
_ONE_CRIME: Final = "|".join(sorted(CRIMES, key=len, reverse=True))
_CRIME_LIST: Final = rf"(?:{_ONE_CRIME})(?:弹药|爆炸物)?"
_CHARGED: Final = re.compile(
    rf"(?P<names>{_ACCUSED}(?:(?!一案)[^。；：:]){{2,160}}?)(?:等人?|[二三四五六七八九十]人)?"
    r"(?:涉嫌)?(?<!侵)犯(?P<charge>[一-鿿、]{1,40}?罪(?:、(?:(?![被犯])[一-鿿]){2,20}罪)*)(?=一案|[，,。及和并于向、]|提起|$)"
)
_SUSPECTED: Final = re.compile(
    rf"(?P<names>{_ACCUSED}[^，。；：:犯因]{{2,40}}?)涉嫌(?P<charge>[一-鿿、]{{2,30}}?)罪?一案"
)
_COMPLAINT: Final = re.compile(
    rf"(?P<names>(?:申诉人|{_ACCUSED})[^，。；：:因]{{2,40}}?)(?:等人)?"
    r"因(?P<charge>[一-鿿、]{2,30}?)(?:[（(][^）)]{1,10}[）)])?一案"
)
_CALLED: Final = re.compile(
    rf"(?P<names>{_ACCUSED}[^，。；：:]{{2,20}}?)(?:等人)?"
    rf"(?P<charge>{_CRIME_LIST}(?:罪?、{_CRIME_LIST})*)罪?(?:[（(]申诉[）)])?一案"
)
_CASE_OF_CRIME: Final = re.compile(rf"({_ONE_CRIME})案")
_PATTERNS: Final = (_CHARGED, _SUSPECTED, _COMPLAINT, _CALLED)
_JOINS: Final = re.compile(
    rf"(?:、|和|及其?|，|,)?(?:申诉人|{_ACCUSED})|、|和(?=[一-鿿×]{{2,4}}$)"
)
_NAME: Final = re.compile(r"[一-鿿×ＸXA-Za-z（）()·•?？]{2,40}")
_PLAINTIFFS: Final = re.compile(
    r"附带民事诉讼原告(?:人|单位)(?P<names>[^，。；：:]{2,80}?)(?:提起|向本院|依法|以|要求|的|$|，|。)"
)
_NO_NAME: Final = re.compile(r"指控|审理|其|均|依法|不服|提出|上诉")


class Charge(Struct, frozen=True):
    """Those who are charged, and with what, as the text says it."""

    names: tuple[str, ...]
    charge: str
    start: int


def charge_of(text: str) -> Charge | None:
    """Return the first charge a squeezed text tells; None where it tells none."""
    first: re.Match[str] | None = None
    for pattern in _PATTERNS:
        match = pattern.search(text)
        if match and (first is None or match.start() < first.start()):
            first = match
    if first is None:
        return None
    charge = first["charge"]
    if not charge.endswith("罪"):
        charge = f"{charge}罪"
    return Charge(tuple(_names(first["names"])), charge, first.start())


def crime_of_title(text: str) -> str | None:
    """Return the crime a title calls a case by: 某甲、某乙侵犯商业秘密案."""
    match = _CASE_OF_CRIME.search(text)
    return f"{match[1]}罪" if match else None


def plaintiffs_of(text: str) -> tuple[str, ...]:
    """Return those who sue for damages in a criminal case, as a squeezed text tells it."""
    match = _PLAINTIFFS.search(text)
    return tuple(_names(match["names"])) if match else ()


def _names(run: str) -> Iterator[str]:
    for name in _JOINS.split(run):
        if name and _NAME.fullmatch(name) and not _NO_NAME.search(name):
            yield name
