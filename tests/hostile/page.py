"""What came of the attacks, as the page docs/tested.md and as lines for a terminal."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from tests.hostile.attack import MOST_TOLD, Outcome, Trial
from tests.hostile.product import ROOT

FILE: Final = ROOT / "docs" / "tested.md"
#: Where that begins which a run of the attacks leaves as it is.
_BELOW: Final = "## 读取器"
_NUMBERS: Final = "零一两三四五六七八九十"


def command(key: str) -> str:
    """Return how one attack is made again."""
    return f"make test-hostile ONLY={key}"


def again(outcome: Outcome, trial: Trial, seed: int) -> str:
    """Return how one try is made again."""
    return f"python -m tests.hostile --only {outcome.attack.key} --seed {seed} --try {trial.number}"


def table(outcomes: Sequence[Outcome], seed: int) -> str:
    """Return the outcomes as lines: tries, failures, name, notes; then every failure with how to
    repeat it.
    """
    lines = ["次数\t失败\t攻击"]
    for outcome in outcomes:
        lines.append(
            f"{outcome.tried}\t{outcome.failed}\t{outcome.attack.key} {outcome.attack.name}"
        )
        lines += [f"\t\t  {note}" for note in outcome.notes]
    for outcome in outcomes:
        lines += [
            f"失败\t{again(outcome, trial, seed)}\t{trial.what}:{trial.fault}"
            for trial in outcome.faults[:MOST_TOLD]
        ]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """Return the machine in words: cores, memory, system, Python, SQLite; neither name nor path."""
    cores = len(os.sched_getaffinity(0))
    count = _NUMBERS[cores] if cores < len(_NUMBERS) else str(cores)
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return f"{count}核,内存 {gigabytes:.0f} GB,{platform.system()},Python {platform.python_version()}"


def revision() -> str:
    """Return the commit that was attacked, and whether something in the folder differs from it."""
    name = _git("rev-parse", "--short=12", "HEAD")
    changed = [
        line
        for line in _git("status", "--porcelain").splitlines()
        if not line.endswith(f"docs/{FILE.name}")
    ]
    return (name or "未知") + (",另有未提交的改动" if changed else "")


def _git(*args: str) -> str:
    done = subprocess.run(
        ["git", *args], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.rstrip()


def render(outcomes: Sequence[Outcome], seed: int, scale: float) -> str:
    """Return the page as Markdown."""
    return (
        "\n".join(
            [
                *_opening(outcomes, seed, scale),
                "",
                *_rows(outcomes),
                "",
                *_failures(outcomes, seed),
            ]
        )
        + "\n"
    )


def kept() -> str:
    """Return what stands below the page and is written by nobody but people: how the readers were
    measured.
    """
    _, found, below = (
        FILE.read_text("utf-8").partition(f"\n{_BELOW}")
        if FILE.exists()
        else ("", "", "")
    )
    return f"{found}{below}"


def _opening(outcomes: Sequence[Outcome], seed: int, scale: float) -> Iterator[str]:
    tried, failed = sum(o.tried for o in outcomes), sum(o.failed for o in outcomes)
    yield "# 试过的攻击"
    yield ""
    yield "<!-- 由 `make test-hostile WRITE=1` 写出,请勿手改;「读取器」一节除外 -->"
    yield ""
    yield (
        "本页由测试自己写出:每种攻击怎么试、试了多少次、失败多少次。攻击都在临时的数据目录里进行,对象是这份代码的 `kb` 命令"
        "与真实的服务进程;随机数有种子,每一次都可以重做。"
    )
    yield ""
    yield f"- 日期:{date.today():%Y-%m-%d}"
    yield f"- 提交:{revision()}"
    yield f"- 机器:{machine()}"
    yield f"- 规模:{'全部' if scale == 1.0 else f'全部的 {scale:g} 倍'},种子 {seed}"
    yield f"- 合计:{len(outcomes)} 种攻击,{tried:,} 次,失败 {failed:,} 次"
    yield "- 全部重做:`make test-hostile`(两核机器上约一小时,不在每次提交的测试里);连同写出本页:`make test-hostile WRITE=1`"


def _rows(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield "| 攻击 | 怎么试 | 次数 | 失败 | 命令 |"
    yield "| --- | --- | ---: | ---: | --- |"
    for outcome in outcomes:
        what = "。".join([outcome.attack.what, *outcome.notes])
        yield (
            f"| {outcome.attack.name} | {_cell(what)} | {outcome.tried:,} | {outcome.failed:,} "
            f"| `{command(outcome.attack.key)}` |"
        )


def _failures(outcomes: Sequence[Outcome], seed: int) -> Iterator[str]:
    yield "## 失败"
    yield ""
    if not any(outcome.failed for outcome in outcomes):
        yield "没有。"
        return
    for outcome in outcomes:
        for trial in outcome.faults[:MOST_TOLD]:
            words = _cell(f"{trial.what}:{trial.fault}")
            yield f"- {outcome.attack.name},第 {trial.number} 次。{words}。重做:`{again(outcome, trial, seed)}`"
        if outcome.failed > MOST_TOLD:
            yield f"- {outcome.attack.name}:另有 {outcome.failed - MOST_TOLD:,} 次失败"


def _cell(text: str) -> str:
    """Return text that stays in its cell and names no place of this machine."""
    hidden = text.replace(str(ROOT), "…").replace(str(Path.home()), "~")
    return " ".join(hidden.split()).replace("|", "\\|").replace("<", "&lt;")
