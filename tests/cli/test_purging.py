"""`kb purge`: every byte of the data folder is searched for what was to go."""

import hashlib

import pytest

from kb.store import Store
from kb.vocabulary import Visibility
from tests.cli.purged import FORMATS, OPEN, SECRET, WANTED, Library, line, md
from tests.conftest import SAMPLES


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_left_of_what_a_redacted_text_replaced(
    library: Library, name: str
) -> None:
    library.add(name, FORMATS[name](SECRET))
    (slug,) = library.slugs()
    vectors = library.vectors(slug)
    library.add(name, FORMATS[name](OPEN))
    former = [vector for vector in vectors if vector not in library.vectors(slug)]
    # in an index words are cut up and packed
    (library.home / "index" / "of_an_index").write_text(SECRET)

    assert former and library.traces(WANTED)
    told = library.kb("purge", slug, "--yes")

    assert (
        f"标识 {slug}" in told
        and "以前的内容 1 份;现行内容保留" in told
        and "kb backup" in told
    )
    assert library.traces([*WANTED, *former]) == []
    assert OPEN in library.kb("show", slug)
    assert slug in library.kb("search", "mmkkopen", "--mode", "keyword")
    assert library.rows("SELECT count(*) FROM revision") == [(1,)]
    assert library.is_sound()


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_left_of_a_document_removed_before(
    library: Library, name: str
) -> None:
    library.add("other.md", md("别的内容").replace("slug: a", "slug: other"))
    library.add(name, FORMATS[name](SECRET), "--collection", "张测试专案")
    (slug,) = set(library.slugs()) - {"other"}
    vectors = library.vectors(slug)
    library.kb("remove", slug, "--yes")

    assert library.traces(WANTED)
    told = library.kb("purge", slug, "--yes")

    assert f"已撤下的文书 标识 {slug}" in told
    assert library.traces([*WANTED, *vectors]) == []
    assert library.rows("SELECT count(slug), count(*) FROM removal") == [(0, 1)]
    assert library.slugs() == ["other"]
    assert library.is_sound()


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_is_left_of_a_document_purged_whole(
    library: Library, name: str
) -> None:
    library.add(name, FORMATS[name](SECRET), "--collection", "张测试专案")
    (slug,) = library.slugs()
    vectors = library.vectors(slug)

    told = library.kb("purge", slug, "--yes")

    assert f"将连同文书本身一起清除:编号 1,标识 {slug}" in told
    assert library.traces([*WANTED, *vectors, *([slug] if slug != "a" else [])]) == []
    assert library.slugs() == []
    assert library.is_sound()


@pytest.mark.parametrize("sample", ["decision.pdf", "note.docx", "page.html"])
@pytest.mark.parametrize("removed", [True, False])
def test_nothing_is_left_of_an_original_that_is_no_plain_text(
    library: Library, sample: str, removed: bool
) -> None:
    data = (SAMPLES / sample).read_bytes()
    library.add(sample, data)
    (slug,) = library.slugs()
    parts = [
        data[start : start + 40]
        for start in range(0, len(data) - 40, max(1, len(data) // 50))
    ]
    with Store(library.home, Visibility.RESTRICTED) as store:
        document = store.document(slug)
        assert document is not None
        parts += [text.encode() for text in document.text.splitlines() if len(text) > 8]
    wanted = [hashlib.sha256(data).hexdigest(), *parts, *library.vectors(slug)]
    if removed:
        library.kb("remove", slug, "--yes")

    assert library.traces(wanted)
    library.kb("purge", slug, "--yes")

    assert library.traces(wanted) == []
    assert library.is_sound()


# -- which of it, and whether ----------------------------------------------------------------


def test_a_document_purged_of_its_past_is_not_taken_for_one_without_a_past(
    library: Library,
) -> None:
    library.add("a.md", md(SECRET))
    library.add("a.md", md(OPEN))
    library.kb("purge", "a", "--yes")

    assert "没有以前的内容可清除" in library.kb("purge", "a", "--yes")
    assert library.slugs() == ["a"]
    library.add("a.md", md("三稿"))
    assert "以前的内容 1 份;现行内容保留" in library.kb("purge", "a", "--yes")
    assert library.traces([OPEN]) == []
    assert library.slugs() == ["a"]
    library.kb("purge", "a", "--document", "--yes")
    assert library.slugs() == []


def test_a_document_goes_with_its_past_where_that_is_said(library: Library) -> None:
    library.add("a.md", md(SECRET))
    library.add("a.md", md(OPEN))

    told = library.kb("purge", "a", "--document", "--yes")

    assert (
        "将连同文书本身一起清除:编号 1,标识 a,《测试文本》,合集「民事案例集」,以前的内容 1 份"
        in told
    )
    assert library.traces([*WANTED, OPEN]) == []


def test_the_past_alone_is_purged_where_that_is_said(library: Library) -> None:
    library.add("a.md", md(OPEN))

    assert "没有以前的内容可清除" in library.kb("purge", "a", "--history", "--yes")
    assert library.slugs() == ["a"]


def test_purging_names_what_goes_and_asks(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add("a.md", md(SECRET))
    before = {path: path.read_bytes() for path in library.originals()}
    monkeypatch.setattr("builtins.input", lambda: "n")

    told = library.kb("purge", "a", status=1)

    (original,) = before
    assert f"原件 {original.name}:整个清除" in told and "未清除" in told
    assert {path: path.read_bytes() for path in before} == before
    assert library.slugs() == ["a"]


def test_a_name_of_a_document_and_of_a_removed_one_is_refused(library: Library) -> None:
    library.add(
        "many.jsonl", "\n".join([line("x", "甲"), line("2", "乙"), line("1", "丙")])
    )
    library.kb("remove", "标识:1", "--yes")

    told = library.kb("purge", "1", "--yes", status=1)

    assert "「1」可以指 2 件文书:编号:1《测试文本x》、标识:1(已撤下)" in told
    assert "没有编号或标识为「7」的文书,也没有这样的已撤下的文书" in library.kb(
        "purge", "x", "7", "--yes", status=1
    )
    assert library.slugs() == ["x", "2"]
    library.kb("purge", "编号:3", "--yes")
    assert library.rows("SELECT count(slug) FROM removal") == [(0,)]


def test_what_went_is_told_as_json(library: Library) -> None:
    library.add("a.md", md(SECRET))
    library.add("a.md", md(OPEN))
    library.add("b.md", md("乙").replace("slug: a", "slug: b"))

    report = library.as_json("purge", "a", "2", "a", "--yes")

    assert [(one["slug"], one["document_id"]) for one in report["documents"]] == [
        ("b", 2)
    ]
    assert [(one["slug"], one["earlier"]) for one in report["earlier"]] == [("a", 1)]
    assert [(one["lines"], one["kept_lines"]) for one in report["originals"]] == [
        (0, 0),
        (0, 0),
    ]
