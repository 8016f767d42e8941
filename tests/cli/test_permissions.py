"""What stands in a data folder only its owner reads; what is written elsewhere is the person's own
affair.
"""

import os
import stat
from pathlib import Path

import pytest

from kb.store import Store
from tests.cli.here import as_json, kb
from tests.cli.running import lines


@pytest.fixture(autouse=True)
def usual_umask() -> object:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> set[tuple[str, int]]:
    paths = [folder, *folder.rglob("*")]
    return {
        ("folder" if path.is_dir() else "file", stat.S_IMODE(path.stat().st_mode))
        for path in paths
    }


@pytest.fixture
def filled(fresh: Path, tmp_path: Path) -> Path:
    (tmp_path / "a.jsonl").write_text(lines(3), "utf-8")
    kb(fresh, "add", tmp_path / "a.jsonl", "--quiet")
    return fresh


def test_everything_in_a_new_data_folder_is_for_its_owner_alone(filled: Path) -> None:
    with Store(filled):  # its log and shared memory are there while it is open
        assert (filled / "kb.sqlite3-shm").exists()
        assert modes(filled) == {("folder", 0o700), ("file", 0o600)}


def test_a_store_opened_in_a_program_makes_a_folder_for_its_owner_alone(
    tmp_path: Path,
) -> None:
    with Store(tmp_path / "srv" / "kb"):
        assert modes(tmp_path / "srv") == {("folder", 0o700), ("file", 0o600)}


def test_verify_closes_an_older_folder_to_others_and_says_so_once(
    filled: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.txt"
    outside.touch(0o644)
    outside.chmod(0o644)
    for path in (filled, *filled.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    (filled / "link").symlink_to(outside)

    (said,) = as_json(filled, "verify")["mended"]
    assert "其他账户可以打开,已改为仅所有者可用" in said
    (filled / "link").unlink()
    assert modes(filled) == {("folder", 0o700), ("file", 0o600)}
    assert stat.S_IMODE(outside.stat().st_mode) == 0o644
    assert as_json(filled, "verify")["mended"] == []


def test_what_is_written_elsewhere_has_the_modes_the_person_is_used_to(
    filled: Path, tmp_path: Path
) -> None:
    (tmp_path / "topics.tsv").write_text("1\t客户名单\n", "utf-8")
    (tmp_path / "qrels.tsv").write_text("1 0 t-0 1\n", "utf-8")
    kb(filled, "export", "--output", tmp_path / "all.jsonl")
    measured = (
        "--topics",
        tmp_path / "topics.tsv",
        "--qrels",
        tmp_path / "qrels.tsv",
        "--mode",
        "keyword",
    )
    kb(filled, "evaluate", *measured, "--run-out", tmp_path / "runs")

    assert stat.S_IMODE((tmp_path / "all.jsonl").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "runs" / "keyword.run").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "runs").stat().st_mode) == 0o755


def test_a_command_leaves_the_umask_of_its_caller(filled: Path) -> None:
    kb(filled, "show", "t-0")

    assert os.umask(0o022) == 0o022
