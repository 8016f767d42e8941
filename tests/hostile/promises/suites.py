"""Promises that have tests of their own, at a size they have nowhere else: run by pytest, counted
by test.
"""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.hostile.attack import Ground, Note, Run, Trial
from tests.hostile.product import ROOT, environment, last_line

_LIMIT_S = 3600.0


def suite(key: str, paths: Sequence[str], options: Sequence[str] = ()) -> Run:
    """Return an attack that runs the tests in `paths`, each test a try; what is not there has
    failed.
    """

    def run(ground: Ground, numbers: Sequence[int]) -> Iterator[Trial | Note]:
        missing = [path for path in paths if not (ROOT / path).exists()]
        if missing:
            yield Trial(number=0, what="、".join(missing), fault="没有这些测试")
            return
        report = ground.folder / f"{key}.xml"
        report.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                f"--junitxml={report}",
                *options,
                *paths,
            ],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
        trials = list(_trials(report)) if report.exists() else []
        yield from trials or [
            Trial(number=0, what="pytest", fault=last_line(done.stdout + done.stderr))
        ]

    return run


def _trials(report: Path) -> Iterator[Trial]:
    for number, case in enumerate(ElementTree.parse(report).iter("testcase")):
        bad = next((one for one in case if one.tag in ("failure", "error")), None)
        fault = (
            ""
            if bad is None
            else " ".join((bad.get("message") or "失败").split())[:300]
        )
        yield Trial(
            number=number, what=str(case.get("name")).replace("_", " "), fault=fault
        )
