"""`kb reembed` as operators run it: beside a server, killed, run again, there and back."""

import importlib.util
import json
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.pipeline import ingest_file
from kb.commands.reembedding import Reembedded, change_embedder
from kb.embedding import Embedder, load_embedder, passage_texts
from kb.errors import EmbedderMismatch, StateError
from kb.store import Store
from kb.vocabulary import Visibility
from search.opening import make_searcher
from search.request import SearchRequest
from tests.cli import running
from tests.cli.running import ROOT, environment, lines
from tests.models import bert_model, static_model, two_sided_model

NOTICE = "向量模型已更换，本次仅按关键词检索；请管理员重启服务"
DOCUMENTS = 300
#: No proxy stands between this machine and itself.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {
        "old": static_model(folder / "old", seed=1),
        "new": two_sided_model(folder / "new", seed=2, dim=32),
    }


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, models: dict[str, Path]) -> Path:
    home = tmp_path_factory.mktemp("filled")
    (home / "many.jsonl").write_text(lines(DOCUMENTS), "utf-8")
    run(home, models["old"], "add", home / "many.jsonl", "--quiet")
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    shutil.copytree(filled, tmp_path / "home")
    return tmp_path / "home"


def run(
    home: Path, model: Path, *args: object, status: int = 0
) -> subprocess.CompletedProcess[str]:
    return running.kb(home, *args, status=status, settings={"KB_EMBEDDER": str(model)})


def as_json(home: Path, model: Path, *args: object, status: int = 0) -> Any:
    return running.as_json(
        home, *args, status=status, settings={"KB_EMBEDDER": str(model)}
    )


def serving(home: Path) -> tuple[str, dict[str, int]]:
    """Return the name of the model in use and how many vectors each model has, read beside the
    program.
    """
    with sqlite3.connect(f"file:{home}/kb.sqlite3?mode=ro", uri=True) as conn:
        counts = conn.execute(
            "SELECT e.name, count(v.passage_id) FROM embedder e LEFT JOIN vector v ON v.embedder_id = e.id GROUP BY e.id"
        ).fetchall()
        (name,) = conn.execute(
            "SELECT e.name FROM meta JOIN embedder e ON e.id = meta.embedder_id"
        ).fetchone()
    return name.split("@")[0], {known.split("@")[0]: count for known, count in counts}


def agrees(home: Path, model: Path) -> None:
    """Every passage has the vector that the model gives its text, as a store filled by that model
    would.
    """
    embedder = load_embedder(str(model))
    with Store(home, Visibility.RESTRICTED) as store:
        ids, _, matrix = store.vectors()
        passages = list(store.passages_to_index())
        made = passage_texts((p.title, p.text) for p in passages)
        texts = dict(zip([p.passage_id for p in passages], made, strict=True))
        assert sorted(ids.tolist()) == sorted(texts)
        wanted = embedder.embed([texts[i] for i in ids.tolist()])
        assert store.embedder()[1:] == (embedder.name, embedder.dim)  # type: ignore[index]
    assert np.allclose(matrix.astype(np.float32), wanted, atol=2e-3)


# -- there and back ----------------------------------------------------------------------


def test_another_model_is_refused_until_reembed_has_switched_to_it(
    home: Path, models: dict[str, Path]
) -> None:
    (home / "more.jsonl").write_text(lines(1, start=5000), "utf-8")
    for call in (
        ("search", "客户"),
        ("add", home / "more.jsonl"),
        ("similar", "t-1"),
        ("serve",),
    ):
        said = run(home, models["new"], *call, status=2).stderr
        assert (
            "请运行 kb reembed" in said
            and "把 KB_EMBEDDER 改回" in said
            and "「old@" in said
            and "「new@" in said
        )

    report = as_json(home, models["new"], "reembed")

    assert report["embedder"].startswith("new@") and report["switched_from"].startswith(
        "old@"
    )
    assert (report["dim"], report["embedded"], report["kept"]) == (32, DOCUMENTS, 0)
    assert [name.split("@")[0] for name in report["removed"]] == ["old"]
    assert serving(home) == ("new", {"new": DOCUMENTS})
    agrees(home, models["new"])
    assert (
        as_json(home, models["new"], "search", "客户名单", "--mode", "vector")["total"]
        > 0
    )
    assert (
        "请运行 kb reembed"
        in run(home, models["old"], "search", "客户", status=2).stderr
    )
    verified = as_json(home, models["new"], "verify")
    assert (verified["wrong"], verified["mended"], verified["notes"]) == ([], [], [])


