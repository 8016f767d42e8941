"""Tables: a row is a document, its cells are fields or text, and nothing else of it is lost or left
lying about.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from ingest.columns import column_of
from ingest.rows import document_of
from ingest.sheets import parse_csv, parse_sheets
from kb.errors import InvalidDocument, UnreadableFile
from tests.cli.here import as_json, kb

COLUMNS = (
    *(
        "序号",
        "行政相对人名称",
        "行政处罚决定书文号",
        "违法行为类型",
        "违法事实",
        "处罚依据",
        "处罚类别",
        "处罚内容",
    ),
    *("罚款金额（万元）", "处罚决定日期", "处罚机关", "联系电话", "备注"),
)
ROW = (
    *(
        "1",
        "甲公司、张某",
        "沪市监测处〔2023〕012023000001号",
        "侵犯商业秘密",
        "张某复制配方,\n交给甲公司。",
    ),
    *(
        "反不正当竞争法（2019）第九条",
        "罚款;责令停止违法行为;警告",
        "责令停止，罚款30万元。",
        "30",
        "2023/5/6",
    ),
    *("测试市场监督管理局", "13800000000", "已履行"),
)
TEXT = """案情
张某复制配方,
交给甲公司。
法律依据
反不正当竞争法（2019）第九条
处理结果
责令停止，罚款30万元。
登记信息
序号：1
行政相对人名称：甲公司、张某
行政处罚决定书文号：沪市监测处〔2023〕012023000001号
违法行为类型：侵犯商业秘密
处罚类别：罚款;责令停止违法行为;警告
罚款金额（万元）：30
处罚决定日期：2023/5/6
处罚机关：测试市场监督管理局
备注：已履行
"""


def as_csv(*rows: tuple[str, ...], separator: str = ",") -> str:
    return "".join(separator.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)


def as_xlsx(far: str = "", **sheets: list[tuple[str, ...]]) -> bytes:
    """Return a workbook of these sheets, every cell a text, numbers as numbers; `far` is where one
    more cell is.
    """
    out = io.BytesIO()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{relations}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        named = "".join(
            f'<sheet name="{n}" sheetId="{i}" r:id="r{i}"/>'
            for i, n in enumerate(sheets, 1)
        )
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>{named}</sheets></workbook>',
        )
        targets = "".join(
            f'<Relationship Id="r{i}" Type="{relations}/worksheet" Target="worksheets/{i}.xml"/>'
            for i in range(1, len(sheets) + 1)
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}">{targets}</Relationships>',
        )
        for number, rows in enumerate(sheets.values(), 1):
            written = "".join(_row(place, row) for place, row in enumerate(rows, 1))
            written += f'<row><c r="{far}"><v>1</v></c></row>' if far else ""
            packed.writestr(
                f"xl/worksheets/{number}.xml",
                f'<worksheet xmlns="{main}"><sheetData>{written}</sheetData></worksheet>',
            )
    return out.getvalue()


def _row(place: int, cells: tuple[str, ...]) -> str:
    return f'<row r="{place}">{"".join(_cell(place, n, cell) for n, cell in enumerate(cells))}</row>'


def _cell(place: int, number: int, cell: str) -> str:
    where = f"{chr(65 + number)}{place}"
    if cell.replace(".", "").isdigit() and len(cell) < 8:
        return f'<c r="{where}"><v>{cell}</v></c>'
    return f'<c r="{where}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'


# -- a row --------------------------------------------------------------------------------


def test_a_row_of_the_published_register_is_a_penalty_with_all_its_fields() -> None:
    made = document_of(list(zip(COLUMNS, ROW, strict=True)))

    assert made.values == {
        "title": "甲公司等侵犯商业秘密案",
        "kind": "administrative",
        "parties": ["甲公司", "张某"],
        "doc_numbers": ["沪市监测处〔2023〕012023000001号"],
        "outcomes": ["罚款", "责令停止违法行为"],
        "amounts": [
            {"type": "罚款", "value": 300000.0, "currency": "CNY", "text": "30万元"}
        ],
        "decided_on": "2023-05-06",
        "authorities": ["测试市场监督管理局"],
    }
    assert made.text == TEXT
    assert [made.text[start:].split("\n")[0] for start, _ in made.headings] == [
        h for _, h in made.headings
    ]
    assert [heading for _, heading in made.headings] == [
        "案情",
        "法律依据",
        "处理结果",
        "登记信息",
    ]


@pytest.mark.parametrize(
    ("column", "cell", "yuan", "text"),
    [
        ("罚款金额（万元）", "30", 300_000, "30万元"),
        ("罚款金额(元)", "30", 30, "30元"),
        ("罚款金额（人民币万元）", "30", 300_000, "30万元"),
        ("罚款", "1,234.5", 1_234.5, "1,234.5元"),
        ("罚款", "1234567.89", 1_234_567.89, "1234567.89元"),
        ("罚款金额（万元）", "5000元", 5_000, "5000元"),
        ("罚 款 金 额（万元）", "十五万元", 150_000, "十五万元"),
        ("没收违法所得、没收非法财物的金额（万元）", "0.35", 3_500, "0.35万元"),
        ("判赔金额", "1.2亿元", 120_000_000, "1.2亿元"),
    ],
)
def test_an_amount_is_of_the_unit_in_the_cell_or_else_of_the_column_and_shown_to_the_last_digit(
    column: str, cell: str, yuan: float, text: str
) -> None:
    (amount,) = document_of([(column, cell)]).values["amounts"]

    assert (amount["value"], amount["currency"], amount["text"]) == (yuan, "CNY", text)


@pytest.mark.parametrize("cell", ["/", "无", "0", "—", "0.00"])
def test_a_cell_that_says_nothing_is_no_amount_and_no_day(cell: str) -> None:
    made = document_of([("案件名称", "某案"), ("罚款", cell), ("决定日期", cell)])

    assert made.values == {"title": "某案"}
    assert f"罚款：{cell}" in made.text


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023/5/6", "2023-05-06"),
        ("2023-05-06 00:00:00", "2023-05-06"),
        ("2023.5.6", "2023-05-06"),
        ("2023年5月6日", "2023-05-06"),
        ("二〇二三年五月六日", "2023-05-06"),
    ],
)
def test_a_day_is_read_however_it_is_written(written: str, day: str) -> None:
    assert document_of([("处罚日期", written)]).values["decided_on"] == day


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        (
            "罚款金额（万元）",
            "见决定书",
            "列「罚款金额（万元）」的「见决定书」不是金额",
        ),
        ("裁判日期", "去年", "列「裁判日期」的「去年」不是日期"),
        ("轨道", "奇怪", "列「轨道」的「奇怪」不是轨道"),
    ],
)
def test_a_cell_that_breaks_a_rule_is_named_with_its_column(
    column: str, cell: str, words: str
) -> None:
    with pytest.raises(InvalidDocument, match="列「") as raised:
        document_of([("案件名称", "某案"), (column, cell)])

    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ([("案号", "（2021）测01民终1号"), ("法院", "某院")], "civil"),
        ([("案号", "（2021）测01刑初1号"), ("法院", "某院")], "criminal"),
        ([("轨道", "民事"), ("案件名称", "某案")], "civil"),
        ([("处罚机关", "某局"), ("案件名称", "某案")], "administrative"),
        ([("案件名称", "某案"), ("案情", "某事")], None),
    ],
)
def test_the_track_is_that_of_the_number_or_of_the_columns_or_not_known(
    cells: list[tuple[str, str]], kind: str | None
) -> None:
    assert document_of(cells).values.get("kind") == kind


def test_a_column_nobody_knows_is_kept_in_the_text() -> None:
    assert column_of("督办编号").field == ""
    assert "督办编号：7" in document_of([("案件名称", "某案"), ("督办编号", "7")]).text


# -- a table ------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_row_stands_on_the_line_it_stands_on_in_the_file(
    separator: str, encoding: str
) -> None:
    title = ("2023年台账",)
    data = as_csv(title, COLUMNS, ROW, (), ROW, separator=separator).encode(encoding)
    lines = parse_csv(data).text.split("\n")

    assert [number for number, line in enumerate(lines, 1) if line] == [3, 6]
    cells = json.loads(lines[2])["cells"]
    assert ["违法事实", "张某复制配方,\n交给甲公司。"] in cells
    assert not any("13800000000" in cell for _, cell in cells)


def test_every_sheet_with_names_of_columns_is_read_and_the_others_are_named() -> None:
    book = as_xlsx(
        台账=[("2023年",), COLUMNS, ROW],
        说明=[("填表说明",), ("一、请如实填写",)],
        空表=[],
        二=[COLUMNS, ROW, ROW],
    )
    found = parse_sheets(book)

    assert len([line for line in found.text.split("\n") if line]) == 3
    assert found.warnings[0] == "联系电话 是个人信息,没有收入"
    assert "工作表「说明」没有认出列名,未收入" in found.warnings
    assert not any("空表" in warning for warning in found.warnings)


def test_numbers_and_lines_of_a_workbook_are_as_a_person_reads_them() -> None:
    cells = json.loads(parse_sheets(as_xlsx(台账=[COLUMNS, ROW])).text.split("\n")[1])[
        "cells"
    ]

    assert ["罚款金额（万元）", "30"] in cells
    assert ["违法事实", "张某复制配方,\n交给甲公司。"] in cells


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 nothing", "可能已损坏"),
        (as_xlsx(一=[("甲", "乙"), ("1", "2")]), "没有认出列名"),
        (as_xlsx(一=[COLUMNS]), "没有一行内容"),
        (
            as_xlsx(一=[COLUMNS, ROW], far="XFD1048576"),
            "用到第 1,048,576 行、第 16,384 列,范围过大",
        ),
    ],
    ids=["broken", "no columns", "no rows", "far out"],
)
def test_a_workbook_without_a_document_is_refused_with_the_reason(
    data: bytes, words: str
) -> None:
    with pytest.raises((UnreadableFile, InvalidDocument), match=words):
        parse_sheets(data)


# -- the whole way ------------------------------------------------------------------------


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    bad = tuple(cell.replace("配方", "标书") for cell in (*ROW[:9], "某日", *ROW[10:]))
    other = tuple(
        cell.replace("000001", "000002").replace("配方", "图纸") for cell in ROW
    )
    (tmp_path / "台账.xlsx").write_bytes(as_xlsx(台账=[COLUMNS, ROW, bad, other]))
    return tmp_path / "台账.xlsx"


def test_a_ledger_is_added_row_by_row_and_a_bad_row_is_named_by_its_place(
    tmp_path: Path, ledger: Path
) -> None:
    home = tmp_path / "home"
    done = kb(home, "add", ledger, status=1)

    assert "台账.xlsx 第 3 行:列「处罚决定日期」的「某日」不是日期" in done.stderr
    assert "台账.xlsx 第 2 行:提醒:联系电话 是个人信息,没有收入" in done.stderr
    assert "新增 2 件,更新 0 件,未变 0 件,失败 1 件" in done.stderr
    (hit,) = as_json(home, "search", '"张某复制配方"')["hits"]
    shown = as_json(home, "show", hit["slug"])
    assert (shown["text"], shown["kind"], shown["authority"]) == (
        TEXT,
        "administrative",
        "测试市场监督管理局",
    )
    assert as_json(home, "search", "", "--filter", "outcome=罚款")["total"] == 2
    assert b"13800000000" not in b"".join(
        path.read_bytes() for path in home.rglob("*") if path.is_file()
    )


def test_the_same_rows_are_not_added_twice_whichever_file_they_come_in(
    tmp_path: Path, ledger: Path
) -> None:
    home = tmp_path / "home"
    kb(home, "add", ledger, status=1)
    (tmp_path / "again.csv").write_text(as_csv(COLUMNS, ROW), "utf-8")

    assert (
        "新增 0 件,更新 0 件,未变 1 件"
        in kb(home, "add", tmp_path / "again.csv").stderr
    )
    assert "检查 3 件" in kb(home, "check", ledger, status=1).stderr


def test_one_row_can_be_destroyed_and_the_others_stay_and_are_read_again(
    tmp_path: Path, ledger: Path
) -> None:
    home = tmp_path / "home"
    kb(home, "add", ledger, status=1)
    (hit,) = as_json(home, "search", '"张某复制配方"')["hits"]
    kb(home, "purge", hit["slug"], "--document", "--yes")

    assert "配方".encode() not in b"".join(
        path.read_bytes() for path in (home / "files").rglob("*") if path.is_file()
    )
    assert as_json(home, "verify")["wrong"] == []
    assert "对照 1 件,没有变化" in kb(home, "rederive", "--all").stderr
