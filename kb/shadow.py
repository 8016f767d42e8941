"""A line as it is to be recognised: what printing adds to it taken away.

The stored text stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: Between letters a blank parts words; anywhere else it is there for looks (民 事 判 决 书).
_BLANK: Final = re.compile(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])")
#: What takes no room and is no blank to Python.
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_WIDE: Final = {
    code: code - 0xFEE0
    for span in ((0xFF10, 0xFF1A), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B))
    for code in range(*span)
}
#: Radicals and compatibility forms that fonts give back for the characters they look like.
_SAME: Final = {
    code: unicodedata.normalize("NFKC", chr(code))
    for span in ((0x2F00, 0x2FD6), (0xF900, 0xFADA), (0xFB00, 0xFB07))
    for code in range(*span)
}


_FOLDED: Final = _WIDE | _SAME
#: Most lines hold nothing of it.
_ODD: Final = re.compile(
    f"[\\s\u00ad\u200b-\u200f\u2060\ufeff{re.escape(''.join(map(chr, _FOLDED)))}]"
)


def squeezed(line: str) -> str:
    """Return a line without blanks but between Latin words, with digits and letters of half
    width.
    """
    if not _ODD.search(line):
        return line
    return _BLANK.sub("", _UNSEEN.sub("", line).translate(_FOLDED))
