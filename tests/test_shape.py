"""How densely the product is written has limits: one statement, one thought."""

from pathlib import Path

import pytest

from tests.shape.measuring import Function, Module, modules

ROOT = Path(__file__).parents[1]
MODULES = modules(ROOT)
CODE_LINES = sum(module.code_lines for module in MODULES)
MOST_LINES = 400
MOST_FUNCTION_LINES = 40
MOST_PARAMETERS = 6
MOST_NAMES = 15
#: Over all code: starlette, which reads well, has 7.50 tokens and 5.12 nodes a line.
MOST_TOKENS = 7.5
MOST_NODES = 5.2
#: Per 1,000 lines of code.
MOST_COMPREHENSIONS = 30


def places(fault: str) -> list[str]:
    return [f.place for module in MODULES for f in module.functions if is_at(f, fault)]


def is_at(function: Function, fault: str) -> bool:
    limits = {
        "lines": function.lines > MOST_FUNCTION_LINES,
        "parameters": function.parameters > MOST_PARAMETERS,
        "names": function.names > MOST_NAMES,
    }
    return limits[fault]


@pytest.mark.parametrize("fault", ["lines", "parameters", "names"])
def test_no_function_has_too_many(fault: str) -> None:
    assert places(fault) == []


def test_no_comprehension_stands_in_another_and_no_choice_in_a_choice() -> None:
    assert {str(m.path): m.nested for m in MODULES if m.nested} == {}


def test_no_module_is_longer_than_a_reader_keeps_in_mind() -> None:
    assert {str(m.path): m.lines for m in MODULES if m.lines > MOST_LINES} == {}


def share(of: str) -> float:
    return float(sum(getattr(module, of) for module in MODULES) / CODE_LINES)


def test_a_line_of_code_says_one_thing() -> None:
    assert share("tokens") <= MOST_TOKENS
    assert share("nodes") <= MOST_NODES
    assert 1000 * share("comprehensions") <= MOST_COMPREHENSIONS


def test_what_is_measured_is_what_stands_there(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "a.py").write_text(
        '"""Says nothing."""\n\n# nor does this\nx = [[y for y in z] for z in ()]\n\n\n'
        'def f(a, b, *, c):\n    """Add."""\n    d = a + b\n    return d if c else (a if b else d)\n'
    )

    (found,) = modules(tmp_path)

    assert found == Module(
        path=Path("kb/a.py"),
        lines=10,
        code_lines=4,
        tokens=16 + 12 + 5 + 12,
        nodes=found.nodes,
        comprehensions=2,
        nested=(4, 10),
        functions=(Function("kb/a.py:7 f", lines=4, parameters=3, names=1),),
    )
    assert found.nodes > 20
