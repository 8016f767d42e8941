"""A library into one file and back, whole, while others read and write."""

import json
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kb import locks
from kb.backup import restoring
from kb.errors import StateError
from kb.settings import Settings
from kb.store import Store
from kb.vocabulary import Visibility
from tests.backups import contents
from tests.cli.here import as_json, kb
from tests.cli.running import ROOT, environment, lines
from tests.tree import tree
from web import create_app

QUERIES = ("客户名单", "第3份", "离职员工 保密协议", "反不正当竞争法第九条")


@pytest.fixture
def small(fresh: Path, tmp_path: Path) -> Path:
    """A data folder with two files of three documents each."""
    for number in (0, 3):
        (tmp_path / f"{number}.jsonl").write_text(lines(3, number), "utf-8")
        kb(fresh, "add", tmp_path / f"{number}.jsonl", "--quiet")
    return fresh


@pytest.fixture
def saved(small: Path, tmp_path: Path) -> Path:
    kb(small, "backup", tmp_path / "kb.zip")
    return tmp_path / "kb.zip"


def originals(home: Path) -> dict[str, bytes | None]:
    return tree(home / "files")


def library(home: Path) -> dict[str, bytes | None]:
    """Everything in a data folder but the file of the locks."""
    return {name: data for name, data in tree(home).items() if name != "commands.lock"}


def documents(home: Path) -> dict[str, Any]:
    """Every document as it is shown, by slug."""
    with Store(home, Visibility.RESTRICTED) as store:
        return {
            head.slug: store.document(head.id)
            for head in store.heads(store.document_ids().tolist()).values()
        }


def whole(home: Path) -> dict[str, Any]:
    """Every document of a library in which nothing is damaged and no original is missing."""
    with Store(home, Visibility.RESTRICTED) as store:
        assert store.damage() == []
        for sha256 in store.referenced_files():
            store.files.require(sha256)
    return documents(home)


def answers(home: Path) -> list[Any]:
    found = [as_json(home, "search", query, "--limit", 50) for query in QUERIES]
    return [
        {key: value for key, value in answer.items() if key != "took_ms"}
        for answer in found
    ]


# -- there and back ----------------------------------------------------------------------


