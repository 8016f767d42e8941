"""The door of the room: what other rooms take from search is named in `__all__` there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OTHER_ROOMS = ("kb", "ingest", "web")


def taken() -> Iterator[tuple[str, str, str]]:
    """Yield (file, module, name) of everything that other rooms import from search."""
    for room in OTHER_ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            here = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                for module, name in imported(node):
                    if module.split(".")[0] == "search":
                        yield here, module, name


def imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.ImportFrom) and node.module:
        yield from ((node.module, alias.name) for alias in node.names)
    elif isinstance(node, ast.Import):  # a module whole
        yield from ((alias.name, "") for alias in node.names)


def modules() -> list[str]:
    return sorted({module for _, module, _ in taken()})


@pytest.mark.parametrize("module", modules())
def test_other_rooms_take_only_what_the_door_names(module: str) -> None:
    named = getattr(import_module(module), "__all__", ())
    beyond = [(here, name) for here, of, name in taken() if of == module]

    assert [(here, name) for here, name in beyond if name not in named] == []


@pytest.mark.parametrize("module", modules())
def test_everything_the_door_names_is_there(module: str) -> None:
    door = import_module(module)

    assert all(hasattr(door, name) for name in door.__all__)


def test_search_is_taken_from_by_both_edges() -> None:
    edges = {here.split("/")[0] for here, _, _ in taken()}

    assert edges == {"kb", "web"}
