"""Hostile PDF: loops, counts, filters on filters, scripts, tables that lie."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Final

from tests.hostile.forged.shape import Forged, made
from tests.hostile.goodfiles import pdf, pdf_page

_WORDS: Final = "Test text 2099 customer list"
_Objects = Mapping[int, str | bytes]


def _pdf(what: str, make: Callable[[], bytes], refused: bool = False) -> Forged:
    return made(f"pdf:{what}", "forged.pdf", lambda trap: make(), refused=refused)


def _with(what: str, objects: _Objects, refused: bool = False) -> Forged:
    """Return a PDF of one page with some objects in place of its own or besides."""
    return _pdf(what, lambda: pdf(pdf_page(_WORDS) | dict(objects)), refused)


def _stream(data: bytes, entries: str = "") -> bytes:
    return (
        b"<< /Length %d %s >>\nstream\n" % (len(data), entries.encode())
        + data
        + b"\nendstream"
    )


def _deflated(data: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    return _stream(data, f"/Filter [{'/FlateDecode ' * times}]")


_PAGE: Final = "/Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
_FONT: Final = "/Resources << /Font << /F1 5 0 R >> >>"
_SHOWN: Final = f"BT /F1 12 Tf 72 700 Td ({_WORDS}) Tj ET"


def _many_pages(count: int) -> bytes:
    objects = pdf_page(_WORDS)
    objects[2] = f"<< /Type /Pages /Kids [{'3 0 R ' * count}] /Count {count} >>"
    return pdf(objects)


def _tree(levels: int) -> bytes:
    objects = pdf_page(_WORDS)
    objects[2] = "<< /Type /Pages /Kids [10 0 R] /Count 1 >>"
    for level in range(levels):
        child = 11 + level if level < levels - 1 else 3
        objects[10 + level] = (
            f"<< /Type /Pages /Kids [{child} 0 R] /Count 1 /Parent 2 0 R >>"
        )
    return pdf(objects)


def _doubling(levels: int) -> bytes:
    objects = pdf_page(_WORDS)
    objects[2] = "<< /Type /Pages /Kids [10 0 R 10 0 R] /Count 2 >>"
    for level in range(levels):
        child = 11 + level if level < levels - 1 else 3
        objects[10 + level] = (
            f"<< /Type /Pages /Kids [{child} 0 R {child} 0 R] /Count {2 ** (levels - level)} >>"
        )
    return pdf(objects)


def _replaced(old: bytes, new: bytes) -> bytes:
    return pdf(pdf_page(_WORDS)).replace(old, new)


def _with_trailer(extra: str) -> bytes:
    return _replaced(b"trailer\n<<", b"trailer\n<< " + extra.encode())


def _looped_xref() -> bytes:
    data = pdf(pdf_page(_WORDS))
    start = data.rindex(b"startxref\n") + len(b"startxref\n")
    place = int(data[start:].split()[0])
    return data.replace(b"trailer\n<<", b"trailer\n<< /Prev %d" % place)


def _updates(count: int) -> bytes:
    data = pdf(pdf_page(_WORDS))
    for _ in range(count):
        place = data.rindex(b"startxref\n") + len(b"startxref\n")
        before = data[place:].split()[0]
        start = len(data)
        data += (
            b"xref\n0 0\ntrailer\n<< /Size 6 /Root 1 0 R /Prev %s >>\nstartxref\n%d\n%%%%EOF\n"
            % (before, start)
        )
    return data


_TREES: Final = (
    _with(
        "页树指向自己", {2: "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"}, refused=True
    ),
    _with(
        "页树互指",
        {
            2: "<< /Type /Pages /Kids [10 0 R] /Count 1 >>",
            10: "<< /Type /Pages /Kids [2 0 R] /Count 1 >>",
        },
        refused=True,
    ),
    _with(
        "页的上级是自己",
        {3: f"<< /Type /Page /Parent 3 0 R /Contents 4 0 R {_FONT} >>"},
    ),
    _with("页数写一万亿", {2: "<< /Type /Pages /Kids [3 0 R] /Count 1000000000000 >>"}),
    _with("页数是负数", {2: "<< /Type /Pages /Kids [3 0 R] /Count -7 >>"}),
    _with("页数是文字", {2: "<< /Type /Pages /Kids [3 0 R] /Count (x) >>"}),
    _with("页的列表不是列表", {2: "<< /Type /Pages /Kids 3 /Count 1 >>"}),
    _with("页是数", {2: "<< /Type /Pages /Kids [7 8 9] /Count 3 >>"}),
    _with("页树是空的", {2: "null"}),
    _with("目录不是字典", {1: "[1 2 3]"}),
    _with(
        "页面大小是无穷",
        {
            3: f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1e308 -1e308] /Contents 4 0 R {_FONT} >>"
        },
    ),
    _pdf("六千页", lambda: _many_pages(6000), refused=True),
    _pdf("页树深三千层", lambda: _tree(3000)),
    _pdf("页树每层加倍共四十层", lambda: _doubling(40)),
    _with(
        "书签成环",
        {
            1: "<< /Type /Catalog /Pages 2 0 R /Outlines 10 0 R >>",
            10: "<< /Type /Outlines /First 11 0 R /Last 11 0 R >>",
            11: "<< /Title (x) /Parent 10 0 R /Next 11 0 R /Prev 11 0 R /First 11 0 R >>",
        },
    ),
    _with(
        "名称树成环",
        {
            1: "<< /Type /Catalog /Pages 2 0 R /Names << /Dests 10 0 R >> >>",
            10: "<< /Kids [10 0 R] >>",
        },
    ),
    _with(
        "打开时运行脚本",
        {
            1: "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1/'\\)) >> >>"
        },
    ),
    _with(
        "打开时启动程序",
        {
            1: "<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (/bin/sh) /Win << /F (cmd.exe) >> >> >>"
        },
    ),
    _with(
        "嵌入的文件",
        {
            1: "<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(x.exe) << /EF << /F 10 0 R >> >>] >> >> >>",
            10: _stream(b"MZ" + bytes(1000)),
        },
    ),
    _with(
        "表单里有 XFA",
        {
            1: "<< /Type /Catalog /Pages 2 0 R /AcroForm << /XFA 10 0 R >> >>",
            10: _stream(
                b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"
            ),
        },
    ),
)

_STREAMS: Final = (
    _with("一吉字节的压缩流", {4: _deflated(b"0" * (1 << 28), 2)}),
    _with("压缩四层的流", {4: _deflated(b" " * 100_000_000 + _SHOWN.encode(), 4)}),
    _with(
        "一百个过滤器",
        {4: _stream(_SHOWN.encode(), f"/Filter [{'/ASCIIHexDecode ' * 100}]")},
    ),
    _with(
        "行程编码炸弹",
        {4: _stream(b"\x81 " * 3_000_000 + b"\x80", "/Filter /RunLengthDecode")},
    ),
    _with("LZW 乱码", {4: _stream(bytes(range(256)) * 2000, "/Filter /LZWDecode")}),
    _with(
        "ASCII85 乱码", {4: _stream(b"z" * 1_000_000 + b"~>", "/Filter /ASCII85Decode")}
    ),
    _with("不认识的过滤器", {4: _stream(_SHOWN.encode(), "/Filter /Bogus")}),
    _with(
        "预测器列数很大",
        {
            4: _stream(
                zlib.compress(b"0" * 1000),
                "/Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 2000000000 >>",
            )
        },
    ),
    _with("流长度很大", {4: f"<< /Length 99999999999 >>\nstream\n{_SHOWN}\nendstream"}),
    _with("流长度是负数", {4: f"<< /Length -1 >>\nstream\n{_SHOWN}\nendstream"}),
    _with("流长度指向自己", {4: f"<< /Length 4 0 R >>\nstream\n{_SHOWN}\nendstream"}),
    _with("流没有结尾", {4: f"<< /Length 10 >>\nstream\n{_SHOWN}"}),
    _with(
        "表单画自己",
        {
            3: f"<< {_PAGE} /Resources << /Font << /F1 5 0 R >> /XObject << /X 10 0 R >> >> >>",
            4: _stream(b"/X Do " + _SHOWN.encode()),
            10: _stream(
                b"/X Do /X Do",
                "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 10 0 R >> >>",
            ),
        },
    ),
    _with(
        "内容是十万个引用",
        {
            3: f"<< /Type /Page /Parent 2 0 R /Contents [{'4 0 R ' * 100_000}] {_FONT} >>"
        },
    ),
    _with(
        "内容引用自己",
        {
            3: f"<< /Type /Page /Parent 2 0 R /Contents 10 0 R {_FONT} >>",
            10: "[10 0 R 10 0 R]",
        },
    ),
    _with("一百万个保存", {4: _stream(b"q " * 1_000_000 + _SHOWN.encode())}),
    _with(
        "一百万个显示", {4: _stream(b"BT /F1 12 Tf " + b"(x) Tj " * 300_000 + b"ET")}
    ),
    _with(
        "没有结尾的行内图",
        {4: _stream(_SHOWN.encode() + b" BI /W 9 /H 9 ID " + b"x" * 100_000)},
    ),
    _with(
        "字号与矩阵是极数",
        {
            4: _stream(
                b"BT /F1 1e300 Tf 1e300 0 0 -1e300 1e300 1e300 Tm ("
                + _WORDS.encode()
                + b") Tj ET"
            )
        },
    ),
    _with(
        "数组嵌套十万层",
        {4: _stream(b"[" * 100_000 + b"]" * 100_000 + _SHOWN.encode())},
    ),
    _with("对象嵌套五万层", {10: "[" * 50_000 + "]" * 50_000}),
    _with("字典嵌套两万层", {10: "<< /A " * 20_000 + ">>" * 20_000}),
    _with(
        "字体映射炸弹",
        {
            5: "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /ToUnicode 10 0 R /DescendantFonts [11 0 R] >>",
            10: _stream(
                b"begincmap 1 begincodespacerange <00000000> <FFFFFFFF> endcodespacerange 1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange endcmap"
            ),
            11: "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /W [0 4000000000 500] >>",
        },
    ),
    _with(
        "字体映射到半个字符",
        {
            5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 10 0 R >>",
            10: _stream(
                b"begincmap 1 beginbfrange <00> <ff> <d800> endbfrange endcmap"
            ),
        },
    ),
    _with(
        "字体的下级是自己",
        {
            5: "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [5 0 R] >>"
        },
    ),
    _with(
        "编码差异很长",
        {
            5: f"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [0 {'/a ' * 200_000}] >> >>"
        },
    ),
    _with(
        "文字里有控制字符",
        {4: _stream(b"BT /F1 12 Tf 72 700 Td (Test \\033[2J \\000 \\010 text) Tj ET")},
    ),
)

_TABLES: Final = (
    _pdf("交叉引用成环", _looped_xref),
    _pdf("交叉引用的上一份在文件之外", lambda: _with_trailer("/Prev 99999999999")),
    _pdf("交叉引用的上一份是负数", lambda: _with_trailer("/Prev -1")),
    _pdf("对象数写二十亿", lambda: _replaced(b"xref\n0 6", b"xref\n0 2000000000")),
    _pdf("startxref 为零", lambda: _replaced(b"startxref\n", b"startxref\n0\n%")),
    _pdf(
        "startxref 很大",
        lambda: _replaced(b"startxref\n", b"startxref\n9999999999999999999999\n%"),
    ),
    _pdf("没有 startxref", lambda: _replaced(b"startxref", b"xxxxxxxxx")),
    _pdf("没有根", lambda: _replaced(b"/Root 1 0 R", b"")),
    _pdf(
        "根指向自己",
        lambda: _replaced(b"/Root 1 0 R", b"/Root 9 0 R").replace(
            b"5 0 obj", b"9 0 obj\n9 0 R\nendobj\n5 0 obj"
        ),
    ),
    _pdf("一千次增量更新", lambda: _updates(1000)),
    _pdf(
        "标为加密而没有密钥",
        lambda: _with_trailer(
            "/Encrypt << /Filter /Standard /V 4 /R 4 /O () /U () /P -1 >>"
        ),
    ),
    _pdf("加密字典指向自己", lambda: _with_trailer("/Encrypt 10 0 R"), refused=False),
    _pdf("只有文件头", lambda: b"%PDF-1.7\n", refused=True),
    _pdf("头后都是零", lambda: b"%PDF-1.7\n" + bytes(1_000_000), refused=True),
    _pdf(
        "头后都是乱码", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 4000, refused=True
    ),
    _pdf("头不在开头", lambda: b"x" * 500 + pdf(pdf_page(_WORDS)), refused=False),
    _pdf(
        "头在一千多字节后", lambda: b"x" * 2_000 + pdf(pdf_page(_WORDS)), refused=True
    ),
    _pdf(
        "一百万个对象头", lambda: b"%PDF-1.7\n" + b"1 0 obj\n" * 1_000_000, refused=True
    ),
    _pdf(
        "一兆的数",
        lambda: (
            b"%PDF-1.7\n1 0 obj\n" + b"9" * 1_000_000 + b"\nendobj\nstartxref\n9\n%%EOF"
        ),
        refused=True,
    ),
    _pdf("一兆的名字", lambda: pdf(pdf_page(_WORDS) | {10: "/" + "A" * 1_000_000})),
    _pdf(
        "标题是脚本",
        lambda: _with_trailer("/Info << /Title (<script>kbx7\\(\\)</script>) >>"),
    ),
    _pdf(
        "对象流引用自己",
        lambda: pdf(
            pdf_page(_WORDS)
            | {
                10: _stream(
                    zlib.compress(b"10 0 << >>"),
                    "/Type /ObjStm /N 1 /First 5 /Extends 10 0 R /Filter /FlateDecode",
                )
            }
        ),
    ),
)

FORGED: Final[tuple[Forged, ...]] = (*_TREES, *_STREAMS, *_TABLES)