def test_vectors_that_were_kept_take_one_back_without_encoding(
    home: Path, models: dict[str, Path]
) -> None:
    run(home, models["old"], "reembed", "--embedder", models["new"], "--keep-old")
    assert serving(home) == ("new", {"old": DOCUMENTS, "new": DOCUMENTS})
    (note,) = as_json(home, models["new"], "verify")["notes"]
    assert "「old@" in note and "完整保留" in note and "清除" in note
    (home / "more.jsonl").write_text(lines(3, start=5000), "utf-8")
    run(home, models["new"], "add", home / "more.jsonl")

    back = as_json(home, models["old"], "reembed", "--keep-old")
    assert (back["embedded"], back["kept"], back["removed"]) == (3, DOCUMENTS, [])
    agrees(home, models["old"])
    again = as_json(home, models["new"], "reembed")
    assert (again["embedded"], again["kept"]) == (0, DOCUMENTS + 3)
    assert serving(home) == ("new", {"new": DOCUMENTS + 3})


def test_running_it_for_the_model_in_use_changes_nothing_but_clears_the_others(
    home: Path, models: dict[str, Path]
) -> None:
    with Store(home) as store:
        generation = store.generation()
        store.prepare_embedder("abandoned@1", 8)
        passages = store.passages_without(store.prepare_embedder("half@1", 4), 0, 50)
        store.put_vectors(
            store.prepare_embedder("half@1", 4),
            [p.passage_id for p in passages],
            np.eye(50, 4, dtype=np.float32),
        )
    notes = as_json(home, models["old"], "verify")["notes"]
    assert [
        f"{n}/{DOCUMENTS}" in note and "被中断" in note
        for n, note in zip((0, 50), notes, strict=True)
    ] == [True] * 2

    report = as_json(home, models["old"], "reembed")

    assert (report["embedded"], report["switched_from"], report["removed"]) == (
        0,
        None,
        ["abandoned@1", "half@1"],
    )
    assert serving(home) == ("old", {"old": DOCUMENTS})
    with Store(home) as store:
        assert store.generation() == generation


@pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None,
    reason="changes to a transformer, which the extra [transformers] reads",
)
def test_a_transformer_takes_over_and_gives_back(
    home: Path, models: dict[str, Path], tmp_path: Path
) -> None:
    bert = bert_model(tmp_path / "bert", prompts={"query": "问:"})
    done = run(home, bert, "reembed", "--keep-old")
    assert "「bert@" in done.stderr and "Loading" not in done.stderr
    assert serving(home) == ("bert", {"old": DOCUMENTS, "bert": DOCUMENTS})
    agrees(home, bert)
    assert as_json(home, bert, "search", "客户名单", "--mode", "vector")["total"] > 0
    assert as_json(home, models["old"], "reembed")["embedded"] == 0
    assert serving(home) == ("old", {"old": DOCUMENTS})


def test_an_empty_store_takes_the_model_at_once(
    tmp_path: Path, models: dict[str, Path]
) -> None:
    assert as_json(tmp_path, models["new"], "reembed")["embedded"] == 0
    assert serving(tmp_path) == ("new", {"new": 0})


def test_two_at_once_are_refused(home: Path, models: dict[str, Path]) -> None:
    import fcntl

    with (home / "reembed.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        assert (
            "另一个 kb reembed" in run(home, models["new"], "reembed", status=2).stderr
        )
    run(home, models["new"], "reembed")


# -- killed and run again ----------------------------------------------------------------

