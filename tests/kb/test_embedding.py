import importlib.util
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from kb import embedding
from kb.embedding import Embedder, StaticEmbedder, load_embedder, passage_texts
from kb.errors import StateError
from kb.modelfiles import fingerprint
from tests.models import bert_model, static_model, tokenizer, two_sided_model

MODEL = Path(embedding.__file__).parent / "models" / "zh-legal-static"
TEXTS = [
    "离职员工带走客户名单",
    "商业秘密",
    "trade secret misappropriation",
    "保密措施。" * 300,
    "",
    "🙂🙂",
    "§",
]


@pytest.fixture(scope="module")
def shipped() -> Embedder:
    return load_embedder("zh-legal-static")


def test_the_shipped_model_loads_without_torch_or_network() -> None:
    code = (
        "import sys, socket\n"
        "socket.socket = None\n"
        "from kb.embedding import load_embedder\n"
        "made = load_embedder('zh-legal-static').embed(['商业秘密'])\n"
        "assert made.any() and 'torch' not in sys.modules and 'sentence_transformers' not in sys.modules\n"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=MODEL.parents[2], timeout=60
    )


def test_rows_are_of_unit_length_or_zero_where_nothing_is_known(
    shipped: Embedder,
) -> None:
    rows = shipped.embed(TEXTS)

    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS), shipped.dim)
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 1, 1, 1, 0, 0, 0], atol=1e-5)


def test_no_texts_are_no_rows(shipped: Embedder) -> None:
    assert shipped.embed([]).shape == (0, shipped.dim)


@settings(max_examples=50)
@given(texts=st.lists(st.text(max_size=60), max_size=6))
def test_a_text_has_one_vector_alone_in_company_and_again(texts: list[str]) -> None:
    shipped = load_embedder("zh-legal-static")
    together = shipped.embed(texts)

    assert np.array_equal(together, shipped.embed(texts))
    for text, row in zip(texts, together, strict=True):
        assert np.array_equal(shipped.embed([text])[0], row)
        norm = float(np.linalg.norm(row))
        assert abs(norm - 1) < 1e-5 or norm == 0


def test_many_texts_have_the_vectors_that_a_few_have_bit_for_bit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = StaticEmbedder(MODEL)
    expected = few.embed(TEXTS)
    monkeypatch.setattr(embedding, "_MANY_TEXTS", 1)
    many = StaticEmbedder(MODEL)

    assert np.array_equal(many.embed(TEXTS), expected)
    assert many._passages._automaton is not None and few._passages._automaton is None


def test_meaning_not_letters_decides_what_is_near(shipped: Embedder) -> None:
    asked, near, far = shipped.embed(
        ["员工跳槽带走客户资料", "离职人员泄露客户名单", "驾驶机动车应当遵守交通信号"]
    )

    assert float(asked @ near) > float(asked @ far) + 0.2


def test_the_name_tells_the_content_of_the_folder(
    shipped: Embedder, tmp_path: Path
) -> None:
    copy = tmp_path / "zh-legal-static"
    shutil.copytree(MODEL, copy)
    assert load_embedder(str(copy)).name == shipped.name
    with (copy / "tokenizer.json").open("a") as handle:
        handle.write("\n")
    embedding.load_embedder.cache_clear()

    assert load_embedder(str(copy)).name != shipped.name


@pytest.mark.parametrize(
    "broken", ["model.safetensors", "tokenizer.json", "modules.json"]
)
def test_a_damaged_model_is_explained(tmp_path: Path, broken: str) -> None:
    copy = tmp_path / "model"
    shutil.copytree(MODEL, copy)
    (copy / broken).write_bytes(b"{")

    with pytest.raises(StateError, match="不完整或已损坏"):
        load_embedder(str(copy))


def test_a_model_that_needs_the_extra_names_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    (tmp_path / "modules.json").write_text(
        json.dumps([{"path": "", "type": "x.modules.Transformer"}])
    )

    with pytest.raises(StateError, match=r"pip install -e '\.\[transformers\]'"):
        load_embedder(str(tmp_path))


@pytest.mark.parametrize(
    "name",
    ["no-such-model", "nobody/no-such-model", "./no/such/folder", "/no/such", ""],
)
def test_a_model_that_is_not_here_is_not_fetched_and_the_words_say_how_to_bring_it(
    name: str,
) -> None:
    code = (
        "import socket, sys\n"
        "from kb.embedding import load_embedder\n"
        "from kb.errors import StateError\n"
        "def refuse(*given): raise SystemExit('reached for the network')\n"
        "socket.socket.connect = socket.socket.sendto = socket.getaddrinfo = refuse\n"
        "try:\n"
        "    load_embedder(sys.argv[1])\n"
        "except StateError as error:\n"
        "    print(error)\n"
    )
    command = [sys.executable, "-c", code, name]
    done = subprocess.run(
        command,
        check=True,
        cwd=MODEL.parents[2],
        timeout=60,
        capture_output=True,
        text=True,
    )

    assert f"本机没有模型「{name}」" in done.stdout and "--local-dir" in done.stdout


