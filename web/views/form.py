"""The one box to search with, which stands on every page."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from web.address import PageRequest

#: The ways to search: what each is called, and what it does.
_MODES: Final = (
    ("hybrid", "智能", "字面与语义一起找"),
    ("keyword", "精确", "只找写有这些字词的文书"),
    ("vector", "语义", "只按意思相近找"),
)
#: Parameters that the box itself holds, or that begin anew with every question.
_NOT_HIDDEN: Final = ("q", "mode", "plain", "offset", "sort")


class SearchForm(Struct, frozen=True, gc=False):
    """The one box: its text, the mode, and the filters that travel as hidden fields."""

    text: str
    mode: str
    modes: tuple[tuple[str, str, str], ...]
    hidden: tuple[tuple[str, str], ...]


def search_form(wanted: PageRequest) -> SearchForm:
    """Make the box with what else is asked as hidden fields."""
    hidden = [pair for pair in wanted.parameters() if pair[0] not in _NOT_HIDDEN]
    return SearchForm(
        text=wanted.text,
        mode=wanted.mode,
        modes=_MODES,
        hidden=tuple(hidden),
    )


EMPTY_FORM: Final = search_form(PageRequest())
