"""The list of documents that cite one article of a law."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.law.articles import ArticleKey
from kb.records import DocumentHead
from kb.vocabulary import KINDS, VERSION_UNSTATED
from web.address import cases_path, document_path, law_path
from web.citedby import CitedBy
from web.views.common import Link, meta
from web.views.form import EMPTY_FORM, SearchForm

#: A document in the list: its address, its title, and what is known of it.
_Citing = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class CitingPage:
    """Documents that cite one article, by kind; `presumed` name no version and are taken to mean
    this one.
    """

    law: str
    version: str
    article: str
    back: str
    form: SearchForm
    groups: tuple[tuple[str, str, tuple[_Citing, ...]], ...]
    total: int
    others: tuple[Link, ...]
    presumed: tuple[_Citing, ...]


def citing_page(
    article: ArticleKey,
    counterparts: Iterable[ArticleKey],
    cited_by: CitedBy,
) -> CitingPage:
    """Lay out who cites an article, and where its counterparts' citations are."""
    heads = cited_by.citing[article]
    version = None if article.version == VERSION_UNSTATED else article.version
    return CitingPage(
        law=article.law,
        version=article.version,
        article=article.article,
        back=law_path(article.law, version, article.article),
        form=EMPTY_FORM,
        groups=_by_kind(heads),
        total=len(heads),
        others=tuple(
            _counterpart(other, len(cited_by.citing[other]))
            for other in counterparts
            if cited_by.citing[other]
        ),
        presumed=tuple(map(_citing, cited_by.presumed[article])),
    )


def _by_kind(
    heads: Sequence[DocumentHead],
) -> tuple[tuple[str, str, tuple[_Citing, ...]], ...]:
    by_kind: dict[str, list[_Citing]] = {}
    for head in heads:
        by_kind.setdefault(head.kind, []).append(_citing(head))
    return tuple(
        (kind, label, tuple(by_kind[kind]))
        for kind, label in KINDS.items()
        if kind in by_kind
    )


def _citing(head: DocumentHead) -> _Citing:
    return document_path(head.id), head.title, meta(head)


def _counterpart(article: ArticleKey, count: int) -> Link:
    label = f"{article.law}（{article.version}）{article.article}"
    return Link(label, cases_path(article.law, article.version, article.article), count)
