"""Archives as `kb backup` writes them, and as somebody else might."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def contents(path: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return the members of an archive and its manifest."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return members, json.loads(members.pop("MANIFEST.json"))


def described(members: dict[str, bytes], manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the manifest with true sums and sizes of these members."""
    sums = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
        for name, data in members.items()
    }
    return manifest | {"members": sums}


def write(
    path: Path,
    members: dict[str, bytes],
    manifest: dict[str, Any],
    more: Callable[[zipfile.ZipFile], None] = lambda archive: None,
) -> Path:
    """Write an archive with a true seal, whatever is in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr("MANIFEST.json", json.dumps(manifest))
        more(archive)
    return sealed(path)


def sealed(path: Path) -> Path:
    """Give an archive the seal of what it is now."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"0" * 64
    data = path.read_bytes()[:-64]
    path.write_bytes(data + hashlib.sha256(data).hexdigest().encode())
    return path
