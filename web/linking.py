"""Where the citations of a text lead: to an article of a law, or to another document this reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.records import Citation, Document, DocumentHead
from kb.store import Store
from web.address import document_path
from web.views.statutes import LawBook


@dataclass(frozen=True, slots=True)
class Links:
    """What one document's citations lead to. A citation of something hidden or absent leads nowhere."""

    book: LawBook
    named: Mapping[str, DocumentHead]

    def of(self, citation: Citation) -> str | None:
        """Return the address a citation leads to."""
        if citation.target is not None:
            head = self.named.get(citation.target)
            return document_path(head.id) if head is not None else None
        return self.book.link_of(citation)


def read_links(store: Store, book: LawBook, document: Document) -> Links:
    """Look up every document that this one names, in its text or as related."""
    slugs = [*document.head.metadata.related, *(c.target for c in document.citations if c.target)]
    found = {slug: other.head for slug in dict.fromkeys(slugs) if (other := store.document(slug)) is not None}
    return Links(book, found)
