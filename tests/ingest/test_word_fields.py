"""Notes, fields, forms, signs and formulas of a Word file."""

from __future__ import annotations

from ingest.word import parse_docx
from tests.ingest.wordfiles import (
    box,
    c,
    control,
    deleted,
    docx,
    field,
    footnote_mark,
    note,
    p,
    r,
    row,
    table,
)


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
