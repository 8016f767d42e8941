"""A Word document into its text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from ingest.answers import Parsed
from ingest.flowing import flowing
from kb.errors import UnreadableFile

_MAX_UNPACKED_BYTES: Final = 200 * 1024 * 1024


def parse_docx(data: bytes) -> Parsed:
    """Read paragraphs and tables in the order of the document."""
    import docx
    from docx.opc.exceptions import OpcError

    _refuse_bombs(data)
    try:
        document = docx.Document(io.BytesIO(data))
        lines = list(_docx_lines(document))
    except (OpcError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError, OSError) as error:
        raise UnreadableFile("Word 文档已损坏,或并非 .docx。请用 WPS 或 Word 重新保存") from error
    if not any(line.strip() for line in lines):
        raise UnreadableFile("Word 文档没有文字(可能只有图片)")
    return flowing(lines, document.core_properties.title)


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                raise UnreadableFile("Word 文档已加密。请解除密码后重试")
            unpacked = sum(entry.file_size for entry in entries)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableFile("文件不完整,不是有效的 Word 文档") from error
    if unpacked > _MAX_UNPACKED_BYTES or unpacked > 200 * max(len(data), 50_000):
        raise UnreadableFile(f"文件解压后达 {unpacked // 1024 // 1024} MB,远超正常文档(疑为压缩炸弹),已拒绝")


def _docx_lines(document: Any) -> Iterator[str]:
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                seen: list[Any] = []
                for cell in row.cells:  # a merged cell is listed once per column it spans
                    if cell._tc not in seen:
                        seen.append(cell._tc)
                cells = [cell.text.strip() for cell in row.cells if cell._tc in seen and not seen.remove(cell._tc)]  # type: ignore[func-returns-value]
                yield "\t".join(cells)
        else:
            yield from block.text.split("\n")
