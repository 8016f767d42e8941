"""The library that is asked, what it answers now, and what it answered when that was frozen."""

from __future__ import annotations

import difflib
import lzma
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from kb.__main__ import main as kb
from kb.settings import Settings
from kb.store import Store
from kb.vocabulary import Visibility
from tests.gold.goldset import CORPUS
from tests.golden.addresses import pages, questions
from tests.golden.freezing import frozen_json, frozen_page
from tests.web.plain import get
from web import create_app

_FOLDER: Final = Path(__file__).resolve().parent / "frozen"
ANSWERS: Final = _FOLDER / "answers.txt.xz"
PAGES: Final = _FOLDER / "pages.txt.xz"
_HEADING: Final = "==== "
#: What nobody but its readers may see: it must not show in any answer below.
_HIDDEN: Final = """---
slug: golden-hidden
title: 仅供内部的客户名单备忘
kind: civil
visibility: internal
decided_on: 2024-05-06
regions: [西藏]
outcomes: [判赔]
---
## 案情
离职员工带走客户名单与保密协议原件。
"""
#: Of a long difference so many lines tell enough.
_TOLD_LINES: Final = 60


def fill(home: Path, incoming: Path) -> Settings:
    """Make the library in an empty folder: the corpus, and a document that is not for all."""
    (incoming / "hidden.md").write_text(_HIDDEN, "utf-8")
    assert kb(["--home", str(home), "--quiet", "add", str(CORPUS), str(incoming)]) == 0
    return Settings(home=home)


def answers_now(settings: Settings) -> dict[str, str]:
    """Return what the API answers to every question, by its address."""
    app = create_app(settings)
    return {
        address: _answer(get(app, address).text, frozen_json) for address in questions()
    }


def pages_now(settings: Settings) -> dict[str, str]:
    """Return what every page says, by its address."""
    with Store(settings.home, Visibility.PUBLIC) as store:
        addresses = list(pages(store))
    app = create_app(settings)
    return {address: _page(get(app, address).text) for address in addresses}


def _answer(text: str, frozen: Callable[[str], str]) -> str:
    return f"{frozen(text)}\n"


def _page(text: str) -> str:
    return _answer(text, frozen_json) if text.startswith("{") else frozen_page(text)


def write(path: Path, found: Mapping[str, str]) -> None:
    """Freeze answers in a file, each below its address; packed, seven megabytes take less than one."""
    path.parent.mkdir(exist_ok=True)
    written = "".join(f"{_HEADING}{address}\n{text}" for address, text in found.items())
    path.write_bytes(lzma.compress(written.encode(), preset=9))


def read(path: Path) -> dict[str, str]:
    """Return the answers frozen in a file, by address."""
    found: dict[str, str] = {}
    for part in lzma.decompress(path.read_bytes()).decode().split(f"\n{_HEADING}"):
        address, _, text = part.removeprefix(_HEADING).partition("\n")
        found[address] = text.removesuffix("\n") + "\n"
    return found


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Yield what is answered otherwise than it was, address by address."""
    for address in dict.fromkeys((*before, *now)):
        old, new = before.get(address, ""), now.get(address, "")
        if old != new:
            yield f"{address}\n" + "\n".join(_different(_apart(old), _apart(new)))


def _apart(text: str) -> list[str]:
    """Return the lines of an answer; JSON stands on one, and is taken apart where its values end."""
    return (
        text.replace(", ", ",\n").splitlines()
        if text.startswith("{")
        else text.splitlines()
    )


def _different(old: Iterable[str], new: Iterable[str]) -> list[str]:
    lines = list(
        difflib.unified_diff(list(old), list(new), "以前", "现在", n=1, lineterm="")
    )
    return (
        lines
        if len(lines) <= _TOLD_LINES
        else [*lines[:_TOLD_LINES], f"… 另有 {len(lines) - _TOLD_LINES} 行"]
    )
