from pathlib import Path

import pytest

from tests.cli import here
from tests.cli.purged import Library
from tests.cli.running import kb, lines
from tests.conftest import CORPUS


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the criminal cases and the laws, to be read only."""
    folder = tmp_path_factory.mktemp("cli")
    kb(folder, "add", CORPUS / "cases" / "criminal", CORPUS / "laws", "--quiet")
    return folder


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return tmp_path / "fresh"


@pytest.fixture
def small(fresh: Path, tmp_path: Path) -> Path:
    """A data folder with two files of three documents each."""
    for number in (0, 3):
        (tmp_path / f"{number}.jsonl").write_text(lines(3, number), "utf-8")
        here.kb(fresh, "add", tmp_path / f"{number}.jsonl", "--quiet")
    return fresh


@pytest.fixture
def saved(small: Path, tmp_path: Path) -> Path:
    here.kb(small, "backup", tmp_path / "kb.zip")
    return tmp_path / "kb.zip"


@pytest.fixture
def library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Library:
    return Library(tmp_path, capsys)
