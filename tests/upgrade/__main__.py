"""Make a store with the program of an earlier commit: `python -m tests.upgrade COMMIT FILE.tar.xz`.

The program is taken from the history of this repository and run with the libraries of
today. What it is given holds a correction, a removed document, a restricted one, lines
of one file, pages of a PDF, laws and cases.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

_ROOT = Path(__file__).parents[2]
#: Of the starter corpus of that commit.
_TAKEN = (
    "laws/law-aucl-2019.md",
    "laws/law-aucl-2025.md",
    "laws/law-criminal-trade-secrets.md",
    "guidance/element-secrecy.md",
    "foreign/guides/guide-de.md",
)
_CASES = 8
_LINES = """\
{"id": "line-one", "title": "第一行", "text": "甲公司的客户名单。\\n第二段。", "kind": "civil"}
{"id": "line-two", "title": "第二行", "text": "乙公司的配方。", "kind": "administrative", "visibility": "internal"}
"""
_BEFORE = "---\nslug: corrected\ntitle: 更正前\nkind: civil\n---\n\n更正前的正文,罚款5万元。\n"
_AFTER = "---\nslug: corrected\ntitle: 更正后\nkind: civil\n---\n\n更正后的正文,罚款6万元。\n"
_HIDDEN = "---\nslug: hidden\ntitle: 限制件\nkind: civil\nvisibility: restricted\n---\n\n只给少数人看。\n"
_GONE = "---\nslug: gone\ntitle: 撤下的\nkind: civil\n---\n\n后来撤下。\n"


def main() -> None:
    """Make the store and pack it."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.upgrade", description=__doc__
    )
    parser.add_argument("commit")
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pack(make(args.commit, Path(folder)), args.out)


def make(commit: str, folder: Path) -> Path:
    """Return the data folder of a store made by the program of a commit below `folder`."""
    program, home = folder / "program", folder / "home"
    program.mkdir()
    archive = subprocess.run(
        ["git", "-C", str(_ROOT), "archive", commit], check=True, capture_output=True
    )
    subprocess.run(["tar", "x", "-C", str(program)], check=True, input=archive.stdout)
    given = folder / "given"
    _write(program / "corpus", given)
    for what in (
        ["add", str(given)],
        ["add", str(_corrected(folder))],
        ["remove", "gone", "--yes"],
    ):
        _kb(program, home, what)
    with sqlite3.connect(home / "kb.sqlite3") as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        conn.execute("VACUUM")
    return home


def _write(corpus: Path, given: Path) -> None:
    given.mkdir()
    cases = sorted((corpus / "cases").rglob("*.md"))
    for path in [*(corpus / name for name in _TAKEN), *cases[:: len(cases) // _CASES]]:
        shutil.copy(path, given / path.name)
    (given / "lines.jsonl").write_text(_LINES, encoding="utf-8")
    (given / "corrected.md").write_text(_BEFORE, encoding="utf-8")
    (given / "hidden.md").write_text(_HIDDEN, encoding="utf-8")
    (given / "gone.md").write_text(_GONE, encoding="utf-8")
    shutil.copy(_ROOT / "tests" / "samples" / "decision.pdf", given)


def _corrected(folder: Path) -> Path:
    path = folder / "corrected-again.md"
    path.write_text(_AFTER, encoding="utf-8")
    return path


def _kb(program: Path, home: Path, what: list[str]) -> None:
    environment = os.environ | {"PYTHONPATH": str(program), "KB_HOME": str(home)}
    command = [sys.executable, "-m", "kb", *what]
    done = subprocess.run(
        command, cwd=program, env=environment, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{what[0]}: {done.stdout.decode()}{done.stderr.decode()}")


def pack(home: Path, out: Path) -> None:
    """Pack a data folder without its indexes, which are caches."""
    with tarfile.open(out, "w:xz") as archive:
        archive.add(home / "kb.sqlite3", "kb.sqlite3")
        archive.add(home / "files", "files")


if __name__ == "__main__":
    main()
