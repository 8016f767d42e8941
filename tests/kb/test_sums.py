"""What cases came to: the order by sums, and the sums of many documents."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.pipeline import Receipt
from kb.store import Store
from kb.vocabulary import Visibility

Add = Callable[..., list[Receipt]]

UNDONE = "发回、撤销或改判"
CASES: dict[str, list[tuple[str, float, str]]] = {
    "t-award": [
        ("诉请", 9_000_000, "CNY"),
        ("一审判赔", 800_000, "CNY"),
        ("判赔", 500_000, "CNY"),
    ],
    "t-first": [("一审判赔", 600_000, "CNY"), ("损失", 7_000_000, "CNY")],
    "t-fines": [
        ("罚款", 30_000, "CNY"),
        ("罚款", 100_000, "CNY"),
        ("没收违法所得", 20_000, "CNY"),
    ],
    "t-undone": [("一审判赔", 900_000, "CNY")],
    "t-lost": [("一审判赔", 900_000, "CNY")],
    "t-abroad": [("判赔", 80_000_000, "USD")],
    "t-none": [],
}
OUTCOMES = {
    "t-award": ["判赔"],
    "t-first": ["判赔"],
    "t-undone": ["判赔", UNDONE],
    "t-lost": ["驳回诉请或不构成侵权"],
}


@pytest.fixture
def ids(add: Add) -> dict[str, int]:
    """The numbers of the test texts."""
    lines = [
        {
            "id": slug,
            "title": f"测试文本{slug}",
            "text": "甲公司诉离职员工带走客户名单。",
            "kind": "civil",
            "outcomes": OUTCOMES.get(slug, []),
            "amounts": [
                {"type": t, "value": v, "currency": c, "text": ""}
                for t, v, c in amounts
            ],
        }
        for slug, amounts in CASES.items()
    ]
    receipts = add(
        "cases.jsonl", "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    )
    return {r.slug: r.document_id for r in receipts if r.slug and r.document_id}


def test_cases_stand_in_the_order_of_the_largest_sum_in_yuan_they_came_to(
    store: Store, ids: dict[str, int]
) -> None:
    order = store.in_order(list(ids.values()), "amount").tolist()

    # what was asked for or lost is no result, nor is a first award that was undone;
    # dollars are not compared with yuan
    known = [ids[slug] for slug in ("t-first", "t-award", "t-fines")]
    assert order == known + [number for number in ids.values() if number not in known]


def test_sums_are_told_by_document_and_type_each_with_the_largest(
    store: Store, ids: dict[str, int]
) -> None:
    assert store.result_sums() == [
        (ids["t-fines"], "没收违法所得", 20_000.0),
        (ids["t-fines"], "罚款", 100_000.0),
        (ids["t-award"], "判赔", 500_000.0),
        (ids["t-first"], "判赔", 600_000.0),
    ]


def test_sums_of_documents_the_reader_may_not_see_are_not_told(
    store: Store, ids: dict[str, int], home: Path
) -> None:
    store.set_visibility(ids["t-award"], Visibility.INTERNAL)

    with Store(home, Visibility.PUBLIC) as public:
        assert ids["t-award"] not in [
            document for document, _, _ in public.result_sums()
        ]
        assert ids["t-award"] not in public.in_order(list(ids.values()), "amount")
