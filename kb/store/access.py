"""Who may see a document: the one predicate that every reading statement is bound to."""

from __future__ import annotations

from typing import Final


def may_see(document: str) -> str:
    """Return the condition on a row of `document`, by its name in a statement; binds :clearance."""
    return f"{document}.visibility <= :clearance"


#: The condition on the document `d` of a statement.
MAY_SEE: Final = may_see("d")
