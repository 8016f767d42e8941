"""`python -m tests.shape [FOLDER]`: the figures of the code below a folder, by default this one."""

import argparse
from pathlib import Path

from tests.shape.measuring import Module, modules

_HERE = Path(__file__).parents[2]


def main() -> None:
    """Print the figures, then the places that stand out."""
    parser = argparse.ArgumentParser(prog="python -m tests.shape", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=_HERE)
    found = modules(parser.parse_args().folder)
    for line in figures(found):
        print(line)


def figures(found: list[Module]) -> list[str]:
    """Return one line a figure."""
    code_lines = sum(module.code_lines for module in found)
    functions = [function for module in found for function in module.functions]
    longest = max(functions, key=lambda function: function.lines)
    most = max(functions, key=lambda function: function.names)
    largest = max(found, key=lambda module: module.lines)
    return [
        f"modules                          {len(found)}",
        f"code lines                       {code_lines}",
        f"tokens a code line               {sum(m.tokens for m in found) / code_lines:.2f}",
        f"syntax nodes a code line         {sum(m.nodes for m in found) / code_lines:.2f}",
        f"comprehensions per 1,000 lines   "
        f"{1000 * sum(m.comprehensions for m in found) / code_lines:.1f}",
        f"nested comprehensions, choices   {sum(len(m.nested) for m in found)}",
        f"functions over 40 lines          {sum(f.lines > 40 for f in functions)}",
        f"functions over 6 parameters      {sum(f.parameters > 6 for f in functions)}",
        f"functions over 15 local names    {sum(f.names > 15 for f in functions)}",
        f"longest function                 {longest.lines} lines, {longest.place}",
        f"most local names                 {most.names}, {most.place}",
        f"longest module                   {largest.lines} lines, {largest.path}",
    ]


if __name__ == "__main__":
    main()
