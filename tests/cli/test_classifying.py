"""`kb classify`: what the program did not recognise waits for a person, and keeps what the person
said.
"""

import json
from pathlib import Path

import pytest

from kb import database
from kb.vocabulary import KINDS
from tests.cli.here import as_json, kb

NOTE = "来信摘录\n有人带走了客户名单，想问怎么办。\n"


@pytest.fixture
def waiting(fresh: Path, tmp_path: Path) -> Path:
    (tmp_path / "来信.txt").write_text(NOTE, "utf-8")
    (tmp_path / "指引.txt").write_text("收集证据的步骤\n先固定电子数据。\n", "utf-8")
    kb(fresh, "add", tmp_path / "来信.txt", "--quiet")
    kb(fresh, "add", tmp_path / "指引.txt", "--kind", "guidance", "--quiet")
    return fresh


def slug(home: Path) -> str:
    (document,) = as_json(home, "classify")["documents"]
    return str(document["slug"])


def test_a_text_nobody_recognises_is_no_guidance_and_the_receipt_says_so(
    fresh: Path, tmp_path: Path
) -> None:
    (tmp_path / "来信.txt").write_text(NOTE, "utf-8")
    done = kb(fresh, "add", tmp_path / "来信.txt", "--json")
    (receipt,) = json.loads(done.stdout)["documents"]

    assert (receipt["kind"], receipt["warnings"]) == ("unclassified", [])
    assert (
        "其中 1 件没有认出是哪一类,列入「未归类」:kb classify 列出与归类" in done.stderr
    )
    assert as_json(fresh, "show", receipt["slug"])["kind"] == "unclassified"
    assert as_json(fresh, "search", "客户名单", "--kind", "guidance")["hits"] == []


def test_what_waits_is_listed_until_a_person_says_what_it_is(waiting: Path) -> None:
    waits = slug(waiting)
    assert kb(waiting, "classify").stdout == f"{waits}\t来信摘录\n"

    said = kb(waiting, "classify", waits, "--kind", "civil").stderr

    assert "已归入「民事案例」1 件" in said
    assert as_json(waiting, "classify") == {"total": 0, "documents": []}
    hits = as_json(waiting, "search", "客户名单", "--kind", "civil")["hits"]
    assert [hit["slug"] for hit in hits] == [waits]
    assert (
        as_json(waiting, "search", "客户名单", "--filter", "collection=民事案例集")[
            "total"
        ]
        == 1
    )
    assert as_json(waiting, "verify")["wrong"] == []


def test_a_document_in_a_collection_of_its_own_stays_there(
    fresh: Path, tmp_path: Path
) -> None:
    (tmp_path / "来信.txt").write_text(NOTE, "utf-8")
    kb(fresh, "add", tmp_path / "来信.txt", "--collection", "来信汇编", "--quiet")
    kb(fresh, "classify", slug(fresh), "--kind", "civil")

    assert (
        as_json(fresh, "search", "客户名单", "--filter", "collection=来信汇编")["total"]
        == 1
    )


def test_a_correction_keeps_what_the_person_said(fresh: Path, tmp_path: Path) -> None:
    line = {"id": "t-1", "title": "来信", "text": NOTE}
    for number, text in enumerate((NOTE, NOTE + "补充一句。\n")):
        (tmp_path / f"{number}.jsonl").write_text(
            json.dumps(line | {"text": text}), "utf-8"
        )
    kb(fresh, "add", tmp_path / "0.jsonl", "--quiet")
    kb(fresh, "classify", "t-1", "--kind", "administrative")
    kb(fresh, "add", tmp_path / "1.jsonl", "--quiet")

    shown = as_json(fresh, "show", "t-1")
    assert (shown["kind"], "补充一句" in shown["text"]) == ("administrative", True)


@pytest.mark.parametrize("arguments", [["t-1"], ["--kind", "civil"]])
def test_half_of_what_is_needed_is_refused(waiting: Path, arguments: list[str]) -> None:
    assert (
        "归类要写明文书和轨道" in kb(waiting, "classify", *arguments, status=1).stderr
    )


def test_a_store_of_the_former_release_takes_the_new_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kb.sqlite3"
    with monkeypatch.context() as former:
        scripts = database._scripts()[:2]
        former.setattr(database, "_scripts", lambda: scripts)
        database.connect(path).close()

    conn = database.connect(path)

    assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert {row["name"] for row in conn.execute("SELECT name FROM kind")} == set(KINDS)
    conn.close()
