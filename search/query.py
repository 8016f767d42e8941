"""Typed text into a query: phrases, exclusions, alternatives, fields, exact keys. Never
fails on any text.

`"短语"` and “短语” match on characters; `-词` and `-"短语"` exclude; `甲 OR 乙` wants either;
`字段:值` filters by a facet's name or label; 标题:词 looks in titles. What cannot be
understood is taken as plain words, with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from kb import vocabulary
from kb.analysis import Token, character_count, tokenize
from kb.fields import FACETS
from kb.identifiers import Identifier, bare_articles, find
from kb.thesaurus import Expansion
from search.results import FACET_FIELDS, QueryPart, QueryView

MAX_CHARS: Final = 50_000
MAX_TERMS: Final = 64
#: Parts told of, each with the whole text without it.
MAX_PARTS: Final = 40
SHORT_CHARS: Final = 6
_NO_WORDS: Final = "检索词里没有可检索的文字，列出的是全部文书"

#: What is typed before the colon -> the facet it filters by.
_FIELDS: Final = {
    typed: field.name
    for field in FACETS
    for typed in (field.name, field.label, *field.typed_as)
}
_OPERATORS: Final = frozenset(("OR", "或者", "|", "AND", "NOT"))
_TITLE: Final = ("标题", "题名", "title")
_PIECE: Final = re.compile(
    r"(?P<minus>(?<!\S)[-－](?=\S))?(?:(?P<field>[A-Za-z_]{2,20}|[一-鿿/]{2,5})[:：](?=[^\s/]))?"
    r"(?:\"(?P<ascii>[^\"]*)\"|“(?P<curly>[^”]*)”|(?P<word>[^\s\"“”]+))|(?P<stray>[\"“”])"
)
_QUOTED_IN_PROSE: Final = re.compile(
    r"(?:[一-鿿]“[^”]*”[一-鿿，。；、？！])|(?:[，。；]“[^”]*”)|(?:“[^”]*”[，。；])"
)
#: Quotes written against the words of a question: “复利”的约定合法吗？ Set apart by
#: blanks they are phrases.
_QUOTED_IN_QUESTION: Final = re.compile(
    r"(?:[一-鿿]“|”[一-鿿]).*(?:[吗呢么][？?。]?|[？?])\s*$"
)
_SET_APART: Final = re.compile(r"(?<!\S)“[^”]*”(?!\S)")
#: Words so common in legal prose that they say nothing of the matter.
_STOP: Final = frozenset(
    (
        "的 了 和 与 及 或 在 是 为 对 其 该 被 把 将 并 也 都 而 等 之 以 于 由 从 到 "
        "向 中 上 下 有 "
        "无 没 没有 不 未 会 能 可以 可 吗 呢 怎么 什么 如何 我 我们 他 他们 你 这 那 "
        "这个 那个 一个 "
        "一 个 人 请问 是否 应当 应 需要 要 因 因为 所以 后 前 时 时候 就 还 又 the a "
        "an of to in and "
        "or for is are on by with "
    ).split()
)
_KINDS: Final = {label: code for code, label in vocabulary.KINDS.items()} | {
    label.removesuffix("案例"): code
    for code, label in vocabulary.KINDS.items()
    if label.endswith("案例")
}


class ExpansionChoice(Struct, frozen=True, gc=False):
    """Whether words are widened at all, and which are to be taken as typed."""

    on: bool = True
    plain: frozenset[str] = frozenset()

    def allows(self, word: str) -> bool:
        """Tell whether this word, or article, may stand for its equivalents too."""
        return self.on and word not in self.plain


EXPANDED: Final = ExpansionChoice()
AS_TYPED: Final = ExpansionChoice(on=False)


class Query(Struct, frozen=True, gc=False):
    """What was typed, parsed. `chunks` are the plain words apart, `terms` their index terms.

    `short_chunks` are the plain words short enough to be looked for as exact substrings too,
    `tokens` all index terms of `plain` with their places.
    `expansions` are equivalents of plain words that are looked for too.
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
    widening: ExpansionChoice = EXPANDED
    parts: tuple[QueryPart, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def wants_text(self) -> bool:
        """Tell whether anything has to be found in texts, beyond filters."""
        return bool(
            self.terms
            or self.phrases
            or self.alternatives
            or self.titles
            or self.short_chunks
        )

    @property
    def unwanted(self) -> bool:
        """Tell whether anything typed is to be left out of the answer."""
        return bool(self.excluded or self.excluded_titles)

    @property
    def only_excludes(self) -> bool:
        """Tell whether nothing is looked for, only left out."""
        return self.unwanted and not self.wants_text and not self.identifiers

    def view(self) -> QueryView:
        """Return the query as it is shown to the person."""
        labels = tuple(
            dict.fromkeys(i.label for i in self.identifiers if i.type != "name")
        )
        expanded = tuple(
            f"{e.typed}→{'、'.join(e.alternatives)}" for e in self.expansions
        )
        return QueryView(
            self.text, self.terms, labels, expanded, self.parts, self.warnings
        )


class _Piece(Struct, frozen=True, gc=False):
    start: int
    end: int
    minus: bool
    field: str | None
    value: str
    quoted: bool


def parse(text: str, fields: bool = True) -> Query:
    """Parse any text; what is odd about it is told in `warnings`.

    Without `fields`, 字段:值 is words like any other.
    """
    warnings: list[str] = []
    text = text.encode("utf-8", "replace").decode(
        "utf-8"
    )  # half a surrogate pair is no character
    if len(text) > MAX_CHARS:
        text = text[:MAX_CHARS]
        warnings.append(f"检索词超过 {MAX_CHARS} 字，只用了前 {MAX_CHARS} 字")
    if _is_passage(text):
        return _plain_query(text, warnings)
    matches = list(_PIECE.finditer(text))
    if _quotes_as_one_asks(text, matches):
        return _plain_query(text, warnings)
    if any(m["stray"] for m in matches):
        warnings.append("引号不成对，已忽略多出的引号")
    pieces = [
        p
        for p in (_piece(m, fields) for m in matches if not m["stray"])
        if _says_something(p)
    ]
    pieces = _operators(pieces, warnings)
    if text.strip() and not pieces:
        warnings.append(_NO_WORDS)
    return _assemble(text, pieces, warnings)


def _is_passage(text: str) -> bool:
    """Tell a pasted passage, which is words whatever marks it holds, from a typed query.

    Long, of several lines, or prose that quotes: curly quotation marks inside running text.
    """
    return (
        len(text) > 400
        or "\n" in text.strip()
        or ("“" in text and bool(_QUOTED_IN_PROSE.search(text)))
    )


def _quotes_as_one_asks(text: str, matches: Sequence[re.Match[str]]) -> bool:
    """Tell a question that sets words in curly quotes, and says nothing else that is syntax."""
    if (
        "“" not in text
        or not _QUOTED_IN_QUESTION.search(text)
        or _SET_APART.search(text)
    ):
        return False
    return not any(
        m["minus"]
        or m["ascii"] is not None
        or m["word"] in _OPERATORS
        or _names_a_field(m["field"])
        for m in matches
    )


def _names_a_field(written: str | None) -> bool:
    return written is not None and (
        written.lower() in _FIELDS or written.lower() in _TITLE
    )


def _piece(match: re.Match[str], fields: bool) -> _Piece:
    if not fields and match["field"]:
        return _Piece(
            match.start(),
            match.end(),
            bool(match["minus"]),
            None,
            match[0].lstrip("-－"),
            False,
        )
    quoted = match["word"] is None
    value = match["word"] or match["ascii"] or match["curly"] or ""
    return _Piece(
        match.start(), match.end(), bool(match["minus"]), match["field"], value, quoted
    )


def _operators(pieces: Sequence[_Piece], warnings: list[str]) -> list[_Piece]:
    """Read NOT as the minus sign and AND as nothing, and take brackets around groups off."""
    read: list[_Piece] = []
    negate: _Piece | None = None
    logical = any(p.value in ("OR", "AND", "NOT") and not p.quoted for p in pieces)
    for piece in pieces:
        if not piece.quoted and not piece.field and piece.value in ("NOT", "AND"):
            negate = piece if piece.value == "NOT" else negate
            continue
        if logical and not piece.quoted and piece.value.strip("()（）") != piece.value:
            warnings.append("检索式暂不支持括号，已忽略括号")
            piece = replace(piece, value=piece.value.strip("()（）"))
        if negate is not None:
            piece, negate = replace(piece, minus=True, start=negate.start), None
        read.append(piece)
    return [piece for piece in read if piece.value]


def _says_something(piece: _Piece) -> bool:
    if piece.field:
        return bool(piece.value.strip())
    return bool(character_count(piece.value, 1)) or "§" in piece.value or _is_or(piece)


def _plain_query(text: str, warnings: list[str]) -> Query:
    found = tuple(
        i
        for i in find(text[:4000])
        if i.type in ("case_number", "article", "doc_number", "guiding_case")
    )
    tokens = tuple(tokenize(text))
    terms = _terms(tokens)
    if not terms:
        warnings.append(_NO_WORDS)
    return Query(
        text,
        plain=text,
        tokens=tokens,
        terms=terms,
        identifiers=found,
        warnings=tuple(warnings),
    )


def _assemble(text: str, pieces: Sequence[_Piece], warnings: list[str]) -> Query:
    made: dict[str, list[str]] = {
        "chunks": [],
        "phrases": [],
        "excluded": [],
        "titles": [],
        "excluded_titles": [],
    }
    chosen: dict[bool, dict[str, tuple[str, ...]]] = {False: {}, True: {}}
    parts: list[QueryPart] = []
    alternatives, taken = _alternatives(pieces)
    for group, (start, end) in alternatives[:MAX_PARTS]:
        parts.append(
            QueryPart(" 或 ".join(group), "alternative", _without(text, start, end))
        )
    for index, piece in enumerate(pieces):
        if index in taken:
            continue
        kind, label = _place(piece, made, chosen[piece.minus], warnings)
        if len(parts) < MAX_PARTS:
            parts.append(QueryPart(label, kind, _without(text, piece.start, piece.end)))
    plain = " ".join(made["chunks"])
    tokens = tuple(tokenize(plain))
    articles = tuple(dict.fromkeys(bare_articles(plain)))
    identifiers = tuple(find(plain)) if plain else ()
    if articles:
        warnings.append(_which_law(articles))
    return Query(
        text,
        plain=plain,
        chunks=tuple(made["chunks"]),
        short_chunks=tuple(
            c
            for c in made["chunks"]
            if 0 < character_count(c, SHORT_CHARS + 1) <= SHORT_CHARS
        ),
        tokens=tokens,
        terms=_terms(tokens),
        phrases=tuple(made["phrases"]),
        excluded=tuple(made["excluded"]),
        alternatives=tuple(group for group, _ in alternatives),
        titles=tuple(made["titles"]),
        excluded_titles=tuple(made["excluded_titles"]),
        include=chosen[False],
        exclude=chosen[True],
        identifiers=identifiers,
        articles=articles,
        parts=tuple(parts),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _alternatives(
    pieces: Sequence[_Piece],
) -> tuple[list[tuple[tuple[str, ...], tuple[int, int]]], set[int]]:
    """Return groups joined by OR with their span, and the pieces they used up."""
    groups: list[tuple[tuple[str, ...], tuple[int, int]]] = []
    taken: set[int] = set()
    index = 0
    while index < len(pieces):
        members = [index]
        while members[-1] + 2 < len(pieces) and _is_or(pieces[members[-1] + 1]):
            members.append(members[-1] + 2)
        last = members[-1]
        if len(members) > 1 and not any(
            pieces[m].minus or pieces[m].field for m in members
        ):
            groups.append(
                (
                    tuple(pieces[m].value for m in members),
                    (pieces[index].start, pieces[last].end),
                )
            )
            taken.update(range(index, last + 1))
        index = last + 1
    return groups, taken


def _is_or(piece: _Piece) -> bool:
    return piece.value in ("OR", "或者", "|") and not piece.quoted and not piece.minus


def _place(
    piece: _Piece,
    made: dict[str, list[str]],
    chosen: dict[str, tuple[str, ...]],
    warnings: list[str],
) -> tuple[str, str]:
    """Put one piece where it belongs; return its kind and label."""
    if piece.field and piece.field.lower() in _TITLE:
        made["excluded_titles" if piece.minus else "titles"].append(piece.value)
        return (
            "exclude" if piece.minus else "title"
        ), f"{'排除 ' if piece.minus else ''}标题:{piece.value}"
    name = _FIELDS.get(piece.field.lower()) if piece.field else None
    if name:
        value = _KINDS.get(piece.value, piece.value) if name == "kind" else piece.value
        chosen[name] = (*chosen.get(name, ()), value)
        return (
            "exclude" if piece.minus else "filter"
        ), f"{'排除 ' if piece.minus else ''}{FACET_FIELDS[name]}:{piece.value}"
    value = piece.value
    if piece.field:
        value = f"{piece.field}:{piece.value}"
        if piece.field.isascii():
            warnings.append(f"没有名为「{piece.field}」的字段，已当作普通词检索")
    if piece.minus:
        made["excluded"].append(value)
        return "exclude", f"排除 {value}"
    made["phrases" if piece.quoted else "chunks"].append(value)
    return ("phrase" if piece.quoted else "word"), (
        f"“{value}”" if piece.quoted else value
    )


def _without(text: str, start: int, end: int) -> str:
    return re.sub(r"\s+", " ", text[:start] + " " + text[end:]).strip()


def _terms(tokens: Iterable[Token]) -> tuple[str, ...]:
    """Return distinct terms, stop words left out unless nothing else is there; long texts keep
    their most repeated.
    """
    counts: dict[str, int] = {}
    for token in tokens:
        counts[token.term] = counts.get(token.term, 0) + 1
    telling = {
        t: n
        for t, n in counts.items()
        if t not in _STOP and not (len(t) == 1 and len(counts) > 3)
    }
    kept = list(telling or counts)
    if len(kept) > MAX_TERMS:
        kept = sorted(kept, key=lambda t: (-counts[t], -len(t)))[:MAX_TERMS]
    return tuple(kept)


#: Said wherever 反不正当竞争法第九条 is named without its version.
MOVED: Final = (
    "。反不正当竞争法 2019 年第九条（侵犯商业秘密）即 2025 年第十条；2025 "
    "年第九条是虚假宣传"
)


def _which_law(articles: Sequence[str]) -> str:
    named = "、".join(articles)
    text = (
        f"「{named}」是哪部法律、哪一版本的？请写明，如「反不正当竞争法（2025）第十条」"
    )
    if "第九条" in articles:
        text += MOVED
    return text
