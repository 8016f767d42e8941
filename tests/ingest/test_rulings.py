"""What clauses order, by track, and where a paper without a part for them orders."""

from typing import Any

import pytest

from ingest.rulings import clauses_of, of_clauses
from ingest.sections import find_sections


@pytest.mark.parametrize(
    ("kind", "clause", "outcome"),
    [
        (
            "civil",
            "一、撤销测试区人民法院（2018）测0199民初7号民事判决",
            "发回、撤销或改判",
        ),
        ("civil", "二、发回测试区人民法院重审", "发回、撤销或改判"),
        ("civil", "驳回测试甲的再审申请", "程序性裁决"),
        ("civil", "驳回测试甲对本案管辖权提出的异议", "程序性裁决"),
        ("civil", "准许测试甲撤回上诉", "程序性裁决"),
        ("civil", "测试乙按惩罚性赔偿的倍数支付", "惩罚性赔偿"),
        ("criminal", "并处罚金人民币二千元", "刑事罚金"),
        ("criminal", "免予刑事处罚：测试甲犯盗窃罪，免予刑事处罚", "定罪判刑"),
        ("criminal", "决定对测试甲不起诉", "不起诉、不批捕或无罪"),
        ("criminal", "被告人测试甲无罪", "不起诉、不批捕或无罪"),
        ("administrative", "对测试甲公司处以壹万元罚款", "罚款"),
        ("administrative", "责令测试甲公司立即停止经营", "责令停止违法行为"),
        ("administrative", "撤销测试局的行政处罚决定", "不予处罚或撤销处罚"),
    ],
)
def test_a_clause_orders_what_its_words_say(
    kind: str, clause: str, outcome: str
) -> None:
    assert of_clauses([clause], kind, is_first_instance=False)["outcomes"] == [outcome]


@pytest.mark.parametrize(
    ("kind", "clause"),
    [
        ("civil", "驳回上诉，维持原判"),
        ("administrative", "逾期不缴纳的，每日加处罚款百分之三"),
        ("administrative", "不服本决定的，可以申请复议"),
        ("civil", "罚款一万元"),
    ],
)
def test_a_clause_that_orders_nothing_of_its_track_has_no_outcome(
    kind: str, clause: str
) -> None:
    assert "outcomes" not in of_clauses([clause], kind, is_first_instance=False)


def test_what_a_clause_adds_up_is_no_fine_of_its_own() -> None:
    clause = "没收违法所得1000元，并处罚款5000元，罚没合计6000元"

    found = of_clauses([clause], "administrative", is_first_instance=False)["amounts"]

    assert [(amount["type"], amount["value"]) for amount in found] == [
        ("没收违法所得", 1000.0),
        ("罚款", 5000.0),
    ]


def test_a_paper_on_one_line_orders_behind_its_words_for_that() -> None:
    text = (
        "经查，当事人无照经营，曾被罚款八千元。我局决定作出如下处罚：责令停止经营；罚款人民币5000元。"
        "当事人应自收到之日起缴纳，逾期加处罚款9000元。"
    )

    assert _ordered(text) == {
        "amounts": [
            {"type": "罚款", "value": 5000.0, "currency": "CNY", "text": "5000元"}
        ],
        "outcomes": ["责令停止违法行为", "罚款"],
    }


def test_what_is_ordered_before_the_list_is_ordered_too() -> None:
    text = "行政处罚决定书\n本局认为，应予处罚。\n责令当事人停止经营，并作出如下处罚：\n罚款5000元。\n"

    assert _ordered(text)["outcomes"] == ["责令停止违法行为", "罚款"]


def test_a_line_that_ends_in_the_punishments_to_come_stands_before_what_is_ordered() -> (
    None
):
    text = "行政处罚决定书\n经查，当事人违法。\n现对当事人处以如下行政处罚：\n罚款5000元。\n"

    assert [section.role for section in find_sections(text)] == [
        "header",
        "facts",
        "legal_basis",
        "disposition",
    ]


def _ordered(text: str) -> dict[str, Any]:
    return of_clauses(
        clauses_of(text, find_sections(text)), "administrative", is_first_instance=False
    )