def test_a_restored_library_is_the_same_in_documents_originals_and_answers(
    small: Path, saved: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    done = as_json(other, "restore", saved)

    assert (
        done["documents"],
        done["originals"],
        done["missing"],
        done["replaced"],
    ) == (6, 2, [], None)
    assert documents(other) == documents(small)
    assert originals(other) == originals(small)
    assert answers(other) == answers(small)
    assert as_json(other, "verify")["wrong"] == []
    assert "完好" in kb(other, "verify").stderr


def test_a_backup_is_made_while_another_process_adds(
    fresh: Path, tmp_path: Path
) -> None:
    count = 12_000
    (tmp_path / "many.jsonl").write_text(lines(count), "utf-8")
    adding = subprocess.Popen(
        [sys.executable, "-m", "kb", "add", str(tmp_path / "many.jsonl"), "--quiet"],
        cwd=ROOT,
        env=environment(fresh),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while (
        not (fresh / "kb.sqlite3").exists()
        or as_json(fresh, "verify")["counts"]["document"] == 0
    ):
        assert adding.poll() is None
    saved = as_json(fresh, "backup", tmp_path / "kb.zip")
    assert adding.wait() == 0

    other = tmp_path / "other"
    kb(other, "restore", tmp_path / "kb.zip")
    assert 0 < saved["documents"] < count
    verified = as_json(other, "verify")
    assert (verified["wrong"], verified["counts"]["document"]) == (
        [],
        saved["documents"],
    )
    grown = documents(fresh)
    assert {slug: grown[slug] for slug in documents(other)} == documents(other)
    assert originals(other) == originals(fresh)


def test_a_backup_is_one_file_for_its_owner_alone_and_tells_what_it_is_of(
    small: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    kb(small, "backup", folder / "kb.zip")

    members, manifest = contents(folder / "kb.zip")
    assert [path.name for path in folder.iterdir()] == ["kb.zip"]
    assert stat.S_IMODE((folder / "kb.zip").stat().st_mode) == 0o600
    assert set(members) == {"kb.sqlite3"} | {
        f"files/{n}" for n in originals(small) if len(n) > 64
    }
    with Store(small) as store:
        assert (
            manifest["store_id"],
            manifest["generation"],
            manifest["commit_id"],
        ) == (
            store.id(),
            store.commit().generation,
            store.commit().id,
        )
    assert (manifest["format"], manifest["missing"]) == (1, [])


@pytest.mark.parametrize("harm", ["removed", "altered"])
def test_an_original_the_library_no_longer_has_whole_is_named_and_the_rest_is_saved(
    small: Path, tmp_path: Path, harm: str
) -> None:
    victim = next(path for path in sorted((small / "files").glob("??/*")))
    victim.unlink() if harm == "removed" else victim.write_bytes(b"altered")

    done = kb(small, "backup", tmp_path / "kb.zip", status=2)
    assert victim.name in done.stderr and "缺 1 个" in done.stderr
    other = tmp_path / "other"
    assert as_json(other, "restore", tmp_path / "kb.zip")["missing"] == [victim.name]
    assert documents(other) == documents(small)
    (wrong,) = as_json(other, "verify", status=2)["wrong"]
    assert "原件缺失" in wrong and victim.name in wrong


def test_a_damaged_database_is_not_saved_as_if_it_were_whole(
    small: Path, tmp_path: Path
) -> None:
    data = bytearray((small / "kb.sqlite3").read_bytes())
    data[len(data) // 2 :] = b"\xa5" * (len(data) - len(data) // 2)
    (small / "kb.sqlite3").write_bytes(data)

    assert "数据库" in kb(small, "backup", tmp_path / "kb.zip", status=2).stderr
    assert not list(tmp_path.glob("kb.zip*"))


def test_a_place_where_no_backup_can_stand_is_refused_by_name(
    small: Path, saved: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(small)
    before = saved.read_bytes()

    assert "--force" in kb(small, "backup", saved, status=1).stderr
    assert saved.read_bytes() == before
    for inside in (
        small / "kb.zip",
        small / "files" / "kb.zip",
        tmp_path / "link" / "kb.zip",
    ):
        assert "数据目录" in kb(small, "backup", inside, status=1).stderr
    assert "是目录" in kb(small, "backup", tmp_path, status=1).stderr
    assert "不存在" in kb(small, "backup", tmp_path / "no" / "kb.zip", status=1).stderr
    saved.write_bytes(b"an older one")
    kb(small, "backup", saved, "--force")
    assert contents(saved)[1]["format"] == 1


def test_a_disk_without_room_is_told_in_words_and_nothing_half_written_stays(
    small: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    command = f"ulimit -f 128; exec {sys.executable} -m kb backup {folder}/kb.zip"
    done = subprocess.run(
        command,
        shell=True,
        cwd=ROOT,
        env=environment(small),
        capture_output=True,
        text=True,
    )

    assert (
        done.returncode == 2
        and "备份无法写入" in done.stderr
        and "Traceback" not in done.stderr
    )
    assert list(folder.iterdir()) == []


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


# -- killed ------------------------------------------------------------------------------

#: Runs commands in children that kill themselves at the n-th change they make to the disk.
KILLING = """
import json, os, signal, sys
from kb.__main__ import main
import kb.backup.making, kb.backup.restoring

def run(left, args):
    def hook(event, args):
        nonlocal left
        writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
        if writes or event in ("os.rename", "os.mkdir", "os.rmdir", "os.remove"):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    return main(args)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os._exit(run(*json.loads(line)))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


@pytest.fixture
def killed() -> Iterator[Callable[..., int]]:
    """Return a function that runs a command and kills it before its n-th change to the disk; it
    returns the status.
    """
    with subprocess.Popen(
        [sys.executable, "-c", KILLING],
        cwd=ROOT,
        env=environment(Path("unused")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdin is not None and parent.stdout is not None
        yield lambda home, after, *args: _asked(
            parent, [after, ["--home", str(home), "--quiet", *map(str, args)]]
        )
        parent.stdin.close()


def _asked(parent: subprocess.Popen[str], request: list[Any]) -> int:
    assert parent.stdin is not None and parent.stdout is not None
    parent.stdin.write(json.dumps(request) + "\n")
    parent.stdin.flush()
    return int(parent.stdout.readline())


@pytest.mark.parametrize("is_replaced", [True, False])
def test_a_restore_killed_at_any_change_leaves_the_old_or_the_new_library_or_goes_on(
    small: Path,
    saved: Path,
    tmp_path: Path,
    killed: Callable[..., int],
    is_replaced: bool,
) -> None:
    (tmp_path / "later.jsonl").write_text(lines(1, 9), "utf-8")
    new = documents(small)
    kb(small, "add", tmp_path / "later.jsonl", "--quiet")
    old = documents(small)
    seen: set[str] = set()
    for after in range(1000):
        home = tmp_path / f"killed-{after}"
        if is_replaced:
            shutil.copytree(small, home)
        status = killed(home, after, "restore", saved, "--replace")
        if status == 0:
            break
        assert status == -signal.SIGKILL
        seen.add(_outcome(home, old if is_replaced else {}))
        kb(home, "restore", saved, "--replace")
        assert whole(home) == new
        kept = [documents(aside) for aside in home.glob("replaced-*")]
        assert not is_replaced or old in kept
        shutil.rmtree(home)

    assert (status, seen) == (0, {"old", "refused"})
    assert documents(home) == new


def _outcome(home: Path, old: dict[str, Any]) -> str:
    if (home / locks.PENDING).exists():
        for command in (("search", "客户名单"), ("verify",), ("add", home)):
            told = kb(home, *command, status=2).stderr
            assert "恢复没有做完。请再次运行同一条 kb restore 命令" in told
        return "refused"
    there = documents(home) if (home / "kb.sqlite3").exists() else {}
    assert there == old
    return "old"


def test_a_backup_killed_at_any_change_leaves_no_backup_or_a_whole_one(
    small: Path, tmp_path: Path, killed: Callable[..., int]
) -> None:
    target = tmp_path / "backups" / "kb.zip"
    for after in range(1000):
        target.parent.mkdir()
        status = killed(small, after, "backup", target)
        if target.exists():
            shutil.rmtree(tmp_path / "other", ignore_errors=True)
            kb(tmp_path / "other", "restore", target)
        shutil.rmtree(target.parent)
        if status == 0:
            break

    assert status == 0 and after > 3
    assert documents(tmp_path / "other") == documents(small)


def test_an_interrupted_restore_is_gone_on_with_only_from_its_own_backup(
    small: Path, saved: Path, tmp_path: Path, killed: Callable[..., int]
) -> None:
    kb(small, "remove", "t-0", "--yes")
    kb(small, "backup", tmp_path / "other.zip")
    for after in range(1000):
        killed(small, after, "restore", saved, "--replace")
        if (small / locks.PENDING).exists():
            break

    assert (
        "请先用那一份备份"
        in kb(small, "restore", tmp_path / "other.zip", "--replace", status=2).stderr
    )
    kb(small, "restore", saved, "--replace")
    kb(small, "restore", tmp_path / "other.zip", "--replace")
    assert "t-0" not in documents(small)
    assert as_json(small, "verify")["wrong"] == []
