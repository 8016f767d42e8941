"""A web page in one file, as browsers and office software save it (MHT, RFC 2557), into its
text.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from email import errors
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import collapse_rfc2231_value
from typing import Any, Final
from urllib.parse import urljoin

import msgspec

from ingest.answers import Parsed
from ingest.text import check_values, mark_of
from ingest.webpage import read_page
from kb.errors import UnreadableFile

_PAGES: Final = frozenset(("text/html", "application/xhtml+xml"))
#: Every level of parts makes each line be looked at once more; browsers write one level.
_PARTS: Final = re.compile(
    rb"^content-type:[ \t]*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE
)
_MOST_LEVELS: Final = 50
#: Headers are a few hundred bytes, and looked through again and again.
_MOST_HEADERS: Final = 100_000
_END_OF_HEADERS: Final = re.compile(rb"\r?\n\r?\n")
_LONGEST_SUBJECT: Final = 2_000
_AGAIN: Final = "请在浏览器里重新保存"
_CUT: Final = (errors.CloseBoundaryNotFoundDefect, errors.StartBoundaryNotFoundDefect)
#: How office software calls two bytes a character; without a byte order mark the lower
#: one is first.
_TWO_BYTES: Final = re.compile(r"unicode\Z|utf-?16(le)?\Z|ucs-?2", re.IGNORECASE)


def parse_mht(data: bytes) -> Parsed:
    """Read the page an archive was made of, with the pages in its frames; raises UnreadableFile."""
    message = _message(data)
    root, *others = _pages(message)
    base = _word(root, "content-location")
    frames = _frames(others)
    left = dict(frames)

    def frame(address: str) -> list[str] | None:
        """Return the lines of the page in a frame, once."""
        found = left.pop(address, None)
        if found is None:
            found = left.pop(_join(base, address), None)
        return None if found is None else found.text.split("\n")

    page = read_page(_content(root), _charset(root), frame)
    warnings = list(page.warnings)
    for name, inner in frames.items():
        if name not in left:
            warnings += inner.warnings
    if left:
        warnings.append(
            f"网页归档(MHT)里还有 {len(left)} 个没有显示在网页上的网页,没有收入"
        )
    if _is_cut(message):
        warnings.append(
            f"网页归档(MHT)没有结束标记,可能没有传完,正文可能不全。{_AGAIN}"
        )
    values = page.values or _subject(message)
    return msgspec.structs.replace(page, values=values, warnings=warnings)


def _frames(parts: Sequence[Message]) -> dict[str, Parsed]:
    """Return the pages of an archive that hold text, by the names frames call them."""
    frames = {}
    for part in parts:
        page = _inner(part)
        if page is not None:
            frames[_name_of(part)] = page
    return frames


def _is_cut(message: Message) -> bool:
    """Tell an archive that was not carried over whole."""
    for part in message.walk():
        if any(isinstance(defect, _CUT) for defect in part.defects):
            return True
    return False


def _message(data: bytes) -> Message:
    data = data.removeprefix(codecs.BOM_UTF8).lstrip()
    end = _END_OF_HEADERS.search(data)
    if (end.start() if end else len(data)) > _MOST_HEADERS:
        raise UnreadableFile(f"网页归档(MHT)的文件头过长,不像正常的归档。{_AGAIN}")
    if len(_PARTS.findall(data)) > _MOST_LEVELS:
        raise UnreadableFile(
            f"网页归档(MHT)分成超过 {_MOST_LEVELS} 层,不像正常的归档。{_AGAIN}"
        )
    return BytesParser().parsebytes(data)


def _pages(message: Message) -> list[Message]:
    """Return the parts that are pages, the one the archive names as its root first."""
    named = message.get_param("start")
    root = collapse_rfc2231_value(named).strip("<> ") if named else ""
    first: list[Message] = []
    others: list[Message] = []
    for part in message.walk():
        if part.get_content_type() in _PAGES:
            is_root = root and _word(part, "content-id").strip("<>") == root
            (first if is_root else others).append(part)
    if not first and not others:
        raise UnreadableFile(f"网页归档(MHT)里没有网页。{_AGAIN}")
    return first + others


def _inner(part: Message) -> Parsed | None:
    try:
        return read_page(_content(part), _charset(part))
    except UnreadableFile:  # most frames hold no text
        return None


def _content(part: Message) -> bytes:
    found: Any = part.get_payload(decode=True)
    data: bytes = found or b""
    if mark_of(data) is None and b"\0" in data:
        if _TWO_BYTES.match(_charset(part) or ""):
            return codecs.BOM_UTF16_LE + data
    return data


def _charset(part: Message) -> str | None:
    named = part.get_param("charset")
    if not named:
        return None
    return collapse_rfc2231_value(named).strip() or None


def _name_of(part: Message) -> str:
    """Return how a frame calls its page."""
    own = _word(part, "content-id")
    return f"cid:{own.strip('<>')}" if own else _word(part, "content-location")


def _word(part: Message, header: str) -> str:
    return "".join(str(part.get(header, "")).split())


def _join(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _subject(message: Message) -> dict[str, Any]:
    """Return what browsers write as the subject, the title of the page."""
    try:
        words = decode_header(str(message.get("subject", ""))[:_LONGEST_SUBJECT])
        title = " ".join(str(make_header(words)).split())
    except (errors.MessageError, LookupError, ValueError):
        return {}
    return check_values({"title": title}) if title else {}
