"""Bytes of a text file into text: one strict decoding, named errors."""

from __future__ import annotations

import codecs
import re
from typing import Final

from kb.errors import UnreadableFile

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What no text holds. Tab, line feed, return and form feed are common in text.
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")


def decode(data: bytes) -> str:
    """Decode by byte order mark, else UTF-8, else GB18030; raises UnreadableFile.

    GB 18030-2022 is what Chinese office software writes when it does not write UTF-8.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return check_text(_strict(data, encoding))
    for encoding in ("utf-8", "gb18030"):
        try:
            return check_text(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise UnreadableFile("文字编码无法识别(既不是 UTF-8 也不是 GB18030)。请用编辑器另存为 UTF-8 后重试")


def check_text(text: str) -> str:
    """Return `text`; raise UnreadableFile when it holds what no text holds."""
    if found := _NOT_TEXT.search(text):
        raise UnreadableFile(f"含有控制字符 U+{ord(found[0]):04X},不像文本文件。请确认文件格式,或清除该字符")
    return text


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"文件以 {encoding} 标记开头,但内容不符。请用编辑器另存为 UTF-8 后重试") from error
