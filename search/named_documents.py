"""Exact keys answered from the store: the documents a query names outright."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
from msgspec import Struct, field

from kb.identifiers import Identifier
from kb.law.articles import ArticleKey
from kb.law.concordance import ConcordanceRow
from kb.law.versions import is_edited
from kb.messages.expansions import Expansion, ExpansionKind
from kb.messages.notices import Notice, NoticeCode
from kb.messages.reasons import Reason, ReasonCode, SharedArticle, Term
from kb.records import DocumentHead, Metadata
from kb.store import Store
from kb.vocabulary import CASE_KINDS, VERSION_UNSTATED, VERSIONS_UNNAMED
from search.fusion import Ranked
from search.id_sets import Ids, member
from search.query import Query

#: Documents by the key (type, value) they bear.
_Bearers: TypeAlias = Mapping[tuple[str, str], list[int]]
#: The type of a case number that a document names as that of an earlier instance.
_EARLIER: Final = "earlier_case_number"
_NUMBER_TYPES: Final = (
    "case_number",
    "doc_number",
    "guiding_case",
    "slug",
    "citation",
    "name",
)
#: A number of these kinds that no document bears is told to the person.
_TELLING_TYPES: Final = ("case_number", "doc_number", "guiding_case")
#: Scores of named documents stand above every fused or BM25 score.
_FIRST: Final = 1_000_000.0
#: Keys of citations that name a law, which cases cite and guides explain.
_RULE: Final = re.compile(r"§|\dusc\d|^directive")
#: Versions of a law shown as examples, the newest.
_EXAMPLES: Final = 3
_LEADING: Final = re.compile("[一-鿿]*")
_CHAMBER: Final = re.compile(r"(?<=[民刑行一二三四五六])知(?=[初终申再重])")
_OLD_NUMBER: Final = re.compile(r"(?<=[一-鿿）])(?=\d+号$)")
_OLD_WORDS: Final = "字第"
_ITC: Final = "337ta"
_ITC_PREFIX: Final = "invno"


class NamedDocuments(Struct, frozen=True, gc=False):
    """Documents named by a query, first to last, the reason of each, and what to tell of the
    keys.

    `articles` are those a law among them is named for: what it says there is shown first.
    """

    order: tuple[int, ...] = ()
    reasons: Mapping[int, Reason] = field(default_factory=dict)
    articles: Mapping[int, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    expansions: tuple[Expansion, ...] = ()

    @property
    def ids(self) -> Ids:
        """Return the documents, first to last."""
        return np.array(self.order, dtype=np.int64)

    def put_first(
        self,
        ranked: Ranked,
        allowed: Ids,
    ) -> Ranked:
        """Return the ranking with named documents before all others, within `allowed`
        (ascending).
        """
        if not self.order:
            return ranked
        named = self.ids
        named = named[member(named, allowed)]
        if not len(named):
            return ranked
        rest = ~member(ranked.documents, np.sort(named))
        first = _FIRST - np.arange(len(named), dtype=np.float64)
        documents = np.concatenate([named, ranked.documents[rest]])
        scores = np.concatenate([first, ranked.scores[rest]])
        return Ranked(documents, scores)


def find_named_documents(
    store: Store,
    query: Query,
) -> NamedDocuments:
    """Find the documents whose number, name or cited article the query gives."""
    if not query.identifiers:
        return NamedDocuments()
    finding = _Finding(store, _look_up(store, query.identifiers))
    for identifier in query.identifiers:
        if identifier.type in _NUMBER_TYPES:
            finding.find_bearing(identifier)
    for identifier in query.identifiers:
        if identifier.type == "case_number":
            finding.find_later_instances(identifier)
    for identifier in query.identifiers:
        if identifier.type == "article":
            finding.find_article(ArticleKey.parse(identifier.value), query)
    return finding.found()


def _look_up(store: Store, identifiers: Iterable[Identifier]) -> _Bearers:
    """Return the documents that bear keys in any of the ways they may be written, or name them
    as those of an earlier instance.
    """
    pairs: list[tuple[str, str]] = []
    for identifier in identifiers:
        for value in _ways(identifier):
            pairs.append((identifier.type, value))
            if identifier.type == "case_number":
                pairs.append((_EARLIER, value))
    return store.by_identifier(pairs)


class _Finding:
    """What was found so far; the first reason of a document stays."""

    def __init__(self, store: Store, bearers: _Bearers) -> None:
        self._store = store
        self._bearers = bearers
        self._reasons: dict[int, Reason] = {}
        self._articles: dict[int, str] = {}
        self._notices: list[Notice] = []
        self._expansions: list[Expansion] = []

    def found(self) -> NamedDocuments:
        """Return what was found."""
        return NamedDocuments(
            order=tuple(self._reasons),
            reasons=self._reasons,
            articles=self._articles,
            notices=tuple(dict.fromkeys(self._notices)),
            expansions=tuple(dict.fromkeys(self._expansions)),
        )

    # -- numbers and names -----------------------------------------------------------------

    def find_bearing(self, identifier: Identifier) -> None:
        """Find the documents that bear a key in any of the ways it may be written."""
        bearing = self._first_found(identifier.type, identifier)
        if not bearing and identifier.type in _TELLING_TYPES:
            absent = Notice(NoticeCode.NUMBER_ABSENT, (identifier.label,))
            self._notices.append(absent)
        is_name = identifier.type == "name"
        code = ReasonCode.NAME if is_name else ReasonCode.NUMBER
        label = Term(identifier.label)
        self._put(bearing, Reason(code, (label,)))

    def find_later_instances(self, identifier: Identifier) -> None:
        """Find the documents that name a case number as that of an earlier instance."""
        later = self._first_found(_EARLIER, identifier)
        label = Term(identifier.label)
        reason = Reason(ReasonCode.EARLIER_NUMBER, (label,))
        self._put(later, reason)

    def _first_found(
        self,
        type_: str,
        identifier: Identifier,
    ) -> list[int]:
        for value in _ways(identifier):
            found = self._bearers.get((type_, value), [])
            if len(found) > 1 and _RULE.search(value):
                return self._rules_first(found)
            if found:
                return found
        return []

    def _rules_first(self, documents: list[int]) -> list[int]:
        """Put documents about the law before the cases that cite it."""
        heads = self._store.heads(documents)
        return sorted(documents, key=lambda one: heads[one].kind in CASE_KINDS)

    def _put(
        self,
        documents: Iterable[int],
        reason: Reason,
    ) -> None:
        for document_id in documents:
            self._reasons.setdefault(document_id, reason)

    # -- articles --------------------------------------------------------------------------

    def find_article(
        self,
        key: ArticleKey,
        query: Query,
    ) -> None:
        """Find the law itself first, then who cites the article, then who cites its counterparts,
        where the person did not refuse them.
        """
        versions = self._store.versions(key.law)
        having = self._having(versions, key.article)
        if key.version in VERSIONS_UNNAMED:
            self._find_in_any_version(key, having)
        else:
            self._find_in_version(key, having, query)
        # a passage asks for no version
        if query.parts and key.version == VERSION_UNSTATED:
            self._notices.append(_notice_of_versions(key, versions, having))

    def _find_in_version(
        self,
        key: ArticleKey,
        having: Iterable[DocumentHead],
        query: Query,
    ) -> None:
        own = [head.id for head in having if head.metadata.version == key.version]
        self._articles |= dict.fromkeys(own, key.article)
        naming = self._bearers.get(("article", key.format()), [])
        others: Sequence[ConcordanceRow] = ()
        if query.expansion.allows(key.full_name):
            others = self._store.counterparts([key])[key]
        keys = [ArticleKey(key.law, row.version, row.article) for row in others]
        citing = self._store.citing_articles([key, *keys])
        presumed = self._store.presumed_to_cite([key, *keys])
        shared = SharedArticle(key)
        self._put_article([*own, *naming, *citing[key]], shared)
        self._put_presumed(key, None, presumed[key])
        for row, other in zip(others, keys, strict=True):
            self._articles.setdefault(row.document_id, other.article)
            shared = SharedArticle(key, other)
            self._put_article([row.document_id, *citing[other]], shared)
            self._put_presumed(key, other, presumed[other])
        if keys:
            self._expansions.append(_expansion(key, keys))

    def _find_in_any_version(
        self, key: ArticleKey, having: Iterable[DocumentHead]
    ) -> None:
        for head in having:
            self._articles[head.id] = key.article
            version = str(head.metadata.version)
            own = ArticleKey(key.law, version, key.article)
            self._put_article([head.id], SharedArticle(own))
        citing = self._store.citing(key.law, key.article)
        self._put_article(citing, SharedArticle(key, is_any_version=True))

    def _put_article(
        self,
        documents: Iterable[int],
        article: SharedArticle,
    ) -> None:
        reason = Reason(ReasonCode.ARTICLE, articles=(article,))
        self._put(documents, reason)

    def _put_presumed(
        self,
        key: ArticleKey,
        counterpart: ArticleKey | None,
        citing: Mapping[int, str],
    ) -> None:
        for document_id, why in citing.items():
            self._put_article(
                [document_id],
                SharedArticle(
                    key=key,
                    counterpart=counterpart,
                    presumed=why,
                ),
            )

    def _having(
        self, versions: Iterable[DocumentHead], article: str
    ) -> list[DocumentHead]:
        """Return the documents of a law that have an article, digests before texts nobody has
        checked.
        """
        heads = sorted(versions, key=_is_unchecked)
        texts: dict[int, str] = {}
        for head in heads:
            if not head.metadata.provisions:
                texts[head.id] = article
        with_text = self._store.article_passages(texts)
        having = []
        for head in heads:
            if head.id in with_text or _provides(head.metadata, article):
                having.append(head)
        return having


def _expansion(key: ArticleKey, others: Sequence[ArticleKey]) -> Expansion:
    names = [f"{other.version}{other.article}" for other in reversed(others)]
    return Expansion(
        typed=key.full_name,
        alternatives=tuple(names),
        kind=ExpansionKind.ARTICLE,
    )


def _notice_of_versions(
    key: ArticleKey,
    versions: Iterable[DocumentHead],
    having: Iterable[DocumentHead],
) -> Notice:
    """Return what to tell of an article whose law is named without its version; only versions
    at hand are named.
    """
    unstated = {str(None), key.law, VERSION_UNSTATED}
    known = _versions_of(versions)
    stated = [version for version in known if version not in unstated]
    at_hand = _versions_of(having)
    named = [version for version in stated if version in at_hand]
    article = (key.law, key.article)
    if named:
        values = (*article, *named[-_EXAMPLES:])
        return Notice(NoticeCode.VERSION_TO_CHOOSE, values)
    if stated:
        return Notice(NoticeCode.VERSION_ELSEWHERE, (*article, *stated))
    return Notice(NoticeCode.VERSION_UNSTATED, article)


def _is_unchecked(head: DocumentHead) -> bool:
    return not is_edited(head.metadata)


def _versions_of(heads: Iterable[DocumentHead]) -> list[str]:
    """Return the versions of documents of a law, each once."""
    versions = (str(head.metadata.version) for head in heads)
    return list(dict.fromkeys(versions))


def _provides(
    metadata: Metadata,
    article: str,
) -> bool:
    return any(provision.article == article for provision in metadata.provisions)


def _ways(identifier: Identifier) -> Iterator[str]:
    """Yield the key itself, then what it may stand for."""
    value = identifier.value
    yield value
    if identifier.type == "doc_number":
        yield from _without_leading_words(value)
    elif identifier.type == "case_number":
        yield from _old_writings(value)
    elif identifier.type == "citation" and _ITC in value:
        # an investigation is stored with or without Inv. No.
        if value.startswith(_ITC_PREFIX):
            yield value.removeprefix(_ITC_PREFIX)
        else:
            yield _ITC_PREFIX + value


def _without_leading_words(value: str) -> Iterator[str]:
    """Yield a 文号 without words run together with it (依据法释…号), dropped one by one."""
    leading = _LEADING.match(value)
    length = len(leading[0]) if leading else 0
    for start in range(1, length - 1):
        yield value[start:]


def _old_writings(value: str) -> Iterator[str]:
    """Yield numbers of cases before 2016, typed without 字第 or without the brackets of （知）."""
    for written in (value, _CHAMBER.sub("（知）", value)):
        yield written
        if _OLD_WORDS in written:
            yield written.replace(_OLD_WORDS, "")
        else:
            yield _OLD_NUMBER.sub(_OLD_WORDS, written)
