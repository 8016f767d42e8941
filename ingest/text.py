"""Bytes of a text file into text: one strict decoding, errors that say where and what to do."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, Final

from ingest.answers import MOST_CHARACTERS
from kb.errors import InvalidDocument, UnreadableFile

_MARKS: Final = (
    (codecs.BOM_UTF8, "UTF-8", "utf-8"),
    (codecs.BOM_UTF32_LE, "UTF-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "UTF-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "UTF-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "UTF-16", "utf-16-be"),
)
_RESAVE: Final = "请用编辑器另存为 UTF-8 后重试"
_HAN: Final = re.compile("[\u3400-\u9fff\ue000-\uf8ff\U00020000-\U0003ffff]")
_FIRST_LEVEL: Final = (b"\xb0\xa1", b"\xd7\xf9")
_LOOKED_AT: Final = 20_000
_LEAST_HAN: Final = 20
_LEAST_COMMON: Final = 0.35
#: What no text holds. Tab, line feed, return and form feed are common in text.
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")


def decode(data: bytes) -> str:
    """Decode by byte order mark, else UTF-8, else GB18030; raises UnreadableFile saying where it does not fit."""
    return detect(data)[0]


def detect(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding, as `decode` finds them.

    GB 18030-2022 is what Chinese office software writes when it does not write UTF-8.
    """
    for mark, name, codec in _MARKS:
        if data.startswith(mark):
            return check_text(_marked(data, mark, name, codec)), name
    try:
        return check_text(data.decode("utf-8")), "UTF-8"
    except UnicodeDecodeError as error:
        no_utf8 = error
    if is_mostly_utf8(data):
        raise UnreadableFile("文件是 UTF-8 编码,但" + what_is_bad(data, no_utf8)) from no_utf8
    try:
        text = check_text(data.decode("gb18030"))
    except UnicodeDecodeError as error:
        neither = f"{place_in(data, no_utf8.start)}不是 UTF-8,{place_in(data, error.start)}也不是 GB18030。"
        raise UnreadableFile("文字编码无法识别:" + neither + _RESAVE) from error
    if looks_chinese(text) is False:
        raise UnreadableFile("按 GB18030 读出的不像中文,可能是 Big5 等别的编码。" + _RESAVE)
    return text, "GB18030"


def mark_of(head: bytes) -> str | None:
    """Return the encoding whose byte order mark the first bytes of a file are; None without one."""
    return next((name for mark, name, _ in _MARKS if head.startswith(mark)), None)


def is_mostly_utf8(data: bytes) -> bool:
    """Tell UTF-8 with bytes that do not belong there from another encoding.

    Characters of three bytes come about by chance in one of sixty characters of GB18030, where
    nearly every other byte fails.
    """
    text = data.decode("utf-8", "replace")
    failed = text.count("\ufffd")
    return sum(char >= "\u0800" for char in text) - failed >= failed


def what_is_bad(data: bytes, error: UnicodeDecodeError) -> str:
    """Say where the first byte stands that is no UTF-8, and what to do; how many more there are."""
    place = place_in(data, error.start)
    count = data.decode("utf-8", "replace").count("\ufffd")
    if count == 1 and error.reason == "unexpected end of data":
        return f"末尾的字不完整({place.strip()}),文件可能没有传完。请重新取得文件"
    more = f",共 {count} 处" if count > 1 else ""
    return f"{place}不是{more}。该处可能已损坏,或混入了别的编码。请用编辑器改正后另存为 UTF-8,再重试"


def place_in(data: bytes, position: int) -> str:
    """Return line and byte of a position, both counted from 1, and the byte itself."""
    line = data.count(b"\n", 0, position) + 1
    return f"第 {line} 行、文件第 {position + 1} 字节 0x{data[position]:02X} "


def looks_chinese(text: str) -> bool | None:
    """Tell whether what was read as GB18030 is Chinese; None where there is too little to tell.

    Bytes of other encodings are nearly all GB18030 too. Of the characters of a Chinese text nine in
    ten are of the first level of GB 2312, of one in traditional characters four in ten at least
    (3,000 articles, both ways); of Big5 read so, a quarter.
    """
    han = _HAN.findall(text[:_LOOKED_AT])
    common = sum(_FIRST_LEVEL[0] <= char.encode("gb2312", "replace") <= _FIRST_LEVEL[1] for char in han)
    return None if len(han) < _LEAST_HAN else common >= _LEAST_COMMON * len(han)


def require_fitting(length: int) -> None:
    """Raise UnreadableFile when a text of so many characters is longer than one document may be."""
    if length > MOST_CHARACTERS:
        raise UnreadableFile(
            f"正文超过一件文书的上限 {MOST_CHARACTERS:,} 字(至少有 {length:,} 字)。请按章节或卷册拆成几个文件后再添加"
        )


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


def _marked(data: bytes, mark: bytes, name: str, codec: str) -> str:
    try:
        text = data[len(mark) :].decode(codec)
    except UnicodeDecodeError as error:
        place = place_in(data, len(mark) + error.start)
        raise UnreadableFile(f"文件以 {name} 标记(BOM)开头,但{place}不是 {name}。" + _RESAVE) from error
    if name != "UTF-8" and _is_utf8(data[len(mark) :]):
        raise UnreadableFile(f"文件以 {name} 标记(BOM)开头,其后却是 UTF-8。" + _RESAVE)
    return text


def _is_utf8(data: bytes) -> bool:
    """Tell UTF-8 with characters of three bytes, which no text of two or four bytes a character is by chance."""
    try:
        return any(char >= "\u0800" for char in data.decode("utf-8"))
    except UnicodeDecodeError:
        return False
