"""Word files of other standards, of other programs and of people who mean harm."""

from __future__ import annotations

import base64
import random

import pytest

from ingest.numerals import numeral
from ingest.parsers import parse
from ingest.word import parse_docx
from kb.errors import UnreadableFile
from tests.ingest.wordfiles import (
    HIDDEN_STYLES,
    MAIN,
    PACKAGE,
    STRICT,
    USUAL,
    c,
    docx,
    footnote_mark,
    level,
    lists,
    named,
    note,
    numbered,
    p,
    packed,
    parts_of,
    r,
    refusal,
    relations,
    row,
    table,
)


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
