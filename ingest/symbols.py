"""Signs of the fonts that have signs where others have letters (Wingdings, Symbol), as characters
anybody can read.
"""

from __future__ import annotations

from typing import Any, Final

from ingest.wordparts import W

#: A box with a cross and one with a tick are the same to a reader and to a search: it is ticked.
TICKED: Final = "☒"
EMPTY: Final = "☐"

_WINGDINGS: Final = {
    **dict.fromkeys((0x78, 0xFD, 0xFE), TICKED),
    **dict.fromkeys((0x6F, 0x70, 0x71, 0x72, 0xA8), EMPTY),
    **dict.fromkeys((0x4A,), "☺"),
    **{
        0xFC: "✓",
        0xFB: "✗",
        0x6C: "●",
        0x6D: "○",
        0x6E: "■",
        0xA1: "○",
        0xA7: "▪",
        0x9F: "•",
        0x9E: "·",
    },
    **{
        0x75: "◆",
        0x76: "❖",
        0x77: "◆",
        0xAB: "★",
        0xA7: "▪",
        0xD8: "➢",
        0xB2: "☆",
        0x28: "☎",
        0x29: "✆",
        0x2A: "✉",
    },
    **{
        0xDF: "←",
        0xE0: "→",
        0xE1: "↑",
        0xE2: "↓",
        0xE7: "⇐",
        0xE8: "➔",
        0xEF: "⇦",
        0xF0: "⇨",
        0xF1: "⇧",
        0xF2: "⇩",
    },
    **{0x80: "⓪", 0x8B: "⓿"},
    **{0x81 + place: char for place, char in enumerate("①②③④⑤⑥⑦⑧⑨⑩")},
    **{0x8C + place: char for place, char in enumerate("❶❷❸❹❺❻❼❽❾❿")},
    **{
        0x46: "☞",
        0x45: "☜",
        0x47: "☝",
        0x48: "☟",
        0x6A: "&",
        0x6B: "&",
        0x22: "✂",
        0x21: "✏",
        0x3F: "✍",
        0xA4: "◉",
    },
}
_WINGDINGS_2: Final = {
    **dict.fromkeys((0x51, 0x52, 0x53, 0x54, 0xAC), TICKED),
    **dict.fromkeys((0x2A, 0x30, 0x35, 0xA3), EMPTY),
    **{
        0x50: "✓",
        0x4F: "✗",
        0x55: "⊗",
        0x56: "⊗",
        0x81: "◯",
        0x97: "●",
        0x98: "●",
        0xA2: "■",
        0xAE: "◆",
        0x99: "○",
    },
    **{0x6A + place: char for place, char in enumerate("①②③④⑤⑥⑦⑧⑨⑩")},
    **{0x75 + place: char for place, char in enumerate("❶❷❸❹❺❻❼❽❾❿")},
}
_SYMBOL: Final = {
    **{
        code: char
        for code, char in zip(
            (*range(0x41, 0x5B), *range(0x61, 0x7B)),
            "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖαβχδεφγηιϕκλμνοπθρστυϖωξψζ",
            strict=True,
        )
    },
    **{code: chr(code) for code in (*range(0x30, 0x40), *b" !#%&()+,./[]_{|}")},
    **{
        0x22: "∀",
        0x24: "∃",
        0x27: "∍",
        0x2A: "∗",
        0x2D: "−",
        0x40: "≅",
        0x5C: "∴",
        0x5E: "⊥",
        0x7E: "∼",
    },
    **{
        0xA2: "′",
        0xA3: "≤",
        0xA4: "⁄",
        0xA5: "∞",
        0xA6: "ƒ",
        0xA7: "♣",
        0xA8: "♦",
        0xA9: "♥",
        0xAA: "♠",
        0xAB: "↔",
    },
    **{
        0xAC: "←",
        0xAD: "↑",
        0xAE: "→",
        0xAF: "↓",
        0xB0: "°",
        0xB1: "±",
        0xB2: "″",
        0xB3: "≥",
        0xB4: "×",
        0xB5: "∝",
    },
    **{
        0xB6: "∂",
        0xB7: "•",
        0xB8: "÷",
        0xB9: "≠",
        0xBA: "≡",
        0xBB: "≈",
        0xBC: "…",
        0xC4: "⊗",
        0xC5: "⊕",
        0xC6: "∅",
    },
    **{
        0xC7: "∩",
        0xC8: "∪",
        0xC9: "⊃",
        0xCA: "⊇",
        0xCB: "⊄",
        0xCC: "⊂",
        0xCD: "⊆",
        0xCE: "∈",
        0xCF: "∉",
        0xD0: "∠",
    },
    **{
        0xD1: "∇",
        0xD2: "®",
        0xD3: "©",
        0xD4: "™",
        0xD5: "∏",
        0xD6: "√",
        0xD7: "⋅",
        0xD8: "¬",
        0xD9: "∧",
        0xDA: "∨",
    },
    **{
        0xDB: "⇔",
        0xDC: "⇐",
        0xDD: "⇑",
        0xDE: "⇒",
        0xDF: "⇓",
        0xE2: "®",
        0xE3: "©",
        0xE4: "™",
        0xE5: "∑",
        0xF2: "∫",
    },
}
_FONTS: Final = {
    "wingdings": _WINGDINGS,
    "wingdings 2": _WINGDINGS_2,
    "wingdings 3": {},
    "webdings": {0x63: EMPTY, 0x61: "✓", 0x72: "✗", 0x67: "■", 0x6E: "●"},
    "symbol": _SYMBOL,
}
#: Where such fonts have their signs beside the places of letters.
_PRIVATE: Final = 0xF000


def symbol_font(properties: Any) -> str | None:
    """Return the font of signs that characters with these properties are of; None for any other
    font.
    """
    fonts = None if properties is None else properties.find(W + "rFonts")
    if fonts is None:
        return None
    name = fonts.get(W + "ascii") or fonts.get(W + "hAnsi") or ""
    font = str(name).lower()
    return font if font in _FONTS else None


def in_font(text: str, font: str | None) -> str:
    """Return a text as a font of signs shows it; what the font is not known to have stays as it
    is.
    """
    signs = _FONTS.get(font or "")
    if not signs:
        return text
    return "".join([signs.get(_place(char), char) for char in text])


def symbol(font: str, code: str) -> str | None:
    """Return the character a sign of a font stands for, its place given in hexadecimal; None where
    unknown.
    """
    try:
        place = int(code, 16)
    except ValueError:
        return None
    signs = _FONTS.get(font.lower())
    if signs is None:
        return chr(place) if _is_readable(place) else None
    if place >= _PRIVATE:
        place -= _PRIVATE
    return signs.get(place)


def _place(char: str) -> int:
    code = ord(char)
    return code - _PRIVATE if _PRIVATE <= code < _PRIVATE + 0x100 else code


def _is_readable(code: int) -> bool:
    return 0x20 <= code <= 0x10FFFF and code != 0x7F and not 0xD800 <= code <= 0xF8FF
