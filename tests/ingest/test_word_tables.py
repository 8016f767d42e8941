"""Tables of a Word file: a line a row, a tab between cells."""

from __future__ import annotations

import pytest

from ingest.word import parse_docx
from tests.ingest.wordfiles import c, docx, p, row, table


def test_tables_have_a_line_a_row_and_a_tab_between_cells() -> None:
    body = p("前") + table(row("甲", "乙"), row("", ""), row("丙", "")) + p("后")

    assert parse_docx(docx(body)).text == "前\n甲\t乙\n丙\t\n后"


def test_paragraphs_of_a_cell_stay_lines_and_its_tabs_are_no_columns() -> None:
    cell = c(p("一、甲") + p("二、乙", "<w:r><w:tab/></w:r>", "丙") + "<w:p/>")

    assert parse_docx(docx(table(row(cell, "右")))).text == "一、甲\n二、乙 丙\t右"


def test_a_table_in_a_cell_stands_in_its_place_on_lines_of_its_own() -> None:
    inner = table(row("内一", "内二"), row("内三", "内四"))
    body = table(row("情形", "幅度"), row("首", c(p("严重") + inner + "<w:p/>"), "末"))

    assert (
        parse_docx(docx(body)).text
        == "情形\t幅度\n首\t\n严重\n内一\t内二\n内三\t内四\n\t末"
    )


def test_merged_cells_are_read_once() -> None:
    body = table(
        row(c("宽", '<w:gridSpan w:val="2"/>'), "右"),
        row(c("高", '<w:vMerge w:val="restart"/>'), "一", "二"),
        row(c("<w:p/>", "<w:vMerge/>"), "三", "四"),
        row(
            c("平", '<w:hMerge w:val="restart"/>'),
            c("<w:p/>", '<w:hMerge w:val="continue"/>'),
            "五",
        ),
    )

    assert parse_docx(docx(body)).text == "宽\t右\n高\t一\t二\n\t三\t四\n平\t\t五"


def test_a_merged_cell_is_found_below_in_a_row_that_begins_further_right() -> None:
    wide, down = '<w:gridSpan w:val="2"/>', "<w:vMerge/>"
    first = row(c("甲", wide), c("乙", '<w:vMerge w:val="restart"/>'))
    second = row(c("看不见", down), props='<w:gridBefore w:val="2"/>')

    assert (
        parse_docx(docx(table(first, second, row(c("丙", down), "丁")))).text
        == "甲\t乙\n丙\t丁"
    )


def test_text_covered_by_a_merged_cell_is_counted() -> None:
    body = table(
        row(c("高", '<w:vMerge w:val="restart"/>'), "一"),
        row(c("看不见", "<w:vMerge/>"), "二"),
    )
    found = parse_docx(docx(body))

    assert (found.text, found.warnings) == (
        "高\t一\n\t二",
        ["被合并的单元格里 3 字未收入(Word 中不显示)"],
    )


@pytest.mark.parametrize(
    "rows",
    [
        row(c("甲", "<w:vMerge/>"), "乙"),
        row(c("", '<w:vMerge w:val="restart"/>'), "")
        + row("", c("甲乙", "<w:vMerge/>")),
        row(c("", '<w:vMerge w:val="restart"/>'), "")
        + row("", "")
        + row(c("甲", "<w:vMerge/>"), "乙"),
        row(c("甲", '<w:hMerge w:val="continue"/>'), "乙"),
    ],
)
def test_a_merge_that_continues_nothing_is_a_cell_like_others(rows: str) -> None:
    assert parse_docx(docx(table(rows))).text.replace("\t", "") == "甲乙"


@pytest.mark.parametrize("span", ["x", "-3", "0", "1000000000000"])
def test_spans_nobody_can_mean_do_not_hide_a_cell(span: str) -> None:
    assert (
        parse_docx(
            docx(table(row(c("甲", f'<w:gridSpan w:val="{span}"/>'), "乙")))
        ).text
        == "甲\t乙"
    )


def test_a_paragraph_in_a_paragraph_breaks_the_line_and_loses_nothing() -> None:
    assert parse_docx(docx(p("甲", p("乙"), "丙") + p("丁"))).text == "甲\n乙\n丙\n丁"


def test_an_inserted_row_is_said() -> None:
    assert parse_docx(docx(table(row("甲", props="<w:ins/>")))).warnings == [
        "含修订痕迹,已按全部接受读取"
    ]


def test_cells_and_rows_outside_a_table_are_read() -> None:
    assert parse_docx(docx(row("甲", "乙") + c("丙"))).text == "甲\n乙\n丙"
