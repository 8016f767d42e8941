"""What of a Word file is left out: hidden text, headers, comments; and where every character went."""

from __future__ import annotations

import io
import zipfile

import pytest

from ingest.word import parse_docx, read
from ingest.wordparts import Package
from tests.ingest.wordfiles import (
    HIDDEN_STYLES,
    PLACES,
    box,
    c,
    control,
    deleted,
    docx,
    field,
    footnote_mark,
    inserted,
    level,
    lists,
    note,
    p,
    r,
    row,
    table,
)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "properties",
    [
        "<w:vanish/>",
        '<w:vanish w:val="on"/>',
        '<w:rStyle w:val="C"/>',
        '<w:rStyle w:val="D"/>',
    ],
)
def test_hidden_text_is_left_out_and_counted_in_any_place(
    place: str, properties: str
) -> None:
    before, after = PLACES[place]
    found = parse_docx(
        docx(
            before.replace("{}", p("甲", r("看不见的", properties), "乙")),
            styles=HIDDEN_STYLES,
        )
    )

    assert found.text == after.replace("{}", "甲乙")
    assert found.warnings == ["隐藏文字 4 字未收入(Word 中不显示)"]


def test_styles_of_paragraphs_hide_too_and_what_is_said_at_the_text_counts_more() -> (
    None
):
    body = p("甲") + p("看不见", props='<w:pStyle w:val="Q"/>')
    body += p(
        r("乙", '<w:vanish w:val="0"/>'),
        r("丙", '<w:rStyle w:val="C"/>'),
        props='<w:pStyle w:val="P"/><w:rPr><w:vanish w:val="0"/></w:rPr>',
    )
    body += p("丁", props='<w:pStyle w:val="Shown"/>')
    found = parse_docx(docx(body, styles=HIDDEN_STYLES))

    assert (found.text, found.warnings) == (
        "甲\n乙丙\n丁",
        ["隐藏文字 3 字未收入(Word 中不显示)"],
    )


def test_the_usual_style_and_the_defaults_of_a_file_may_hide() -> None:
    usual = '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:rPr><w:vanish/></w:rPr></w:style>'
    defaults = "<w:docDefaults><w:rPrDefault><w:rPr><w:vanish/></w:rPr></w:rPrDefault></w:docDefaults>"
    body = p("看不见") + p(r("看得见", '<w:vanish w:val="0"/>'))

    for styles in (usual, defaults):
        assert parse_docx(docx(body, styles=styles)).text == "看得见"


def test_a_hidden_row_and_a_field_hidden_in_part_are_left_out() -> None:
    begin = '<w:r><w:rPr><w:vanish/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>XE</w:instrText></w:r>'
    end = '<w:r><w:rPr><w:vanish/></w:rPr><w:fldChar w:fldCharType="end"/></w:r>'
    found = parse_docx(
        docx(table(row("甲"), row("看不见", props="<w:hidden/>")) + p(begin, end, "乙"))
    )

    assert (found.text, found.warnings) == (
        "甲\n乙",
        ["隐藏文字 3 字未收入(Word 中不显示)"],
    )


def test_a_heading_with_a_hidden_end_keeps_its_number_and_shares_its_line() -> None:
    properties = '<w:numPr><w:numId w:val="1"/></w:numPr><w:rPr><w:vanish/>{}</w:rPr>'
    numbering = lists(level(0, "decimal", "%1."))
    heading, hidden = (
        p("标题。", props=properties.format("<w:specVanish/>")),
        p(r("看不见", "<w:vanish/>"), props=properties.format("")),
    )

    assert (
        parse_docx(docx(hidden + heading + p("正文。"), numbering=numbering)).text
        == "1. 标题。正文。"
    )


def test_headers_and_footers_are_counted_once_and_page_numbers_are_nothing_to_miss() -> (
    None
):
    numbers = ["第 2 页 共 10 页", "- 3 -", "Page 1 of 9", "iv", "第十二页"]
    pages = {
        f"ftr{number}": p(field(" PAGE ", r(text)))
        for number, text in enumerate(numbers, 1)
    }
    found = parse_docx(
        docx(p("正文"), hdr1=p("测试甲公司文件"), hdr2=p("测试甲公司文件"), **pages)
    )

    assert (found.text, found.warnings) == ("正文", ["页眉、页脚 7 字未收入"])


def test_comments_are_left_out_and_counted() -> None:
    found = parse_docx(
        docx(p("正文"), comments=f'<w:comment w:id="1">{p("此处存疑")}</w:comment>')
    )

    assert (found.text, found.warnings) == ("正文", ["批注 4 字未收入"])


EVERYTHING = {
    "body": p(
        "甲",
        deleted("乙"),
        inserted(r("丙")),
        r("丁", "<w:vanish/>"),
        footnote_mark(1),
        field("REF", r("戊")),
    )
    + table(
        row("己", c("庚", '<w:vMerge w:val="restart"/>')),
        row(table(row("辛")), c("壬", "<w:vMerge/>")),
    )
    + p(box(p("癸")), "<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>", control(r("子")))
    + "<w:r><w:t>不在段落里</w:t></w:r>",
    "footnotes": note("footnote", 1, "丑") + note("footnote", 2, "寅"),
    "endnotes": note("endnote", 1, "卯"),
    "hdr": p("辰", r("巳", "<w:vanish/>"), deleted("午")),
    "ftr": p("第 1 页"),
    "comments": f'<w:comment w:id="1">{p("未")}</w:comment>',
}


def test_every_character_of_a_file_is_read_or_left_out_for_a_reason() -> None:
    data = docx(**EVERYTHING)
    lines, account = read(Package(data))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = "".join(
            archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith("word/") and name.endswith(".xml")
        )
    written = "".join(
        part.split("</")[0].rpartition(">")[2]
        for part in content.replace("<w:delText", "<w:t")
        .replace("<m:t", "<w:t")
        .split("<w:t")[1:]
        if part[0] in " >"
    )

    assert account.unread() == 0
    assert account.total == len("".join(written.split()))
    assert account.left == {
        "deleted": 2,
        "hidden": 2,
        "merged": 1,
        "unused": 2,
        "repeated": 4,
        "header": 1,
        "comment": 1,
    }
    assert account.read == sum(
        char in written for char in "甲丙戊己庚辛癸x子不在段落里丑"
    )
    assert all(char in "".join(lines) for char in "甲丙戊己庚辛癸x子不在段落里丑")


def test_what_the_walk_misses_is_said() -> None:
    found = parse_docx(docx(p("甲", props="<w:rPr><w:t>不该在这里</w:t></w:rPr>")))

    assert (found.text, found.warnings) == ("甲", ["另有 5 字没有读出,请对照原件"])
