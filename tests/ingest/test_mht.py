"""Web pages saved in one file (MHT), and pages under the names of office files."""

import base64
import quopri

import pytest

from ingest.webarchive import parse_mht
from kb.errors import UnreadableFile
from kb.store import Store
from tests.growth import grows_with_length
from tests.ingest.test_pipeline import Add

PAGE = "<html><head><title>测试公告</title></head><body><table><tr><td>10<td>5万元</table><p>甲公司</p></body></html>"
SHOWN = "10\t5万元\n甲公司"


def part(
    page: str | bytes,
    encoding: str = "utf-8",
    headers: str = "",
    kind: str = "text/html",
) -> bytes:
    data = page.encode(encoding) if isinstance(page, str) else page
    head = f'Content-Type: {kind};\r\n\tcharset="{encoding}"\r\nContent-Transfer-Encoding: base64\r\n{headers}\r\n'
    return head.encode() + base64.encodebytes(data)


def archive(
    *parts: bytes, parameters: str = "", headers: str = "", end: bytes = b"--=_b--\r\n"
) -> bytes:
    head = f'From: <saved>\r\n{headers}MIME-Version: 1.0\r\nContent-Type: multipart/related;{parameters}\r\n\tboundary="=_b"\r\n'
    return (
        head.encode()
        + b"\r\nPreamble\r\n"
        + b"".join(b"--=_b\r\n" + one + b"\r\n" for one in parts)
        + end
    )


IMAGE = b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n"


def test_the_page_of_an_archive_is_read_as_a_page(add: Add, store: Store) -> None:
    for name in ("a.mht", "b.MHTML", "c.html", "d.htm"):
        (receipt,) = add(
            name, archive(IMAGE, part(PAGE), headers=f"X-Name: {name}\r\n")
        )

        document = store.document(receipt.slug or "")
        assert document is not None and (document.head.title, document.text) == (
            "测试公告",
            SHOWN,
        )
        assert (document.media_type, receipt.warnings) == ("multipart/related", ())


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "big5", "utf-16", "utf-16-le"])
def test_the_encoding_is_that_of_the_part(encoding: str) -> None:
    name = "unicode" if encoding == "utf-16-le" else encoding
    page = "<p>中文</p><p>甲乙</p>".encode(encoding)
    head = f"Content-Type: text/html; charset={name}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode()

    assert parse_mht(archive(head + quopri.encodestring(page))).text == "中文\n甲乙"


@pytest.mark.parametrize("way", ["8bit", "binary", "quoted-printable", "base64"])
def test_every_way_a_part_may_be_written_is_read(way: str) -> None:
    data = (f"<meta charset=gbk>{PAGE}" + " " * 100).encode("gbk")
    written = {
        "quoted-printable": quopri.encodestring(data),
        "base64": base64.encodebytes(data),
    }.get(way, data)

    found = parse_mht(
        archive(
            f"Content-Type: text/html\r\nContent-Transfer-Encoding: {way}\r\n\r\n".encode()
            + written
        )
    )

    assert (found.text, found.values, found.warnings) == (
        SHOWN,
        {"title": "测试公告"},
        [],
    )


def test_a_part_that_says_it_is_ascii_is_read_as_its_page_says() -> None:
    page = "<meta charset=big5><p>法院</p>".encode("big5")

    assert parse_mht(archive(part(page, "us-ascii"))).text == "法院"


def test_an_archive_of_one_page_alone_needs_no_parts() -> None:
    assert parse_mht(b"MIME-Version: 1.0\r\n" + part(PAGE)).text == SHOWN


@pytest.mark.parametrize("start", ["<root@x>", '"<root@x>"'])
def test_the_root_is_the_part_the_archive_names(start: str) -> None:
    parts = (part("<p>别的</p>"), part(PAGE, headers="Content-ID: <root@x>\r\n"))

    found = parse_mht(archive(*parts, parameters=f' start={start}; type="text/html";'))

    assert found.text == SHOWN
    assert found.warnings == ["网页归档(MHT)里还有 1 个没有显示在网页上的网页,没有收入"]


@pytest.mark.parametrize(
    "frame",
    [
        '<p>前</p><iframe src="cid:f1@x"></iframe><p>后</p>',
        "<p>前</p><iframe src=b/in.html>无框架</iframe><p>后</p>",
        "<frameset><frame src=none.html><frame src='http://example.org/a/b/in.html'></frameset>",
    ],
)
def test_a_page_in_a_frame_stands_where_the_frame_is(frame: str) -> None:
    own = (
        "Content-ID: <f1@x>"
        if "cid:" in frame
        else "Content-Location: http://example.org/a/b/in.html"
    )
    parts = (
        part(frame, headers="Content-Location: http://example.org/a/p.html\r\n"),
        part(PAGE, headers=f"{own}\r\n"),
    )
    around = ("", "") if "frameset" in frame else ("前\n", "\n后")

    found = parse_mht(archive(*parts, part("<p> </p>")))

    assert (found.text, found.warnings) == (f"{around[0]}{SHOWN}{around[1]}", [])


def test_what_is_hidden_in_a_frame_is_told_of() -> None:
    inner = part(f"<p>甲</p><p hidden>{'隐' * 30}</p>", headers="Content-ID: <f>\r\n")

    found = parse_mht(archive(part("<iframe src=cid:f>"), inner))

    assert (found.text, found.warnings) == ("甲", ["网页里有 30 字设为不显示,没有收入"])


