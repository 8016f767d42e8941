"""A Word file as Word shows it: every file here is packed by the test itself."""

from __future__ import annotations

import base64
import io
import random
import zipfile
from collections.abc import Mapping

import pytest

from ingest.numerals import numeral
from ingest.parsers import parse
from ingest.word import parse_docx, read
from ingest.wordparts import Package
from kb.errors import UnreadableFile

USUAL = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
}
STRICT = {
    "w": "http://purl.oclc.org/ooxml/wordprocessingml/main",
    "m": "http://purl.oclc.org/ooxml/officeDocument/math",
    "r": "http://purl.oclc.org/ooxml/officeDocument/relationships",
    "a": "http://purl.oclc.org/ooxml/drawingml/main",
    "dgm": "http://purl.oclc.org/ooxml/drawingml/diagram",
    "c": "http://purl.oclc.org/ooxml/drawingml/chart",
}
BOTH = {
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "v": "urn:schemas-microsoft-com:vml",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
}
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)


def named(root: str, inner: str, names: Mapping[str, str] = USUAL) -> str:
    spaces = " ".join(
        f'xmlns:{prefix}="{address}"' for prefix, address in (names | BOTH).items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><w:{root} {spaces}>{inner}</w:{root}>'
    )


def relations(links: Mapping[str, str], base: str) -> str:
    inner = "".join(
        f'<Relationship Id="{kind}{number}" Type="{base}/{kind.rstrip("0123456789")}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links.items())
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def parts_of(
    body: str,
    names: Mapping[str, str] = USUAL,
    main: str = "word/document.xml",
    **others: str,
) -> dict[str, str]:
    """Return the parts of a file; others are named by their root: styles, numbering, footnotes,
    hdr, hdr2.
    """
    kinds = {"hdr": "header", "ftr": "footer"}
    links = {
        kinds.get(root.rstrip("0123456789"), root)
        + root.lstrip("abcdefghijklmnopqrstuvwxyz"): f"{root}.xml"
        for root in others
    }
    folder, _, file = main.rpartition("/")
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/{main}" ContentType="{MAIN}"/></Types>',
        "_rels/.rels": relations({"officeDocument": main}, names["r"]),
        main: named("document", f"<w:body>{body}</w:body>", names),
        f"{folder}/_rels/{file}.rels": relations(links, names["r"]),
        **{
            f"{folder}/{root}.xml": named(root.rstrip("0123456789"), inner, names)
            for root, inner in others.items()
        },
    }


def docx(body: str, names: Mapping[str, str] = USUAL, **others: str) -> bytes:
    return packed(parts_of(body, names, **others))


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        parse_docx(data)
    return str(refused.value)


def p(*inner: str, props: str = "") -> str:
    """Return a paragraph of runs; what begins with < stands in it as it is."""
    properties = f"<w:pPr>{props}</w:pPr>" if props else ""
    return f"<w:p>{properties}{''.join(one if one.startswith('<') else r(one) for one in inner)}</w:p>"


def r(text: str, props: str = "") -> str:
    return f'<w:r>{f"<w:rPr>{props}</w:rPr>" if props else ""}<w:t xml:space="preserve">{text}</w:t></w:r>'


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def row(*cells: str, props: str = "") -> str:
    return f"<w:tr><w:trPr>{props}</w:trPr>{''.join(cell if cell.startswith('<w:tc>') else c(cell) for cell in cells)}</w:tr>"


def c(text: str, props: str = "") -> str:
    return f"<w:tc><w:tcPr>{props}</w:tcPr>{text if text.startswith('<') else p(text)}</w:tc>"


def numbered(text: str, level: int = 0, list_id: int = 1) -> str:
    return p(
        text,
        props=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>',
    )


def level(place: int, format: str, text: str, more: str = "", start: int = 1) -> str:
    return f'<w:lvl w:ilvl="{place}"><w:start w:val="{start}"/><w:numFmt w:val="{format}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def lists(*levels: str, more: str = "") -> str:
    return f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>{more}'


