"""The attacks themselves: each is made a few times, and each way to fail is seen to count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.hostile import page
from tests.hostile.__main__ import main
from tests.hostile.attack import Attack, Ground, Note, Outcome, Trial, execute
from tests.hostile.catalogue import ATTACKS

#: What the issue that asked for this counted by hand: fewer would be a step back.
AT_LEAST = {
    "kill-add": 202,
    "kill-serve": 34,
    "cut-log": 46,
    "mutated": 400,
    "handmade": 123,
    "inject": 464,
    "flood": 10_000,
}


def attack(*faults: str, note: str = "") -> Attack:
    def run(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
        for number in numbers:
            yield Trial(number=number, what=f"测试文本{number}", fault=faults[number])
        yield Note(note)

    return Attack(
        key="a-key", name="测试攻击", what="怎么试", tries=len(faults), run=run
    )


def outcome(made: Attack, folder: Path) -> Outcome:
    return execute(made, Ground(folder=folder, seed=1), made.numbers(1.0))


@pytest.mark.parametrize(
    "made", [made for made in ATTACKS if made.few], ids=lambda made: made.key
)
def test_an_attack_made_a_few_times_finds_nothing(made: Attack, tmp_path: Path) -> None:
    done = execute(made, Ground(folder=tmp_path, seed=7), range(made.few))

    assert done.faults == ()
    assert done.tried == made.few or done.notes


def test_a_whole_run_tries_at_least_what_was_tried_by_hand() -> None:
    tries = {made.key: made.tries for made in ATTACKS}

    assert {
        key: tries[key] for key, least in AT_LEAST.items() if tries[key] < least
    } == {}
    assert len(tries) == len(ATTACKS)


def test_failures_are_counted_and_told_with_how_to_repeat_them(tmp_path: Path) -> None:
    done = outcome(attack("", "坏了 <b>|", "", note="记下的事"), tmp_path)
    written = page.render([done], seed=5, scale=0.5)

    assert (done.tried, done.failed) == (3, 1)
    assert (
        "| 测试攻击 | 怎么试。记下的事 | 3 | 1 | `make test-hostile ONLY=a-key` |"
        in written
    )
    assert (
        "- 测试攻击,第 1 次。测试文本1:坏了 &lt;b>\\|。重做:`python -m tests.hostile --only a-key --seed 5 --try 1`"
        in written
    )
    assert "规模:全部的 0.5 倍" in written
    assert (
        "失败\tpython -m tests.hostile --only a-key --seed 5 --try 1\t测试文本1:坏了"
        in page.table([done], seed=5)
    )


def test_a_page_without_failures_says_so_and_names_no_place(tmp_path: Path) -> None:
    done = outcome(attack("", note=f"在 {page.ROOT}/data"), tmp_path)
    written = page.render([done], seed=5, scale=1.0)

    assert written.endswith("## 失败\n\n没有。\n")
    assert "规模:全部,种子 5" in written
    assert str(page.ROOT) not in written


def test_an_attack_that_breaks_off_has_failed(tmp_path: Path) -> None:
    def run(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
        yield Trial(number=0, what="好的")
        raise ValueError("自身的错")

    done = execute(
        Attack(key="k", name="n", what="w", tries=2, run=run),
        Ground(folder=tmp_path, seed=1),
        range(2),
    )

    assert (done.tried, done.failed) == (2, 1)
    assert "ValueError(自身的错),test_hostile.py" in done.faults[0].fault


def test_one_try_is_the_same_each_time_it_is_made(tmp_path: Path) -> None:
    first, second = (
        Ground(folder=tmp_path, seed=9).chance("key", 4).random() for _ in range(2)
    )

    assert first == second != Ground(folder=tmp_path, seed=9).chance("key", 5).random()


def test_the_page_is_written_by_a_whole_run_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--write", "--only", "kill-add"])

    assert "--write 只在做全部攻击时可用" in capsys.readouterr().err
