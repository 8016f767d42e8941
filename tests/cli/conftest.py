from pathlib import Path

import pytest

from tests.cli.running import kb
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


# -- the contract ------------------------------------------------------------------------
