"""What ingest accepts, every page, table and command can show: a walk over documents
made at random.

`--hypothesis-profile=hostile` makes ten times as many, other ones each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import settings
from starlette.testclient import TestClient

from kb.__main__ import main
from kb.contract import document_to_dict
from kb.settings import Settings
from kb.store import Store
from kb.vocabulary import Visibility
from tests.accepted.documents import files, lines
from tests.accepted.walk import CASES, Stock, faults, routes, stock
from web import create_app


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    incoming, count = tmp_path_factory.mktemp("incoming"), settings().max_examples // 4
    (incoming / "many.jsonl").write_text(lines(count), encoding="utf-8", newline="")
    for number, text in enumerate(files(count // 4)):
        (incoming / f"file-{number}.md").write_text(text, encoding="utf-8", newline="")
    folder = tmp_path_factory.mktemp("accepted")
    assert main(["--home", str(folder), "--quiet", "add", str(incoming)]) == 0
    return folder


@pytest.fixture(scope="module")
def held(home: Path) -> Stock:
    with Store(home, Visibility.RESTRICTED) as store:
        return stock(store)


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[TestClient]:
    with TestClient(
        create_app(Settings(home=home, clearance=Visibility.RESTRICTED))
    ) as opened:
        yield opened


def test_every_route_is_walked(home: Path) -> None:
    assert routes(create_app(Settings(home=home))) == set(CASES)


def test_every_page_shows_what_ingest_accepts_and_every_link_leads_somewhere(
    client: TestClient, held: Stock
) -> None:
    found, links = [], set()
    for make in CASES.values():
        for address in make(held):
            wrong, named = faults(client, address)
            found += [(address, one) for one in wrong]
            links |= {
                link
                for link in named
                if link.startswith("/") and not link.startswith("/static")
            }
    some = Random(0).sample(sorted(links), len(held.heads) * 3)

    assert found == []
    assert [
        link
        for link in some
        if client.get(link, follow_redirects=False).status_code >= 400
    ] == []


def _run(*args: object) -> int:
    return main([*map(str, args)])


def test_every_reading_command_ends_as_it_should(
    home: Path, held: Stock, capsys: pytest.CaptureFixture[str]
) -> None:
    for head in held.heads:
        assert _run("--home", home, "show", "--", f"标识:{head.slug}") == 0
        assert _run("--home", home, "--json", "show", f"编号:{head.id}") == 0
    for number, head in enumerate(held.heads[::12]):
        mode = ("hybrid", "keyword", "vector")[number % 3]
        assert _run("--home", home, "search", "--mode", mode, "--", head.title) == 0
        assert _run("--home", home, "similar", f"编号:{head.id}") == 0
        assert (
            _run(
                "--home",
                home,
                "--json",
                "search",
                "--sort",
                "amount",
                "--filter",
                f"tier={head.title}",
                "测试",
            )
            == 0
        )
    capsys.readouterr()

    assert _run("--home", home, "--json", "verify") == 0
    assert json.loads(capsys.readouterr().out)["wrong"] == []


def test_a_row_of_an_answer_is_one_line_of_five_cells(
    home: Path, held: Stock, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        _run(
            "--home",
            home,
            "search",
            "--limit",
            len(held.heads),
            "--filter",
            "completeness=full",
            "--",
            "-无此词",
        )
        == 0
    )

    rows = capsys.readouterr().out.removesuffix("\n").split("\n")
    assert {row.count("\t") for row in rows} == {4}


def test_an_export_is_taken_back_unchanged(home: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert _run("--home", home, "export", "--output", tmp_path / "all.jsonl") == 0
    assert _run("--home", again, "--quiet", "add", tmp_path / "all.jsonl") == 0
    assert _run("--home", again, "export", "--output", tmp_path / "twice.jsonl") == 0

    assert (tmp_path / "twice.jsonl").read_bytes() == (
        tmp_path / "all.jsonl"
    ).read_bytes()
    assert _contents(again) == _contents(home)


#: Numbers of one store, and the metadata, which the exports hold.
_IN_ONE_STORE = ("document_id", "passage_id", "url", "metadata")


def _contents(home: Path) -> list[dict[str, Any]]:
    with Store(home, Visibility.RESTRICTED) as store:
        documents = [store.document(int(number)) for number in store.document_ids()]
    return [
        _without_ids(document_to_dict(document))
        for document in documents
        if document is not None
    ]


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_ids(v) for k, v in value.items() if k not in _IN_ONE_STORE}
    return [_without_ids(one) for one in value] if isinstance(value, list) else value
