"""The site over a few documents, added as an operator adds them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kb.__main__ import main
from kb.settings import Settings
from web import create_app

Library = Callable[..., TestClient]


@pytest.fixture
def library(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Library]:
    """Return a function that opens the site over documents: fields of a line each, or the text of a
    file.
    """
    opened: list[TestClient] = []

    def open_site(*documents: dict[str, Any] | str) -> TestClient:
        for number, one in enumerate(documents):
            line = {
                "id": f"doc-{number}",
                "title": f"测试文本{number}",
                "text": "测试文本。离职员工带走客户名单。",
            }
            is_line = isinstance(one, dict)
            path = tmp_path / f"{number}.{'jsonl' if is_line else 'md'}"
            path.write_text(
                json.dumps(line | one) if isinstance(one, dict) else one,
                encoding="utf-8",
            )
            assert main(["--home", str(home), "--quiet", "add", str(path)]) == 0
        capsys.readouterr()
        opened.append(TestClient(create_app(Settings(home=home))))
        return opened[-1]

    yield open_site
    for client in opened:
        client.close()
