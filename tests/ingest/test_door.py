"""What other rooms import of this one stands in `__all__` of the module they import it from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OTHER_ROOMS = ("kb", "search", "web")


def _modules_of_others() -> list[Path]:
    found: list[Path] = []
    for room in OTHER_ROOMS:
        found += (ROOT / room).rglob("*.py")
    return sorted(found)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield what a module imports of this room, (module, name); "*" stands for any name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] == "ingest":
                    yield alias.name, "*"
        elif isinstance(node, ast.ImportFrom):
            yield from _imported_from(node, tree)


def _imported_from(node: ast.ImportFrom, tree: ast.Module) -> Iterator[tuple[str, str]]:
    module = node.module or ""
    for alias in node.names:
        if module == "ingest":
            for name in _asked_of(alias.asname or alias.name, tree):
                yield f"ingest.{alias.name}", name
        elif module.startswith("ingest."):
            yield module, alias.name


def _asked_of(called: str, tree: ast.Module) -> Iterator[str]:
    """Yield the names for which an imported module is asked: `start` of `workers.start()`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == called:
                yield node.attr


def _offered(module: str) -> list[str]:
    """Return `__all__` of a module of this room, nothing where it has none."""
    for node in _tree(ROOT / f"{module.replace('.', '/')}.py").body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return list(ast.literal_eval(node.value))
    return []


@pytest.mark.parametrize(
    "path", _modules_of_others(), ids=lambda path: str(path.relative_to(ROOT))
)
def test_other_rooms_import_only_what_is_offered(path: Path) -> None:
    for module, name in _imported(_tree(path)):
        assert name in _offered(module), f"{module} does not offer {name}"


def test_the_pipeline_is_a_door_that_is_used() -> None:
    used = set()
    for path in _modules_of_others():
        used.update(_imported(_tree(path)))

    assert ("ingest.pipeline", "ingest") in used


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import ingest.lines", [("ingest.lines", "*")]),
        ("from ingest.lines import read_lines", [("ingest.lines", "read_lines")]),
        (
            "from ingest import lines as l\nl.read_lines()",
            [("ingest.lines", "read_lines")],
        ),
        ("from ingests import lines\nimport kb.lines", []),
    ],
)
def test_imports_are_found_however_they_are_written(
    source: str, found: list[tuple[str, str]]
) -> None:
    assert list(_imported(ast.parse(source))) == found
