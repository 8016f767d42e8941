"""Where the citations of a text lead: to an article of a law, or to another document this reader
may see.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kb.law.book import LawBook, make_law_book
from kb.law.outdated import CitedArticle, cite_articles, is_replaced
from kb.law.versions import is_edited
from kb.mentions import parse_statute
from kb.records import Citation, Document, DocumentHead
from kb.store import Store
from web.address import document_path
from web.views.statutes import link_of


@dataclass(frozen=True, slots=True)
class Links:
    """What one document's citations lead to.

    A citation of something hidden or absent leads nowhere.
    """

    book: LawBook
    named: Mapping[str, DocumentHead]

    def of(self, citation: Citation) -> str | None:
        """Return the address a citation leads to."""
        if citation.target is not None:
            head = self.named.get(citation.target)
            return document_path(head.id) if head is not None else None
        return link_of(self.book, citation)


def read_links(store: Store, book: LawBook, document: Document) -> Links:
    """Look up every document that this one names, in its text or as related."""
    slugs = [
        *document.head.metadata.related,
        *(c.target for c in document.citations if c.target),
    ]
    found = {
        slug: other.head
        for slug in dict.fromkeys(slugs)
        if (other := store.document(slug)) is not None
    }
    return Links(book, found)


def read_law_book(store: Store, today: date) -> LawBook:
    """Read all visible laws and find the version of each that is in force on `today`."""
    heads = store.laws()
    unedited = (head.id for head in heads if not is_edited(head.metadata))
    return make_law_book(heads, today, store.articles(unedited))


def read_cited(
    store: Store, book: LawBook, statutes: Sequence[str]
) -> list[CitedArticle]:
    """Look up what provides today what the cited articles of replaced versions did."""
    named = [(text, parse_statute(text)) for text in statutes]
    replaced = [
        one for _, one in named if one is not None and is_replaced(one, book.current)
    ]
    laws = dict.fromkeys(citation.law or "" for citation in replaced)
    concordances = {
        law: book.concordance_of(law, store.concordance(law)) for law in laws
    }
    return cite_articles(named, book.current, concordances)
