"""Articles across the versions of a law: where they are, what stands for them today."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from kb.identifiers import bare_articles, parse_statute
from kb.records import Citation, DocumentHead
from kb.store import Store
from kb.vocabulary import VERSION_UNSTATED
from web.address import law_path
from web.views.common import Link
from web.views.reading import StatuteView

_PENALTY_LAW: Final = "行政处罚法"
_TRANSITION: Final = "从旧兼从轻"
_COMPETITION_LAW: Final = "反不正当竞争法"
_QUESTION_CHARS: Final = 400
#: Articles of that law that are not about trade secrets but bear a number that once was.
_NOT_HERE: Final = {("2025", "第九条"): "虚假宣传"}
_ARTICLE: Final = re.compile(r"第[一二三四五六七八九十百千零〇\d]+条(?:之[一二三四五六七八九十]+)?")


@dataclass(frozen=True, slots=True)
class LawBook:
    """The laws a reader may open: versions of each, oldest first.

    `shown` is the version a law opens at; `current` has only laws of which a version is
    known, by its dates, to be in force today. `articles` are those of a version that are told of here.
    """

    versions: Mapping[str, Sequence[DocumentHead]]
    shown: Mapping[str, str]
    current: Mapping[str, str]
    articles: Mapping[tuple[str, str], frozenset[str]]

    def link_of(self, citation: Citation) -> str | None:
        """Return the address of what a citation names, when it is here."""
        if citation.law is None or citation.law not in self.versions:
            return None
        known = {head.metadata.version for head in self.versions[citation.law]}
        if citation.version not in known:
            return law_path(citation.law)
        article = base_article(citation.article or "")
        if article and article not in self.articles.get((citation.law, citation.version or ""), ()):
            return None
        return law_path(citation.law, citation.version, article)


def read_law_book(store: Store, today: date) -> LawBook:
    """Read all visible laws and find the version of each that is in force on `today`."""
    return make_law_book(store.laws(), today)


def make_law_book(heads: Iterable[DocumentHead], today: date) -> LawBook:
    """Sort laws into their versions.

    Documents that name a law but no version of it (single articles of a data set) are no law books.
    """
    versions: dict[str, list[DocumentHead]] = {}
    for head in heads:
        if not head.metadata.version:
            continue
        versions.setdefault(head.metadata.law or "", []).append(head)
    ordered = {law: sorted(found, key=_since) for law, found in versions.items()}
    shown = {law: _last_begun(found, today) for law, found in ordered.items()}
    return LawBook(
        ordered,
        {law: head.metadata.version or "" for law, head in shown.items()},
        {law: head.metadata.version or "" for law, head in shown.items() if is_in_force(head, today)},
        {
            (law, head.metadata.version or ""): frozenset(base_article(p.article) for p in head.metadata.provisions)
            for law, found in ordered.items()
            for head in found
        },
    )


def is_in_force(head: DocumentHead, today: date) -> bool:
    """Tell whether the dates of a version say that it is in force; without a date of effect nothing is said."""
    m, day = head.metadata, today.isoformat()
    return (
        m.effective_from is not None and m.effective_from <= day and (m.effective_to is None or m.effective_to >= day)
    )


def _last_begun(heads: Sequence[DocumentHead], today: date) -> DocumentHead:
    """Return the last version that has begun; versions without dates count from their year."""
    begun = [head for head in heads if _since(head) <= today.isoformat()]
    return (begun or heads[:1])[-1]


def _since(head: DocumentHead) -> str:
    m = head.metadata
    return m.effective_from or m.passed_on or m.published_on or m.version or ""


def base_article(article: str) -> str:
    """Return 「第九条」 of 「第九条第一款第（三）项」; an article in another form stays as it is."""
    match = _ARTICLE.match(article)
    return match[0] if match else article


def statute_views(store: Store, book: LawBook, statutes: Iterable[str]) -> list[StatuteView]:
    """Return each cited article with its link and today's counterpart."""
    return [_statute_view(store, book, text, parse_statute(text)) for text in statutes]


def _statute_view(store: Store, book: LawBook, text: str, citation: Citation | None) -> StatuteView:
    if citation is None:
        return StatuteView(text, None, ())
    return StatuteView(text, book.link_of(citation), counterparts_today(store, book, citation))


def counterparts_today(store: Store, book: LawBook, citation: Citation) -> tuple[Link, ...]:
    """Return the articles in force today that provide what an older version's article provided."""
    law, version = citation.law or "", citation.version or ""
    current = book.current.get(law)
    if current is None or version in (current, VERSION_UNSTATED):
        return ()
    rows = store.counterparts(law, version, base_article(citation.article or ""))
    articles = dict.fromkeys(row.article for row in rows if row.version == current)
    return tuple(Link(f"{law}（{current}）{article}", law_path(law, current, article)) for article in articles)


def outdated(statutes: Sequence[StatuteView]) -> list[StatuteView]:
    """Return the cited articles whose counterpart today stands elsewhere, each once."""
    return list({base_text(s.text): s for s in reversed(statutes) if s.current}.values())[::-1]


def base_text(text: str) -> str:
    """Return a statute without its paragraph and item."""
    match = _ARTICLE.search(text)
    return text[: match.end()] if match else text


def transition_rule(book: LawBook) -> str | None:
    """Return the address of the article that says which version applies to conduct in the past, when it is here."""
    for head in reversed(book.versions.get(_PENALTY_LAW, ())):
        for provision in head.metadata.provisions:
            if provision.provision == _TRANSITION:
                return law_path(_PENALTY_LAW, head.metadata.version, base_article(provision.article))
    return None


def article_choices(book: LawBook, text: str) -> tuple[tuple[str, str], ...]:
    """Return what a query that names an article of no law may mean: citation and content, and the query with it.

    Only the law this library is about is offered: where the provision stands in the newest
    version, then the article itself, newest version first. A text too long to be a question names
    articles in passing.
    """
    if len(text) > _QUESTION_CHARS:
        return ()
    found: dict[str, tuple[str, str]] = {}
    for article in dict.fromkeys(base_article(article) for article in bare_articles(text)):
        for version, named, provision in _readings(book, article):
            full = f"{_COMPETITION_LAW}（{version}）{named}"
            asked = text.replace(article, full, 1) if article in text else full
            found.setdefault(full, (f"{full}（{provision}）", asked))
    return tuple(found.values())


def _readings(book: LawBook, article: str) -> list[tuple[str, str, str]]:
    """Return (version, article, content): what stands under this number, and where that stands now."""
    heads = [h for h in book.versions.get(_COMPETITION_LAW, ()) if h.metadata.version != VERSION_UNSTATED][::-1]
    placed = [
        (head.metadata.version or "", base_article(p.article), p.provision)
        for head in heads
        for p in head.metadata.provisions
    ]
    own = [one for one in placed if one[1] == article]
    versions = {head.metadata.version for head in heads}
    own += [(v, a, content) for (v, a), content in _NOT_HERE.items() if a == article and v in versions]
    meant = {provision for _, _, provision in own}
    moved = [one for one in placed if heads and one[0] == heads[0].metadata.version and one[2] in meant]
    return moved + own


def provisions_of(book: LawBook, law: str) -> list[str]:
    """Return the provisions of a law in the order of its newest version, those only older ones have at the end."""
    heads = reversed(book.versions[law])
    return list(dict.fromkeys(p.provision for head in heads for p in head.metadata.provisions))
