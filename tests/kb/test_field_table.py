"""The one table of fields: it holds every attribute of the metadata once, and says nothing that
contradicts itself.
"""

import re
from collections import Counter

import pytest

from kb.fields import BY_NAME, FACETS, FACTS, FIELDS, RECORDS, Field
from kb.records import Metadata
from kb.vocabulary import JURISDICTIONS

#: What follows from other attributes and is written nowhere.
DERIVED = ("year",)


def test_every_attribute_of_the_metadata_has_exactly_one_entry() -> None:
    entries = Counter(
        field.attribute for field in FIELDS if field.attribute not in DERIVED
    )

    assert entries == Counter(
        name for name in Metadata.__struct_fields__ if name != "extra"
    )
    assert all(isinstance(getattr(Metadata, name), property) for name in DERIVED)
    assert {field.attribute for field in FIELDS} >= set(DERIVED)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_an_entry_says_of_its_attribute_what_the_record_says(field: Field) -> None:
    typed = str(Metadata.__annotations__.get(field.attribute, "str | None"))

    assert field.several == typed.startswith("tuple[")
    assert (field.type == "number") == ("int" in typed)
    assert (field.type in RECORDS) == any(
        word in typed for word in ("Amount", "Source", "Provision")
    )


def test_names_and_what_people_read_and_type_are_each_of_one_field() -> None:
    typed = [
        word for field in FACETS for word in {field.name, field.label, *field.typed_as}
    ]

    for words in (
        [field.name for field in FIELDS],
        [field.label for field in FIELDS],
        typed,
    ):
        assert [word for word, times in Counter(words).items() if times > 1] == []


def test_a_field_to_filter_by_can_be_typed_and_holds_words_or_numbers() -> None:
    for field in FACETS:
        assert re.fullmatch("[a-z_]{2,20}", field.name)
        assert all(
            re.fullmatch("[一-鿿/]{2,5}", word)
            for word in (field.label, *field.typed_as)
        )
    assert {field.type for field in (*FACETS, *FACTS)} <= {"text", "date", "number"}


def test_only_values_that_documents_are_filtered_by_are_suggested_and_only_closed_lists_have_an_order() -> (
    None
):
    assert [
        field.name for field in FIELDS if field.suggested and field.facet is None
    ] == []
    assert [
        field.name for field in FIELDS if field.order == "listed" and not field.values
    ] == []


def test_several_values_are_words_or_records() -> None:
    assert {field.type for field in FIELDS if field.several} <= {"text", *RECORDS}


PANEL = (
    *(
        "kind",
        "tier",
        "year",
        "region",
        "authority",
        "industry",
        "secret_type",
        "conduct",
        "relationship",
    ),
    *("element", "outcome", "statute", "jurisdiction", "completeness", "collection"),
)
BESIDE_A_DOCUMENT = (
    *(
        "authority",
        "case_number",
        "earlier_case_number",
        "doc_number",
        "alias",
        "party",
        "decided_on",
    ),
    *(
        "jurisdiction",
        "region",
        "industry",
        "secret_type",
        "conduct",
        "relationship",
        "element",
        "outcome",
    ),
    "confidence",
)


@pytest.mark.parametrize(
    ("fields", "order"),
    [(FACETS, PANEL), (FACTS, BESIDE_A_DOCUMENT)],
    ids=["panel", "facts"],
)
def test_fields_that_readers_know_keep_their_order_whatever_comes_between(
    fields: tuple[Field, ...], order: tuple[str, ...]
) -> None:
    assert tuple(field.name for field in fields if field.name in order) == order


def test_a_code_is_shown_as_its_label_and_a_word_as_it_stands() -> None:
    assert BY_NAME["jurisdiction"].shown("DE") == JURISDICTIONS["DE"]
    assert BY_NAME["tier"].shown("法律") == "法律"
    assert BY_NAME["jurisdiction"].shown("??") == "??"


def test_the_values_of_a_field_are_what_the_metadata_have_of_it() -> None:
    known = Metadata(
        title="某案", outcomes=("判赔", "缓刑"), guiding_case=7, published_on="2020-05"
    )

    assert BY_NAME["outcome"].values_of(known) == ("判赔", "缓刑")
    assert BY_NAME["guiding_case"].values_of(known) == ("7",)
    assert BY_NAME["year"].values_of(known) == ("2020",)
    assert BY_NAME["tier"].values_of(known) == () == BY_NAME["party"].values_of(known)
