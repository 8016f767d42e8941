"""Why another query is offered."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct


class SuggestionCode(StrEnum):
    """How near a suggestion is to what was typed. Of two alike, the earlier one here is told."""

    OTHER_YEAR = "other_year"
    OTHER_COURT = "other_court"
    MISSPELT = "misspelt"
    PINYIN = "pinyin"
    NUMBER_MISSPELT = "number_misspelt"
    NUMBER_WHOLE = "number_whole"
    SAME_SOUND = "same_sound"


_WORDS: Final = {
    SuggestionCode.OTHER_YEAR: "同一编号，另一年份",
    SuggestionCode.OTHER_COURT: "同年同号，另一法院或程序",
    SuggestionCode.MISSPELT: "差 {} 字",
    SuggestionCode.PINYIN: "拼音",
    SuggestionCode.NUMBER_MISSPELT: "编号差一字",
    SuggestionCode.NUMBER_WHOLE: "编号的完整写法",
    SuggestionCode.SAME_SOUND: "读音相同",
}


class Suggestion(Struct, frozen=True, gc=False):
    """Another query that may have been meant, whole; `distance` is how many characters differ."""

    text: str
    code: SuggestionCode
    distance: int = 0


def words(suggestion: Suggestion) -> str:
    """Return why a query is offered, as people read it."""
    return _WORDS[suggestion.code].format(suggestion.distance)
