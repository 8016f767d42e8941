"""Commits know where they come from: a restored store's are not those that were lost."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

from kb.records import Commit
from kb.store import Store
from kb.vocabulary import Visibility

TEXT = "（2099）测01民终1号\n测试文本。离职员工带走客户名单。\n"


def test_every_commit_has_an_id_of_its_own_and_its_ancestors_are_known(
    add: Callable[..., object], store: Store
) -> None:
    before = store.commit()
    add("a.txt", TEXT)
    after = store.commit()

    assert after.generation == before.generation + 1
    assert after.id != before.id
    assert store.is_ancestor(before)
    assert store.is_ancestor(after)


def test_a_commit_lost_by_restoring_is_no_ancestor_once_its_number_comes_round(
    add: Callable[..., object], store: Store, home: Path, tmp_path: Path
) -> None:
    add("a.txt", TEXT)
    with (
        sqlite3.connect(tmp_path / "old.sqlite3") as old,
        sqlite3.connect(home / "kb.sqlite3") as present,
    ):
        present.backup(old)
    add("b.txt", TEXT.replace("1号", "2号"))
    lost = store.commit()

    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copy(tmp_path / "old.sqlite3", restored / "kb.sqlite3")
    with Store(restored) as again:
        again.set_visibility(1, Visibility.INTERNAL)

        assert again.commit().generation == lost.generation
        assert not again.is_ancestor(lost)
        assert not again.is_ancestor(Commit(lost.generation + 1, lost.id))


def test_a_store_of_the_first_release_gains_an_identity_and_a_first_commit(
    home: Path,
) -> None:
    migrations = Path(__file__).resolve().parents[2] / "kb" / "migrations"
    home.mkdir()
    with sqlite3.connect(home / "kb.sqlite3") as old:
        old.executescript((migrations / "0001_initial.sql").read_text(encoding="utf-8"))
        old.execute("UPDATE meta SET generation = 7")
        old.execute("PRAGMA user_version = 1")

    with Store(home) as store:
        assert store.commit().generation == 7
        assert len(store.commit().id) == 32
