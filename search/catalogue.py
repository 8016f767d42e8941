"""What one clearance may list at one commit, held in memory: facet values, orders, sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kb.records import DocumentHead, Filters
from kb.store import Store
from kb.vocabulary import RESULT_SUMS, Visibility
from search.facets import Columns, read_columns
from search.id_sets import member
from search.kept import Kept
from search.results import Hit

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

    documents: NDArray[np.int64]
    types: NDArray[np.int64]
    values: NDArray[np.float64]


class Catalogue:
    """Documents of one clearance at one commit; orders and sums are read when first needed.

    `similar` are the last documents found like another: they rest on documents alone,
    on nothing typed.
    """

    def __init__(self, store: Store) -> None:
        """Read the facet values."""
        self.columns: Final[Columns] = read_columns(store)
        self.similar: Final = Kept[tuple[Hit, ...]](_SIMILAR_KEPT)
        self._orders: dict[str, NDArray[np.int64]] = {}
        self._sums: _Sums | None = None

    def passing(self, filters: Filters) -> NDArray[np.int64]:
        """Return the documents that pass `filters`, ascending."""
        return self.columns.passing(filters) if filters else self.columns.ids

    def in_order(
        self, store: Store, documents: NDArray[np.int64], order: str
    ) -> NDArray[np.int64]:
        """Return the visible among `documents` in an order that is a key of the store's orders."""
        everything = self._orders.get(order)
        if everything is None and len(documents) <= _FEW:
            return store.in_order(documents.tolist(), order)
        if everything is None:
            everything = self._orders[order] = store.in_order(
                self.columns.ids.tolist(), order
            )
        return everything[member(everything, np.sort(documents))]

    def listing(
        self, store: Store, filters: Filters, *, order: str = "newest", limit: int = 20
    ) -> tuple[list[DocumentHead], int]:
        """Return the first documents of a list, and how many there are in all, as Store.listing
        does.
        """
        documents = self.in_order(store, self.passing(filters), order)
        heads = store.heads(documents[:limit].tolist())
        return [
            heads[document]
            for document in documents[:limit].tolist()
            if document in heads
        ], len(documents)

    def sums(
        self, store: Store, documents: NDArray[np.int64]
    ) -> dict[str, list[float]]:
        """Return what the visible among `documents` came to: sums in yuan, ascending,
        by type of RESULT_SUMS.

        A document counts once a type, with its largest sum of that type.
        """
        if self._sums is None:
            self._sums = _read_sums(store)
        mine = member(self._sums.documents, np.sort(documents))
        types, values = self._sums.types[mine], self._sums.values[mine]
        by_type = {
            type_: values[types == place].tolist()
            for place, type_ in enumerate(RESULT_SUMS)
        }
        return {type_: found for type_, found in by_type.items() if found}


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
            self._read = dict(list(self._read.items())[1 - _KEPT :]) | {key: found}
        return found


def _read_sums(store: Store) -> _Sums:
    rows: Sequence[tuple[int, str, float]] = store.result_sums()
    places = {type_: place for place, type_ in enumerate(RESULT_SUMS)}
    return _Sums(
        np.array([document for document, _, _ in rows], dtype=np.int64),
        np.array([places[type_] for _, type_, _ in rows], dtype=np.int64),
        np.array([value for _, _, value in rows], dtype=np.float64),
    )
