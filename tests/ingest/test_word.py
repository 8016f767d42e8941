"""A Word file as Word shows it: its text wherever it stands, with all changes accepted."""

from __future__ import annotations

import pytest

from ingest.word import parse_docx
from tests.ingest.wordfiles import (
    PLACES,
    WRAPPED,
    c,
    deleted,
    docx,
    inserted,
    level,
    lists,
    numbered,
    p,
    r,
    row,
    table,
)


@pytest.mark.parametrize("wrap", WRAPPED)
@pytest.mark.parametrize("place", PLACES)
def test_text_in_any_wrapping_is_read_in_any_place(wrap: str, place: str) -> None:
    before, after = PLACES[place]
    found = parse_docx(
        docx(
            before.replace(
                "{}", p("甲公司", wrap.replace("{}", r("2099年") + r("一月")), "离职。")
            )
        )
    )

    assert found.text == after.replace("{}", "甲公司2099年一月离职。")


@pytest.mark.parametrize("place", PLACES)
def test_deleted_and_moved_text_is_out_and_counted_in_any_place(place: str) -> None:
    before, after = PLACES[place]
    moved = "<w:moveFrom><w:r><w:t>从前</w:t></w:r></w:moveFrom>"
    found = parse_docx(
        docx(
            before.replace(
                "{}", p("罚款", deleted("三万元"), inserted(r("五万元")), moved)
            )
        )
    )

    assert found.text == after.replace("{}", "罚款五万元")
    assert found.warnings == ["含修订痕迹,已按全部接受读取,删去的 5 字未收入"]


def test_text_inserted_and_deleted_again_is_out() -> None:
    assert parse_docx(docx(p("甲", inserted(deleted("乙")), "丙"))).text == "甲丙"


def test_insertions_alone_are_said_too() -> None:
    assert parse_docx(docx(p("甲", inserted(r("乙"))))).warnings == [
        "含修订痕迹,已按全部接受读取"
    ]


@pytest.mark.parametrize("mark", ["<w:del/>", "<w:moveFrom/>"])
def test_a_paragraph_whose_end_is_deleted_runs_on_into_the_next(mark: str) -> None:
    first = p("第一句,", props=f"<w:rPr>{mark}</w:rPr>")

    assert (
        parse_docx(docx(first + p("第二句。") + p("第三句。"))).text
        == "第一句,第二句。\n第三句。"
    )


def test_a_deleted_paragraph_leaves_no_line_and_takes_no_number() -> None:
    gone = p(
        deleted("不要"),
        props='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr>',
    )
    found = parse_docx(
        docx(
            numbered("甲") + gone + numbered("乙"),
            numbering=lists(level(0, "decimal", "%1.")),
        )
    )

    assert found.text == "1. 甲\n2. 乙"


def test_the_old_properties_of_a_changed_paragraph_do_not_count() -> None:
    change = '<w:pPrChange><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr></w:pPr></w:pPrChange>'
    run = r("乙", "<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>")

    found = parse_docx(
        docx(
            p("甲", run, props=change) + p("丙"),
            numbering=lists(level(0, "decimal", "%1.")),
        )
    )

    assert (found.text, found.warnings) == ("甲乙\n丙", [])


def test_deleted_rows_and_cells_are_out() -> None:
    body = table(
        row("甲", "乙"),
        row("丙", "丁", props="<w:del/>"),
        row(c("戊"), c("己", "<w:cellDel/>")),
    )
    found = parse_docx(docx(body))

    assert found.text == "甲\t乙\n戊"
    assert found.warnings == ["含修订痕迹,已按全部接受读取,删去的 3 字未收入"]
