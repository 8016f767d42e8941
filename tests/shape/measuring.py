"""Figures of a tree of Python modules, taken from its tokens and its syntax trees."""

import ast
import io
import token
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOMS = ("kb", "ingest", "search", "web")
_LAYOUT = frozenset(
    {
        token.NEWLINE,
        token.INDENT,
        token.DEDENT,
        token.ENDMARKER,
        tokenize.NL,
        tokenize.COMMENT,
        tokenize.ENCODING,
    }
)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CONTEXTS = (ast.Load, ast.Store, ast.Del)


@dataclass(frozen=True)
class Function:
    """One function: where it stands, its lines, parameters and local names."""

    place: str
    lines: int
    parameters: int
    names: int


@dataclass(frozen=True)
class Module:
    """One module: its lines, what stands on its lines of code, and its functions."""

    path: Path
    lines: int
    code_lines: int
    tokens: int
    nodes: int
    comprehensions: int
    nested: tuple[int, ...]
    functions: tuple[Function, ...]


def modules(root: Path) -> list[Module]:
    """Measure every module of the product below a folder, in the order of their paths."""
    paths = (path for room in ROOMS for path in (root / room).rglob("*.py"))
    return [measure(path, root) for path in sorted(paths)]


def measure(path: Path, root: Path) -> Module:
    """Measure one module. Docstrings and comments are no code."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    docstrings = set(_docstrings(tree))
    tokens = [found for found in _tokens(source) if found.start not in docstrings]
    inner = list(_code_nodes(tree, docstrings))
    return Module(
        path=path.relative_to(root),
        lines=source.count("\n"),
        code_lines=len(
            {line for found in tokens for line in (found.start[0], found.end[0])}
        ),
        tokens=len(tokens),
        nodes=len(inner),
        comprehensions=sum(isinstance(node, _COMPREHENSIONS) for node in inner),
        nested=tuple(_nested(inner)),
        functions=tuple(_functions(tree, path.relative_to(root))),
    )


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    for found in tokenize.generate_tokens(io.StringIO(source).readline):
        if found.type not in _LAYOUT:
            yield found


def _docstrings(tree: ast.AST) -> Iterator[tuple[int, int]]:
    """Yield where each docstring begins."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, *_FUNCTIONS)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                if isinstance(first.value.value, str):
                    yield first.lineno, first.col_offset


def _code_nodes(tree: ast.AST, docstrings: set[tuple[int, int]]) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        place = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
        is_docstring = (
            isinstance(node, (ast.Expr, ast.Constant)) and place in docstrings
        )
        if not is_docstring and not isinstance(node, _CONTEXTS):
            yield node


def _nested(nodes: Iterable[ast.AST]) -> Iterator[int]:
    """Yield lines of a comprehension inside a comprehension, and of a choice inside a choice."""
    for node in nodes:
        kinds = next(
            (k for k in (_COMPREHENSIONS, (ast.IfExp,)) if isinstance(node, k)), None
        )
        if kinds and any(isinstance(inner, kinds) for inner in _below(node)):
            yield getattr(node, "lineno", 0)


def _below(node: ast.AST) -> Iterator[ast.AST]:
    inner = ast.walk(node)
    next(inner)
    return inner


def _functions(tree: ast.AST, path: Path) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS):
            yield Function(
                place=f"{path}:{node.lineno} {node.name}",
                lines=(node.end_lineno or node.lineno) - node.lineno + 1,
                parameters=_parameters(node),
                names=len(_names(node)),
            )


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return sum(argument.arg not in ("self", "cls") for argument in named)


def _names(node: ast.AST) -> set[str]:
    """Return the names a function gives values to, its parameters left out."""
    return {
        inner.id
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    }
