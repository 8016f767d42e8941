"""Numbers Word writes before paragraphs, which stand nowhere in the file."""

from __future__ import annotations

import pytest

from ingest.numerals import numeral
from ingest.word import parse_docx
from tests.ingest.wordfiles import PLACES, docx, level, lists, numbered, p


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
