"""The encoding of a web page: what it declares, what it is, and the truth where the two differ."""

from __future__ import annotations

import codecs
import re
from typing import Final

from ingest.garbled import best_reading, is_implausible, likeliest_reading
from ingest.text import (
    check_text,
    detect,
    is_mostly_utf8,
    mark_of,
    place_in,
    require_not_misread,
    require_one_encoding,
    what_is_bad,
)
from kb.errors import UnreadableFile

#: Browsers look for a declaration in the first kilobyte; pages of office software have it later.
_LOOKED_AT: Final = 4096
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.S)
_DECLARED: Final = re.compile(
    rb"""<meta\b[^>]{0,300}?charset\s{0,5}=\s{0,5}["']?\s{0,5}([^\s"'/>;]{1,40})"""
    rb"""|\A\s{0,20}<\?xml\b[^>]{0,200}?encoding\s{0,5}=\s{0,5}["']([^\s"'>]{1,40})""",
    re.I,
)
#: Name Python gives a declared encoding -> the one browsers read in its place, which
#: holds it whole.
_READ_AS: Final = {
    "utf-8": "utf-8",
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **dict.fromkeys(("big5", "big5hkscs"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "cp932"), "cp932"),
    **dict.fromkeys(("euc_kr", "cp949"), "cp949"),
    **dict.fromkeys(("ascii", "iso8859-1", "cp1252"), "cp1252"),
    **{name: name for name in ("euc_jp", "iso2022_jp", "hz", "koi8-r")},
    **{
        f"cp{number}": f"cp{number}"
        for number in (1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258, 874)
    },
    **{
        f"iso8859-{number}": f"iso8859-{number}"
        for number in range(2, 17)
        if number != 12
    },
    # A declaration that can be read byte by byte is not in an encoding of two or four bytes.
    **dict.fromkeys(
        ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"),
        "utf-8",
    ),
}
#: Encodings of Chinese that are told apart by what is read.
_CHINESE: Final = {"GB18030": "gb18030", "Big5": "big5hkscs"}
_ANYTHING: Final = "cp1252"  # what pages declare that do not know what they are in
_MAY_BE_CHINESE: Final = ("utf-8", "", _ANYTHING, *_CHINESE.values())
_ADVICE: Final = "请用浏览器打开,确认显示正常后另存为 UTF-8,再重试"


def decode_page(data: bytes, carried: str | None = None) -> tuple[str, list[str]]:
    """Return the text of a page and what to tell of its encoding; raises UnreadableFile.

    A byte order mark wins, then what is certainly UTF-8 whatever it declares, then the declaration,
    of whoever carried the page (`carried`) before its own where that says anything.
    A declaration that is unknown, or wrong where the content is certain, is told of.
    """
    label = _declared_encoding(data)
    if carried and (label is None or _READ_AS.get(_python_name(carried)) != _ANYTHING):
        label = carried
    if mark_of(data) is not None or label is None:
        return detect(data)[0], []
    codec = _READ_AS.get(_python_name(label), "")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(data, label, codec, error)
    if codec in ("utf-8", "") or _is_surely_utf8(text):
        return require_not_misread(check_text(text)), _warnings(label, codec, "UTF-8")
    return _read_as_declared(data, label, codec)


def _declared_encoding(data: bytes) -> str | None:
    found = _DECLARED.search(_COMMENT.sub(b"", data[:_LOOKED_AT]))
    return (found[1] or found[2]).decode("ascii", "replace") if found else None


def _python_name(label: str) -> str:
    try:
        return codecs.lookup(label.strip().lower()).name
    except (LookupError, ValueError):
        return ""


def _is_surely_utf8(text: str) -> bool:
    """Tell UTF-8 from another encoding that happens to be valid UTF-8: that makes characters of two
    bytes.
    """
    short, long = 0, 0
    for char in text:
        if char >= "\u0800":
            long += 1
        elif char >= "\x80":
            short += 1
    return long >= max(short, 1)


def _not_utf8(
    data: bytes,
    label: str,
    codec: str,
    error: UnicodeDecodeError,
) -> tuple[str, list[str]]:
    """Return a page that is not UTF-8, and what to tell of its encoding."""
    if codec in _MAY_BE_CHINESE:
        require_one_encoding(data)
    if is_mostly_utf8(data) and likeliest_reading(data) != "GB18030":
        raise UnreadableFile(
            f"网页声明的编码是 {label},内容是 UTF-8,但{what_is_bad(data, error)}"
        ) from error
    if codec not in ("utf-8", "", _ANYTHING):
        return _read_as_declared(data, label, codec)
    name = best_reading(data)
    if name in _CHINESE:
        return check_text(data.decode(_CHINESE[name])), _warnings(label, codec, name)
    if codec == _ANYTHING:
        return _read_as_declared(data, label, codec)
    text = _likely_gb18030(data)
    if text:
        return check_text(text), _warnings(label, codec, "GB18030")
    place = place_in(data, error.start)
    if codec:
        what = f"网页声明的编码是 {label},但{place}不是 UTF-8"
    else:
        what = f"网页声明的编码「{label}」不认识,{place}也不是 UTF-8"
    raise UnreadableFile(f"{what},全文又读不成 GB18030 的中文。{_ADVICE}") from error


def _likely_gb18030(data: bytes) -> str:
    """Return bytes read as GB18030 where that looks like Chinese; "" elsewhere."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    is_other = likeliest_reading(data) == "Big5" or is_implausible(text)
    return "" if is_other else text


def _read_as_declared(
    data: bytes,
    label: str,
    codec: str,
) -> tuple[str, list[str]]:
    """Read a page as it declares; one of the encodings of Chinese may be taken for the other, and
    is told of.
    """
    name = best_reading(data) if codec in _CHINESE.values() else ""
    if _CHINESE.get(name, codec) != codec:
        return check_text(data.decode(_CHINESE[name])), _warnings(label, codec, name)
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        place = place_in(data, error.start)
        raise UnreadableFile(
            f"网页声明的编码是 {label},但{place}不是 {label}。{_ADVICE}"
        ) from error
    if codec in _CHINESE.values() and is_implausible(text):
        raise UnreadableFile(f"网页声明的编码是 {label},照此读出的不像中文。{_ADVICE}")
    return check_text(text), []


def _warnings(
    label: str,
    codec: str,
    name: str,
) -> list[str]:
    if codec == name.lower():
        return []
    return [f"网页声明的编码是 {label},内容实为 {name},已按 {name} 读出"]
