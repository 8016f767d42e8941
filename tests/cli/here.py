"""Run `kb` in this process, where a process of its own would only take longer."""

import contextlib
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.__main__ import main


@dataclass(frozen=True, slots=True)
class Done:
    stdout: str
    stderr: str


def kb(home: Path, *args: object, status: int = 0, typed: str = "") -> Done:
    out, err = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        typing(typed),
    ):
        got = main(["--home", str(home), *map(str, args)])
    assert got == status, (args, got, err.getvalue())
    return Done(out.getvalue(), err.getvalue())


def as_json(home: Path, *args: object, status: int = 0) -> Any:
    return json.loads(kb(home, *args, "--json", status=status).stdout)


@contextlib.contextmanager
def typing(text: str) -> Iterator[None]:
    """Let a person have typed `text`, and no more."""
    before, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        yield
    finally:
        sys.stdin = before
