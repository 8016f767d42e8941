"""Two stores a reader: without what he may not see, and with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from msgspec import Struct
from starlette.testclient import TestClient

from kb.embedding import Embedder, load_embedder
from kb.settings import Settings
from kb.vocabulary import Visibility
from tests.twin.telling import Naming, naming
from tests.twin.twins import Line, fill, mixed, seen_by
from web import create_app

READERS: Final = (Visibility.PUBLIC, Visibility.INTERNAL)
#: Headers that say what is answered; times and lengths of numbers are not among them.
_HEADERS: Final = ("content-type", "content-disposition", "location", "cache-control")


class Twin(Struct, frozen=True):
    """A store, its reader, what its documents are called, and the site over it."""

    home: Path
    clearance: Visibility
    names: Naming
    client: TestClient


@pytest.fixture(scope="module")
def model() -> Embedder:
    return load_embedder("zh-legal-static")


@pytest.fixture(scope="module")
def library(
    tmp_path_factory: pytest.TempPathFactory, model: Embedder
) -> Callable[[list[Line]], Path]:
    """Return a function that fills a data folder with documents, in their order."""

    def filled(lines: list[Line]) -> Path:
        folder = tmp_path_factory.mktemp("twin")
        fill(folder / "home", folder / "incoming", lines, model)
        return folder / "home"

    return filled


def twin(home: Path, clearance: Visibility) -> Twin:
    site = create_app(Settings(home=home, clearance=clearance))
    return Twin(home, clearance, naming(home), TestClient(site))


@pytest.fixture(scope="module")
def whole(library: Callable[[list[Line]], Path]) -> Path:
    return library(mixed())


@pytest.fixture(
    scope="module", params=READERS, ids=lambda clearance: clearance.name.lower()
)
def twins(
    request: pytest.FixtureRequest, library: Callable[[list[Line]], Path], whole: Path
) -> tuple[Twin, Twin]:
    """The store without what the reader may not see, and the store with it."""
    alone = library(seen_by(request.param, mixed()))
    return twin(alone, request.param), twin(whole, request.param)


def differing(pair: tuple[Twin, Twin], addresses: list[str]) -> list[str]:
    """Return the addresses at which two twins do not answer alike."""
    return [
        address
        for address in addresses
        if _answer(pair[0], address) != _answer(pair[1], address)
    ]


def _answer(one: Twin, address: str) -> tuple[object, ...]:
    answer = one.client.get(address, follow_redirects=False)
    return (
        answer.status_code,
        [answer.headers.get(name) for name in _HEADERS],
        one.names.told(answer.text),
    )
