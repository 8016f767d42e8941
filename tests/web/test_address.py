from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb.errors import InvalidQuery
from kb.records import Filters
from kb.vocabulary import ROLES
from search.request import FACET_FIELDS, MODES
from web.address import MAX_LIMIT, MAX_OFFSET, Addresses, Ask, document_path, parse_ask

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
    Ask,
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
def test_an_address_says_exactly_what_was_asked(ask: Ask) -> None:
    assert (
        parse_ask(parse_qsl(urlsplit(ask.url()).query, keep_blank_values=True)) == ask
    )


@given(_asks, st.sampled_from(sorted(FACET_FIELDS)), st.text(min_size=1, max_size=5))
def test_a_filter_put_on_and_taken_off_leaves_none_of_it(
    ask: Ask, field: str, value: str
) -> None:
    put_on = ask.including(field, value)
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
    ask = Ask(text="客户", filters=Filters(include={"kind": ("civil",)}), offset=40)

    assert (
        document_path(7, ask, 43, 2)
        == "/documents/7?q=%E5%AE%A2%E6%88%B7&f.kind=civil&at=43#p2"
    )


def test_words_taken_as_typed_travel_with_the_address_and_can_be_widened_again() -> (
    None
):
    ask = (
        Ask(text="跳槽 客户名单", offset=20)
        .taking_plainly("跳槽")
        .taking_plainly("跳槽")
    )

    assert ask.plain == ("跳槽",) and ask.offset == 0
    assert parse_ask(ask.parameters()) == ask
    assert not ask.expansion.allows("跳槽") and ask.expansion.allows("客户名单")
    assert ask.widening_again("跳槽") == Ask(text="跳槽 客户名单")
    assert parse_ask(ask.expanding(False).parameters()) == Ask(
        text="跳槽 客户名单", expand=False
    )
    assert not ask.expanding(False).expansion.allows("客户名单")


def test_expansion_is_on_or_off_and_nothing_else() -> None:
    assert parse_ask([("expand", "on")]).expand
    with pytest.raises(InvalidQuery, match="expand"):
        parse_ask([("expand", "maybe")])


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
            parse_ask(pairs)


def test_an_empty_box_is_no_question_and_other_peoples_parameters_are_let_be() -> None:
    assert parse_ask([("q", ""), ("plain", ""), ("from", "")]) == Ask()


@given(_asks, st.sampled_from(sorted(FACET_FIELDS)), st.text(min_size=1, max_size=12))
def test_addresses_written_at_once_are_those_the_question_gives(
    ask: Ask, name: str, value: str
) -> None:
    assume(
        value
        not in (*ask.filters.include.get(name, ()), *ask.filters.exclude.get(name, ()))
    )
    addresses = Addresses(ask, "/browse")

    assert addresses.including(name, value) == ask.including(name, value).url("/browse")
    assert addresses.excluding(name, value) == ask.excluding(name, value).url("/browse")
    for role in ROLES.keys() - ask.filters.roles:
        assert addresses.with_role(role) == ask.with_role(role).url("/browse")
    assert addresses.document(7, 3) == document_path(7, ask, 3)
    assert addresses.document(7, None, 2) == document_path(7, ask, None, 2)
