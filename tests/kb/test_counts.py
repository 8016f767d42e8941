"""What cases came to: one by one, many together, and one value beside another."""

from __future__ import annotations

import pytest

from kb.counts.amounts import AmountRange, amount_ranges
from kb.counts.results import CaseResult, results_of, unknown_amounts
from kb.counts.tables import CountedRow, cross_table
from kb.records import Amount, Metadata


def case(*outcomes: str, **sums: float) -> Metadata:
    amounts = tuple(Amount(type_, value, "CNY", "") for type_, value in sums.items())
    return Metadata(title="某案", outcomes=outcomes, amounts=amounts)


def told(metadata: Metadata) -> list[tuple[str, float | None, bool, bool]]:
    return [
        (r.outcome, r.amount and r.amount.value, r.is_unknown, r.leads)
        for r in results_of(metadata)
    ]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        (
            case("罚款", "责令停止违法行为", 罚款=10),
            [("罚款", 10, False, True), ("责令停止违法行为", None, False, False)],
        ),
        (case("没收违法所得"), [("没收违法所得", None, True, True)]),
        # the first award stands until a final one is known
        (case("判赔", 一审判赔=5), [("判赔", 5, False, True)]),
        (case("判赔", 一审判赔=5, 判赔=7), [("判赔", 7, False, True)]),
        # a settlement leads where nothing was fined or awarded
        (case("调解或和解", 和解或调解=3), [("和解或调解", 3, False, True)]),
        (
            case("罚款", 罚款=1, 和解或调解=3),
            [("罚款", 1, False, True), ("和解或调解", 3, False, False)],
        ),
        # what was asked for or lost is no result
        (case(诉请=100, 损失=50), []),
        (case("结果未读到"), []),
    ],
)
def test_sums_come_first_and_each_result_once(
    metadata: Metadata, expected: list[tuple[str, float | None, bool, bool]]
) -> None:
    assert told(metadata) == expected


def test_an_outcome_that_is_a_sum_nobody_wrote_is_unknown() -> None:
    assert unknown_amounts(case("判赔", "罚款", 罚款=1)) == ("判赔",)
    assert unknown_amounts(case("判赔", 一审判赔=1)) == ()
    assert unknown_amounts(case("判令停止侵害")) == ()
    assert results_of(case("判令停止侵害")) == (CaseResult("判令停止侵害"),)


def test_of_few_sums_the_middle_one_is_not_told() -> None:
    assert amount_ranges({"罚款": [1.0, 2.0], "判赔": [1.0, 3.0, 8.0]}) == (
        AmountRange("罚款", 2, 1.0, 2.0, None),
        AmountRange("判赔", 3, 1.0, 8.0, 3.0),
    )
    assert amount_ranges({}) == ()


def test_a_table_leaves_out_rows_without_anything_and_keeps_the_order() -> None:
    counted = {"丙": {"a": 2, "z": 9}, "甲": {"b": 1}, "乙": {"z": 4}}

    table = cross_table(["甲", "乙", "丙", "丁"], ["a", "b"], counted)

    assert table == [CountedRow("甲", (0, 1)), CountedRow("丙", (2, 0))]
    assert [row.total for row in table] == [1, 2]