def box(inner: str) -> str:
    """Return a text box as Word writes it: for itself, and once more for older programs."""
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp><wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx></wps:wsp></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:shape><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def field(code: str, result: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{code}</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def deleted(text: str) -> str:
    return f"<w:del><w:r><w:delText>{text}</w:delText></w:r></w:del>"


def inserted(inner: str) -> str:
    return f"<w:ins>{inner}</w:ins>"


def control(inner: str, props: str = "") -> str:
    return (
        f"<w:sdt><w:sdtPr>{props}</w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"
    )


def note(kind: str, name: int, *inner: str) -> str:
    return f'<w:{kind} w:id="{name}">{"".join(one if one.startswith("<w:p") else p(one) for one in inner)}</w:{kind}>'


def footnote_mark(name: int, more: str = "") -> str:
    return f'<w:r><w:footnoteReference w:id="{name}"{more}/></w:r>'


#: Ways to wrap runs, none of which takes them out of the text.
WRAPPED = [
    '<w:smartTag w:element="chsdate"><w:smartTagPr><w:attr w:name="Year"/></w:smartTagPr>{}</w:smartTag>',
    '<w:smartTag w:element="a"><w:smartTag w:element="b">{}</w:smartTag></w:smartTag>',
    '<w:customXml w:element="x">{}</w:customXml>',
    "<w:ins>{}</w:ins>",
    "<w:moveTo>{}</w:moveTo>",
    '<w:hyperlink w:anchor="x">{}</w:hyperlink>',
    '<w:fldSimple w:instr=" DATE ">{}</w:fldSimple>',
    "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>",
    '<w:dir w:val="ltr">{}</w:dir>',
    '<w:bdo w:val="ltr">{}</w:bdo>',
    '<x:unheard xmlns:x="urn:x">{}</x:unheard>',
    field(" REF bm \\h ", "{}"),
]
#: Places of a paragraph in a file -> the text around it.
PLACES = {
    "the body": ("{}", "{}"),
    "a content control": (control("{}"), "{}"),
    "custom markup": ('<w:customXml w:element="x">{}</w:customXml>', "{}"),
    "a cell": (table(row(c("{}"), "乙")), "{}\t乙"),
    "a cell in a content control": (
        table(f"<w:tr>{control(c('{}'))}{c('乙')}</w:tr>"),
        "{}\t乙",
    ),
    "a row in a content control": (table(control(row(c("{}"), "乙"))), "{}\t乙"),
    "a heading row": (table(row(c("{}"), "乙", props="<w:tblHeader/>")), "{}\t乙"),
    "a table in a cell": (table(row(c(table(row(c("{}"))) + "<w:p/>"))), "{}"),
    "a text box": (p(box("{}")), "{}\n"),
    "a text box in a cell": (table(row(c(p(box("{}"))))), "{}"),
}


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


def test_numbers_of_lists_are_written_out_by_their_level() -> None:
    numbering = lists(
        level(0, "chineseCountingThousand", "第%1条", '<w:suff w:val="space"/>'),
        level(1, "chineseCounting", "（%2）"),
        level(2, "decimal", "%3."),
    )
    body = (
        numbered("甲")
        + numbered("乙", 1)
        + numbered("丙", 1)
        + numbered("丁", 2)
        + numbered("戊")
        + numbered("己", 1)
    )

    assert (
        parse_docx(docx(body, numbering=numbering)).text
        == "第一条 甲\n（一）乙\n（二）丙\n1. 丁\n第二条 戊\n（一）己"
    )


@pytest.mark.parametrize("place", PLACES)
def test_numbers_are_written_in_any_place(place: str) -> None:
    before, after = PLACES[place]
    data = docx(
        before.replace("{}", numbered("甲")),
        numbering=lists(level(0, "decimal", "%1、")),
    )

    assert parse_docx(data).text == after.replace("{}", "1、甲")


@pytest.mark.parametrize(
    ("suffix", "text", "expected"),
    [
        ("tab", "%1.", "1. 甲"),
        ("space", "%1.", "1. 甲"),
        ("nothing", "%1.", "1.甲"),
        ("tab", "（%1）", "（1）甲"),
        ("nothing", "第%1条", "第1条 甲"),
        ("tab", "第%1条 ", "第1条 甲"),
        ("tab", "", "甲"),
        ("tab", " ", "甲"),
    ],
)
def test_what_stands_between_a_number_and_the_text(
    suffix: str, text: str, expected: str
) -> None:
    numbering = lists(level(0, "decimal", text, f'<w:suff w:val="{suffix}"/>'))

    assert parse_docx(docx(numbered("甲"), numbering=numbering)).text == expected


def test_a_deeper_number_shows_the_numbers_above_it_and_a_legal_one_shows_them_in_figures() -> (
    None
):
    numbering = lists(
        level(0, "chineseCounting", "%1、"),
        level(1, "decimal", "%1.%2"),
        level(2, "decimal", "%1.%2.%3", "<w:isLgl/>"),
    )
    body = numbered("甲") + numbered("乙") + numbered("丙", 1) + numbered("丁", 2)

    assert (
        parse_docx(docx(body, numbering=numbering)).text
        == "一、甲\n二、乙\n二.1 丙\n2.1.1 丁"
    )


def test_a_list_begins_where_it_says_and_another_of_the_same_kind_goes_on_or_begins_anew() -> (
    None
):
    use = '<w:num w:numId="{}"><w:abstractNumId w:val="7"/>{}</w:num>'
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="9"/></w:lvlOverride>'
    other = f'<w:lvlOverride w:ilvl="0">{level(0, "upperRoman", "%1)")}</w:lvlOverride>'
    numbering = lists(
        level(0, "decimal", "%1.", start=3),
        more=use.format(2, "") + use.format(3, again) + use.format(4, other),
    )
    body = "".join(numbered("甲", 0, list_id) for list_id in (1, 1, 2, 3, 3, 4))

    assert (
        parse_docx(docx(body, numbering=numbering)).text
        == "3. 甲\n4. 甲\n5. 甲\n9. 甲\n10. 甲\nXI) 甲"
    )


@pytest.mark.parametrize(
    ("restart", "expected"),
    [
        ("", "1 1 1 1"),
        ('<w:lvlRestart w:val="0"/>', "1 2 3 4"),
        ('<w:lvlRestart w:val="1"/>', "1 1 2 3"),
    ],
)
def test_a_level_begins_anew_after_the_levels_it_names(
    restart: str, expected: str
) -> None:
    numbering = lists(
        level(0, "none", ""), level(1, "none", ""), level(2, "decimal", "%3", restart)
    )
    body = "".join(numbered("", place) for place in (0, 2, 0, 2, 1, 2, 1, 2))

    assert (
        " ".join(parse_docx(docx(body + p("末"), numbering=numbering)).text.split())
        == f"{expected} 末"
    )


def test_numbers_come_from_styles_and_those_they_are_based_on() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Child"><w:basedOn w:val="Base"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="Second"><w:basedOn w:val="Base"/><w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="None"><w:basedOn w:val="Base"/><w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>'
    )
    numbering = lists(
        level(0, "chineseCounting", "%1、"),
        level(1, "decimal", "%2)", '<w:pStyle w:val="Second"/>'),
    )
    body = "".join(
        p("甲", props=f'<w:pStyle w:val="{name}"/>')
        for name in ("Base", "Child", "Second", "None", "Missing")
    )
    without = p(
        "甲", props='<w:pStyle w:val="Base"/><w:numPr><w:numId w:val="0"/></w:numPr>'
    )

    assert (
        parse_docx(docx(body + without, numbering=numbering, styles=styles)).text
        == "一、甲\n二、甲\n1) 甲\n甲\n甲\n甲"
    )


