"""Real parts, small: stores in temporary folders, a tiny true embedder, real sample files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

from ingest.pipeline import Options, Receipt, ingest_file
from kb.permissions import PRIVATE
from kb.store import Store
from kb.vocabulary import Visibility

#: Examples are judged by their answer, not by how busy the machine is; speed has tests and benches of its own.
settings.register_profile("any machine", deadline=None)
settings.register_profile("hostile", deadline=None, max_examples=1000)
settings.load_profile("any machine")

#: What tests lay in a data folder is as closed to others as what `kb` writes there.
os.umask(PRIVATE)

SAMPLES = Path(__file__).parent / "samples"
CORPUS = Path(__file__).resolve().parent.parent / "corpus"


class TinyEmbedder:
    """Character bigrams hashed to 64 directions: a cheap twin for tests, never for readers."""

    name = "tiny-test"
    dim = 64

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for pair in zip(text, text[1:], strict=False):
                row[
                    hashlib.blake2b(
                        "".join(pair).encode("utf-8", "replace"), digest_size=2
                    ).digest()[0]
                    % self.dim
                ] += 1
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.divide(rows, norms, out=rows, where=norms > 0)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self.embed(texts)


@pytest.fixture
def embedder() -> TinyEmbedder:
    return TinyEmbedder()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    with Store(home, Visibility.RESTRICTED) as opened:
        yield opened


@pytest.fixture
def add(
    store: Store, embedder: TinyEmbedder, tmp_path: Path
) -> Callable[..., list[Receipt]]:
    """Return a function that writes a file and adds it: add("a.md", "text", collection=...)."""

    def add_file(name: str, content: str | bytes, **options: object) -> list[Receipt]:
        path = tmp_path / "incoming" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(ingest_file(path, store, embedder, Options(**options)))  # type: ignore[arg-type]

    return add_file
