"""What else a PDF may be: a form, a scan, blackened, locked, damaged, huge."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from ingest.parsers import parse
from ingest.pipeline import Receipt
from tests.conftest import SAMPLES
from tests.growth import grows_with_length, seconds
from tests.ingest.pdffiles import (
    FULL,
    TOP,
    coded,
    form_with,
    made,
    read,
    refusal,
    set_foot,
    set_rows,
    show,
    show_letters,
    told,
)


def test_the_value_of_a_field_stands_where_it_was_written() -> None:
    data = made(set_rows("被举报单位：", "", "举报人甲"), **form_with("测试甲公司"))  # type: ignore[arg-type]

    assert read(data) == "被举报单位：测试甲公司\n举报人甲"


def test_the_value_of_a_field_that_is_printed_too_is_taken_once() -> None:
    data = made(
        set_rows("被举报单位：测试甲公司", "", "举报人甲"), **form_with("测试甲公司")
    )  # type: ignore[arg-type]

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
    words = show(90, TOP, 14, FULL)
    box = b"0 g 85 735 200 20 re f\n"

    assert told(made(words + box)) == ["第 1 页有被遮盖的文字"]
    assert told(made(words + b"q 100 0 0 20 85 735 cm /I Do Q\n")) == [
        "第 1 页有被遮盖的文字"
    ]
    assert told(made(box + b"1 g\n" + words)) == []
    assert told(made(words + b"0 g 85 600 200 20 re f\n")) == []


def test_a_black_box_put_on_as_a_note_is_told() -> None:
    note = b"<< /Type /Annot /Subtype /Square /IC [0 0 0] /C [0 0 0] /Rect [85 735 285 755] >>"

    assert told(made(set_rows(FULL), page=b"/Annots [30 0 R]", more={30: note})) == [
        "第 1 页有被遮盖的文字"
    ]


_SCAN = b"q 600 0 0 800 0 0 cm /I Do Q\n"


def test_a_scan_is_refused_though_its_pages_have_numbers_and_stamps() -> None:
    pages = [_SCAN + show(290, 40, 10, f"— {number} —") for number in (1, 2, 3)]

    assert (
        refusal(made(*pages))
        == "PDF 疑似扫描件(3 页共 9 字)。请先做文字识别(OCR)再添加"
    )
    assert (
        refusal(made(_SCAN))
        == "PDF 没有文字层(扫描件或图片)。请先做文字识别(OCR)再添加"
    )
    stamped = _SCAN + show(380, 60, 9, "扫描全能王 创建")
    assert (
        refusal(made(stamped))
        == "PDF 疑似扫描件(1 页共 7 字)。请先做文字识别(OCR)再添加"
    )


def test_scans_among_pages_of_text_are_told_and_a_recognised_scan_is_text() -> None:
    words = b"".join(show(*shown) for shown in set_rows(FULL, FULL[:9] + "。"))

    assert told(made(words, _SCAN, words)) == ["第 2 页没有文字(可能是扫描页)"]
    assert read(made(b"3 Tr\n" + words + _SCAN)) == FULL + FULL[:9] + "。"
    assert told(made(b"3 Tr\n" + words + _SCAN)) == []


def test_a_short_note_is_no_scan() -> None:
    assert read(made(set_rows("测试文本"))) == "测试文本"


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
    page = set_rows("测试甲公司的说明", "", FULL, FULL[:9] + "。")
    taken: list[Receipt] = add(
        "note.pdf", made(page, before=b"HTTP/1.1 200 OK\r\n\r\n")
    )  # type: ignore[operator]
    late: list[Receipt] = add("late.pdf", made(page, before=b"x" * 1024))  # type: ignore[operator]

    assert [receipt.error for receipt in taken] == [None]
    assert "内容却是文本或其他格式" in str(late[0].error)


def test_a_bad_file_stops_no_other(add: object) -> None:
    bad: list[Receipt] = add(
        "bad.pdf", made(show_letters(8), more=coded(*["d800"] * 8))
    )  # type: ignore[operator]
    good: list[Receipt] = add("good.pdf", made(set_rows(FULL)))  # type: ignore[operator]

    assert "乱码" in str(bad[0].error)
    assert good[0].error is None


def test_four_times_the_pages_are_four_times_the_work() -> None:
    rows = set_rows(*[FULL] * 30)

    def work(pages: int) -> None:
        data = made(*[[*rows, set_foot(str(number))] for number in range(1, pages + 1)])
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
