"""A number in the way a list of Word writes it."""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class _Counting(Struct, frozen=True):
    """How a language counts: digits from nought, units from ten on, and the unit of ten
    thousand.
    """

    digits: str
    units: str
    myriad: str
    says_nought: bool = False  # 一百零一, not 百一
    says_one: bool = True  # 一百, not 百; ten itself is 十 in both


_CHINESE: Final = "〇一二三四五六七八九"
_ROUND: Final = "○一二三四五六七八九"
_COUNTINGS: Final = {
    "chineseCountingThousand": _Counting(
        "零一二三四五六七八九", "十百千", "万", says_nought=True
    ),
    "taiwaneseCountingThousand": _Counting(
        "零一二三四五六七八九", "十百千", "萬", says_nought=True
    ),
    "japaneseCounting": _Counting(
        "〇一二三四五六七八九", "十百千", "万", says_one=False
    ),
    "chineseLegalSimplified": _Counting(
        "零壹贰叁肆伍陆柒捌玖", "拾佰仟", "万", says_nought=True
    ),
    "ideographLegalTraditional": _Counting(
        "零壹貳參肆伍陸柒捌玖", "拾佰仟", "萬", says_nought=True
    ),
    "japaneseLegal": _Counting("零壱弐参四伍六七八九", "拾百阡", "萬"),
    "koreanCounting": _Counting("영일이삼사오육칠팔구", "십백천", "만", says_one=False),
}
#: Ten is a word of its own below a hundred; from there on digit stands beside digit (一〇〇).
_TEN_BELOW_A_HUNDRED: Final = {"chineseCounting": _CHINESE, "taiwaneseCounting": _ROUND}
_DIGITS: Final = {
    "ideographDigital": _CHINESE,
    "japaneseDigitalTenThousand": _CHINESE,
    "taiwaneseDigital": _ROUND,
    "koreanDigital": "영일이삼사오육칠팔구",
    "koreanDigital2": "零一二三四五六七八九",
    "decimalFullWidth": "０１２３４５６７８９",
    "decimalFullWidth2": "０１２３４５６７８９",
    "hindiNumbers": "०१२३४५६७८९",
    "thaiNumbers": "๐๑๒๓๔๕๖๗๘๙",
}
#: Series that have an end; past it Word goes on with 1, 2, 3.
_SERIES: Final = {
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
}
#: Series that begin anew with two of each: a, b, … z, aa, bb.
_LETTERS: Final = {
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "russianUpper": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ",
    "russianLower": "абвгдежзиклмнопрстуфхцчшщыэюя",
    "aiueo": "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ",
    "aiueoFullWidth": "アイウエオカキクケコサシスセソタチツテト"
    "ナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    "ganada": "가나다라마바사아자차카타파하",
    "chosung": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
}
_MOST_LETTERS: Final = 30
_ROMAN: Final = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "M CM D CD C XC L XL X IX V IV I".split(),
        strict=True,
    )
)
_MOST_ROMAN: Final = 32_767


def numeral(
    value: int,
    format: str,
    pattern: str = "",
) -> str:
    """Return a number from 0 as a list of this format shows it; formats nobody here
    knows are decimal.

    `pattern` is the sample of the format `custom`, such as "001, 002, 003, ...".
    """
    if format == "none":
        return ""
    if format == "custom":
        return _pad(value, pattern)
    written = ""
    if value > 0:
        written = _in_chinese(value, format) or _in_a_series(value, format)
    return written or _in_figures(value, format)


def _pad(value: int, pattern: str) -> str:
    """Return a number as long as the first of a sample, with noughts before it."""
    first = pattern.partition(",")[0].strip()
    is_padded = pattern.startswith("0")
    return str(value).zfill(len(first)) if is_padded else str(value)


def _in_chinese(value: int, format: str) -> str:
    if format in _COUNTINGS:
        return _count(value, _COUNTINGS[format])
    digits = _TEN_BELOW_A_HUNDRED.get(format)
    if digits is None or not 10 <= value < 100:
        return ""
    tens, ones = divmod(value, 10)
    before = digits[tens] if tens > 1 else ""
    after = digits[ones] if ones else ""
    return f"{before}十{after}"


def _in_a_series(value: int, format: str) -> str:
    """Return a number as the sign or the letters of a series; "" where the series is too short."""
    series = _SERIES.get(format, "")
    if value <= len(series):
        return series[value - 1]
    letters = _LETTERS.get(format)
    if letters is not None:
        times, place = divmod(value - 1, len(letters))
        return letters[place] * (times + 1) if times < _MOST_LETTERS else ""
    if format == "ideographZodiacTraditional" and value <= 60:
        stem = _SERIES["ideographTraditional"][(value - 1) % 10]
        branch = _SERIES["ideographZodiac"][(value - 1) % 12]
        return f"{stem}{branch}"
    return ""


def _in_figures(value: int, format: str) -> str:
    digits = _DIGITS.get(format) or _TEN_BELOW_A_HUNDRED.get(format)
    if digits:
        return "".join([digits[int(figure)] for figure in str(value)])
    if format in ("upperRoman", "lowerRoman") and 0 < value <= _MOST_ROMAN:
        letters = _roman(value)
        return letters if format == "upperRoman" else letters.lower()
    return _FIGURES.get(format, "{}").format(value)


_FIGURES: Final = {"decimalZero": "{:02}", "numberInDash": "- {} -", "hex": "{:X}"}


def _roman(value: int) -> str:
    written = ""
    for worth, letters in _ROMAN:
        times, value = divmod(value, worth)
        written += letters * times
    return written


def _count(value: int, way: _Counting) -> str:
    high, low = divmod(value, 10_000)
    if not high:
        return _below_a_myriad(low, way, is_first=True)
    gap = way.digits[0] if way.says_nought and 0 < low < 1000 else ""
    rest = _below_a_myriad(low, way, is_first=False) if low else ""
    return _count(high, way) + way.myriad + gap + rest


def _below_a_myriad(
    value: int,
    way: _Counting,
    *,
    is_first: bool,
) -> str:
    """Return a number up to 9,999 in Chinese; only the first may leave out the one before ten."""
    written, has_gap = "", False
    for position, figure in enumerate(f"{value:04}"):
        place = 3 - position
        digit = int(figure)
        if not digit:
            has_gap = bool(written)
            continue
        if has_gap and way.says_nought:
            written += way.digits[0]
        has_gap = False
        is_ten = is_first and not written and place == 1  # ten to nineteen: 十, 十一
        says_one = way.says_one and not is_ten
        written += _at_place(digit, place, way, says_one)
    return written


def _at_place(
    digit: int,
    place: int,
    way: _Counting,
    says_one: bool,
) -> str:
    """Return a figure with the unit of its place; of a one the unit alone, unless it is said."""
    figure = way.digits[digit]
    if not place:
        return figure
    unit = way.units[place - 1]
    is_bare = digit == 1 and not says_one
    return unit if is_bare else f"{figure}{unit}"
