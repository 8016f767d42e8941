"""What a case that others tell of, guiding cases and news of courts, says of itself."""

from typing import Any

import pytest

from ingest.derive import derive
from ingest.sections import find_sections

REPORTED = """测试甲公司诉测试乙公司侵害商业秘密纠纷案
基本案情
测试甲公司认为测试乙公司使用其客户名单。
裁判结果
测试市测试区人民法院于2018年5月4日作出（2018）测0199民初7号民事判决：驳回诉讼请求。
测试市中级人民法院于2019年6月5日作出（2019）测01民终9号民事判决：撤销一审判决；测试乙公司赔偿十万元。
裁判理由
法院认为，客户名单构成商业秘密。
"""


def derived(text: str, name: str = "案例.txt") -> dict[str, Any]:
    return derive({}, text, find_sections(text), name).values


def test_a_told_case_has_the_number_of_its_last_judgment_and_those_before() -> None:
    found = derived(REPORTED)

    assert {
        key: found.get(key)
        for key in ("kind", "case_numbers", "earlier_case_numbers", "authorities")
    } == {
        "kind": "civil",
        "case_numbers": ["（2019）测01民终9号"],
        "earlier_case_numbers": ["（2018）测0199民初7号"],
        "authorities": ["测试市中级人民法院"],
    }
    assert found["decided_on"] == "2019-06-05"
    assert found["parties"] == ["测试甲公司", "测试乙公司"]
    assert found["outcomes"] == ["判赔", "发回、撤销或改判"]


@pytest.mark.parametrize(
    ("title", "kind", "parties"),
    [
        (
            "测试甲公司诉测试区市场监督管理局行政处罚案",
            "administrative",
            ["测试甲公司", "测试区市场监督管理局"],
        ),
        ("测试甲公司与测试乙公司买卖合同纠纷案", "civil", ["测试甲公司", "测试乙公司"]),
    ],
)
def test_a_title_tells_the_track_and_who_sued_whom(
    title: str, kind: str, parties: list[str]
) -> None:
    found = derived(f"{title}\n基本案情\n双方争议。\n")

    assert (found["kind"], found["parties"]) == (kind, parties)


@pytest.mark.parametrize(
    ("track", "kind"),
    [("民事", "civil"), ("刑事", "criminal"), ("行政", "administrative")],
)
def test_the_first_keyword_of_a_guiding_case_is_its_track(
    track: str, kind: str
) -> None:
    found = derived(
        f"指导性案例999号\n测试案\n关键词：{track}/测试\n裁判要点\n测试。\n"
    )

    assert (found["kind"], found["guiding_case"]) == (kind, 999)


def test_an_article_about_cases_is_no_case() -> None:
    assert (
        derived("关于客户名单的几点看法\n作者认为，测试甲诉测试乙一案值得讨论。\n")[
            "kind"
        ]
        == "unclassified"
    )


def test_an_office_that_speaks_to_the_one_it_punishes_is_a_penalty_decision() -> None:
    text = (
        "测试甲公司：\n统一社会信用代码：TEST\n"
        "本局向你公司送达了《测试市测试区环境保护局行政处罚事先告知书》，告知你公司陈述的权利。\n"
    )

    found = derived(text)

    assert (found["kind"], found["authorities"], found["parties"]) == (
        "administrative",
        ["测试市测试区环境保护局"],
        ["测试甲公司"],
    )
