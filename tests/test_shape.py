"""How densely the product is written has limits: one statement, one thought."""

from pathlib import Path

import pytest
from radon.complexity import cc_visit
from radon.visitors import Class

from tests.shape.measuring import Function, Module, modules

ROOT = Path(__file__).parents[1]
MODULES = modules(ROOT)
CODE_LINES = sum(module.code_lines for module in MODULES)
MOST_LINES = 400
MOST_FUNCTION_LINES = 40
MOST_PARAMETERS = 6
MOST_NAMES = 15
#: Ways through a function, as McCabe counts them and `radon` measures them.
MOST_WAYS = 10
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


def tangled(source: str) -> list[str]:
    """Functions and methods with too many ways through them; a class has the sum of its own."""
    found = []
    for block in cc_visit(source):
        if not isinstance(block, Class) and block.complexity > MOST_WAYS:
            found.append(f"{block.lineno} {block.fullname}")
    return found


def test_no_function_has_more_ways_through_it_than_a_reader_follows() -> None:
    found = {}
    for module in MODULES:
        source = (ROOT / module.path).read_text(encoding="utf-8")
        if faults := tangled(source):
            found[str(module.path)] = faults

    assert found == {}


def test_ways_through_a_method_count_and_those_through_its_class_do_not() -> None:
    nine_ifs = "".join(f"        if a == {n}: return {n}\n" for n in range(9))
    method = f"    def f(self, a):\n{nine_ifs}"
    another = method.replace("f(", "g(")
    wordy = f"{method}        return a and 1 or 2\n"

    assert tangled(f"class A:\n{method}{another}") == []
    assert tangled(f"class A:\n{wordy}{another}") == ["2 A.f"]


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
