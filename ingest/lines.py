"""JSONL: a document a line, read one after another from the open file, never the whole of it."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import msgspec

from ingest.faults import as_ours
from ingest.raw import BadLine, RawDocument
from ingest.rows import document_of
from ingest.text import check_text, check_values, require_fitting, require_not_misread
from kb.errors import InvalidDocument, UnreadableFile, UserError
from kb.records import Citation

_MOST_DIGITS: Final = 4_000
_MOST_DEPTH: Final = 100
#: A text of the greatest length, each character written as an escape, and its metadata.
_MOST_LINE_BYTES: Final = 16 << 20


def read_lines(file: BinaryIO) -> Iterator[RawDocument | BadLine]:
    """Read every line of a file that is not blank; what is wrong with one stands in its place."""
    number = 0
    while line := file.readline(_MOST_LINE_BYTES + 1):
        number += 1
        if len(line) > _MOST_LINE_BYTES and not line.endswith(b"\n"):
            yield _too_long(number, len(line) + _rest_of_line(file))
        elif line.strip():
            try:
                yield _json_line(line.removesuffix(b"\n"), number)
            except UserError as error:
                yield BadLine(number, _alone(error))
            except Exception as error:  # a line no one thought of stops no other
                yield BadLine(number, _alone(as_ours(error)))


def _alone(error: UserError) -> UserError:
    """Return an error without the calls it passed: a file of a million bad lines would keep them
    all.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _rest_of_line(file: BinaryIO) -> int:
    """Read on to the end of a line; return how many bytes that was."""
    count = 0
    while rest := file.readline(1 << 20):
        count += len(rest)
        if rest.endswith(b"\n"):
            break
    return count


def _too_long(number: int, size: int) -> BadLine:
    return BadLine(
        number,
        InvalidDocument(
            f"这一行有 {size / 1048576:.0f} MB,超过上限 {_MOST_LINE_BYTES // 1048576} MB。"
            "一行应是一件文书,请换行分开,或拆成几件"
        ),
    )


def _json_values(line: bytes) -> dict[str, Any]:
    """Return the fields of a line; raises InvalidDocument where it is no object of JSON."""
    try:
        values = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        values = _json_again(line)
    if not isinstance(values, dict):
        raise InvalidDocument("应为一个 JSON 对象")
    if line.count(b"[") + line.count(b"{") > _MOST_DEPTH and _is_deeper(
        values, _MOST_DEPTH
    ):
        raise InvalidDocument(f"层层嵌套超过 {_MOST_DEPTH} 层。请改为较平的结构")
    # only these escapes hide half a character or a control character
    if b"\\u" in line or b"\\b" in line:
        check_values(values)
    return values


def _is_deeper(value: Any, depth: int) -> bool:
    """Tell whether lists and objects stand in each other more than so many times."""
    if depth < 0:
        return True
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return False
    return any(_is_deeper(inner, depth - 1) for inner in value)