def test_a_list_named_at_the_paragraph_is_not_at_the_level_of_its_style() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="S"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    numbering = lists(
        level(0, "decimal", "%1."),
        level(1, "decimal", "%1.%2", '<w:pStyle w:val="S"/>'),
    )
    body = p("甲", props='<w:pStyle w:val="S"/>') + p(
        "乙", props='<w:pStyle w:val="S"/><w:numPr><w:numId w:val="1"/></w:numPr>'
    )

    assert (
        parse_docx(docx(body, numbering=numbering, styles=styles)).text
        == "1.1 甲\n1. 乙"
    )


def test_a_list_may_be_described_by_a_style_of_lists() -> None:
    styles = '<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    linked = '<w:abstractNum w:abstractNumId="8"><w:numStyleLink w:val="L"/></w:abstractNum><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
    data = docx(
        numbered("甲", 0, 2),
        numbering=lists(level(0, "lowerLetter", "%1)"), more=linked),
        styles=styles,
    )

    assert parse_docx(data).text == "a) 甲"


def test_bullets_are_written_as_a_dot_where_their_sign_is_of_no_common_font() -> None:
    numbering = lists(
        level(0, "bullet", "\uf0b7", '<w:rPr><w:rFonts w:ascii="Unheard"/></w:rPr>'),
        level(1, "bullet", "－"),
    )

    picture = lists(
        level(0, "bullet", "", '<w:lvlPicBulletId w:val="0"/>'), level(1, "bullet", "")
    )

    assert (
        parse_docx(docx(numbered("甲") + numbered("乙", 1), numbering=numbering)).text
        == "• 甲\n－ 乙"
    )
    assert (
        parse_docx(docx(numbered("甲") + numbered("乙", 1), numbering=picture)).text
        == "• 甲\n乙"
    )


def test_a_format_of_later_days_is_read_where_it_stands() -> None:
    new = '<mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice><mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>'
    numbering = lists(
        level(0, "decimal", "%1.").replace('<w:numFmt w:val="decimal"/>', new)
    )

    assert parse_docx(docx(numbered("甲"), numbering=numbering)).text == "001. 甲"


def test_an_empty_paragraph_with_a_number_shows_and_counts_it() -> None:
    body = numbered("") + numbered("甲")

    assert (
        parse_docx(docx(body, numbering=lists(level(0, "decimal", "%1.")))).text
        == "1.\n2. 甲"
    )


def test_a_level_below_one_that_was_not_yet_used_shows_its_start() -> None:
    numbering = lists(level(0, "decimal", "%1", start=4), level(1, "decimal", "%1.%2"))

    assert (
        parse_docx(docx(numbered("甲", 1) + numbered("乙"), numbering=numbering)).text
        == "4.1 甲\n4 乙"
    )


def test_a_hidden_number_counts() -> None:
    hidden = "<w:rPr><w:vanish/></w:rPr>"
    numbering = lists(level(0, "decimal", "%1", hidden), level(1, "decimal", "%1.%2"))
    body = numbered("甲") + numbered("乙") + numbered("丙", 1)

    assert parse_docx(docx(body, numbering=numbering)).text == "甲\n乙\n2.1 丙"


