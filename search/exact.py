"""Exact keys answered from the store: the documents a query names outright."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from kb.identifiers import Identifier
from kb.law.articles import ArticleKey
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
#: The type of a case number that a document names as that of an earlier instance.
_EARLIER: Final = "earlier_case_number"
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


class Exact(Struct, frozen=True, gc=False):
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


def exact_documents(store: Store, query: Query) -> Exact:
    """Find the documents whose number, name or cited article the query gives."""
    reasons: dict[int, str] = {}
    articles: dict[int, str] = {}
    numbers = [i for i in query.identifiers if i.type in _NUMBER_TYPES]
    notes: list[str] = []
    expanded: list[str] = []
    cited = [i for i in query.identifiers if i.type == "article"]
    bearers = _bearers(store, [*numbers, *cited])
    for identifier in numbers:
        bearing = _bearing(store, bearers, identifier)
        if not bearing and identifier.type in _TELLING_TYPES:
            notes.append(f"库中没有「{identifier.label}」")
        for document_id in bearing:
            label = "命中词" if identifier.type == "name" else "案号一致"
            reasons.setdefault(document_id, f"{label}：{identifier.label}")
    _put_later_instances(reasons, bearers, numbers)
    for identifier in cited:
        law, version, article = identifier.value.split("|")
        versions = store.versions(law)
        holding = _with_article(store, versions, article)
        if version in VERSIONS_UNNAMED:
            _any_version(store, holding, (law, article), reasons, articles)
        else:
            own = [head.id for head in holding if head.metadata.version == version]
            articles |= dict.fromkeys(own, article)
            first = [*own, *bearers["article", identifier.value]]
            key = ArticleKey(law, version, article)
            expanded += _articles(store, key, first, reasons, articles, query)
        if query.parts and version == VERSION_UNSTATED:  # a passage asks for none
            notes.append(_which_version((law, article), versions, holding))
    return Exact(
        tuple(reasons),
        reasons,
        articles,
        tuple(dict.fromkeys(notes)),
        tuple(dict.fromkeys(expanded)),
    )


def _bearers(
    store: Store, numbers: Sequence[Identifier]
) -> Mapping[tuple[str, str], Sequence[int]]:
    """Look up the documents that bear keys in any of the ways they may be written, or name them
    as those of an earlier instance.
    """
    pairs = [(i.type, value) for i in numbers for value in _ways(i)]
    pairs += [(_EARLIER, value) for kind, value in pairs if kind == "case_number"]
    return store.by_identifier(pairs) if pairs else {}


def _put_later_instances(
    reasons: dict[int, str],
    bearers: Mapping[tuple[str, str], Sequence[int]],
    numbers: Iterable[Identifier],
) -> None:
    for identifier in numbers:
        for document_id in _first_found(bearers, _EARLIER, identifier)[1]:
            reasons.setdefault(document_id, f"前审案号一致：{identifier.label}")


def _bearing(
    store: Store,
    bearers: Mapping[tuple[str, str], Sequence[int]],
    identifier: Identifier,
) -> Sequence[int]:
    """Return the documents that bear a key as it is written, else in another way."""
    value, found = _first_found(bearers, identifier.type, identifier)
    is_rule = _RULE.search(value) and len(found) > 1
    return _rules_first(store, found) if is_rule else found


def _first_found(
    bearers: Mapping[tuple[str, str], Sequence[int]], kind: str, identifier: Identifier
) -> tuple[str, Sequence[int]]:
    """Return the first way to write a key that any document bears, with these documents."""
    for value in _ways(identifier):
        found = bearers.get((kind, value), ())
        if found:
            return value, found
    return "", ()


def _rules_first(store: Store, found: Sequence[int]) -> Sequence[int]:
    """Put documents about the law before the cases that cite it."""
    heads = store.heads(found)
    return sorted(found, key=lambda document: heads[document].kind in CASE_KINDS)


def _which_version(
    cited: tuple[str, str],
    versions: Iterable[DocumentHead],
    holding: Iterable[DocumentHead],
) -> str:
    """Return what to tell of an article whose law is named without its version; only versions held
    are named.
    """
    law, article = cited
    told = f"「{law}{article}」没有写明版本，条号随修订而变"
    stated = [
        h.metadata
        for h in versions
        if h.metadata.version not in (None, law, VERSION_UNSTATED)
    ]
    held = {head.metadata.version for head in holding}
    having = dict.fromkeys(m.version for m in stated if m.version in held)
    if having:
        told += "，请写明版本，如" + "、".join(
            f"「{law}（{held}）{article}」" for held in [*having][-_EXAMPLES:]
        )
    elif stated:
        told += "，库中有的版本：" + "、".join(
            dict.fromkeys(str(m.version) for m in stated)
        )
    return told + (MOVED if (law, article) == ("反不正当竞争法", "第九条") else "")


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
    own_key: ArticleKey,
    first: Sequence[int],
    reasons: dict[int, str],
    articles: dict[int, str],
    query: Query,
) -> list[str]:
    """Put the law itself `first`, then who cites the article, then who cites its counterparts.

    Returns the article with its counterparts as people read it, when there are any and the
    person did not refuse them.
    """
    law, version, article = own_key.law, own_key.version, own_key.article
    typed = f"{law}（{version}）{article}"
    others = (
        store.counterparts([own_key])[own_key] if query.widening.allows(typed) else []
    )
    keys = [own_key, *(ArticleKey(law, o.version, o.article) for o in others)]
    citing = store.citing_articles(keys)
    presumed = store.presumed_to_cite(keys)
    _put(reasons, [*first, *citing[own_key]], typed)
    _put_presumed(reasons, presumed[own_key], typed)
    for other, other_key in zip(others, keys[1:], strict=True):
        label = f"{law}（{version}{article}＝{other.version}{other.article}）"
        articles.setdefault(other.document_id, other.article)
        _put(reasons, [other.document_id, *citing[other_key]], label)
        _put_presumed(reasons, presumed[other_key], label)
    same = "、".join(f"{other.version}{other.article}" for other in reversed(others))
    return [f"{law}（{version}）{article}→{same}"] if others else []


def _any_version(
    store: Store,
    holding: Iterable[DocumentHead],
    cited: tuple[str, str],
    reasons: dict[int, str],
    articles: dict[int, str],
) -> None:
    law, article = cited
    for head in holding:
        articles[head.id] = article
        _put(reasons, [head.id], f"{law}（{head.metadata.version}）{article}")
    _put(reasons, store.citing(law, article), f"{law}{article}(版本见文书)")


def _with_article(
    store: Store, versions: Iterable[DocumentHead], article: str
) -> list[DocumentHead]:
    """Return the versions of a law that have an article, digests before texts nobody has
    checked.
    """
    heads = sorted(versions, key=lambda head: not is_edited(head.metadata))
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