def _json_again(line: bytes) -> Any:
    """Read what msgspec does not, a byte order mark and half characters, or say what is wrong with
    it.
    """
    try:
        text = line.decode("utf-8-sig")
        return json.loads(
            text, parse_int=_short, parse_float=_finite, parse_constant=_finite
        )
    except UnicodeDecodeError as error:
        raise InvalidDocument(
            f"不是 UTF-8 编码(该行第 {error.start + 1} 字节 "
            f"0x{line[error.start]:02X})。请将整个文件另存为 UTF-8"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidDocument("不是合法的 JSON") from error


def _short(written: str) -> int:
    if len(written) > _MOST_DIGITS:  # msgspec would not read it back
        raise InvalidDocument(
            f"整数 {written[:20]}…超过 {_MOST_DIGITS} 位。请加引号写成文字"
        )
    return int(written)


def _finite(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise InvalidDocument(
            f"{written[:20]} 不是可以记下的数。请改为普通的数字,或加引号写成文字"
        )
    return value


def _json_line(line: bytes, number: int) -> RawDocument:
    """Return the document a line holds; raises InvalidDocument where a field breaks a rule."""
    values = _json_values(line)
    if "cells" in values and "text" not in values:
        return _row(line, number, values["cells"])
    _require_essentials(values)
    text: str = values.pop("text")
    own = str(values.pop("id"))
    if values.get("slug") is None:
        values["slug"] = own
    headings = _headings(values.pop("headings", None), text)
    links = _links(values.pop("links", None), text)
    try:
        require_not_misread(check_text(text))
        require_fitting(len(text))
    except UnreadableFile as error:
        raise InvalidDocument(f"字段 text {error}") from error
    return RawDocument(
        sha256=hashlib.sha256(line).hexdigest(),
        line_number=number,
        text=text,
        values=values,
        keep_unknown=True,
        headings=headings,
        links=links,
    )


def _require_essentials(values: dict[str, Any]) -> None:
    """Raise InvalidDocument unless there are an id, a text and a title."""
    identity = values.get("id")
    if not isinstance(identity, (str, int)) or isinstance(identity, bool):
        raise InvalidDocument("缺少字段 id(文字)")
    if not _is_written(values.get("text")):
        raise InvalidDocument("缺少字段 text(正文),或正文为空")
    if not _is_written(values.get("title")):
        raise InvalidDocument("缺少字段 title(标题)")


def _is_written(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _row(
    line: bytes,
    number: int,
    cells: Any,
) -> RawDocument:
    """Make a document of a row of a table, kept as its cells: [column, cell] in their order."""
    pairs = []
    for item in cells or ():
        if isinstance(item, list) and len(item) == 2:
            pairs.append((item[0], item[1]))
    parts = itertools.chain.from_iterable(pairs)
    if not pairs or not all(isinstance(part, str) for part in parts):
        raise InvalidDocument("字段 cells 应为 [列名, 内容] 的列表")
    made = document_of(pairs)
    require_fitting(len(made.text))
    return RawDocument(
        sha256=hashlib.sha256(line).hexdigest(),
        line_number=number,
        text=check_text(made.text),
        values=made.values,
        keep_unknown=True,
        headings=made.headings,
    )


def _headings(said: Any, text: str) -> tuple[tuple[int, str], ...] | None:
    """Read the headings `kb export` writes beside a text: [start, heading]."""
    if said is None:
        return None
    found: list[tuple[int, str]] = []
    for item in said if isinstance(said, list) else [said]:
        if not _is_heading(item, text) or found and tuple(item) < found[-1]:
            raise InvalidDocument("字段 headings 应为 [位置, 标题] 的列表,并与正文相符")
        found.append((item[0], item[1]))
    return tuple(found)


def _is_heading(item: Any, text: str) -> bool:
    """Tell the place of a heading and its words, which stand there."""
    if not isinstance(item, list) or len(item) != 2:
        return False
    start, heading = item
    if not isinstance(start, int) or start < 0:
        return False
    if not isinstance(heading, str) or not heading:
        return False
    return text.startswith(heading, start)


def _links(said: Any, text: str) -> tuple[Citation, ...]:
    """Read the links `kb export` writes beside a text: [start, end, slug]."""
    if said is None:
        return ()
    found = []
    for item in said if isinstance(said, list) else [said]:
        if not _is_link(item, len(text)):
            raise InvalidDocument("字段 links 应为 [起, 止, 标识] 的列表,并与正文相符")
        start, end, target = item
        found.append(Citation(start=start, end=end, target=target))
    return tuple(found)


def _is_link(item: Any, length: int) -> bool:
    """Tell two places in a text of a length, and what the words between them lead to."""
    if not isinstance(item, list) or len(item) != 3:
        return False
    start, end, target = item
    if not isinstance(start, int) or not isinstance(end, int):
        return False
    return 0 <= start < end <= length and isinstance(target, str)
