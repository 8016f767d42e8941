"""Texts into vectors: the shipped model without torch, any other by sentence-transformers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from kb.errors import StateError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_MODELS: Final = Path(__file__).parent / "models"


class Embedder(Protocol):
    """Two embedders with one name agree bit for bit."""

    @property
    def name(self) -> str:
        """Return the name stored beside vectors."""

    @property
    def dim(self) -> int:
        """Return the length of a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return float32 of shape (len(texts), dim), rows of unit length or all zero."""


class StaticEmbedder:
    """Mean of token vectors, L2-normalised: sentence-transformers' StaticEmbedding without torch."""

    def __init__(self, folder: Path) -> None:
        """Load a sentence-transformers folder with one StaticEmbedding module."""
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        module = next(m for m in json.loads((folder / "modules.json").read_text("utf-8")) if _is_static(m))
        part = folder / module["path"]
        weights = load_file(part / "model.safetensors")["embedding.weight"]
        self._weights = np.ascontiguousarray(weights, dtype=np.float32)
        self._tokenizer = Tokenizer.from_file(str(part / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        digest = hashlib.sha256((part / "model.safetensors").read_bytes())
        digest.update((part / "tokenizer.json").read_bytes())
        self.name = f"{folder.name}@{digest.hexdigest()[:12]}"
        self.dim = int(weights.shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text; a text without known tokens has a zero row."""
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        for row, encoding in zip(rows, encodings, strict=True):
            ids = encoding.ids
            if ids:  # a product with ones sums rows several times faster than mean() does
                row[:] = np.ones(len(ids), np.float32) @ self._weights.take(ids, axis=0)
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(np.divide(rows, norms, out=rows, where=norms > 0))


class TransformerEmbedder:
    """Any sentence-transformers model, local folder or name; needs the extra [transformers]."""

    def __init__(self, name: str) -> None:
        """Load the model; raises StateError when the extra or the model is missing."""
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise StateError("该模型需要 sentence-transformers。请运行:pip install -e '.[transformers]'") from error
        try:
            self._model: Any = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise StateError(f"模型「{name}」无法加载。请确认目录存在且完整,或检查网络") from error
        self.name = name
        self.dim = int(self._model.get_sentence_embedding_dimension())

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a text."""
        rows = self._model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32)


def _is_static(module: dict[str, Any]) -> bool:
    return str(module["type"]).endswith("StaticEmbedding")


@lru_cache(maxsize=4)
def load_embedder(name: str) -> Embedder:
    """Return the embedder of a shipped model's name, a folder, or a sentence-transformers name.

    Raises StateError when it cannot be loaded.
    """
    folder = _MODELS / name if (_MODELS / name).is_dir() else Path(name)
    if (folder / "modules.json").is_file():
        try:
            modules = json.loads((folder / "modules.json").read_text("utf-8"))
            if any(_is_static(module) for module in modules):
                return StaticEmbedder(folder)
        except Exception as error:  # the parsers of weights and tokenizers raise types of their own
            raise StateError(f"模型「{name}」的文件不完整或已损坏。请重新取得该目录") from error
    return TransformerEmbedder(name)
