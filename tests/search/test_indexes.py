"""One index for all who see the same documents; it holds these and nothing else, and knows its
store.
"""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.embedding import Embedder
from kb.store import Store
from kb.vocabulary import Visibility
from search.opening import make_searcher
from search.request import SearchRequest
from search.results import SearchResult
from tests.search.conftest import Library
from tests.search.told import because, expanded, sentences, warnings

QUERIES = (
    "离职员工带走客户名单",
    "商业秘密",
    '"客户名单"',
    "反向工程 -软件",
    "反不正当竞争法（2019）第九条",
    "DTSA",
)


def answers(home: Path, model: Embedder, clearance: Visibility) -> dict[str, object]:
    """Everything a reader gets for a handful of queries, documents by slug."""
    searcher = make_searcher(home, model)
    with Store(home, clearance) as store:
        found = {
            text: searcher.search(store, SearchRequest(text, limit=1000))
            for text in QUERIES
        }
    return {text: told(result) for text, result in found.items()}


def told(result: SearchResult) -> object:
    hits = [
        (h.document.slug, h.score, because(h), [(p.text, p.marks) for p in h.passages])
        for h in result.hits
    ]
    return (
        result.total,
        hits,
        result.facets,
        warnings(result),
        expanded(result),
    )


def test_hidden_documents_change_nothing_that_a_reader_gets(
    copied: Path, model: Embedder, tmp_path: Path
) -> None:
    without = tmp_path / "without"
    shutil.copytree(copied, without)
    with (
        Store(copied, Visibility.RESTRICTED) as hiding,
        Store(without, Visibility.RESTRICTED) as lacking,
    ):
        for document_id in hiding.document_ids()[::7].tolist():
            hiding.set_visibility(document_id, Visibility.RESTRICTED)
            lacking.remove_document(document_id)

    assert answers(copied, model, Visibility.PUBLIC) == answers(
        without, model, Visibility.PUBLIC
    )
    assert answers(copied, model, Visibility.RESTRICTED) != answers(
        without, model, Visibility.RESTRICTED
    )


def test_readers_whom_nothing_sets_apart_share_one_index(
    opened: Callable[[], Library], model: Embedder
) -> None:
    library = opened()
    folders = library.home / "index"
    with Store(library.home, Visibility.PUBLIC) as public:
        library.searcher.refresh(library.store)
        shared = sorted(path.name for path in folders.iterdir())
        library.store.set_visibility(
            int(library.store.document_ids()[0]), Visibility.INTERNAL
        )
        library.searcher.search(public, SearchRequest("客户名单"))
        library.searcher.search(library.store, SearchRequest("客户名单"))

    assert shared == ["public"]
    assert sorted(path.name for path in folders.iterdir()) == ["internal", "public"]


def test_verify_drops_an_index_that_serves_nobody_any_more(
    opened: Callable[[], Library],
) -> None:
    library = opened()
    document_id = int(library.store.document_ids()[0])
    library.store.set_visibility(document_id, Visibility.RESTRICTED)
    library.searcher.refresh(library.store)
    library.store.set_visibility(document_id, Visibility.PUBLIC)
    library.searcher.verify(library.store, repair=True)

    assert sorted(path.name for path in (library.home / "index").iterdir()) == [
        "public"
    ]


def test_adding_brings_the_index_of_public_readers_up_too(
    opened: Callable[[], Library],
) -> None:
    library = opened()
    ids = library.store.document_ids().tolist()
    library.store.set_visibility(ids[0], Visibility.RESTRICTED)
    library.searcher.refresh(library.store)
    library.store.set_visibility(ids[1], Visibility.INTERNAL)
    library.searcher.refresh(library.store)
    with Store(library.home, Visibility.PUBLIC) as public:
        assert library.searcher.indexes(public).keyword.is_of(public.commit())


