"""What `kb add FOLDER` and `kb check FOLDER` take in, and what they leave out and say so."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kb.commands.listing import list_files, shown
from tests.cli.running import ROOT, as_json, kb


def text(path: Path, words: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words or f"测试文本{path.stem}。", "utf-8")
    return path


def names(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in list_files([folder]).files]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text(tmp_path / "outside" / "secret.txt", "测试文本:不在目录里。")
    text(tmp_path / "folder" / "a.txt")
    text(tmp_path / "folder" / "below" / "b.md")
    return tmp_path / "folder"


@pytest.mark.parametrize("command", ["add", "check"])
def test_links_out_of_a_folder_are_left_out_and_told_of(
    fresh: Path, folder: Path, command: str
) -> None:
    (folder / "file.txt").symlink_to(folder.parent / "outside" / "secret.txt")
    (folder / "below" / "up").symlink_to(folder.parent / "outside")
    (folder / "relative.txt").symlink_to("../outside/secret.txt")
    (folder / "passwd.txt").symlink_to("/etc/passwd")

    done = kb(fresh, command, folder)

    assert (
        "跳过 4 个指向目录以外的链接:up、file.txt、passwd.txt、relative.txt"
        in done.stderr
    )
    assert ("新增 2 件" if command == "add" else "检查 2 件") in done.stderr


def test_a_folder_whose_name_only_begins_like_the_named_one_is_outside(
    tmp_path: Path,
) -> None:
    text(tmp_path / "folder2" / "secret.txt")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link.txt").symlink_to(tmp_path / "folder2" / "secret.txt")

    listing = list_files([tmp_path / "folder"])

    assert (listing.files, [path.name for path in listing.outside]) == (
        [],
        ["link.txt"],
    )


def test_links_inside_a_folder_count_once_and_circles_end(folder: Path) -> None:
    (folder / "again.txt").symlink_to("a.txt")
    (folder / "below" / "round").symlink_to("..")
    (folder / "self").symlink_to("self")
    text(folder / "kept" / "blob", "测试文本:没有扩展名。")
    (folder / "first.txt").symlink_to("kept/blob")
    (folder / "second.txt").symlink_to("kept/blob")

    listing = list_files([folder])

    assert names(folder) == ["a.txt", "below/b.md"]
    assert [path.name for path in listing.odd] == ["self"]


def test_a_link_gives_a_name_to_a_file_no_other_path_lists(folder: Path) -> None:
    text(folder / ".hidden" / ".blob", "测试文本:藏着。")
    (folder / "first.txt").symlink_to(".hidden/.blob")
    (folder / "second.txt").symlink_to(".hidden/.blob")

    assert names(folder) == ["a.txt", "below/b.md", "first.txt"]


def test_what_a_person_names_may_be_a_link(fresh: Path, folder: Path) -> None:
    (folder.parent / "door").symlink_to(folder)
    (folder.parent / "one.txt").symlink_to(folder.parent / "outside" / "secret.txt")

    done = kb(fresh, "add", folder.parent / "door", folder.parent / "one.txt")

    assert "新增 3 件" in done.stderr


def test_pipes_sockets_and_broken_links_are_not_opened(
    fresh: Path, folder: Path
) -> None:
    os.mkfifo(folder / "pipe.txt")
    (folder / "broken.txt").symlink_to("nowhere.txt")
    (folder / "to_pipe.md").symlink_to("pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "s.txt"))
        done = kb(fresh, "add", folder)

    assert "跳过 4 个失效的链接、管道或设备:" in done.stderr
    assert "新增 2 件" in done.stderr


@pytest.mark.parametrize("command", ["add", "check"])
def test_a_pipe_or_a_device_named_outright_does_not_hang(
    fresh: Path, tmp_path: Path, command: str
) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "null.txt").symlink_to("/dev/null")

    done = kb(fresh, command, tmp_path / "pipe.txt", tmp_path / "null.txt", status=1)

    assert (done.stdout + done.stderr).count("不是普通文件") == 2


def test_a_pipe_put_in_the_place_of_a_file_is_opened_without_waiting_for_a_writer(
    tmp_path: Path,
) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    code = "import sys, ingest.incoming as i; open(sys.argv[1], 'rb', opener=i._without_waiting).close()"

    subprocess.run(
        [sys.executable, "-c", code, tmp_path / "pipe.txt"],
        cwd=ROOT,
        check=True,
        timeout=30,
    )


@pytest.mark.parametrize("command", ["add", "check"])
def test_a_folder_that_cannot_be_looked_into_is_named_and_the_others_are_read(
    fresh: Path, folder: Path, command: str
) -> None:
    here, made = os.open(folder, os.O_RDONLY), 0
    for _ in range(20):  # deeper than a path can say
        os.mkdir("深" * 80, dir_fd=here)
        below = os.open("深" * 80, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here, made = below, made + 1
    os.close(here)

    done = kb(fresh, command, folder, status=1)

    assert made == 20
    assert (
        "文件夹无法打开(File name too long),其中的文件没有读到。请检查权限与路径"
        in done.stdout + done.stderr
    )
    assert (
        "新增 2 件" in done.stderr if command == "add" else "a.txt" not in done.stdout
    )


def test_folders_nested_deeper_than_python_calls_are_listed(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(1500):
        deep /= "d"
        deep.mkdir()
    text(deep / "a.txt")
    listing = list_files([tmp_path])
    (deep / "a.txt").unlink()
    while (
        deep != tmp_path
    ):  # what clears temporary folders calls itself for every one of them
        deep.rmdir()
        deep = deep.parent

    assert [path.name for path in listing.files] == ["a.txt"]


def test_a_name_that_is_no_utf8_is_read_as_chinese_windows_wrote_it_and_can_be_printed(
    fresh: Path, tmp_path: Path
) -> None:
    name = "文书.txt".encode("gbk")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_text(
        "测" * 70, "utf-8"
    )

    added = as_json(fresh, "add", tmp_path)["documents"]
    listed = kb(fresh, "add", tmp_path).stdout

    assert [(one["title"], one["path"].rsplit("/", 1)[1]) for one in added] == [
        ("文书", r"\xce\xc4\xca\xe9.txt")
    ]
    assert r"\xce\xc4\xca\xe9.txt" in listed
    assert shown(Path("测试.txt")) == "测试.txt"
