"""Writing the model as a folder that sentence-transformers loads, without needing it."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save_file
from tokenizers import Tokenizer

WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
#: The name of the table of rows inside the weights file.
TENSOR = "embedding.weight"
_NORMALIZE = "1_Normalize"
_MODULES = [
    {
        "idx": 0,
        "name": "0",
        "path": "",
        "type": (
            "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"
        ),
    },
    {
        "idx": 1,
        "name": "1",
        "path": _NORMALIZE,
        "type": "sentence_transformers.base.modules.normalize.Normalize",
    },
]
_CONFIG = {
    "__version__": {"sentence_transformers": "6.2.0"},
    "default_prompt_name": None,
    "model_type": "SentenceTransformer",
    "prompts": {"document": "", "query": ""},
    "similarity_fn_name": "cosine",
}
_OUTPUT = {
    "module_input_name": "sentence_embedding",
    "module_output_name": "sentence_embedding",
}


def save(
    out: Path,
    rows: npt.NDArray[np.float32],
    tokenizer: Tokenizer,
) -> None:
    """Write every file next to `out` first and move each into place when all are complete."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".model-") as name:
        fresh = Path(name)
        (fresh / _NORMALIZE).mkdir()
        save_file({TENSOR: np.ascontiguousarray(rows)}, fresh / WEIGHTS)
        tokenizer.no_padding()
        tokenizer.no_truncation()
        tokenizer.save(str(fresh / TOKENIZER), pretty=False)
        _write(fresh / "modules.json", _MODULES)
        _write(fresh / "config_sentence_transformers.json", _CONFIG)
        _write(fresh / _NORMALIZE / "config.json", _OUTPUT)
        (out / _NORMALIZE).mkdir(exist_ok=True)
        for path in sorted(fresh.rglob("*")):
            if path.is_file():
                path.chmod(0o644)
                shutil.move(path, out / path.relative_to(fresh))


def _write(path: Path, content: object) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")
