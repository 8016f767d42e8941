"""What is held against other readers: that a character which is missing is found to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.certificate import office, pdf, word
from tests.certificate.__main__ import detail, table
from tests.certificate.rows import row
from tests.conftest import SAMPLES
from tests.hostile.goodfiles import docx, paragraph, word_xml
from tests.ingest.pdffiles import LEFT, SIZE, TOP, made


def test_every_character_of_a_word_file_is_in_the_text_or_in_the_account(
    tmp_path: Path,
) -> None:
    hidden = "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏的字</w:t></w:r></w:p>"
    (tmp_path / "a.docx").write_bytes(docx(word_xml(paragraph("看得见的字") + hidden)))

    one = row(tmp_path / "a.docx")

    assert (one.refused, one.characters, one.others, one.absent, one.missing) == (
        "",
        5,
        9,
        4,
        0,
    )


def test_a_character_without_an_account_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = docx(word_xml(paragraph("看得见的字")))
    read = word.read
    monkeypatch.setattr(word, "read", lambda package: (["看见的字"], read(package)[1]))

    absent, unexplained = word.missing(data)

    assert (dict(absent), unexplained) == ({"得": 1}, 1)


def test_what_two_readers_of_a_pdf_find_and_ours_leaves_out_for_a_reason_is_explained() -> (
    None
):
    data = made([(LEFT, TOP, SIZE, "甲公司"), (300.0, 30.0, SIZE, "7")])

    assert pdf.found_by(pdf.by_pdfium, data) == pdf.bag("甲公司7")
    assert pdf.found_by(pdf.left_out, data) == pdf.bag("7")
    assert pdf.found_by(pdf.by_pdfium, b"no pdf") is None


def test_the_table_sums_by_folder_and_format_and_names_what_was_refused(
    tmp_path: Path,
) -> None:
    source = tmp_path / "测试来源"
    source.mkdir()
    for name in ("decision.pdf", "encrypted.pdf", "note.docx"):
        (source / name).write_bytes((SAMPLES / name).read_bytes())
    found = [row(path) for path in sorted(source.iterdir())]

    lines = list(table(found, tmp_path))

    assert [line.split(" | ")[:5] for line in lines[2:5]] == [
        ["| 测试来源", "PDF", "2", "1", "1"],
        ["| 测试来源", "DOCX", "1", "1", "0"],
        ["| 合计", "| 3", "2", "1", "0"],
    ]
    assert lines[5:] == ["", "- 拒绝 1:PDF 已加密"]
    assert list(detail(found, tmp_path)) == [
        "测试来源/encrypted.pdf\t拒绝\tPDF 已加密\t另一读取器 None 字"
    ]


def test_files_made_of_a_text_are_held_against_it_by_characters_paragraphs_and_fields(
    tmp_path: Path,
) -> None:
    text, same, other = tmp_path / "a.txt", tmp_path / "a.docx", tmp_path / "b.docx"
    text.write_text("民事判决书\n（2099）测01民初1号\n甲公司。", "utf-8")
    lines = ["民事判决书", "（2099）测01民初1号", "甲公司。"]
    same.write_bytes(docx(word_xml("".join(map(paragraph, lines)))))
    other.write_bytes(
        docx(
            word_xml(
                "".join(map(paragraph, [lines[0], "（2099）测01民初2号乙", "甲公司。"]))
            )
        )
    )

    assert office.compare(text, same) == office.Compared(
        name="a.docx", are_equal=True, paragraphs=3, of_text=3
    )
    found = office.compare(text, other)
    assert (found.are_equal, found.lost, found.gained, found.has_paragraphs) == (
        False,
        1,
        2,
        True,
    )
    assert "case_numbers" in found.fields


def test_without_texts_nothing_is_converted_and_this_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert office.main([str(tmp_path)]) == 2
    assert "没有文本" in capsys.readouterr().err
