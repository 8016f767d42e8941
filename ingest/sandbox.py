"""Parsers of hostile formats run in a process of their own, with limits on time and memory.

A PDF, DOCX or HTML file comes from outside. A parser that loops, swells or crashes must
not take the program with it, so it works in a child process and hands back plain text.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kb.errors import UnreadableFile

TIMEOUT_S: Final = 120
MEMORY_LIMIT_BYTES: Final = 1536 * 1024 * 1024
_ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Extracted:
    """Text of a file by page (one "page" where the format has none) and its own title."""

    pages: tuple[str, ...]
    title: str | None


def extract(kind: str, data: bytes, timeout_s: float = TIMEOUT_S) -> Extracted:
    """Run the parser for `kind` (pdf, docx or html) over `data`; raises UnreadableFile."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ingest.parsers", kind, str(MEMORY_LIMIT_BYTES)],
            input=data,
            capture_output=True,
            timeout=timeout_s,
            cwd=_ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(f"解析超过 {timeout_s:.0f} 秒仍未完成,文件可能已损坏或带有恶意内容") from error
    if done.returncode == 3:
        raise UnreadableFile(done.stdout.decode("utf-8", "replace"))
    if done.returncode != 0:
        raise UnreadableFile("解析时出错或内存超限,文件可能已损坏或带有恶意内容")
    found = json.loads(done.stdout)
    return Extracted(tuple(found["pages"]), found["title"])
