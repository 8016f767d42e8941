"""Lines of a format without pages into what its parser answers."""

from __future__ import annotations

from ingest.answers import Parsed
from ingest.text import check_text, check_values


def flowing(lines: list[str], title: str | None, warnings: list[str] | None = None) -> Parsed:
    """Return a text of these lines, with its title where the file has one."""
    named = (title or "").strip()
    text = check_text("\n".join(lines))
    return Parsed(text=text, values=check_values({"title": named} if named else {}), warnings=warnings or [])


def stripped(lines: list[str]) -> list[str]:
    """Return lines without the blank ones at both ends."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else []
