from typing import Any

import pytest

from ingest.frontmatter import read_markdown
from ingest.metadata import read_metadata
from kb.errors import InvalidDocument
from kb.records import Amount, Citation, Metadata, Source
from kb.vocabulary import Visibility


def test_every_field_an_editor_writes_arrives_in_the_record() -> None:
    values: dict[str, Any] = {
        "slug": "test-1",
        "kind": "administrative",
        "title": "测试文本:甲公司案",
        "decided_on": "2099-09",
        "regions": ["上海"],
        "earlier_case_numbers": ["（2098）测01民初1号"],
        "amounts": [
            {"type": "罚款", "value": 100000, "currency": "CNY", "text": "10万元"}
        ],
        "sources": [{"name": "测试来源", "grade": "B", "url": "https://example.org/1"}],
        "visibility": "internal",
    }

    assert read_metadata(values, keep_unknown=False) == Metadata(
        slug="test-1",
        kind="administrative",
        title="测试文本:甲公司案",
        decided_on="2099-09",
        regions=("上海",),
        earlier_case_numbers=("（2098）测01民初1号",),
        amounts=(Amount("罚款", 100000.0, "CNY", "10万元"),),
        sources=(Source("测试来源", "B", "https://example.org/1"),),
        visibility=Visibility.INTERNAL,
    )


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("kind", "novel", "字段 kind 不在可用值之列"),
        ("decided_on", "2024-13", "不是存在的日期"),
        ("decided_on", "二〇二四年", "应为 ISO 日期"),
        ("regions", ["火星"], "字段 regions 不在可用值之列"),
        (
            "amounts",
            [{"type": "罚款", "value": "十万", "currency": "CNY"}],
            "amounts.value",
        ),
        (
            "amounts",
            [{"type": "罚款", "value": -1, "currency": "CNY"}],
            "amounts.value",
        ),
        (
            "amounts",
            [{"type": "罚款", "value": float("nan"), "currency": "CNY"}],
            "amounts.value",
        ),
        (
            "amounts",
            [{"type": "罚款", "value": float("inf"), "currency": "CNY"}],
            "amounts.value",
        ),
        (
            "amounts",
            [{"type": "罚款", "value": 10**400, "currency": "CNY"}],
            "amounts.value",
        ),
        (
            "amounts",
            [{"type": "罚款", "value": 1.1e15, "currency": "CNY"}],
            "amounts.value",
        ),
        ("guiding_case", int("9" * 4000), "guiding_case"),
        ("sources", [{"name": "x", "grade": "D"}], "sources.grade"),
        (
            "sources",
            [{"name": "x", "grade": "A", "url": "javascript:alert(1)"}],
            "sources.url",
        ),
        ("provisions", [{"article": "9", "provision": "x"}], "provisions.article"),
        (
            "provisions",
            [{"article": "第一条", "provision": "x", "version_rule": "foreign_case"}],
            "字段 provisions.version_rule 应为 administrative、civil、criminal 之一,现为「foreign_case」",
        ),
        ("slug", "a/b", "标识"),
        ("visibility", "secret", "visibility"),
        ("guiding_case", "三", "guiding_case"),
        ("title", ["x"], "title"),
        ("title", "长" * 501, "字段 title 应不超过 500 字"),
    ],
)
def test_a_field_that_breaks_a_rule_is_named(
    field: str, value: object, message: str
) -> None:
    with pytest.raises(InvalidDocument, match=message):
        read_metadata({"title": "测试", field: value}, keep_unknown=False)


def test_a_misspelt_field_of_a_corpus_file_is_an_error_and_of_a_jsonl_line_is_kept() -> (
    None
):
    with pytest.raises(InvalidDocument, match="未知字段 titel"):
        read_metadata({"title": "测试", "titel": "x"}, keep_unknown=False)

    assert read_metadata(
        {"title": "测试", "charges": ["x"]}, keep_unknown=True
    ).extra == {"charges": ["x"]}


def test_a_document_without_title_is_refused() -> None:
    with pytest.raises(InvalidDocument, match="title"):
        read_metadata({"slug": "x"}, keep_unknown=True)


def test_a_corpus_file_comes_apart_into_fields_text_headings_and_links() -> None:
    found = read_markdown(
        "---\ntitle: 测试\ndecided_on: 2024-05-01\n---\n## 案情\n见[[case-a|甲案]]与[[case-b]]。\n- 一项\n"
    )

    assert found.values == {"title": "测试", "decided_on": "2024-05-01"}
    assert found.text == "案情\n见甲案与case-b。\n- 一项\n"
    assert found.headings == ((0, "案情"),)
    assert found.links == (
        Citation(start=4, end=6, target="case-a"),
        Citation(start=7, end=13, target="case-b"),
    )


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("title: [", "第 3 行|第 2 行"),
        ("title: a\ntitle: b", "重复"),
        ("a: &x [1]\nb: *x", "别名"),
        ("just words", "字段: 值"),
        ("!!python/object/apply:os.system ['true']", "YAML 写法有误"),
    ],
)
def test_broken_front_matter_is_explained(front: str, message: str) -> None:
    with pytest.raises(InvalidDocument, match=message):
        read_markdown(f"---\n{front}\n---\n正文")


def test_markdown_without_front_matter_takes_its_first_heading_as_title() -> None:
    assert read_markdown("# 测试指引\n正文").values == {"title": "测试指引"}


@pytest.mark.parametrize("written", ["CNY", "RMB", "人民币"])
def test_yuan_are_yuan_however_they_are_called(written: str) -> None:
    values = {
        "title": "测试",
        "kind": "civil",
        "amounts": [{"type": "罚款", "value": 1, "currency": written}],
    }

    assert read_metadata(values, keep_unknown=False).amounts == (
        Amount("罚款", 1.0, "CNY", ""),
    )
