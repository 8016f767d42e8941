"""What one clearance may list at one commit, held in memory: facet values, orders, amounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from msgspec import Struct

from kb.records import DocumentHead, Filters
from kb.store import Store
from kb.vocabulary import RESULT_SUMS, Visibility
from search.facets import Columns, read_columns
from search.id_sets import Ids, Scores, member
from search.kept import Kept
from search.results import Hit

__all__ = ["Catalogue", "Catalogues"]

#: Catalogues kept: those of the present commit for every clearance, and of the one
#: before for requests under way.
_KEPT: Final = 6
#: So few documents are put in order by themselves: the order of all of them takes a
#: tenth of a second.
_FEW: Final = 1_000
#: Documents of which those like them are kept, some ten kilobytes each.
_SIMILAR_KEPT: Final = 500


class _Sums(Struct, frozen=True):
    """The sums of documents, a row each: ascending by sum; `types` are places in RESULT_SUMS."""

    documents: Ids
    types: Ids
    values: Scores


class Catalogue:
    """Documents of one clearance at one commit; orders and sums are read when first needed.

    `similar` are the last documents found like another: they rest on documents alone,
    on nothing typed.
    """

    def __init__(self, store: Store) -> None:
        """Read the facet values."""
        self.columns: Final[Columns] = read_columns(store)
        self.similar: Final = Kept[tuple[Hit, ...]](_SIMILAR_KEPT)
        self._orders: dict[str, Ids] = {}
        self._sums: _Sums | None = None

    def passing(self, filters: Filters) -> Ids:
        """Return the documents that pass `filters`, ascending."""
        return self.columns.passing(filters) if filters else self.columns.ids

    def in_order(
        self,
        store: Store,
        documents: Ids,
        order: str,
    ) -> Ids:
        """Return the visible among `documents` in an order that is a key of the store's orders."""
        everything = self._orders.get(order)
        if everything is None and len(documents) <= _FEW:
            return store.in_order(documents.tolist(), order)
        if everything is None:
            everyone = self.columns.ids.tolist()
            everything = store.in_order(everyone, order)
            self._orders[order] = everything
        return everything[member(everything, np.sort(documents))]

    def listing(
        self,
        store: Store,
        filters: Filters,
        *,
        order: str = "newest",
        limit: int = 20,
    ) -> tuple[list[DocumentHead], int]:
        """Return the first documents of a list, and how many there are in all, as Store.listing
        does.
        """
        passing = self.passing(filters)
        documents = self.in_order(store, passing, order)
        return heads_of(store, documents[:limit]), len(documents)

    def sums(
        self,
        store: Store,
        documents: Ids,
    ) -> dict[str, list[float]]:
        """Return what the visible among `documents` came to: sums in yuan, ascending,
        by type of RESULT_SUMS.

        A document counts once a type, with its largest sum of that type.
        """
        if self._sums is None:
            self._sums = _read_sums(store)
        is_wanted = member(self._sums.documents, np.sort(documents))
        types = self._sums.types[is_wanted]
        values = self._sums.values[is_wanted]
        by_type: dict[str, list[float]] = {}
        for place, type_ in enumerate(RESULT_SUMS):
            found = values[types == place]
            if len(found):
                by_type[type_] = found.tolist()
        return by_type


def heads_of(
    store: Store,
    documents: Ids,
) -> list[DocumentHead]:
    """Return the heads of the visible among `documents`, in their order."""
    ids = documents.tolist()
    heads = store.heads(ids)
    return [heads[document] for document in ids if document in heads]


class Catalogues:
    """Catalogues by clearance, read again when the store has changed. Shared by threads."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._read: dict[tuple[str, Visibility], Catalogue] = {}

    def of(self, store: Store) -> Catalogue:
        """Return the catalogue for the store's clearance as of its last commit."""
        key = (store.commit().id, store.clearance)
        found = self._read.get(key)
        if found is None:
            found = Catalogue(store)
            kept = list(self._read.items())
            latest = kept[1 - _KEPT :]
            self._read = dict(latest) | {key: found}
        return found


def _read_sums(store: Store) -> _Sums:
    documents: list[int] = []
    types: list[int] = []
    values: list[float] = []
    for document, type_, value in store.result_sums():
        documents.append(document)
        types.append(RESULT_SUMS.index(type_))
        values.append(value)
    return _Sums(
        documents=_as_ids(documents),
        types=_as_ids(types),
        values=np.array(values, dtype=np.float64),
    )


def _as_ids(values: Iterable[int]) -> Ids:
    return np.array(list(values), dtype=np.int64)
