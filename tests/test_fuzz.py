"""Spoilt files of every format: a few are read here, thousands by `make fuzz`."""

from __future__ import annotations

import pytest

from ingest.parsers import parse
from tests.fuzz.__main__ import table
from tests.fuzz.formats import FORMATS
from tests.fuzz.reading import Tally, read_all, reason, spoil


@pytest.mark.parametrize("name", FORMATS)
def test_a_few_spoilt_files_are_read_or_refused_for_a_reason(name: str) -> None:
    tally = read_all(name, range(10), seed=7)

    assert (tally.bad, tally.slow) == ([], [])
    assert tally.read + tally.refused.total() == 10
    assert tally.read


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "JSONL"])
def test_the_good_files_can_be_read_so_that_spoiling_reaches_the_readers(
    name: str,
) -> None:
    extension, made = FORMATS[name]
    found = []
    for data in made(1):
        try:
            found.append(parse(extension, data))
        except (
            Exception
        ):  # a scan and a locked file are among them: their refusal is spoilt too
            continue

    assert len(found) >= len(made(1)) - 2


def test_the_same_number_is_spoilt_in_the_same_way() -> None:
    made = [spoil("HTML", number, 3) for number in range(20)]

    assert made == [spoil("HTML", number, 3) for number in range(20)]
    assert len(set(made)) == 20


def test_what_must_not_be_is_told_with_its_number() -> None:
    tally = Tally(
        read=1,
        bad=[(4, "解析程序崩溃")],
        slow=[(5, 61.0)],
        slowest_s=61.0,
        peak_mb=70.4,
    )
    tally.refused["文件是空的"] += 2

    assert table({"PDF": tally}).splitlines()[2:] == [
        "| PDF | 1 | 2 | 1 | 1 | 61.0 | 70 |",
        "",
        "PDF:文件是空的 2",
        "- 意外 PDF 4:解析程序崩溃",
        "- 超时 PDF 5:61 秒",
    ]
    assert reason("第 12 行「甲」不是标题:请改") == "第 … 行…不是标题"
