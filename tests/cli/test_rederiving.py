"""`kb rederive`: better rules reach what is stored, what a person said stays, and nothing changes
unasked.
"""

import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ingest import pipeline, rules
from ingest.derive import Derived
from ingest.rederiving import Difference
from kb.commands import rederiving
from kb.vocabulary import UNCLASSIFIED
from tests.cli.here import as_json, kb
from tests.cli.running import ROOT, environment

NUMBER = "（2019）沪0115民初12345号"
JUDGMENT = f"""上海市浦东新区人民法院
民事判决书
{NUMBER}
原告：甲材料有限公司，住所地上海市。
被告：乙贸易有限公司，住所地上海市。
原告甲材料有限公司与被告乙贸易有限公司侵害技术秘密纠纷一案，本院立案后公开开庭进行了审理。
经审理查明，被告取得了原告的配方。
判决如下：
一、被告乙贸易有限公司于本判决生效之日起十日内赔偿原告甲材料有限公司经济损失300000元。
二〇一九年十二月三日
"""
FOUND = {
    "title": ["判决一", "甲材料有限公司与乙贸易有限公司侵害技术秘密纠纷民事判决书"],
    "kind": [UNCLASSIFIED, "civil"],
    "case_numbers": [[], [NUMBER]],
    "authorities": [[], ["上海市浦东新区人民法院"]],
    "parties": [[], ["甲材料有限公司", "乙贸易有限公司"]],
    "decided_on": [None, "2019-12-03"],
    "outcomes": [[], ["判赔"]],
}


@contextmanager
def rules_that_know_nothing() -> Iterator[None]:
    """Let an earlier version be at work, which found no field, and no part, in any text."""
    with pytest.MonkeyPatch.context() as former:
        former.setattr(
            pipeline,
            "derive",
            lambda values, text, sections, name: Derived(
                {"title": name[:-4], "kind": UNCLASSIFIED} | values
            ),
        )
        former.setattr(pipeline, "rules_id", lambda: "former")
        yield


@pytest.fixture
def stale(fresh: Path, tmp_path: Path) -> Path:
    """A library whose documents were read by rules that know nothing: a judgment and a note."""
    (tmp_path / "判决一.txt").write_text(JUDGMENT, "utf-8")
    (tmp_path / "来信摘录.txt").write_text(
        "来信摘录\n有人带走了客户名单，想问怎么办。\n", "utf-8"
    )
    with rules_that_know_nothing():
        kb(fresh, "add", tmp_path / "判决一.txt", tmp_path / "来信摘录.txt", "--quiet")
    return fresh


def dump(home: Path) -> list[str]:
    with sqlite3.connect(home / "kb.sqlite3") as conn:
        return list(conn.iterdump())