def test_numbers_of_a_missing_list_or_level_are_none() -> None:
    body = numbered("甲", 0, 99) + numbered("乙", 8) + numbered("丙", 0, 0)

    assert (
        parse_docx(docx(body, numbering=lists(level(0, "decimal", "%1.")))).text
        == "甲\n乙\n丙"
    )
    assert parse_docx(docx(numbered("甲"))).text == "甲"


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("decimal", "1 2 9 10 11 20 21 99 100 101 110 1010 10001"),
        (
            "chineseCounting",
            "一 二 九 十 十一 二十 二十一 九十九 一〇〇 一〇一 一一〇 一〇一〇 一〇〇〇一",
        ),
        (
            "taiwaneseCounting",
            "一 二 九 十 十一 二十 二十一 九十九 一○○ 一○一 一一○ 一○一○ 一○○○一",
        ),
        (
            "chineseCountingThousand",
            "一 二 九 十 十一 二十 二十一 九十九 一百 一百零一 一百一十 一千零一十 一万零一",
        ),
        (
            "japaneseCounting",
            "一 二 九 十 十一 二十 二十一 九十九 百 百一 百十 千十 一万一",
        ),
        (
            "chineseLegalSimplified",
            "壹 贰 玖 拾 拾壹 贰拾 贰拾壹 玖拾玖 壹佰 壹佰零壹 壹佰壹拾 壹仟零壹拾 壹万零壹",
        ),
        (
            "ideographDigital",
            "一 二 九 一〇 一一 二〇 二一 九九 一〇〇 一〇一 一一〇 一〇一〇 一〇〇〇一",
        ),
        (
            "decimalFullWidth",
            "１ ２ ９ １０ １１ ２０ ２１ ９９ １００ １０１ １１０ １０１０ １０００１",
        ),
        ("decimalEnclosedCircle", "① ② ⑨ ⑩ ⑪ ⑳ 21 99 100 101 110 1010 10001"),
        ("decimalEnclosedCircleChinese", "① ② ⑨ ⑩ 11 20 21 99 100 101 110 1010 10001"),
        ("ideographTraditional", "甲 乙 壬 癸 11 20 21 99 100 101 110 1010 10001"),
        (
            "ideographZodiacTraditional",
            "甲子 乙丑 壬申 癸酉 甲戌 癸未 甲申 99 100 101 110 1010 10001",
        ),
        ("lowerLetter", "a b i j k t u uuuu vvvv wwww fffff 1010 10001"),
        ("upperRoman", f"I II IX X XI XX XXI XCIX C CI CX MX {'M' * 10}I"),
        (
            "taiwaneseCountingThousand",
            "一 二 九 十 十一 二十 二十一 九十九 一百 一百零一 一百一十 一千零一十 一萬零一",
        ),
        (
            "ideographLegalTraditional",
            "壹 貳 玖 拾 拾壹 貳拾 貳拾壹 玖拾玖 壹佰 壹佰零壹 壹佰壹拾 壹仟零壹拾 壹萬零壹",
        ),
        (
            "japaneseLegal",
            "壱 弐 九 拾 拾壱 弐拾 弐拾壱 九拾九 壱百 壱百壱 壱百壱拾 壱阡壱拾 壱萬壱",
        ),
        ("upperLetter", "A B I J K T U UUUU VVVV WWWW FFFFF 1010 10001"),
        (
            "numberInDash",
            "- 1 - - 2 - - 9 - - 10 - - 11 - - 20 - - 21 - - 99 - - 100 - - 101 - - 110 - - 1010 - - 10001 -",
        ),
        ("hex", "1 2 9 A B 14 15 63 64 65 6E 3F2 2711"),
        ("decimalZero", "01 02 09 10 11 20 21 99 100 101 110 1010 10001"),
        ("ordinalOfNobody", "1 2 9 10 11 20 21 99 100 101 110 1010 10001"),
    ],
)
def test_numbers_are_written_in_the_ways_of_word(format: str, expected: str) -> None:
    numbers = (1, 2, 9, 10, 11, 20, 21, 99, 100, 101, 110, 1010, 10001)

    assert " ".join(numeral(number, format) for number in numbers) == expected


def test_notes_have_a_mark_in_the_text_and_stand_at_its_end() -> None:
    mark = '<w:r><w:endnoteReference w:id="1"/></w:r>'
    separator = '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    own = "<w:r><w:footnoteRef/></w:r>"
    found = parse_docx(
        docx(
            p("甲", footnote_mark(5), ",乙", mark)
            + table(row(c(p("丙", footnote_mark(2))))),
            footnotes=separator
            + note("footnote", 2, "注丙")
            + note("footnote", 5, p(own, " 注甲一") + p("注甲二")),
            endnotes=note("endnote", 1, "注乙"),
        )
    )

    assert (
        found.text
        == "甲[注1],乙[尾注1]\n丙[注2]\n脚注\n[注1] 注甲一\n注甲二\n[注2] 注丙\n尾注\n[尾注1] 注乙"
    )
    assert found.warnings == []


