"""A backup put in the place of a library, beside others who use it."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb import locks
from kb.backup import restoring
from kb.errors import StateError
from kb.settings import Settings
from kb.store import Store
from tests.cli.here import as_json, kb
from tests.cli.libraries import documents, library
from tests.cli.running import lines
from web import create_app

# -- into the place of a library ---------------------------------------------------------


def test_a_library_that_is_there_is_left_alone_unless_it_may_be_replaced(
    small: Path, saved: Path
) -> None:
    before = library(small)

    assert "--replace" in kb(small, "restore", saved, status=1).stderr
    assert library(small) == before


def test_a_replaced_library_is_moved_aside_whole_and_named(
    small: Path, saved: Path, tmp_path: Path
) -> None:
    (tmp_path / "later.jsonl").write_text(lines(1, 9), "utf-8")
    kb(small, "add", tmp_path / "later.jsonl", "--quiet")
    before, later = library(small), documents(small)

    done = as_json(small, "restore", saved, "--replace")
    aside = Path(done["replaced"])
    assert library(aside) == before
    assert set(later) - set(documents(small)) == {"t-9"}
    assert documents(aside) == later
    assert any(str(aside) in note for note in as_json(small, "verify")["notes"])


@pytest.mark.parametrize("lose", ["removed", "emptied", "garbled"])
def test_a_folder_whose_database_is_lost_is_restored_over(
    small: Path, saved: Path, lose: str
) -> None:
    before = documents(small)
    database = small / "kb.sqlite3"
    database.unlink() if lose == "removed" else database.write_bytes(
        b"" if lose == "emptied" else b"x" * 5000
    )

    assert "--replace" in kb(small, "restore", saved, status=1).stderr
    kb(small, "restore", saved, "--replace")
    assert documents(small) == before


def test_originals_kept_on_another_disk_by_a_link_are_moved_aside_as_the_link(
    small: Path, saved: Path, tmp_path: Path
) -> None:
    (small / "files").rename(tmp_path / "elsewhere")
    (small / "files").symlink_to(tmp_path / "elsewhere")
    before = documents(small)
    done = as_json(small, "restore", saved, "--replace")
    assert (Path(done["replaced"]) / "files").is_symlink()
    assert documents(small) == before

    shutil.rmtree(small / "files")
    (small / "files").symlink_to(tmp_path / "unplugged")
    kb(small, "restore", saved, "--replace")
    assert documents(small) == before


def test_after_restoring_the_library_grows_another_way_and_answers_only_with_that(
    small: Path, saved: Path, tmp_path: Path
) -> None:
    for number, name in ((7, "lost"), (8, "found")):
        (tmp_path / f"{name}.jsonl").write_text(lines(1, number), "utf-8")
    kb(small, "add", tmp_path / "lost.jsonl", "--quiet")
    kb(small, "restore", saved, "--replace")
    kb(small, "add", tmp_path / "found.jsonl", "--quiet")

    slugs = {
        hit["slug"]
        for hit in as_json(small, "search", "客户名单", "--limit", 50)["hits"]
    }
    assert slugs == {"t-0", "t-1", "t-2", "t-3", "t-4", "t-5", "t-8"}
    assert as_json(small, "verify")["wrong"] == []


# -- beside others -----------------------------------------------------------------------


def test_a_command_at_work_and_a_restore_keep_each_other_out(
    small: Path, saved: Path
) -> None:
    before = library(small)
    with locks.at_work(small):
        assert (
            "另一个 kb 命令正在使用"
            in kb(small, "restore", saved, "--replace", status=2).stderr
        )
    with locks.restoring(small):
        for command in (("search", "客户名单"), ("remove", "1", "--yes"), ("verify",)):
            assert (
                "kb restore 正在此数据目录上运行"
                in kb(small, *command, status=2).stderr
            )

    assert library(small) == before


def test_a_store_that_stays_open_is_not_replaced_under_its_reader(
    small: Path, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "_WAIT_S", 0.1)
    with Store(small) as store:
        assert "没有改动它" in kb(small, "restore", saved, "--replace", status=2).stderr
        assert store.document("t-0") is not None
    assert not (small / "restoring").exists() and not (small / locks.PENDING).exists()
    kb(small, "restore", saved, "--replace")


def test_a_running_server_shows_the_restored_library_at_its_next_request(
    small: Path, saved: Path, tmp_path: Path
) -> None:
    (tmp_path / "later.jsonl").write_text(lines(1, 9), "utf-8")
    kb(small, "add", tmp_path / "later.jsonl", "--quiet")
    with TestClient(create_app(Settings(home=small))) as client:
        later = client.get("/api/documents/7")
        assert (later.status_code, later.json()["slug"]) == (200, "t-9")
        assert len(client.get("/api/search?q=客户名单&limit=50").json()["hits"]) == 7
        kb(small, "restore", saved, "--replace")

        assert client.get("/api/documents/7").status_code == 404
        assert len(client.get("/api/search?q=客户名单&limit=50").json()["hits"]) == 6
        assert client.get("/").status_code == 200


def test_a_server_does_not_take_a_library_for_the_lost_one_that_had_as_many_commits(
    small: Path, saved: Path, tmp_path: Path
) -> None:
    for count, name in ((2, "lost"), (1, "found")):
        (tmp_path / f"{name}.jsonl").write_text(lines(count, 20), "utf-8")
    kb(small, "add", tmp_path / "lost.jsonl", "--quiet")
    with Store(small) as store:
        lost = store.generation()
    with TestClient(create_app(Settings(home=small))) as client:
        assert "<td>8</td>" in client.get("/about").text
        kb(small, "restore", saved, "--replace")
        kb(small, "add", tmp_path / "found.jsonl", "--quiet")
        with Store(small) as store:
            assert store.generation() == lost

        assert "<td>7</td>" in client.get("/about").text


def test_readers_see_the_old_library_or_the_new_one_whole_or_are_told_to_wait(
    small: Path, saved: Path, tmp_path: Path
) -> None:
    (tmp_path / "later.jsonl").write_text(lines(1, 9), "utf-8")
    kb(small, "add", tmp_path / "later.jsonl", "--quiet")
    kb(small, "backup", tmp_path / "later.zip")
    is_over = threading.Event()

    def seen() -> set[tuple[int, int] | str]:
        found: set[tuple[int, int] | str] = set()
        while not is_over.is_set():
            try:
                with Store(small) as store:
                    hashes = store.referenced_files()
                    for sha256 in hashes:
                        store.files.require(sha256)
                    found.add((store.counts()["document"], len(hashes)))
            except StateError as error:
                found.add(str(error).removeprefix(f"数据目录 {small} "))
        return found

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(seen) for _ in range(3)]
        for archive in (saved, tmp_path / "later.zip") * 4:
            kb(small, "restore", archive, "--replace")
        is_over.set()
        found = set.union(*(reader.result() for reader in readers))

    assert {(6, 2), (7, 3)} <= found <= {(6, 2), (7, 3), "正在恢复备份。请稍后再试"}


def test_a_server_says_503_in_words_while_libraries_change_places(small: Path) -> None:
    with TestClient(create_app(Settings(home=small))) as client:
        assert client.get("/documents/1").status_code == 200
        with locks.alone(small, 5.0):
            during = client.get("/documents/1")
        assert (during.status_code, "正在恢复备份" in during.text) == (503, True)
        (small / locks.PENDING).write_text("{}")
        after = client.get("/documents/1")
        assert (after.status_code, "恢复没有做完" in after.text) == (503, True)
