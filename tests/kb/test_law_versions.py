import pytest

from kb.law.versions import in_force_on, periods
from kb.records import Metadata, Provision
from kb.vocabulary import VERSION_UNSTATED


def version(name: str, **dates: str) -> Metadata:
    return Metadata(title=name, law="试验法", version=name, **dates)  # type: ignore[arg-type]


LAW = periods(
    [
        version("2025", passed_on="2025-06-27", effective_from="2025-10-15"),
        version("2019", effective_from="2019-04-23", effective_to="2025-10-14"),
        version("2017", effective_from="2018-01-01", effective_to="2019-04-22"),
        version("1993", passed_on="1993-09-02"),
        version(VERSION_UNSTATED, effective_from="1990-01-01"),
    ]
)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("1993-09-01", None),
        ("1994-01-01", None),  # passed, and nobody says since when it is in force
        ("1995-01-01", "1993"),
        ("2017-12-31", "1993"),
        ("2018-01-01", "2017"),
        ("2019-04-22", "2017"),
        ("2019-04-23", "2019"),
        ("2025-10-14", "2019"),
        ("2025-10-15", "2025"),
        ("2020", "2019"),
        ("2019", None),  # two versions in one year
        ("2019-04", None),
        ("2018-12", "2017"),
        ("2025-10", None),
    ],
)
def test_the_version_in_force_is_told_where_the_dates_tell_it_for_certain(
    day: str, expected: str | None
) -> None:
    assert in_force_on(LAW, day) == expected


def test_nothing_is_said_of_the_time_after_a_version_has_ended_and_before_the_next() -> (
    None
):
    law = periods(
        [version("2001", effective_from="2001-01-01", effective_to="2009-12-31")]
    )

    assert in_force_on(law, "2010-01-01") is None


def test_nothing_is_said_between_the_passing_of_a_version_and_a_year_after_it_where_its_beginning_is_not_known() -> (
    None
):
    law = periods(
        [
            version("2001", effective_from="2001-01-01"),
            version("2010", passed_on="2010-05-01"),
        ]
    )

    assert [
        in_force_on(law, day)
        for day in ("2010-04-30", "2010-05-01", "2011-05-01", "2011-05-03")
    ] == [
        "2001",
        None,
        None,
        "2010",
    ]


def test_the_dates_an_editor_wrote_go_before_those_of_a_text() -> None:
    text = version("2010", effective_from="2010-01-01")
    digest = Metadata(
        title="摘要",
        law="试验法",
        version="2010",
        effective_from="2010-03-01",
        provisions=(Provision("第一条", "目的"),),
    )

    assert in_force_on(periods([text, digest]), "2010-02-01") is None
    assert in_force_on(periods([digest, text]), "2010-03-01") == "2010"
