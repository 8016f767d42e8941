"""What kind of paper a text is, and whether two texts are the same paper.

One case number stands on many papers: the judgment, the ruling that mends a slip in it, the order
before it. A corrected text takes the place of the former one; another paper never does.
"""

from __future__ import annotations

import re
from typing import Final

from kb.analysis import normalise
from kb.shadow import squeezed

_HEAD_CHARS: Final = 400
#: How papers of courts, procurators and offices end their names.
_ENDINGS: Final = (
    *("判决书", "裁定书", "调解书", "决定书", "通知书", "裁决书", "起诉书", "抗诉书"),
    *("告知书", "意见书", "建议书", "支付令", "公证书", "笔录"),
)
_LONGEST_NAME: Final = 30
_MAY_NAME: Final = re.compile("[书令录]")
_NAME: Final = re.compile("[㐀-鿿〇（）()]+")
_BLANK: Final = re.compile(r"\s+")
#: Two texts are one paper when so much of what either says is said by both: a correction, a redaction
#: or another scan keeps most of it.
_ALIKE: Final = 0.6
#: Less of it is enough where both bear the same day: of a short text a redaction leaves little.
_ALIKE_OF_ONE_DAY: Final = 0.4
_GRAM: Final = 6
#: Two papers on one form may have most of it in common: their other lines are unlike.
_REST_ALIKE: Final = 0.5
#: Of longer rests the runs of characters tell enough.
_LONGEST_REST: Final = 20_000


def paper_of(text: str) -> str | None:
    """Return the name a paper gives itself on a line of its own at the head, without blanks; None where none does."""
    head = text[:_HEAD_CHARS]
    if not _MAY_NAME.search(head):
        return None
    for line in head.split("\n"):
        name = squeezed(line)
        if len(name) <= _LONGEST_NAME and name.endswith(_ENDINGS) and _NAME.fullmatch(name):
            return name
    return None


#: Kind of document by the name of a paper, the most telling words first.
_KINDS: Final = (
    (
        "administrative",
        ("行政处罚", "不予处罚", "行政判决", "行政裁定", "行政赔偿", "行政调解", "行政复议", "复议决定", "责令"),
    ),
    ("criminal", ("刑事", "起诉书", "不起诉", "抗诉书", "刑罚")),
    ("civil", ("民事", "仲裁", "裁决书", "支付令")),
)
_TRACKS: Final = {"民": "civil", "刑": "criminal", "行": "administrative"}
_TRACK: Final = re.compile("[民刑行]")


def kind_of(name: str, case_number: str | None = None) -> str | None:
    """Return the kind of document a paper of this name is; by its case number where the name alone does not tell."""
    for kind, words in _KINDS:
        if any(word in name for word in words):
            return kind
    track = _TRACK.search(case_number or "")
    return _TRACKS[track[0]] if track else None


def is_same(text: str, decided_on: str | None, other: str, other_decided_on: str | None) -> bool:
    """Tell whether two texts of one case number are the same paper, as far as that is certain.

    It is not where they call themselves otherwise, are of different days, or say different things.
    """
    names = {paper_of(text), paper_of(other)} - {None}
    dates = {decided_on, other_decided_on} - {None}
    is_of_one_day = decided_on is not None and decided_on == other_decided_on
    return len(names) < 2 and len(dates) < 2 and _is_alike(text, other, _ALIKE_OF_ONE_DAY if is_of_one_day else _ALIKE)


def _is_alike(text: str, other: str, least: float) -> bool:
    mine, others = _lines(text), _lines(other)
    if _likeness("".join(mine), "".join(others)) < least:
        return False
    rest = "".join(line for line in mine if line not in others)
    other_rest = "".join(line for line in others if line not in mine)
    if not rest or not other_rest or max(len(rest), len(other_rest)) > _LONGEST_REST:
        return True
    from rapidfuzz.distance import Indel  # 30 ms that only two papers so much alike have to pay

    return Indel.normalized_similarity(rest, other_rest) >= _REST_ALIKE


def _lines(text: str) -> dict[str, None]:
    """Return the lines of a text in order, without blanks and each once."""
    return dict.fromkeys(_BLANK.sub("", line) for line in normalise(text).split("\n"))


def _likeness(text: str, other: str) -> float:
    """Return how much of what two texts say together they both say, from 0 to 1 (Jaccard over runs of characters)."""
    mine, others = _grams(text), _grams(other)
    both = len(mine | others)
    return len(mine & others) / both if both else 1.0


def _grams(text: str) -> set[str]:
    return {text[start : start + _GRAM] for start in range(max(len(text) - _GRAM + 1, 1))} if text else set()
