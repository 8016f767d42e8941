"""Texts of laws that bring no front matter: which law they are, which version, since when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ingest.derive import derive
from ingest.pipeline import Receipt
from ingest.sections import find_sections
from kb.store import Store

BODY = """第一章 总 则
第一条 为了试验，制定本法。
第二条 本法适用于试验。
第二章 附 则
第三条 本法自{began}起施行。"""

LAW = "中华人民共和国试验保密法\n{head}\n" + BODY


def read(text: str, name: str = "x.txt", **given: Any) -> dict[str, Any]:
    values = derive(given, text, find_sections(text), name).values
    fields = (
        "law",
        "version",
        "passed_on",
        "effective_from",
        "authorities",
        "doc_numbers",
        "uncertain",
    )
    return {field: values[field] for field in fields if field in values}


def test_a_law_says_its_name_its_version_and_since_when_it_is_in_force() -> None:
    head = "2031年3月4日 第十九届全国人民代表大会常务委员会第五次会议通过"
    text = LAW.format(head=head, began="2031年7月1日")

    assert read(text) == {
        "law": "试验保密法",
        "version": "2031",
        "passed_on": "2031-03-04",
        "effective_from": "2031-07-01",
        "authorities": ["全国人民代表大会常务委员会"],
    }


def test_the_title_stays_as_the_text_writes_it() -> None:
    text = LAW.format(
        head="2031年3月4日 第十九届全国人民代表大会常务委员会第五次会议通过",
        began="2031年7月1日",
    )

    assert (
        derive({}, text, find_sections(text), "x.txt").values["title"]
        == "中华人民共和国试验保密法"
    )


def test_the_day_of_effect_of_an_amended_law_is_that_of_the_former_version_and_is_not_taken() -> (
    None
):
    head = (
        "（2021年5月6日第十三届全国人民代表大会常务委员会第二次会议通过　根据2031年3月4日第十九届全国人民代表大会常务"
        "委员会第五次会议《关于修改〈中华人民共和国试验法〉\n等三部法律的决定》修正）"
    )

    found = read(LAW.format(head=head, began="2021年9月1日"))

    assert (found["version"], found["passed_on"], found.get("effective_from")) == (
        "2031",
        "2031-03-04",
        None,
    )
    assert found["uncertain"] == [
        "正文所写施行日期2021-09-01早于最后一次通过或修正(2031-03-04),本版本的施行日期未写明"
    ]


def test_a_revised_law_begins_on_the_day_it_says() -> None:
    head = "2021年5月6日第十三届全国人民代表大会常务委员会第二次会议通过\n2031年3月4日第十九届全国人民代表大会常务委员会第五次会议修订"

    assert (
        read(LAW.format(head=head, began="2031年9月1日"))["effective_from"]
        == "2031-09-01"
    )


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "2031年1月5日国务院第99次常务会议通过\n2031年2月6日中华人民共和国国务院令第999号公布 自公布之日起施行",
            {
                "version": "2031",
                "passed_on": "2031-01-05",
                "effective_from": "2031-02-06",
                "authorities": ["国务院"],
                "doc_numbers": ["国务院令第999号"],
            },
        ),
        (
            "2030年12月20日 试验市第二届人民代表大会常务委员会第三次会议通过\n2031年1月30日 试验省第三届人民代表大会"
            "常务委员会第四次会议批准",
            {
                "version": "2031",
                "passed_on": "2031-01-30",
                "authorities": ["试验市人民代表大会常务委员会"],
            },
        ),
        (
            "2031年3月4日 试验市第二届人民代表大会常务委员会第三次会议通过\n2031年5月6日 试验市人民代表大会常务委员会"
            "公告公布自2031年8月1日施行根据2033年2月3日试验市第三届人民代表大会常务委员会第一次会议修正",
            {
                "version": "2033",
                "passed_on": "2033-02-03",
                "authorities": ["试验市人民代表大会常务委员会"],
            },
        ),
        ("", {"version": "版本未注明"}),
    ],
)
def test_heads_are_read_as_they_are_printed(
    head: str, expected: dict[str, object]
) -> None:
    text = (
        LAW.format(head=head, began="公布之日")
        .replace("保密法", "保密条例")
        .replace("自公布", "自公布")
    )

    found = read(text)

    found.pop("uncertain", None)
    assert found == {"law": "试验保密条例", **expected}


def test_an_interpretation_is_of_the_courts_that_made_it_and_bears_its_number() -> None:
    text = (
        "最高人民法院\n关于审理试验秘密案件适用法律若干问题的规定\n（2031年3月4日最高人民法院审判委员会第9999次会议通过，"
        "自2031年5月1日起施行）\n法释〔2031〕99号\n为审理试验案件，制定本规定。\n"
        + BODY.format(began="2031年5月1日")
    )

    assert read(text) == {
        "law": "最高人民法院关于审理试验秘密案件适用法律若干问题的规定",
        "version": "2031",
        "passed_on": "2031-03-04",
        "effective_from": "2031-05-01",
        "authorities": ["最高人民法院"],
        "doc_numbers": ["法释〔2031〕99号"],
    }


def test_an_interpretation_known_by_its_number_is_one_law_with_it() -> None:
    text = (
        "最高人民法院关于审理侵犯商业秘密民事案件适用法律若干问题的规定\n"
        + BODY.format(began="2020年9月12日")
    )

    found = read(text)

    assert (found["law"], found["version"]) == ("法释〔2020〕7号", "法释〔2020〕7号")


@pytest.mark.parametrize(
    "name", ["试验保密法(2033-02-03).md", "中华人民共和国试验保密法_20330203.docx"]
)
def test_a_head_that_was_not_brought_up_to_date_is_told_by_the_day_in_the_name_of_the_file(
    name: str,
) -> None:
    text = LAW.format(
        head="2031年3月4日 第十九届全国人民代表大会常务委员会第五次会议通过",
        began="2031年7月1日",
    )

    found = read(text, name)

    assert (found["version"], found.get("effective_from")) == ("2033", None)
    assert found["uncertain"] == [
        "正文所写施行日期2031-07-01早于文件名所写公布日期2033-02-03,本版本的施行日期未写明"
    ]


def test_a_day_of_publication_soon_after_the_passing_changes_no_version() -> None:
    text = LAW.format(
        head="2031年12月29日 第十九届全国人民代表大会常务委员会第五次会议通过",
        began="2032年7月1日",
    )

    assert read(text, "试验保密法(2032-01-09).md")["version"] == "2031"


@pytest.mark.parametrize(
    "title",
    [
        "全国人民代表大会常务委员会关于修改《中华人民共和国试验保密法》的决定",
        "国务院关于废止部分行政法规的决定",
        "中华人民共和国试验法修正案（三）",
        "甲公司商业秘密管理规定",
        "测试乙有限公司保密管理办法",
        "保密协议",
    ],
)
def test_a_paper_that_changes_laws_or_is_of_a_company_is_no_law(title: str) -> None:
    assert "law" not in read(f"{title}\n" + BODY.format(began="2031年7月1日"))


def test_a_judgment_with_a_law_appended_is_no_law() -> None:
    text = (
        "测试市第九中级人民法院\n民事判决书\n（2099）测09民终99号\n原告：测试甲公司。\n判决如下：\n一、停止侵害。\n审判长 测试丙\n"
        "二〇九九年九月九日\n附：相关法条\n《中华人民共和国试验保密法》\n"
        + BODY.format(began="2031年7月1日")
    )

    assert read(text, "中华人民共和国试验保密法(2031-07-01).txt").get("law") is None


def test_what_an_editor_wrote_of_a_law_is_left_alone() -> None:
    text = LAW.format(
        head="2031年3月4日 第十九届全国人民代表大会常务委员会第五次会议通过",
        began="2031年7月1日",
    )

    assert read(text, law="试验法", version="甲版") == {
        "law": "试验法",
        "version": "甲版",
    }


def test_two_versions_of_one_law_stand_side_by_side(
    add: Callable[..., list[Receipt]], store: Store
) -> None:
    old = LAW.format(
        head="2021年3月4日 第十三届全国人民代表大会常务委员会第五次会议通过",
        began="2021年7月1日",
    )
    new = LAW.format(
        head="2031年3月4日 第十九届全国人民代表大会常务委员会第五次会议修订",
        began="2031年7月1日",
    )

    receipts = [*add("a.txt", old), *add("b.txt", new), *add("c.md", f"# {new}")]

    assert [receipt.superseded for receipt in receipts] == [False, False, False]
    assert [
        (h.metadata.version, h.metadata.effective_from)
        for h in store.versions("试验保密法")
    ] == [
        ("2021", "2021-07-01"),
        ("2031", "2031-07-01"),
        ("2031", "2031-07-01"),
    ]
    assert store.provisions() == [
        ("试验保密法", "2021", "", "中华人民共和国试验保密法"),
        ("试验保密法", "2031", "", "中华人民共和国试验保密法"),
    ]


def test_a_version_is_called_as_its_digest_where_its_text_came_before(
    add: Callable[..., list[Receipt]], store: Store
) -> None:
    add(
        "a.txt",
        LAW.format(
            head="2031年3月4日 第十九届全国人民代表大会常务委员会第五次会议通过",
            began="2031年7月1日",
        ),
    )
    front = "slug: digest\nkind: statute\ntitle: 试验保密法（摘要）\nlaw: 试验保密法\nversion: '2031'\n"
    add(
        "b.md",
        f"---\n{front}provisions: [{{article: 第一条, provision: 目的}}]\n---\n## 第一条 目的\n测试。\n",
    )

    assert store.provisions() == [
        ("试验保密法", "2031", "", "试验保密法（摘要）"),
        ("试验保密法", "2031", "第一条", "目的"),
    ]
