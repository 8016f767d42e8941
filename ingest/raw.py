"""What a reader makes of a file: raw documents, and lines it could not read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from kb.errors import UserError
from kb.records import Citation, Page


class RawDocument(Struct, frozen=True, kw_only=True, gc=False):
    """One document as its reader found it: pages of a paged file, or text as it stands.

    `headings` is None when the format has none of its own and the text must be searched for
    its parts.
    """

    sha256: str
    line_number: int | None = None
    pages: tuple[Page, ...] | None = None
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    keep_unknown: bool = False
    headings: tuple[tuple[int, str], ...] | None = None
    links: tuple[Citation, ...] = ()
    warnings: tuple[str, ...] = ()


class BadLine(Struct, frozen=True):
    """A line of a file of many documents that could not be read; the others go on."""

    line_number: int
    error: UserError