def test_a_note_with_a_mark_of_its_own_keeps_it_and_takes_no_number() -> None:
    own = footnote_mark(1, ' w:customMarkFollows="1"').replace(
        "</w:r>", "<w:t>*</w:t></w:r>"
    )
    found = parse_docx(
        docx(
            p("甲", own, "乙", footnote_mark(2)),
            footnotes=note("footnote", 1, "*注甲") + note("footnote", 2, "注乙"),
        )
    )

    assert found.text == "甲*乙[注1]\n脚注\n*注甲\n[注1] 注乙"


def test_tables_boxes_controls_fields_and_changes_are_read_in_a_note_too() -> None:
    inner = p(
        control(r("控件")), deleted("删"), field("REF", r("域")), box(p("框"))
    ) + table(row("格一", "格二"))
    found = parse_docx(
        docx(p("甲", footnote_mark(1)), footnotes=note("footnote", 1, inner))
    )

    assert found.text == "甲[注1]\n脚注\n[注1] 控件域\n框\n格一\t格二"


def test_a_note_nobody_refers_to_is_left_out_and_counted() -> None:
    gone = f"<w:del>{footnote_mark(2)}</w:del>"
    found = parse_docx(
        docx(
            p("甲", gone),
            footnotes=note("footnote", 1, "没有引用") + note("footnote", 2, "随之删去"),
        )
    )

    assert found.text == "甲"
    assert found.warnings == [
        "含修订痕迹,已按全部接受读取",
        "没有被引用的脚注、尾注 8 字未收入(Word 中不显示)",
    ]


def test_a_mark_without_its_note_stays_a_mark() -> None:
    assert parse_docx(docx(p("甲", footnote_mark(9)))).text == "甲[注1]"


def test_fields_show_their_result_and_not_their_code() -> None:
    inner = field(" PAGEREF x ", r("3"))
    nested = field(" TOC \\o ", r("第一章 ") + inner)
    condition = field(
        " IF "
        + "</w:instrText></w:r>"
        + field("REF y", r("看不见"))
        + "<w:r><w:instrText>",
        r("看得见"),
    )
    found = parse_docx(docx(p(nested) + p(condition)))

    assert (found.text, found.warnings) == (
        "第一章 3\n看得见",
        ["域代码里 3 字未收入(Word 中不显示)"],
    )


def test_a_field_over_paragraphs_is_read_and_one_without_end_hides_nothing() -> None:
    begin, middle = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'

    assert (
        parse_docx(docx(p(begin, middle, "一") + p("二") + p("三", end) + p("四"))).text
        == "一\n二\n三\n四"
    )
    assert parse_docx(docx(p("一", begin) + p("二"))).text == "一\n二"
    assert parse_docx(docx(p("一", end, middle) + p("二"))).text == "一\n二"
    assert (
        parse_docx(docx(p(begin, "一", f"<w:del>{end}</w:del>") + p("二"))).text
        == "一\n二"
    )


def test_formulas_in_fields_are_read_from_their_code() -> None:
    begin, end = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
    )

    def shown(code: str) -> str:
        return parse_docx(
            docx(
                p(
                    "甲",
                    f"{begin}<w:r><w:instrText>{code}</w:instrText></w:r>{end}",
                    "乙",
                )
            )
        ).text

    assert shown("eq \\o\\ac(○,3)") == "甲③乙"
    assert shown("EQ \\F(利润,成本+税)") == "甲利润/(成本+税)乙"
    assert (
        shown('EQ \\* jc2 \\* "Font:某体" \\* hps10 \\o\\ad(\\s\\up 9(mi),秘)')
        == "甲秘乙"
    )
    assert shown("EQ\\r(3,x)") == "甲3√x乙"
    assert shown(" PAGE ") == "甲乙"


