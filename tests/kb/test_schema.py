"""The schema defends itself; looked at with sqlite-utils, as an operator would."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import sqlite_utils

from kb import database


@pytest.fixture
def db(tmp_path: Path) -> sqlite_utils.Database:
    database.connect(tmp_path / "kb.sqlite3").close()
    return sqlite_utils.Database(tmp_path / "kb.sqlite3")


def test_every_table_is_strict(db: sqlite_utils.Database) -> None:
    assert {table.name for table in db.tables if not table.strict} <= {
        "sqlite_sequence"
    }


def test_every_foreign_key_is_indexed_so_that_removing_a_document_stays_fast(
    db: sqlite_utils.Database,
) -> None:
    unindexed = {
        (table.name, key.column)
        for table in db.tables
        for key in table.foreign_keys
        if not any(index.columns[0] == key.column for index in table.indexes)
        and [column.name for column in table.columns if column.is_pk][:1]
        != [key.column]
    }

    # an embedder in use is not removed, and no kind ever is
    assert unindexed == {("meta", "embedder_id"), ("revision", "kind")}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO document (slug, collection_id, visibility, generation, added_at) VALUES ('a', 1, 3, 1, '')",
        "INSERT INTO collection (title) VALUES ('')",
        "INSERT INTO citation (document_id, law) VALUES (1, '反法')",
        "INSERT INTO facet (document_id, field, value) VALUES (1, 'kind', '')",
        "INSERT INTO meta (id, generation) VALUES (2, 0)",
        "INSERT INTO text (sha256, text) VALUES ('short', '')",
        "INSERT INTO claim (revision_id, ordinal, field, value, maker, state) VALUES (1, 0, 'title', 'no JSON', '', 'accepted')",
        "INSERT INTO claim (revision_id, ordinal, field, value, maker, state) VALUES (1, 0, 'title', '1', '', 'perhaps')",
        "INSERT INTO law_version (document_id, law, wording) VALUES (1, '反法', 'half')",
    ],
)
def test_a_row_that_breaks_a_rule_is_refused_by_the_database_itself(
    db: sqlite_utils.Database, statement: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        db.execute(statement)


def test_opening_twice_migrates_once_and_two_processes_may_open_at_the_same_time(
    tmp_path: Path,
) -> None:
    first = database.connect(tmp_path / "kb.sqlite3")
    second = database.connect(tmp_path / "kb.sqlite3")

    assert first.execute("PRAGMA user_version").fetchone()[0] == len(
        list(Path(database._MIGRATIONS).glob("*.sql"))
    )
    assert second.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    first.close()
    second.close()


def test_opening_waits_for_another_who_is_just_setting_the_same_database_up(
    tmp_path: Path,
) -> None:
    path = tmp_path / "restored.sqlite3"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(lambda: database.connect(path).close())
        with suppress(TimeoutError):
            opening.result(timeout=0.2)
        other.execute("ROLLBACK")
        opening.result()
    other.close()

    assert sqlite_utils.Database(path).journal_mode == "wal"


def test_a_database_keeps_the_pages_it_was_made_with(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "old.sqlite3")
    old.executescript(
        "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; CREATE TABLE made_before (id INTEGER);"
    )
    old.close()

    for name, size in (("old", 4096), ("new", 8192)):
        conn = database.connect(tmp_path / f"{name}.sqlite3")
        assert conn.execute("PRAGMA page_size").fetchone()[0] == size
        assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        conn.close()
