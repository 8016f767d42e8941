"""No command goes on, and none deletes, where the database of a data folder is gone."""

import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.settings import Settings
from tests.cli.running import kb
from tests.conftest import CORPUS, SAMPLES
from tests.tree import tree
from web import create_app

COMMANDS = (
    ("add", SAMPLES / "decision.pdf"),
    ("add", "--if-empty", SAMPLES / "decision.pdf"),
    ("remove", "1", "--yes"),
    ("search", "客户名单"),
    ("show", "1"),
    ("similar", "1"),
    ("export",),
    (
        "evaluate",
        "--topics",
        CORPUS / "evaluation" / "topics.tsv",
        "--qrels",
        CORPUS / "evaluation" / "qrels.tsv",
    ),
    ("verify",),
    ("quarantine", "--empty"),
    ("backup", "/tmp/never-written.zip"),
    ("reembed",),
    ("serve", "--port", "8765"),
)


@pytest.fixture
def headless(home: Path, tmp_path: Path) -> Path:
    """A copy of a library without its database."""
    copy = Path(shutil.copytree(home, tmp_path / "headless"))
    (copy / "kb.sqlite3").unlink()
    return copy


@pytest.mark.parametrize(
    "command", COMMANDS, ids=lambda command: " ".join(map(str, command[:1]))
)
def test_every_command_refuses_with_advice_and_changes_nothing(
    headless: Path, command: tuple[object, ...]
) -> None:
    before = tree(headless)

    done = kb(headless, *command, status=2)
    assert "没有数据库" in done.stderr and "kb restore" in done.stderr
    assert tree(headless) == before


def test_pages_and_answers_say_503_and_change_nothing(headless: Path) -> None:
    before = tree(headless)

    with TestClient(create_app(Settings(home=headless))) as client:
        for address in ("/", "/?q=客户名单", "/documents/1", "/api/search?q=客户名单"):
            answer = client.get(address)
            assert (answer.status_code, "没有数据库" in answer.text) == (503, True), (
                address
            )
    assert tree(headless) == before


def test_a_server_whose_database_is_lost_says_so_and_serves_it_again_when_it_is_back(
    home: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(home, tmp_path / "copy"))
    with TestClient(create_app(Settings(home=copy))) as client:
        assert client.get("/documents/1").status_code == 200
        whole = (copy / "kb.sqlite3").read_bytes()
        (copy / "kb.sqlite3").write_bytes(b"")
        assert client.get("/documents/1").status_code == 503
        (copy / "kb.sqlite3").write_bytes(whole)
        assert client.get("/documents/1").status_code == 200
