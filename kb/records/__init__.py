"""The nouns that travel between rooms: frozen, named, and None means "the text does not say".

A record cannot come to hold itself, so the collector of cycles need not look at it
(`gc=False`): of a large file added, that was a twentieth of the time.
"""

from kb.records.document import (
    Amount,
    Citation,
    Claim,
    Derivation,
    Metadata,
    Original,
    Page,
    Passage,
    Provision,
    Revision,
    Section,
    Source,
)
from kb.records.filters import (
    NO_FILTERS,
    Filters,
)
from kb.records.stored import (
    Added,
    Changes,
    Commit,
    Document,
    DocumentHead,
    Doomed,
    EmbedderVectors,
    Kept,
    Name,
    Named,
    PassageToIndex,
    Replaced,
    StoredPassage,
    StoredSection,
    VisibilityChange,
)

__all__ = [
    "Added",
    "Amount",
    "Changes",
    "Citation",
    "Claim",
    "Commit",
    "Derivation",
    "Document",
    "DocumentHead",
    "Doomed",
    "EmbedderVectors",
    "Filters",
    "Kept",
    "Metadata",
    "NO_FILTERS",
    "Name",
    "Named",
    "Original",
    "Page",
    "Passage",
    "PassageToIndex",
    "Provision",
    "Replaced",
    "Revision",
    "Section",
    "Source",
    "StoredPassage",
    "StoredSection",
    "VisibilityChange",
]
