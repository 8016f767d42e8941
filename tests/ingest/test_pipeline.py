import gzip
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.pipeline import Options, Receipt, ingest_file
from ingest.text import check_text
from kb.errors import UnreadableFile
from kb.store import Store
from kb.vocabulary import Visibility
from tests.conftest import SAMPLES, TinyEmbedder

Add = Callable[..., list[Receipt]]


TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs")))


def line(**values: object) -> str:
    return json.dumps(
        {"id": "t-1", "title": "测试文本", "text": "甲公司采取了保密措施。", **values},
        ensure_ascii=False,
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    text=st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1).filter(
        str.strip
    ),
    number=st.integers(),
)
def test_text_in_equals_text_stored_to_the_character(
    add: Add, store: Store, text: str, number: int
) -> None:
    (receipt,) = add("any.jsonl", line(id=f"p-{number}-{hash(text)}", text=text))
    assert receipt.document_id is not None
    document = store.document(receipt.document_id)

    assert document is not None
    assert document.text == text
    assert "".join(p.text for p in document.passages) == text
    assert store.damage() == []


def test_line_ends_and_tabs_of_a_jsonl_text_stay_as_they_are(
    add: Add, store: Store
) -> None:
    add("a.jsonl", line(text="一\r\n二\t三\n\n四"))

    document = store.document("t-1")
    assert document is not None
    assert document.text == "一\r\n二\t三\n\n四"


def test_the_same_file_again_changes_nothing(add: Add, store: Store) -> None:
    first = add("a.jsonl", line())
    generation = store.generation()
    second = add("copy.jsonl", line())

    assert [r.created for r in first + second] == [True, False]
    assert second[0].document_id == first[0].document_id
    assert store.generation() == generation
    assert store.counts()["document"] == 1


@pytest.mark.parametrize(
    ("count", "chars", "commits"), [(1025, 10, 2), (30, 100_000, 3)]
)
def test_a_file_is_stored_in_commits_of_a_thousand_documents_or_a_million_characters(
    tmp_path: Path,
    store: Store,
    embedder: TinyEmbedder,
    count: int,
    chars: int,
    commits: int,
) -> None:
    heard: list[int] = []
    path = tmp_path / "many.jsonl"
    path.write_text(
        "\n".join(
            line(id=f"t-{n}", text=f"{n:09}甲" + "密" * (chars - 10))
            for n in range(count)
        ),
        "utf-8",
    )

    receipts = list(ingest_file(path, store, embedder, Options(), heard.append))

    assert [receipt.slug for receipt in receipts] == [f"t-{n}" for n in range(count)]
    assert (store.generation(), len(heard), heard[-1]) == (commits, commits, count)


def test_a_new_content_under_the_same_id_supersedes_and_the_old_one_can_come_back(
    add: Add, store: Store
) -> None:
    add("a.jsonl", line())
    (changed,) = add("a.jsonl", line(text="改判。"))
    document = store.document("t-1")
    assert document is not None and document.text == "改判。"
    assert (changed.superseded, store.counts()["document"]) == (True, 1)
    (back,) = add("a.jsonl", line())
    document = store.document("t-1")

    assert back.created and document is not None
    assert document.text == "甲公司采取了保密措施。"
    assert store.damage() == []


def test_a_new_version_of_a_judgment_supersedes_by_case_number_and_a_ruling_does_not(
    add: Add, store: Store
) -> None:
    judgment = "测试市第九中级人民法院\n民事判决书\n（2099）测09民终99号\n本院认为,{}。\n二〇九九年九月九日\n"
    (first,) = add("甲.txt", judgment.format("维持"))
    (second,) = add("甲.txt", judgment.format("改判"))
    (other,) = add("乙.txt", judgment.format("裁定").replace("99号", "98号"))

    assert second.document_id == first.document_id
    assert other.document_id != first.document_id
    document = store.document(int(first.document_id or 0))
    assert document is not None
    assert (
        document.head.case_number,
        document.head.kind,
        document.head.decided_on,
    ) == (
        "（2099）测09民终99号",
        "civil",
        "2099-09-09",
    )


def test_an_id_of_another_collection_is_refused_and_leaves_that_document_as_it_was(
    add: Add, store: Store
) -> None:
    add("a.jsonl", line(), collection="甲集")
    (refused,) = add("b.jsonl", line(text="别的"), collection="乙集")

    assert "已在合集「甲集」中" in str(refused.error)
    document = store.document("t-1")
    assert document is not None
    assert (document.text, document.head.collection) == (
        "甲公司采取了保密措施。",
        "甲集",
    )


