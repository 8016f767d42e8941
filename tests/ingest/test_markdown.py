"""Markdown from elsewhere: marks that are no text, and front matters of other programs."""

from typing import Any

import pytest

from ingest.frontmatter import read_markdown
from ingest.metadata import read_metadata
from kb.errors import InvalidDocument
from kb.records import Citation
from kb.store import Store
from tests.growth import grows_with_length
from tests.ingest.test_pipeline import Add

LAW = """---
sidebar: auto
---

# 测试保密规定

<!-- 说明 -->

## **第一章 总则**

**第一条**　为了测试,制定本规定。
"""


def test_a_law_of_a_public_collection_is_read_without_its_marks(
    add: Add, store: Store
) -> None:
    (receipt,) = add("law.md", LAW)

    document = store.document(receipt.slug or "")
    assert document is not None
    assert (
        document.text
        == "测试保密规定\n\n\n第一章 总则\n\n第一条　为了测试,制定本规定。\n"
    )
    assert (document.head.title, document.head.metadata.extra) == (
        "测试保密规定",
        {"sidebar": "auto"},
    )
    assert receipt.warnings == (
        "文件头的字段 sidebar 本库不认识,原样保留,但不显示也不能筛选",
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**第一条** 甲", "第一条 甲"),
        ("**第一条**甲", "第一条甲"),
        ("***第一条*** 甲", "第一条 甲"),
        ("*第一条* 甲", "第一条 甲"),
        ("__第十条之一__ 甲", "第十条之一 甲"),
        ("　_第二十节_ 甲", "　第二十节 甲"),
        ("- **甲**:**乙**、**丙。**", "- 甲:乙、丙。"),
        ("经营者**不得**实施", "经营者不得实施"),
        ("（**一**）|**表**|", "（一）|表|"),
        ("甲**\\***乙", "甲**\\***乙"),
        ("原告张**与李**签订", "原告张**与李**签订"),
        ("由张**，李**审理", "由张**，李**审理"),
        ("上海**公司诉北京**厂", "上海**公司诉北京**厂"),
        ("身份证号3101**********1234,****", "身份证号3101**********1234,****"),
        ("2 ** 3 ** 4,2*3*4", "2 ** 3 ** 4,2*3*4"),
        ("____年__月__日,file_a_b", "____年__月__日,file_a_b"),
        ("* 甲\n* 乙", "* 甲\n* 乙"),
        ("**甲\n乙**", "**甲\n乙**"),
    ],
)
def test_marks_of_emphasis_are_no_text_and_stars_for_what_was_left_out_are(
    written: str, read: str
) -> None:
    assert read_markdown(written).text == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("甲\n<!-- 注 -->\n乙", "甲\n乙"),
        ("甲<!-- 注 -->乙<!---->丙", "甲乙丙"),
        ("甲<!-- 注\n## 注\n-->乙\n丙", "甲\n乙\n丙"),
        ("<!--\n注\n-->\n甲", "甲"),
        ("甲\n<!-- 没有结束\n乙", "甲\n<!-- 没有结束\n乙"),
        ("<!-- 注 --> <!-- 没有结束\n乙", " <!-- 没有结束\n乙"),
        ("```\n<!-- 例 -->\n```\n<!-- 注 -->甲", "```\n<!-- 例 -->\n```\n甲"),
        ("a --> b\r\n<!-- 注 -->\r\n乙", "a --> b\r\n乙"),
    ],
)
def test_a_comment_is_no_text(written: str, read: str) -> None:
    assert read_markdown(written).text == read


def test_headings_and_links_stand_where_they_do_in_the_text_without_marks() -> None:
    found = read_markdown("<!-- 注 -->\n**甲**\n## **第一章**\n见**[[case-a|甲案]]**。")

    assert found.text == "甲\n第一章\n见甲案。"
    assert found.headings == ((2, "第一章"),)
    assert found.links == (Citation(start=7, end=9, target="case-a"),)


@pytest.mark.parametrize(
    "piece", ["<!--", "-->", "**a", "** a", "*", "**第一条", "<!-- -->", "```\n"]
)
def test_marks_without_end_take_no_longer_than_they_are_long(piece: str) -> None:
    assert grows_with_length(
        lambda length: read_markdown(piece * (length // len(piece))), 125_000
    )


@pytest.mark.parametrize(
    ("values", "unknown"),
    [
        ({"title": "测试", "titel": "x", "kind": "civil"}, "titel(是不是 title?)"),
        (
            {"title": "测试", "kind": "civil", "Slug": "x", "weather": "x"},
            "Slug(是不是 slug?)、weather",
        ),
        (
            {"title": "测试", "kind": "civil", "case_nummber": "x"},
            "case_nummber(是不是 case_number?)",
        ),
    ],
)
def test_an_unknown_field_of_a_file_of_ours_is_refused_and_says_what_may_have_been_meant(
    values: dict[str, Any], unknown: str
) -> None:
    with pytest.raises(InvalidDocument) as refused:
        read_metadata(values, keep_unknown=False)

    assert str(refused.value) == f"未知字段 {unknown}。可用字段见 corpus/README.md"


@pytest.mark.parametrize(
    ("front", "extra", "named"),
    [
        (
            "title: 测试\ndate: 2099-01-01\ntags: [甲, 乙]",
            {"date": "2099-01-01", "tags": ["甲", "乙"]},
            "date、tags",
        ),
        ("layout: post\nslug: x-1", {"layout": "post"}, "layout"),
        ("titel: 测试", {"titel": "测试"}, "titel(是不是 title?)"),
    ],
)
def test_a_front_matter_of_another_program_is_kept_and_told_of(
    add: Add, store: Store, front: str, extra: dict[str, Any], named: str
) -> None:
    (receipt,) = add("a.md", f"---\n{front}\n---\n# 测试\n甲公司。")

    document = store.document(receipt.slug or "")
    assert document is not None and document.head.metadata.extra == extra
    assert receipt.warnings == (
        f"文件头的字段 {named} 本库不认识,原样保留,但不显示也不能筛选",
    )


def test_a_file_with_a_field_only_ours_have_must_have_all_of_them_right(
    add: Add, store: Store
) -> None:
    (receipt,) = add(
        "a.md", "---\ntitle: 测试\ndecided_on: 2099-01-01\nsidebar: auto\n---\n甲公司。"
    )

    assert str(receipt.error) == "未知字段 sidebar。可用字段见 corpus/README.md"
    assert store.counts()["document"] == 0
