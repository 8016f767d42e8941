"""`kb remove`, and which document a number or a slug names on the command line."""

import json
from pathlib import Path

import pytest

from kb.store import Store
from kb.vocabulary import Visibility
from tests.cli.running import as_json, kb, lines


def library(home: Path, *slugs: str) -> Path:
    """Add one document a slug, numbered from 1 in this order."""
    made = [
        {
            "id": slug,
            "title": f"测试文本{slug}",
            "text": f"测试文本,{slug}。",
            "kind": "civil",
            "collection": "甲集",
        }
        for slug in slugs
    ]
    path = home.parent / "in.jsonl"
    path.write_text(
        "\n".join(json.dumps(line, ensure_ascii=False) for line in made), "utf-8"
    )
    kb(home, "add", path, "--quiet")
    return home


def slugs(home: Path) -> list[str]:
    return [json.loads(line)["id"] for line in kb(home, "export").stdout.splitlines()]


@pytest.mark.parametrize("command", [("show",), ("similar",), ("remove", "--yes")])
def test_digits_that_name_two_documents_are_refused_and_both_are_said(
    fresh: Path, command: tuple[str, ...]
) -> None:
    library(fresh, "a", "1")

    refused = kb(fresh, *command, "1", status=1)

    assert (
        "「1」可以指 2 件文书:编号:1《测试文本a》、标识:1《测试文本1》。请照此写明编号或标识"
        in refused.stderr
    )
    assert refused.stdout == ""
    assert slugs(fresh) == ["a", "1"]


@pytest.mark.parametrize(
    ("key", "slug"),
    [
        *(
            ("编号:1", "a"),
            ("编号：1", "a"),
            ("id:1", "a"),
            ("标识:1", "1"),
            ("标识：1", "1"),
            ("slug:1", "1"),
        ),
        *(
            ("标识:a", "a"),
            ("a", "a"),
            ("2", "1"),
            ("编号:3", "3"),
            ("3", "3"),
            ("标识:77", "77"),
            ("77", "77"),
        ),
    ],
)
def test_a_number_or_a_slug_can_be_named_as_such(
    fresh: Path, key: str, slug: str
) -> None:
    library(fresh, "a", "1", "3", "77")

    shown = as_json(fresh, "show", key)

    assert shown["slug"] == slug


def test_a_slug_that_looks_like_a_named_number_is_told_from_the_number(
    fresh: Path,
) -> None:
    library(fresh, "a", "id:1")

    refused = kb(fresh, "show", "id:1", status=1)

    assert "编号:1《测试文本a》、标识:id:1《测试文本id:1》" in refused.stderr
    assert as_json(fresh, "show", "标识:id:1")["slug"] == "id:1"
    assert as_json(fresh, "show", "编号:1")["slug"] == "a"


@pytest.mark.parametrize(
    "key", ["编号:a", "标识:2", "id:0", "编号:", "标识:", "0", "9" * 30]
)
def test_what_names_nothing_is_said_and_nothing_is_removed(
    fresh: Path, key: str
) -> None:
    library(fresh, "a")

    refused = kb(fresh, "remove", "a", key, "--yes", status=1)

    assert f"没有编号或标识为「{key}」的文书" in refused.stderr
    assert slugs(fresh) == ["a"]


def test_removal_names_number_slug_title_and_collection_before_it_asks(
    fresh: Path,
) -> None:
    library(fresh, "a", "b")

    asked = kb(fresh, "remove", "b", status=1)

    assert "将删除:编号 2,标识 b,《测试文本b》,合集「甲集」" in asked.stderr
    assert "--yes" in asked.stderr
    assert slugs(fresh) == ["a", "b"]


def test_a_document_named_in_several_ways_is_removed_once(fresh: Path) -> None:
    library(fresh, "a", "b")

    removed = as_json(fresh, "remove", "a", "1", "编号:1", "a", "--yes")

    assert removed == {"removed": [{"document_id": 1, "slug": "a"}]}
    assert slugs(fresh) == ["b"]
    assert as_json(fresh, "verify")["wrong"] == []


def test_documents_removed_together_share_a_commit(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_text(lines(5), "utf-8")
    kb(fresh, "add", tmp_path / "many.jsonl", "--quiet")
    with Store(fresh, Visibility.RESTRICTED) as store:
        before = store.generation()

    kb(fresh, "remove", "t-1", "t-3", "--yes")

    with Store(fresh, Visibility.RESTRICTED) as store:
        assert store.generation() == before + 1
        assert sorted(store.changes_since(before).removed) == [2, 4]
        assert store.damage() == []
    assert slugs(fresh) == ["t-0", "t-2", "t-4"]
