"""PDF files made byte by byte, so that every glyph stands where a test says."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ingest.parsers import parse
from kb.errors import UnreadableFile

Show = tuple[float, float, float, str]  # left, base line, size, text


TOP, PITCH, SIZE, LEFT = 740.0, 22.0, 14.0, 90.0


#: Thirty characters, which is a full line of the paper used here: 90 to 510 of 600 points.
FULL = "甲方与乙方于当日签订保密协议并约定不得向他人披露前述技术信息"


assert len(FULL) == 30


def pdf_of(
    objects: dict[int, bytes], before: bytes = b"", trailer: bytes = b""
) -> bytes:
    out = bytearray(before + b"%PDF-1.7\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out) - len(before)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out) - len(before)
    size = max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        known = number in places
        out += b"%010d %05d %s \n" % (
            places.get(number, 0),
            0 if known else 65535,
            b"n" if known else b"f",
        )
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        trailer,
        start,
    )
    return bytes(out)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def show(left: float, base: float, size: float, text: str) -> bytes:
    return b"BT /F1 %g Tf %g %g Td <%s> Tj ET\n" % (
        size,
        left,
        base,
        text.encode("utf-16-be").hex().encode(),
    )


def made(
    *pages: Sequence[Show] | bytes,
    catalog: bytes = b"",
    page: bytes = b"",
    more: dict[int, bytes] | None = None,
    encoding: bytes = b"/UniGB-UCS2-H",
    before: bytes = b"",
) -> bytes:
    """Return a PDF of pages, each a list of texts and their places, or the bytes of its content."""
    kids = b" ".join(b"%d 0 R" % (100 + 2 * number) for number in range(len(pages)))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        2: b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
        3: b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding %s /DescendantFonts [4 0 R] >>"
        % encoding,
        4: b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /DW 1000"
        b" /W [1 95 500] /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
        5: b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /Ascent 880 /Descent -120 /CapHeight 700"
        b" /StemV 80 /ItalicAngle 0 /FontBBox [0 -120 1000 880] >>",
        6: stream(
            b"\x80",
            b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray",
        ),
        **(more or {}),
    }
    for number, content in enumerate(pages):
        drawn = (
            content
            if isinstance(content, bytes)
            else b"".join(show(*shown) for shown in content)
        )
        objects[100 + 2 * number] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> /XObject << /I 6 0 R >> >> %s >>"
            % (101 + 2 * number, page)
        )
        objects[101 + 2 * number] = stream(drawn)
    return pdf_of(objects, before)


def set_rows(
    *texts: str, top: float = TOP, left: float = LEFT, size: float = SIZE
) -> list[Show]:
    """Return lines below each other; each 　 at the beginning of one indents it by a character."""
    found = []
    for number, text in enumerate(texts):
        bare = text.lstrip("　")
        found.append(
            (left + size * (len(text) - len(bare)), top - PITCH * number, size, bare)
        )
    return [row for row in found if row[3]]


def set_foot(text: str) -> Show:
    return (290.0, 40.0, 10.0, text)


def read(data: bytes) -> str:
    return "".join(parse("pdf", data).pages or [])


def told(data: bytes) -> list[str]:
    return parse("pdf", data).warnings


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        parse("pdf", data)
    return str(caught.value)


def coded(*targets: str) -> dict[int, bytes]:
    """Return a font whose bytes from A on stand for these characters, as hexadecimal UTF-16."""
    rows = b"".join(
        b"<%02x> <%s>\n" % (0x41 + n, target.encode())
        for n, target in enumerate(targets)
    )
    mapping = b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange\n"
    mapping += b"%d beginbfchar\n%sendbfchar endcmap" % (len(targets), rows)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 20 0 R >>"
    return {3: font, 20: stream(mapping)}


def show_letters(count: int) -> bytes:
    return b"BT /F1 14 Tf 90 700 Td (%s) Tj ET" % bytes(range(0x41, 0x41 + count))


def form_with(
    value: str, rect: bytes = b"[174 735 400 757]"
) -> dict[str, bytes | dict[int, bytes]]:
    said = value.encode("utf-16-be").hex().encode()
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V <feff%s> /Rect %s /P 100 0 R >>"
        % (said, rect)
    )
    return {
        "catalog": b"/AcroForm << /Fields [30 0 R] /NeedAppearances true >>",
        "page": b"/Annots [30 0 R]",
        "more": {30: field},
    }
