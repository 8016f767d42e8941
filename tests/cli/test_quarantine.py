"""`kb verify` deletes nothing; what it sets aside is listed, put back, and deleted only when told
to.
"""

import os
import shutil
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.files import sha256_of
from tests.cli.here import as_json, kb
from tests.cli.running import lines

TODAY = datetime.now(UTC).date()


def originals(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (home / "files").glob("??/*")}


def aged(path: Path, hours: float) -> Path:
    moment = time.time() - 3600 * hours
    os.utime(path, (moment, moment))
    return path


def laid(home: Path, data: bytes, name: str | None = None, hours: float = 2.0) -> str:
    """Lay a file among the originals as if written hours ago; return its name."""
    name = name or sha256_of(data)
    path = (
        home / "files" / name[:2] / name
        if not name.startswith(".")
        else home / "files" / "aa" / name
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return aged(path, hours).name


@pytest.fixture
def small(fresh: Path, tmp_path: Path) -> Path:
    """A data folder with two files of three documents each."""
    for number in (0, 3):
        (tmp_path / f"{number}.jsonl").write_text(lines(3, number), "utf-8")
        kb(fresh, "add", tmp_path / f"{number}.jsonl", "--quiet")
    return fresh


def test_originals_newer_than_a_restored_database_are_set_aside_and_come_back_with_the_newer_one(
    small: Path, tmp_path: Path
) -> None:
    newer = (small / "kb.sqlite3").read_bytes()
    before = originals(small)
    older = tmp_path / "older"
    kb(older, "add", tmp_path / "0.jsonl", "--quiet")
    with sqlite3.connect(older / "kb.sqlite3") as conn:
        conn.execute(
            "UPDATE meta SET store_id = ?",
            [(small / "files" / "STORE").read_text().strip()],
        )
    conn.close()
    shutil.copy(older / "kb.sqlite3", small / "kb.sqlite3")
    for path in (small / "files").glob("??/*"):
        aged(path, 2)

    report = as_json(small, "verify")
    assert report["wrong"] == []
    assert "1 个移到隔离区" in report["mended"][0] and "没有删除" in report["mended"][0]
    (held,) = as_json(small, "quarantine")["held"]
    (gone,) = set(before) - set(originals(small))
    assert held == {
        "name": f"{TODAY}/{gone}",
        "size_bytes": len(before[gone]),
        "found_on": TODAY.isoformat(),
        "sha256": gone,
    }

    (small / "kb.sqlite3").write_bytes(newer)
    report = as_json(small, "verify")
    assert report["wrong"] == [] and f"原件 {gone} 已从隔离区放回" in report["mended"]
    assert originals(small) == before
    assert as_json(small, "quarantine") == {"held": []}


def test_leftovers_and_strange_files_are_set_aside_whatever_they_are_called(
    small: Path,
) -> None:
    before = originals(small)
    names = [
        laid(small, b"half", ".incoming-abc"),
        laid(small, b"note", "notes \x1b[31m.txt"),
        laid(small, b"orphan"),
    ]
    os.symlink("/etc/passwd", small / "files" / "aa" / "link")
    os.utime(small / "files" / "aa" / "link", (0, 0), follow_symlinks=False)

    assert "4 个移到隔离区" in as_json(small, "verify")["mended"][0]
    assert originals(small) == before
    listed = kb(small, "quarantine").stdout.splitlines()
    assert sorted(line.split("\t")[0] for line in listed) == sorted(
        f"{TODAY}/{name}"
        for name in ("incoming-abc", "notes \\x1b[31m.txt", "link", names[2])
    )
    assert Path("/etc/passwd").exists()


def test_what_is_young_may_belong_to_documents_just_being_added_and_stays(
    small: Path,
) -> None:
    laid(small, b"young", hours=0.5)
    laid(small, b"half", ".incoming-abc", hours=0.5)
    before = originals(small)

    assert as_json(small, "verify")["mended"] == []
    assert originals(small) == before


def test_an_original_no_document_was_made_of_is_set_aside_and_that_of_a_removed_one_stays(
    small: Path,
) -> None:
    unused, claimed = laid(small, b"unused"), laid(small, b"claimed")
    with sqlite3.connect(small / "kb.sqlite3") as conn:
        for name in (unused, claimed):
            conn.execute(
                "INSERT INTO file (sha256, media_type, size_bytes) VALUES (?, 'text/plain', 6)",
                [name],
            )
        conn.execute("INSERT INTO removal (document_id, generation) VALUES (99, 1)")
        conn.execute(
            "INSERT INTO removed_file SELECT 99, id FROM file WHERE sha256 = ?",
            [claimed],
        )
    conn.close()

    assert "1 个移到隔离区" in as_json(small, "verify")["mended"][0]
    assert claimed in originals(small) and unused not in originals(small)
    assert as_json(small, "verify")["mended"] == []


def test_a_damaged_original_is_replaced_by_the_whole_one_in_quarantine(
    small: Path,
) -> None:
    before = originals(small)
    name = sorted(before)[0]
    laid(small, before[name], f"{name}~copy")
    as_json(small, "verify")
    (small / "quarantine" / TODAY.isoformat() / f"{name}~copy").rename(
        small / "quarantine" / TODAY.isoformat() / name
    )
    (small / "files" / name[:2] / name).write_bytes(b"damaged")

    report = as_json(small, "verify")
    assert (report["wrong"], report["mended"]) == ([], [f"原件 {name} 已从隔离区放回"])
    assert originals(small) == before
    (damaged,) = (small / "quarantine" / TODAY.isoformat()).iterdir()
    assert damaged.read_bytes() == b"damaged"


def test_of_several_copies_in_quarantine_the_whole_one_is_put_back(small: Path) -> None:
    before = originals(small)
    name = sorted(before)[0]
    (small / "files" / name[:2] / name).unlink()
    for day, data in (
        ("2098-01-01", b"altered"),
        ("2099-01-01", before[name]),
        ("2099-01-02", b"altered too"),
    ):
        (small / "quarantine" / day).mkdir(parents=True)
        (small / "quarantine" / day / name).write_bytes(data)

    assert as_json(small, "verify")["wrong"] == []
    assert originals(small) == before


def test_while_the_database_is_damaged_nothing_is_set_aside(small: Path) -> None:
    for path in (small / "files").glob("??/*"):
        aged(path, 2)
    before = originals(small)
    with sqlite3.connect(small / "kb.sqlite3") as conn:
        conn.execute("DELETE FROM file WHERE sha256 = ?", [sorted(before)[0]])
    conn.close()

    report = as_json(small, "verify", status=2)
    assert any("外键不符" in message for message in report["wrong"])
    assert originals(small) == before and not (small / "quarantine").exists()


def test_a_missing_original_is_never_called_whole(small: Path) -> None:
    name = sorted(originals(small))[0]
    (small / "files" / name[:2] / name).unlink()

    done = kb(small, "verify", status=2)
    assert f"原件缺失:{name}" in done.stdout
    assert "完好" not in done.stderr and "损坏 1 处" in done.stderr


def test_a_library_without_documents_is_not_called_whole(fresh: Path) -> None:
    told = kb(fresh, "verify").stderr

    assert "库中没有文书" in told and "完好" not in told


def test_one_original_or_all_are_put_back_and_only_when_they_are_what_they_were(
    small: Path,
) -> None:
    first, second = laid(small, b"first"), laid(small, b"second")
    as_json(small, "verify")
    other = laid(small, b"third")
    as_json(small, "verify")
    (small / "quarantine" / TODAY.isoformat() / other).write_bytes(b"altered")

    assert as_json(small, "quarantine", "--restore", first) == {"restored": [first]}
    assert originals(small)[first] == b"first" and second not in originals(small)
    assert as_json(small, "verify")["mended"] == []
    assert first in originals(small)
    done = kb(small, "quarantine", "--restore", "all", status=2)
    assert f"{TODAY}/{other} 的内容与其名称(sha256)不符,未放回" in done.stderr
    assert originals(small)[second] == b"second"
    assert [held["sha256"] for held in as_json(small, "quarantine")["held"]] == [other]
    assert (
        "没有「0000」" in kb(small, "quarantine", "--restore", "0000", status=1).stderr
    )


def test_emptying_takes_only_what_has_been_there_long_and_asks(small: Path) -> None:
    laid(small, b"old"), laid(small, b"new")
    as_json(small, "verify")
    folder = small / "quarantine"
    long_ago = folder / (TODAY - timedelta(days=30)).isoformat()
    long_ago.mkdir()
    (folder / TODAY.isoformat() / sha256_of(b"old")).rename(
        long_ago / sha256_of(b"old")
    )
    before = as_json(small, "quarantine")["held"]

    assert "--yes" in kb(small, "quarantine", "--empty", status=1).stderr
    assert "未删除" in kb(small, "quarantine", "--empty", status=1, typed="n\n").stderr
    assert as_json(small, "quarantine")["held"] == before
    assert [
        held["sha256"]
        for held in as_json(small, "quarantine", "--empty", "--yes")["deleted"]
    ] == [sha256_of(b"old")]
    assert as_json(small, "quarantine", "--empty", "--yes") == {"deleted": []}
    assert (
        len(
            as_json(small, "quarantine", "--empty", "--older-than", 0, "--yes")[
                "deleted"
            ]
        )
        == 1
    )
    assert as_json(small, "quarantine") == {"held": []}
    assert "--empty" in kb(small, "quarantine", "--older-than", 3, status=1).stderr


def test_the_only_copy_of_an_original_in_use_is_not_deleted(small: Path) -> None:
    name = sorted(originals(small))[0]
    held = small / "quarantine" / "2099-01-01"
    held.mkdir(parents=True)
    (small / "files" / name[:2] / name).rename(held / name)
    held.rename(small / "quarantine" / "2000-01-01")

    assert as_json(small, "quarantine", "--empty", "--yes") == {"deleted": []}
    assert as_json(small, "verify")["mended"] == [f"原件 {name} 已从隔离区放回"]


def test_listing_makes_nothing_and_reads_folders_of_days_alone(fresh: Path) -> None:
    assert as_json(fresh, "quarantine") == {"held": []}
    assert not fresh.exists()
    (fresh / "quarantine" / "2099-02-31").mkdir(parents=True)
    (fresh / "quarantine" / "2099-02-31" / "x").touch()

    assert as_json(fresh, "quarantine") == {"held": []}
