"""Several papers of one case number: none takes another's place."""

import sqlite3
from pathlib import Path

from kb.store.content import DERIVED
from tests.cli.here import as_json

HEAD = "上海市测试区人民法院\n{name}\n{number}\n原告：测试甲有限公司。\n被告：测试乙有限公司。\n本院认为，{said}。\n"
FOOT = "审判长　测试\n{date}\n书记员　测试\n"
NUMBER = "（2099）沪0199民初123号"


def paper(name: str, number: str, said: str, date: str) -> str:
    return (HEAD + FOOT).format(name=name, number=number, said=said, date=date)


JUDGMENT = paper(
    "民事判决书",
    NUMBER,
    "客户名单构成商业秘密，被告应当赔偿损失十万元",
    "二〇九九年五月十六日",
)
SLIP = paper(
    "民事裁定书", NUMBER + "之一", "判决书中笔误应予补正", "二〇九九年六月一日"
)
ORDER = paper(
    "民事裁定书", NUMBER + "之二", "申请人请求行为保全，应予准许", "二〇九九年三月一日"
)
UNNUMBERED = paper(
    "民事裁定书", NUMBER, "被告对管辖权提出的异议不成立", "二〇九九年二月一日"
)
SAME_DAY = paper(
    "民事裁定书",
    NUMBER,
    "准许原告撤回对第三人测试丙有限公司的起诉",
    "二〇九九年二月一日",
)


def add(home: Path, folder: Path, name: str, text: str) -> dict[str, object]:
    (folder / name).write_text(text, "utf-8")
    (receipt,) = as_json(home, "add", folder / name)["documents"]
    assert isinstance(receipt, dict)
    return receipt


def found(home: Path, query: str) -> list[str]:
    hits = as_json(home, "search", query)["hits"]
    return [hit["slug"] for hit in hits if f"案号一致：{query}" in hit["reasons"]]


def test_rulings_of_a_case_leave_its_judgment_where_it_is(
    fresh: Path, tmp_path: Path
) -> None:
    papers = {
        "判决": JUDGMENT,
        "补正": SLIP,
        "保全": ORDER,
        "管辖": UNNUMBERED,
        "撤诉": SAME_DAY,
    }
    receipts = {
        name: add(fresh, tmp_path, f"{name}.txt", text) for name, text in papers.items()
    }

    assert [receipt["status"] for receipt in receipts.values()] == ["added"] * 5
    assert as_json(fresh, "verify")["counts"]["document"] == 5
    slugs = {name: receipt["slug"] for name, receipt in receipts.items()}
    assert set(found(fresh, NUMBER)) == {slugs["判决"], slugs["管辖"], slugs["撤诉"]}
    assert found(fresh, NUMBER + "之一") == [slugs["补正"]]
    assert found(fresh, NUMBER + "之二") == [slugs["保全"]]


def test_the_receipt_of_another_paper_says_beside_which_it_stands(
    fresh: Path, tmp_path: Path
) -> None:
    judgment = add(fresh, tmp_path, "判决.txt", JUDGMENT)
    ruling = add(fresh, tmp_path, "管辖.txt", UNNUMBERED)

    assert judgment["warnings"] == []
    assert ruling["warnings"] == [
        f"与「{judgment['slug']}」同一案号,文书种类、日期或内容不同,作为另一件收入。若是它的更正,"
        f"请先 kb remove {ruling['slug']},再以 slug: {judgment['slug']} 写在文件头收入"
    ]


def test_a_corrected_judgment_takes_the_place_of_the_former_one_alone(
    fresh: Path, tmp_path: Path
) -> None:
    for name, text in {"判决": JUDGMENT, "补正": SLIP, "管辖": UNNUMBERED}.items():
        add(fresh, tmp_path, f"{name}.txt", text)

    corrected = add(
        fresh, tmp_path, "判决更正.txt", JUDGMENT.replace("十万元", "十二万元")
    )

    assert (corrected["status"], corrected["warnings"]) == ("updated", [])
    assert as_json(fresh, "verify")["counts"]["document"] == 3
    assert "十二万元" in as_json(fresh, "show", corrected["slug"])["text"]


def test_each_of_consolidated_numbers_finds_the_judgment(
    fresh: Path, tmp_path: Path
) -> None:
    two = add(
        fresh,
        tmp_path,
        "合并.txt",
        paper(
            "民事判决书", "（2099）沪0199民初901、902号", "成立", "二〇九九年五月六日"
        ),
    )
    three = add(
        fresh,
        tmp_path,
        "三案.txt",
        paper(
            "民事判决书", "（2099）沪0199民初905号至907号", "成立", "二〇九九年五月七日"
        ),
    )

    assert (
        found(fresh, "（2099）沪0199民初901号")
        == found(fresh, "（2099）沪0199民初902号")
        == [two["slug"]]
    )
    assert found(fresh, "（2099）沪0199民初906号") == [three["slug"]]


def test_verify_names_what_was_replaced_before_papers_were_told_apart(
    fresh: Path, tmp_path: Path
) -> None:
    judgment = add(fresh, tmp_path, "判决.txt", JUDGMENT)
    ruling = add(fresh, tmp_path, "管辖.txt", UNNUMBERED)
    _as_the_former_release_did(fresh, str(judgment["slug"]), str(ruling["slug"]))

    (note,) = [
        note for note in as_json(fresh, "verify")["notes"] if "取代了另一件" in note
    ]

    assert (
        f"「{judgment['slug']}」" in note
        and "民事判决书》" in note
        and str(fresh / "files") in note
    )
    original = Path(note.split("其原件 ")[1].split("(")[0])
    again = add(fresh, tmp_path, "取回.txt", original.read_text("utf-8"))
    assert again["status"] == "added" and again["slug"] != judgment["slug"]
    assert not [
        note for note in as_json(fresh, "verify")["notes"] if "取代了另一件" in note
    ]


def _as_the_former_release_did(home: Path, slug: str, other: str) -> None:
    """Make the second of two documents the present content of the first."""
    with sqlite3.connect(home / "kb.sqlite3") as conn:
        ids = dict(
            conn.execute(
                "SELECT slug, id FROM document WHERE slug IN (?, ?)", [slug, other]
            ).fetchall()
        )
        conn.execute(
            "UPDATE revision SET state = 'superseded' WHERE document_id = ?",
            [ids[slug]],
        )
        for table in ("revision", "passage"):
            conn.execute(
                f"UPDATE {table} SET document_id = ? WHERE document_id = ?",
                [ids[slug], ids[other]],
            )
        conn.execute("DELETE FROM document WHERE slug = ?", [other])
        for table in DERIVED:
            conn.execute(f"DELETE FROM {table} WHERE document_id = ?", [ids[other]])
