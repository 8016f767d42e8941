"""A link to an article leads to where the article is told of, or is none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import unquote

from kb.law.concordance import ConcordanceRow
from kb.records import Citation
from kb.store import Store
from kb.vocabulary import Visibility
from web.citedby import read_cited_by
from web.linking import read_law_book
from web.views.articles import article_views, articles_to_cite
from web.views.statutes import link_of
from web.views.text import section_views

LAW = "反不正当竞争法"


def test_articles_the_library_does_not_hold_are_not_linked(home: Path) -> None:
    with Store(home, Visibility.PUBLIC) as store:
        book = read_law_book(store, date(2026, 1, 1))

    def leads(version: str, article: str) -> str | None:
        link = link_of(book, Citation(law=LAW, version=version, article=article))
        return None if link is None else unquote(link)

    assert (
        leads("2019", "第九条第一款第（三）项")
        == "/laws/反不正当竞争法?version=2019#第九条"
    )
    assert leads("2019", "第八条") is None
    assert leads("2025", "第九条") is None  # false advertising, not told of here
    assert (
        leads("1890", "第九条") == "/laws/反不正当竞争法"
    )  # no such version: the law itself


def test_an_article_without_a_digest_of_its_own_is_found_where_its_provision_is_told_of(
    home: Path,
) -> None:
    with Store(home, Visibility.PUBLIC) as store:
        document = store.document("test-law-2019")
        assert document is not None
        sections = [
            s
            for s in section_views(document, (), lambda citation: None)
            if s.role == "article"
        ]
        without = [("第八条", "侵犯商业秘密行为与定义"), ("第七条", "别的规定")]
        rows = [
            ConcordanceRow(provision, "2019", article, None, document.head.id)
            for article, provision in without
        ]
        book = read_law_book(store, date(2026, 1, 1))
        concordance = book.concordance_of(LAW, [*store.concordances([LAW])[LAW], *rows])
        cited_by = read_cited_by(store, articles_to_cite(LAW, "2019", sections))
        views = article_views(book, concordance, "2019", sections, cited_by)

    assert [(view.anchor, view.others) for view in views] == [("第九条", ("第八条",))]