def test_a_line_may_name_its_court_and_place_as_answers_do_and_hold_values_of_its_own(
    add: Add, store: Store
) -> None:
    (receipt,) = add(
        "a.jsonl",
        line(
            id="法/第 9 条",
            authority="测试法院",
            region="上海市",
            case_number="（2099）测09民终99号",
            industry="自有行业",
            sources=["某处"],
            outcome={"fine": 1},
        ),
    )
    document = store.document("法/第 9 条")

    assert receipt.error is None and document is not None
    assert (
        document.head.authority,
        document.head.region,
        document.head.case_number,
    ) == (
        "测试法院",
        "上海",
        "（2099）测09民终99号",
    )
    assert document.head.metadata.industries == ("自有行业",)
    assert document.head.metadata.extra == {
        "given_sources": ["某处"],
        "given_outcomes": {"fine": 1},
    }


def test_a_day_written_in_full_width_is_read_from_the_foot_of_a_judgment(
    add: Add, store: Store
) -> None:
    (receipt,) = add(
        "a.txt",
        "某某人民法院\n民事判决书\n（2099）测01民初1号\n本院认为，不构成侵权。\n２０９９年５月６日\n",
    )

    assert receipt.error is None and receipt.document_id is not None
    document = store.document(receipt.document_id)
    assert document is not None and document.head.decided_on == "2099-05-06"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    extra=st.dictionaries(
        st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1).map(
            lambda name: f"自有{name}"
        ),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats(allow_nan=False, allow_infinity=False)
            | TEXT,
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3)
            ),
            max_leaves=8,
        ),
        max_size=4,
    )
)
def test_whatever_else_a_line_says_comes_back_as_it_was_said(
    add: Add, store: Store, extra: dict[str, object]
) -> None:
    (receipt,) = add(
        "any.jsonl",
        line(id=f"e-{hash(str(extra))}", text=f"甲公司。{hash(str(extra))}", **extra),
    )
    assert receipt.document_id is not None, receipt.error
    document = store.document(receipt.document_id)

    said = {name: value for name, value in extra.items() if value is not None}
    assert document is not None and repr(document.head.metadata.extra) == repr(said)


def test_an_article_only_the_metadata_name_has_no_place_in_the_text(
    add: Add, store: Store
) -> None:
    text = "甲公司违反了反不正当竞争法（2019）第九条。"
    add(
        "a.jsonl",
        line(
            text=text,
            statutes=[
                "反不正当竞争法（2019）第九条",
                "反不正当竞争法（2019）第二十一条",
            ],
        ),
    )

    document = store.document("t-1")
    assert document is not None
    assert [(c.article, c.start, c.end) for c in document.citations] == [
        ("第九条", 6, 22),
        ("第二十一条", None, None),
    ]


def test_unknown_fields_of_a_line_are_kept(add: Add, store: Store) -> None:
    add("a.jsonl", line(charges=["测试罪"], court_room=3))

    document = store.document("t-1")
    assert document is not None
    assert document.head.metadata.extra == {"charges": ["测试罪"], "court_room": 3}


@pytest.mark.parametrize(
    ("name", "source", "message"),
    [
        ("encrypted.pdf", "encrypted.pdf", "PDF 已加密"),
        ("scan.pdf", "scan.pdf", "没有文字层"),
        ("truncated.pdf", "truncated.pdf", "PDF 已损坏或不完整"),
        ("note.pdf", "note.docx", "扩展名是 .pdf,内容却是Word"),
        ("decision.docx", "decision.pdf", "扩展名是 .docx,内容却是PDF"),
        ("decision.txt", "decision.pdf", "扩展名是 .txt,内容却是PDF"),
        ("decision.doc", "decision.pdf", "另存为 .docx"),
        ("decision.xyz", "decision.pdf", "不支持的文件类型「.xyz」"),
    ],
)
def test_a_file_that_cannot_be_taken_in_is_explained_and_changes_nothing(
    add: Add, store: Store, name: str, source: str, message: str
) -> None:
    (receipt,) = add(name, (SAMPLES / source).read_bytes())

    assert message in str(receipt.error)
    assert store.generation() == 0
    assert store.counts()["document"] == 0


@pytest.mark.parametrize(
    "name",
    ["empty.pdf", "empty.txt", "empty.jsonl", "empty.docx", "empty.md", "empty.html"],
)
def test_an_empty_file_is_explained(add: Add, name: str) -> None:
    assert "文件是空的" in str(add(name, b"  \n")[0].error)


def test_a_binary_file_called_txt_is_explained(add: Add) -> None:
    assert "控制字符" in str(add("a.txt", b"\x01\x02ab\x03")[0].error) or "编码" in str(
        add("a.txt", b"\x01\x02")[0].error
    )


def test_only_the_controls_a_text_may_hold_are_taken() -> None:
    odd = [
        chr(code) for code in (*range(0x21), 0x7F, 0x80, 0xD7FF, 0xD800, 0xDFFF, 0xE000)
    ]
    refused = []
    for char in odd:
        try:
            assert check_text(f"甲{char}乙") == f"甲{char}乙"
        except UnreadableFile as error:
            assert f"U+{ord(char):04X}" in str(error)
            refused.append(char)

    assert refused == [
        c for c in odd if (c < " " and c not in "\t\n\r\f") or c in "\x7f\ud800\udfff"
    ]


