"""An answer as it is frozen: JSON without what differs from run to run, a page as the text people
read.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from lxml import html

#: Keys of the time an answer took.
_TIMES: Final = ("elapsed_ms", "took_ms", "ms")
#: Scores rest on sums of single precision: their last places differ from one processor to another.
_PLACES: Final = 3
_UNSEEN: Final = ("script", "style", "head", "template", "svg")
#: Elements whose text stands on lines of its own.
_BLOCKS: Final = frozenset(
    "address article aside blockquote dd details div dl dt fieldset figure footer form h1 h2 h3 h4 header hr li main nav "
    "ol option p pre section summary table tbody td th thead tr ul".split()
)
_TOOK: Final = re.compile(r"\d+ 毫秒")


def frozen_json(text: str) -> str:
    """Return an answer of the API on one line, keys in their order."""
    return json.dumps(_steady(json.loads(text)), ensure_ascii=False)


def _steady(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _steady(one) for key, one in value.items() if key not in _TIMES}
    if isinstance(value, list):
        return [_steady(one) for one in value]
    return round(value, _PLACES) if isinstance(value, float) else value


def frozen_page(markup: str) -> str:
    """Return what a page says, a block a line, and where its links lead."""
    page = html.document_fromstring(markup)
    for unseen in page.xpath("|".join(f"//{name}" for name in _UNSEEN)):
        unseen.drop_tree()
    for link in page.iter("a"):
        link.tail = f" <{link.get('href', '')}>{link.tail or ''}"
    for block in page.iter(*_BLOCKS, "br"):
        block.text = f"\n{block.text or ''}"
        block.tail = f"\n{block.tail or ''}"
    lines = (" ".join(line.split()) for line in page.text_content().split("\n"))
    return _TOOK.sub("… 毫秒", "\n".join(line for line in lines if line)) + "\n"
