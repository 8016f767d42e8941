"""Tables into lines: a row of a spreadsheet or a CSV file is a JSON line that holds its
cells and their columns.

What is kept of a table are these lines, so that one row can be destroyed and the others
stay, as in any file of lines.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import IO, Any, Final

from ingest.answers import Parsed
from ingest.columns import column_of
from ingest.text import decode
from kb.errors import InvalidDocument, UnreadableFile

#: A heading, a date, a line of remarks may stand above the names of the columns.
_ROWS_ABOVE: Final = 10
#: So many names of columns known make a row that of the names.
_LEAST_KNOWN: Final = 2
_SEPARATORS: Final = ",\t;"
_BROKEN: Final = "表格无法打开,可能已损坏或设有密码。请用原来的软件打开后重新保存"
#: Cells of one sheet, empty ones between others included: 24 bytes each while they are read.
_MOST_CELLS: Final = 10_000_000
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_CELL: Final = re.compile(rb'\sr="([A-Z]{1,10})(\d{1,20})"')
_LONGEST_CELL: Final = 40
_CHUNK_BYTES: Final = 1 << 20

Rows = Sequence[Sequence[str]]


def parse_csv(data: bytes) -> Parsed:
    """Read a table of values separated by commas, tabs or semicolons."""
    text = decode(data).removeprefix("\ufeff")
    tables = [_rows_of(text, separator) for separator in _SEPARATORS]
    return _lines_of_sheets({"": max(tables, key=_most_known)})


def parse_sheets(data: bytes) -> Parsed:
    """Read the sheets of a workbook (xlsx, xls, ods); of a formula its last value."""
    from python_calamine import CalamineError, CalamineWorkbook

    _require_compact(data)
    sheets: dict[str, Rows] = {}
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            sheets[name] = _write_rows(sheet.to_python(skip_empty_area=False))
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFile(_BROKEN) from error
    return _lines_of_sheets(sheets)


def _write_rows(rows: Sequence[Sequence[Any]]) -> Rows:
    return [list(map(_write_cell, row)) for row in rows]


def _require_compact(data: bytes) -> None:
    """Refuse a workbook with a cell so far out that its rows and columns, all of them made, fill
    the memory.
    """
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                if _SHEET.fullmatch(name):
                    with packed.open(name) as sheet:
                        _require_few_cells(sheet)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        zlib.error,
        ValueError,
    ) as error:
        raise UnreadableFile(_BROKEN) from error


def _require_few_cells(sheet: IO[bytes]) -> None:
    """Raise UnreadableFile when a sheet reaches so far that its cells would fill the memory."""
    rows = columns = 0
    rest = b""
    while chunk := sheet.read(_CHUNK_BYTES):
        for letters, digits in _CELL.findall(rest + chunk):
            rows, columns = max(rows, int(digits)), max(columns, _number_of(letters))
        rest = chunk[-_LONGEST_CELL:]
    if rows * columns > _MOST_CELLS:
        raise UnreadableFile(
            f"表格用到第 {rows:,} 行、第 {columns:,} 列,范围过大。"
            f"请删去没有内容的行和列,或只把有内容的部分另存后重试"
        )


def _number_of(letters: bytes) -> int:
    """Return the number of a column: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _rows_of(text: str, separator: str) -> list[list[str]]:
    """Return rows at the place of the line each begins on; lines inside a cell leave empty rows
    behind.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[list[str]] = []
    before = 0
    try:
        for row in reader:
            rows += [row, *([[]] * (reader.line_num - before - 1))]
            before = reader.line_num
    except csv.Error as error:
        raise UnreadableFile(
            f"CSV 第 {reader.line_num} 行读不出来({error})。请用表格软件打开后重新保存"
        ) from error
    return rows


def _write_cell(cell: Any) -> str:
    """Return a cell as a person would write it."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return cell.date().isoformat()
    return str(cell)


def _lines_of_sheets(sheets: dict[str, Rows]) -> Parsed:
    """Return the rows of all sheets as lines; of one sheet each line stands where its row
    stands.
    """
    lines: list[str] = []
    warnings: list[str] = []
    for name, rows in sheets.items():
        heading = _heading(rows)
        if heading is None:
            if name and any(map(any, rows)):
                warnings.append(f"工作表「{name}」没有认出列名,未收入")
            continue
        columns = rows[heading]
        lines += [""] * (heading + 1)
        for row in rows[heading + 1 :]:
            lines.append(_line(columns, row))
        warnings += _left_out(columns)
    if not any(lines):
        raise InvalidDocument(
            "没有认出列名,或没有一行内容。第一行应是列名,如 "
            "案件名称、行政处罚决定书文号、违法事实、处罚内容"
        )
    return Parsed(text="\n".join(lines), warnings=warnings)


def _most_known(rows: Rows) -> int:
    """Return how many columns are known by their names in the row that has most of them."""
    return max(map(_count_known, rows[:_ROWS_ABOVE]), default=0)


def _count_known(row: Sequence[str]) -> int:
    """Return how many cells of a row are names of columns."""
    known = 0
    for cell in row:
        known += bool(column_of(cell).field)
    return known


def _heading(rows: Rows) -> int | None:
    """Return which row holds the names of the columns; None where none does."""
    counts = list(map(_count_known, rows[:_ROWS_ABOVE]))
    most = max(counts, default=0)
    return counts.index(most) if most >= _LEAST_KNOWN else None


def _line(columns: Sequence[str], row: Sequence[str]) -> str:
    """Return a row as a JSON line; "" for one without a word.

    Cells of persons' own data are not kept.
    """
    kept = []
    for name, written in zip(_names_of_columns(columns, len(row)), row, strict=False):
        column, cell = name.strip(), written.strip()
        if cell and column_of(column).field != "private":
            kept.append([column, cell])
    return json.dumps({"cells": kept}, ensure_ascii=False) if kept else ""


def _names_of_columns(columns: Sequence[str], count: int) -> Iterator[str]:
    """Yield a name for every cell of a row, also beyond the last column that has one."""
    for number in range(count):
        name = columns[number] if number < len(columns) else ""
        yield name if name.strip() else f"第{number + 1}列"


def _left_out(columns: Sequence[str]) -> list[str]:
    private = []
    for column in columns:
        if column_of(column).field == "private":
            private.append(column.strip())
    return [f"{'、'.join(private)} 是个人信息,没有收入"] if private else []
