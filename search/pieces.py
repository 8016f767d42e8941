"""Typed text in pieces: words, quoted phrases, fields with their values, operators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kb.analysis import character_count
from kb.fields import FACETS, Field

#: Before a word that is to be left out.
_MINUS: Final = r"(?P<minus>(?<!\S)[-－](?=\S))?"
_FIELD: Final = r"(?:(?P<field>[A-Za-z_]{2,20}|[一-鿿/]{2,5})[:：](?=[^\s/]))?"
_ASCII: Final = r"\"(?P<ascii>[^\"]*)\""
_CURLY: Final = "“(?P<curly>[^”]*)”"
_WORD: Final = r"(?P<word>[^\s\"“”]+)"
_STRAY: Final = '(?P<stray>["“”])'
_PIECE: Final = re.compile(f"{_MINUS}{_FIELD}(?:{_ASCII}|{_CURLY}|{_WORD})|{_STRAY}")
_QUOTED_IN_PROSE: Final = re.compile(
    r"(?:[一-鿿]“[^”]*”[一-鿿，。；、？！])|(?:[，。；]“[^”]*”)|(?:“[^”]*”[，。；])"
)
#: Quotes written against the words of a question: “复利”的约定合法吗？ Set apart by
#: blanks they are phrases.
_QUOTED_IN_QUESTION: Final = re.compile(
    r"(?:[一-鿿]“|”[一-鿿]).*(?:[吗呢么][？?。]?|[？?])\s*$"
)
_SET_APART: Final = re.compile(r"(?<!\S)“[^”]*”(?!\S)")
_LONGEST_TYPED: Final = 400
_EITHER: Final = ("OR", "或者", "|")
_LOGIC: Final = frozenset(("OR", "AND", "NOT"))
_OPERATORS: Final = frozenset((*_EITHER, *_LOGIC))
_BRACKETS: Final = "()（）"
#: What is typed before the colon of words to be found in titles.
_TITLE: Final = ("标题", "题名", "title")


def _names_of(field: Field) -> tuple[str, ...]:
    return field.name, field.label, *field.typed_as


#: What is typed before the colon -> the facet it filters by.
_FIELDS: Final = {typed: field.name for field in FACETS for typed in _names_of(field)}


class Piece(Struct, frozen=True, gc=False):
    """One piece of a text, at [start, end): what stands behind the field and within the
    quotation marks.
    """

    start: int
    end: int
    is_excluded: bool
    field: str | None
    value: str
    is_quoted: bool

    @property
    def facet(self) -> str | None:
        """Return the facet that its field names; None where there is none."""
        return _FIELDS.get(self.field.lower()) if self.field else None

    @property
    def is_of_titles(self) -> bool:
        """Tell whether it is to be found in titles."""
        return self.field is not None and self.field.lower() in _TITLE

    @property
    def is_either(self) -> bool:
        """Tell whether it says that what stands on its sides are alternatives."""
        if self.is_quoted or self.is_excluded:
            return False
        return self.value in _EITHER

    @property
    def says_something(self) -> bool:
        """Tell whether there is anything in it to look for, or to read as an operator."""
        if self.field:
            return bool(self.value.strip())
        has_characters = bool(character_count(self.value, 1))
        return has_characters or "§" in self.value or self.is_either


class Pieces(Struct, frozen=True):
    """The pieces of a text, and what was odd about it."""

    pieces: tuple[Piece, ...]
    has_stray_quotes: bool
    has_brackets: bool


def is_passage(text: str) -> bool:
    """Tell a pasted passage, which is words whatever marks it holds, from a typed query.

    Long, of several lines, or prose that quotes: curly quotation marks inside running
    text.
    """
    if len(text) > _LONGEST_TYPED or "\n" in text.strip():
        return True
    return "“" in text and bool(_QUOTED_IN_PROSE.search(text))


def is_question_with_quotes(text: str) -> bool:
    """Tell a question that sets words in curly quotes, and says nothing else that is syntax."""
    if "“" not in text or not _QUOTED_IN_QUESTION.search(text):
        return False
    if _SET_APART.search(text):
        return False
    return not any(map(_is_syntax, _PIECE.finditer(text)))


def _is_syntax(match: re.Match[str]) -> bool:
    if match["minus"] or match["ascii"] is not None:
        return True
    return match["word"] in _OPERATORS or _names_a_field(match["field"])


def _names_a_field(written: str | None) -> bool:
    if written is None:
        return False
    folded = written.lower()
    return folded in _FIELDS or folded in _TITLE


def cut(text: str, fields: bool) -> Pieces:
    """Return the pieces of a text; without `fields`, 字段:值 is words like any other."""
    pieces: list[Piece] = []
    has_stray_quotes = False
    for match in _PIECE.finditer(text):
        if match["stray"]:
            has_stray_quotes = True
            continue
        piece = _piece(match, fields)
        if piece.says_something:
            pieces.append(piece)
    has_brackets = _has_logic(pieces) and any(map(_is_bracketed, pieces))
    if has_brackets:
        pieces = [_without_brackets(piece) for piece in pieces]
    return Pieces(
        pieces=tuple(_read_operators(pieces)),
        has_stray_quotes=has_stray_quotes,
        has_brackets=has_brackets,
    )


def _piece(
    match: re.Match[str],
    fields: bool,
) -> Piece:
    is_excluded = bool(match["minus"])
    field, is_quoted = match["field"], match["word"] is None
    value = match["word"] or match["ascii"] or match["curly"] or ""
    if field and not fields:
        field, is_quoted, value = None, False, match[0].lstrip("-－")
    return Piece(
        start=match.start(),
        end=match.end(),
        is_excluded=is_excluded,
        field=field,
        value=value,
        is_quoted=is_quoted,
    )


def _has_logic(pieces: Iterable[Piece]) -> bool:
    unquoted = (piece.value for piece in pieces if not piece.is_quoted)
    return not _LOGIC.isdisjoint(unquoted)


def _is_bracketed(piece: Piece) -> bool:
    if piece.is_quoted or _is_joining(piece):
        return False
    return piece.value.strip(_BRACKETS) != piece.value


def _is_joining(piece: Piece) -> bool:
    """Tell NOT and AND, which are read and taken away."""
    if piece.is_quoted or piece.field:
        return False
    return piece.value in ("NOT", "AND")


def _without_brackets(piece: Piece) -> Piece:
    if not _is_bracketed(piece):
        return piece
    return replace(piece, value=piece.value.strip(_BRACKETS))


def _read_operators(pieces: Iterable[Piece]) -> list[Piece]:
    """Read NOT as the minus sign and AND as nothing."""
    read: list[Piece] = []
    negation: Piece | None = None
    for piece in pieces:
        if _is_joining(piece):
            negation = piece if piece.value == "NOT" else negation
            continue
        if negation is not None:
            piece = replace(piece, is_excluded=True, start=negation.start)
            negation = None
        if piece.value:
            read.append(piece)
    return read


class Alternatives(Struct, frozen=True):
    """Pieces joined by OR, [first, last] among all pieces."""

    members: tuple[Piece, ...]
    first: int
    last: int


def find_alternatives(pieces: Sequence[Piece]) -> list[Alternatives]:
    """Return the groups that OR joins, in their order; fields and exclusions join no group."""
    groups: list[Alternatives] = []
    first = 0
    while first < len(pieces):
        last = _last_of_group(pieces, first)
        members = tuple(pieces[first : last + 1 : 2])
        if last > first and not any(map(_stands_alone, members)):
            groups.append(
                Alternatives(
                    members=members,
                    first=first,
                    last=last,
                )
            )
        first = last + 1
    return groups


def _last_of_group(
    pieces: Sequence[Piece],
    first: int,
) -> int:
    last = first
    while last + 2 < len(pieces) and pieces[last + 1].is_either:
        last += 2
    return last


def _stands_alone(piece: Piece) -> bool:
    return piece.is_excluded or bool(piece.field)
