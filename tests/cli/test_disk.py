"""A disk that is full or read-only: words and a status, and searching goes on."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import as_json, kb, lines


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)],
        capture_output=True,
    )
    if made.returncode:
        pytest.skip("mounting a small disk takes a superuser")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def filled(disk: Path, tmp_path: Path) -> Path:
    """A library on that disk, its index current."""
    (tmp_path / "some.jsonl").write_text(lines(50), "utf-8")
    kb(disk / "home", "add", tmp_path / "some.jsonl")
    return disk


def fill(disk: Path) -> None:
    with (disk / "fill").open("wb") as file:
        while True:
            file.write(bytes(65_536))
            file.flush()


def test_a_full_disk_is_told_searching_goes_on_and_room_makes_adding_go_on(
    filled: Path, tmp_path: Path
) -> None:
    home = filled / "home"
    (tmp_path / "more.jsonl").write_text(lines(50, start=50), "utf-8")
    with pytest.raises(OSError, match="No space"):
        fill(filled)

    found = as_json(home, "search", "第7份客户名单")
    refused = kb(home, "add", tmp_path / "more.jsonl", status=2)
    (filled / "fill").unlink()

    assert found["total"] > 0
    assert "磁盘" in refused.stderr
    assert as_json(home, "add", tmp_path / "more.jsonl")["failed"] == 0
    assert as_json(home, "verify")["wrong"] == []


def test_a_read_only_disk_is_told_and_searching_goes_on(
    filled: Path, tmp_path: Path
) -> None:
    home = filled / "home"
    (tmp_path / "more.jsonl").write_text(lines(50, start=50), "utf-8")
    subprocess.run(["mount", "-o", "remount,ro", str(filled)], check=True)
    try:
        found = as_json(home, "search", "第7份客户名单")
        refused = kb(home, "add", tmp_path / "more.jsonl", status=2)
        shown = as_json(home, "show", "t-7")
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(filled)], check=True)

    assert found["hits"][0]["slug"] == "t-7"
    assert shown["slug"] == "t-7"
    assert "磁盘" in refused.stderr


def test_an_index_that_cannot_be_made_on_a_full_disk_is_told_in_words(
    filled: Path,
) -> None:
    home = filled / "home"
    for path in (home / "index").rglob("stamp.json"):
        path.unlink()
    with pytest.raises(OSError, match="No space"):
        fill(filled)

    told = kb(home, "search", "客户名单", status=2).stderr

    assert "索引需要更新而无法写入" in told and "磁盘空间" in told