MOMENTS: dict[str, Callable[[dict[str, int]], bool]] = {
    "as soon as the model is known": lambda counts: "new" in counts,
    "after the first vectors": lambda counts: counts.get("new", 0) > 0,
    "half way": lambda counts: counts.get("new", 0) > 2500,
}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory, models: dict[str, Path]) -> Path:
    home = tmp_path_factory.mktemp("large")
    (home / "many.jsonl").write_text(lines(7_000), "utf-8")
    run(home, models["old"], "add", home / "many.jsonl", "--quiet")
    return home


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS.keys())
def test_killed_at_any_moment_the_old_model_serves_and_the_same_command_goes_on(
    large: Path,
    tmp_path: Path,
    models: dict[str, Path],
    moment: Callable[[dict[str, int]], bool],
) -> None:
    home = tmp_path / "home"
    shutil.copytree(large, home)
    process = subprocess.Popen(
        [sys.executable, "-m", "kb", "reembed", "--quiet"],
        cwd=ROOT,
        env=environment(home) | {"KB_EMBEDDER": str(models["new"])},
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and not moment(serving(home)[1]):
        time.sleep(0.001)
    process.kill()
    assert process.wait() == -signal.SIGKILL, (
        "the process was done before it could be killed"
    )
    used, counts = serving(home)
    assert used == "old" and counts["old"] == 7_000 and counts["new"] < 7_000

    assert as_json(
        home, models["old"], "search", "客户名单", "--mode", "vector", "--limit", 1
    )["hits"]
    verified = as_json(home, models["old"], "verify")
    assert verified["wrong"] == [] and f"{counts['new']}/7000" in verified["notes"][0]
    report = as_json(home, models["new"], "reembed")
    assert (report["kept"], report["embedded"]) == (
        counts["new"],
        7_000 - counts["new"],
    )
    assert serving(home) == ("new", {"new": 7_000})
    agrees(home, models["new"])


# -- while documents come and go ---------------------------------------------------------


class Meanwhile:
    """An embedder during whose first calls something else happens to the store."""

    def __init__(self, real: Embedder, happens: Sequence[Callable[[], object]]) -> None:
        self.name, self.dim = real.name, real.dim
        self._real, self._happens = real, iter(happens)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        next(self._happens, lambda: None)()
        return self._real.embed(texts)

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._real.embed_queries(texts)


def change(home: Path, embedder: Embedder) -> Reembedded:
    with Store(home, Visibility.RESTRICTED) as store:
        return change_embedder(store, embedder, False, lambda done, total=None: None)


def test_documents_added_changed_and_removed_meanwhile_are_covered_before_the_switch(
    home: Path, tmp_path: Path, models: dict[str, Path]
) -> None:
    old, new = load_embedder(str(models["old"])), load_embedder(str(models["new"]))

    def add(start: int) -> None:
        path = tmp_path / f"{start}.jsonl"
        path.write_text(lines(2, start=start), "utf-8")
        with Store(home, Visibility.RESTRICTED) as store:
            assert [r.error for r in ingest_file(path, store, old)] == [None, None]

    def drop_the_first() -> None:
        with Store(home, Visibility.RESTRICTED) as store:
            store.remove_document(int(store.document_ids()[0]))

    happens = [
        drop_the_first,
        lambda: add(7000),
        drop_the_first,
        *(lambda n=n: add(8000 + 2 * n) for n in range(9)),
    ]
    report = change(home, Meanwhile(new, happens))  # type: ignore[arg-type]

    assert report.embedded >= DOCUMENTS - 2 + 20
    assert serving(home) == ("new", {"new": DOCUMENTS - 2 + 20})
    agrees(home, models["new"])
    with pytest.raises(EmbedderMismatch, match="kb reembed"):
        add(9000)


def test_a_model_that_gives_no_numbers_stops_before_anything_of_it_is_stored(
    home: Path, models: dict[str, Path]
) -> None:
    class Broken(Meanwhile):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            return super().embed(texts) * np.float32(np.nan)

    with pytest.raises(StateError, match="给出的向量不可用"):
        change(home, Broken(load_embedder(str(models["new"])), []))  # type: ignore[arg-type]
    assert serving(home) == ("old", {"old": DOCUMENTS, "new": 0})


def test_vectors_lost_by_damage_are_made_again_and_a_live_index_hears_of_it(
    home: Path, models: dict[str, Path]
) -> None:
    old = load_embedder(str(models["old"]))
    with Store(home, Visibility.RESTRICTED) as store:
        searcher = make_searcher(home, old)
        whole = searcher.search(
            store, SearchRequest("第7份客户名单", mode="vector", limit=50)
        )
        with sqlite3.connect(home / "kb.sqlite3") as conn:
            conn.execute("DELETE FROM vector WHERE passage_id % 2 = 0")
            conn.execute("UPDATE meta SET generation = generation + 1")
            conn.execute(
                "INSERT INTO lineage SELECT generation, lower(hex(randomblob(16))) FROM meta"
            )
        damaged = make_searcher(home, old)
        assert (
            damaged.search(
                store, SearchRequest("第7份客户名单", mode="vector", limit=50)
            ).hits
            != whole.hits
        )
        assert (
            f"{DOCUMENTS // 2} 个片段没有向量,运行 kb reembed 补齐"
            in run(home, models["old"], "verify", status=2).stdout
        )

        assert change(home, old).embedded == DOCUMENTS // 2
        assert (
            damaged.search(
                store, SearchRequest("第7份客户名单", mode="vector", limit=50)
            ).hits
            == whole.hits
        )


# -- beside a running server -------------------------------------------------------------


@contextmanager
def server(home: Path, model: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "kb", "serve", "--port", str(port)],
        cwd=ROOT,
        env=environment(home) | {"KB_EMBEDDER": str(model)},
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and process.poll() is None:
            try:
                ask(f"http://127.0.0.1:{port}", "/api/search?q=客户")
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def ask(address: str, path: str) -> tuple[int, str]:
    try:
        with _DIRECT.open(
            address + urllib.parse.quote(path, safe="/?=&"), timeout=30
        ) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_running_server_answers_throughout_and_after_the_switch_says_what_it_leaves_out(
    home: Path, models: dict[str, Path]
) -> None:
    query = "/api/search?q=第7份客户名单&limit=20"
    answers: list[tuple[int, dict[str, Any]]] = []
    finished = threading.Event()

    def keep_asking(address: str) -> None:
        while not finished.is_set():
            status, body = ask(address, query)
            answers.append((status, json.loads(body)))

    with server(home, models["old"]) as address:
        before = json.loads(ask(address, query)[1])
        words = json.loads(ask(address, query + "&mode=keyword")[1])
        threads = [
            threading.Thread(target=keep_asking, args=(address,)) for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        try:
            run(home, models["new"], "reembed")
        finally:
            time.sleep(0.3)
            finished.set()
            for thread in threads:
                thread.join()
        after = json.loads(ask(address, query)[1])
        page = ask(address, "/?q=客户名单")
        refused = ask(address, query + "&mode=vector")
        refused_page = ask(address, "/?q=客户名单&mode=vector")
        similar = ask(address, "/documents/t-1")

    def hits(answer: dict[str, Any]) -> list[str]:
        return [hit["slug"] for hit in answer["hits"]]

    assert {status for status, _ in answers} == {200}
    assert {tuple(hits(answer)) for _, answer in answers} <= {
        tuple(hits(before)),
        tuple(hits(words)),
    }
    for _, answer in answers:  # an answer without meaning says so
        assert (NOTICE in answer["query"]["warnings"]) == (hits(answer) != hits(before))
    assert (
        hits(after) == hits(words) != hits(before)
        and NOTICE in after["query"]["warnings"]
    )
    assert page[0] == 200 and NOTICE in page[1]
    assert (
        refused[0] == 503
        and "请管理员重启服务" in json.loads(refused[1])["error"]["message"]
    )
    assert refused_page[0] == 503 and "请管理员重启服务" in refused_page[1]
    assert similar[0] == 200
    with server(home, models["new"]) as address:
        status, body = ask(address, query)
        assert status == 200 and NOTICE not in json.loads(body)["query"]["warnings"]
        assert any("语义相近" in hit["reasons"] for hit in json.loads(body)["hits"])
