"""`kb visibility`, and what `kb add` says of a change of who may see a document."""

import json
from pathlib import Path

from tests.cli.running import as_json, kb, lines


def test_a_stored_file_added_with_another_visibility_is_updated_and_told(
    fresh: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text(lines(2), "utf-8")
    kb(fresh, "add", tmp_path / "a.jsonl")

    told = kb(fresh, "add", tmp_path / "a.jsonl", "--visibility", "restricted")
    report = as_json(fresh, "add", tmp_path / "a.jsonl", "--visibility", "public")

    assert [line.split("\t")[1] for line in told.stdout.splitlines()] == [
        "updated",
        "updated",
    ]
    assert "a.jsonl 第 1 行:提醒:可见范围由「公开」改为「受限」" in told.stderr
    assert "新增 0 件,更新 2 件,未变 0 件" in told.stderr
    assert (report["updated"], report["unchanged"]) == (2, 0)
    assert report["documents"][1]["warnings"] == ["可见范围放宽:由「受限」改为「公开」"]


def test_visibility_is_listed_narrowed_at_once_and_widened_after_asking(
    fresh: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text(lines(3), "utf-8")
    kb(fresh, "add", tmp_path / "a.jsonl", "--visibility", "internal", "--quiet")

    narrowed = kb(fresh, "visibility", "t-0", "1", "--set", "restricted")
    refused = kb(fresh, "visibility", "t-0", "t-1", "--set", "public", status=1)
    between = kb(fresh, "visibility", "t-0", "t-1").stdout
    widened = as_json(
        fresh, "visibility", "t-0", "t-1", "t-1", "--set", "public", "--yes"
    )
    again = kb(fresh, "visibility", "t-1", "--set", "public")

    assert "将改变:标识 t-0,《测试文本0》,由「内部」改为「受限」" in narrowed.stderr
    assert "已更改 1 件,原已如此 0 件" in narrowed.stderr
    assert (
        "将放宽:标识 t-0,《测试文本0》,由「受限」改为「公开」" in refused.stderr
        and "--yes" in refused.stderr
    )
    assert between == "t-0\trestricted\nt-1\tinternal\n"
    assert widened == {
        "changed": [
            {
                "document_id": 1,
                "slug": "t-0",
                "before": "restricted",
                "after": "public",
            },
            {"document_id": 2, "slug": "t-1", "before": "internal", "after": "public"},
        ]
    }
    assert "已更改 0 件,原已如此 1 件" in again.stderr
    assert as_json(fresh, "visibility", "t-2")["documents"] == [
        {"document_id": 3, "slug": "t-2", "visibility": "internal"}
    ]
    assert as_json(fresh, "verify")["mended"] == []


def test_a_visibility_that_does_not_exist_and_a_document_that_does_not_change_nothing(
    fresh: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_text(lines(1), "utf-8")
    kb(fresh, "add", tmp_path / "a.jsonl", "--quiet")

    assert (
        "--set 没有「secret」"
        in kb(fresh, "visibility", "t-0", "--set", "secret", status=1).stderr
    )
    assert (
        "没有编号或标识为「t-9」"
        in kb(fresh, "visibility", "t-0", "t-9", "--set", "internal", status=1).stderr
    )
    assert kb(fresh, "visibility", "t-0").stdout == "t-0\tpublic\n"


def test_an_export_keeps_who_may_see_what(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(3), "utf-8")
    kb(fresh, "add", tmp_path / "a.jsonl", "--quiet")
    kb(fresh, "visibility", "t-1", "--set", "restricted")
    kb(fresh, "export", "--output", tmp_path / "all.jsonl")
    other = tmp_path / "other"

    kb(other, "add", tmp_path / "all.jsonl", "--quiet")
    kb(fresh, "add", tmp_path / "all.jsonl", "--quiet")

    for home in (fresh, other):
        exported = [json.loads(line) for line in kb(home, "export").stdout.splitlines()]
        assert [(one["id"], one["visibility"]) for one in exported] == [
            *(("t-0", "public"), ("t-1", "restricted"), ("t-2", "public"))
        ]
