"""Stores of earlier releases, opened by this one: nothing is lost, and nothing is half done.

`first.tar.xz` was made by the program of commit 3cf0d9d, `before-claims.tar.xz` by that of
26f4add, the last one before contents had states and claims (`python -m tests.upgrade`).
"""

import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kb import database
from kb.claims import metadata_of
from kb.embedding import load_embedder
from kb.records import Claim
from kb.settings import Settings
from kb.store import Store
from kb.store.rederiving import Rederiving
from kb.vocabulary import Visibility

SAMPLES = Path(__file__).parents[1] / "upgrade"
RELEASES = ("first", "before-claims")


@pytest.fixture(params=RELEASES)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    with tarfile.open(SAMPLES / f"{request.param}.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


def rows(home: Path, statement: str) -> list[tuple[Any, ...]]:
    conn = sqlite3.connect(f"file:{home / 'kb.sqlite3'}?mode=ro", uri=True)
    try:
        return conn.execute(statement).fetchall()
    finally:
        conn.close()


def opened(home: Path) -> Store:
    return Store(home, Visibility.RESTRICTED)


def test_every_document_says_what_it_said(home: Path) -> None:
    before = rows(
        home,
        """SELECT d.slug, d.id, d.visibility, c.title, r.text, r.metadata, r.added_at,
           f.media_type FROM document d JOIN collection c ON c.id = d.collection_id
           JOIN revision r ON r.document_id = d.id AND r.is_current = 1
           JOIN file f ON f.id = r.file_id ORDER BY d.id""",
    )
    with opened(home) as store:
        after = [store.document(slug) for slug, *_ in before]

    assert len(before) == 18
    assert [
        (
            document.head.slug,
            document.head.id,
            int(document.head.visibility),
            document.head.collection,
            document.text,
            document.added_at,
            document.media_type,
        )
        for document in after
        if document
    ] == [(*row[:5], *row[6:]) for row in before]
    assert [row[5] for row in before] == [
        row[0]
        for row in rows(
            home,
            "SELECT metadata FROM revision WHERE state = 'published' ORDER BY document_id",
        )
    ]


@pytest.mark.parametrize(
    "table",
    [
        "section",
        "passage",
        "vector",
        "facet",
        "identifier",
        "citation",
        "provision",
        "file",
    ],
)
def test_a_table_that_is_not_made_anew_keeps_every_row(home: Path, table: str) -> None:
    before = rows(home, f"SELECT * FROM {table}")
    opened(home).close()

    assert before
    assert rows(home, f"SELECT * FROM {table}") == before


def test_an_earlier_content_stays_as_history_and_a_removed_document_stays_removed(
    home: Path,
) -> None:
    removed = rows(home, "SELECT document_id, generation FROM removal")
    earlier = rows(home, "SELECT title, text FROM revision WHERE is_current = 0")
    opened(home).close()

    assert earlier == [("更正前", "更正前的正文,罚款5万元。\n")]
    assert earlier == rows(
        home,
        """SELECT r.title, t.text FROM revision r JOIN text t ON t.id = r.text_id
           WHERE r.state = 'superseded'""",
    )
    assert rows(home, "SELECT document_id, generation FROM removal") == removed


def test_what_is_derived_is_what_adding_the_same_originals_today_derives(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Contents are written back as they stand: the rows of today's program are the same."""
    tables = {
        "amount": "ordinal, type, value, currency, text",
        "party": "ordinal, name",
        "proceeding": "ordinal, number, stage",
        "law_version": "law, version, passed_on, effective_from, effective_to, wording",
        "article": "article",
    }
    with opened(home) as store:
        rederiving = Rederiving(store)
        hashes = [row[0] for row in rows(home, "SELECT sha256 FROM origin ORDER BY id")]
        contents = [kept for sha in hashes if (kept := rederiving.kept(sha))]
        migrated = {
            table: _by_slug(home, table, columns) for table, columns in tables.items()
        }
        other = tmp_path_factory.mktemp("again")
        embedder = load_embedder(Settings().embedder)
        with opened(other) as fresh:
            for kept in contents:
                revision = kept.revision
                texts = [revision.text[p.start : p.end] for p in revision.passages]
                fresh.add_revision(revision, None, embedder.embed(texts), embedder.name)

    assert len(contents) == 18
    assert {
        table: _by_slug(other, table, columns) for table, columns in tables.items()
    } == migrated
    assert migrated["amount"] and migrated["article"] and migrated["law_version"]


def _by_slug(home: Path, table: str, columns: str) -> list[tuple[Any, ...]]:
    return rows(
        home,
        f"""SELECT d.slug, {columns} FROM {table} x JOIN document d ON d.id = x.document_id
            ORDER BY d.slug, x.{"section_id" if table == "article" else "document_id"}, 2""",
    )


def test_every_value_is_a_claim_whose_maker_was_not_written_down(home: Path) -> None:
    contents = rows(home, "SELECT sha256, metadata FROM revision ORDER BY id")
    opened(home).close()

    for sha256, metadata in contents:
        claims = [
            Claim(*row)
            for row in rows(
                home,
                f"""SELECT field, value, maker, c.start, c."end", confidence, c.state FROM claim c
                    JOIN revision r ON r.id = c.revision_id
                    JOIN origin o ON o.id = r.origin_id AND o.sha256 = '{sha256}'
                    ORDER BY ordinal""",
            )
        ]
        said = {"kind": "guidance"} | json.loads(metadata)
        for name in ("slug", "collection", "visibility", "extra"):
            said.pop(name, None)
        assert metadata_of(claims) == said
        assert {claim.maker for claim in claims} == {""}


def test_nothing_is_wrong_with_an_upgraded_store(home: Path) -> None:
    with opened(home) as store:
        assert store.damage() == []
        assert set(store.referenced_files()) == {
            path.name for path in (home / "files").rglob("*") if len(path.name) == 64
        }


def test_an_upgrade_that_is_killed_at_any_statement_is_done_anew_as_if_never_begun(
    home: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    statements = sum(
        len(list(database._statements(s.read_text()))) for s in database._scripts()
    )
    version = rows(home, "PRAGMA user_version")
    whole = tmp_path_factory.mktemp("whole") / "home"
    shutil.copytree(home, whole)
    opened(whole).close()
    kills = 0
    for step in range(0, statements, 3):
        copy = tmp_path_factory.mktemp("killed") / "home"
        shutil.copytree(home, copy)
        if not _killed_after(step, copy / "kb.sqlite3"):
            assert rows(copy, "PRAGMA user_version") == version
            kills += 1
        opened(copy).close()
        assert _whole(copy) == _whole(whole)
    assert kills > 5


def _killed_after(steps: int, path: Path) -> bool:
    """Open a database in a process that dies after so many statements; tell whether it was done."""
    child = os.fork()
    if child == 0:
        left = steps

        def counted(execute: Callable[..., Any]) -> Callable[..., Any]:
            def count(self: Any, *args: Any) -> Any:
                nonlocal left
                if self.in_transaction:
                    left -= 1
                    if left < 0:
                        os._exit(9)
                return execute(self, *args)

            return count

        database._Connection.execute = counted(database._Connection.execute)  # type: ignore[method-assign]
        database.connect(path).close()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _whole(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    names = rows(
        home, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    )
    by_chance = {"lineage", "meta"}  # ids of commits are drawn
    return {
        name: rows(home, f"SELECT * FROM {name}")
        for (name,) in names
        if name not in by_chance
    }
