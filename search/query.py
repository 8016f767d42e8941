"""Typed text into a query: phrases, exclusions, alternatives, fields, exact keys. Never
fails on any text.

`"短语"` and “短语” match on characters; `-词` and `-"短语"` exclude; `甲 OR 乙` wants either;
`字段:值` filters by a facet's name or label; 标题:词 looks in titles. What cannot be
understood is taken as plain words, with a notice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct, field

from kb import vocabulary
from kb.analysis import Token, character_count, tokenize
from kb.identifiers import Identifier, bare_articles, find
from kb.messages.notices import Notice, NoticeCode
from kb.thesaurus import Expansion
from search.pieces import (
    Alternatives,
    Piece,
    cut,
    find_alternatives,
    is_passage,
    is_question_with_quotes,
)
from search.query_terms import telling_terms
from search.request import EXPANDED, FACET_FIELDS, ExpansionChoice
from search.results import QueryPart, QueryView

MAX_CHARS: Final = 50_000
#: Parts told of, each with the whole text without it.
MAX_PARTS: Final = 40
SHORT_CHARS: Final = 6
#: Characters of a passage in which exact keys are looked for.
_KEYS_CHARS: Final = 4_000
#: Exact keys that a passage asks for, when it names them.
_KEYS_OF_PASSAGES: Final = ("case_number", "article", "doc_number", "guiding_case")
_EXCLUDED: Final = "排除 "
_IN_TITLES: Final = "标题:"
_EITHER: Final = " 或 "
_CASES: Final = "案例"
#: A kind as people type it, with or without 案例, -> its code.
_KINDS: Final = {
    typed: code
    for code, label in vocabulary.KINDS.items()
    for typed in (label, label.removesuffix(_CASES))
}


class Query(Struct, frozen=True, gc=False):
    """What was typed, parsed. `chunks` are the plain words apart, `terms` their index terms.

    `short_chunks` are the plain words short enough to be looked for as exact substrings
    too, `tokens` all index terms of `plain` with their places. `expansions` are
    equivalents of plain words that are looked for too.
    """

    text: str
    plain: str = ""
    chunks: tuple[str, ...] = ()
    short_chunks: tuple[str, ...] = ()
    tokens: tuple[Token, ...] = ()
    terms: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, ...], ...] = ()
    titles: tuple[str, ...] = ()
    excluded_titles: tuple[str, ...] = ()
    include: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    identifiers: tuple[Identifier, ...] = ()
    articles: tuple[str, ...] = ()
    expansions: tuple[Expansion, ...] = ()
    expansion: ExpansionChoice = EXPANDED
    parts: tuple[QueryPart, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def has_demands(self) -> bool:
        """Tell whether anything has to stand in a text literally."""
        return bool(self.phrases or self.alternatives or self.titles)

    @property
    def wants_text(self) -> bool:
        """Tell whether anything has to be found in texts, beyond filters."""
        return bool(self.terms or self.short_chunks) or self.has_demands

    @property
    def unwanted(self) -> bool:
        """Tell whether anything typed is to be left out of the answer."""
        return bool(self.excluded or self.excluded_titles)

    @property
    def wants_anything(self) -> bool:
        """Tell a query from a list of what the filters keep."""
        return self.wants_text or bool(self.identifiers) or self.unwanted

    @property
    def only_excludes(self) -> bool:
        """Tell whether nothing is looked for, only left out."""
        return self.unwanted and not self.wants_text and not self.identifiers

    @property
    def named_keys(self) -> tuple[Identifier, ...]:
        """Return the exact keys other than names, which any text may be."""
        return tuple(key for key in self.identifiers if key.type != "name")

    @property
    def alternative_words(self) -> tuple[str, ...]:
        """Return the members of all groups of alternatives."""
        return tuple(word for group in self.alternatives for word in group)

    @property
    def expanding_words(self) -> tuple[str, ...]:
        """Return all equivalents that are looked for."""
        return tuple(word for found in self.expansions for word in found.alternatives)

    def view(self) -> QueryView:
        """Return the query as it is shown to the person."""
        labels = dict.fromkeys(key.label for key in self.named_keys)
        return QueryView(
            text=self.text,
            terms=self.terms,
            identifiers=tuple(labels),
            parts=self.parts,
        )


def parse(text: str, fields: bool = True) -> Query:
    """Parse any text; what is odd about it is told in `notices`.

    Without `fields`, 字段:值 is words like any other.
    """
    notices: list[Notice] = []
    text = _whole_characters(text)
    if len(text) > MAX_CHARS:
        text = text[:MAX_CHARS]
        is_cut = Notice(NoticeCode.QUERY_CUT, (str(MAX_CHARS),))
        notices.append(is_cut)
    if is_passage(text) or is_question_with_quotes(text):
        return _query_of_passage(text, notices)
    found = cut(text, fields)
    if found.has_stray_quotes:
        notices.append(Notice(NoticeCode.QUOTES_UNBALANCED))
    if found.has_brackets:
        notices.append(Notice(NoticeCode.BRACKETS_IGNORED))
    if text.strip() and not found.pieces:
        notices.append(Notice(NoticeCode.NO_WORDS))
    parts = _Parts(text, notices)
    parts.put_all(found.pieces)
    return parts.query()


def _whole_characters(text: str) -> str:
    """Return a text without half a surrogate pair, which is no character."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _query_of_passage(
    text: str,
    notices: list[Notice],
) -> Query:
    keys = []
    for key in find(text[:_KEYS_CHARS]):
        if key.type in _KEYS_OF_PASSAGES:
            keys.append(key)
    tokens = tuple(tokenize(text))
    terms = telling_terms(tokens)
    if not terms:
        notices.append(Notice(NoticeCode.NO_WORDS))
    return Query(
        text=text,
        plain=text,
        tokens=tokens,
        terms=terms,
        identifiers=tuple(keys),
        notices=tuple(notices),
    )


