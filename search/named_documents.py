"""NamedDocuments keys answered from the store: the documents a query names outright."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from kb.identifiers import Identifier, article_key
from kb.law.versions import is_edited
from kb.records import DocumentHead, Metadata
from kb.store import Store
from kb.vocabulary import CASE_KINDS, PRESUMED, VERSION_UNSTATED, VERSIONS_UNNAMED
from search.query import MOVED, Query

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


class NamedDocuments(Struct, frozen=True, gc=False):
    """Documents named by a query, first to last, the reason of each in words, and what
    to tell of the keys.

    `articles` are those a law among them is named for: what it says there is shown first.
    """

    order: tuple[int, ...] = ()
    reasons: Mapping[int, str] = field(default_factory=dict)
    articles: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    expanded: tuple[str, ...] = ()

    def put_first(
        self,
        documents: NDArray[np.int64],
        scores: NDArray[np.float64],
        allowed: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the ranking with named documents before all others, within `allowed`."""
        if not self.order:
            return documents, scores
        named = np.array(self.order, dtype=np.int64)
        named = named[np.isin(named, allowed)]
        if not len(named):
            return documents, scores
        rest = ~np.isin(documents, named)
        first = _FIRST - np.arange(len(named), dtype=np.float64)
        return np.concatenate([named, documents[rest]]), np.concatenate(
            [first, scores[rest]]
        )


def find_named_documents(store: Store, query: Query) -> NamedDocuments:
    """Find the documents whose number, name or cited article the query gives."""
    reasons: dict[int, str] = {}
    articles: dict[int, str] = {}
    numbers = [i for i in query.identifiers if i.type in _NUMBER_TYPES]
    notes: list[str] = []
    expanded: list[str] = []
    for identifier in numbers:
        bearing = _bearing(store, identifier)
        if not bearing and identifier.type in _TELLING_TYPES:
            notes.append(f"库中没有「{identifier.label}」")
        for document_id in bearing:
            label = "命中词" if identifier.type == "name" else "案号一致"
            reasons.setdefault(document_id, f"{label}：{identifier.label}")
    for identifier in numbers:
        later = (
            _of_a_later_instance(store, identifier)
            if identifier.type == "case_number"
            else []
        )
        for document_id in later:
            reasons.setdefault(document_id, f"前审案号一致：{identifier.label}")
    for identifier in query.identifiers:
        if identifier.type == "article":
            expanded += _articles(store, identifier.value, reasons, articles, query)
            # a passage asks for no version
            notes += _which_version(store, identifier.value) if query.parts else []
    return NamedDocuments(
        tuple(reasons),
        reasons,
        articles,
        tuple(dict.fromkeys(notes)),
        tuple(dict.fromkeys(expanded)),
    )


def _bearing(store: Store, identifier: Identifier) -> list[int]:
    """Return the documents that bear a key in any of the ways it may be written."""
    for value in _ways(identifier):
        found = store.by_identifier([(identifier.type, value)])[identifier.type, value]
        if found:
            return (
                _rules_first(store, found)
                if _RULE.search(value) and len(found) > 1
                else found
            )
    return []


def _of_a_later_instance(store: Store, identifier: Identifier) -> list[int]:
    """Return the documents that name a case number as that of an earlier instance."""
    for value in _ways(identifier):
        found = store.by_identifier([("earlier_case_number", value)])[
            "earlier_case_number", value
        ]
        if found:
            return found
    return []


def _rules_first(store: Store, found: list[int]) -> list[int]:
    """Put documents about the law before the cases that cite it."""
    heads = store.heads(found)
    return sorted(found, key=lambda document: heads[document].kind in CASE_KINDS)


def _which_version(store: Store, key: str) -> list[str]:
    """Return what to tell of an article whose law is named without its version; only versions held
    are named.
    """
    law, version, article = key.split("|")
    if version != VERSION_UNSTATED:
        return []
    told = f"「{law}{article}」没有写明版本，条号随修订而变"
    stated = [
        h.metadata
        for h in store.versions(law)
        if h.metadata.version not in (None, law, VERSION_UNSTATED)
    ]
    held = {head.metadata.version for head in _versions_with(store, law, article)}
    having = dict.fromkeys(m.version for m in stated if m.version in held)
    if having:
        told += "，请写明版本，如" + "、".join(
            f"「{law}（{held}）{article}」" for held in [*having][-_EXAMPLES:]
        )
    elif stated:
        told += "，库中有的版本：" + "、".join(
            dict.fromkeys(str(m.version) for m in stated)
        )
    return [told + (MOVED if (law, article) == ("反不正当竞争法", "第九条") else "")]