def test_an_index_of_the_future_of_a_restored_database_is_not_taken_for_its_own(
    copied: Path, model: Embedder, tmp_path: Path
) -> None:
    """The number of generations comes round: only the commits tell the two apart."""
    old = tmp_path / "old.sqlite3"
    with (
        sqlite3.connect(old) as backup,
        sqlite3.connect(copied / "kb.sqlite3") as present,
    ):
        present.backup(backup)
    with Store(copied, Visibility.RESTRICTED) as store:
        first, second = store.document_ids()[:2].tolist()
        store.remove_document(first)
        make_searcher(copied, model).refresh(store)
    for path in copied.glob("kb.sqlite3*"):
        path.unlink()
    shutil.copy(old, copied / "kb.sqlite3")
    with Store(copied, Visibility.RESTRICTED) as store:
        store.remove_document(second)
        titles = {key: head.title for key, head in store.heads([first]).items()}
        searcher = make_searcher(copied, model)
        wrong = sentences(searcher.verify(store, repair=False))
        found = searcher.search(
            store, SearchRequest(titles[first], mode="keyword", limit=1000)
        )

        assert first in [hit.document.id for hit in found.hits]
        assert second not in [hit.document.id for hit in found.hits]
        assert searcher.verify(store, repair=False) == []
    assert wrong == ["关键词索引不存在、无法打开或不是此库的,已重建"]


def test_a_server_that_runs_on_while_the_database_is_restored_answers_from_what_was_restored(
    copied: Path, model: Embedder, tmp_path: Path
) -> None:
    shutil.copy(copied / "kb.sqlite3", tmp_path / "old.sqlite3")
    searcher = make_searcher(copied, model)
    with Store(copied, Visibility.RESTRICTED) as store:
        ids = store.document_ids()[:2].tolist()
        store.remove_document(ids[0])
        searcher.search(store, SearchRequest("客户名单"))
    for path in copied.glob("kb.sqlite3*"):
        path.unlink()
    shutil.copy(tmp_path / "old.sqlite3", copied / "kb.sqlite3")
    with Store(copied, Visibility.RESTRICTED) as store:
        store.remove_document(ids[1])
        result = searcher.search(
            store, SearchRequest("商业秘密", mode="vector", limit=1000)
        )
        held = set(searcher.indexes(store).vector.documents.tolist())

        assert held == set(store.document_ids().tolist())
        assert ids[0] in {hit.document.id for hit in result.hits} | held


def test_verify_names_documents_that_one_side_lacks(
    opened: Callable[[], Library],
) -> None:
    library = opened()
    keyword = library.searcher.indexes(library.store).keyword
    library.searcher.refresh(library.store)
    gone, kept = library.store.document_ids()[:2].tolist()
    library.store._conn.execute("PRAGMA foreign_keys = OFF")
    library.store._conn.execute("DELETE FROM passage WHERE document_id = ?", [gone])
    library.store._conn.execute(
        "UPDATE passage SET id = id + 1000000 WHERE document_id = ?", [kept]
    )
    (wrong,) = sentences(keyword.verify(library.store, repair=False))

    assert wrong.startswith("关键词索引缺 ") and wrong.endswith(",已重建")
    assert f"(文书 {kept})" in wrong and f"(文书 {gone}、{kept})" in wrong


@pytest.mark.parametrize(
    "pattern", ["*.term", "*.fast", "*.pos", "*.idx", "*.fieldnorm", "*.store"]
)
@pytest.mark.parametrize(
    "running", [True, False], ids=["a running search", "the next process"]
)
def test_a_zeroed_page_of_an_index_file_is_noticed_without_verify(
    copied: Path,
    model: Embedder,
    library: Library,
    pattern: str,
    running: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("search.keywordfiles._LOOK_EVERY_S", 0.0)
    before = library.searcher.search(
        library.store, SearchRequest("客户名单", mode="keyword", limit=1000)
    )
    searcher = make_searcher(copied, model)
    with Store(copied, Visibility.RESTRICTED) as store:
        searcher.search(store, SearchRequest("客户名单", mode="keyword"))
        (folder,) = (copied / "index" / "public" / "keyword").glob("i*")
        for path in folder.glob(pattern):
            with path.open("r+b") as file:
                file.seek(path.stat().st_size // 3)
                file.write(bytes(min(4096, path.stat().st_size // 3)))
        after = (searcher if running else make_searcher(copied, model)).search(
            store, SearchRequest("客户名单", mode="keyword", limit=1000)
        )

        assert [(h.document.slug, h.score) for h in after.hits] == [
            (h.document.slug, h.score) for h in before.hits
        ]
        assert not folder.exists()
