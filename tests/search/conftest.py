"""The real corpus in a real store under the shipped model, made once a run."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.pipeline import ingest_file
from kb.analysis import normalise
from kb.embedding import Embedder, load_embedder
from kb.store import Store
from kb.vocabulary import Visibility
from search.opening import make_searcher
from search.searcher import Searcher
from tests.conftest import CORPUS

_EDGE = "(?<![a-z0-9])"
_END = "(?![a-z0-9])"


@dataclass(frozen=True)
class Library:
    """A store, its searcher, and what every document says, folded."""

    home: Path
    store: Store
    searcher: Searcher
    texts: dict[int, str]
    facets: dict[tuple[str, int], set[str]]

    def values(self, field: str, document: int) -> set[str]:
        """Return what the store says of a document in one field; 未标注 when nothing."""
        return self.facets.get((field, document), {"未标注"})

    def holding(self, *needles: str) -> set[int]:
        """Return the documents that hold every needle in title or text: the truth,
        without any index.

        Letters and digits count as whole words: "ai" does not stand in "claim".
        """
        wanted = [
            re.compile(
                rf"{_EDGE if n[0].isascii() else ''}{re.escape(n)}{_END if n[-1].isascii() else ''}"
            )
            for n in map(normalise, needles)
        ]
        return {
            d
            for d, text in self.texts.items()
            if all(pattern.search(text) for pattern in wanted)
        }


@pytest.fixture(scope="session")
def model() -> Embedder:
    return load_embedder("zh-legal-static")


@pytest.fixture(scope="session")
def library_home(tmp_path_factory: pytest.TempPathFactory, model: Embedder) -> Path:
    home = tmp_path_factory.mktemp("library")
    with Store(home, Visibility.RESTRICTED) as store:
        for path in sorted(CORPUS.rglob("*.md")):
            if path.name != "README.md":
                for receipt in ingest_file(path, store, model):
                    assert receipt.error is None, (path.name, receipt.error)
        make_searcher(home, model).refresh(store)
    return home


def open_library(
    home: Path, model: Embedder, clearance: Visibility = Visibility.RESTRICTED
) -> Library:
    store = Store(home, clearance)
    texts = {}
    for document_id in store.document_ids().tolist():
        document = store.document(document_id)
        assert document is not None
        texts[document_id] = normalise(f"{document.head.title}\n{document.text}")
    facets: dict[tuple[str, int], set[str]] = {}
    for field, value, documents in store.facet_documents():
        for document_id in documents.tolist():
            facets.setdefault((field, document_id), set()).add(value)
    return Library(home, store, make_searcher(home, model), texts, facets)


@pytest.fixture(scope="session")
def library(library_home: Path, model: Embedder) -> Iterator[Library]:
    """The corpus, to be read only."""
    made = open_library(library_home, model)
    yield made
    made.store.close()


@pytest.fixture
def copied(library_home: Path, tmp_path: Path) -> Path:
    """A data folder with the corpus and its indexes that a test may change."""
    home = tmp_path / "copied"
    shutil.copytree(library_home, home)
    return home


@pytest.fixture
def opened(copied: Path, model: Embedder) -> Iterator[Callable[..., Library]]:
    """Open the copied folder, as many times as wanted."""
    made: list[Library] = []

    def open_again(clearance: Visibility = Visibility.RESTRICTED) -> Library:
        made.append(open_library(copied, model, clearance))
        return made[-1]

    yield open_again
    for one in made:
        one.store.close()
