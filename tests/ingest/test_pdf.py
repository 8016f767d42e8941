"""PDF files made here byte by byte, so that every glyph stands where a test says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from ingest.cleaning import clean
from ingest.parsers import parse
from ingest.pipeline import Receipt
from ingest.plausible import is_plausible
from kb.errors import UnreadableFile
from kb.records import Page
from tests.conftest import SAMPLES
from tests.growth import grows_with_length, seconds

Show = tuple[float, float, float, str]  # left, base line, size, text

TOP, PITCH, SIZE, LEFT = 740.0, 22.0, 14.0, 90.0
#: Thirty characters, which is a full line of the paper used here: 90 to 510 of 600 points.
FULL = "甲方与乙方于当日签订保密协议并约定不得向他人披露前述技术信息"
assert len(FULL) == 30


def _pdf(objects: dict[int, bytes], before: bytes = b"", trailer: bytes = b"") -> bytes:
    out = bytearray(before + b"%PDF-1.7\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out) - len(before)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out) - len(before)
    size = max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        known = number in places
        out += b"%010d %05d %s \n" % (
            places.get(number, 0),
            0 if known else 65535,
            b"n" if known else b"f",
        )
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        trailer,
        start,
    )
    return bytes(out)


def _stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def _show(left: float, base: float, size: float, text: str) -> bytes:
    return b"BT /F1 %g Tf %g %g Td <%s> Tj ET\n" % (
        size,
        left,
        base,
        text.encode("utf-16-be").hex().encode(),
    )


def made(
    *pages: Sequence[Show] | bytes,
    catalog: bytes = b"",
    page: bytes = b"",
    more: dict[int, bytes] | None = None,
    encoding: bytes = b"/UniGB-UCS2-H",
    before: bytes = b"",
) -> bytes:
    """Return a PDF of pages, each a list of texts and their places, or the bytes of its content."""
    kids = b" ".join(b"%d 0 R" % (100 + 2 * number) for number in range(len(pages)))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        3: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding %s /DescendantFonts [4 0 R] >>"
        % encoding,
        4: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /DW 1000"
        b" /W [1 95 500] /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        5: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /Ascent 880 /Descent -120 /CapHeight 700"
        b" /StemV 80 /ItalicAngle 0 /FontBBox [0 -120 1000 880] >>",
        6: _stream(
            b"\x80",
            b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray",
        ),
        **(more or {}),
    }
    for number, content in enumerate(pages):
        drawn = (
            content
            if isinstance(content, bytes)
            else b"".join(_show(*shown) for shown in content)
        )
        objects[100 + 2 * number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> /XObject << /I 6 0 R >> >> %s >>"
            % (101 + 2 * number, page)
        )
        objects[101 + 2 * number] = _stream(drawn)
    return _pdf(objects, before)


def _rows(
    *texts: str, top: float = TOP, left: float = LEFT, size: float = SIZE
) -> list[Show]:
    """Return lines below each other; each 　 at the beginning of one indents it by a character."""
    found = []
    for number, text in enumerate(texts):
        bare = text.lstrip("　")
        found.append(
            (left + size * (len(text) - len(bare)), top - PITCH * number, size, bare)
        )
    return [row for row in found if row[3]]


def _foot(text: str) -> Show:
    return (290.0, 40.0, 10.0, text)


def read(data: bytes) -> str:
    return "".join(parse("pdf", data).pages or [])


def told(data: bytes) -> list[str]:
    return parse("pdf", data).warnings


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        parse("pdf", data)
    return str(caught.value)


def test_lines_of_the_paper_become_paragraphs_by_margin_and_indent() -> None:
    rows = _rows(
        "　　" + FULL[:28], FULL, FULL[:12] + "。", "　　" + FULL[:28], FULL[:9]
    )

    assert (
        read(made(rows)) == FULL[:28] + FULL + FULL[:12] + "。\n" + FULL[:28] + FULL[:9]
    )


def test_a_line_wider_than_the_others_for_its_digits_does_not_keep_them_apart() -> None:
    wide = FULL[:26] + "1234567890123"
    rows = _rows("　　" + FULL[:28], FULL, wide, FULL, FULL, FULL[:5] + "。")

    assert read(made(rows)) == FULL[:28] + FULL + wide + FULL + FULL + FULL[:5] + "。"


def test_a_bracket_that_did_not_fit_is_brought_back_to_its_sentence() -> None:
    rest = "（2099）测民初1号一案" + FULL[:19]
    rows = _rows("　　" + FULL[:28], FULL, FULL[:26], rest, FULL, FULL, FULL[:3])

    assert read(made(rows)) == FULL[:28] + FULL + FULL[:26] + rest + FULL * 2 + FULL[:3]


def test_a_line_without_the_stop_that_others_let_hang_in_the_margin_is_full() -> None:
    hanging = [
        one
        for base in (0, 1, 2, 3)
        for one in (
            (LEFT, TOP - PITCH * base, SIZE, FULL[:15]),
            (307.0, TOP - PITCH * base, SIZE, FULL[15:] + "，"),
        )
    ]
    rows = _rows(FULL, "第一款所称的技术信息。", top=TOP - 4 * PITCH)

    assert (
        read(made([*hanging, *rows]))
        == (FULL + "，") * 4 + FULL + "第一款所称的技术信息。"
    )


def test_where_paragraphs_have_no_indent_a_number_after_a_sentence_begins_one() -> None:
    assert (
        read(made(_rows(FULL[:28] + "。”", "二、甲公司赔偿。")))
        == FULL[:28] + "。”\n二、甲公司赔偿。"
    )
    assert (
        read(made(_rows(FULL[:29] + "：", "二、甲公司赔偿。")))
        == FULL[:29] + "：\n二、甲公司赔偿。"
    )
    assert (
        read(made(_rows(FULL[:29] + "：", "甲公司赔偿。")))
        == FULL[:29] + "：甲公司赔偿。"
    )


def test_a_number_set_wide_did_not_fit_onto_the_line_before() -> None:
    digits = [
        (LEFT + 8.7 * place, TOP - 2 * PITCH, SIZE, digit)
        for place, digit in enumerate("2099302056355")
    ]
    rest = (LEFT + 8.7 * 13, TOP - 2 * PITCH, SIZE, FULL[:21])

    assert (
        read(made([*_rows(FULL, FULL[:22]), *digits, rest]))
        == FULL + FULL[:22] + "2099302056355" + FULL[:21]
    )


@pytest.mark.parametrize(
    "number",
    [
        "— {} —",
        "{}",
        "第 {} 页 共 3 页",
        "- {} -",
        "{}/3",
        "第{}页",
        "Page {} of 3",
        "·{}·",
    ],
)
@pytest.mark.parametrize("base", [40.0, 780.0])
def test_a_sentence_goes_on_over_the_end_of_a_page_whatever_number_stands_there(
    number: str, base: float
) -> None:
    pages = [
        [
            *_rows("　　" + FULL[:28], FULL, FULL, FULL),
            (290.0, base, 10.0, number.format(1)),
        ],
        [
            *_rows(FULL, FULL, FULL, FULL[:8] + "。"),
            (290.0, base, 10.0, number.format(2)),
        ],
        [
            *_rows("　　" + FULL[:28], FULL[:9] + "。"),
            (290.0, base, 10.0, number.format(3)),
        ],
    ]

    assert (
        read(made(*pages))
        == FULL[:28] + FULL * 6 + FULL[:8] + "。\n" + FULL[:28] + FULL[:9] + "。"
    )


def test_the_pages_of_a_sentence_that_runs_over_begin_where_the_paper_does() -> None:
    found = parse(
        "pdf",
        made([*_rows(FULL, FULL), _foot("1")], [*_rows(FULL[:5] + "。"), _foot("2")]),
    )
    cleaned = clean(
        [Page(number, text) for number, text in enumerate(found.pages or [], 1)]
    )

    assert (cleaned.text, cleaned.page_starts) == (
        FULL + FULL + FULL[:5] + "。",
        (0, 60),
    )


def test_numbers_of_the_text_stay_where_they_end_or_begin_a_page() -> None:
    first = _rows(FULL, FULL, "三项合计为", "99999")
    second = _rows("2099", FULL, FULL[:4])

    assert (
        read(made(first, second))
        == FULL + FULL + "三项合计为\n99999\n2099\n" + FULL + FULL[:4]
    )


def test_a_running_head_is_no_text_and_is_told() -> None:
    heads = [(220.0, 770.0, 9.0, f"测试公报 第9期 {number}") for number in (7, 8, 9)]
    pages = [[head, *_rows(FULL, FULL, FULL, top=730)] for head in heads]

    assert read(made(*pages)) == FULL * 9
    assert told(made(*pages)) == [
        "页眉页脚没有收入正文:「测试公报 第9期 7」、「测试公报 第9期 8」、「测试公报 第9期 9」"
    ]


def test_what_a_browser_prints_onto_the_edge_is_no_text_even_on_one_page() -> None:
    edge = [
        (30, 780, 8, "2099/1/2 09:30"),
        (30, 20, 8, "https://example.org/a?id=1"),
        (560, 20, 8, "1/1"),
    ]

    assert (
        read(made([*edge, *_rows(FULL, FULL, FULL, FULL[:5] + "。")]))
        == FULL * 3 + FULL[:5] + "。"
    )


def test_a_year_alone_at_the_end_of_a_page_is_text() -> None:
    assert (
        read(made([*_rows(FULL, FULL, FULL, FULL), (90, 60, 14, "2099")]))
        == FULL * 4 + "\n2099"
    )


def test_texts_that_begin_alike_keep_their_beginnings() -> None:
    pages = [
        _rows("测试市测试局", "", FULL, FULL[:9] + "。", top=775) for _ in range(2)
    ]
    others = [
        _rows(FULL[number:] + FULL[:number], FULL[:9] + "。", top=775)
        for number in range(5)
    ]

    assert read(made(*pages, *others)).count("测试市测试局") == 2


@pytest.mark.parametrize(
    "stamp", ["扫描全能王 创建", "由 扫描全能王 扫描创建", "Scanned with CamScanner"]
)
def test_the_stamp_of_a_scanner_is_no_text_wherever_it_stands(stamp: str) -> None:
    assert read(
        made(
            [
                *_rows(FULL, FULL),
                (380.0, 400.0, 9.0, stamp),
                *_rows(FULL[:6] + "。", top=380),
            ]
        )
    ) == (FULL + FULL + "\n" + FULL[:6] + "。")


@pytest.mark.parametrize("times", [2, 4])
def test_glyphs_printed_over_their_like_are_taken_once(times: int) -> None:
    rows = _rows("民事判决书", "（2099）测民初11号", "人人知晓，一一列明。")
    over = [
        (left + 0.3 * n, base, size, text)
        for n in range(times)
        for left, base, size, text in rows
    ]

    assert read(made(over)) == "民事判决书\n（2099）测民初11号\n人人知晓，一一列明。"


def test_each_glyph_printed_over_itself_is_taken_once() -> None:
    glyphs = [
        (90 + 14 * n, TOP, 14.0, char) for n, char in enumerate("二一一一年判决书")
    ]

    assert (
        read(made([glyph for glyph in glyphs for _ in range(3)])) == "二一一一年判决书"
    )


def test_like_letters_side_by_side_are_two_however_small_they_are_beside_the_rest() -> (
    None
):
    small = b"BT /F1 6 Tf 90 600 Td (Still well) Tj ET\n"
    font = {3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"}
    large = b"BT /F1 30 Tf 90 700 Td (Abcdefghijkmnop) Tj ET\n"

    assert read(made(large + small, more=font)).endswith("Still well")


def test_a_title_spaced_by_places_is_one_word_and_cells_are_apart() -> None:
    title = [(150 + 35 * n, TOP, 14.0, char) for n, char in enumerate("民事判决书")]
    row = [(90.0, 600.0, 14.0, "罚款"), (300.0, 600.0, 14.0, "99999元")]

    assert read(made([*title, *row])) == "民事判决书\n罚款\t99999元"


def test_two_columns_are_read_one_after_the_other_however_they_were_drawn() -> None:
    left = ["左栏第" + digit + "行" + FULL[:11] for digit in "一二三四五六"]
    right = ["右栏第" + digit + "行" + FULL[:11] for digit in "一二三四五六"]
    rows = [
        shown
        for pair in zip(_rows(*left, left=60), _rows(*right, left=330), strict=True)
        for shown in pair
    ]

    assert read(made([(200.0, 770.0, 16.0, "测试文本的题目横跨两栏"), *rows])) == (
        "测试文本的题目横跨两栏\n" + "".join(left) + "".join(right)
    )


def test_a_line_of_the_edge_above_columns_stays_out_of_their_sentences() -> None:
    rows = [
        *_rows(*[FULL[:15]] * 6, left=60),
        *_rows(*[FULL[:15]] * 5, FULL[:4], left=330),
    ]

    assert (
        read(made([(400, TOP + 24, 8, "测试标题"), *rows]))
        == "测试标题\n" + FULL[:15] * 11 + FULL[:4]
    )


def test_lines_side_by_side_that_are_no_clear_columns_are_told() -> None:
    lengths = (14, 8, 9, 8, 8, 8, 9, 8, 8, 8)
    rows = [
        shown
        for n, length in enumerate(lengths)
        for shown in (
            (60.0, TOP - PITCH * n, 14.0, FULL[:length]),
            (330.0, TOP - PITCH * n, 14.0, FULL[:length]),
        )
    ]

    assert told(made(rows)) == ["第 1 页疑似分栏,文字次序可能有误"]


def test_text_drawn_out_of_order_is_read_in_order() -> None:
    rows = _rows("　　" + FULL[:28], FULL, FULL, FULL[:5] + "。")

    assert read(made(rows[::-1])) == FULL[:28] + FULL + FULL + FULL[:5] + "。"


def test_digits_drawn_after_all_the_rest_stand_in_their_places() -> None:
    assert read(
        made(
            [
                (90, TOP, 14, "赔偿"),
                (154, TOP, 14, "元。"),
                (90, TOP - 22, 14, FULL),
                (118, TOP, 14, "99999"),
            ]
        )
    ) == ("赔偿99999元。\n" + FULL)


@pytest.mark.parametrize(
    "angle", [b"0 1 -1 0 800 0", b"-1 0 0 -1 600 800", b"0 -1 1 0 0 800"]
)
def test_a_page_that_was_turned_is_read_like_any_other(angle: bytes) -> None:
    content = (
        b"q %s cm\n" % angle
        + b"".join(_show(*shown) for shown in _rows(FULL, FULL, FULL, FULL[:9] + "。"))
        + b"Q"
    )

    assert read(made(content)) == FULL * 3 + FULL[:9] + "。"


def test_upright_columns_are_read_down_and_from_the_right() -> None:
    columns = [FULL[:25], FULL[5:], FULL[:25]]
    glyphs = [
        (500 - 24.0 * n, 700 - 14.0 * m, 14.0, char)
        for n, text in enumerate(columns)
        for m, char in enumerate(text)
    ]

    assert read(made(glyphs)) == FULL[:25] + FULL[5:] + FULL[:25]


@pytest.mark.parametrize("name", [b"/GBKp-EUC-H", b"/GBK-EUC-H"])
def test_encodings_named_and_not_embedded_are_read(name: bytes) -> None:
    words = "测试文本：预定义编码，侵犯商业秘密。"
    content = b"BT /F1 14 Tf 90 700 Td <%s> Tj ET" % words.encode("gbk").hex().encode()

    assert read(made(content, encoding=name)) == words


def _coded(*targets: str) -> dict[int, bytes]:
    """Return a font whose bytes from A on stand for these characters, as hexadecimal UTF-16."""
    rows = b"".join(
        b"<%02x> <%s>\n" % (0x41 + n, target.encode())
        for n, target in enumerate(targets)
    )
    mapping = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange\n"
    mapping += b"%d beginbfchar\n%sendbfchar endcmap" % (len(targets), rows)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 20 0 R >>"
    return {3: font, 20: _stream(mapping)}


def _letters(count: int) -> bytes:
    return b"BT /F1 14 Tf 90 700 Td (%s) Tj ET" % bytes(range(0x41, 0x41 + count))


def test_halves_of_a_character_are_joined_and_one_alone_is_marked_and_told() -> None:
    han = [f"{ord(char):04x}" for char in "甲公司与乙公司签订"]

    assert (
        read(made(_letters(10), more=_coded(*han, "d840dc0b")))
        == "甲公司与乙公司签订\U0002000b"
    )
    assert (
        read(made(_letters(10), more=_coded(*han, "d800")))
        == "甲公司与乙公司签订\ufffd"
    )
    assert told(made(_letters(10), more=_coded(*han, "d800"))) == [
        "第 1 页有读不出的字,以 � 代替"
    ]


@pytest.mark.parametrize("times", [1, 3])
def test_a_sign_that_stands_for_two_like_letters_is_read_as_both(times: int) -> None:
    letters = (
        [f"{ord(char):04x}" for char in "di"]
        + ["00660066"]
        + [f"{ord(char):04x}" for char in "erent words"]
    )
    data = made((_letters(len(letters)) + b"\n") * times, more=_coded(*letters))

    assert read(data) == "different words"


@pytest.mark.parametrize(
    "gibberish",
    [
        "\ue001\ue002\ue003\ue004\ue005\ue006\ue007\ue008",
        "뚔뷇쫔샧캪믡뇭쿖",
        "龘靐齉爩鱻麤灪麣鸞鸜",
        "²âÊÔÎÄ±¾ÇÖ·¸ÉÌ",
    ],
)
def test_gibberish_is_refused_and_never_taken_for_text(gibberish: str) -> None:
    data = made(
        _letters(len(gibberish)),
        more=_coded(*(f"{ord(char):04x}" for char in gibberish)),
    )

    assert refusal(data) == (
        "PDF 的文字读出来是乱码(字体没有给出文字编码)。请用原来的软件重新导出,或做文字识别(OCR)后再添加"
    )


@pytest.mark.parametrize(
    "writing",
    [
        "測試文本，營業秘密之侵害與賠償。",
        "영업비밀 침해 판결 부정경쟁방지법",
        "営業秘密の侵害について",
        "Défendeur",
        "罚款99999元",
        "",
        "赟",
    ],
)
def test_writing_of_any_kind_is_plausible(writing: str) -> None:
    assert is_plausible(writing)


def _form(
    value: str, rect: bytes = b"[174 735 400 757]"
) -> dict[str, bytes | dict[int, bytes]]:
    said = value.encode("utf-16-be").hex().encode()
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V <feff%s> /Rect %s /P 100 0 R >>"
        % (said, rect)
    )
    return {
        "catalog": b"/AcroForm << /Fields [30 0 R] /NeedAppearances true >>",
        "page": b"/Annots [30 0 R]",
        "more": {30: field},
    }


def test_the_value_of_a_field_stands_where_it_was_written() -> None:
    data = made(_rows("被举报单位：", "", "举报人甲"), **_form("测试甲公司"))  # type: ignore[arg-type]

    assert read(data) == "被举报单位：测试甲公司\n举报人甲"


def test_the_value_of_a_field_that_is_printed_too_is_taken_once() -> None:
    data = made(_rows("被举报单位：测试甲公司", "", "举报人甲"), **_form("测试甲公司"))  # type: ignore[arg-type]

    assert read(data) == "被举报单位：测试甲公司\n举报人甲"


def test_ticked_boxes_and_free_text_are_read() -> None:
    tick = b"<< /Type /Annot /Subtype /Widget /FT /Btn /T (%s) /V /%s /AS /%s /Rect [%d 738 %d 752] /AP << /N << /Yes 6 0 R >> >> >>"
    said = "另有附件".encode("utf-16-be").hex().encode()
    more = {
        30: tick % (b"a", b"Yes", b"Yes", 104, 118),
        31: tick % (b"b", b"Off", b"Off", 160, 174),
        32: b"<< /Type /Annot /Subtype /FreeText /Contents <feff%s> /DA (/F1 12 Tf) /Rect [90 600 200 618] >>"
        % said,
    }
    data = made(
        [(90, TOP, 14, "是"), (146, TOP, 14, "否")],
        catalog=b"/AcroForm << /Fields [30 0 R 31 0 R] >>",
        page=b"/Annots [30 0 R 31 0 R 32 0 R]",
        more=more,
    )

    assert read(data) == "是☑\t否☐\n另有附件"


def test_text_under_a_black_box_is_told_and_text_on_a_grey_ground_is_not() -> None:
    words = _show(90, TOP, 14, FULL)
    box = b"0 g 85 735 200 20 re f\n"

    assert told(made(words + box)) == ["第 1 页有被遮盖的文字"]
    assert told(made(words + b"q 100 0 0 20 85 735 cm /I Do Q\n")) == [
        "第 1 页有被遮盖的文字"
    ]
    assert told(made(box + b"1 g\n" + words)) == []
    assert told(made(words + b"0 g 85 600 200 20 re f\n")) == []


def test_a_black_box_put_on_as_a_note_is_told() -> None:
    note = b"<< /Type /Annot /Subtype /Square /IC [0 0 0] /C [0 0 0] /Rect [85 735 285 755] >>"

    assert told(made(_rows(FULL), page=b"/Annots [30 0 R]", more={30: note})) == [
        "第 1 页有被遮盖的文字"
    ]


_SCAN = b"q 600 0 0 800 0 0 cm /I Do Q\n"


def test_a_scan_is_refused_though_its_pages_have_numbers_and_stamps() -> None:
    pages = [_SCAN + _show(290, 40, 10, f"— {number} —") for number in (1, 2, 3)]

    assert (
        refusal(made(*pages))
        == "PDF 疑似扫描件(3 页共 9 字)。请先做文字识别(OCR)再添加"
    )
    assert (
        refusal(made(_SCAN))
        == "PDF 没有文字层(扫描件或图片)。请先做文字识别(OCR)再添加"
    )
    stamped = _SCAN + _show(380, 60, 9, "扫描全能王 创建")
    assert (
        refusal(made(stamped))
        == "PDF 疑似扫描件(1 页共 7 字)。请先做文字识别(OCR)再添加"
    )


def test_scans_among_pages_of_text_are_told_and_a_recognised_scan_is_text() -> None:
    words = b"".join(_show(*shown) for shown in _rows(FULL, FULL[:9] + "。"))

    assert told(made(words, _SCAN, words)) == ["第 2 页没有文字(可能是扫描页)"]
    assert read(made(b"3 Tr\n" + words + _SCAN)) == FULL + FULL[:9] + "。"
    assert told(made(b"3 Tr\n" + words + _SCAN)) == []


def test_a_short_note_is_no_scan() -> None:
    assert read(made(_rows("测试文本"))) == "测试文本"


def test_a_locked_file_wants_its_password_and_a_damaged_one_is_damaged() -> None:
    assert (
        refusal((SAMPLES / "encrypted.pdf").read_bytes())
        == "PDF 已加密,需要密码。请解除密码后重试"
    )
    assert (
        refusal((SAMPLES / "truncated.pdf").read_bytes())
        == "PDF 已损坏或不完整,无法读取。请重新下载或导出"
    )


def test_a_file_with_bytes_before_its_head_is_taken_in(
    add: object, tmp_path: Path
) -> None:
    page = _rows("测试甲公司的说明", "", FULL, FULL[:9] + "。")
    taken: list[Receipt] = add(
        "note.pdf", made(page, before=b"HTTP/1.1 200 OK\r\n\r\n")
    )  # type: ignore[operator]
    late: list[Receipt] = add("late.pdf", made(page, before=b"x" * 1024))  # type: ignore[operator]

    assert [receipt.error for receipt in taken] == [None]
    assert "内容却是文本或其他格式" in str(late[0].error)


def test_a_bad_file_stops_no_other(add: object) -> None:
    bad: list[Receipt] = add("bad.pdf", made(_letters(8), more=_coded(*["d800"] * 8)))  # type: ignore[operator]
    good: list[Receipt] = add("good.pdf", made(_rows(FULL)))  # type: ignore[operator]

    assert "乱码" in str(bad[0].error)
    assert good[0].error is None


def test_four_times_the_pages_are_four_times_the_work() -> None:
    rows = _rows(*[FULL] * 30)

    def work(pages: int) -> None:
        data = made(*[[*rows, _foot(str(number))] for number in range(1, pages + 1)])
        assert read(data) == FULL * 30 * pages

    assert grows_with_length(work, 10)


def test_ten_thousand_bits_of_text_on_a_page_are_no_more_than_ten_times_the_work_of_a_thousand() -> (
    None
):
    def work(count: int) -> None:
        parse(
            "pdf",
            made(
                [
                    (10 + (n * 37) % 500, 10 + (n * 53) % 780, 9.0, "甲")
                    for n in range(count)
                ]
            ),
        )

    assert seconds(partial(work, 10_000)) < 30 * seconds(partial(work, 1_000)) + 0.5
