"""Lines and front matters that no store can hold: named, and the others taken in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.pipeline import ingest_file
from kb.store import Store
from tests.conftest import TinyEmbedder
from tests.ingest.test_pipeline import Add, line


def test_one_bad_line_is_named_and_the_other_lines_are_added(
    add: Add, store: Store
) -> None:
    lines = [
        line(id="a"),
        "{broken",
        line(id="b"),
        line(id="c", text=""),
        line(id="d", kind="novel"),
        '{"id": "e", "text": "x"}',
    ]

    receipts = add("many.jsonl", "\n".join(lines))

    assert [(r.line_number, r.created, str(r.error or "")[:12]) for r in receipts] == [
        (1, True, ""),
        (2, False, "不是合法的 JSON"),
        (3, True, ""),
        (4, False, "缺少字段 text(正文"),
        (5, False, "字段 kind 不在可用"),
        (6, False, "缺少字段 title(标"),
    ]
    assert store.counts()["document"] == 2


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("NaN", "NaN 不是可以记下的数"),
        ("-Infinity", "-Infinity 不是可以记下的数"),
        ("1e400", "1e400 不是可以记下的数"),
        ("9" * 5000, "超过 4000 位"),
        ("-" + "9" * 4300, "超过 4000 位"),
        ("[" * 100_000, "不是合法的 JSON"),
        ("[" * 300 + "]" * 300, "嵌套超过 100 层"),
        ('{"a":' * 102 + "1" + "}" * 102, "嵌套超过 100 层"),
    ],
)
def test_what_no_store_can_hold_is_named_and_the_other_lines_are_added(
    add: Add, store: Store, written: str, message: str
) -> None:
    receipts = add(
        "many.jsonl",
        "\n".join(
            [
                line(id="a"),
                line(id="b", n=1).replace(": 1", f": {written}"),
                line(id="c"),
            ]
        ),
    )

    assert [(r.line_number, r.created, message in str(r.error)) for r in receipts] == [
        (1, True, False),
        (2, False, True),
        (3, True, False),
    ]
    assert store.counts()["document"] == 2


@pytest.mark.parametrize(
    "written",
    ["-" + "9" * 3999, "[" * 99 + "]" * 99, '{"a":' * 98 + "[1]" + "}" * 98],
    ids=["digits", "lists", "objects"],
)
def test_what_is_just_not_too_much_is_kept_and_read_again(
    add: Add, store: Store, written: str
) -> None:
    (receipt,) = add("a.jsonl", line(n=1).replace(": 1", f": {written}"))

    assert receipt.error is None
    document = store.document("t-1")
    assert document is not None and document.head.metadata.extra == {
        "n": json.loads(written)
    }
    assert store.listing()[1] == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"visibility": ["public"]}, "visibility"),
        ({"visibility": {}}, "visibility"),
        ({"sources": [{"name": "a", "grade": ["A"]}]}, "sources.grade"),
        ({"headings": 1}, "headings"),
        ({"headings": [[-5, "正"]]}, "headings"),
        ({"links": 1}, "links"),
        ({"links": True}, "links"),
        ({"decided_on": "２０２４"}, "decided_on"),
        ({"guiding_case": 12345678901}, "guiding_case 应为不超过九位的正整数"),
    ],
)
def test_a_value_of_a_wrong_kind_names_its_field_and_the_other_lines_are_added(
    add: Add, store: Store, values: dict[str, object], field: str
) -> None:
    receipts = add(
        "a.jsonl", "\n".join([line(id="a"), line(id="b", **values), line(id="c")])
    )

    assert [r.created for r in receipts] == [True, False, True]
    assert f"字段 {field}" in str(receipts[1].error)


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("? [a]\n: b", "第 3 行:YAML 写法有误(字段名称应为文字)"),
        (f"place: 0x{'f' * 5000}", "第 3 行:YAML 写法有误(整数过大)"),
        (f"guiding_case: {'9' * 30}", "第 3 行:YAML 写法有误(整数过大)"),
        (
            f"amounts: [{{type: 罚款, value: {1 << 63}, currency: CNY}}]",
            "第 3 行:YAML 写法有误(整数过大)",
        ),
    ],
)
def test_a_front_matter_no_field_can_hold_names_its_line(
    add: Add, store: Store, front: str, message: str
) -> None:
    (receipt,) = add("a.md", f"---\ntitle: 测试\n{front}\n---\n正文。\n")

    assert message in str(receipt.error)
    assert store.counts()["document"] == 0


@pytest.mark.parametrize(
    "field",
    [
        '"title": "甲\\ud800"',
        '"title": "甲", "parties": ["乙", "\\u0000"]',
        '"title": "甲", "odd\\ud800": 1',
        '"title": "甲\\b乙"',
    ],
)
def test_half_a_character_in_any_field_of_a_line_is_named_and_the_other_lines_are_added(
    field: str, tmp_path: Path, store: Store, embedder: TinyEmbedder
) -> None:
    path = tmp_path / "lines.jsonl"
    bad = '{"id": "two", "text": "图纸。", ' + field + "}"
    good = [
        '{"id": "one", "title": "第一件", "text": "配方。"}',
        '{"id": "three", "title": "第三件", "text": "名单。"}',
    ]
    path.write_text("\n".join([good[0], bad, good[1]]), "utf-8")
    receipts = list(ingest_file(path, store, embedder))

    assert [(r.line_number, r.error is None) for r in receipts] == [
        (1, True),
        (2, False),
        (3, True),
    ]
    assert "字段" in str(receipts[1].error) and "控制字符 U+" in str(receipts[1].error)
    assert store.counts()["document"] == 2


LAW = "經營者不得以盜竊、賄賂、欺詐、脅迫、電子侵入或者其他不正當手段獲取權利人的商業秘密,不得披露、使用或者允許他人使用。"


def test_big5_is_refused_and_not_taken_for_gb18030(add: Add, store: Store) -> None:
    (receipt,) = add("big5.txt", LAW.replace(",", "，").encode("big5"))

    assert "可能是 Big5" in str(receipt.error)
    assert store.counts()["document"] == 0


@pytest.mark.parametrize(
    "text",
    [LAW, "𠀀㐀甲乙丙", "経営者は営業秘密を不正に取得してはならない。", "ａｂｃ①②③"],
)
def test_gb18030_of_any_script_is_read(add: Add, store: Store, text: str) -> None:
    (receipt,) = add("old.txt", text.encode("gb18030"))

    assert receipt.error is None
    document = store.document(receipt.slug or "")
    assert document is not None and document.text == text
