"""Lines of a format without pages into what its parser answers."""

from __future__ import annotations

from ingest.answers import Parsed
from ingest.metadata import LONGEST_TITLE
from ingest.text import check_text, check_values
from kb.errors import InvalidDocument


def flowing(
    lines: list[str], title: str | None, warnings: list[str] | None = None
) -> Parsed:
    """Return a text of these lines, with the title in the properties of the file where that can be
    one.
    """
    text = check_text("\n".join(lines))
    return Parsed(
        text=text, values=_titled((title or "").strip()), warnings=warnings or []
    )


def _titled(title: str) -> dict[str, str]:
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
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []
