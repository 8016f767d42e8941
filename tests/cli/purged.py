"""A data folder that is searched for what was purged from it."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from kb.__main__ import main
from kb.store import Store
from kb.vocabulary import Visibility

SECRET = "举报人张测试住在zzqxroad七号"
OPEN = "举报人的住处已隐去mmkkopen"


class Library:
    """A data folder, what was put in and what is left of it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = folder / "home"
        self._incoming = folder / "incoming"
        self._incoming.mkdir()
        self._capsys = capsys

    def kb(self, *args: object, status: int = 0) -> str:
        """Run a command and return its words."""
        self._capsys.readouterr()
        assert main(["--home", str(self.home), *map(str, args)]) == status, (
            self._capsys.readouterr()
        )
        written = self._capsys.readouterr()
        return written.out + written.err

    def as_json(self, *args: object) -> Any:
        self._capsys.readouterr()
        assert main(["--home", str(self.home), "--json", *map(str, args)]) == 0
        return json.loads(self._capsys.readouterr().out)

    def add(
        self, name: str, content: str | bytes, *options: object, status: int = 0
    ) -> None:
        path = self._incoming / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.kb("add", path, "--quiet", *options, status=status)

    def traces(self, wanted: Iterable[str | bytes]) -> list[tuple[str, str]]:
        """Return where any of this stands in a file below the data folder, by its name too."""
        found = []
        for path in sorted(self.home.rglob("*")):
            data = str(path).encode() + (path.read_bytes() if path.is_file() else b"")
            for one in wanted:
                if any(form in data for form in forms(one)):
                    found.append(
                        (path.relative_to(self.home).as_posix(), repr(one)[:40])
                    )
        return found

    def vectors(self, slug: str) -> list[bytes]:
        with sqlite3.connect(self.home / "kb.sqlite3") as conn:
            rows = conn.execute(
                """SELECT v.data FROM vector v JOIN passage p ON p.id = v.passage_id
                   JOIN document d ON d.id = p.document_id WHERE d.slug = ?""",
                [slug],
            )
            return [row[0] for row in rows]

    def slugs(self) -> list[str]:
        with Store(self.home, Visibility.RESTRICTED) as store:
            return [
                head.slug
                for head in store.heads(store.document_ids().tolist()).values()
            ]

    def originals(self) -> list[Path]:
        return sorted(
            path
            for path in (self.home / "files").glob("[0-9a-f][0-9a-f]/*")
            if path.is_file()
        )

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.home / "kb.sqlite3") as conn:
            return conn.execute(statement).fetchall()

    def is_sound(self) -> bool:
        report = self.as_json("verify")
        return (report["wrong"], report["mended"]) == ([], [])


def forms(one: str | bytes) -> list[bytes]:
    if isinstance(one, bytes):
        return [one]
    return [
        text.encode(code)
        for text in {one, one.lower()}
        for code in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
    ]


def line(slug: str, text: str, **values: object) -> str:
    made = {
        "id": slug,
        "title": f"测试文本{slug}",
        "text": f"测试文本,{text}。",
        "kind": "civil",
    } | values
    return json.dumps(made, ensure_ascii=False)


def txt(text: str) -> str:
    return f"上海知识产权法院\n民事判决书\n（2099）沪73民初901号\n原告：测试乙有限公司。测试文本,{text}。\n二〇九九年五月六日\n"


def md(text: str) -> str:
    return f"---\nslug: a\ntitle: 测试文本\nkind: civil\n---\n\n测试文本,{text}。\n"


FORMATS: dict[str, Callable[[str], str]] = {
    "a.txt": txt,
    "a.md": md,
    "a.jsonl": lambda text: line("a", text),
}
WANTED = (SECRET, "zzqxroad", "张测试")
