import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ingest.pipeline import Receipt
from kb import analysis
from kb.analysis import load_dictionary, normalise
from kb.embedding import Embedder
from kb.store import Store
from kb.vocabulary import Visibility
from search.keyword import KeywordIndex
from search.opening import make_searcher
from search.query import Query, parse
from search.request import SearchRequest
from tests.conftest import TinyEmbedder
from tests.search.conftest import Library
from tests.search.told import sentences

#: Terms of one, two, three and more characters, rare and common, Chinese, English and mixed.
TERMS = (
    *("密", "窑", "罚", "损", "客", "ai", "no"),
    *("客户", "名单", "密点", "户名", "业秘", "离职", "芯片", "图纸", "判赔", "it"),
    *("客户名", "秘密性", "不正当", "源代码", "有限公", "保密协", "算机软"),
    *(
        "商业秘密",
        "侵犯商业秘密",
        "氮气保护窑",
        "法释〔2020〕7号",
        "CTO",
        "U盘",
        "APP",
        "IT保密",
        "DTSA",
        "U.S.C.",
    ),
    *("2022年4月", "第九条", "客戶名單", "ＣＴＯ", "trade secret"),
)


def found(library: Library, text: str, mode: str) -> set[int]:
    result = library.searcher.search(
        library.store, SearchRequest(text, mode=mode, limit=10_000)
    )
    assert result.total == len(result.hits)
    return {hit.document.id for hit in result.hits}


@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
@pytest.mark.parametrize("term", TERMS)
def test_every_document_that_holds_a_term_is_found(
    library: Library, term: str, mode: str
) -> None:
    assert library.holding(term) <= found(library, term, mode)


@pytest.mark.parametrize("seed", range(60))
def test_any_piece_of_a_text_finds_its_document_wherever_words_are_cut(
    library: Library, seed: int
) -> None:
    chance = random.Random(seed)
    text = library.texts[chance.choice(sorted(library.texts))]
    size = chance.randint(1, 6)
    starts = [
        n
        for n in range(len(text) - size)
        if all("一" <= c <= "鿿" for c in text[n : n + size])
    ]
    start = chance.choice(starts)
    term = text[start : start + size]

    assert library.holding(term) <= found(library, term, "keyword"), term
    keyword = library.searcher.indexes(library.store).keyword
    everything = keyword.matching(parse(term), None, 1).everything
    assert library.holding(term) <= set(everything.documents.tolist()), term


def without_marks(text: str) -> str:
    return "".join(
        token.term if "一" <= token.term <= "鿿" else f" {token.term} "
        for token in analysis.characters(text)
    )


@pytest.mark.parametrize(
    "phrase",
    [
        "户名",
        "业秘密的",
        "离职后",
        "客户名单",
        "名单 客户",
        "保密协议,",
        "Trade Secret",
    ],
)
def test_a_phrase_finds_exactly_the_documents_with_these_characters_in_this_order(
    library: Library, phrase: str
) -> None:
    wanted = {
        d
        for d, text in library.texts.items()
        if without_marks(phrase) in without_marks(text)
    }

    assert (
        found(library, f'"{phrase}"', "hybrid")
        == found(library, f"“{phrase}”", "keyword")
        == wanted
    )


def test_two_phrases_are_both_demanded_within_a_passage(library: Library) -> None:
    both = found(library, '"客户名单" "离职"', "hybrid")

    assert both and both <= library.holding("客户名单", "离职")
    assert both < found(library, '"客户名单"', "hybrid")


@pytest.mark.parametrize("minus", ['-"竞业限制"', "-竞业限制", "-“竞业限制”"])
@pytest.mark.parametrize("mode", ["hybrid", "keyword", "vector"])
def test_an_excluded_phrase_is_in_no_document_of_the_answer(
    library: Library, minus: str, mode: str
) -> None:
    answer = found(library, f"客户名单 {minus}", mode)

    assert answer and not answer & library.holding("竞业限制")
    assert found(library, "客户名单", "keyword") - library.holding("竞业限制") <= found(
        library, f"客户名单 {minus}", "keyword"
    )


def test_either_of_two_alternatives_is_enough_and_one_is_needed(
    library: Library,
) -> None:
    assert found(library, "配方 OR 图纸", "hybrid") == library.holding(
        "配方"
    ) | library.holding("图纸")


# -- the index on disk -------------------------------------------------------------------


def state(index: KeywordIndex) -> dict[str, list[tuple[int, int, float]]]:
    """What an index answers to a handful of queries, order and scores included."""
    answers = {}
    for text in (
        "客户",
        "商业秘密",
        '"离职"',
        "窑",
        "trade secret",
        "竞业限制",
        "公司 员工 技术 赔偿",
    ):
        matching = index.matching(parse(text), None, 200)
        for name, found in (("all", matching.everything), ("best", matching.best)):
            columns = (
                found.passages.tolist(),
                found.documents.tolist(),
                found.scores.tolist(),
            )
            answers[f"{name} {text}"] = list(zip(*columns, strict=True))
    answers["size"] = [(index.size, 0, 0.0)]
    return answers


