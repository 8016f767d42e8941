"""The province of a paper is read from its number or from who gave it, and never guessed."""

import pytest

from ingest.derive import derive
from ingest.regions import _places, region_of
from kb.vocabulary import REGIONS


@pytest.mark.parametrize(
    ("numbers", "document_numbers", "authorities", "region"),
    [
        (["（2019）沪0115民初12345号"], [], ["测试法院"], "上海"),
        (["（2021）浙民终1号"], [], [], "浙江"),
        (["（2014）辽民一终字第290号"], [], [], None),
        (["（2012）宁知民初字第1号"], [], ["江苏省南京市中级人民法院"], "江苏"),
        (["（2014）青知民初字第1号"], [], ["青岛市中级人民法院"], "山东"),
        (["（2020）兵01民初1号"], [], [], "新疆"),
        (["（2021）最高法知民终1号"], [], ["最高人民法院"], None),
        (["（2014）浦民三（知）初字第1号"], [], ["上海市浦东新区人民法院"], "上海"),
        ([], ["沪市监浦处〔2023〕012023000001号"], [], "上海"),
        ([], ["苏市监处罚〔2023〕1号"], ["苏州市市场监督管理局"], "江苏"),
        ([], ["市监处罚〔2023〕1号"], ["深圳市市场监督管理局"], "广东"),
        ([], [], ["广州知识产权法院"], "广东"),
        ([], [], ["内蒙古自治区高级人民法院"], "内蒙古"),
        ([], [], ["吉林市中级人民法院"], "吉林"),
        ([], [], ["海南省海口市中级人民法院"], "海南"),
        ([], [], ["海南藏族自治州中级人民法院"], "青海"),
        ([], [], ["某县人民法院", "宁波市中级人民法院"], "浙江"),
        ([], [], ["国家市场监督管理总局"], None),
        ([], [], [], None),
    ],
)
def test_a_paper_is_of_the_province_its_number_or_its_court_tells(
    numbers: list[str],
    document_numbers: list[str],
    authorities: list[str],
    region: str | None,
) -> None:
    assert region_of(numbers, document_numbers, authorities) == region


def test_every_province_is_one_readers_filter_by_and_no_city_is_of_two() -> None:
    places = _places()

    assert (
        set(places.signs.values())
        == set(places.names.values())
        == set(REGIONS) - {"全国"}
    )
    assert len(places.names) > 330


def test_a_region_an_editor_wrote_stays_and_a_foreign_case_gets_none() -> None:
    text = "测试文本。"
    numbers = {"title": "某案", "case_numbers": ["（2019）沪0115民初1号"]}

    assert derive(
        numbers | {"kind": "civil", "regions": ["广东"]}, text, (), "a.md"
    ).values["regions"] == ["广东"]
    assert derive(numbers | {"kind": "civil"}, text, (), "a.md").values["regions"] == [
        "上海"
    ]
    assert (
        "regions"
        not in derive(numbers | {"kind": "foreign_case"}, text, (), "a.md").values
    )
