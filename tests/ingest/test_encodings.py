"""Encodings: what is read where it is certain, and what is said where a file is not what it
declares.
"""

import json
from itertools import chain

import opencc
import pytest

from ingest.text import decode
from kb.errors import UnreadableFile
from kb.store import Store
from tests.conftest import CORPUS
from tests.ingest.test_pipeline import Add

TEXT = "测试文本声明的编码"
LONG = "经营者不得实施下列侵犯商业秘密的行为。" * 3
META = '<meta charset="{}">'
OLD_META = '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset={}">'
XML = '<?xml version="1.0" encoding="{}"?>'


def page(label: str, encoding: str, declaration: str = META, text: str = TEXT) -> bytes:
    return f"{declaration.format(label)}<body><p>{text}</p></body>".encode(encoding)


@pytest.mark.parametrize("declaration", [META, OLD_META, XML])
@pytest.mark.parametrize(
    ("label", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gbk"), ("GBK", "gb18030")]
)
def test_a_page_is_read_as_it_declares(
    add: Add, store: Store, label: str, encoding: str, declaration: str
) -> None:
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
    assert receipt.warnings == (
        f"网页声明的编码是 {label},内容实为 {name},已按 {name} 读出",
    )


def test_a_declaration_of_two_bytes_a_character_that_is_readable_byte_by_byte_is_utf8(
    add: Add, store: Store
) -> None:
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
        ("a.jsonl", '{"id": "测试"}'.encode("utf-16-le"), "文件是 UTF-16 编码,JSONL 应为 UTF-8。"),
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


SIMPLIFIED = "经营者违反前条规定侵犯商业秘密的,由监督检查部门责令停止违法行为。"
TRADITIONAL = opencc.OpenCC("s2tw").convert(SIMPLIFIED)
HALVES = {
    "UTF-8": SIMPLIFIED.encode(),
    "GB18030": SIMPLIFIED.encode("gb18030"),
    "Big5": TRADITIONAL.replace(",", "，").encode("big5"),
}


@pytest.mark.parametrize("first", HALVES)
@pytest.mark.parametrize("then", HALVES)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_file_of_two_encodings_is_refused_with_the_line_where_it_changes(
    add: Add, store: Store, first: str, then: str, name: str
) -> None:
    data = (
        b"title\n"
        + HALVES[first]
        + b"\n"
        + HALVES[first]
        + b"\n\n"
        + HALVES[then]
        + b"\n"
    )
    (receipt,) = add(name, data)

    if first == then:
        assert (receipt.error is None) == (first != "Big5")
        return
    where = f"第 2 行是 {first},第 5 行起是 {then}"
    assert (
        str(receipt.error)
        == f"文件里混有两种编码:{where}。请把各部分分别另存为 UTF-8,再合在一起"
    )
    assert store.counts()["document"] == 0


@pytest.mark.parametrize("label", ["utf-8", "gb2312", "big5", "no-such"])
def test_a_page_of_two_encodings_is_refused_whatever_it_declares(
    label: str, add: Add
) -> None:
    (receipt,) = add(
        "a.html",
        META.format(label).encode()
        + b"\n"
        + HALVES["GB18030"]
        + b"\n"
        + HALVES["UTF-8"],
    )

    assert "第 2 行是 GB18030,第 3 行起是 UTF-8" in str(receipt.error)


@pytest.mark.parametrize("middle", [b"", b"Word "])
def test_an_encoding_that_changes_within_a_line_is_told_of(middle: bytes) -> None:
    with pytest.raises(UnreadableFile, match="第 1 行里有 UTF-8 也有 GB18030"):
        decode(HALVES["UTF-8"] + middle + HALVES["GB18030"])
    with pytest.raises(UnreadableFile, match="第 1 行里有 GB18030 也有 UTF-8"):
        decode(HALVES["GB18030"] + middle + HALVES["UTF-8"])


OPEN_AS = "请用编辑器按 {0} 打开,确认显示正常后另存为 UTF-8,再重试"


@pytest.mark.parametrize(
    "text", ["機關", "商業秘密", "測試甲公司", "title: 甲公司與乙公司"]
)
def test_a_few_characters_of_big5_are_not_taken_for_gb18030(text: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        decode(text.encode("big5"))

    assert str(refused.value) == "文件可能是 Big5 编码(繁体)。" + OPEN_AS.format("Big5")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    ["商业秘密", "測試甲公司", "第1条\n甲公司", "English only.\r\n", SIMPLIFIED * 100],
)
def test_utf16_without_a_mark_is_named(text: str, encoding: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        decode(text.encode(encoding))

    assert str(
        refused.value
    ) == "文件像是没有标记(BOM)的 UTF-16 编码。" + OPEN_AS.format("UTF-16")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("L’entreprise a été condamnée où".encode("cp1252"), "文字编码无法识别:"),
        (
            "営業秘密とは、秘密として管理されている".encode("shift_jis"),
            "按 GB18030 读出的不像中文,可能是别的编码。",
        ),
    ],
)
def test_bytes_that_could_be_gb18030_but_make_no_chinese_are_refused(
    data: bytes, message: str
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        decode(data)

    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("label", "text", "encoding", "name"),
    [("gb2312", TRADITIONAL, "big5hkscs", "Big5"), ("big5", SIMPLIFIED, "gb18030", "GB18030"), ("utf-8", TRADITIONAL, "big5hkscs", "Big5")],
)  # fmt: skip
def test_a_page_that_declares_the_other_encoding_of_chinese_is_read_and_told_of(
    add: Add, store: Store, label: str, text: str, encoding: str, name: str
) -> None:
    (receipt,) = add("a.html", page(label, encoding, text=text))

    document = store.document(receipt.slug or "")
    assert document is not None and document.text == text
    assert receipt.warnings == (
        f"网页声明的编码是 {label},内容实为 {name},已按 {name} 读出",
    )


