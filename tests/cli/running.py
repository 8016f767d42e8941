"""Run `kb` as people and scripts do: a process, its status, its two outputs."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
KINDS = (
    "administrative",
    "civil",
    "criminal",
    "foreign_case",
    "foreign_guide",
    "statute",
    "guidance",
)


def environment(home: Path) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("KB_")
    }
    return kept | {"KB_HOME": str(home), "PYTHONUTF8": "1"}


def kb(
    home: Path,
    *args: object,
    status: int = 0,
    settings: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "kb", *map(str, args)],
        cwd=ROOT,
        env=environment(home) | dict(settings or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == status, (args, done.returncode, done.stderr[-2000:])
    assert "Traceback" not in done.stderr
    return done


def as_json(
    home: Path,
    *args: object,
    status: int = 0,
    settings: Mapping[str, str] | None = None,
) -> Any:
    return json.loads(
        kb(home, *args, "--json", status=status, settings=settings).stdout
    )


def lines(count: int, start: int = 0) -> str:
    made = (
        {
            "id": f"t-{n}",
            "title": f"测试文本{n}",
            "text": f"甲公司第{n}份客户名单被离职员工带走。\n未签保密协议。",
            "kind": "civil",
        }
        for n in range(start, start + count)
    )
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in made)
