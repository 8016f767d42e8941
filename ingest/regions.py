"""In which province a paper was made: by the first character of its number, else by the name of the
court or office.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

_FILE: Final = Path(__file__).with_name("places.tsv")
#: （2019）沪0115民初1号, （2021）浙民终1号: the court's sign with its code, or with the
#: track at once. Numbers of before 2016 (…字第…号) have signs the courts chose: 宁 is
#: Nanjing there, 青 is Qingdao.
_COURT_SIGN: Final = re.compile(
    r"^[（(](?:19|20)\d{2}[）)]([一-鿿])(?:\d|[民刑行知执破赔])(?!.*字第)"
)
#: 沪市监浦处〔2023〕…号: the sign of a province and what office, or which of its
#: cities, has numbered it.
_OFFICE_SIGN: Final = re.compile(r"^([一-鿿])(?:市监|工商|知|综执|[一-鿿]{1,2}市监)")
_LONGEST_PLACE: Final = 6


class _Places(Struct, frozen=True):
    """Sign -> province, and name of a province or a city -> province."""

    signs: dict[str, str]
    names: dict[str, str]


def region_of(
    numbers: Sequence[str],
    document_numbers: Sequence[str],
    authorities: Sequence[str],
) -> str | None:
    """Return the province in which a paper was made, by its own numbers or else by who
    gave it; None where unknown.

    Of several numbers or authorities the first that tells it. A paper of the highest
    court tells none.
    """
    places = _places()
    signs = _signs(_COURT_SIGN, numbers) + _signs(_OFFICE_SIGN, document_numbers)
    for sign in signs:
        if sign in places.signs:
            return places.signs[sign]
    for authority in authorities:
        region = _region_of_authority(authority, places.names)
        if region:
            return region
    return None


def _signs(pattern: re.Pattern[str], numbers: Sequence[str]) -> list[str]:
    """Return the signs of provinces at the head of some numbers."""
    matches = filter(None, map(pattern.match, numbers))
    return [match[1] for match in matches]


def _region_of_authority(authority: str, names: dict[str, str]) -> str | None:
    """Return the province whose name, or that of one of its cities, an authority's name begins
    with.
    """
    for length in range(min(_LONGEST_PLACE, len(authority)), 1, -1):
        name = authority[:length]
        if name in names:
            return names[name]
    return None


@cache
def _places() -> _Places:
    signs: dict[str, str] = {}
    names: dict[str, str] = {}
    for line in _FILE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        province, province_signs, *cities = line.split("\t")
        signs |= dict.fromkeys(province_signs.split(), province)
        names |= dict.fromkeys([province, *" ".join(cities).split()], province)
    return _Places(signs, names)
