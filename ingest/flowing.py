"""Lines of a format without pages into what its parser answers."""

from __future__ import annotations

from ingest.answers import Parsed
from ingest.metadata import LONGEST_TITLE
from ingest.text import check_text, check_values
from kb.errors import InvalidDocument


def flowing(
    lines: list[str],
    title: str | None,
    warnings: list[str] | None = None,
) -> Parsed:
    """Return a text of these lines, with the title in the properties of the file where that can be
    one.
    """
    text = check_text("\n".join(lines))
    values = _title_field((title or "").strip())
    return Parsed(text=text, values=values, warnings=warnings or [])


def _title_field(title: str) -> dict[str, str]:
    """Return a title as a field; none where it cannot be one: nobody sees it, and the text names
    itself.
    """
    if not title or len(title) > LONGEST_TITLE:
        return {}
    try:
        return check_values({"title": title})
    except InvalidDocument:
        return {}


def stripped(lines: list[str]) -> list[str]:
    """Return lines without the blank ones at both ends."""
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]