class _Parts(Struct):
    """A query as it is put together, piece by piece."""

    text: str
    notices: list[Notice]
    chunks: list[str] = []
    phrases: list[str] = []
    excluded: list[str] = []
    titles: list[str] = []
    excluded_titles: list[str] = []
    include: dict[str, tuple[str, ...]] = {}
    exclude: dict[str, tuple[str, ...]] = {}
    alternatives: list[tuple[str, ...]] = []
    parts: list[QueryPart] = []

    def put_all(self, pieces: Sequence[Piece]) -> None:
        """Put alternatives where they belong, then every other piece."""
        taken: set[int] = set()
        for group in find_alternatives(pieces):
            self._put_alternatives(group)
            taken.update(range(group.first, group.last + 1))
        for place, piece in enumerate(pieces):
            if place not in taken:
                self._put(piece)

    def _put_alternatives(self, group: Alternatives) -> None:
        words = tuple(member.value for member in group.members)
        self.alternatives.append(words)
        first, last = group.members[0], group.members[-1]
        label = _EITHER.join(words)
        self._tell(label, "alternative", first.start, last.end)

    def _put(self, piece: Piece) -> None:
        facet = piece.facet
        if piece.is_of_titles:
            label = self._put_title(piece)
            kind = "title"
        elif facet:
            label = self._put_filter(piece, facet)
            kind = "filter"
        else:
            label = self._put_words(piece)
            kind = "phrase" if piece.is_quoted else "word"
        if piece.is_excluded:
            label, kind = _EXCLUDED + label, "exclude"
        self._tell(label, kind, piece.start, piece.end)

    def _put_title(self, piece: Piece) -> str:
        titles = self.excluded_titles if piece.is_excluded else self.titles
        titles.append(piece.value)
        return _IN_TITLES + piece.value

    def _put_filter(self, piece: Piece, facet: str) -> str:
        filters = self.exclude if piece.is_excluded else self.include
        value = piece.value
        if facet == "kind":
            value = _KINDS.get(value, value)
        chosen = filters.get(facet, ())
        filters[facet] = (*chosen, value)
        return f"{FACET_FIELDS[facet]}:{piece.value}"

    def _put_words(self, piece: Piece) -> str:
        value = piece.value
        if piece.field:
            value = f"{piece.field}:{piece.value}"
            if piece.field.isascii():
                unknown = Notice(NoticeCode.FIELD_UNKNOWN, (piece.field,))
                self.notices.append(unknown)
        if piece.is_excluded:
            self.excluded.append(value)
            return value
        if piece.is_quoted:
            self.phrases.append(value)
            return f"“{value}”"
        self.chunks.append(value)
        return value

    def _tell(
        self,
        label: str,
        kind: str,
        start: int,
        end: int,
    ) -> None:
        if len(self.parts) < MAX_PARTS:
            before, behind = self.text[:start], self.text[end:]
            without = f"{before} {behind}"
            words = re.sub(r"\s+", " ", without).strip()
            self.parts.append(
                QueryPart(
                    label=label,
                    kind=kind,
                    without=words,
                )
            )

    def query(self) -> Query:
        """Return what was put together."""
        plain = " ".join(self.chunks)
        tokens = tuple(tokenize(plain))
        articles = tuple(dict.fromkeys(bare_articles(plain)))
        if articles:
            self.notices.append(Notice(NoticeCode.LAW_UNSTATED, articles))
        return Query(
            text=self.text,
            plain=plain,
            chunks=tuple(self.chunks),
            short_chunks=tuple(filter(_is_short, self.chunks)),
            tokens=tokens,
            terms=telling_terms(tokens),
            phrases=tuple(self.phrases),
            excluded=tuple(self.excluded),
            alternatives=tuple(self.alternatives),
            titles=tuple(self.titles),
            excluded_titles=tuple(self.excluded_titles),
            include=self.include,
            exclude=self.exclude,
            identifiers=tuple(find(plain)) if plain else (),
            articles=articles,
            parts=tuple(self.parts),
            notices=tuple(dict.fromkeys(self.notices)),
        )


def _is_short(chunk: str) -> bool:
    return 0 < character_count(chunk, SHORT_CHARS + 1) <= SHORT_CHARS
