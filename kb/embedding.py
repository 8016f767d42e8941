"""Texts into vectors: static models without torch, any other by sentence-transformers."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from kb.analysis import normalise_all
from kb.errors import StateError
from kb.longestmatch import LongestMatch, longest_match
from kb.mentions import ARTICLE
from kb.modelfiles import model_folder, read_json, stored_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

_ARTICLE: Final = re.compile(ARTICLE)
NEEDS_EXTRA: Final = (
    "该模型需要 sentence-transformers。请运行:pip install -e '.[transformers]'"
)
#: From so many texts on, an automaton has earned the tenth of a second that it takes to build.
_MANY_TEXTS: Final = 2_000
#: Names a model may give to the prompt of its passages, in sentence-transformers' order.
_PASSAGE_PROMPTS: Final = ("document", "passage", "corpus")


class Embedder(Protocol):
    """Two embedders with one name agree: static ones bit for bit, others up to rounding."""

    @property
    def name(self) -> str:
        """Return the name stored beside vectors."""

    @property
    def dim(self) -> int:
        """Return the length of a vector."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of passages: float32 of shape (len(texts), dim), rows of unit length
        or all zero.
        """

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of queries, to be compared with those of passages by inner product;
        shape as there.
        """


def passage_texts(passages: Iterable[tuple[str, str]]) -> list[str]:
    """Return what is embedded of passages, given as (title, text).

    It is the text below the title, since alone it often does not name its matter. The number
    of an article in a title says nothing of the matter and is left out (246 lay questions over
    58,661 articles, vectors alone: R@100 0.788 with it, 0.807 without).
    """
    return normalise_all(
        f"{_ARTICLE.sub('', title)}\n{text}" for title, text in passages
    )


class _Side:
    """One half of a static model: how queries, or passages, become vectors."""

    def __init__(
        self,
        tokenizer: Any,
        weights: Vectors,
        prompt: str,
    ) -> None:
        self._tokenizer = tokenizer
        self._prompt = prompt
        self._seen = 0
        self._automaton: LongestMatch | None = None
        self.weights = weights

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), self.weights.shape[1]), dtype=np.float32)
        for row, tokens in zip(
            rows, self._tokens([self._prompt + text for text in texts]), strict=True
        ):
            if (
                tokens
            ):  # a product with ones sums rows several times faster than mean() does
                row[:] = np.ones(len(tokens), np.float32) @ self.weights.take(
                    tokens, axis=0
                )
        norms = np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(np.divide(rows, norms, out=rows, where=norms > 0))

    def _tokens(self, texts: Sequence[str]) -> Iterator[list[int]]:
        """Yield the tokens of each text; both ways give the same."""
        before, self._seen = self._seen, self._seen + len(texts)
        if before < _MANY_TEXTS <= self._seen:
            self._automaton = longest_match(self._tokenizer)
        if self._automaton is not None:
            yield from map(self._automaton.tokens, texts)
        else:
            for encoding in self._tokenizer.encode_batch_fast(
                texts, add_special_tokens=False
            ):
                yield encoding.ids


