"""Heads of papers as databases, registers and printers leave them, and what is read of them."""

from typing import Any

import pytest

from ingest.derive import derive
from ingest.heads import head_of
from ingest.sections import find_sections

PENALTY = """测试市测试区市场监督管理局行政处罚决定书（测市监罚〔2021〕7号）
被处罚单位：测试甲商店
经查明，当事人无照经营。
依据《测试条例》第一条，决定处罚如下：
罚款5000元。
"""


def derived(text: str) -> dict[str, Any]:
    return derive({}, text, find_sections(text), "扫描件0001.txt").values


def test_a_paper_printed_on_one_line_has_a_head_of_several() -> None:
    text = (
        "测试市测试区人民法院刑事判决书（2019）测0199刑初7号公诉机关测试市测试区人民检察院。"
        "被告人测试甲，男，汉族，无业。辩护人测试乙，测试律师。经审理查明，被告人测试甲于2018年窃取图纸。"
    )

    assert head_of(text) == [
        "测试市测试区人民法院",
        "刑事判决书",
        "（2019）测0199刑初7号",
        "公诉机关测试市测试区人民检察院。",
        "被告人测试甲，男，汉族，无业。",
        "辩护人测试乙，测试律师。经审理查明，被告人测试甲于2018年窃取图纸。",
    ]
    found = derived(text)
    assert (
        found["case_numbers"],
        found["authorities"],
        found["parties"],
        found["kind"],
    ) == (
        ["（2019）测0199刑初7号"],
        ["测试市测试区人民法院"],
        ["测试甲"],
        "criminal",
    )


def test_office_name_and_number_on_one_line_are_three_things() -> None:
    found = derived(PENALTY)

    assert found["doc_numbers"] == ["测市监罚〔2021〕7号"]
    assert found["authorities"] == ["测试市测试区市场监督管理局"]
    assert found["title"] == "测试甲商店行政处罚决定书"


@pytest.mark.parametrize(
    ("head", "number", "court"),
    [
        (
            "案号：（2018）测01民终7号\n审理法院：测试市中级人民法院\n",
            "（2018）测01民终7号",
            "测试市中级人民法院",
        ),
        (
            "测试甲与测试乙买卖合同纠纷二审民事判决书\n（2018）测01民终7号\n",
            "（2018）测01民终7号",
            None,
        ),
        (
            "测试市中级人民法院\n民事判决书（2018）测01民终7号\n",
            "（2018）测01民终7号",
            "测试市中级人民法院",
        ),
    ],
)
def test_labels_and_titles_of_databases_say_number_and_court(
    head: str, number: str, court: str | None
) -> None:
    found = derived(
        head
        + "民事判决书\n上诉人测试甲。\n被上诉人测试乙。\n本院认为，判决如下：\n驳回上诉，维持原判。\n"
    )

    assert found["case_numbers"] == [number]
    assert found.get("authorities", [None]) == [court]


def test_the_number_of_another_court_in_a_sentence_is_not_the_paper_s_own() -> None:
    text = "测试市中级人民法院\n民事裁定书\n再审申请人测试甲不服测试区人民法院作出的（2018）测0199民初7号\n裁定如下：\n"

    assert "case_numbers" not in derived(text)


@pytest.mark.parametrize(
    ("foot", "day"),
    [
        (
            "审判长测试甲审判员测试乙人民陪审员测试丙二〇一九年五月十六日书记员测试丁\n",
            "2019-05-16",
        ),
        ("测试市测试区市场监督管理局2019年5月16日\n", "2019-05-16"),
        ("测试市测试区市场监督管理局\n2019年5月16日（印章）\n", "2019-05-16"),
        ("二〇一九年五月××日\n", "2019-05"),
        ("本决定书于2019年5月16日送达\n", None),
    ],
)
def test_the_day_is_read_over_and_behind_signatures(foot: str, day: str | None) -> None:
    assert derived(PENALTY.replace("2021", "2019") + foot).get("decided_on") == day


def test_what_a_register_writes_over_a_paper_names_office_and_day() -> None:
    text = (
        "发布机构：测试市测试区应急管理局\n发文日期：2020年3月4日\n行政处罚决定书\n"
        "当事人：测试甲公司\n你公司违反规定，决定处罚如下：\n罚款1万元。\n"
    ) + "另行告知。\n" * 10

    found = derived(text)

    assert (found["authorities"], found["decided_on"]) == (
        ["测试市测试区应急管理局"],
        "2020-03-04",
    )


def test_a_decision_that_lost_its_heading_is_known_by_what_it_says_of_itself() -> None:
    text = "当事人：测试甲公司\n经查，当事人违反规定，决定罚款1万元。\n自收到本处罚决定书之日起六十日内可以申请复议。\n"

    found = derived(text)

    assert (found["kind"], found["parties"]) == ("administrative", ["测试甲公司"])


def test_a_decision_that_names_neither_its_office_nor_its_party_in_a_line_tells_both() -> (
    None
):
    text = (
        "行政处罚决定书\n测罚〔2021〕8号\n测试甲公司：\n你公司违反规定。"
        "我局向你公司送达了《测试市测试区测试局行政处罚事先告知书》。\n决定处罚如下：\n罚款1万元。\n"
    )

    found = derived(text)

    assert (found["authorities"], found["parties"]) == (
        ["测试市测试区测试局"],
        ["测试甲公司"],
    )
