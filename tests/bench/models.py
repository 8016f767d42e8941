"""What larger models cost on this machine: `python -m tests.bench.models`; needs the
extra [transformers].

Weights are random and the shapes are those of well-known models, for cost depends on
the shape alone; nothing is downloaded and nothing is said of quality. Passages are
those of corpus/.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

CORPUS: Final = Path(__file__).resolve().parents[2] / "corpus"
#: name -> layers, width, heads, inner width, token table
EMBEDDERS: Final = {
    "bge-small-zh": (4, 512, 8, 2048, 21_128),
    "bge-base-zh": (12, 768, 12, 3072, 21_128),
    "bge-m3": (24, 1024, 16, 4096, 250_002),
}
RERANKERS: Final = {
    "MiniLM-L6": (6, 384, 12, 1536, 250_002),
    "bge-reranker-base": (12, 768, 12, 3072, 250_002),
}
_SAMPLE: Final = 96
_BATCH: Final = 32
#: Pairs of a search that reranks 20 documents: one or two passages each; characters of its question.
_PAIRS: Final = 30
_QUESTION: Final = 20
_MOST_TOKENS: Final = 512


def passage_lengths(home: Path) -> list[int]:
    """Return the length of every passage of the corpus below its title, in characters: about a
    token each.
    """
    from ingest.pipeline import ingest_file
    from kb.embedding import load_embedder, passage_texts
    from kb.store import Store
    from kb.vocabulary import Visibility

    embedder = load_embedder("zh-legal-static")
    with Store(home, Visibility.RESTRICTED) as store:
        for path in sorted(CORPUS.rglob("*.md")):
            if path.name != "README.md":
                list(ingest_file(path, store, embedder))
        return [
            len(text)
            for text in passage_texts(
                (p.title, p.text) for p in store.passages_to_index()
            )
        ]


def made(shape: Sequence[int], labels: int | None) -> Any:
    """Return a BERT of a shape with random weights; with `labels`, one that scores pairs."""
    from transformers import BertConfig, BertForSequenceClassification, BertModel

    layers, width, heads, inner, words = shape
    config = BertConfig(
        vocab_size=words,
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
    )
    if labels is None:
        return BertModel(config).eval()
    config.num_labels = labels
    return BertForSequenceClassification(config).eval()


def seconds(model: Any, lengths: Sequence[int]) -> float:
    """Return the time of one pass over texts of these lengths in tokens, in batches of like length."""
    import torch

    ordered = sorted((min(length, _MOST_TOKENS) for length in lengths), reverse=True)
    started = time.perf_counter()
    with torch.inference_mode():
        for start in range(0, len(ordered), _BATCH):
            part = ordered[start : start + _BATCH]
            ids = torch.randint(10, 20_000, (len(part), part[0]))
            mask = torch.tensor(
                [[1] * length + [0] * (part[0] - length) for length in part]
            )
            model(input_ids=ids, attention_mask=mask)
    return time.perf_counter() - started


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print a line a shape: passages a second, minutes for 10,000, megabytes of their vectors;
    milliseconds a query.
    """
    import torch

    with tempfile.TemporaryDirectory() as folder:
        lengths = passage_lengths(Path(folder))
    sample = (
        np.random.default_rng(0).choice(lengths, size=_SAMPLE, replace=False).tolist()
    )
    _say(
        f"threads={torch.get_num_threads()} passages={len(lengths)} mean_length={np.mean(lengths):.0f}"
    )
    for name, shape in EMBEDDERS.items():
        model = made(shape, None)
        seconds(model, sample[:8])
        rate = _SAMPLE / seconds(model, sample)
        query = 1000 * min(seconds(model, [_QUESTION]) for _ in range(5))
        megabytes = 10_000 * shape[1] * 2 / 1_000_000
        _say(
            f"{name}: {rate:.1f}/s, 10000 in {10_000 / rate / 60:.0f} min, {megabytes:.0f} MB, query {query:.0f} ms"
        )
    pairs = [length + _QUESTION for length in sample[:_PAIRS]]
    for name, shape in RERANKERS.items():
        model = made(shape, 1)
        seconds(model, pairs[:4])
        _say(
            f"{name}: {_PAIRS} pairs in {1000 * min(seconds(model, pairs) for _ in range(3)):.0f} ms"
        )


if __name__ == "__main__":
    main()
