"""What stands in boxes, drawings and diagrams of a Word file."""

from __future__ import annotations

import pytest

from ingest.word import parse_docx
from tests.ingest.wordfiles import (
    STRICT,
    USUAL,
    box,
    docx,
    named,
    p,
    packed,
    parts_of,
    relations,
)


def test_a_text_box_stands_before_a_paragraph_it_begins_and_after_one_it_stands_in() -> (
    None
):
    body = (
        p(box(p("文号")), "正文。")
        + p("前半句,", box(p("旁注一") + p("旁注二")), "后半句。")
        + p("末段")
    )

    assert (
        parse_docx(docx(body)).text
        == "文号\n正文。\n前半句,后半句。\n旁注一\n旁注二\n末段"
    )
    assert parse_docx(docx(body)).warnings == []


def test_a_text_box_in_a_text_box_is_read_once() -> None:
    assert (
        parse_docx(docx(p(box(p("外", box(p("内"))))) + p("后"))).text == "外\n内\n\n后"
    )


@pytest.mark.parametrize("way", ["wps:txbx", "v:textbox"])
def test_a_text_box_without_another_version_is_read(way: str) -> None:
    shape = f"<w:r><w:pict><{way}><w:txbxContent>{p('独有')}</w:txbxContent></{way}></w:pict></w:r>"

    assert parse_docx(docx(p(shape, "后"))).text == "独有\n后"


def test_of_two_versions_the_one_with_text_is_read() -> None:
    old = f"<v:textbox><w:txbxContent>{p('只在旧版')}</w:txbxContent></v:textbox>"
    both = f'<w:r><mc:AlternateContent><mc:Choice Requires="x"><w:drawing/></mc:Choice><mc:Fallback><w:pict>{old}</w:pict></mc:Fallback></mc:AlternateContent></w:r>'

    assert parse_docx(docx(p(both, "后"))).text == "只在旧版\n后"


def test_another_version_that_says_something_else_is_counted() -> None:
    body = p(box(p("文号甲")), "后").replace("文号甲", "文号乙丙", 1)

    found = parse_docx(docx(body))

    assert (found.text, found.warnings) == (
        "文号乙丙\n后",
        ["图形的备用版本里 3 字与所收的不同,未收入"],
    )


def test_word_art_and_text_of_drawings_are_read() -> None:
    art = '<w:r><w:pict><v:shape><v:textpath string="测试局文件"/></v:shape></w:pict></w:r>'
    drawn = "<w:r><w:drawing><a:txBody><a:p><a:r><a:t>图中</a:t></a:r><a:br/><a:r><a:t>两行</a:t></a:r></a:p></a:txBody></w:drawing></w:r>"

    assert (
        parse_docx(docx(p(art, drawn, "正文"))).text == "测试局文件\n图中\n两行\n正文"
    )


@pytest.mark.parametrize("names", [USUAL, STRICT])
def test_the_text_of_a_diagram_is_read_from_its_own_part_once(
    names: dict[str, str],
) -> None:
    parts = parts_of(
        p("前")
        + p(
            '<w:r><w:drawing><dgm:relIds r:dm="diagramData0"/></w:drawing></w:r>', "后"
        ),
        names,
    )
    parts["word/_rels/document.xml.rels"] = relations(
        {"diagramData": "diagrams/data1.xml"}, names["r"]
    )
    point = "<dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t>"
    loop = '<dgm:relIds r:dm="diagramData0"/>'
    parts["word/diagrams/data1.xml"] = named(
        "x", point.format("受理") + point.format("立案") + loop, names
    )

    found = parse_docx(packed(parts))

    assert (found.text, found.warnings) == ("前\n受理\n立案\n后", [])


def test_charts_and_files_in_the_file_are_said() -> None:
    found = parse_docx(
        docx(
            p("甲", "<w:r><w:drawing><c:chart/></w:drawing></w:r>")
            + "<w:altChunk/><w:subDoc/>"
        )
    )

    assert found.warnings == [
        "1 个图表里的文字未收入",
        "2 处嵌入或链接的其他文档未收入",
    ]