def rows_of(home: Path, statement: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(home / "kb.sqlite3") as conn:
        return list(conn.execute(statement))


def shown(home: Path, slug: str) -> dict[str, Any]:
    """Return a document as JSON, its passages without their numbers."""
    document = dict(as_json(home, "show", slug))
    for passage in document["passages"]:
        del passage["passage_id"]
    return document


def age(home: Path) -> None:
    """Let everything in a library have come in long ago."""
    with sqlite3.connect(home / "kb.sqlite3") as conn:
        conn.execute("UPDATE revision SET added_at = '2020-01-01T00:00:00+00:00'")


def slug_of(home: Path, title: str) -> str:
    documents = as_json(home, "classify")["documents"]
    (found,) = [
        document["slug"] for document in documents if document["title"] == title
    ]
    return str(found)


def changes(home: Path, *more: object) -> dict[str, list[Any]]:
    (differing,) = as_json(home, "rederive", *more)["differing"]
    return dict(differing["changes"])


# -- what is shown, what is done -----------------------------------------------------------


def test_what_would_change_is_shown_and_nothing_is_changed(stale: Path) -> None:
    before = dump(stale)

    done = kb(stale, "rederive")
    found = changes(stale)

    assert {field: found[field] for field in FOUND} == FOUND
    assert f"\t案号\t— → {NUMBER}\n" in done.stdout
    assert "\t轨道\t未归类 → 民事案例\n" in done.stdout
    assert "可查的号码" not in done.stdout
    assert (
        "对照 2 件,会有变化 1 件,没有改动任何内容。确认后加 --apply 再次运行"
        in done.stderr
    )
    assert dump(stale) == before


@pytest.mark.parametrize(
    ("difference", "told"),
    [
        (Difference("completeness", "full", "brief"), "资料完整度 完整 → 资料不全"),
        (Difference("jurisdiction", None, "DE"), "法域 — → 德国"),
        (Difference("earlier_case_numbers", (), (NUMBER,)), f"前审案号 — → {NUMBER}"),
        (
            Difference("citations", (), ("反不正当竞争法（2019）第九条",)),
            "引用的法条 — → 反不正当竞争法（2019）第九条",
        ),
    ],
)
def test_a_change_is_told_in_the_words_of_the_pages(
    difference: Difference, told: str
) -> None:
    assert (
        f"{rederiving._LABELS[difference.field]} {rederiving._change(difference)}"
        == told
    )


def test_what_is_applied_is_what_adding_it_now_would_give(
    stale: Path, tmp_path: Path
) -> None:
    slug = slug_of(stale, "判决一")
    kb(stale, "rederive", "--apply")
    kb(
        tmp_path / "new",
        "add",
        tmp_path / "判决一.txt",
        tmp_path / "来信摘录.txt",
        "--quiet",
    )

    for one in (slug, slug_of(stale, "来信摘录")):
        assert shown(stale, one) == shown(tmp_path / "new", one)
    assert as_json(stale, "search", NUMBER)["hits"][0]["slug"] == slug
    assert (
        as_json(stale, "search", "配方", "--filter", "collection=民事案例集")["total"]
        == 1
    )
    assert as_json(stale, "search", "配方", "--filter", "outcome=判赔")["total"] == 1
    verified = as_json(stale, "verify")
    assert (verified["wrong"], verified["mended"], verified["notes"]) == ([], [], [])


def test_a_second_run_finds_nothing_to_look_at(stale: Path) -> None:
    assert "对照 2 件,改动 1 件" in kb(stale, "rederive", "--apply").stderr
    before = dump(stale)

    assert "对照 0 件,没有变化" in kb(stale, "rederive").stderr
    assert "对照 2 件,没有变化" in kb(stale, "rederive", "--all").stderr
    assert "对照 0 件,改动 0 件" in kb(stale, "rederive", "--apply").stderr
    assert dump(stale) == before


def test_only_the_documents_named_are_looked_at(stale: Path) -> None:
    slug = slug_of(stale, "来信摘录")

    assert "对照 1 件,改动 0 件" in kb(stale, "rederive", slug, "--apply").stderr
    assert "对照 1 件,会有变化 1 件" in kb(stale, "rederive").stderr
    assert "nope" in kb(stale, "rederive", "nope", status=1).stderr


def test_verify_says_how_many_documents_former_rules_have_read(stale: Path) -> None:
    (note,) = as_json(stale, "verify")["notes"]

    assert note.startswith("2 件文书是以前的规则识别的:kb rederive")


# -- what a person said --------------------------------------------------------------------


def test_the_kind_a_person_said_stays_and_what_was_not_said_is_found(
    stale: Path,
) -> None:
    kb(stale, "classify", slug_of(stale, "判决一"), "--kind", "criminal")

    found = changes(stale)

    assert "kind" not in found
    assert found["case_numbers"] == FOUND["case_numbers"]


def test_a_kind_given_when_it_was_added_stays(fresh: Path, tmp_path: Path) -> None:
    (tmp_path / "判决一.txt").write_text(JUDGMENT, "utf-8")
    with rules_that_know_nothing():
        kb(fresh, "add", tmp_path / "判决一.txt", "--kind", "guidance", "--quiet")
    kb(fresh, "rederive", "--apply")

    assert as_json(fresh, "search", NUMBER)["hits"][0]["kind"] == "guidance"


def test_what_an_editor_wrote_in_the_file_stays(fresh: Path, tmp_path: Path) -> None:
    written = "---\ntitle: 编辑写的标题\nkind: criminal\ndecided_on: 2018-01-02\nparties: [甲公司]\n---\n"
    (tmp_path / "判决一.md").write_text(written + JUDGMENT, "utf-8")
    with rules_that_know_nothing():
        kb(fresh, "add", tmp_path / "判决一.md", "--quiet")

    assert {"title", "kind", "decided_on", "parties"}.isdisjoint(changes(fresh))


def test_visibility_collection_and_history_stay(fresh: Path, tmp_path: Path) -> None:
    line = {
        "id": "t-1",
        "title": "判决一",
        "text": JUDGMENT.replace("300000", "200000"),
    }
    (tmp_path / "1.jsonl").write_text(json.dumps(line), "utf-8")
    (tmp_path / "2.jsonl").write_text(json.dumps(line | {"text": JUDGMENT}), "utf-8")
    with rules_that_know_nothing():
        kb(fresh, "add", tmp_path / "1.jsonl", "--collection", "汇编", "--quiet")
        kb(fresh, "visibility", "t-1", "--set", "internal")
        kb(fresh, "add", tmp_path / "2.jsonl", "--collection", "汇编", "--quiet")
        age(fresh)
    kb(fresh, "rederive", "--apply")
    after = as_json(fresh, "show", "t-1")

    assert (after["visibility"], after["collection"]) == ("internal", "汇编")
    assert after["text"] == JUDGMENT
    assert rows_of(
        fresh, "SELECT added_at, kind FROM revision ORDER BY state DESC"
    ) == [
        ("2020-01-01T00:00:00+00:00", UNCLASSIFIED),
        ("2020-01-01T00:00:00+00:00", "civil"),
    ]
    assert as_json(fresh, "search", "配方", "--clearance", "public")["hits"] == []


def test_of_a_store_that_kept_no_record_only_what_was_not_recognised_gets_a_kind(
    fresh: Path, tmp_path: Path
) -> None:
    (tmp_path / "判决一.txt").write_text(JUDGMENT, "utf-8")
    (tmp_path / "判决二.txt").write_text(JUDGMENT.replace("12345", "12346"), "utf-8")
    (tmp_path / "步骤.txt").write_text("收集证据的步骤\n先固定电子数据。\n", "utf-8")
    with rules_that_know_nothing():
        kb(fresh, "add", tmp_path / "判决一.txt", "--kind", "criminal", "--quiet")
        kb(
            fresh,
            "add",
            tmp_path / "判决二.txt",
            tmp_path / "步骤.txt",
            "--kind",
            "guidance",
            "--quiet",
        )
    with sqlite3.connect(fresh / "kb.sqlite3") as conn:
        conn.execute("DELETE FROM derivation")
    kb(fresh, "rederive", "--apply")

    kinds = {
        hit["case_number"]: hit["kind"]
        for hit in as_json(fresh, "search", "配方 电子数据")["hits"]
    }
    assert kinds == {
        NUMBER: "criminal",
        NUMBER.replace("12345", "12346"): "civil",
        None: "guidance",
    }
    assert "对照 3 件,没有变化" in kb(fresh, "rederive", "--all").stderr


# -- what cannot be read any more ------------------------------------------------------------


def test_a_document_whose_original_is_gone_is_named_and_the_others_go_on(
    stale: Path, tmp_path: Path
) -> None:
    slug = slug_of(stale, "来信摘录")
    for original in (stale / "files").glob("??/*"):
        if "来信" in original.read_text("utf-8"):
            original.unlink()

    done = kb(stale, "rederive", "--apply", status=1)

    assert f"{slug}《来信摘录》:文件不存在,或刚被移走。没有改动" in done.stderr
    assert "对照 2 件,改动 1 件;读不出来 1 件,保持原样" in done.stderr
    assert as_json(stale, "show", slug)["title"] == "来信摘录"


def test_one_line_that_today_s_rules_refuse_stays_and_the_others_go_on(
    fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {
            "id": f"t-{n}",
            "title": "判决一",
            "text": JUDGMENT.replace("12345", f"1234{n}"),
        }
        for n in range(3)
    ]
    (tmp_path / "三件.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in rows), "utf-8"
    )
    with rules_that_know_nothing():
        kb(fresh, "add", tmp_path / "三件.jsonl", "--quiet")
    made = pipeline.derive

    def fails_on_one(values: dict[str, Any], text: str, *more: Any) -> dict[str, Any]:
        if "12341" in text:
            raise RuntimeError("nobody thought of this")
        return made(values, text, *more)

    monkeypatch.setattr(pipeline, "derive", fails_on_one)
    report = as_json(fresh, "rederive", "--apply", status=1)

    assert (report["looked_at"], report["changed"]) == (3, 2)
    assert [failed["slug"] for failed in report["failed"]] == ["t-1"]


def test_a_removed_or_corrected_document_is_not_brought_back(stale: Path) -> None:
    slug = slug_of(stale, "判决一")
    kb(stale, "remove", slug, "--yes")

    assert as_json(stale, "rederive", "--apply")["looked_at"] == 1
    assert kb(stale, "show", slug, status=1).stdout == ""


# -- killed, and two at once -------------------------------------------------------------------


def test_killed_half_way_it_verifies_clean_and_the_same_command_completes_it(
    fresh: Path, tmp_path: Path
) -> None:
    rows = [
        {
            "id": f"t-{n}",
            "title": "判决",
            "text": JUDGMENT.replace("12345", str(10_000 + n)),
        }
        for n in range(3_000)
    ]
    (tmp_path / "many.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in rows), "utf-8"
    )
    with rules_that_know_nothing():
        kb(fresh, "add", tmp_path / "many.jsonl", "--quiet")
    command = [sys.executable, "-m", "kb", "rederive", "--apply", "--quiet"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(fresh), stdout=subprocess.DEVNULL
    )
    while process.poll() is None and not civil(fresh):
        time.sleep(0.002)
    process.kill()
    assert process.wait() == -signal.SIGKILL, (
        "the process was done before it could be killed"
    )
    done = civil(fresh)

    assert 0 < done < 3_000
    assert as_json(fresh, "verify")["wrong"] == []
    assert as_json(fresh, "rederive", "--apply")["changed"] == 3_000 - done
    assert civil(fresh) == 3_000
    assert as_json(fresh, "search", "配方", "--filter", "kind=civil")["total"] == 3_000


def civil(home: Path) -> int:
    with sqlite3.connect(f"file:{home}/kb.sqlite3?mode=ro", uri=True) as conn:
        return int(
            conn.execute(
                "SELECT count(*) FROM revision WHERE kind = 'civil' AND state = 'published'"
            ).fetchone()[0]
        )


# -- which rules ---------------------------------------------------------------------------


def test_rules_are_called_otherwise_when_a_line_of_them_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("ingest", "kb"):
        shutil.copytree(
            ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__")
        )
    monkeypatch.setattr(rules, "_ROOMS", (tmp_path / "ingest", tmp_path / "kb"))
    same = rules.rules_id.__wrapped__()
    with (tmp_path / "ingest" / "money.py").open("a") as code:
        code.write("# one line more\n")

    assert same == rules.rules_id() and rules.rules_id.__wrapped__() != same


def test_what_another_field_is_filtered_by_is_written_for_what_is_stored_already(
    fresh: Path, tmp_path: Path
) -> None:
    """As if the field had been none to filter by when the document came in."""
    (tmp_path / "判决一.txt").write_text(JUDGMENT, "utf-8")
    kb(fresh, "add", tmp_path / "判决一.txt", "--quiet")
    with sqlite3.connect(fresh / "kb.sqlite3") as conn:
        conn.execute("DELETE FROM facet WHERE field = 'region'")
        conn.execute("UPDATE derivation SET rules = 'former'")
    filtered = ("search", "配方", "--filter", "region=上海")
    assert as_json(fresh, *filtered)["total"] == 0

    assert "改动 0 件" in kb(fresh, "rederive", "--apply").stderr

    assert as_json(fresh, *filtered)["total"] == 1