def test_forms_show_their_boxes_and_choices() -> None:
    def form(data: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar></w:r><w:r><w:instrText>FORM</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'

    ticked, empty = (
        form('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>'),
        form("<w:checkBox/>"),
    )
    chosen = form(
        '<w:ddList><w:result w:val="1"/><w:listEntry w:val="甲"/><w:listEntry w:val="乙"/></w:ddList>'
    )

    assert parse_docx(docx(p(ticked, "是", empty, "否", chosen))).text == "☒是☐否乙"


def test_boxes_to_tick_are_shown_however_they_are_made() -> None:
    def signed(font: str, char: str) -> str:
        return f'<w:r><w:sym w:font="{font}" w:char="{char}"/></w:r>'

    checked = '<w14:checkbox><w14:checked w14:val="{}"/></w14:checkbox>'
    controls = control(r("☒"), checked.format(1)) + control(
        signed("Wingdings", "F0A8"), checked.format(0)
    )
    bare = (
        control("", checked.format(1))
        + control("<w:r/>", checked.format(0))
        + control("", "<w14:checkbox/>")
        + control("", "<w14:checkbox><w14:checked/></w14:checkbox>")
    )
    signs = (
        signed("Wingdings", "F0FE")
        + signed("Wingdings 2", "00A3")
        + signed("Wingdings 2", "F052")
    )
    written = r("£", '<w:rFonts w:ascii="Wingdings 2"/>') + r(
        "\uf0fe", '<w:rFonts w:hAnsi="Wingdings"/>'
    )

    assert (
        parse_docx(docx(p(controls, bare, signs, written, "￡£"))).text
        == "☒☐☒☐☐☒☒☐☒☐☒￡£"
    )


def test_signs_of_fonts_are_read_where_known_and_counted_where_not() -> None:
    signs = [
        ("Symbol", "F061"),
        ("Symbol", "00B4"),
        ("某宋体", "25A1"),
        ("Wingdings", "F0E0"),
        ("Wingdings 3", "F07D"),
    ]
    odd = [
        ("某宋体", "0007"),
        ("某宋体", "D800"),
        ("某宋体", "x"),
        ("某宋体", "FFFFFFFF"),
        ("某宋体", ""),
    ]
    found = parse_docx(
        docx(
            p(
                "甲",
                "<w:r>"
                + "".join(
                    f'<w:sym w:font="{font}" w:char="{char}"/>'
                    for font, char in signs + odd
                )
                + "</w:r>",
            )
        )
    )

    assert (found.text, found.warnings) == ("甲α×□→", ["6 个符号不认识,未收入"])


def test_formulas_are_written_on_a_line() -> None:
    def math(text: str) -> str:
        return f"<m:r><m:t>{text}</m:t></m:r>"

    def shown(formula: str) -> str:
        return parse_docx(docx(p(f"<m:oMath>{formula}</m:oMath>"))).text

    fraction = f"<m:f><m:num>{math('a+b')}</m:num><m:den>{math('2')}</m:den></m:f>"
    power = f"<m:sSup><m:e>{math('x')}</m:e><m:sup>{math('n+1')}</m:sup></m:sSup>"
    index = f"<m:sSub><m:e>{math('P')}</m:e><m:sub>{math('1')}</m:sub></m:sSub>"
    brackets = f"<m:d><m:e>{math('Q-R')}</m:e></m:d>"
    square = f'<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/><m:sepChr m:val=";"/></m:dPr><m:e>{math("u")}</m:e><m:e>{math("v")}</m:e></m:d>'
    root = f"<m:rad><m:deg/><m:e>{math('x+y')}</m:e></m:rad><m:rad><m:deg>{math('3')}</m:deg><m:e>{math('z')}</m:e></m:rad>"
    total = f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{math("i=1")}</m:sub><m:sup/><m:e>{math("k")}</m:e></m:nary>'
    ghost = f'<m:phant><m:phantPr><m:show m:val="0"/></m:phantPr><m:e>{math("看不见")}</m:e></m:phant>'
    found = parse_docx(
        docx(
            p(
                "得",
                f"<m:oMathPara><m:oMath>{math('S=')}{fraction}{power}{index}×{brackets}{square}{root}{total}{ghost}</m:oMath></m:oMathPara>",
                "。",
            )
        )
    )

    assert found.text == "得S=(a+b)/2x^(n+1)P_1(Q-R)[u;v]√(x+y)3√z∑_(i=1)k。"
    assert (
        shown(
            f"<m:m><m:mr><m:e>{math('a')}</m:e><m:e>{math('b')}</m:e></m:mr><m:mr><m:e>{math('c')}</m:e></m:mr></m:m>"
        )
        == "a b; c"
    )
    assert (
        shown(f"<m:f><m:num>{math('a')}</m:num><m:den>{math('b+c')}</m:den></m:f>")
        == "a/(b+c)"
    )
    assert (
        shown(f"<m:eqArr><m:e>{math('a')}</m:e><m:e>{math('b')}</m:e></m:eqArr>")
        == "a; b"
    )
    assert (
        shown(
            f"<m:func><m:fName>{math('log')}</m:fName><m:e>{math('x')}</m:e></m:func>"
        )
        == "log x"
    )
    assert (
        shown(
            f"<m:limLow><m:e>{math('max')}</m:e><m:lim>{math('i')}</m:lim></m:limLow>"
        )
        == "max_i"
    )
    assert (
        shown(
            f"<m:nary><m:e>{math('f')}</m:e></m:nary><m:rad><m:e>{math('2')}</m:e></m:rad>"
        )
        == "∫f√2"
    )
    assert found.warnings == ["隐藏文字 3 字未收入(Word 中不显示)"]


def test_the_reading_of_a_character_is_left_out_and_counted() -> None:
    ruby = f"<w:r><w:ruby><w:rubyPr/><w:rt>{r('mi')}</w:rt><w:rubyBase>{r('秘')}</w:rubyBase></w:ruby></w:r>"
    found = parse_docx(docx(p("商业", ruby, "密")))

    assert (found.text, found.warnings) == (
        "商业秘密",
        ["注音 2 字未收入,只收被注音的字"],
    )


def test_signs_that_are_elements() -> None:
    inner = "<w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t><w:cr/><w:t>丁</w:t><w:noBreakHyphen/><w:t>1</w:t><w:softHyphen/><w:t>2</w:t><w:ptab/><w:t>戊</w:t>"
    breaks = '<w:r><w:br w:type="page"/></w:r>'

    assert parse_docx(docx(p(f"<w:r>{inner}</w:r>"))).text == "甲\t乙\n丙\n丁-12\t戊"
    assert (
        parse_docx(docx(p("甲", breaks, "乙", breaks) + p(breaks, "丙"))).text
        == "甲\n乙\n丙"
    )
    assert parse_docx(docx(p("甲\n乙\t丙"))).text == "甲 乙 丙"


HIDDEN_STYLES = (
    '<w:style w:type="paragraph" w:styleId="P"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Q"><w:basedOn w:val="P"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Shown"><w:basedOn w:val="P"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="C"><w:rPr><w:vanish w:val="true"/></w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="D"><w:basedOn w:val="C"/></w:style>'
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


def test_a_strict_file_reads_as_the_usual_one() -> None:
    numbering, styles = lists(level(0, "chineseCounting", "%1、")), HIDDEN_STYLES
    body = numbered("甲") + p(
        r("看不见", '<w:rStyle w:val="C"/>'),
        footnote_mark(1),
        "<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>",
    )
    notes = note("footnote", 1, "注")
    usual = parse_docx(docx(body, numbering=numbering, styles=styles, footnotes=notes))

    assert usual.text == "一、甲\n[注1]x=1\n脚注\n[注1] 注"
    assert (
        parse_docx(
            docx(body, STRICT, numbering=numbering, styles=styles, footnotes=notes)
        )
        == usual
    )


def test_the_address_of_the_strict_standard_in_a_text_stays() -> None:
    text = "见 http://purl.oclc.org/ooxml/wordprocessingml/main"

    assert parse_docx(docx(p(text), STRICT)).text == text


def test_relations_that_lead_nowhere_are_passed_over() -> None:
    parts = parts_of(p("正文"))
    links = {
        "image": "../NULL",
        "styles": "missing.xml",
        "numbering": "NULL",
        "footnotes": "",
        "header": "../../../x.xml",
    }
    parts["word/_rels/document.xml.rels"] = relations(links, USUAL["r"])

    assert parse_docx(packed(parts)).text == "正文"


def test_relations_that_lead_out_of_the_file_are_not_followed() -> None:
    parts = parts_of(p(r("甲", '<w:rStyle w:val="C"/>')), styles=HIDDEN_STYLES)
    assert "没有文字" in refusal(packed(parts))

    links = parts["word/_rels/document.xml.rels"]
    parts["word/_rels/document.xml.rels"] = links.replace(
        "<Relationship ", '<Relationship TargetMode="External" '
    )
    assert parse_docx(packed(parts)).text == "甲"


def test_the_kind_of_the_text_may_be_that_of_all_parts_in_xml() -> None:
    types = f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="XML" ContentType="{MAIN}"/></Types>'

    assert (
        parse_docx(packed(parts_of(p("正文")) | {"[Content_Types].xml": types})).text
        == "正文"
    )


def test_a_file_without_relations_of_its_text_is_read() -> None:
    parts = parts_of(p("正文"))
    del parts["word/_rels/document.xml.rels"]

    assert parse_docx(packed(parts)).text == "正文"


@pytest.mark.parametrize(
    "main", ["word/document2.xml", "word/Document.XML", "content/text.xml"]
)
def test_the_text_may_have_any_name(main: str) -> None:
    assert parse_docx(packed(parts_of(p("正文"), main=main))).text == "正文"


def test_names_of_parts_may_differ_in_case_and_strokes() -> None:
    parts = parts_of(numbered("甲"), numbering=lists(level(0, "decimal", "%1.")))
    odd = {
        name.replace("numbering", "Numbering"): content.replace(
            '"numbering.xml"', '"/word/numbering.xml"'
        )
        for name, content in parts.items()
    }

    assert parse_docx(packed(odd)).text == "1. 甲"


def test_the_title_is_that_of_the_file_and_one_that_is_damaged_or_can_be_none_is_passed_over() -> (
    None
):
    parts = parts_of(p("正文"))
    parts["_rels/.rels"] = relations(
        {"officeDocument": "word/document.xml", "core-properties": "docProps/core.xml"},
        USUAL["r"],
    )
    core = '<x xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title> 测试题名 </dc:title></x>'

    assert parse_docx(packed(parts | {"docProps/core.xml": core})).values == {
        "title": "测试题名"
    }
    assert parse_docx(packed(parts | {"docProps/core.xml": "<x>"})).values == {}
    assert parse_docx(packed(parts)).values == {}
    for none in ("长" * 501, "测试&#x7f;标题"):
        unlike = core.replace(" 测试题名 ", none)
        assert parse_docx(packed(parts | {"docProps/core.xml": unlike})).values == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"word/document.xml": "<w:document"}, "已损坏"),
        ({"word/document.xml": "<html><body>x</body></html>"}, "已损坏"),
        ({"word/document.xml": named("document", "")}, "已损坏"),
        ({"word/styles.xml": "<"}, "已损坏"),
        ({"[Content_Types].xml": "<Types/>"}, "已损坏"),
        ({"_rels/.rels": "<Relationships/>"}, "已损坏"),
        (
            {
                "word/document.xml": named(
                    "document",
                    f"<w:body>{'<w:customXml>' * 3000}{'</w:customXml>' * 3000}</w:body>",
                )
            },
            "嵌套过深",
        ),
        (
            {
                "word/document.xml": named(
                    "document", f"<w:body>{p(r('看不见', '<w:vanish/>'))}</w:body>"
                )
            },
            "没有文字",
        ),
    ],
)
def test_what_word_does_not_open_is_refused_with_words(
    change: dict[str, str], message: str
) -> None:
    with pytest.raises(UnreadableFile, match=message):
        parse_docx(packed(parts_of(p("正文"), styles="") | change))


