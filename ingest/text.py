"""Bytes of a text file into text: one strict decoding, errors that say where and what to do."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, Final

from ingest.answers import MOST_CHARACTERS
from ingest.garbled import (
    is_gb18030_after_all,
    is_implausible,
    is_utf16,
    likeliest_reading,
    misread,
    mixture,
)
from kb.errors import InvalidDocument, UnreadableFile

_MARKS: Final = (
    (codecs.BOM_UTF8, "UTF-8", "utf-8"),
    (codecs.BOM_UTF32_LE, "UTF-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "UTF-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "UTF-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "UTF-16", "utf-16-be"),
)
_RESAVE: Final = "请用编辑器另存为 UTF-8 后重试"
_OPEN_AS: Final = "请用编辑器按{}打开,确认显示正常后另存为 UTF-8,再重试"
#: What is recognised and not read: whoever was wrong about it would have a text of
#: other characters.
_ELSE: Final = {
    "Big5": "文件可能是 Big5 编码(繁体)。" + _OPEN_AS.format(" Big5 "),
    "UTF-16": "文件像是没有标记(BOM)的 UTF-16 编码。" + _OPEN_AS.format(" UTF-16 "),
}
#: What programs write for a character they could not read, and what that becomes when
#: it is read wrong again.
_LOST: Final = re.compile("\ufffd|锟斤拷")
_MOST_LOST: Final = 10
_NAMES: Final = {"gb18030": "GB18030", "big5hkscs": "Big5", "latin-1": "西文"}
#: What no text holds. Tab, line feed, return and form feed are common in text.
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")


def decode(data: bytes) -> str:
    """Decode by byte order mark, else UTF-8, else GB18030; raises UnreadableFile saying where it
    does not fit.
    """
    return detect(data)[0]


def detect(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding, as `decode` finds them.

    GB 18030-2022 is what Chinese office software writes when it does not write UTF-8.
    """
    for mark, name, codec in _MARKS:
        if data.startswith(mark):
            return require_not_misread(
                check_text(_decode_marked(data, mark, name, codec))
            ), name
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(data, error), "GB18030"
    if "\0" in text:
        _require_no_utf16(data)
    if is_gb18030_after_all(text, data):
        return check_text(data.decode("gb18030")), "GB18030"
    return require_not_misread(check_text(text)), "UTF-8"


def _not_utf8(data: bytes, no_utf8: UnicodeDecodeError) -> str:
    """Return bytes that are not UTF-8 as GB18030; raises UnreadableFile where they are not that."""
    _require_no_utf16(data)
    require_one_encoding(data)
    likeliest = likeliest_reading(data)
    if is_mostly_utf8(data) and likeliest != "GB18030":
        raise UnreadableFile(
            "文件是 UTF-8 编码,但" + what_is_bad(data, no_utf8)
        ) from no_utf8
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        if likeliest in _ELSE:
            raise UnreadableFile(_ELSE[likeliest]) from error
        neither = (
            f"{place_in(data, no_utf8.start)}不是 UTF-8,"
            f"{place_in(data, error.start)}也不是 GB18030。"
        )
        raise UnreadableFile("文字编码无法识别:" + neither + _RESAVE) from error
    if likeliest in _ELSE:
        raise UnreadableFile(_ELSE[likeliest])
    if is_implausible(text):
        raise UnreadableFile(
            "按 GB18030 读出的不像中文,可能是别的编码。" + _OPEN_AS.format("原来的编码")
        )
    return check_text(text)


def _require_no_utf16(data: bytes) -> None:
    if is_utf16(data):
        raise UnreadableFile(_ELSE["UTF-16"])


def mark_of(head: bytes) -> str | None:
    """Return the encoding whose byte order mark the first bytes of a file are; None without one."""
    for mark, name, _ in _MARKS:
        if head.startswith(mark):
            return name
    return None


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
    return (
        f"{place}不是{more}。该处可能已损坏,或混入了别的编码。"
        f"请用编辑器改正后另存为 UTF-8,再重试"
    )


def place_in(data: bytes, position: int) -> str:
    """Return line and byte of a position, both counted from 1, and the byte itself."""
    line = data.count(b"\n", 0, position) + 1
    return f"第 {line} 行、文件第 {position + 1} 字节 0x{data[position]:02X} "


def require_one_encoding(data: bytes) -> None:
    """Raise UnreadableFile where lines of a file are in another encoding than lines before them."""
    found = mixture(data)
    if found is None:
        return
    (line, name), (changed, other) = found
    if line == changed:
        where = f"第 {line} 行里有 {name} 也有 {other}"
    else:
        where = f"第 {line} 行是 {name},第 {changed} 行起是 {other}"
    raise UnreadableFile(
        f"文件里混有两种编码:{where}。请把各部分分别另存为 UTF-8,再合在一起"
    )


def require_not_misread(text: str) -> str:
    """Return `text`; raise UnreadableFile when it was garbled before it was saved."""
    lost = len(_LOST.findall(text)) if "\ufffd" in text or "锟斤拷" in text else 0
    if lost > _MOST_LOST:
        foreign = sum(char >= "\x80" for char in text)
        if lost * 20 > foreign:
            raise UnreadableFile(
                f"文字是乱码:有 {lost:,} 处「�」,是转换编码时丢失的字。请找原来的文件重新收入"
            )
    found = misread(text)
    if found is not None:
        name, taken_as = found
        raise UnreadableFile(
            f"文字是乱码:{name} 的文字被当作 {_NAMES.get(taken_as, taken_as)} 打开,"
            f"又存了一遍。请找原来的文件重新收入"
        )
    return text


def require_fitting(length: int) -> None:
    """Raise UnreadableFile when a text of so many characters is longer than one document may be."""
    if length > MOST_CHARACTERS:
        raise UnreadableFile(
            f"正文超过一件文书的上限 {MOST_CHARACTERS:,} 字(至少有 {length:,} 字)。"
            f"请按章节或卷册拆成几个文件后再添加"
        )


def check_text(text: str) -> str:
    """Return `text`; raise UnreadableFile when it holds what no text holds."""
    found = _NOT_TEXT.search(text)
    if found is not None:
        raise UnreadableFile(
            f"含有控制字符 U+{ord(found[0]):04X},不像文本文件。请确认文件格式,或清除该字符"
        )
    return text


def check_values(values: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a document; raise InvalidDocument naming the one that holds what no text
    holds.
    """
    for name, value in values.items():
        _check_words("字段名称", str(name))
        for words in _strings(value):
            _check_words(f"字段 {name}", words)
    return values


def _check_words(what: str, words: str) -> None:
    try:
        check_text(words)
    except UnreadableFile as error:
        raise InvalidDocument(f"{what} {error}") from error


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


def _decode_marked(
    data: bytes,
    mark: bytes,
    name: str,
    codec: str,
) -> str:
    try:
        text = data[len(mark) :].decode(codec)
    except UnicodeDecodeError as error:
        place = place_in(data, len(mark) + error.start)
        raise UnreadableFile(
            f"文件以 {name} 标记(BOM)开头,但{place}不是 {name}。" + _RESAVE
        ) from error
    if name != "UTF-8" and _is_utf8(data[len(mark) :]):
        raise UnreadableFile(f"文件以 {name} 标记(BOM)开头,其后却是 UTF-8。" + _RESAVE)
    return text


def _is_utf8(data: bytes) -> bool:
    """Tell UTF-8 with characters of three bytes, which no text of two or four bytes a character is
    by chance.
    """
    try:
        return any(char >= "\u0800" for char in data.decode("utf-8"))
    except UnicodeDecodeError:
        return False