def test_gb18030_text_is_read(add: Add, store: Store) -> None:
    (receipt,) = add(
        "旧文件.txt",
        "关于禁止侵犯商业秘密行为的若干规定\n第一段。㐀𠀀".encode("gb18030"),
    )

    document = store.document(int(receipt.document_id or 0))
    assert document is not None
    assert document.text == "关于禁止侵犯商业秘密行为的若干规定\n第一段。㐀𠀀"


def test_a_file_over_the_limit_is_refused_before_it_is_read(
    tmp_path: Path, store: Store, embedder: TinyEmbedder
) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as handle:
        handle.truncate(200 * 1024 * 1024)

    (receipt,) = ingest_file(path, store, embedder, Options())

    assert str(receipt.error).startswith("文件有 200 MB,超过上限 100 MB")


def test_a_zip_bomb_is_refused_without_unpacking_it(add: Add) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 300_000_000)

    (receipt,) = add("bomb.docx", bomb.getvalue())

    assert "压缩炸弹" in str(receipt.error)


def test_entities_in_a_docx_are_not_expanded(add: Add, store: Store) -> None:
    bomb = (
        "<!DOCTYPE d ["
        + '<!ENTITY a0 "x">'
        + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
        + "]>"
    )
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(SAMPLES / "note.docx") as source,
        zipfile.ZipFile(changed, "w") as archive,
    ):
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == "word/document.xml":
                head, body = data.split(b"?>", 1)
                data = (
                    head
                    + b"?>"
                    + bomb.encode()
                    + body.replace(b"<w:t>", b"<w:t>&a9;", 1)
                )
            archive.writestr(entry.filename, data)

    (receipt,) = add("bomb.docx", changed.getvalue())

    assert (
        receipt.error is not None
        or len(store.document(int(receipt.document_id or 0)).text) < 1000
    )  # type: ignore[union-attr]


def test_a_pdf_decision_is_read_with_pages_number_authority_and_mended_radicals(
    add: Add, store: Store
) -> None:
    (receipt,) = add("decision.pdf", (SAMPLES / "decision.pdf").read_bytes())
    document = store.document(int(receipt.document_id or 0))

    assert document is not None
    assert (
        "离职前将权利人测试丙公司的客户名单拷贝至个人移动硬盘,该名单记载了交易习惯"
        in document.text
    )
    assert document.head.kind == "administrative"
    assert document.head.authority == "测试市市场监督管理局"
    assert document.head.decided_on == "2099-09-09"
    assert {p.page for p in document.passages} == {1, 2}


def test_a_docx_is_read_with_its_tables_in_order(add: Add, store: Store) -> None:
    (receipt,) = add("note.docx", (SAMPLES / "note.docx").read_bytes())
    document = store.document(int(receipt.document_id or 0))

    assert document is not None
    assert document.head.title == "测试文本:甲公司案情说明"
    assert document.text.endswith("项目\t内容\n罚款\t99999元\n表格之后的一段。")


def test_html_is_read_without_scripts_and_with_a_line_per_block(
    add: Add, store: Store
) -> None:
    page = "<html><head><title>测试页</title><script>alert(1)</script></head><body><nav>菜单</nav><p>甲<b>乙</b></p><div>丙</div></body></html>"
    (receipt,) = add("page.html", page)
    document = store.document(int(receipt.document_id or 0))

    assert document is not None
    assert (document.head.title, document.text) == ("测试页", "甲乙\n丙")


def test_visibility_given_by_hand_is_stored_and_enforced(
    add: Add, store: Store, home: Path
) -> None:
    add("a.jsonl", line(), visibility="internal")

    with Store(home, Visibility.PUBLIC) as public:
        assert public.document("t-1") is None
        assert public.listing() == ([], 0)
    with Store(home, Visibility.INTERNAL) as internal:
        assert internal.document("t-1") is not None


def test_a_compressed_file_called_jsonl_is_explained(add: Add) -> None:
    assert "内容却是压缩文件" in str(add("a.jsonl", gzip.compress(b"{}"))[0].error)


def test_a_folder_cannot_be_read_as_a_file(
    tmp_path: Path, store: Store, embedder: TinyEmbedder
) -> None:
    (receipt,) = ingest_file(tmp_path, store, embedder)

    assert "不是普通文件" in str(receipt.error)


def test_the_original_is_kept_unchanged_under_its_hash(add: Add, store: Store) -> None:
    data = (SAMPLES / "note.docx").read_bytes()
    add("note.docx", data)

    (sha256,) = store.referenced_files()
    assert store.files.get(sha256) == data
    shutil.rmtree(store.home / "files")
    with pytest.raises(Exception, match="原件缺失"):
        store.files.get(sha256)
