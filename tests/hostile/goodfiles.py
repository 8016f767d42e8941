"""Good files of every format, to be spoilt or to stand beside spoilt ones."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

from tests.hostile import texts
from tests.hostile.product import ROOT

_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES: Final = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""
_ROOT_RELATIONS: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>"""


def paragraph(text: str) -> str:
    """Return a paragraph of a Word document; the text is written as it is, marks and all."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def word_xml(body: str, doctype: str = "") -> str:
    """Return the main part of a Word document."""
    return f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'


def docx(main: str | bytes, others: Mapping[str, bytes] | None = None) -> bytes:
    """Return a Word file with this main part, and other parts beside it or in place of the usual
    ones.
    """
    parts = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _ROOT_RELATIONS.encode(),
        "word/document.xml": main.encode() if isinstance(main, str) else main,
    } | dict(others or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(
                zipfile.ZipInfo(name, (2099, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def pdf(objects: Mapping[int, str | bytes], root: int = 1) -> bytes:
    """Return a PDF of numbered objects with a true table of where they stand."""
    out = bytearray(b"%PDF-1.7\n")
    places: dict[int, int] = {}
    for number, content in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + (
            content.encode("latin-1") if isinstance(content, str) else content
        )
        out += b"\nendobj\n"
    start, size = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        out += b"%010d 00000 %c \n" % (
            places.get(number, 0),
            b"n"[0] if number in places else b"f"[0],
        )
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        root,
        start,
    )
    return bytes(out)


def pdf_page(
    words: str = "Test text 2099", pages: str = "2 0 R"
) -> dict[int, str | bytes]:
    """Return the objects of a PDF of one page."""
    content = f"BT /F1 12 Tf 72 700 Td ({words}) Tj ET"
    return {
        1: f"<< /Type /Catalog /Pages {pages} >>",
        2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        4: f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }


def good_files(number: int = 0) -> dict[str, bytes]:
    """Return a good file of every format by name, no two of any number alike."""
    made = texts.document(number, "good")
    front = f"---\nslug: good-md-{number}\ntitle: 测试文本{number}\nkind: civil\ndecided_on: 2099-01-02\nregions: [上海]\n---\n"
    samples = ROOT / "tests" / "samples"
    return {
        f"good-{number}.txt": f"{made['text']}\n".encode(),
        f"good-{number}.md": f"{front}## 要旨\n{made['text']}\n".encode(),
        f"good-{number}.jsonl": texts.lines(
            range(number * 5, number * 5 + 5), "good"
        ).encode(),
        f"good-{number}.html": f"<!doctype html><meta charset=utf-8><title>测试文本</title><p>{made['text']}</p><table><tr><td>甲<td>乙</table>".encode(),
        f"good-{number}.docx": docx(
            word_xml("".join(paragraph(line) for line in made["text"].split("\n")))
        ),
        f"good-{number}.pdf": pdf(pdf_page(f"Test text 2099 number {number}")),
        "decision.pdf": (samples / "decision.pdf").read_bytes(),
        "note.docx": (samples / "note.docx").read_bytes(),
        "page.html": (samples / "page.html").read_bytes(),
    }
