"""The head of a paper line by line, also where much of it was printed on one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.parties import ROLES
from kb.papers import heading_of
from kb.shadow import squeezed

_HEAD_LINES: Final = 60
_HEAD_CHARS: Final = 2_000
#: A longer line of the head may be several.
_LONG: Final = 60
#: What begins a line of a head where each has its own.
_BEGINS: Final = (
    rf"(?:原?公诉机关|{'|'.join(ROLES)}|法定代表人|诉讼代表人|负责人|委托代理人|委托诉讼代理人"
    r"|(?:指定)?辩护人|[三二两]上诉人)"
)
_JOINT: Final = re.compile(rf"(?<=。)(?={_BEGINS})")
#: Labels by which a penalty decision on one line is told apart.
_LABELS: Final = re.compile(
    r"(?=(?:被?受?处罚(?:人|单位|机构)(?:姓名|名称)?|当事人(?:姓名|名称)?|身份证号码?|住所|住址|地址|法定代表人"
    r"|统一社会信用代码)[:：])"
    r"|(?=(?:依据|根据)《)|(?=经查明?，)"
)
#: A text that has hardly any lines was printed on one.
_FEW_LINES: Final = 3


def head_of(text: str) -> list[str]:
    """Return the first lines that say something, squeezed; what one line holds of several is
    parted.
    """
    squeezed_lines = map(squeezed, text[:_HEAD_CHARS].split("\n"))
    lines = list(filter(None, squeezed_lines))
    is_run_on = len(lines) < _FEW_LINES
    parts: list[str] = []
    for line in lines:
        parts += filter(None, _parts(line, is_run_on))
    return parts[:_HEAD_LINES]


def _parts(line: str, is_run_on: bool) -> Iterator[str]:
    if len(line) <= _LONG:
        yield line
        return
    heading = heading_of(line)
    if heading is not None and heading.office:
        yield from (heading.before, heading.office, heading.name, heading.number)
        line = heading.rest.lstrip(":：")
    for sentence in _JOINT.split(line):
        yield from _LABELS.split(sentence) if is_run_on else (sentence,)
