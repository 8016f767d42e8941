"""前审案号: the judgments of earlier instances of the same dispute, as a paper itself names them.

They stand where a paper tells how the dispute came to it, and where it says what
becomes of them; what it cites in its reasoning is another dispute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kb import casenumber
from kb.shadow import squeezed

#: Where the telling of how the dispute came here ends.
_ENDS: Final = re.compile(
    r"现已(?:复核|审理|审查)终结|本院认为|(?:经|本院)(?:复核|再审)?(?:审理)?(?:查明|确认)|经审查[，,]|诉称|辩称|申请再审称|上诉称|原审查明|原判认定[，,：:]|一审查明|起诉请求|向[一-鿿]{0,20}法院(?:提起诉讼|起诉)"
)
_MOST_CHARS: Final = 3_000
_COURT: Final = r"(?:法院|分院|[一-鿿]{1,8}(?:高院|中院)|该院|简称[一-鿿]{2,12})"
#: What a number is of: a judgment or a ruling, not the notice that turned a complaint down.
_JUDGED: Final = re.compile(
    r"(?:刑事|民事|行政|附带民事|赔偿|执行)*(?:判决|裁定|调解书|判决书|裁定书)"
)
#: Another court is named before a number, in the same sentence; 本院 is this court.
_BY_A_COURT: Final = re.compile(rf"{_COURT}[^。；]{{0,250}}$")
_BY_THIS_COURT: Final = re.compile(r"本院[^。；]{0,40}$")
#: The sentence of another case that an earlier judgment took back with its own.
_TAKEN_BACK_THERE: Final = re.compile(r"撤销[^。；，]{0,60}$")
_REVOKED_PAROLE: Final = re.compile(r"缓刑|假释")
#: A paragraph that tells what another court did with the dispute: it begins with that court.
_TOLD: Final = re.compile(rf"[^，。；：:]{{0,40}}{_COURT}[^。；：:]{{0,60}}作出$")
_FOUND: Final = re.compile(
    rf"[^，。；：:]{{0,30}}{_COURT}(?:[（(][^）)]{{1,20}}[）)])?(?:经|一审|二审|再审|重审|审理)*(?:查明|认为|认定|审理)"
)
_GIVEN: Final = re.compile(r"作出$")
#: Where a paper's own reasoning begins: what it cites there is another dispute.
_REASONS: Final = re.compile(r"本院(?:经审查|经审理|再审|二审)?认为")
_SHORT_LINE: Final = 40
#: What a disposition does with an earlier judgment.
_DECIDES_ON: Final = re.compile(r".{0,6}(?:撤销|维持|变更|核准|驳回)")
#: A case sent back: the first judgment in it is this court's own.
_SENT_BACK: Final = re.compile(r"发回(?:本院|重审|重新审)")
_SENTENCE: Final = re.compile(r"[^。；\n]+")


def earlier_case_numbers(
    text: str,
    clauses: Sequence[str],
    own: Sequence[str],
) -> list[str]:
    """Return the numbers of earlier judgments of the dispute a paper decides, in order,
    none of its own.

    `clauses` are those by which it orders.
    """
    found = dict.fromkeys(
        (*_in_the_story(text), *_in_paragraphs(text), *_in_the_disposition(clauses))
    )
    return [number for number in found if number not in own]


def _in_the_story(text: str) -> Iterator[str]:
    """Yield what stands between the head and the body."""
    story = ""
    for line in map(squeezed, text[:_MOST_CHARS].split("\n")):
        story += f"{line}。" if len(line) < _SHORT_LINE else line
    end = _ENDS.search(story)
    if end:
        story = story[: end.start()]
    sent_back = _SENT_BACK.search(story) is not None
    for sentence in _SENTENCE.finditer(story):
        yield from _numbers_of_judgments(sentence[0], of_this_court=sent_back)


def _in_paragraphs(text: str) -> Iterator[str]:
    """Yield what a paragraph before the reasoning tells:
    某中级人民法院于某年某月某日作出某号民事判决.
    """
    for written in text.split("\n"):
        if "作出" not in written and "认为" not in written:
            continue
        line = squeezed(written)
        if _REASONS.match(line):
            return
        if "作出" not in line:
            continue
        for start, end, number in casenumber.find(line):
            if _tells_of_another_court(line, start) and _JUDGED.match(line[end:]):
                yield str(number)


def _tells_of_another_court(line: str, start: int) -> bool:
    """Tell whether a number stands behind the court that gave the judgment, which is not this
    one.
    """
    before = line[:start]
    if "本院" in before[-60:]:
        return False
    if _TOLD.fullmatch(before):
        return True
    return _FOUND.match(line) is not None and _GIVEN.search(before) is not None


def _in_the_disposition(clauses: Sequence[str]) -> Iterator[str]:
    for clause in clauses:
        if _DECIDES_ON.match(clause) and not _REVOKED_PAROLE.search(clause):
            yield from _numbers_of_judgments(clause, is_disposition=True)


def _numbers_of_judgments(
    sentence: str,
    *,
    is_disposition: bool = False,
    of_this_court: bool = False,
) -> Iterator[str]:
    """Yield the numbers of judgments of other courts in one sentence, 某号、某号民事判决 among
    them.
    """
    for start, end, number in casenumber.find(sentence):
        if not _JUDGED.match(sentence[end:]):
            continue
        before = sentence[:start]
        own = _BY_THIS_COURT.search(before)
        is_own = own is not None and "法院" not in before[own.start() + 2 :]
        if is_own and not of_this_court:
            continue
        if not is_own and not _BY_A_COURT.search(before):
            continue
        if is_disposition or not _TAKEN_BACK_THERE.search(before):
            yield str(number)
