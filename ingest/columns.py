"""What the columns of a table are called, and which field of a document each is (`columns.tsv`)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

_FILE: Final = Path(__file__).with_name("columns.tsv")
_UNIT: Final = re.compile(r"[(（]([^()（）]{1,8})[)）]")
_YUAN: Final = {"元": 1.0, "万元": 1e4, "亿元": 1e8}
_BLANK: Final = re.compile(r"\s+")


class Column(Struct, frozen=True):
    """One column: its name as written, the field it is or "" for none that we know, the unit of
    bare sums in it.
    """

    name: str
    field: str
    unit: str = "元"

    @property
    def yuan(self) -> float:
        """Return how many yuan one of its unit is."""
        return _YUAN[self.unit]


def column_of(written: str) -> Column:
    """Return the column that a cell of the first row names: 罚款金额（万元） is the amount 罚款 in
    ten thousands.
    """
    name = _BLANK.sub("", unicodedata.normalize("NFKC", written))
    bare = _UNIT.sub("", name).strip("*:：").lower()
    field = _fields().get(bare, "")
    found = _UNIT.search(name)
    unit = found[1].removeprefix("人民币") if found else "元"
    return Column(written.strip(), field, unit if unit in _YUAN else "元")


@cache
def _fields() -> dict[str, str]:
    fields = {}
    for line in _FILE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, field = line.split("\t")
            fields[name] = field
    return fields
