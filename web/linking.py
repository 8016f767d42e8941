"""Where the citations of a text lead: to an article of a law, or to another document this reader
may see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kb.law.book import LawBook, make_law_book
from kb.law.concordance import Concordance
from kb.law.outdated import CitedArticle, cite_articles, is_replaced
from kb.law.versions import is_edited
from kb.mentions import parse_statute
from kb.records import Citation, Document, DocumentHead
from kb.store import Store
from web.address import document_path
from web.views.statutes import link_of


@dataclass(frozen=True, slots=True)
class Links:
    """What the citations of documents lead to.

    A citation of something hidden or absent leads nowhere.
    """

    book: LawBook
    named: Mapping[str, DocumentHead]

    def of(self, citation: Citation) -> str | None:
        """Return the address a citation leads to."""
        if citation.target is None:
            return link_of(self.book, citation)
        head = self.named.get(citation.target)
        return None if head is None else document_path(head.id)


def read_links(
    store: Store,
    book: LawBook,
    documents: Iterable[Document],
) -> Links:
    """Look up every document that these name, in their texts or as related."""
    slugs: dict[str, None] = {}
    for document in documents:
        slugs |= dict.fromkeys(document.head.metadata.related)
        slugs |= dict.fromkeys(c.target for c in document.citations if c.target)
    return Links(book, store.heads_by_slug(slugs))


def read_law_book(store: Store, today: date) -> LawBook:
    """Read all visible laws and find the version of each that is in force on `today`."""
    heads = store.laws()
    unedited = (head.id for head in heads if not is_edited(head.metadata))
    return make_law_book(heads, today, store.articles(unedited))


def read_cited(
    store: Store,
    book: LawBook,
    statutes: Sequence[str],
) -> list[CitedArticle]:
    """Look up what provides today what the cited articles of replaced versions did."""
    named = [(text, parse_statute(text)) for text in statutes]
    laws: set[str] = set()
    for _, citation in named:
        if citation is not None and is_replaced(citation, book.current):
            laws.add(citation.law or "")
    concordances = read_concordances(store, book, laws)
    return cite_articles(named, book.current, concordances)


def read_concordances(
    store: Store,
    book: LawBook,
    laws: Collection[str],
) -> dict[str, Concordance]:
    """Look up by law which article of which version provides what."""
    rows = store.concordances(laws) if laws else {}
    return {law: book.concordance_of(law, found) for law, found in rows.items()}
