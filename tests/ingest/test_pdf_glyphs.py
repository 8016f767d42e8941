"""Glyphs of a PDF into lines: printed twice, in columns, turned, without a character."""

from __future__ import annotations

import pytest

from ingest.plausible import is_plausible
from tests.ingest.pdffiles import (
    FULL,
    PITCH,
    TOP,
    coded,
    made,
    read,
    refusal,
    set_rows,
    show,
    show_letters,
    told,
)


@pytest.mark.parametrize("times", [2, 4])
def test_glyphs_printed_over_their_like_are_taken_once(times: int) -> None:
    rows = set_rows("民事判决书", "（2099）测民初11号", "人人知晓，一一列明。")
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
        for pair in zip(
            set_rows(*left, left=60), set_rows(*right, left=330), strict=True
        )
        for shown in pair
    ]

    assert read(made([(200.0, 770.0, 16.0, "测试文本的题目横跨两栏"), *rows])) == (
        "测试文本的题目横跨两栏\n" + "".join(left) + "".join(right)
    )


def test_a_line_of_the_edge_above_columns_stays_out_of_their_sentences() -> None:
    rows = [
        *set_rows(*[FULL[:15]] * 6, left=60),
        *set_rows(*[FULL[:15]] * 5, FULL[:4], left=330),
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
    rows = set_rows("　　" + FULL[:28], FULL, FULL, FULL[:5] + "。")

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
        + b"".join(
            show(*shown) for shown in set_rows(FULL, FULL, FULL, FULL[:9] + "。")
        )
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


def test_halves_of_a_character_are_joined_and_one_alone_is_marked_and_told() -> None:
    han = [f"{ord(char):04x}" for char in "甲公司与乙公司签订"]

    assert (
        read(made(show_letters(10), more=coded(*han, "d840dc0b")))
        == "甲公司与乙公司签订\U0002000b"
    )
    assert (
        read(made(show_letters(10), more=coded(*han, "d800")))
        == "甲公司与乙公司签订\ufffd"
    )
    assert told(made(show_letters(10), more=coded(*han, "d800"))) == [
        "第 1 页有读不出的字,以 � 代替"
    ]


@pytest.mark.parametrize("times", [1, 3])
def test_a_sign_that_stands_for_two_like_letters_is_read_as_both(times: int) -> None:
    letters = (
        [f"{ord(char):04x}" for char in "di"]
        + ["00660066"]
        + [f"{ord(char):04x}" for char in "erent words"]
    )
    data = made((show_letters(len(letters)) + b"\n") * times, more=coded(*letters))

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
        show_letters(len(gibberish)),
        more=coded(*(f"{ord(char):04x}" for char in gibberish)),
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
