"""Does what was read from a font look like writing, or like the numbers of its glyphs?"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_LEAST: Final = 8
_UNREADABLE: Final = re.compile(
    r"[\ufffd\ud800-\udfff\x00-\x08\x0e-\x1f\x7f-\x9f]|\(cid:\d+\)|/(?:g|G|cid|uni)\d+"
)
_PRIVATE: Final = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_HAN: Final = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]")
_LATIN: Final = re.compile("[A-Za-z]")
#: Letters of Western Europe, which is what bytes of Chinese look like to a font that
#: takes each for a letter.
_ACCENTED: Final = re.compile("[\u00a1-\u00ff]")
#: Scripts no paper of this trade is written in: a font that numbers its glyphs anew
#: gives back such.
_STRANGE: Final = re.compile(
    "[\u0100-\u02ff\u0530-\u1fff\ua4d0-\uabff\ufb50-\ufdff\ufe70-\ufefe]"
)
_FIRST_LEVEL: Final = (b"\xb0\xa1", b"\xd7\xf9")
_FIRST_OF_BIG5: Final = (b"\xa4\x40", b"\xc6\x7e")


def is_plausible(text: str) -> bool:
    """Tell writing from gibberish; a text too short to tell is taken for writing."""
    bare = "".join(text.split())
    if not bare:
        return True
    bad = len(_UNREADABLE.findall(bare)) + len(_PRIVATE.findall(bare))
    if bad * 5 > len(bare):
        return False
    if len(bare) < _LEAST:
        return True
    return not (
        _is_rare(bare)
        or _is_odd_hangul(bare)
        or _is_bytes(bare)
        or len(_STRANGE.findall(bare)) * 4 > len(bare)
    )


def _is_rare(text: str) -> bool:
    """Nine in ten Chinese characters are of the first level of GB 2312 or of Big5; of numbers, a
    quarter.
    """
    han = _HAN.findall(text)
    if len(han) < _LEAST:
        return False
    return sum(map(_is_common, han)) * 2 < len(han)


@cache
def _is_common(char: str) -> bool:
    return (
        _FIRST_LEVEL[0] <= char.encode("gb2312", "replace") <= _FIRST_LEVEL[1]
        or _FIRST_OF_BIG5[0] <= char.encode("big5", "replace") <= _FIRST_OF_BIG5[1]
    )


def _is_odd_hangul(text: str) -> bool:
    """Korean is written in 2,350 of the 11,172 syllables, and hardly with Chinese characters
    between.
    """
    hangul = _HANGUL.findall(text)
    if len(hangul) < 3 or len(hangul) * 10 < len(text):
        return False
    usual = sum(len(char.encode("euc_kr", "ignore")) == 2 for char in hangul)
    return usual * 10 < len(hangul) * 8


def _is_bytes(text: str) -> bool:
    accented = len(_ACCENTED.findall(text))
    return accented * 3 > len(text) and accented > len(_LATIN.findall(text))