@pytest.mark.parametrize("levels", [70, 300])
def test_deep_nesting_is_read(levels: int) -> None:
    inner = p("最里面")
    for _ in range(levels):
        inner = table(row(c(inner + "<w:p/>")))

    assert parse_docx(docx(inner)).text == "最里面"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-7"])
def test_a_part_that_may_declare_entities_is_not_read_beyond_the_usual_limits(
    encoding: str,
) -> None:
    parts: dict[str, str | bytes] = dict(parts_of(p("正文")))
    deep = named(
        "document",
        f"<w:body>{'<w:customXml>' * 300}{p('甲')}{'</w:customXml>' * 300}</w:body>",
    )
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-le").upper()}"?><!DOCTYPE x [<!ENTITY e "e">]>'
    parts["word/document.xml"] = (head + deep.split("?>", 1)[1]).encode(encoding)

    with pytest.raises(UnreadableFile, match="已损坏"):
        parse_docx(packed(parts))


def test_a_picture_of_many_megabytes_in_an_attribute_hides_no_text() -> None:
    data = base64.b64encode(random.Random(1).randbytes(8_000_000)).decode()

    assert (
        parse_docx(
            docx(p(f'<w:r><w:pict><v:shape data="{data}"/></w:pict></w:r>', "正文"))
        ).text
        == "正文"
    )


