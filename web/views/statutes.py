"""Articles across the versions of a law: where they are, what stands for them today."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from kb.identifiers import bare_articles
from kb.law.transition import version_rules
from kb.lawversions import is_edited, since
from kb.mentions import parse_statute
from kb.records import Citation, DocumentHead
from kb.store import Store
from kb.store.laws import Articles
from kb.vocabulary import VERSION_UNSTATED
from web.address import document_path, law_path
from web.views.common import Link
from web.views.reading import StatuteView, VersionRuleView

_COMPETITION_LAW: Final = "反不正当竞争法"
_QUESTION_CHARS: Final = 400
#: Articles of that law that are not about trade secrets but bear a number that once was.
_NOT_HERE: Final = {("2025", "第九条"): "虚假宣传"}
NO_SECTIONS: Final[Mapping[int, Articles]] = MappingProxyType({})
_ARTICLE: Final = re.compile(r"第[一二三四五六七八九十百千零〇\d]+条(?:之[一二三四五六七八九十]+)?")


@dataclass(frozen=True, slots=True)
class LawBook:
    """The laws a reader may open: versions of each, oldest first.

    `shown` is the version a law opens at; `current` has only laws of which a version is
    known, by its dates, to be in force today, and none that came after. `articles` are those of a version that
    are told of here. `texts` are the whole texts of a version that stand beside its digest, and `sections` the
    articles of texts by the number of their document.
    """

    versions: Mapping[str, Sequence[DocumentHead]]
    shown: Mapping[str, str]
    current: Mapping[str, str]
    articles: Mapping[tuple[str, str], frozenset[str]]
    texts: Mapping[tuple[str, str], Sequence[DocumentHead]]
    sections: Mapping[int, Articles]

    def link_of(self, citation: Citation) -> str | None:
        """Return the address of what a citation names, when it is here."""
        if citation.law is None or citation.law not in self.versions:
            return None
        version = citation.version or ""
        head = next((h for h in self.versions[citation.law] if h.metadata.version == version), None)
        if head is None:
            return law_path(citation.law)
        article = base_article(citation.article or "")
        told = self.articles.get((citation.law, version), ())
        if not article or article in told or self._section(head, article) is not None:
            return law_path(citation.law, version, article)
        return self.text_of(citation.law, version, article) or (
            law_path(citation.law, version) if citation.presumed else None
        )

    def text_of(self, law: str, version: str, article: str) -> str | None:
        """Return the address of an article in a whole text that stands beside the digest of a version."""
        for head in self.texts.get((law, version), ()):
            section = self._section(head, article)
            if section is not None:
                return f"{document_path(head.id)}#s{section + 1}"
        return None

    def _section(self, head: DocumentHead, article: str) -> int | None:
        sections = self.sections.get(head.id)
        return None if sections is None else sections.section_of(article)


def read_law_book(store: Store, today: date) -> LawBook:
    """Read all visible laws and find the version of each that is in force on `today`."""
    heads = store.laws()
    return make_law_book(heads, today, store.articles(h.id for h in heads if not is_edited(h.metadata)))


def make_law_book(
    heads: Iterable[DocumentHead], today: date, sections: Mapping[int, Articles] = NO_SECTIONS
) -> LawBook:
    """Sort laws into their versions; `sections` are the articles of the texts nobody has written a digest of.

    Documents that name a law but no version of it (single articles of a data set) are no law books.
    Of several documents of one version the digest, else the first, stands for it.
    """
    versions: dict[str, list[DocumentHead]] = {}
    told: dict[tuple[str, str], frozenset[str]] = {}
    texts: dict[tuple[str, str], list[DocumentHead]] = {}
    for head in sorted(heads, key=lambda head: not is_edited(head.metadata)):
        law, version = head.metadata.law or "", head.metadata.version or ""
        if not version:
            continue
        if (law, version) in told:
            texts.setdefault((law, version), []).append(head)
            continue
        versions.setdefault(law, []).append(head)
        told[law, version] = frozenset(base_article(p.article) for p in head.metadata.provisions)
    ordered = {law: sorted(found, key=_since) for law, found in sorted(versions.items())}
    shown = {law: _shown(found, today) for law, found in ordered.items()}
    current = {
        law: head.metadata.version or ""
        for law, head in shown.items()
        if is_in_force(head, today) and head is _begun(ordered[law], today)[-1]
    }
    return LawBook(
        ordered,
        {law: head.metadata.version or "" for law, head in shown.items()},
        current,
        told,
        texts,
        sections,
    )


def is_in_force(head: DocumentHead, today: date) -> bool:
    """Tell whether the dates of a version say that it is in force.

    Without a date of effect nothing is said; nor of a text nobody has checked, which may long have been replaced.
    """
    m, day = head.metadata, today.isoformat()
    has_begun = m.effective_from is not None and m.effective_from <= day
    return is_edited(m) and has_begun and (m.effective_to is None or m.effective_to >= day)


def _shown(heads: Sequence[DocumentHead], today: date) -> DocumentHead:
    """Return the version a law opens at: the last digest that has begun, or of which nobody knows when it did.

    A text nobody has checked goes before none of these. Versions without dates count from their year.
    """
    begun = _begun(heads, today)
    undated = [head for head in heads if not _has_day(head)]
    digests = [head for head in begun if is_edited(head.metadata)]
    digests = digests or [head for head in undated if is_edited(head.metadata)]
    return (digests or begun or heads[:1])[-1]


def _begun(heads: Sequence[DocumentHead], today: date) -> list[DocumentHead]:
    return [head for head in heads if _since(head) <= today.isoformat()]


def _has_day(head: DocumentHead) -> bool:
    return since(head.metadata)[:1].isdigit()


def _since(head: DocumentHead) -> str:
    return since(head.metadata)


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


def version_rule_views(book: LawBook, case: DocumentHead) -> tuple[VersionRuleView, ...]:
    """Return the articles that say which version of a law applies in a case of this track."""
    laws = [head.metadata for law in book.versions for head in book.versions[law] if _is_shown(book, head)]
    return tuple(
        VersionRuleView(
            Link(
                _article_name(rule.law, rule.version, rule.article),
                law_path(rule.law, rule.version, base_article(rule.article)),
            ),
            rule.says,
        )
        for rule in version_rules(laws, case)
    )


def _is_shown(book: LawBook, head: DocumentHead) -> bool:
    return head.metadata.version == book.shown[head.metadata.law or ""]


def _article_name(law: str, version: str, article: str) -> str:
    """Return how an article is cited; a law named after its one version is not named twice."""
    return f"{law}{article}" if law == version else f"{law}（{version}）{article}"


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
    stated = (h for h in book.versions.get(_COMPETITION_LAW, ()) if h.metadata.version != VERSION_UNSTATED)
    heads = [head for head in stated if head.metadata.provisions][::-1]
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
