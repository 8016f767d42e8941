"""A database is opened only beside its own originals; refused, it leaves everything as it was."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.pipeline import ingest_file
from kb.errors import StoreForeign
from kb.store import Store
from tests.conftest import TinyEmbedder
from tests.tree import tree

TEXT = "（2099）测01民终1号\n测试文本。离职员工带走客户名单。\n"
MIGRATIONS = Path(__file__).resolve().parents[2] / "kb" / "migrations"


@pytest.fixture
def filled(add: Callable[..., object], store: Store, home: Path) -> Path:
    """A closed data folder with one document."""
    add("a.txt", TEXT)
    store.close()
    return home


def removed(database: Path) -> None:
    database.unlink()


def emptied(database: Path) -> None:
    database.write_bytes(b"")


def without_tables(database: Path) -> None:
    database.unlink()
    with sqlite3.connect(database) as conn:
        conn.execute("PRAGMA journal_mode = WAL")


def made_anew(database: Path) -> None:
    Store(database.parent / "new").close()
    (database.parent / "new" / "kb.sqlite3").replace(database)
    (database.parent / "new").rmdir()


def of_the_first_release(database: Path) -> None:
    database.unlink()
    with sqlite3.connect(database) as conn:
        conn.executescript(
            (MIGRATIONS / "0001_initial.sql").read_text(encoding="utf-8")
            + "PRAGMA user_version = 1;"
        )
    conn.close()


LOSSES = (removed, emptied, without_tables, made_anew, of_the_first_release)


@pytest.mark.parametrize("lose", LOSSES)
@pytest.mark.parametrize("is_marked", [True, False])
def test_a_missing_empty_or_foreign_database_beside_originals_is_refused_and_nothing_changes(
    filled: Path, lose: Callable[[Path], None], is_marked: bool
) -> None:
    lose(filled / "kb.sqlite3")
    if not is_marked:
        (filled / "files" / "STORE").unlink()
    before = tree(filled)

    with pytest.raises(StoreForeign, match="没有改动任何东西。请用 kb restore"):
        Store(filled)
    assert tree(filled) == before


def test_another_store_with_an_original_in_common_is_still_another(
    filled: Path, embedder: TinyEmbedder, tmp_path: Path
) -> None:
    with Store(tmp_path / "other") as other:
        list(ingest_file(tmp_path / "incoming" / "a.txt", other, embedder))
    shutil.copy(tmp_path / "other" / "kb.sqlite3", filled / "kb.sqlite3")
    before = tree(filled)

    with pytest.raises(StoreForeign, match="属于另一个库"):
        Store(filled)
    assert tree(filled) == before
    (filled / "files" / "STORE").unlink()  # as the message advises who knows better
    Store(filled).close()


def test_a_refused_database_keeps_a_log_that_was_left_beside_it(
    filled: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    if os.fork() == 0:  # a process that dies leaves its write-ahead log
        Store(other)._conn.execute("UPDATE meta SET generation = generation")
        os.kill(os.getpid(), signal.SIGKILL)
    os.wait()
    for suffix in ("", "-wal"):
        shutil.copy(other / f"kb.sqlite3{suffix}", filled / f"kb.sqlite3{suffix}")
    before = tree(filled)

    with pytest.raises(StoreForeign):
        Store(filled)
    assert {
        name: data for name, data in tree(filled).items() if not name.endswith("-shm")
    } == before


def test_the_mark_stands_beside_the_first_original_and_is_the_stores_id(
    filled: Path, home: Path
) -> None:
    with Store(home) as store:
        assert (filled / "files" / "STORE").read_text() == f"{store.id()}\n"


def test_a_store_that_took_nothing_in_has_no_mark_and_opens_again(home: Path) -> None:
    Store(home).close()
    assert not (home / "files").exists()
    Store(home).close()


@pytest.mark.parametrize("lose", LOSSES)
def test_without_originals_nothing_can_be_lost_and_a_new_store_is_made(
    filled: Path, lose: Callable[[Path], None], embedder: TinyEmbedder, tmp_path: Path
) -> None:
    shutil.rmtree(next(path for path in (filled / "files").iterdir() if path.is_dir()))
    lose(filled / "kb.sqlite3")

    with Store(filled) as store:
        assert store.counts()["document"] == 0
        list(ingest_file(tmp_path / "incoming" / "a.txt", store, embedder))
        assert store.files.owner() == store.id()
    with Store(filled) as store:
        assert store.counts()["document"] == 1


def test_a_folder_of_the_first_release_is_adopted_when_its_database_knows_an_original(
    filled: Path,
) -> None:
    mark = filled / "files" / "STORE"
    owner = mark.read_text()
    mark.unlink()
    stray = filled / "files" / "aa" / ("a" * 64)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"put there by an interrupted kb add")

    with Store(filled) as store:
        assert store.counts()["document"] == 1
    assert mark.read_text() == owner
