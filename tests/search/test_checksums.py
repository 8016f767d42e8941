"""Index files that are no longer what was written, and what the library does over them."""

import random
from pathlib import Path

import pytest
import tantivy

from kb.embedding import Embedder
from kb.store import Store
from kb.vocabulary import Visibility
from search.checksums import changed, marks
from search.opening import make_searcher
from search.request import SearchRequest
from search.stamps import IndexDamaged, read_stamp
from tests.search.conftest import Library
from tests.search.told import sentences


def noise(home: Path, pattern: str) -> None:
    """Overwrite the middle third of files with noise."""
    (folder,) = (home / "index" / "public" / "keyword").glob("i*")
    for path in folder.glob(pattern):
        data = bytearray(path.read_bytes())
        third = len(data) // 3
        data[third : 2 * third] = random.Random(7).randbytes(third)
        path.write_bytes(data)


@pytest.mark.parametrize(
    "pattern", ["*.term", "*.fast", "*.pos", "*.idx", "*.fieldnorm", "*.store"]
)
def test_verify_finds_noise_in_any_file_and_the_index_answers_as_before(
    copied: Path, model: Embedder, library: Library, pattern: str
) -> None:
    noise(copied, pattern)
    with Store(copied, Visibility.RESTRICTED) as store:
        (message,) = sentences(make_searcher(copied, model).verify(store, repair=True))
        after = make_searcher(copied, model).search(
            store, SearchRequest("客户名单", mode="keyword", limit=1000)
        )
        assert make_searcher(copied, model).verify(store, repair=False) == []

    before = library.searcher.search(
        library.store, SearchRequest("客户名单", mode="keyword", limit=1000)
    )
    assert message.startswith("关键词索引") and message.endswith("已重建")
    assert [(hit.document.id, hit.score) for hit in after.hits] == [
        (hit.document.id, hit.score) for hit in before.hits
    ]


def test_what_is_added_later_is_watched_too(copied: Path, model: Embedder) -> None:
    with Store(copied, Visibility.RESTRICTED) as store:
        searcher = make_searcher(copied, model)
        store.set_visibility(int(store.document_ids()[0]), Visibility.INTERNAL)
        searcher.refresh(store)
        (folder,) = (copied / "index" / "public" / "keyword").glob("i*")
        stamp = read_stamp(folder.parent)

        assert stamp is not None
        assert stamp.files == marks(folder, {})
        assert changed(folder, stamp.files) == []


def test_a_panic_of_the_library_is_told_in_words_and_the_next_search_answers(
    copied: Path, model: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PanicException(BaseException):  # as pyo3 makes it: no Exception
        pass

    def broken(*args: object, **kwargs: object) -> tantivy.Query:
        raise PanicException

    with Store(copied, Visibility.RESTRICTED) as store:
        searcher = make_searcher(copied, model)
        whole = searcher.search(store, SearchRequest("客户名单"))
        with monkeypatch.context() as patched:
            patched.setattr("search.keyword.best", broken)
            with pytest.raises(IndexDamaged, match="已损坏,已弃用"):
                searcher.search(store, SearchRequest("客户名单"))
        assert searcher.search(store, SearchRequest("客户名单")).total == whole.total


def test_a_panic_while_an_index_is_opened_makes_it_anew(
    copied: Path, model: Embedder, monkeypatch: pytest.MonkeyPatch, library: Library
) -> None:
    class PanicException(BaseException):
        pass

    def broken(*args: object) -> None:
        monkeypatch.undo()
        raise PanicException

    monkeypatch.setattr("search.keywordfiles.KeywordFiles._probe", broken)
    with Store(copied, Visibility.RESTRICTED) as store:
        assert (
            make_searcher(copied, model).search(store, SearchRequest("客户名单")).total
            == library.searcher.search(library.store, SearchRequest("客户名单")).total
        )
