"""Bytes of one file into raw documents: one reader a format, the table at the end."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from ingest import sandbox
from ingest.frontmatter import read_markdown
from ingest.text import check_text, check_values, decode
from kb.errors import InvalidDocument, UnreadableFile, UnsupportedFile, UserError
from kb.records import Citation, Page


class RawDocument(Struct, frozen=True, kw_only=True, gc=False):
    """One document as its reader found it: pages of a paged file, or text as it stands.

    `headings` is None when the format has none of its own and the text must be searched for
    its parts.
    """

    sha256: str
    line_number: int | None = None
    pages: tuple[Page, ...] | None = None
    text: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    keep_unknown: bool = False
    headings: tuple[tuple[int, str], ...] | None = None
    links: tuple[Citation, ...] = ()
    warnings: tuple[str, ...] = ()


class BadLine(Struct, frozen=True):
    """A line of a file of many documents that could not be read; the others go on."""

    line_number: int
    error: UserError


_MOST_DIGITS: Final = 4_000
_MOST_DEPTH: Final = 100

Reader = Callable[[bytes], Iterator["RawDocument | BadLine"]]


def media_type_of(name: str, data: bytes) -> str:
    """Return the media type of a file from its name, checked against its first bytes.

    Raises UnsupportedFile for formats not read here, UnreadableFile when name and content
    do not agree.
    """
    suffix = "." + name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if suffix in _ADVICE:
        raise UnsupportedFile(_ADVICE[suffix])
    if suffix not in _TYPES:
        raise UnsupportedFile(f"不支持的文件类型「{suffix or '无扩展名'}」。可收 {'、'.join(_TYPES)}")
    if not data.strip():
        raise UnreadableFile("文件是空的")
    expected = _TYPES[suffix]
    actual = next((label for magic, label in _MAGIC if data.startswith(magic)), None)
    if _FAMILY.get(expected) != actual:
        found = actual or "文本或其他格式"
        raise UnreadableFile(f"扩展名是 {suffix},内容却是{found}。请按实际格式改扩展名,或重新导出")
    return expected


def read(media_type: str, data: bytes) -> Iterator[RawDocument | BadLine]:
    """Read a file of a known media type; raises UnreadableFile or InvalidDocument."""
    return _READERS[media_type](data)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _plain(data: bytes) -> Iterator[RawDocument]:
    yield RawDocument(sha256=_sha256(data), text=decode(data))


def _markdown(data: bytes) -> Iterator[RawDocument]:
    found = read_markdown(decode(data))
    yield RawDocument(
        sha256=_sha256(data), text=found.text, values=found.values, headings=found.headings, links=found.links
    )


def _jsonl(data: bytes) -> Iterator[RawDocument | BadLine]:
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            yield _json_line(line, number)
        except UserError as error:
            yield BadLine(number, error)


def _json_values(line: bytes) -> dict[str, Any]:
    try:
        values = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        values = _json_again(line)
    if not isinstance(values, dict):
        raise InvalidDocument("应为一个 JSON 对象")
    if line.count(b"[") + line.count(b"{") > _MOST_DEPTH and _is_deeper(values, _MOST_DEPTH):
        raise InvalidDocument(f"层层嵌套超过 {_MOST_DEPTH} 层。请改为较平的结构")
    if b"\\u" in line or b"\\b" in line:  # only these escapes hide half a character or a control character
        check_values(values)
    return values


def _is_deeper(value: Any, depth: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth < 0 or any(_is_deeper(one, depth - 1) for one in inner)


def _json_again(line: bytes) -> Any:
    """Read what msgspec does not, a byte order mark and half characters, or say what is wrong with it."""
    try:
        text = line.decode("utf-8-sig")
        return json.loads(text, parse_int=_short, parse_float=_finite, parse_constant=_finite)
    except UnicodeDecodeError as error:
        raise InvalidDocument("不是 UTF-8 编码") from error
    except (ValueError, RecursionError) as error:
        raise InvalidDocument("不是合法的 JSON") from error


def _short(written: str) -> int:
    if len(written) > _MOST_DIGITS:  # msgspec would not read it back
        raise InvalidDocument(f"整数 {written[:20]}…超过 {_MOST_DIGITS} 位。请加引号写成文字")
    return int(written)


def _finite(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise InvalidDocument(f"{written[:20]} 不是可以记下的数。请改为普通的数字,或加引号写成文字")
    return value


def _json_line(line: bytes, number: int) -> RawDocument:
    values = _json_values(line)
    text, title = values.pop("text", None), values.get("title")
    if "id" not in values or not isinstance(values["id"], (str, int)) or isinstance(values["id"], bool):
        raise InvalidDocument("缺少字段 id(文字)")
    if not isinstance(text, str) or not text.strip():
        raise InvalidDocument("缺少字段 text(正文),或正文为空")
    if not isinstance(title, str) or not title.strip():
        raise InvalidDocument("缺少字段 title(标题)")
    own = str(values.pop("id"))
    if values.get("slug") is None:
        values["slug"] = own
    headings, links = _marks(values.pop("headings", None), values.pop("links", None), text)
    try:
        check_text(text)
    except UnreadableFile as error:
        raise InvalidDocument(f"字段 text {error}") from error
    return RawDocument(
        sha256=_sha256(line),
        line_number=number,
        text=text,
        values=values,
        keep_unknown=True,
        headings=headings,
        links=links,
    )


def _marks(headings: Any, links: Any, text: str) -> tuple[tuple[tuple[int, str], ...] | None, tuple[Citation, ...]]:
    """Read what `kb export` writes beside a text: [start, heading] and [start, end, slug]."""
    found = None
    if headings is not None:
        headings = headings if isinstance(headings, list) else [headings]
        pairs = [(item[0], item[1]) for item in headings if isinstance(item, list) and len(item) == 2]
        fits = all(isinstance(s, int) and s >= 0 and isinstance(h, str) and h for s, h in pairs)
        fits = fits and all(text.startswith(h, s) for s, h in pairs)
        if not fits or len(pairs) != len(headings) or sorted(pairs) != pairs:
            raise InvalidDocument("字段 headings 应为 [位置, 标题] 的列表,并与正文相符")
        found = tuple(pairs)
    made = []
    for item in links if isinstance(links, list) else [links] if links is not None else []:
        whole = isinstance(item, list) and len(item) == 3 and all(isinstance(n, int) for n in item[:2])
        if not whole or not 0 <= item[0] < item[1] <= len(text) or not isinstance(item[2], str):
            raise InvalidDocument("字段 links 应为 [起, 止, 标识] 的列表,并与正文相符")
        made.append(Citation(start=item[0], end=item[1], target=item[2]))
    return found, tuple(made)


def _paged(kind: str) -> Reader:
    def read_paged(data: bytes) -> Iterator[RawDocument]:
        found = sandbox.extract(kind, data)
        pages = tuple(Page(number, text) for number, text in enumerate(found.pages, 1))
        blank = [str(page.number) for page in pages if not page.text.strip()]
        warnings = (f"第 {'、'.join(blank[:20])} 页没有文字(可能是扫描页)",) if blank else ()
        values = {"title": found.title} if found.title else {}
        yield RawDocument(sha256=_sha256(data), pages=pages, values=values, warnings=warnings)

    return read_paged


def _flowing(kind: str) -> Reader:
    def read_flowing(data: bytes) -> Iterator[RawDocument]:
        found = sandbox.extract(kind, data)
        values = check_values({"title": found.title} if found.title else {})
        yield RawDocument(sha256=_sha256(data), text=check_text("\n".join(found.pages)), values=values)

    return read_flowing


_TYPES: Final = {
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".jsonl": "application/jsonl",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".htm": "text/html",
}
_ADVICE: Final = {
    ".doc": "旧版 Word 文档(.doc)暂不能读取。请在 WPS 或 Word 中另存为 .docx",
    ".wps": "WPS 文档(.wps)暂不能读取。请另存为 .docx",
    ".zip": "压缩包不能直接收入。请解压后添加其中的文件",
    ".rar": "压缩包不能直接收入。请解压后添加其中的文件",
    ".7z": "压缩包不能直接收入。请解压后添加其中的文件",
    ".jpg": "图片不能直接收入。请先做文字识别(OCR)再添加",
    ".jpeg": "图片不能直接收入。请先做文字识别(OCR)再添加",
    ".png": "图片不能直接收入。请先做文字识别(OCR)再添加",
    ".tif": "图片不能直接收入。请先做文字识别(OCR)再添加",
}
_MAGIC: Final = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "Word 文档或压缩包"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩文件"),
)
_FAMILY: Final = {"application/pdf": "PDF", _TYPES[".docx"]: "Word 文档或压缩包"}
_READERS: Final[dict[str, Reader]] = {
    "text/markdown": _markdown,
    "text/plain": _plain,
    "application/jsonl": _jsonl,
    "application/pdf": _paged("pdf"),
    _TYPES[".docx"]: _flowing("docx"),
    "text/html": _flowing("html"),
}

#: Extensions that `kb add FOLDER` looks for.
EXTENSIONS: Final = tuple(_TYPES)