def test_an_index_that_caught_up_answers_as_one_made_anew(
    opened: Callable[[], Library], tmp_path: Path, model: Embedder
) -> None:
    library = opened()
    ids = sorted(library.texts)
    index = KeywordIndex(tmp_path / "index", Visibility.PUBLIC)
    for change in (
        lambda: None,
        lambda: library.store.remove_document(ids[3]),
        lambda: library.store.set_visibility(ids[5], Visibility.RESTRICTED),
        lambda: library.store.set_visibility(ids[7], Visibility.INTERNAL),
        lambda: library.store.set_visibility(ids[5], Visibility.PUBLIC),
    ):
        change()
        index.refresh(library.store, wait=True)
    fresh = KeywordIndex(tmp_path / "fresh", Visibility.PUBLIC)
    fresh.refresh(library.store, wait=True)

    assert state(index) == state(fresh)
    assert fresh.size == len(library.store.places(Visibility.PUBLIC))


def test_a_large_index_forgets_documents_in_place_unless_they_were_hidden(
    opened: Callable[[], Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.keywordfiles.REMADE_LIMIT", 0)
    library = opened()
    ids = sorted(library.texts)
    with Store(library.home, Visibility.PUBLIC) as public:
        library.searcher.refresh(public)
        folders = [index_folder(library.home)]
        library.store.remove_document(ids[3])
        library.searcher.refresh(public)
        folders.append(index_folder(library.home))
        library.store.set_visibility(ids[4], Visibility.RESTRICTED)
        library.searcher.refresh(public)

        assert folders[0] == folders[1] != index_folder(library.home)
        assert library.searcher.verify(public, repair=False) == []


def test_what_is_only_added_is_caught_up_in_the_same_folder(
    opened: Callable[[], Library],
) -> None:
    library = opened()
    hidden = sorted(library.texts)[5]
    library.store.set_visibility(hidden, Visibility.RESTRICTED)
    with Store(library.home, Visibility.PUBLIC) as public:
        library.searcher.refresh(public)
        before = index_folder(library.home)
        library.store.set_visibility(hidden, Visibility.PUBLIC)
        library.searcher.refresh(public)

        assert index_folder(library.home) == before
        assert library.searcher.indexes(public).keyword.size == len(public.places())


def index_folder(home: Path) -> Path:
    (folder,) = (home / "index" / "public" / "keyword").glob("i*")
    return folder


def _delete(pattern: str) -> Callable[[Path], None]:
    def damage(home: Path) -> None:
        for path in index_folder(home).glob(pattern):
            path.unlink()

    return damage


def _truncate(pattern: str) -> Callable[[Path], None]:
    def damage(home: Path) -> None:
        for path in index_folder(home).glob(pattern):
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return damage


def _stamp(**values: object) -> Callable[[Path], None]:
    def damage(home: Path) -> None:
        path = home / "index" / "public" / "keyword" / "stamp.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    return damage


DAMAGE: dict[str, Callable[[Path], None]] = {
    "no folder": lambda home: shutil.rmtree(home / "index"),
    "no index": lambda home: shutil.rmtree(index_folder(home)),
    "no stamp": lambda home: (home / "index/public/keyword/stamp.json").unlink(),
    "half a stamp": lambda home: (home / "index/public/keyword/stamp.json").write_text(
        '{"folder": "i'
    ),
    "a stamp of another shape": lambda home: (
        home / "index/public/keyword/stamp.json"
    ).write_text("[1]"),
    "another format": _stamp(format=0),
    "another dictionary": _stamp(maker="0"),
    "a generation from the future": _stamp(generation=10_000),
    "a commit of another history": _stamp(commit="0" * 32),
    **{
        f"no {name}": _delete(name)
        for name in ("*.idx", "*.term", "*.fast", "*.pos", "*.fieldnorm", "meta.json")
    },
    **{
        f"half {name}": _truncate(name)
        for name in ("*.idx", "*.term", "*.fast", "*.pos", "*.fieldnorm", "meta.json")
    },
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_index_is_made_anew_by_the_next_search(
    copied: Path, model: Embedder, library: Library, damage: Callable[[Path], None]
) -> None:
    damage(copied)
    with Store(copied, Visibility.RESTRICTED) as store:
        searcher = make_searcher(copied, model)
        after = searcher.search(
            store, SearchRequest("客户名单", mode="keyword", limit=1000)
        )
        clean = searcher.verify(store, repair=True)

    before = library.searcher.search(
        library.store, SearchRequest("客户名单", mode="keyword", limit=1000)
    )
    assert [hit.document.id for hit in after.hits] == [
        hit.document.id for hit in before.hits
    ]
    assert clean == []


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_verify_names_a_damaged_index_and_mends_it(
    copied: Path, model: Embedder, damage: Callable[[Path], None]
) -> None:
    damage(copied)
    with Store(copied, Visibility.RESTRICTED) as store:
        assert len(make_searcher(copied, model).verify(store, repair=False)) == 1
        (message,) = sentences(make_searcher(copied, model).verify(store, repair=True))
        assert message.startswith("关键词索引")
        assert make_searcher(copied, model).verify(store, repair=False) == []


def test_a_changed_dictionary_makes_the_index_anew(
    opened: Callable[[], Library], tmp_path: Path
) -> None:
    library = opened()
    assert library.searcher.search(
        library.store, SearchRequest("氮气保护窑", mode="keyword")
    ).total
    before = index_folder(library.home).name
    words = tmp_path / "dictionary.txt"
    words.write_text("氮气保护窑\n", "utf-8")
    try:
        load_dictionary(words)
        result = library.searcher.search(
            library.store, SearchRequest("氮气保护窑", mode="keyword")
        )
    finally:
        load_dictionary()

    assert result.query.terms[-1] == "氮气保护窑" and result.total
    assert index_folder(library.home).name != before


SEARCH = """
import sys
from pathlib import Path
from kb.embedding import load_embedder
from kb.store import Store
from kb.vocabulary import Visibility
from search.opening import make_searcher
from search.request import SearchRequest
home = Path(sys.argv[1])
with Store(home, Visibility.RESTRICTED) as store:
    print("ready", flush=True)
    request = SearchRequest("客户名单", mode="keyword")
    print(make_searcher(home, load_embedder("zh-legal-static")).search(store, request).total)
"""


def start(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SEARCH, str(home)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )


def test_processes_that_need_the_same_index_at_once_all_answer(
    copied: Path, library: Library
) -> None:
    shutil.rmtree(copied / "index")
    running = [start(copied) for _ in range(3)]
    outputs = [process.communicate(timeout=60)[0].split()[-1] for process in running]

    assert outputs == [str(len(found(library, "客户名单", "keyword")))] * 3
    assert len(list((copied / "index" / "public" / "keyword").glob("i*"))) == 1


def test_a_build_killed_half_way_leaves_a_folder_the_next_search_mends(
    copied: Path, library: Library
) -> None:
    for delay in (0.0, 0.05, 0.1, 0.2, 0.35):
        shutil.rmtree(copied / "index", ignore_errors=True)
        process = start(copied)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        while not (copied / "index" / "public" / "keyword").exists():
            time.sleep(0.005)
        time.sleep(delay)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        output, _ = start(copied).communicate(timeout=60)

        assert output.split()[-1] == str(len(found(library, "客户名单", "keyword"))), (
            delay
        )
        assert len(list((copied / "index" / "public" / "keyword").glob("i*"))) == 1


def test_nothing_is_found_before_anything_is_indexed(tmp_path: Path) -> None:
    index = KeywordIndex(tmp_path, Visibility.PUBLIC)
    matching = index.matching(Query("客户", terms=("客户",)), None, 10)

    assert len(matching.everything.passages) == len(matching.best.passages) == 0
    assert index.document_frequency("客户") == index.size == 0


def test_a_search_within_some_documents_is_cut_only_after_that(
    library: Library,
) -> None:
    wanted = sorted(library.holding("商业秘密"))[-3:]
    keyword = library.searcher.indexes(library.store).keyword
    allowed = np.array(wanted, dtype=np.int64)
    matching = keyword.matching(parse("商业秘密"), allowed, 3)
    everything, best = matching.everything, matching.best

    assert set(best.documents.tolist()) <= set(wanted) and len(best.passages) == 3
    assert set(everything.documents.tolist()) == set(wanted)
    assert np.all(np.diff(best.scores) <= 0)
    assert normalise("商業祕密") == "商业秘密"


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("责任系由谁举证。", "系由谁举"),
        ("日期仅见年份。", "期仅见年"),
        ("被告人为赵某。", "告人为赵"),
    ],
)
def test_a_piece_that_shares_no_word_with_its_text_is_found_all_the_same(
    add: Callable[..., list[Receipt]],
    store: Store,
    embedder: TinyEmbedder,
    text: str,
    piece: str,
) -> None:
    add("a.md", f"---\ntitle: 题\nkind: civil\n---\n## 案情\n{text}\n")
    index = KeywordIndex(store.home / "index", Visibility.PUBLIC)
    index.refresh(store, wait=True)

    everything = index.matching(parse(piece), None, 1).everything
    assert len(everything.passages) == 1
    assert not set(parse(piece).terms) & set(analysis.terms(text))