class StaticEmbedder:
    """Mean of token vectors, L2-normalised: sentence-transformers' StaticEmbedding without torch.

    Queries and passages share one table, or have one each where the folder holds a Router.
    """

    def __init__(self, folder: Path) -> None:
        """Load a folder of which `static_parts` says that it is static."""
        parts = static_parts(folder)
        if parts is None:
            raise ValueError(f"{folder} holds other modules than static embeddings")
        config = read_json(folder / "config_sentence_transformers.json") or {}
        prompts = config.get("prompts") or {}
        of_passages = _passage_prompt(prompts)
        of_queries = prompts.get("query", "")
        digest = hashlib.sha256()
        truncate = config.get("truncate_dim")
        self._passages = _side(parts[0], of_passages, truncate, digest)
        if parts[1] == parts[0] and of_queries == of_passages:
            self._queries = self._passages
        else:
            self._queries = _side(parts[1], of_queries, truncate, digest)
        if of_queries or of_passages or truncate:
            digest.update(f"{of_queries}\0{of_passages}\0{truncate}".encode())
        self.dim = int(self._passages.weights.shape[1])
        if self._queries.weights.shape[1] != self.dim:
            raise ValueError("queries and passages have vectors of different lengths")
        self.name = f"{folder.name}@{digest.hexdigest()[:12]}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a passage; a text without known tokens has a zero row."""
        return self._passages.embed(texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a query."""
        return self._queries.embed(texts)


def _passage_prompt(prompts: Mapping[str, str]) -> str:
    """Return what a model puts before its passages; "" for nothing."""
    for name in _PASSAGE_PROMPTS:
        if name in prompts:
            return prompts[name]
    return ""


def static_parts(folder: Path) -> tuple[Path, Path] | None:
    """Return where the static tables of passages and of queries are; None when the
    model has other modules.

    The folder is sentence-transformers': one StaticEmbedding, or a Router from queries and
    documents to one each; Normalize may follow, for every vector is normalised here anyway.
    """
    modules = read_json(folder / "modules.json")
    if not modules or not _only_normalise(module["type"] for module in modules[1:]):
        return None
    kind = modules[0]["type"]
    first = folder / modules[0]["path"]
    if _is(kind, "StaticEmbedding"):
        return first, first
    return _routed_parts(first) if _is(kind, "Router") else None


def _routed_parts(router: Path) -> tuple[Path, Path] | None:
    """Return the same of a Router; None where a route is more than a static table."""
    config = read_json(router / "router_config.json") or {}
    if (config.get("parameters") or {}).get("route_mappings"):
        return None
    of_passages = _static_route(config, "document")
    of_queries = _static_route(config, "query")
    if of_passages is None or of_queries is None:
        return None
    return router / of_passages, router / of_queries


def _static_route(config: dict[str, Any], route: str) -> str | None:
    """Return the module of a Router's route when that is a static table and nothing else."""
    names = (config.get("structure") or {}).get(route) or []
    types = [config["types"][name] for name in names]
    if not names or not _is(types[0], "StaticEmbedding"):
        return None
    if not _only_normalise(types[1:]):
        return None
    return str(names[0])


def _only_normalise(types: Iterable[str]) -> bool:
    """Tell whether modules of these types leave vectors as they are but for their length."""
    return all(_is(kind, "Normalize") for kind in types)


def _is(kind: str, name: str) -> bool:
    return kind.rsplit(".", 1)[-1] == name


def _side(
    part: Path,
    prompt: str,
    truncate: int | None,
    digest: Any,
) -> _Side:
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    weights = _table(load_file(part / "model.safetensors"))[:, :truncate]
    tokenizer = Tokenizer.from_file(str(part / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    digest.update((part / "model.safetensors").read_bytes())
    digest.update((part / "tokenizer.json").read_bytes())
    return _Side(tokenizer, np.ascontiguousarray(weights), prompt)


def _table(weights: dict[str, Any]) -> Vectors:
    """Return float32 token vectors, whatever the file's precision (float32, float16, int8).

    One scale for the whole table cancels when rows are normalised; model2vec's names for
    tables that share rows or weigh tokens are understood as sentence-transformers does.
    """
    if "embedding.weight" in weights:
        return np.asarray(weights["embedding.weight"], dtype=np.float32)
    table = weights["embeddings"]
    if "mapping" in weights:
        table = table[weights["mapping"]]
    table = np.asarray(table, dtype=np.float32)
    if "weights" in weights:
        table = table * np.asarray(weights["weights"], dtype=np.float32)[:, None]
    return np.asarray(table, dtype=np.float32)


class TransformerEmbedder:
    """Any sentence-transformers model in a folder; needs the extra [transformers]."""

    def __init__(self, name: str, folder: Path) -> None:
        """Load the model; raises StateError when the extra is missing or the folder is not a
        model.
        """
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise StateError(NEEDS_EXTRA) from error
        quiet()
        try:
            self._model: Any = SentenceTransformer(
                str(folder), device="cpu", local_files_only=True
            )
            self.dim = int(self._model.get_embedding_dimension())
        except Exception as error:  # every architecture fails in its own way
            raise StateError(
                f"模型「{name}」无法加载({_line(error)})。请确认目录完整,且是向量模型"
            ) from error
        self.name = stored_name(name, folder)
        #: The tokenizers of transformers may not be used by two threads at once.
        self._one_at_a_time = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a passage, encoded as the model encodes documents."""
        return self._encoded(self._model.encode_document, texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return one unit row a query, encoded as the model encodes queries."""
        return self._encoded(self._model.encode_query, texts)

    def _encoded(self, encode: Any, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        with self._one_at_a_time:
            rows = encode(
                list(texts), normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(rows, dtype=np.float32)


def quiet() -> None:
    """Keep transformers from drawing bars of its own on stderr."""
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()


def _line(error: Exception) -> str:
    """Return the first line of an error of somebody else's, cut to a readable length."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


@lru_cache(maxsize=4)
def load_embedder(name: str) -> Embedder:
    """Return the embedder of a shipped model's name, a folder, or a hub name in the local cache.

    Raises StateError when it cannot be loaded.
    """
    folder = model_folder(name)
    try:
        if static_parts(folder) is not None:
            return StaticEmbedder(folder)
    except (
        Exception
    ) as error:  # the parsers of weights and tokenizers raise types of their own
        raise StateError(
            f"模型「{name}」的文件不完整或已损坏。请重新取得该目录"
        ) from error
    return TransformerEmbedder(name, folder)
