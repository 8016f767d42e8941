from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb.errors import InvalidQuery
from kb.records import Filters
from kb.vocabulary import ROLES
from search.request import FACET_FIELDS, MODES
from web.address import MAX_LIMIT, MAX_OFFSET, PageRequest, document_path
from web.onestep import Addresses
from web.parsing import parse_page_request

_values = st.lists(
    st.text(min_size=1, max_size=12).filter(lambda v: v.isprintable()),
    min_size=1,
    max_size=3,
    unique=True,
)
_chosen = st.dictionaries(
    st.sampled_from(sorted(FACET_FIELDS)), _values.map(tuple), max_size=4
)
_asks = st.builds(
    PageRequest,
    text=st.text(max_size=30).map(lambda t: t.replace("\x00", " ").strip()),
    mode=st.sampled_from(MODES),
    filters=st.builds(
        Filters,
        include=_chosen,
        exclude=_chosen,
        roles=st.lists(st.sampled_from(sorted(ROLES)), max_size=3, unique=True).map(
            tuple
        ),
    ),
    sort=st.sampled_from([None, "newest", "oldest", "relevance"]),
    group=st.sampled_from(["", "tier"]),
    offset=st.integers(0, MAX_OFFSET),
    limit=st.integers(1, MAX_LIMIT),
)


@given(_asks)
def test_an_address_says_exactly_what_was_asked(wanted: PageRequest) -> None:
    assert (
        parse_page_request(
            parse_qsl(urlsplit(wanted.url()).query, keep_blank_values=True)
        )
        == wanted
    )


@given(_asks, st.sampled_from(sorted(FACET_FIELDS)), st.text(min_size=1, max_size=5))
def test_a_filter_put_on_and_taken_off_leaves_none_of_it(
    wanted: PageRequest, field: str, value: str
) -> None:
    put_on = wanted.including(field, value)
    shut_out = put_on.excluding(field, value)

    assert value in put_on.filters.include[
        field
    ] and value not in put_on.filters.exclude.get(field, ())
    assert value in shut_out.filters.exclude[
        field
    ] and value not in shut_out.filters.include.get(field, ())
    assert value not in shut_out.including(field, value).filters.exclude.get(field, ())
    assert (
        shut_out.dropping(field, value).filters == put_on.dropping(field, value).filters
    )
    assert put_on.offset == shut_out.offset == 0


def test_the_address_of_a_document_carries_the_question_but_not_the_page_of_the_list() -> (
    None
):
    wanted = PageRequest(
        text="客户", filters=Filters(include={"kind": ("civil",)}), offset=40
    )

    assert (
        document_path(7, wanted, 43, 2)
        == "/documents/7?q=%E5%AE%A2%E6%88%B7&f.kind=civil&at=43#p2"
    )


def test_words_taken_as_typed_travel_with_the_address_and_can_be_widened_again() -> (
    None
):
    wanted = (
        PageRequest(text="跳槽 客户名单", offset=20)
        .taking_plainly("跳槽")
        .taking_plainly("跳槽")
    )

    assert wanted.plain == ("跳槽",) and wanted.offset == 0
    assert parse_page_request(wanted.parameters()) == wanted
    assert not wanted.expansion.allows("跳槽") and wanted.expansion.allows("客户名单")
    assert wanted.widening_again("跳槽") == PageRequest(text="跳槽 客户名单")
    assert parse_page_request(wanted.expanding(False).parameters()) == PageRequest(
        text="跳槽 客户名单", expand=False
    )
    assert not wanted.expanding(False).expansion.allows("客户名单")


def test_expansion_is_on_or_off_and_nothing_else() -> None:
    assert parse_page_request([("expand", "on")]).expand
    with pytest.raises(InvalidQuery, match="expand"):
        parse_page_request([("expand", "maybe")])


CLOSED = (
    "mode",
    "sort",
    "limit",
    "offset",
    "expand",
    "role",
    "group",
    "f.kind",
    "x.region",
    "f.year",
)


@pytest.mark.parametrize("name", CLOSED)
def test_an_empty_parameter_that_takes_a_value_of_a_list_or_a_number_is_refused_by_name(
    name: str,
) -> None:
    for pairs in ([(name, "")], [("q", "客户"), (name, "")], [(name, ""), (name, "1")]):
        with pytest.raises(InvalidQuery, match=f"参数 {name} 是空的"):
            parse_page_request(pairs)


def test_an_empty_box_is_no_question_and_other_peoples_parameters_are_let_be() -> None:
    assert parse_page_request([("q", ""), ("plain", ""), ("from", "")]) == PageRequest()


@given(_asks, st.sampled_from(sorted(FACET_FIELDS)), st.text(min_size=1, max_size=12))
def test_addresses_written_at_once_are_those_the_question_gives(
    wanted: PageRequest, name: str, value: str
) -> None:
    assume(
        value
        not in (
            *wanted.filters.include.get(name, ()),
            *wanted.filters.exclude.get(name, ()),
        )
    )
    listed = wanted.on("/browse")
    addresses = Addresses(listed)

    assert addresses.including(name, value) == listed.including(name, value).url()
    assert addresses.excluding(name, value) == listed.excluding(name, value).url()
    for role in ROLES.keys() - wanted.filters.roles:
        assert addresses.with_role(role) == listed.with_role(role).url()
    assert addresses.document(7, 3) == document_path(7, wanted, 3)
    assert addresses.document(7, None, 2) == document_path(7, wanted, None, 2)