def test_a_page_without_title_has_that_of_the_archive() -> None:
    subject = (
        f"Subject: =?utf-8?B?{base64.b64encode('测试标题'.encode()).decode()}?=\r\n"
    )

    assert parse_mht(archive(part("<p>甲</p>"), headers=subject)).values == {
        "title": "测试标题"
    }
    assert parse_mht(archive(part(PAGE), headers=subject)).values == {
        "title": "测试公告"
    }
    assert (
        parse_mht(
            archive(part("<p>甲</p>"), headers="Subject: =?\x80?B?5rWL?=\r\n")
        ).values
        == {}
    )


def test_an_archive_that_was_cut_off_says_so() -> None:
    told = "网页归档(MHT)没有结束标记,可能没有传完,正文可能不全。请在浏览器里重新保存"

    assert parse_mht(archive(part(PAGE), end=b"")).warnings == [told]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (archive(IMAGE), "网页归档(MHT)里没有网页。请在浏览器里重新保存"),
        (archive(part("<p> </p>")), "网页没有正文文字"),
        (
            b"".join(
                b"Content-Type: multipart/related; boundary=b%d\r\n\r\n--b%d\r\n"
                % (n, n)
                for n in range(3000)
            ),
            "网页归档(MHT)分成超过 50 层,不像正常的归档。请在浏览器里重新保存",
        ),
        (
            b"Content-Type: message/rfc822\r\n\r\n" * 3000,
            "网页归档(MHT)分成超过 50 层,不像正常的归档。请在浏览器里重新保存",
        ),
        (
            b"Content-Type: multipart/related; " + b"a=b; " * 100_000 + b"\r\n\r\n",
            "网页归档(MHT)的文件头过长,不像正常的归档。请在浏览器里重新保存",
        ),
    ],
)
def test_an_archive_without_a_page_to_read_is_refused(
    data: bytes, message: str
) -> None:
    with pytest.raises(UnreadableFile) as refused:
        parse_mht(data)

    assert str(refused.value) == message


def test_many_parts_take_no_longer_than_they_are_long() -> None:
    def work(count: int) -> None:
        assert parse_mht(archive(part(PAGE), *[IMAGE] * count)).text == SHOWN

    assert grows_with_length(work, 5_000)


@pytest.mark.parametrize("suffix", [".doc", ".wps"])
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (archive(part(PAGE)), "网页归档(MHT)"),
        (PAGE.encode(), "网页"),
        (PAGE.encode("utf-16"), "网页"),
        (
            b'\xef\xbb\xbf\n<?xml version="1.0"?>\n<!-- a\n-->\n<!DOCTYPE HTML>'
            + PAGE.encode(),
            "网页",
        ),
    ],
)
def test_an_office_file_that_is_a_page_is_read_as_one_and_told_of(
    add: Add, store: Store, suffix: str, data: bytes, kind: str
) -> None:
    (receipt,) = add(f"a{suffix}", data)

    document = store.document(receipt.slug or "")
    assert document is not None and document.text == SHOWN
    assert receipt.warnings == (f"扩展名是 {suffix},内容是{kind},已按网页读出",)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0" + bytes(100), "旧版 Word 文档(.doc)暂不能读取。"),
        (
            "a.doc",
            b"<?xml version='1.0'?><w:wordDocument>",
            "旧版 Word 文档(.doc)暂不能读取。",
        ),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0" + bytes(100),
            "文档已加密,或是改了扩展名的旧版文档。请在 WPS 或 Office",
        ),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0" + bytes(100),
            "文档已加密,或是改了扩展名的旧版文档。请在 WPS 或 Office 中打开,解除密码,另存为 .xlsx",
        ),
        ("a.mht", "甲公司".encode(), "扩展名是 .mht,内容却是文本或其他格式。"),
        ("a.mht", b"%PDF-1.7", "扩展名是 .mht,内容却是PDF。"),
        ("a.txt", archive(part(PAGE)), "扩展名是 .txt,内容却是网页归档(MHT)。"),
        ("a.md", archive(part(PAGE)), "扩展名是 .md,内容却是网页归档(MHT)。"),
        ("a.jsonl", archive(part(PAGE)), "扩展名是 .jsonl,内容却是网页归档(MHT)。"),
        ("a.docx", PAGE.encode(), "扩展名是 .docx,内容却是网页。"),
        ("a.pdf", PAGE.encode(), "扩展名是 .pdf,内容却是网页。"),
    ],
)
def test_a_name_that_hides_what_a_file_is_is_explained(
    add: Add, name: str, data: bytes, message: str
) -> None:
    assert str(add(name, data)[0].error).startswith(message)


def test_a_page_called_an_archive_is_a_page_and_a_text_about_pages_is_a_text(
    add: Add, store: Store
) -> None:
    (page,) = add("a.mht", PAGE)
    (note,) = add("a.txt", "<p>甲</p>")
    (letter,) = add("b.txt", "Subject: a\nContent-Type: text/plain\n\n甲")

    documents = [store.document(receipt.slug or "") for receipt in (page, note, letter)]
    assert [document and document.text for document in documents] == [
        SHOWN,
        "<p>甲</p>",
        "Subject: a\nContent-Type: text/plain\n\n甲",
    ]
