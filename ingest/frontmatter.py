"""Corpus files: YAML front matter and a small Markdown body."""

from __future__ import annotations

import re
from collections.abc import Hashable
from datetime import date
from typing import Any, Final

import yaml
from msgspec import Struct

from ingest.markdown import without_comments, without_emphasis
from ingest.text import check_values
from kb.errors import InvalidDocument
from kb.records import Citation

_FRONT: Final = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_LINK: Final = re.compile(r"\[\[([^\[\]|\n]{1,200})(?:\|([^\[\]\n]{1,200}))?\]\]")
_HEADING_MARK: Final = re.compile(r"#{1,6}[ \t]+")
#: A front matter is a page or two; a longer one is no front matter.
_MOST_FRONT_CHARS: Final = 200_000
#: In any base, 64 bits and a sign are fewer.
_MOST_DIGITS: Final = 80
#: What a field may be made of; YAML also knows bytes and sets.
_PLAIN: Final = (str, int, float, bool, date)


class _Loader(yaml.CSafeLoader):
    """YAML without the parts a front matter has no use for: aliases and duplicate keys."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, Any]:
        """Build a mapping, refusing a key written twice."""
        seen: set[Any] = set()
        for key, _ in node.value:
            if not isinstance(key.value, str):
                raise yaml.constructor.ConstructorError(
                    None, None, "字段名称应为文字", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"字段 {key.value} 重复", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_whole(self, node: yaml.ScalarNode) -> int:
        """Build an integer of at most 64 bits: no field holds more, and not everything here could
        print it.
        """
        if len(node.value) <= _MOST_DIGITS:
            number = int(self.construct_yaml_int(node))
            if abs(number) < 1 << 63:
                return number
        raise yaml.constructor.ConstructorError(None, None, "整数过大", node.start_mark)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_whole)
# Dates stay the text an editor wrote; 2024-05 and 2024 are dates here too.
_TIMESTAMP: Final = "tag:yaml.org,2002:timestamp"
_Loader.yaml_implicit_resolvers = {}
for _first, _resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items():
    _Loader.yaml_implicit_resolvers[_first] = [
        resolver for resolver in _resolvers if resolver[0] != _TIMESTAMP
    ]


class MarkdownDocument(Struct, frozen=True, gc=False):
    """A corpus file taken apart: `headings` are (offset in text, heading)."""

    values: dict[str, Any]
    text: str
    headings: tuple[tuple[int, str], ...]
    links: tuple[Citation, ...]


def read_markdown(source: str) -> MarkdownDocument:
    """Take a corpus file apart; raises InvalidDocument with the line of the front matter.

    A file without front matter is plain Markdown whose first heading is its title. Heading
    marks, comments and marks of emphasis are taken off and `[[slug|words]]` becomes `words` with a
    citation; every other character of the body stays.
    """
    front = _FRONT.match(source)
    values = _values(front[1]) if front else {}
    body = source[front.end() :] if front else source
    text, headings, links = _body(body)
    if not front and headings:
        values = {"title": headings[0][1]}
    return MarkdownDocument(values, text, headings, links)


def _values(source: str) -> dict[str, Any]:
    """Return the fields of a front matter; raises InvalidDocument, with the line where it can."""
    if len(source) > _MOST_FRONT_CHARS:
        raise InvalidDocument(
            f"文件头有 {len(source):,} 字,超过上限 {_MOST_FRONT_CHARS:,} 字。请检查结束文件头的 ---"
        )
    try:
        _require_no_aliases(source)
        values = yaml.load(source, Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"第 {mark.line + 2} 行" if mark else "文件头"
        problem = getattr(error, "problem", error)
        raise InvalidDocument(f"{where}:YAML 写法有误({problem})") from error
    except (RecursionError, ValueError) as error:
        raise InvalidDocument("文件头:YAML 写法有误") from error
    if not isinstance(values, dict):
        raise InvalidDocument("文件头应为「字段: 值」的形式")
    for name, value in values.items():
        odd = _odd_type(value)
        if odd:
            raise InvalidDocument(
                f"字段 {name} 用了 YAML 的 {odd},请写成文字、数字或它们的列表"
            )
    return check_values(values)  # an escape may hide what decoding would have refused


def _require_no_aliases(source: str) -> None:
    for event in yaml.parse(source, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise InvalidDocument("文件头不能使用 YAML 别名(*)")


def _odd_type(value: Any) -> str:
    """Return the type of what no field can hold; '' where there is none."""
    if isinstance(value, list):
        return next(filter(None, map(_odd_type, value)), "")
    if isinstance(value, dict):
        return _odd_type([*value.keys(), *value.values()])
    is_plain = value is None or isinstance(value, _PLAIN)
    return "" if is_plain else type(value).__name__


def _heading(line: str) -> str:
    """Return the words of a heading without the marks around them; nothing for any other line."""
    mark = _HEADING_MARK.match(line)
    if mark is None:
        return ""
    words = line[mark.end() :].rstrip(" \t")
    return words.rstrip("#").rstrip(" \t")


def _body(body: str) -> tuple[str, tuple[tuple[int, str], ...], tuple[Citation, ...]]:
    """Return the words of a body, with where its headings and its links stand in them."""
    parts: list[str] = []
    headings: list[tuple[int, str]] = []
    links: list[Citation] = []
    length = 0

    def put(piece: str) -> None:
        nonlocal length
        parts.append(piece)
        length += len(piece)

    lines = without_comments(body.lstrip("\r\n").split("\n"))
    for number, written in enumerate(lines):
        line = without_emphasis(written)
        if number:
            put("\n")
        if heading := _heading(line.rstrip("\r")):
            headings.append((length, heading))
            put(heading)
            continue
        position = 0
        for link in _LINK.finditer(line):
            put(line[position : link.start()])
            words = link[2] or link[1]
            links.append(
                Citation(start=length, end=length + len(words), target=link[1].strip())
            )
            put(words)
            position = link.end()
        put(line[position:])
    return "".join(parts), tuple(headings), tuple(links)