def test_entities_are_not_followed_and_the_text_after_one_is_kept() -> None:
    parts = parts_of(p("前&e;后"))
    head, body = parts["word/document.xml"].split("?>", 1)
    parts["word/document.xml"] = (
        f'{head}?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>{body}'
    )

    assert parse_docx(packed(parts)).text == "前后"


def test_styles_and_lists_that_lead_in_circles_come_to_an_end() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/></w:style>'
        '<w:style w:type="numbering" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>'
    )
    circle = '<w:abstractNum w:abstractNumId="8"><w:numStyleLink w:val="L"/></w:abstractNum><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>'
    body = p("甲", props='<w:pStyle w:val="A"/>') + numbered("乙", 0, 2)

    assert parse_docx(docx(body, styles=styles, numbering=circle)).text == "甲\n乙"


@pytest.mark.parametrize("start", ["x", "-1", "9" * 5000, ""])
@pytest.mark.parametrize(
    "format", ["upperRoman", "upperLetter", "chineseCountingThousand"]
)
def test_numbers_nobody_counts_to_stay_short(start: str, format: str) -> None:
    numbering = lists(
        level(0, format, "%1" * 1000).replace(
            'w:start w:val="1"', f'w:start w:val="{start}"'
        )
    )

    assert len(parse_docx(docx(numbered("甲"), numbering=numbering)).text) < 5000


def test_a_text_beyond_one_document_is_refused_while_it_is_read() -> None:
    with pytest.raises(UnreadableFile, match="超过一件文书的上限"):
        parse_docx(docx(p("甲" * 1_000_001) * 2))


def test_a_file_that_grows_beyond_one_document_is_refused_while_it_is_read() -> None:
    body = numbered("甲") * 20_000
    with pytest.raises(UnreadableFile, match="超过一件文书的上限"):
        parse_docx(docx(body, numbering=lists(level(0, "decimal", "号" * 200))))


def test_a_numbered_law_is_read_with_its_articles() -> None:
    from ingest.sections import find_sections

    numbering = lists(
        level(0, "chineseCountingThousand", "第%1条"),
        level(1, "chineseCounting", "（%2）"),
    )
    body = (
        p("测试办法")
        + "".join(numbered(f"本条写明第{number}件事。") for number in range(1, 13))
        + numbered("其一;", 1)
    )
    text = parse("docx", docx(body, numbering=numbering)).text

    assert [section.heading for section in find_sections(text)][1:] == [
        f"第{numeral(n, 'chineseCountingThousand')}条" for n in range(1, 13)
    ]


def test_a_packing_of_a_version_nobody_knows_is_damage_and_no_error_of_ours() -> None:
    data = docx(p("甲"))
    entry = data.index(b"PK\x01\x02")
    later = data[: entry + 6] + b"\xff\x00" + data[entry + 8 :]

    assert refusal(later) == "文件不完整,不是有效的 Word 文档"
