"""Lines of a PDF into paragraphs, without what the paper says and not the text."""

from __future__ import annotations

import pytest

from ingest.cleaning import clean
from ingest.parsers import parse
from kb.records import Page
from tests.ingest.pdffiles import (
    FULL,
    LEFT,
    PITCH,
    SIZE,
    TOP,
    made,
    read,
    set_foot,
    set_rows,
    told,
)


def test_lines_of_the_paper_become_paragraphs_by_margin_and_indent() -> None:
    rows = set_rows(
        "　　" + FULL[:28], FULL, FULL[:12] + "。", "　　" + FULL[:28], FULL[:9]
    )

    assert (
        read(made(rows)) == FULL[:28] + FULL + FULL[:12] + "。\n" + FULL[:28] + FULL[:9]
    )


def test_a_line_wider_than_the_others_for_its_digits_does_not_keep_them_apart() -> None:
    wide = FULL[:26] + "1234567890123"
    rows = set_rows("　　" + FULL[:28], FULL, wide, FULL, FULL, FULL[:5] + "。")

    assert read(made(rows)) == FULL[:28] + FULL + wide + FULL + FULL + FULL[:5] + "。"


def test_a_bracket_that_did_not_fit_is_brought_back_to_its_sentence() -> None:
    rest = "（2099）测民初1号一案" + FULL[:19]
    rows = set_rows("　　" + FULL[:28], FULL, FULL[:26], rest, FULL, FULL, FULL[:3])

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
    rows = set_rows(FULL, "第一款所称的技术信息。", top=TOP - 4 * PITCH)

    assert (
        read(made([*hanging, *rows]))
        == (FULL + "，") * 4 + FULL + "第一款所称的技术信息。"
    )


def test_where_paragraphs_have_no_indent_a_number_after_a_sentence_begins_one() -> None:
    assert (
        read(made(set_rows(FULL[:28] + "。”", "二、甲公司赔偿。")))
        == FULL[:28] + "。”\n二、甲公司赔偿。"
    )
    assert (
        read(made(set_rows(FULL[:29] + "：", "二、甲公司赔偿。")))
        == FULL[:29] + "：\n二、甲公司赔偿。"
    )
    assert (
        read(made(set_rows(FULL[:29] + "：", "甲公司赔偿。")))
        == FULL[:29] + "：甲公司赔偿。"
    )


def test_a_number_set_wide_did_not_fit_onto_the_line_before() -> None:
    digits = [
        (LEFT + 8.7 * place, TOP - 2 * PITCH, SIZE, digit)
        for place, digit in enumerate("2099302056355")
    ]
    rest = (LEFT + 8.7 * 13, TOP - 2 * PITCH, SIZE, FULL[:21])

    assert (
        read(made([*set_rows(FULL, FULL[:22]), *digits, rest]))
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
            *set_rows("　　" + FULL[:28], FULL, FULL, FULL),
            (290.0, base, 10.0, number.format(1)),
        ],
        [
            *set_rows(FULL, FULL, FULL, FULL[:8] + "。"),
            (290.0, base, 10.0, number.format(2)),
        ],
        [
            *set_rows("　　" + FULL[:28], FULL[:9] + "。"),
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
        made(
            [*set_rows(FULL, FULL), set_foot("1")],
            [*set_rows(FULL[:5] + "。"), set_foot("2")],
        ),
    )
    cleaned = clean(
        [Page(number, text) for number, text in enumerate(found.pages or [], 1)]
    )

    assert (cleaned.text, cleaned.page_starts) == (
        FULL + FULL + FULL[:5] + "。",
        (0, 60),
    )


def test_numbers_of_the_text_stay_where_they_end_or_begin_a_page() -> None:
    first = set_rows(FULL, FULL, "三项合计为", "99999")
    second = set_rows("2099", FULL, FULL[:4])

    assert (
        read(made(first, second))
        == FULL + FULL + "三项合计为\n99999\n2099\n" + FULL + FULL[:4]
    )


def test_a_running_head_is_no_text_and_is_told() -> None:
    heads = [(220.0, 770.0, 9.0, f"测试公报 第9期 {number}") for number in (7, 8, 9)]
    pages = [[head, *set_rows(FULL, FULL, FULL, top=730)] for head in heads]

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
        read(made([*edge, *set_rows(FULL, FULL, FULL, FULL[:5] + "。")]))
        == FULL * 3 + FULL[:5] + "。"
    )


def test_a_year_alone_at_the_end_of_a_page_is_text() -> None:
    assert (
        read(made([*set_rows(FULL, FULL, FULL, FULL), (90, 60, 14, "2099")]))
        == FULL * 4 + "\n2099"
    )


def test_texts_that_begin_alike_keep_their_beginnings() -> None:
    pages = [
        set_rows("测试市测试局", "", FULL, FULL[:9] + "。", top=775) for _ in range(2)
    ]
    others = [
        set_rows(FULL[number:] + FULL[:number], FULL[:9] + "。", top=775)
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
                *set_rows(FULL, FULL),
                (380.0, 400.0, 9.0, stamp),
                *set_rows(FULL[:6] + "。", top=380),
            ]
        )
    ) == (FULL + FULL + "\n" + FULL[:6] + "。")
