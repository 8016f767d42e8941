"""Tiny real models, made where a test needs them: random weights in the folders of
sentence-transformers.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split

_TYPES = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"
_NORMALIZE = "sentence_transformers.base.modules.normalize.Normalize"
_ROUTER = "sentence_transformers.base.modules.router.Router"
#: Enough characters for a test text to have tokens; every other one is unknown.
_CHARS = "的一是不了人在有我他这中大来上个国到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公司客户名单离职员工带走源代码保密措施协议甲乙测试第份未签被技术信息商业秘密"


def tokenizer() -> Tokenizer:
    vocabulary = {
        char: number
        for number, char in enumerate(
            dict.fromkeys("□" + _CHARS + "abcdefghijklmnopqrstuvwxyz0123456789")
        )
    }
    made = Tokenizer(WordLevel(vocabulary, unk_token="□"))
    made.pre_tokenizer = Split(Regex("."), "isolated")
    return made


def _table(part: Path, seed: int, dim: int, dtype: str) -> None:
    part.mkdir(parents=True, exist_ok=True)
    made = tokenizer()
    weights = np.random.default_rng(seed).normal(size=(made.get_vocab_size(), dim))
    if dtype == "int8":
        weights = np.clip(np.rint(weights * 40), -127, 127)
    save_file({"embedding.weight": weights.astype(dtype)}, part / "model.safetensors")
    made.save(str(part / "tokenizer.json"))


def _modules(folder: Path, first: str, **config: Any) -> None:
    kinds = [("", first), ("1_Normalize", _NORMALIZE)]
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": kind}
        for n, (path, kind) in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    if config:
        (folder / "config_sentence_transformers.json").write_text(json.dumps(config))


def static_model(
    folder: Path, seed: int = 1, dim: int = 24, dtype: str = "float32", **config: Any
) -> Path:
    """One table for queries and passages."""
    _table(folder, seed, dim, dtype)
    _modules(folder, _TYPES, **config)
    return folder


def two_sided_model(
    folder: Path, seed: int = 1, dim: int = 24, query_dim: int | None = None
) -> Path:
    """A Router from queries and documents to a table each."""
    names = {
        "query": "query_0_StaticEmbedding",
        "document": "document_0_StaticEmbedding",
    }
    _table(folder / names["query"], seed + 1000, query_dim or dim, "float32")
    _table(folder / names["document"], seed, dim, "float32")
    (folder / "router_config.json").write_text(
        json.dumps(
            {
                "types": dict.fromkeys(names.values(), _TYPES),
                "structure": {route: [name] for route, name in names.items()},
                "parameters": {
                    "default_route": "document",
                    "allow_empty_key": True,
                    "route_mappings": {},
                },
            }
        )
    )
    _modules(folder, _ROUTER)
    return folder


def _bert(folder: Path, seed: int, **config: Any) -> tuple[Any, Any]:
    """A BERT of 2 layers, 32 wide, whose characters are tokens; needs torch."""
    import torch
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        BertModel,
        BertTokenizerFast,
    )

    folder.mkdir(parents=True, exist_ok=True)
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    (folder / "vocab.txt").write_text(
        "\n".join([*special, *tokenizer().get_vocab()]), "utf-8"
    )
    words = BertTokenizerFast(
        vocab={
            t: n
            for n, t in enumerate((folder / "vocab.txt").read_text("utf-8").split("\n"))
        }
    )
    (folder / "vocab.txt").unlink()
    torch.manual_seed(seed)
    shape = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
        initializer_range=0.5,
        **config,
    )
    kind = BertForSequenceClassification if "num_labels" in config else BertModel
    return kind(shape), words


def bert_model(
    folder: Path, seed: int = 1, prompts: dict[str, str] | None = None
) -> Path:
    """A sentence-transformers model of a tiny BERT with mean pooling."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer

    plain = folder.with_name(folder.name + "-plain")
    model, words = _bert(plain, seed)
    model.save_pretrained(plain)
    words.save_pretrained(plain)
    inner = Transformer(str(plain), max_seq_length=64)
    made = SentenceTransformer(
        modules=[inner, Pooling(32)], device="cpu", prompts=prompts
    )
    made.save(str(folder), create_model_card=False)
    return folder


def cross_encoder(folder: Path, seed: int = 1, labels: int = 1) -> Path:
    """A CrossEncoder of a tiny BERT."""
    model, words = _bert(folder, seed, num_labels=labels)
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder
