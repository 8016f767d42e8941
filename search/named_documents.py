"""Exact keys answered from the store: the documents a query names outright."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np
from msgspec import Struct, field

from kb.identifiers import Identifier
from kb.law.articles import ArticleKey
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
    finding = _Finding(store)
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


class _Finding:
    """What was found so far; the first reason of a document stays."""

    def __init__(self, store: Store) -> None:
        self._store = store
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
        later = self._first_found("earlier_case_number", identifier)
        label = Term(identifier.label)
        reason = Reason(ReasonCode.EARLIER_NUMBER, (label,))
        self._put(later, reason)

    def _first_found(
        self,
        type_: str,
        identifier: Identifier,
    ) -> list[int]:
        for value in _ways(identifier):
            key = (type_, value)
            found = self._store.by_identifier([key])[key]
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
        if key.version in VERSIONS_UNNAMED:
            self._find_in_any_version(key)
        else:
            self._find_in_version(key)
            if query.expansion.allows(key.full_name):
                self._find_counterparts(key)
        # a passage asks for no version
        if query.parts and key.version == VERSION_UNSTATED:
            self._notices.append(self._notice_of_versions(key))

    def _find_in_version(self, key: ArticleKey) -> None:
        own = []
        for head in self._versions_with(key):
            if head.metadata.version == key.version:
                own.append(head.id)
        self._articles |= dict.fromkeys(own, key.article)
        identifier = ("article", key.format())
        naming = self._store.by_identifier([identifier])[identifier]
        shared = SharedArticle(key)
        self._put_article([*own, *naming], shared)
        self._put_article(self._citing(key), shared)
        self._put_presumed(key, None, key)

    def _citing(self, key: ArticleKey) -> list[int]:
        return self._store.citing(
            law=key.law,
            version=key.version,
            article=key.article,
        )

    def _find_counterparts(self, key: ArticleKey) -> None:
        names = []
        counterparts = self._store.counterparts(key.law, key.version, key.article)
        for found in counterparts:
            other = ArticleKey(key.law, found.version, found.article)
            names.append(f"{other.version}{other.article}")
            self._articles.setdefault(found.document_id, other.article)
            shared = SharedArticle(key, other)
            self._put_article([found.document_id], shared)
            self._put_article(self._citing(other), shared)
            self._put_presumed(key, other, other)
        if names:
            names.reverse()
            told = Expansion(
                typed=key.full_name,
                alternatives=tuple(names),
                kind=ExpansionKind.ARTICLE,
            )
            self._expansions.append(told)

    def _find_in_any_version(self, key: ArticleKey) -> None:
        for head in self._versions_with(key):
            self._articles[head.id] = key.article
            version = str(head.metadata.version)
            own = ArticleKey(key.law, version, key.article)
            self._put_article([head.id], SharedArticle(own))
        citing = self._store.citing(law=key.law, article=key.article)
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
        cited: ArticleKey,
    ) -> None:
        citing = self._store.presumed_to_cite(cited.law, cited.version, cited.article)
        for document_id, why in citing.items():
            self._put_article(
                [document_id],
                SharedArticle(
                    key=key,
                    counterpart=counterpart,
                    presumed=why,
                ),
            )

    def _versions_with(self, key: ArticleKey) -> list[DocumentHead]:
        """Return the documents of a law that have an article, digests before texts nobody has
        checked.
        """
        found = self._store.versions(key.law)
        heads = sorted(found, key=_is_unchecked)
        texts: dict[int, str] = {}
        for head in heads:
            if not head.metadata.provisions:
                texts[head.id] = key.article
        with_text = self._store.article_passages(texts)
        having = []
        for head in heads:
            if head.id in with_text or _provides(head.metadata, key.article):
                having.append(head)
        return having

    def _notice_of_versions(self, key: ArticleKey) -> Notice:
        """Return what to tell of an article whose law is named without its version; only versions
        at hand are named.
        """
        unstated = {str(None), key.law, VERSION_UNSTATED}
        known = _versions_of(self._store.versions(key.law))
        stated = [version for version in known if version not in unstated]
        having = _versions_of(self._versions_with(key))
        named = [version for version in stated if version in having]
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
