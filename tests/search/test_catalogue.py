"""What a clearance may list, held in memory, is what the store answers row by row."""

import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from ingest.pipeline import Receipt
from kb.records import Filters
from kb.store import Store
from kb.vocabulary import UNLABELLED, Visibility
from search.catalogue import Catalogue, Catalogues
from search.request import FACET_FIELDS
from tests.search.conftest import Library

FILTERS = (
    Filters(),
    Filters(include={"kind": ("civil",)}),
    Filters(include={"kind": ("civil", "criminal"), "region": ("上海",)}),
    Filters(include={"region": (UNLABELLED,)}, exclude={"year": ("2020", UNLABELLED)}),
    Filters(include={"kind": ("nothing",)}),
)


@pytest.fixture
def public(opened: Callable[..., Library]) -> Iterator[Store]:
    """The corpus as its public readers see it, some of it hidden from them."""
    library = opened()
    for document_id in library.store.document_ids()[::9].tolist():
        library.store.set_visibility(document_id, Visibility.INTERNAL)
    yield opened(Visibility.PUBLIC).store


@pytest.mark.parametrize("order", ["newest", "oldest", "amount"])
@pytest.mark.parametrize("filters", FILTERS, ids=range(len(FILTERS)))
def test_lists_are_those_of_the_store(
    public: Store, filters: Filters, order: str
) -> None:
    catalogue = Catalogue(public)
    documents = catalogue.in_order(public, catalogue.passing(filters), order)
    heads, total = public.listing(filters, order=order, limit=1000)

    assert (documents.tolist(), len(documents)) == ([head.id for head in heads], total)
    assert catalogue.listing(public, filters, order=order, limit=7) == (
        heads[:7],
        total,
    )


@pytest.mark.parametrize("filters", FILTERS, ids=range(len(FILTERS)))
def test_counts_equal_the_rows_a_reader_gets_when_choosing_the_value(
    public: Store, filters: Filters
) -> None:
    for field, counts in (
        Catalogue(public).columns.counts(filters, FACET_FIELDS).items()
    ):
        others = filters.without(field)
        for value, count in counts:
            chosen = Filters(
                include={**others.include, field: (value,)}, exclude=others.exclude
            )

            assert public.listing(chosen, limit=1)[1] == count, (field, value)
        assert [count for _, count in counts] == sorted(
            (count for _, count in counts), reverse=True
        )
        assert sum(count for _, count in counts) >= public.listing(others, limit=1)[1]


def test_sums_are_told_by_type_ascending_of_the_documents_asked_for(
    add: Callable[..., list[Receipt]], store: Store
) -> None:
    amounts = {
        "a": [("罚款", 30_000)],
        "b": [("罚款", 10_000), ("罚款", 20_000), ("判赔", 5)],
        "c": [],
    }
    lines = [
        {
            "id": slug,
            "title": f"测试文本{slug}",
            "text": "测试文本。",
            "kind": "civil",
            "amounts": [
                {"type": t, "value": v, "currency": "CNY", "text": ""} for t, v in sums
            ],
        }
        for slug, sums in amounts.items()
    ]
    add(
        "cases.jsonl", "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    )
    catalogue = Catalogue(store)

    assert catalogue.sums(store, store.document_ids()) == {
        "罚款": [20_000.0, 30_000.0],
        "判赔": [5.0],
    }
    assert catalogue.sums(store, store.document_ids()[:1]) == {"罚款": [30_000.0]}
    assert catalogue.sums(store, np.empty(0, np.int64)) == {}


def test_a_catalogue_is_read_anew_once_the_store_has_changed(
    opened: Callable[..., Library],
) -> None:
    library, catalogues = opened(), Catalogues()
    first = catalogues.of(library.store)
    assert catalogues.of(library.store) is first
    library.store.remove_document(int(library.store.document_ids()[0]))

    assert len(catalogues.of(library.store).columns.ids) == len(first.columns.ids) - 1
