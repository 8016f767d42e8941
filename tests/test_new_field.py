"""A new field to filter by is one entry of the table and its attribute: shown on a copy of the
program with two more.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.web.test_pages import text_of

ROOT = Path(__file__).resolve().parent.parent
ENTRIES = """    Field(
        "court_level", "court_levels", "审级", several=True, values=("初审", "终局审"),
        facet=9, suggested=True, fact=13, listed=True,
    ),
    Field("judges", "judges", "合议人数", type="number", facet=9, fact=13, column=True),
"""
ATTRIBUTES = """    court_levels: tuple[str, ...] = ()
    judges: int | None = None
"""
CASES = {
    "t-a": "court_levels: [终局审]\njudges: 3",
    "t-b": "court_level: 初审",
    "t-c": "kind: civil",
}
#: Prints what a public reader gets at each address.
ASK = """
import json, sys
from starlette.testclient import TestClient
from kb.settings import load_settings
from web import create_app
with TestClient(create_app(load_settings())) as client:
    print(json.dumps([client.get(address).text for address in sys.argv[1:]]))
"""


@dataclass(frozen=True)
class Copy:
    """A copy of the program with a data folder of its own."""

    folder: Path

    def python(
        self, *args: object, status: int = 0
    ) -> subprocess.CompletedProcess[str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("KB_")
        }
        ours = {
            "KB_HOME": str(self.folder / "home"),
            "PYTHONUTF8": "1",
            "PYTHONPATH": str(self.folder),
        }
        done = subprocess.run(
            [sys.executable, *map(str, args)],
            cwd=self.folder,
            env=kept | ours,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == status, (args, done.returncode, done.stderr[-2000:])
        return done

    def add(self, cases: dict[str, str], status: int = 0) -> str:
        for slug, front in cases.items():
            text = (
                f"---\nslug: {slug}\ntitle: 测试文本{slug}\n{front}\n---\n客户名单。\n"
            )
            (self.folder / f"{slug}.md").write_text(text, "utf-8")
        files = [f"{slug}.md" for slug in cases]
        return self.python("-m", "kb", "add", *files, "--quiet", status=status).stderr

    def as_json(self, *args: object) -> Any:
        return json.loads(self.python("-m", "kb", *args, "--json").stdout)

    def pages(self, *addresses: str) -> list[str]:
        texts: list[str] = json.loads(self.python("-c", ASK, *addresses).stdout)
        return texts


def _with_more(module: Path, before: str, more: str) -> None:
    source = module.read_text("utf-8")
    assert source.count(before) == 1
    module.write_text(source.replace(before, before + more), "utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    made = Copy(tmp_path_factory.mktemp("copy"))
    for room in ("kb", "ingest", "search", "web"):
        shutil.copytree(
            ROOT / room,
            made.folder / room,
            ignore=shutil.ignore_patterns("__pycache__", "models"),
        )
    (made.folder / "kb" / "models").symlink_to(ROOT / "kb" / "models")
    _with_more(
        made.folder / "kb" / "fields.py",
        "\nFIELDS: Final[tuple[Field, ...]] = (\n",
        ENTRIES,
    )
    _with_more(
        made.folder / "kb" / "records" / "document.py",
        "\n    provisions: tuple[Provision, ...] = ()\n",
        ATTRIBUTES,
    )
    made.add(CASES)
    return made


def found(answer: Any) -> set[str]:
    return {hit["slug"] for hit in answer["hits"]}


def test_it_is_accepted_from_front_matter(copy: Copy) -> None:
    told = [copy.as_json("show", slug)["metadata"] for slug in CASES]

    assert [one.get("court_levels") for one in told] == [["终局审"], ["初审"], None]
    assert [one.get("judges") for one in told] == [3, None, None]


def test_a_value_outside_its_list_is_refused_by_name(copy: Copy) -> None:
    told = copy.add({"t-bad": "court_levels: [再审]"}, status=1)

    assert "字段 court_levels 不在可用值之列(初审、终局审),现为「再审」" in told


def test_it_is_counted_at_its_place_in_the_panel(copy: Copy) -> None:
    facets = copy.as_json("search", "客户名单")["facets"]

    assert facets["court_level"] == [["初审", 1], ["未标注", 1], ["终局审", 1]]
    assert facets["judges"] == [["未标注", 2], ["3", 1]]
    names = list(facets)
    assert names[names.index("conduct") + 1 : names.index("element")] == [
        "court_level",
        "judges",
        "relationship",
    ]


@pytest.mark.parametrize("written", ["court_level=终局审", "合议人数=3"])
def test_the_command_line_filters_by_it(copy: Copy, written: str) -> None:
    assert found(copy.as_json("search", "客户名单", "--filter", written)) == {"t-a"}
    assert found(copy.as_json("search", "客户名单", "--exclude", written)) == {
        "t-b",
        "t-c",
    }


def test_the_api_filters_by_it_and_a_query_may_name_it(copy: Copy) -> None:
    wanted, unwanted, typed, completed = copy.pages(
        "/api/search?q=客户名单&f.court_level=终局审",
        "/api/search?q=客户名单&x.judges=3",
        "/api/search?q=客户名单 审级:终局审",
        "/api/suggest?q=终局",
    )

    assert found(json.loads(wanted)) == found(json.loads(typed)) == {"t-a"}
    assert found(json.loads(unwanted)) == {"t-b", "t-c"}
    assert "审级" in completed


def test_it_is_shown_with_its_label_wherever_fields_are(
    copy: Copy, tmp_path: Path
) -> None:
    document = copy.as_json("show", "t-a")["document_id"]
    page, panel, listed = copy.pages(
        f"/documents/{document}", "/?q=客户名单&f.judges=3", "/export.csv?q=客户名单"
    )
    copy.python("-m", "kb", "export", "--sqlite", tmp_path / "all.db", "--quiet")

    assert "审级 终局审 合议人数 3" in text_of(page)
    assert "审级" in text_of(panel)
    assert {row["审级"] for row in csv.DictReader(io.StringIO(listed[1:]))} == {
        "初审",
        "终局审",
        "",
    }
    with sqlite3.connect(tmp_path / "all.db") as database:
        assert database.execute(
            "SELECT value FROM facets WHERE field = 'court_level' ORDER BY 1"
        ).fetchall() == [
            ("初审",),
            ("终局审",),
        ]
        assert database.execute(
            "SELECT judges FROM documents WHERE slug = 't-a'"
        ).fetchall() == [(3,)]