# -- folders -----------------------------------------------------------------------------


def test_queries_and_passages_share_a_table_or_have_one_each(tmp_path: Path) -> None:
    one, two = (
        load_embedder(str(static_model(tmp_path / "one"))),
        load_embedder(str(two_sided_model(tmp_path / "two"))),
    )
    document = load_embedder(str(static_model(tmp_path / "document", seed=1)))
    query = load_embedder(str(static_model(tmp_path / "query", seed=1001)))

    assert np.array_equal(one.embed(TEXTS), one.embed_queries(TEXTS))
    assert np.array_equal(two.embed(TEXTS), document.embed(TEXTS))
    assert np.array_equal(two.embed_queries(TEXTS), query.embed(TEXTS))
    assert not np.allclose(two.embed(TEXTS), two.embed_queries(TEXTS))
    assert (
        len({one.name, two.name, document.name.split("@")[1], query.name.split("@")[1]})
        == 4
    )


def test_the_name_of_a_two_sided_model_tells_both_tables(tmp_path: Path) -> None:
    first = load_embedder(str(two_sided_model(tmp_path / "a" / "model"))).name
    changed = two_sided_model(tmp_path / "b" / "model")
    shutil.copy(
        static_model(tmp_path / "other", seed=9) / "model.safetensors",
        changed / "query_0_StaticEmbedding",
    )

    assert load_embedder(str(changed)).name != first


@pytest.mark.parametrize("dtype", ["float16", "int8"])
def test_weights_of_less_precision_are_read_to_float32(
    tmp_path: Path, dtype: str
) -> None:
    exact = load_embedder(str(static_model(tmp_path / "exact")))
    rounded = load_embedder(str(static_model(tmp_path / "rounded", dtype=dtype)))
    here, there = exact.embed(TEXTS[:4]), rounded.embed(TEXTS[:4])

    assert there.dtype == np.float32
    assert (np.sum(here * there, axis=1) > 0.999).all() and not np.array_equal(
        here, there
    )


def test_tables_named_as_model2vec_names_them_are_weighed_and_mapped(
    tmp_path: Path,
) -> None:
    plain = static_model(tmp_path / "plain")
    table = load_file(plain / "model.safetensors")["embedding.weight"]
    shared = static_model(tmp_path / "shared")
    order = np.random.default_rng(3).permutation(len(table))
    weights = np.linspace(0.5, 2, len(table)).astype(np.float32)
    parts = {
        "embeddings": (table / weights[:, None])[order],
        "mapping": np.argsort(order),
        "weights": weights,
    }
    save_file(
        {name: np.ascontiguousarray(part) for name, part in parts.items()},
        shared / "model.safetensors",
    )

    assert np.allclose(
        load_embedder(str(plain)).embed(TEXTS),
        load_embedder(str(shared)).embed(TEXTS),
        atol=1e-6,
    )


def test_prompts_and_a_shorter_length_that_the_folder_asks_for_are_kept(
    tmp_path: Path,
) -> None:
    plain = load_embedder(str(static_model(tmp_path / "plain")))
    asked = {"prompts": {"query": "问", "passage": "文书"}, "truncate_dim": 8}
    prompted = load_embedder(str(static_model(tmp_path / "prompted", **asked)))

    for found, text in (
        (prompted.embed(["客户"]), "文书客户"),
        (prompted.embed_queries(["客户"]), "问客户"),
    ):
        wanted = plain.embed([text])[:, :8]
        assert np.allclose(found, wanted / np.linalg.norm(wanted), atol=1e-6)
    assert prompted.dim == 8
    assert prompted.name.split("@")[1] != plain.name.split("@")[1]


def test_sides_of_different_lengths_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="不完整或已损坏"):
        load_embedder(str(two_sided_model(tmp_path / "odd", query_dim=8)))


def test_a_fingerprint_changes_with_small_files_and_with_a_sampled_large_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "config.json").write_text("{}")
    large = np.random.default_rng(1).integers(0, 256, 20_000_000, dtype=np.uint8)
    large.tofile(tmp_path / "model.safetensors")
    first = fingerprint(tmp_path)
    (tmp_path / "README.md").write_text("card")
    assert fingerprint(tmp_path) == first
    np.add(large, 1, out=large)
    large.tofile(tmp_path / "model.safetensors")
    second = fingerprint(tmp_path)
    (tmp_path / "config.json").write_text("{ }")

    assert len({first, second, fingerprint(tmp_path)}) == 3


# -- beside sentence-transformers --------------------------------------------------------

with_torch = pytest.mark.skipif(
    importlib.util.find_spec("sentence_transformers") is None,
    reason="compares with sentence-transformers, which the extra [transformers] installs",
)


