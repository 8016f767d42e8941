"""`kb export --sqlite`: the library as tables that an analyst asks with any program, and nothing a
reader may not see.
"""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from kb.commands import tables
from tests.cli.here import kb
from tests.cli.running import lines
from tests.conftest import CORPUS

CASE = {
    "id": "t-case",
    "title": "测试文本甲公司配方案",
    "kind": "civil",
    "decided_on": "2021-04-22",
    "regions": ["上海"],
    "authorities": ["测试法院"],
    "case_numbers": ["（2021）测01民初1号"],
    "guiding_case": 999,
    "parties": ["甲公司", "张某"],
    "outcomes": ["判赔", "判令停止侵害"],
    "amounts": [{"type": "判赔", "value": 500000, "currency": "CNY", "text": "50万元"}],
    "statutes": ["反不正当竞争法（2019）第九条"],
    "sources": [
        {"name": "某公报", "grade": "A", "url": "https://gazette.example/1"},
        {"name": "某转载站", "grade": "C", "url": "https://repost.example/2"},
    ],
    "text": "甲公司的配方被张某带走。\n依照反不正当竞争法（2019）第九条，判赔50万元。",
}


@pytest.fixture
def library(fresh: Path, tmp_path: Path) -> Path:
    (tmp_path / "case.jsonl").write_text(json.dumps(CASE, ensure_ascii=False), "utf-8")
    (tmp_path / "hidden.jsonl").write_text(lines(1), "utf-8")
    kb(fresh, "add", tmp_path / "case.jsonl", "--quiet")
    kb(fresh, "add", tmp_path / "hidden.jsonl", "--visibility", "internal", "--quiet")
    return fresh


def asked(path: Path, question: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as database:
        return database.execute(question).fetchall()


def test_a_case_stands_in_every_table_with_what_is_known_of_it(
    library: Path, tmp_path: Path
) -> None:
    out = tmp_path / "all.db"
    assert "已导出 2 件" in kb(library, "export", "--sqlite", out).stderr

    of_case = "WHERE slug = 't-case'"
    assert asked(
        out,
        f"SELECT title, kind_label, year, region, characters, text FROM documents {of_case}",
    ) == [(CASE["title"], "民事案例", "2021", "上海", 39, CASE["text"])]
    assert asked(out, f"SELECT type, number FROM numbers {of_case}") == [
        ("case_number", "（2021）测01民初1号"),
        ("guiding_case", "999"),
    ]
    assert asked(out, f"SELECT type, value, currency, text FROM amounts {of_case}") == [
        ("判赔", 500000.0, "CNY", "50万元")
    ]
    assert asked(out, f"SELECT party FROM parties {of_case}") == [
        ("甲公司",),
        ("张某",),
    ]
    assert asked(out, f"SELECT name, grade, url FROM sources {of_case}") == [
        ("某公报", "A", "https://gazette.example/1"),
        (None, "C", None),
    ]
    assert asked(out, f"SELECT field, value FROM facets {of_case}") == [
        ("region", "上海"),
        ("authority", "测试法院"),
        ("outcome", "判赔"),
        ("outcome", "判令停止侵害"),
        ("statute", "反不正当竞争法（2019）第九条"),
    ]
    ((law, version, article, words),) = asked(
        out,
        """SELECT c.law, c.version, c.article, substr(text, start + 1, "end" - start)
           FROM citations c JOIN documents USING (slug) WHERE slug = 't-case'""",
    )
    assert (law, version, article, words) == (
        "反不正当竞争法",
        "2019",
        "第九条",
        "反不正当竞争法（2019）第九条",
    )


def test_a_version_that_is_presumed_is_marked_as_such(
    fresh: Path, tmp_path: Path
) -> None:
    case = CASE | {"text": "依照《反不正当竞争法》第九条判决。", "statutes": []}
    (tmp_path / "case.jsonl").write_text(json.dumps(case, ensure_ascii=False), "utf-8")
    kb(fresh, "add", CORPUS / "laws", tmp_path / "case.jsonl", "--quiet")
    kb(fresh, "export", "--sqlite", tmp_path / "all.db")

    (cited,) = asked(
        tmp_path / "all.db",
        "SELECT law, version, presumed, article FROM citations WHERE slug = 't-case'",
    )
    assert cited == ("反不正当竞争法", "2019", "date", "第九条")


def test_every_table_is_explained_and_keeps_to_its_documents(
    library: Path, tmp_path: Path
) -> None:
    out = tmp_path / "all.db"
    kb(library, "export", "--sqlite", out)

    named = {
        name
        for (name,) in asked(out, "SELECT name FROM sqlite_master WHERE type = 'table'")
    } - {"about"}
    assert {name for (name,) in asked(out, 'SELECT "table" FROM about')} == named
    assert asked(out, "PRAGMA foreign_key_check") == []
    assert asked(out, "PRAGMA integrity_check") == [("ok",)]


def test_only_what_a_reader_may_see_is_handed_over(
    library: Path, tmp_path: Path
) -> None:
    out = tmp_path / "public.db"
    kb(library, "export", "--sqlite", out, "--clearance", "public")

    assert asked(out, "SELECT slug FROM documents") == [("t-case",)]
    assert b"t-0" not in out.read_bytes()


def test_only_what_was_asked_for_is_handed_over_and_a_former_file_is_replaced_whole(
    library: Path, tmp_path: Path
) -> None:
    out = tmp_path / "some.db"
    out.write_text("something else")
    kb(library, "export", "--sqlite", out, "--filter", "region=上海")

    assert asked(out, "SELECT slug FROM documents") == [("t-case",)]
    assert [path.name for path in tmp_path.glob("some*")] == ["some.db"]


def test_an_empty_library_makes_empty_tables(fresh: Path, tmp_path: Path) -> None:
    kb(fresh, "export", "--sqlite", tmp_path / "none.db")

    assert asked(tmp_path / "none.db", "SELECT count(*) FROM documents") == [(0,)]


def test_a_full_disk_is_said_and_leaves_nothing(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = tables._make

    def with_room_for_no_more(database: Any) -> None:
        make(database)
        database.conn.execute("PRAGMA max_page_count = 1")

    monkeypatch.setattr(tables, "_make", with_room_for_no_more)
    said = kb(library, "export", "--sqlite", tmp_path / "all.db", status=1).stderr

    assert "数据库没有写成(database or disk is full)。请检查磁盘空间" in said
    assert not list(tmp_path.glob("all.db*"))


def test_what_cannot_be_written_is_said_and_leaves_nothing(
    library: Path, tmp_path: Path
) -> None:
    said = kb(
        library, "export", "--sqlite", tmp_path / "no" / "all.db", status=1
    ).stderr
    both = kb(
        library,
        "export",
        "--sqlite",
        tmp_path / "a.db",
        "--output",
        tmp_path / "b.jsonl",
        status=1,
    ).stderr

    assert "无法写入" in said and "一次只用一个" in both
    assert not list(tmp_path.glob("[ab].*"))
