"""The labels by which the reading of fields is measured, and how it is counted."""

import json
import re
from pathlib import Path

import pytest

from tests.fields import __main__ as command
from tests.fields import labels as labels_module
from tests.fields.labels import FILE, Label, hashed, load, plain_number
from tests.fields.measuring import Score, Verdict, judge, total

PAPER = """上海市测试区人民法院
民事判决书
（2019）沪0199民初12号
原告：测试甲公司。
被告：测试乙公司。
原告测试甲公司与被告测试乙公司侵害技术秘密纠纷一案，本院于2019年1月2日立案。
本院认为，判决如下：
一、被告赔偿原告3万元。
审判长　测试
二〇一九年五月十六日
"""


def label(sha256: str = "0" * 64, **values: object) -> Label:
    given: dict[str, object] = {
        "sha256": sha256,
        "id": "t1",
        "source": "made up",
        "extent": "whole",
        "kind": "civil",
        "paper": "民事判决书",
        "numbers": ("（2019）沪0199民初字第012号",),
        "earlier_case_numbers": (),
        "authority": "上海市测试区人民法院",
        "decided_on": "2019-05-16",
        "parties": {
            "first": (hashed(sha256, "测试甲公司"),),
            "second": (hashed(sha256, "测试丙公司"),),
        },
        "causes": ("侵害技术秘密纠纷", "侵害商业秘密纠纷"),
        "amounts": (("判赔", 30_000.0),),
        "outcomes": ("判令停止侵害",),
    }
    return Label(**(given | values))  # type: ignore[arg-type]


def test_both_halves_have_sixty_papers_and_every_kind() -> None:
    for half in ("dev", "held"):
        rows = [row for row in load().values() if row.half == half]

        assert len(rows) >= 60
        assert {row.kind for row in rows} == {"administrative", "civil", "criminal"}


def test_the_labels_hold_facts_and_parties_only_as_hashes() -> None:
    for row in load().values():
        parties = [name for side in row.parties.values() for name in side]

        assert all(
            re.fullmatch("[0-9a-f]{16}", name)
            for name in (*parties, *row.allowed.get("parties", ()))
        )
    longest = max(
        len(value)
        for line in FILE.read_text("utf-8").splitlines()
        for value in _texts(json.loads(line))
    )
    assert longest <= 120


def _texts(row: dict[str, object]) -> list[str]:
    lists = [value for value in row.values() if isinstance(value, list)]
    return [
        *(value for value in row.values() if isinstance(value, str)),
        *(str(item) for values in lists for item in values),
    ]


def test_what_both_say_is_right_what_one_says_is_missed_or_made_up() -> None:
    by_field = {verdict.field: verdict for verdict in judge(label(), PAPER)}

    assert by_field["numbers"] == Verdict(
        "numbers", frozenset({"(2019)沪0199民初12号"}), frozenset(), frozenset()
    )
    assert (
        len(by_field["parties"].right),
        len(by_field["parties"].missed),
        len(by_field["parties"].wrong),
    ) == (*(1, 1, 1),)
    assert by_field["cause"] == Verdict(
        "cause", frozenset({"侵害技术秘密"}), frozenset(), frozenset()
    )
    assert by_field["amounts"].right == {("判赔", 30_000.0)}
    assert (by_field["outcomes"].missed, by_field["outcomes"].wrong) == (
        {"判令停止侵害"},
        {"判赔"},
    )


def test_what_is_allowed_is_no_fault_and_what_is_unscored_is_left_out() -> None:
    judged = judge(label(allowed={"outcomes": ("判赔",)}, unscored=("kind",)), PAPER)

    assert {verdict.field for verdict in judged}.isdisjoint({"kind"})
    assert next(v for v in judged if v.field == "outcomes").wrong == frozenset()


def test_scores_are_counted_over_values_of_all_papers() -> None:
    score = total(judge(label(), PAPER))["parties"]

    assert score == Score(right=1, found=2, labelled=2)
    assert (score.precision, score.recall, score.f1) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("（2012）皖民四初字第00009号", "(2012)皖民四初9号"),
        ("（2016）京0119刑初203号", "(2016)京0119刑初203号"),
        ("（2014）刑立他字第26-1号", "(2014)刑立他26-1号"),
        ("（2014）刑立他字第26号之一", "(2014)刑立他26-1号"),
        ("偃环罚决字〔2021〕第081号", "偃环罚决字(2021)81号"),
    ],
)
def test_one_number_however_it_is_written_is_one(written: str, plain: str) -> None:
    assert plain_number(written) == plain


def test_the_command_prints_a_table_and_the_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text(PAPER, "utf-8")
    (tmp_path / "b.txt").write_text("不在标注之列", "utf-8")
    sha256 = next(sha for sha, text in labels_module.papers(tmp_path) if text == PAPER)
    row = label(sha256)
    monkeypatch.setattr(command, "load", lambda: {sha256: row})

    assert (
        command.main(
            [str(tmp_path), "--half", row.half, "--errors", "--field", "outcomes"]
        )
        == 0
    )
    printed = capsys.readouterr().out.splitlines()

    assert printed[0] == "t1 outcomes: missed ['判令停止侵害'] wrong ['判赔']"
    assert printed[1] == "1 papers of 1"
    assert printed[-2].split() == ["amounts", "1", "1.000", "1.000", "1.000"]
