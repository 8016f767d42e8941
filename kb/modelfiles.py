"""Where is a model on this machine, and which one is it? Nothing here reaches for a network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from kb.errors import StateError

_SHIPPED: Final = Path(__file__).parent / "models"
#: What decides a model's vectors. Pictures, cards and copies for other engines do not.
_TELLING: Final = {".json", ".txt", ".model", ".safetensors", ".bin"}
_OTHER_ENGINES: Final = {"onnx", "openvino", ".cache"}
_WHOLE: Final = 8 * 1024 * 1024
_SAMPLES: Final = 128
_SAMPLE: Final = 64 * 1024


def model_folder(name: str) -> Path:
    """Return the folder of a shipped model's name, a path, or a hub name that is in the
    local hub cache.

    Raises StateError when there is none: models are never downloaded at run time.
    """
    if name and (_SHIPPED / name).is_dir():
        return _SHIPPED / name
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        return folder.resolve()
    cached = _cached(name)
    if cached is None:
        raise StateError(
            f"本机没有模型「{name}」。程序不会自行下载模型:请在联网的机器上运行 "
            "hf download 模型名称 --local-dir 目录,把该目录拷到本机,再以目录的路径作为设置的值"
        )
    return cached


def _cached(name: str) -> Path | None:
    """Return the folder of a hub name (`owner/model`) that somebody downloaded on this machine
    before.
    """
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        return None
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (OSError, ValueError):
        return None


def stored_name(name: str, folder: Path) -> str:
    """Return the name a store keeps for a model: what people call it and a digest of its
    content.
    """
    called = (
        name.rsplit("/", 1)[-1] if folder.parent.name == "snapshots" else folder.name
    )
    return f"{called}@{fingerprint(folder)}"


def fingerprint(folder: Path) -> str:
    """Return 12 hex digits that change with the content: small files whole, large ones sampled.

    Weights of gigabytes would take many seconds to read whole at every start; training moves nearly
    every number, so 128 samples spread over a file tell two of the same size apart.
    """
    digest = hashlib.sha256()
    for path in sorted(_telling(folder)):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()}\0{size}\0".encode())
        with path.open("rb") as handle:
            if size <= _WHOLE:
                digest.update(handle.read())
                continue
            for number in range(_SAMPLES):
                handle.seek((size - _SAMPLE) * number // (_SAMPLES - 1))
                digest.update(handle.read(_SAMPLE))
    return digest.hexdigest()[:12]


def _telling(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if (
            path.suffix in _TELLING
            and path.is_file()
            and not _OTHER_ENGINES & set(path.relative_to(folder).parts)
        ):
            yield path


def read_json(path: Path) -> Any:
    """Return what a JSON file of a model says; None when there is no such file."""
    return json.loads(path.read_text("utf-8")) if path.is_file() else None
