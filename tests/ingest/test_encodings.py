"""Encodings: what is read where it is certain, and what is said where a file is not what it declares."""

import pytest

from kb.store import Store
from tests.ingest.test_pipeline import Add

TEXT = "测试文本声明的编码"
LONG = "经营者不得实施下列侵犯商业秘密的行为。" * 3
META = '<meta charset="{}">'
OLD_META = '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset={}">'
XML = '<?xml version="1.0" encoding="{}"?>'


def page(label: str, encoding: str, declaration: str = META, text: str = TEXT) -> bytes:
    return f"{declaration.format(label)}<body><p>{text}</p></body>".encode(encoding)


@pytest.mark.parametrize("declaration", [META, OLD_META, XML])
@pytest.mark.parametrize(("label", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gbk"), ("GBK", "gb18030")])
def test_a_page_is_read_as_it_declares(add: Add, store: Store, label: str, encoding: str, declaration: str) -> None:
    (receipt,) = add("a.html", page(label, encoding, declaration))

    document = store.document(receipt.slug or "")
    assert document is not None and document.text == TEXT
    assert receipt.warnings == ()


@pytest.mark.parametrize(
    ("label", "encoding", "name"),
    [
        ("gb2312", "utf-8", "UTF-8"),
        ("iso-8859-1", "utf-8", "UTF-8"),
        ("shift_jis", "utf-8", "UTF-8"),
        ("no-such", "utf-8", "UTF-8"),
        ("utf-7", "utf-8", "UTF-8"),
        ("rot13", "utf-8", "UTF-8"),
        ("unicode_escape", "utf-8", "UTF-8"),
        ("utf-8", "gbk", "GB18030"),
        ("iso-8859-1", "gbk", "GB18030"),
        ("no-such", "gbk", "GB18030"),
    ],
)
def test_a_page_that_declares_another_encoding_than_it_is_in_is_read_where_that_is_certain_and_told_of(
    add: Add, store: Store, label: str, encoding: str, name: str
) -> None:
    (receipt,) = add("a.html", page(label, encoding, text=LONG))

    document = store.document(receipt.slug or "")
    assert document is not None and document.text == LONG
    assert receipt.warnings == (f"网页声明的编码是 {label},内容实为 {name},已按 {name} 读出",)


def test_a_declaration_of_two_bytes_a_character_that_is_readable_byte_by_byte_is_utf8(add: Add, store: Store) -> None:
    (receipt,) = add("a.html", page("utf-16", "utf-8"))

    document = store.document(receipt.slug or "")
    assert document is not None and (document.text, receipt.warnings) == (TEXT, ())


def test_a_declaration_in_a_comment_declares_nothing(add: Add, store: Store) -> None:
    (receipt,) = add("a.html", f'<!-- <meta charset="gbk"> --><p>{TEXT}</p>')

    document = store.document(receipt.slug or "")
    assert document is not None and (document.text, receipt.warnings) == (TEXT, ())


BAD = "不是。该处可能已损坏,或混入了别的编码。请用编辑器改正后另存为 UTF-8,再重试"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", f"{TEXT}\n".encode() + b"\xff\n", f"文件是 UTF-8 编码,但第 2 行、文件第 29 字节 0xFF {BAD}"),
        ("a.txt", "测试".encode() + b"\xe6" + "文本".encode(), f"文件是 UTF-8 编码,但第 1 行、文件第 7 字节 0xE6 {BAD}"),
        ("a.md", f"---\ntitle: 测试\n---\n{TEXT}".encode() + b"\x80\n", "文件是 UTF-8 编码,但第 4 行、文件第 50 字节 0x80 "),
        ("a.txt", TEXT.encode() + b"\xff" + TEXT.encode() + b"\xfe", "0xFF 不是,共 2 处。"),
        ("a.txt", TEXT.encode()[:-1], "末尾的字不完整(第 1 行、文件第 25 字节 0xE7),文件可能没有传完。请重新取得文件"),
        ("a.txt", TEXT.encode("gbk") + b"\xff", "第 1 行、文件第 1 字节 0xB2 不是 UTF-8,第 1 行、文件第 19 字节 0xFF 也不是 GB18030。"),
        ("a.txt", b"\xef\xbb\xbf" + TEXT.encode("gbk"), "文件以 UTF-8 标记(BOM)开头,但第 1 行、文件第 4 字节 0xB2 不是 UTF-8。"),
        ("a.txt", b"\xff\xfe" + TEXT.encode("utf-16-le") + b"a", "UTF-16 标记(BOM)开头,但第 1 行、文件第 21 字节 0x61 不是 UTF-16。"),
        ("a.txt", b"\xff\xfe" + "测试文本".encode(), "文件以 UTF-16 标记(BOM)开头,其后却是 UTF-8。"),
        ("a.html", page("utf-8", "utf-8") + b"\xff", "网页声明的编码是 utf-8,内容是 UTF-8,但第 1 行、文件第 70 字节 0xFF 不是。"),
        ("a.html", page("gb2312", "utf-8") + b"\xff", "网页声明的编码是 gb2312,内容是 UTF-8,但第 1 行、文件第 71 字节 0xFF 不是。"),
        ("a.html", page("gb2312", "gbk") + b"\xff", "网页声明的编码是 gb2312,但第 1 行、文件第 62 字节 0xFF 不是 gb2312。"),
        ("a.html", page("utf-8", "gbk") + b"\xff", "网页声明的编码是 utf-8,但第 1 行、文件第 32 字节 0xB2 不是 UTF-8,全文又读不成 GB18030 的中文。"),
        ("a.html", page("x", "gbk") + b"\xff", "网页声明的编码「x」不认识,第 1 行、文件第 28 字节 0xB2 也不是 UTF-8,"),
        ("a.html", b"\xef\xbb\xbf" + page("gbk", "gbk"), "文件以 UTF-8 标记(BOM)开头,但第 1 行、文件第 33 字节 0xB2 不是 UTF-8。"),
        ("a.jsonl", '{"id": "a"}'.encode("utf-16"), "文件是 UTF-16 编码,JSONL 应为 UTF-8。"),
        ("a.jsonl", b'{"id": "\xb2\xe2"}', "不是 UTF-8 编码(该行第 9 字节 0xB2)。请将整个文件另存为 UTF-8"),
    ],
)  # fmt: skip
def test_a_byte_that_does_not_belong_is_named_with_its_place_the_encoding_and_what_to_do(
    add: Add, store: Store, name: str, data: bytes, message: str
) -> None:
    (receipt,) = add(name, data)

    assert message in str(receipt.error)
    assert "恶意" not in str(receipt.error)
    assert store.counts()["document"] == 0