def _theirs(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu")


@with_torch
def test_sentence_transformers_reads_the_same_vectors_from_the_folder(
    shipped: Embedder,
) -> None:
    theirs = _theirs(MODEL)

    assert (
        np.abs(
            theirs.encode_document(TEXTS, normalize_embeddings=True)
            - shipped.embed(TEXTS)
        ).max()
        < 1e-3
    )
    assert (
        np.abs(
            theirs.encode_query(TEXTS, normalize_embeddings=True)
            - shipped.embed_queries(TEXTS)
        ).max()
        < 1e-3
    )


@with_torch
@pytest.mark.parametrize(
    "inside",
    [False, True],
    ids=["normalised after the router", "normalised in the routes"],
)
def test_a_two_sided_model_made_by_sentence_transformers_is_read_without_it(
    tmp_path: Path, inside: bool
) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Normalize, Router
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding

    sides = [
        [
            StaticEmbedding(tokenizer(), embedding_dim=16),
            *([Normalize()] if inside else []),
        ]
        for _ in range(2)
    ]
    router = Router.for_query_document(
        query_modules=sides[0], document_modules=sides[1]
    )
    made = SentenceTransformer(
        modules=[router] if inside else [router, Normalize()], device="cpu"
    )
    made.save(str(tmp_path / "made"), create_model_card=False)
    ours, theirs = load_embedder(str(tmp_path / "made")), _theirs(tmp_path / "made")

    assert isinstance(ours, StaticEmbedder)
    assert np.allclose(
        theirs.encode_document(TEXTS, normalize_embeddings=True),
        ours.embed(TEXTS),
        atol=1e-5,
    )
    assert np.allclose(
        theirs.encode_query(TEXTS, normalize_embeddings=True),
        ours.embed_queries(TEXTS),
        atol=1e-5,
    )
    assert not np.allclose(
        ours.embed(TEXTS[:3]), ours.embed_queries(TEXTS[:3]), atol=0.1
    )


@with_torch
def test_a_static_table_followed_by_another_layer_is_left_to_sentence_transformers(
    tmp_path: Path,
) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import (
        Dense,
        StaticEmbedding,
    )

    made = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer(), embedding_dim=16), Dense(16, 8)],
        device="cpu",
    )
    made.save(str(tmp_path / "made"), create_model_card=False)
    ours = load_embedder(str(tmp_path / "made"))

    assert ours.dim == 8
    assert np.allclose(
        made.encode(TEXTS, normalize_embeddings=True), ours.embed(TEXTS), atol=1e-5
    )


@with_torch
def test_a_transformer_is_read_offline_with_its_prompts_in_batches_of_any_size(
    tmp_path: Path,
) -> None:
    folder = bert_model(tmp_path / "bert", prompts={"query": "问:", "document": "文:"})
    ours, theirs = load_embedder(str(folder)), _theirs(folder)
    texts = [f"{text}{number}" for number in range(40) for text in TEXTS]

    assert (ours.name[:5], ours.dim) == ("bert@", 32)
    assert ours.embed(texts).dtype == np.float32
    assert np.allclose(np.linalg.norm(ours.embed(texts), axis=1), 1, atol=1e-5)
    assert np.allclose(
        theirs.encode_document(texts, normalize_embeddings=True),
        ours.embed(texts),
        atol=1e-5,
    )
    assert np.allclose(
        theirs.encode_query(texts, normalize_embeddings=True),
        ours.embed_queries(texts),
        atol=1e-5,
    )
    assert not np.allclose(ours.embed(texts), ours.embed_queries(texts), atol=0.01)
    assert ours.embed([]).shape == (0, 32)
    assert (
        load_embedder(str(bert_model(tmp_path / "other" / "bert", seed=2))).name
        != ours.name
    )


@with_torch
def test_a_folder_that_is_no_model_is_explained(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")

    with pytest.raises(StateError, match="无法加载"):
        load_embedder(str(tmp_path))


@with_torch
def test_many_threads_may_ask_one_transformer(tmp_path: Path) -> None:
    ours = load_embedder(str(bert_model(tmp_path / "bert")))
    alone = [ours.embed_queries([text * 9]) for text in TEXTS]
    with ThreadPoolExecutor(6) as pool:
        together = list(
            pool.map(lambda text: ours.embed_queries([text * 9]), TEXTS * 8)
        )

    assert all(
        np.allclose(row, alone[n % len(TEXTS)], atol=1e-5)
        for n, row in enumerate(together)
    )


def test_the_number_of_an_article_in_a_title_is_not_embedded() -> None:
    passages = [
        ("中华人民共和国刑法第二百一十九条之一", "第一款　ＡＢ"),
        ("某公司配方案", "依第九条"),
    ]

    assert passage_texts(passages) == [
        "中华人民共和国刑法\n第一款 ab",
        "某公司配方案\n依第九条",
    ]
