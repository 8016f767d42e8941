"""Stores lent to one request after another."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from kb.errors import StateError
from kb.store import Store
from kb.vocabulary import Visibility
from web.stores import Stores


@pytest.fixture
def made(home: Path, store: Store) -> Path:
    return home


def test_a_store_is_lent_again_and_again(made: Path) -> None:
    stores = Stores(made, Visibility.PUBLIC)
    with stores.open() as first:
        pass
    with stores.open() as second, stores.open() as beside:
        assert second is first
        assert beside is not first


def test_a_store_whose_database_was_replaced_is_not_lent_again(
    made: Path, tmp_path: Path
) -> None:
    stores = Stores(made, Visibility.PUBLIC)
    with stores.open() as before:
        commit = before.commit()
    with Store(made, Visibility.RESTRICTED) as other:
        shutil.copy(made / "kb.sqlite3", tmp_path / "old")
        other._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.replace(tmp_path / "old", made / "kb.sqlite3")
    with stores.open() as after:
        assert after is not before
        assert after.commit() == commit


def test_a_store_that_failed_is_closed_and_its_error_told_in_words(made: Path) -> None:
    stores = Stores(made, Visibility.PUBLIC)
    with pytest.raises(StateError, match="数据库无法读写"), stores.open() as failed:
        failed._conn.execute("SELECT * FROM nothing")

    with pytest.raises(sqlite3.ProgrammingError):
        failed.generation()


def test_a_lent_store_writes_nothing(made: Path) -> None:
    with (
        pytest.raises(StateError, match="写入失败"),
        Stores(made, Visibility.PUBLIC).open() as store,
    ):
        store.remove_document(1)


def test_without_a_database_a_store_is_refused_and_none_made(tmp_path: Path) -> None:
    with (
        pytest.raises(StateError, match="没有数据库"),
        Stores(tmp_path, Visibility.PUBLIC).open(),
    ):
        pass

    assert list(tmp_path.iterdir()) == []
