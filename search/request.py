"""What may be asked of a search: the one way in for the command line, the API and the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from kb.errors import InvalidQuery
from kb.fields import FACETS
from kb.messages.faults import Fault, words
from kb.records import NO_FILTERS, Filters
from kb.vocabulary import ROLES

__all__ = [
    "AS_TYPED",
    "EXPANDED",
    "FACET_FIELDS",
    "MODES",
    "SORTS",
    "ExpansionChoice",
    "SearchRequest",
]

#: By words and meaning, by words, by meaning.
MODES: Final = ("hybrid", "keyword", "vector")
#: By how well they answer, by date, or by the largest sum a case came to.
SORTS: Final = ("relevance", "newest", "oldest", "amount")
#: Fields to filter by, counted for every answer, in the order of the panel, with their labels.
FACET_FIELDS: Final = {field.name: field.label for field in FACETS}
#: Characters of a wrong value that an error repeats.
_REPEATED: Final = 30


class ExpansionChoice(Struct, frozen=True, gc=False):
    """Whether words stand for their equivalents too, and which are taken as typed."""

    on: bool = True
    as_typed: frozenset[str] = frozenset()

    def allows(self, word: str) -> bool:
        """Tell whether this word, or article, may stand for its equivalents too."""
        return self.on and word not in self.as_typed


EXPANDED: Final = ExpansionChoice()
AS_TYPED: Final = ExpansionChoice(on=False)


class SearchRequest(Struct, frozen=True, gc=False):
    """A query with filters, and which part of the answer is wanted in which order.

    Documents without a date, or a sum, come last in an order by it. An empty text asks
    for everything the filters keep. Raises InvalidQuery, naming the field, for a value
    that makes no sense, never for text.

    `each` names a field: then the wanted part of each of its values is shown, and the
    documents of the answer stand by value.
    """

    text: str = ""
    filters: Filters = NO_FILTERS
    mode: str = "hybrid"
    sort: str = "relevance"
    offset: int = 0
    limit: int = 10
    each: str = ""
    expansion: ExpansionChoice = EXPANDED

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        _refuse_other("mode", (self.mode,), MODES)
        _refuse_other("sort", (self.sort,), SORTS)
        _refuse_less("offset", self.offset, 0)
        _refuse_less("limit", self.limit, 1)
        _refuse_other("filters", self.filters.include, FACET_FIELDS)
        _refuse_other("filters", self.filters.exclude, FACET_FIELDS)
        _refuse_other("roles", self.filters.roles, ROLES)
        _refuse_other("each", (self.each,), ("", *FACET_FIELDS))

    @property
    def is_by_relevance(self) -> bool:
        """Tell whether the best answers come first."""
        return self.sort == SORTS[0]

    @property
    def end(self) -> int:
        """Return how many documents are read, from the first to the last wanted."""
        return self.offset + self.limit

    @property
    def page(self) -> slice:
        """Return the places of the answer that are wanted."""
        return slice(self.offset, self.end)


def _refuse_other(
    name: str,
    values: Iterable[str],
    allowed: Iterable[str],
) -> None:
    for value in values:
        if value not in allowed:
            raise InvalidQuery(_other_choice(name, value, tuple(allowed)))


def _other_choice(
    name: str,
    value: object,
    allowed: Sequence[str],
) -> str:
    choices = "、".join(allowed)
    shown = str(value)[:_REPEATED]
    return words(Fault.CHOICE, field=name, choices=choices, value=shown)


def _refuse_less(
    name: str,
    value: int,
    least: int,
) -> None:
    if not isinstance(value, int) or value < least:
        shown = str(value)[:_REPEATED]
        message = words(Fault.NUMBER, field=name, least=least, value=shown)
        raise InvalidQuery(message)
