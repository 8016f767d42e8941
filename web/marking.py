"""Where the words of a query stand in a whole text: the same marks as in the list of hits."""

from __future__ import annotations

from typing import Final

from kb.analysis import normalise
from search.answers import needles_of
from search.expansion import widened
from search.query import EXPANDED, ExpansionChoice, parse
from search.snippets import marks

_MAX_QUERY_CHARS: Final = 2_000


def find_marks(
    text: str, query_text: str, widening: ExpansionChoice = EXPANDED
) -> tuple[tuple[int, int], ...]:
    """Return the spans of `text` that show what was searched for, equivalents and exact keys as
    typed included.
    """
    query = widened(parse(query_text[:_MAX_QUERY_CHARS]), widening)
    keys = (normalise(query.plain[i.start : i.end]) for i in query.identifiers)
    needles, spare = needles_of(query)
    return marks(text, (*needles, *keys)) or marks(text, spare)
