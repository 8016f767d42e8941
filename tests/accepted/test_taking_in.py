"""What the walk over random documents found on the way in and out, each as small as it gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.pipeline import Receipt
from kb.__main__ import main
from kb.store import Store
from tests.accepted.conftest import Library


def test_what_stands_in_a_list_stands_on_one_line(
    library: Library, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library(
        {
            "title": "测试\n文本\t甲",
            "authorities": ["甲\r\n局"],
            "case_numbers": ["（2099）测\u202801民终1号"],
        }
    )

    assert main(["--home", str(home), "search", "客户名单"]) == 0
    assert capsys.readouterr().out.count("\n") == 1
    with Store(home) as store:
        head = store.heads([1])[1]
    assert (head.title, head.authority, head.case_number) == (
        "测试 文本 甲",
        "甲 局",
        "（2099）测 01民终1号",
    )


@pytest.mark.parametrize("escape", [r"\0", r"\e", r"\x07"])
def test_a_control_character_behind_an_escape_of_the_front_matter_is_refused(
    add: Callable[..., list[Receipt]], escape: str
) -> None:
    (receipt,) = add("a.md", f'---\ntitle: "测试{escape}文本"\n---\n测试文本\n')

    assert str(receipt.error).startswith("字段 title 含有控制字符 U+00")


def test_a_title_of_a_page_with_a_control_character_is_passed_over(
    add: Callable[..., list[Receipt]],
) -> None:
    (receipt,) = add(
        "a.html", "<html><title>测试&#7;文本</title><body><p>测试正文</p></body></html>"
    )

    assert (receipt.error, receipt.title) == (None, "测试正文")


def test_a_law_without_headings_is_taken_back_with_the_same_parts(
    library: Library, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    articles = "".join(f"第{number}条 测试文本。\n" for number in "一二三四")
    library(f"---\nslug: plain\ntitle: 测试文本\nkind: statute\n---\n{articles}")
    again, path = tmp_path / "again", tmp_path / "all.jsonl"

    main(["--home", str(home), "export", "--output", str(path)])
    main(["--home", str(again), "add", str(path)])

    assert (
        _parts(again)
        == _parts(home)
        == [("article", f"第{number}条") for number in "一二三四"]
    )


def test_an_empty_list_says_no_more_than_none_at_all(
    library: Library, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "测试人民法院\n民事判决书\n（2099）测01民终1号\n测试文本。\n"
    library(
        {"text": text, "case_numbers": [], "authorities": []},
        {"text": f"{text}又一件。"},
    )

    with Store(home) as store:
        heads = store.heads([1, 2])
    assert {(head.case_number, head.authority) for head in heads.values()} == {
        ("（2099）测01民终1号", "测试人民法院")
    }


def _parts(home: Path) -> list[tuple[str, str]]:
    with Store(home) as store:
        document = store.document("plain")
    assert document is not None
    return [(section.role, section.heading) for section in document.sections]
