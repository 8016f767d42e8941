"""Only a whole backup is unpacked; whatever else calls itself one is refused and leaves nothing
behind.
"""

import json
import os
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb.backup.making import make
from kb.backup.restoring import restore
from kb.errors import KbError, StateError, StoreTooNew, UnreadableFile, UserError
from kb.store import Store, copying
from kb.vocabulary import Visibility
from tests.backups import contents, described, sealed, write
from tests.tree import tree

TEXT = "（2099）测01民终1号\n测试文本。离职员工带走客户名单。\n"
Members = dict[str, bytes]


@pytest.fixture
def saved(add: Callable[..., object], store: Store, tmp_path: Path) -> Path:
    """A backup of a store with one document."""
    add("a.txt", TEXT)
    make(store, tmp_path / "kb.zip")
    return tmp_path / "kb.zip"


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., str]:
    """Return a function that tries to restore an archive, sees that nothing was left, and returns
    what was said.
    """

    def try_to_restore(path: Path, kind: type[KbError] = UnreadableFile) -> str:
        before = tree(tmp_path)
        with pytest.raises(kind) as caught:
            restore(path, tmp_path / "target", replace=True)
        assert tree(tmp_path) == before
        return str(caught.value)

    return try_to_restore


def test_a_flipped_bit_anywhere_is_found(
    saved: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    data = saved.read_bytes()
    for step in range(97):
        flipped = bytearray(data)
        flipped[(len(data) - 1) * step // 96] ^= 1 << step % 8
        (tmp_path / "flipped.zip").write_bytes(flipped)

        assert "没有恢复任何东西" in refused(tmp_path / "flipped.zip")


def test_an_archive_cut_short_or_with_something_behind_it_is_refused(
    saved: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    data = saved.read_bytes()
    for made in (
        *(data[: len(data) * step // 16] for step in range(16)),
        data[:-1],
        data[1:],
        data + b"\n",
    ):
        (tmp_path / "cut.zip").write_bytes(made)

        assert "没有恢复任何东西" in refused(tmp_path / "cut.zip")


def test_what_is_no_file_is_refused(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "none.zip", tmp_path, tmp_path / "pipe"):
        with pytest.raises(UnreadableFile, match="不是普通文件"):
            restore(path, tmp_path / "target", replace=True)


def a_name_outside(members: Members, manifest: dict[str, Any], path: Path) -> Path:
    members["../evil"] = b"x"
    return write(path, members, described(members, manifest))


def an_absolute_name(members: Members, manifest: dict[str, Any], path: Path) -> Path:
    members["/tmp/evil"] = b"x"
    return write(path, members, described(members, manifest))


def a_name_in_another_folder(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    members[f"files/00/{'1' * 64}"] = b"x"
    return write(path, members, described(members, manifest))


def the_mark_of_another_store(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    members["files/STORE"] = b"0" * 32
    return write(path, members, described(members, manifest))


def an_original_that_is_not_its_name(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    name = next(name for name in members if name.startswith("files/"))
    members[name] = b"something else"
    return write(path, members, described(members, manifest))


def an_original_the_manifest_lies_about(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    name = next(name for name in members if name.startswith("files/"))
    members[name] = bytes(len(members[name]))
    return write(path, members, manifest)


def a_missing_original(members: Members, manifest: dict[str, Any], path: Path) -> Path:
    del members[next(name for name in members if name.startswith("files/"))]
    return write(path, members, described(members, manifest))


def a_member_no_manifest_names(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    return write(
        path,
        members,
        manifest,
        lambda archive: archive.writestr("index/keyword/stamp.json", "{}"),
    )


def a_member_twice(members: Members, manifest: dict[str, Any], path: Path) -> Path:
    name = next(name for name in members if name.startswith("files/"))
    with pytest.warns(UserWarning, match="Duplicate name"):
        return write(
            path,
            members,
            manifest,
            lambda archive: archive.writestr(name, members[name]),
        )


def a_link(members: Members, manifest: dict[str, Any], path: Path) -> Path:
    name, data = "kb.sqlite3", b"/etc/passwd"
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    linked = members | {name: data}
    del members[name]
    return write(
        path,
        members,
        described(linked, manifest),
        lambda archive: archive.writestr(info, data),
    )


def no_database(members: Members, manifest: dict[str, Any], path: Path) -> Path:
    del members["kb.sqlite3"]
    return write(path, members, described(members, manifest))


def a_database_that_is_none(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    members["kb.sqlite3"] = b"x" * 9000
    return write(path, members, described(members, manifest))


def a_bomb_of_zeros_for_a_database(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    members["kb.sqlite3"] = bytes(50_000_000)
    return write(path, members, described(members, manifest))


def a_bomb_in_a_small_member(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    truth = described(members, manifest)
    members["kb.sqlite3"] = bytes(50_000_000)
    return write(path, members, truth)


def _changed(members: Members, path: Path, statement: str) -> Members:
    path.write_bytes(members["kb.sqlite3"])
    with sqlite3.connect(path) as conn:
        conn.execute(statement)
    conn.close()
    made = members | {"kb.sqlite3": path.read_bytes()}
    path.unlink()
    return made


def a_database_with_a_trigger(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    members = _changed(
        members,
        path,
        "CREATE TRIGGER evil AFTER INSERT ON document BEGIN DELETE FROM document; END",
    )
    return write(path, members, described(members, manifest))


def a_database_of_another_store(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    members = _changed(members, path, "UPDATE meta SET store_id = 'another'")
    return write(path, members, described(members, manifest))


def a_database_of_another_commit(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    members = _changed(
        members, path, "UPDATE lineage SET commit_id = lower(hex(randomblob(16)))"
    )
    return write(path, members, described(members, manifest))


def a_database_without_its_tables(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    members = _changed(members, path, "DROP TABLE lineage")
    return write(path, members, described(members, manifest))


def a_manifest_that_is_none(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    return write(path, members, {"format": 1, "members": "none"})


def a_manifest_too_deep_to_read(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    write(path, members, manifest)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("MANIFEST.json", b'{"format":' + b"[" * 200_000)
    return sealed(path)


def members_that_overlap(
    members: Members, manifest: dict[str, Any], path: Path
) -> Path:
    """Say that a member takes up more bytes than the archive has: others' bytes are its own too."""
    write(path, members, described(members, manifest))
    with zipfile.ZipFile(path, "a") as archive:
        archive.getinfo("kb.sqlite3").compress_size += path.stat().st_size
        archive.comment = b"1" * 64  # so that the directory is written again
    return sealed(path)


HOSTILE = {
    a_name_outside: "'../evil' 不该在备份里",
    an_absolute_name: "'/tmp/evil' 不该在备份里",
    a_name_in_another_folder: "不该在备份里",
    the_mark_of_another_store: "'files/STORE' 不该在备份里",
    an_original_that_is_not_its_name: "不该在备份里",
    an_original_the_manifest_lies_about: "与其 sha256 不符",
    a_missing_original: "清单与其中的数据库不符",
    a_member_no_manifest_names: "其中的文件与清单不符",
    a_member_twice: "其中的文件与清单不符",
    a_link: "'kb.sqlite3' 不是普通文件",
    no_database: "其中的文件与清单不符",
    a_database_that_is_none: "不是本系统的数据库",
    a_bomb_of_zeros_for_a_database: "不是本系统的数据库",
    a_bomb_in_a_small_member: "大小与清单不符",
    a_database_with_a_trigger: "不属于本系统的「evil」",
    a_database_of_another_store: "清单与其中的数据库不符",
    a_database_of_another_commit: "清单与其中的数据库不符",
    a_database_without_its_tables: "不是本系统的数据库",
    a_manifest_that_is_none: "不完整、被改动过",
    a_manifest_too_deep_to_read: "不完整、被改动过",
    members_that_overlap: "互相重叠",
}


@pytest.mark.parametrize("make_it", HOSTILE, ids=lambda make_it: make_it.__name__)
def test_an_archive_made_to_do_harm_is_refused_though_its_seal_is_true(
    saved: Path,
    tmp_path: Path,
    refused: Callable[..., str],
    make_it: Callable[[Members, dict[str, Any], Path], Path],
) -> None:
    hostile = make_it(*contents(saved), tmp_path / "hostile.zip")
    told = refused(hostile)

    assert HOSTILE[make_it] in told and "没有恢复任何东西" in told


def test_the_archives_that_are_refused_are_good_but_for_the_harm(
    saved: Path, tmp_path: Path
) -> None:
    members, manifest = contents(saved)
    again = write(tmp_path / "again.zip", members, described(members, manifest))

    assert restore(again, tmp_path / "target", replace=False).documents == 1


def test_an_archive_that_needs_more_room_than_there_is_is_refused_before_it_is_unpacked(
    saved: Path,
    tmp_path: Path,
    refused: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)

    assert "磁盘空间不足" in refused(saved, StateError)


def test_a_backup_of_a_newer_program_is_refused_and_asks_for_it(
    saved: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    members, manifest = contents(saved)
    newer = write(
        tmp_path / "format.zip",
        members,
        manifest | {"format": 2, "members": [], "more": {}},
    )
    assert "更新的程序" in refused(newer, StateError)

    members = _changed(members, tmp_path / "changed", "PRAGMA user_version = 9999")
    schema = write(
        tmp_path / "schema.zip",
        members,
        described(members, manifest) | {"schema_version": 9999},
    )
    assert "请升级程序" in refused(schema, StoreTooNew)


def test_a_refused_backup_leaves_an_empty_folder_empty_and_a_library_as_it_was(
    saved: Path, tmp_path: Path, store: Store, home: Path
) -> None:
    members, manifest = contents(saved)
    bad = a_database_of_another_store(members, manifest, tmp_path / "bad.zip")
    (tmp_path / "empty").mkdir()
    store.close()
    before = {
        name: data for name, data in tree(home).items() if name != "commands.lock"
    }

    for target in (tmp_path / "empty", home):
        with pytest.raises(UnreadableFile):
            restore(bad, target, replace=True)
    assert tree(tmp_path / "empty") == {}
    assert {
        name: data for name, data in tree(home).items() if name != "commands.lock"
    } == before
    with pytest.raises(UserError, match="--replace"):
        restore(saved, home, replace=False)


def test_a_manifest_says_what_an_operator_can_check_by_hand(saved: Path) -> None:
    members, manifest = contents(saved)

    assert described(members, manifest) == manifest
    assert set(json.loads(json.dumps(manifest))) == {
        *(
            "format",
            "store_id",
            "generation",
            "commit_id",
            "schema_version",
            "program",
            "made_at",
            "members",
        ),
        "missing",
    }


def test_a_copy_is_of_one_moment_and_does_not_begin_anew_when_others_write(
    store: Store,
    home: Path,
    add: Callable[..., object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copying, "_PAGES_AT_ONCE", 5)
    add("a.txt", TEXT)
    before = store.commit()
    done: list[int] = []
    with Store(home) as other:

        def write_meanwhile(pages: int, _: int) -> None:
            done.append(pages)
            if len(done) < 5:
                other.set_visibility(1, Visibility(len(done) % 2))

        store.copy_to(tmp_path / "copy", write_meanwhile)

    assert len(done) > 5 and done == sorted(set(done))
    assert copying.inspect(tmp_path / "copy").commit == before
    assert store.commit().generation == before.generation + 4


def test_a_folder_that_cannot_be_moved_aside_is_named_before_anything_is(
    saved: Path, store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.close()
    before = tree(home)
    monkeypatch.setattr(Path, "is_mount", lambda path: path.name == "files")

    with pytest.raises(StateError, match="files 是挂载点"):
        restore(saved, home, replace=True)
    assert tree(home) == before | {"commands.lock": b""}
