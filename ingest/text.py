"""Bytes of a text file into text: one strict decoding, named errors."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, Final

from kb.errors import InvalidDocument, UnreadableFile

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HAN: Final = re.compile("[\u3400-\u9fff\ue000-\uf8ff\U00020000-\U0003ffff]")
_FIRST_LEVEL: Final = (b"\xb0\xa1", b"\xd7\xf9")
_LOOKED_AT: Final = 20_000
_LEAST_HAN: Final = 20
_LEAST_COMMON: Final = 0.35
#: What no text holds. Tab, line feed, return and form feed are common in text.
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")


def decode(data: bytes) -> str:
    """Decode by byte order mark, else UTF-8, else GB18030; raises UnreadableFile.

    GB 18030-2022 is what Chinese office software writes when it does not write UTF-8.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return check_text(_strict(data, encoding))
    try:
        return check_text(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    try:
        text = check_text(data.decode("gb18030"))
    except UnicodeDecodeError as error:
        raise UnreadableFile("文字编码无法识别(既不是 UTF-8 也不是 GB18030)。请用编辑器另存为 UTF-8 后重试") from error
    if _is_gibberish(text):
        raise UnreadableFile("按 GB18030 读出的不像中文,可能是 Big5 等别的编码。请用编辑器另存为 UTF-8 后重试")
    return text


def _is_gibberish(text: str) -> bool:
    """Tell bytes of another encoding, nearly all of which are GB18030 too.

    Of the characters of a Chinese text nine in ten are of the first level of GB 2312, of one in
    traditional characters four in ten at least (3,000 articles, both ways); of Big5 read so, a quarter.
    """
    han = _HAN.findall(text[:_LOOKED_AT])
    common = sum(_FIRST_LEVEL[0] <= char.encode("gb2312", "replace") <= _FIRST_LEVEL[1] for char in han)
    return len(han) >= _LEAST_HAN and common < _LEAST_COMMON * len(han)


def check_text(text: str) -> str:
    """Return `text`; raise UnreadableFile when it holds what no text holds."""
    if found := _NOT_TEXT.search(text):
        raise UnreadableFile(f"含有控制字符 U+{ord(found[0]):04X},不像文本文件。请确认文件格式,或清除该字符")
    return text


def check_values(values: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a document; raise InvalidDocument naming the one that holds what no text holds."""
    for name, value in values.items():
        for said, inner in [("字段名称", str(name)), *((f"字段 {name}", inner) for inner in _strings(value))]:
            try:
                check_text(inner)
            except UnreadableFile as error:
                raise InvalidDocument(f"{said} {error}") from error
    return values


def _strings(value: Any) -> Iterator[str]:
    """Yield every string in a value of JSON or YAML, names of fields included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield str(name)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"文件以 {encoding} 标记开头,但内容不符。请用编辑器另存为 UTF-8 后重试") from error
