"""A library into one file and back, whole, while others read and write."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kb.store import Store
from tests.backups import contents
from tests.cli.here import as_json, kb
from tests.cli.libraries import answers, documents, originals
from tests.cli.running import ROOT, environment, lines


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
