"""What stands in a data folder, read with nothing of the product but its commands."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.hostile.product import Done, as_json, kb


def stored(home: Path) -> int:
    """Return how many documents a database holds, -1 where there is none that can be read."""
    try:
        with sqlite3.connect(f"file:{home}/kb.sqlite3?mode=ro", uri=True) as conn:
            return int(conn.execute("SELECT count(*) FROM document").fetchone()[0])
    except sqlite3.Error:
        return -1


def exported(home: Path) -> tuple[Done, list[dict[str, Any]]]:
    """Run `kb export`; return how it ended and the documents it wrote, by slug."""
    done = kb(home, "export", "--quiet")
    return done, sorted(
        (json.loads(line) for line in done.out.splitlines()),
        key=lambda fields: str(fields["id"]),
    )


def unsound(home: Path) -> str:
    """Run `kb verify`; return what it finds wrong, "" for nothing."""
    done = kb(home, "verify", "--json")
    if fault := done.fault():
        return f"verify {fault}"
    report = as_json(done) or {"wrong": ["没有报告"]}
    return f"verify:{report['wrong']}" if report["wrong"] else ""


def found(home: Path, word: str) -> tuple[str, list[str]]:
    """Search for a word literally; return what is wrong with the command, and the slugs found."""
    done = kb(
        home, "search", word, "--mode", "keyword", "--no-expand", "--limit", 5, "--json"
    )
    answer: Mapping[str, Any] = as_json(done) or {"hits": []}
    return done.fault(), [hit["slug"] for hit in answer["hits"]]