def test_a_page_that_is_no_chinese_in_the_encoding_it_declares_is_refused(
    add: Add,
) -> None:
    (receipt,) = add(
        "a.html",
        page("gb2312", "shift_jis", text="営業秘密とは、秘密として管理されている"),
    )

    assert "网页声明的编码是 gb2312,照此读出的不像中文。" in str(receipt.error)


@pytest.mark.parametrize(
    ("name", "taken_as", "garbled"),
    [
        ("UTF-8", "GB18030", SIMPLIFIED.encode().decode("gb18030", "replace")),
        ("UTF-8", "西文", "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in "测试甲公司的商业秘密".encode())),
        ("GB18030", "西文", SIMPLIFIED.encode("gbk").decode("latin-1")),
        ("GB18030", "Big5", SIMPLIFIED.encode("gbk").decode("big5hkscs", "replace")),
        ("Big5", "GB18030", TRADITIONAL.encode("big5hkscs").decode("gb18030", "replace")),
        ("Big5", "西文", TRADITIONAL.encode("big5hkscs").decode("latin-1").replace("\x7f", "")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("file", ["a.txt", "a.md", "a.html", "a.jsonl"])
def test_a_text_that_was_garbled_before_it_was_saved_is_refused(
    add: Add, store: Store, file: str, name: str, taken_as: str, garbled: str
) -> None:
    text = garbled.replace("\x85", "…") if file == "a.html" else garbled
    line = json.dumps({"id": "a", "title": "测试", "text": text}, ensure_ascii=False)
    (receipt,) = add(
        file,
        line
        if file == "a.jsonl"
        else f"<meta charset=utf-8>{text}"
        if file == "a.html"
        else text,
    )

    message = f"文字是乱码:{name} 的文字被当作 {taken_as} 打开,又存了一遍。请找原来的文件重新收入"
    assert str(receipt.error).endswith(message)
    assert store.counts()["document"] == 0


@pytest.mark.parametrize("lost", ["\ufffd", "锟斤拷"])
def test_a_text_that_lost_many_characters_is_refused_and_one_that_lost_a_few_is_not(
    lost: str,
) -> None:
    assert decode((lost * 10 + SIMPLIFIED).encode()) == lost * 10 + SIMPLIFIED
    with pytest.raises(UnreadableFile) as refused:
        decode((lost * 11 + SIMPLIFIED).encode())
    assert decode((lost * 11 + SIMPLIFIED * 20).encode()) == lost * 11 + SIMPLIFIED * 20

    assert (
        str(refused.value)
        == "文字是乱码:有 11 处「�」,是转换编码时丢失的字。请找原来的文件重新收入"
    )


ODD = [
    "䶮、㛃、喆、堃、晟昊、钰琪、炜婷",
    "亓官测、尉迟测、王某、李某某、赵玥、钱钰琪",
    "生僻字示例:㐀㐁㐂㐃䶮𠀀𠀁",
    "合同編號:廣告學習們對機構",
    "Trade secret (商业秘密) law; café × 3",
    "BGH, Urteil v. 22.03.2018 – I ZR 118/16",
    "Antea Polska SA v Państwowe Gospodarstwo Wodne",
    "三星工艺案（서울중앙지방법원 삼성전자 기술유출 사건）",
    "①②③ ㎡ ℃ 10×20 甲",
    "経営者は営業秘密を不正に取得してはならない。",
]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig", "utf-16"])
def test_rare_characters_and_other_scripts_are_read_in_every_encoding(
    text: str, encoding: str
) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "text",
    [
        "English only.\n",
        "A · B – C ± 3° “x”",
        "L’entreprise a été condamnée à une amende où l’employé était salarié.",
        "Коммерческая тайна охраняется законом. Да нет.",
        "영업비밀이란 공공연히 알려져 있지 아니한 정보",
        "營業秘密とは、秘密として管理されている情報",
        "Bí mật kinh doanh là thông tin thu được từ hoạt động đầu tư",
        "ΑΒΓ αβγ ×÷ √",
        "乱码示例:「娴嬭瘯鏂囨湰」是 UTF-8 的「测试文本」按 GBK 打开的样子。",
    ],
)
def test_other_scripts_in_utf8_are_no_garbled_chinese(text: str) -> None:
    assert decode(text.encode()) == text


def test_a_short_text_of_gb18030_that_is_utf8_by_chance_is_read_as_chinese() -> None:
    text = "专业学院系统"
    assert text.encode("gb18030").decode("utf-8") != text

    assert decode(text.encode("gb18030")) == text


def test_no_document_of_the_corpus_is_refused_or_misread_in_any_encoding() -> None:
    traditional = opencc.OpenCC("s2tw").convert
    for path in sorted(CORPUS.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        for said, encoding in chain.from_iterable(
            ((t, "utf-8"), (t, "gb18030"), (t, "utf-16"))
            for t in (text, traditional(text))
        ):
            assert decode(said.encode(encoding)) == said, (path, encoding)
        for encoding in ("utf-16-le", "utf-16-be", "big5hkscs"):
            with pytest.raises(UnreadableFile, match="UTF-16|Big5"):
                decode(traditional(text).encode(encoding, "ignore"))