def _ways(identifier: Identifier) -> Iterator[str]:
    """Yield the key itself, then what it may stand for.

    Words run together with a 文号 (依据法释…号) are dropped one by one; numbers of cases before
    2016 are typed without 字第, or without the brackets of （知）; an investigation of the ITC is
    stored with or without Inv. No.
    """
    value = identifier.value
    yield value
    if identifier.type == "doc_number":
        leading = _LEADING.match(value)
        yield from (
            value[start:] for start in range(1, len(leading[0]) - 1 if leading else 1)
        )
    elif identifier.type == "case_number":
        for written in (value, _CHAMBER.sub("（知）", value)):
            yield written
            yield (
                written.replace("字第", "")
                if "字第" in written
                else _OLD_NUMBER.sub("字第", written)
            )
    elif identifier.type == "citation" and "337ta" in value:
        yield (
            value.removeprefix("invno")
            if value.startswith("invno")
            else f"invno{value}"
        )


def _articles(
    store: Store,
    key: str,
    reasons: dict[int, str],
    articles: dict[int, str],
    query: Query,
) -> list[str]:
    """Put the law itself first, then who cites the article, then who cites its counterparts.

    Returns the article with its counterparts as people read it, when there are any and the
    person did not refuse them.
    """
    law, version, article = key.split("|")
    if version in VERSIONS_UNNAMED:
        _any_version(store, law, article, reasons, articles)
        return []
    typed = f"{law}（{version}）{article}"
    own = [
        head.id
        for head in _versions_with(store, law, article)
        if head.metadata.version == version
    ]
    articles |= dict.fromkeys(own, article)
    named = store.by_identifier(
        [("article", article_key(law, version, article))]
    ).popitem()[1]
    _put(
        reasons,
        [*own, *named, *store.citing(law=law, version=version, article=article)],
        typed,
    )
    _put_presumed(reasons, store.presumed_to_cite(law, version, article), typed)
    return (
        _counterparts(store, law, version, article, reasons, articles)
        if query.widening.allows(typed)
        else []
    )


def _counterparts(
    store: Store,
    law: str,
    version: str,
    article: str,
    reasons: dict[int, str],
    articles: dict[int, str],
) -> list[str]:
    others = store.counterparts(law, version, article)
    for other in others:
        label = f"{law}（{version}{article}＝{other.version}{other.article}）"
        citing = store.citing(law=law, version=other.version, article=other.article)
        articles.setdefault(other.document_id, other.article)
        _put(reasons, [other.document_id, *citing], label)
        _put_presumed(
            reasons, store.presumed_to_cite(law, other.version, other.article), label
        )
    same = "、".join(f"{other.version}{other.article}" for other in reversed(others))
    return [f"{law}（{version}）{article}→{same}"] if others else []


def _any_version(
    store: Store,
    law: str,
    article: str,
    reasons: dict[int, str],
    articles: dict[int, str],
) -> None:
    for head in _versions_with(store, law, article):
        articles[head.id] = article
        _put(reasons, [head.id], f"{law}（{head.metadata.version}）{article}")
    _put(reasons, store.citing(law=law, article=article), f"{law}{article}(版本见文书)")


def _versions_with(store: Store, law: str, article: str) -> list[DocumentHead]:
    """Return the documents of a law that have an article, digests before texts nobody has
    checked.
    """
    heads = sorted(store.versions(law), key=lambda head: not is_edited(head.metadata))
    texts = {head.id: article for head in heads if not head.metadata.provisions}
    with_text = store.article_passages(texts)
    return [
        head
        for head in heads
        if head.id in with_text or _provides(head.metadata, article)
    ]


def _provides(metadata: Metadata, article: str) -> bool:
    return any(provision.article == article for provision in metadata.provisions)


def _put(reasons: dict[int, str], documents: Iterable[int], label: str) -> None:
    for document_id in documents:
        reasons.setdefault(document_id, f"同一法条：{label}")


def _put_presumed(
    reasons: dict[int, str], documents: Mapping[int, str], label: str
) -> None:
    for document_id, why in documents.items():
        reasons.setdefault(document_id, f"同一法条：{label}（{PRESUMED[why]}）")
