"""A formula of Word on one line: a stroke in fractions, the brackets Word draws, ^ and _ for high
and low.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from ingest.wordparts import M

#: One name or number, or a whole in brackets: needs none around it.
_SIMPLE: Final = re.compile(r"\w*|\([^()]*\)")
_CLOSING: Final = {"num": "/", "fName": " ", "deg": "√"}
_OPENING: Final = {"sup": "^", "sub": "_", "lim": "_"}
_BRACKETED: Final = frozenset({"num", "den", "sup", "sub", "lim", "deg"})
#: A command of a field EQ with its arguments, none of them another command.
_COMMAND: Final = re.compile(r"((?:\\[a-z*]+[ \d.-]*)+)\(([^()\\]*)\)", re.I)
_MOST_COMMANDS: Final = 50
_MOST_CODE: Final = 1000
_SETTING: Final = re.compile(r"\\\*\s*(?:\"[^\"]*\"|\S+)|\\\w+")
_CIRCLED: Final = {str(number): chr(0x245F + number) for number in range(1, 21)}

#: What to do when an element ends: given what stands in it, return what is written for it.
Closing = Callable[[str], str]


def begin_formula_part(node: Any) -> tuple[str, Closing | None]:
    """Return what to write before a part of a formula, and what makes of its text what is
    written.
    """
    name = node.tag[len(M) :]
    if name == "d":
        return "", lambda text: _in_signs(node, text)
    if name == "nary":
        return _sign(node, "chr", "∫"), None
    if name == "rad":
        return _root(node), None
    if name == "mr":
        return _before_row(node), None
    if name == "e":
        is_root = node.getparent().tag == M + "rad"
        return _between(node), _in_brackets if is_root else None
    if name in _BRACKETED or name in _CLOSING:
        return "", lambda text: _write_part(name, text)
    return "", None


def _root(node: Any) -> str:
    """Return what begins a root: its sign, unless that stands behind a degree."""
    has_degree = node.find(M + "deg") is not None
    return "" if has_degree else "√"


def _before_row(node: Any) -> str:
    """Return what stands between a row of a matrix and the one before it."""
    before = node.getprevious()
    if before is None or before.tag != node.tag:
        return ""
    return "; "


def _in_signs(node: Any, text: str) -> str:
    """Return a text between the signs that open and close it."""
    opening = _sign(node, "begChr", "(")
    closing = _sign(node, "endChr", ")")
    return f"{opening}{text}{closing}"


def equation(code: str) -> str:
    """Return what a field EQ shows: Word keeps no result of it.

    Of characters put over one another, the last.
    """
    text = code.strip()[2:_MOST_CODE]
    for _ in range(_MOST_COMMANDS):
        text, count = _COMMAND.subn(_command, text)
        if not count:
            break
    return _SETTING.sub("", text).strip()


def is_equation(code: str) -> bool:
    """Tell whether the code of a field is one of a formula."""
    return code.strip()[:3].lower().rstrip("\\ ") == "eq"


def _command(match: re.Match[str]) -> str:
    """Return what a command of a field EQ shows of its arguments."""
    name = match[1].lower().lstrip("\\")
    arguments = [argument.strip() for argument in re.split("[,;，]", match[2])]
    last = arguments[-1]
    if name.startswith("o"):
        is_circled = arguments[0] in "○◯〇"
        return _CIRCLED.get(last, last) if is_circled else last
    if name.startswith("f") and len(arguments) == 2:
        return "/".join(map(_in_brackets, arguments))
    if name.startswith("r"):
        degree = "".join(arguments[:-1])
        return f"{degree}√{_in_brackets(last)}"
    return ",".join(arguments)


def _write_part(name: str, text: str) -> str:
    if not text and name != "deg":
        return ""
    if name in _BRACKETED:
        text = _in_brackets(text)
    opening = _OPENING.get(name, "")
    closing = _CLOSING.get(name, "")
    return f"{opening}{text}{closing}"


def _in_brackets(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _between(node: Any) -> str:
    """Return what stands between one part of several and the next: in brackets, in a matrix, in
    equations.
    """
    parent, before = node.getparent(), node.getprevious()
    if before is None or before.tag != M + "e":
        return ""
    if parent.tag == M + "d":
        return _sign(parent, "sepChr", "|")
    return {M + "mr": " ", M + "eqArr": "; "}.get(parent.tag, "")


def _sign(
    node: Any,
    name: str,
    otherwise: str,
) -> str:
    found = node.find(f"{M}{node.tag[len(M) :]}Pr/{M}{name}")
    return otherwise if found is None else str(found.get(M + "val", ""))
