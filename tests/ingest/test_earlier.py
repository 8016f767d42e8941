"""前审案号: which numbers in a paper are those of earlier judgments of the same dispute."""

import pytest

from ingest.earlier import earlier_case_numbers

FIRST = "（2018）测0199民初7号"
OWN = "（2019）测01民终9号"
HEAD = f"测试市中级人民法院\n民事判决书\n{OWN}\n上诉人测试甲。\n"


def found(text: str, *clauses: str) -> list[str]:
    return earlier_case_numbers(text, clauses, [OWN])


@pytest.mark.parametrize(
    "story",
    [
        f"上诉人测试甲因与被上诉人测试乙买卖合同纠纷一案，不服测试市测试区人民法院{FIRST}民事判决，提起上诉。",
        f"测试市测试区人民法院于2018年5月4日作出{FIRST}民事判决。",
        f"经审理查明，事实如下。\n测试市测试区人民法院一审认为，原告有理，作出{FIRST}民事判决：驳回。",
    ],
)
def test_the_judgment_appealed_against_is_an_earlier_one(story: str) -> None:
    assert found(f"{HEAD}{story}\n") == [FIRST]


def test_several_instances_are_in_the_order_they_are_named_in() -> None:
    story = f"不服测试省高级人民法院（2019）测民终3号民事判决、测试市中级人民法院{FIRST}民事判决，申请再审。"

    assert found(HEAD + story) == ["（2019）测民终3号", FIRST]


def test_what_a_disposition_takes_back_or_upholds_is_an_earlier_one() -> None:
    assert found(HEAD, f"一、撤销测试市测试区人民法院{FIRST}民事判决") == [FIRST]
    assert found(HEAD, f"一、维持测试市测试区人民法院{FIRST}民事判决第一项") == [FIRST]
    assert found(HEAD, "一、测试甲赔偿一万元") == []


def test_a_case_sent_back_has_the_former_judgment_of_its_own_court() -> None:
    story = f"本院于2018年作出{FIRST}民事判决，测试市中级人民法院裁定发回重审。"

    assert found(HEAD + story) == [FIRST]


@pytest.mark.parametrize(
    "told",
    [
        f"本院认为，测试市测试区人民法院曾在另案作出{FIRST}民事判决，与本案无关。",
        f"经审理查明，测试甲另有一案，案号为{FIRST}。",
        f"本院于2019年5月4日作出{FIRST}民事裁定，准许保全。",
        f"测试市测试区人民法院发出{FIRST}通知。",
    ],
)
def test_other_cases_and_other_papers_are_not_earlier_judgments(told: str) -> None:
    assert found(f"{HEAD}{told}\n") == []


def test_the_parole_a_criminal_judgment_takes_back_was_another_case() -> None:
    assert (
        found(HEAD, "一、撤销测试区人民法院（2016）测0199刑初7号刑事判决中的缓刑部分")
        == []
    )


def test_its_own_number_is_never_an_earlier_one() -> None:
    assert found(f"{HEAD}不服测试市中级人民法院{OWN}民事判决，申请再审。") == []
